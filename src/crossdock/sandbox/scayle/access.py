"""API keys with rights by scope, and the calls a minute each scope allows.

SCAYLE docs, Authentication and Rate Limits.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from crossdock.sandbox.scayle.errors import ApiError
from crossdock.sandbox.scayle.knobs import RATE_LIMITS, Knobs


class Keys:
    """Who may do what. Write implies read."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs

    def known(self, token: str) -> None:
        """Raises the 401 of a key nobody made."""
        if token != self.knobs.access_token and token not in self.knobs.access_tokens:
            raise unauthorized()

    def check(self, token: str, scope: str) -> None:
        """Raises 403 when a known key has not the right."""
        if token == self.knobs.access_token:
            return
        rights = self.knobs.access_tokens[token]
        if scope not in rights and f"{scope.removesuffix('Read')}Write" not in rights:
            raise ApiError(403, "FORBIDDEN", "The API key has no right to do this.", scope=scope)


def unauthorized() -> ApiError:
    return ApiError(401, "UNAUTHORIZED", "The access token is missing or not valid.")


@dataclass(slots=True)
class Window:
    began: float
    used: int = 0


class Limits:
    """Calls of a scope, counted from its first call for the length of a window. dial: seconds that pass."""

    def __init__(self, knobs: Knobs, dial: Callable[[], float]) -> None:
        self.knobs = knobs
        self.dial = dial
        self.table = {**RATE_LIMITS, **knobs.rate_limits}
        self.windows: dict[str, Window] = {}

    def count(self, scope: str, calls: int = 1) -> dict[str, str]:
        """Count calls. Returns the answer's headers, none for a scope without a limit."""
        limit = self.table.get(scope, 0)
        if not limit:
            return {}
        now = self.dial()
        window = self.windows.get(scope)
        if window is None or now - window.began >= self.knobs.rate_window_seconds:
            window = self.windows[scope] = Window(now)
        window.used += calls
        left = (window.began + self.knobs.rate_window_seconds - now) / self.knobs.speed
        return {
            "x-ratelimit-scope": scope,
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(max(0, limit - window.used)),
            "x-ratelimit-reset": str(max(1, math.ceil(left))),
        }

    def exceeded(self, scope: str) -> ApiError | None:
        """The refusal, when the scope's last counted call was one too many."""
        limit, window = self.table.get(scope, 0), self.windows.get(scope)
        if not limit or window is None or window.used <= limit:
            return None
        return ApiError(self.knobs.rate_limit_status, "RATE_LIMIT_EXCEED", "Too many requests.", scope=scope)
