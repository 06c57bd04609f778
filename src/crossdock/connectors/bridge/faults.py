"""What a refused call means: problem code or status → who acts.

RFC 9457 problem details with the contract's members `code`, `retryable`, `errors` and `vendor`. 423, 425, 429 and every
5xx but 501 never come here: connectors.http sorts them by whether something may have been done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from crossdock.connectors.bridge.json_text import loads
from crossdock.connectors.http import Reply
from crossdock.model.faults import ConfigFault


class Denied(ConfigFault):
    """The credentials are good and may not do this."""


class Verdict(StrEnum):
    REFUSED = "refused"  # certainly not in; a desk acts
    DUPLICATE = "duplicate"  # our reference, or our key, is there already: look it up
    UNKNOWN = "unknown"  # it may be in: look it up
    AGAIN = "again"  # nothing was done; the machine tries again later
    WAIT = "wait"  # the first call with our key is still under way
    RESTART = "restart"  # begin the list anew
    ABSENT = "absent"  # no such record
    CONFIG = "config"  # the operator acts
    CREDENTIALS = "credentials"
    DENIED = "denied"
    UNSUPPORTED = "unsupported"  # this server does not do that


@dataclass(frozen=True, slots=True)
class VendorWords:
    """What the system behind the bridge said, word for word."""

    status: str = ""
    message: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    pointer: str
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One refusal. code: from the problem's `code`, else the end of its `type`, else made of the status."""

    status: int
    code: str
    title: str = ""
    detail: str = ""
    retryable: bool = False
    errors: tuple[FieldProblem, ...] = ()
    vendor: VendorWords = VendorWords()
    instance: str = ""

    def __str__(self) -> str:
        """The other side's own words, the vendor's first, for whoever has to act."""
        fields = [" ".join(part for part in (one.pointer, one.detail or one.code) if part) for one in self.errors]
        told = [self.vendor.message, self.detail or self.title, *fields]
        return "; ".join(dict.fromkeys(part for part in told if part)) or f"HTTP {self.status} without a reason"

    @property
    def verdict(self) -> Verdict:
        if found := CODES.get(self.code):
            return found
        if self.retryable and self.status not in STATUSES:
            return Verdict.WAIT if self.status == 409 else Verdict.AGAIN
        return STATUSES.get(self.status, Verdict.REFUSED)


V = Verdict

CODES: Mapping[str, Verdict] = {
    "order-ref-conflict": V.DUPLICATE,
    "order-outcome-unknown": V.UNKNOWN,
    "cursor-expired": V.RESTART,
    "idempotency-key-missing": V.CONFIG,  # something on the way drops our header
    "idempotency-key-reused": V.DUPLICATE,
    "idempotency-in-progress": V.WAIT,
    "idempotency-key-in-progress": V.WAIT,
    "unauthorised": V.CREDENTIALS,
    "forbidden": V.DENIED,
    "rate-limited": V.AGAIN,
    "backend-unavailable": V.AGAIN,
    "operation-unsupported": V.UNSUPPORTED,
    **dict.fromkeys(
        (
            "account-link-missing", "account-unknown", "account-on-hold", "price-list-unmapped", "price-mismatch",
            "price-missing-or-zero", "sku-unknown", "sku-blocked", "unit-unmapped", "unit-quantity-mismatch",
            "stock-insufficient", "order-not-cancellable", "vendor-rejected", "sku-not-found", "location-unknown",
            "location-not-owner", "basis-not-accepted", "figure-inconsistent", "parent-stock-refused",
            "courier-unmapped", "dispatch-incomplete", "order-unknown", "batch-incomplete",
        ),
        V.REFUSED,
    ),
}  # fmt: skip

STATUSES: Mapping[int, Verdict] = {
    401: V.CREDENTIALS,
    403: V.DENIED,
    404: V.ABSENT,
    405: V.CONFIG,
    406: V.CONFIG,
    407: V.CONFIG,
    408: V.UNKNOWN,  # a proxy gave up on somebody; it does not say on whom
    410: V.RESTART,
    415: V.CONFIG,
    501: V.UNSUPPORTED,
}


def read_problem(raw: bytes, status: int) -> Problem:
    """A refusal's body; what cannot be read of it is left out, never a fault of its own."""
    try:
        body = loads(raw)
    except ValueError:
        body = None
    told: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code = _text(told.get("code")) or _text(told.get("type")).rstrip("/").rpartition("/")[2].rpartition(":")[2]
    if code in ("", "blank"):
        code = f"http-{status}"
    errors = told.get("errors")
    vendor = told.get("vendor")
    vendor = vendor if isinstance(vendor, dict) else {}
    return Problem(
        status=status,
        code=code,
        title=_text(told.get("title")),
        detail=_text(told.get("detail")),
        retryable=told.get("retryable") is True,
        errors=tuple(_field(one) for one in errors if isinstance(one, dict)) if isinstance(errors, list) else (),
        vendor=VendorWords(*(_text(vendor.get(name)) for name in ("status", "message", "request_id"))),
        instance=_text(told.get("instance")),
    )


def is_problem(reply: Reply) -> bool:
    """Whether the server itself refused, rather than something between us and it."""
    return reply.media_type == "application/problem+json"


def _field(one: Mapping[str, Any]) -> FieldProblem:
    return FieldProblem(_text(one.get("pointer")), _text(one.get("code")), _text(one.get("detail")))


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)
