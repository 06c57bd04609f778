"""The trouble a simulator can make on request: what goes wrong, for which calls, how often.

A plan is a list of knobs. Each names a kind (the table below), which calls it strikes, and one of `rate` (a share of
matching calls), `count` (that many, then spent) or neither (every matching call). `after` lets that many matching
calls through first. Draws come from one seeded generator, so the same calls in the same order meet the same trouble.
"""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS: Mapping[str, str] = {
    "latency": "wait `seconds` before the call is looked at",
    "lost_request": "drop the connection before anything is done",
    "lost_reply": "do the work, commit it, then drop the connection without an answer",
    "slow_reply": "do the work, commit it, then hold the answer back for `seconds`",
    "status": "answer `status` (with `retry_after` seconds, when given) and do nothing",
    "html_page": "answer 200 with an HTML error page, as a proxy does, and do nothing",
    "wrong_media_type": "do the work and answer it as text/plain",
    "truncated_body": "do the work and answer the first half of the body, with a matching Content-Length",
    "short_list": "leave out the last rows of a list while every count and link says it is whole",
    "duplicate_row": "repeat a row of a list page",
    "expired_token": "treat the caller's token as expired, once per draw",
    "duplicate_webhook": "deliver the webhook twice",
    "reorder_webhooks": "hold the webhook back until the next one has gone",
    "lose_webhook": "never deliver the webhook",
}


class FaultError(ValueError):
    """A fault knob that cannot be set; the text names the knob and what it takes."""


@dataclass
class Fault:
    """One knob. match: a regular expression searched in the request's label, e.g. `POST /admin/api/orders` or
    `SOAP ImportOrders`. seconds, status and retry_after are used by the kinds that name them."""

    kind: str
    match: str = ""
    rate: float | None = None
    count: int | None = None
    after: int = 0
    seconds: float = 0.0
    status: int = 503
    retry_after: float | None = None
    struck: int = field(default=0)
    seen: int = field(default=0)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> "Fault":
        known = {"kind", "match", "rate", "count", "after", "seconds", "status", "retry_after"}
        if unknown := set(raw) - known:
            raise FaultError(f"fault knob: unknown keys {sorted(unknown)}; it takes {sorted(known)}")
        if raw.get("kind") not in KINDS:
            raise FaultError(f"fault knob: kind {raw.get('kind')!r} is none of {sorted(KINDS)}")
        try:
            re.compile(str(raw.get("match", "")))
        except re.error as error:
            raise FaultError(f"fault knob {raw['kind']}: match is no regular expression: {error}") from error
        return cls(**raw)

    def public(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


class FaultPlan:
    """Decides, per call and per kind, whether trouble strikes."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.reset()

    def reset(self, seed: int | None = None) -> None:
        if seed is not None:
            self.seed = seed
        self._random = random.Random(self.seed)
        self.faults: list[Fault] = []

    def set(self, raw: Iterable[Mapping[str, Any]], *, seed: int | None = None) -> None:
        """Replace the whole plan. Raises FaultError and leaves the old plan as it was."""
        faults = [Fault.parse(one) for one in raw]
        self.reset(seed)
        self.faults = faults

    def draw(self, kind: str, label: str) -> Fault | None:
        """The first knob of this kind that strikes this call, or None."""
        for fault in self.faults:
            if fault.kind != kind or (fault.match and not re.search(fault.match, label)):
                continue
            fault.seen += 1
            if fault.seen <= fault.after or (fault.count is not None and fault.struck >= fault.count):
                continue
            if fault.rate is not None and self._random.random() >= fault.rate:
                continue
            fault.struck += 1
            return fault
        return None

    def public(self) -> dict[str, Any]:
        return {"seed": self.seed, "faults": [fault.public() for fault in self.faults]}
