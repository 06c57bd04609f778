"""Quotas per scope, as the answers tell them. Source: SCAYLE Admin API, Rate Limits.

`x-ratelimit-reset` is seconds until the quota is full again, no timestamp. Which scope a call falls under is learned
from its first answer; an answer without a scope is of an endpoint without a limit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ONE_OF_MANY = re.compile(r"/(?:key%3D[^/]*|\d+)(?=/|$)", re.IGNORECASE)


def reset_seconds(headers: Mapping[str, str]) -> float | None:
    """None when it is not told, or is no time to wait."""
    try:
        seconds = float(headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds <= 86_400 else None


@dataclass(slots=True)
class Limits:
    """What is known of the quotas. A scope that is used up is left alone until it is full again."""

    scopes: dict[str, str] = field(default_factory=dict)
    empty_until: dict[str, datetime] = field(default_factory=dict)

    def note(self, method: str, path: str, headers: Mapping[str, str], now: datetime) -> None:
        scope = headers.get("x-ratelimit-scope", "")
        if not scope:
            return
        self.scopes[route(method, path)] = scope
        wait = reset_seconds(headers)
        if headers.get("x-ratelimit-remaining", "").strip() == "0" and wait is not None:
            self.empty_until[scope] = now + timedelta(seconds=wait)
        else:
            self.empty_until.pop(scope, None)

    def wait(self, method: str, path: str, now: datetime) -> float:
        """Seconds until this call has a quota again; 0 when it may go."""
        until = self.empty_until.get(self.scopes.get(route(method, path), ""))
        return max(0.0, (until - now).total_seconds()) if until else 0.0


def route(method: str, path: str) -> str:
    """A call without the record it speaks of: the same for all calls of one kind."""
    return f"{method} {ONE_OF_MANY.sub('/{}', path.partition('?')[0])}"
