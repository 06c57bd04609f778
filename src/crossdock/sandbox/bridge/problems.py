"""Refusals: RFC 9457 `application/problem+json` with the members `code`, `retryable`, `errors`, `vendor`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.bridge.values import FieldError, Json

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a problem code means on the wire. retryable: the same call, unchanged, may be sent again."""

    status: int
    title: str
    retryable: bool = False


SHARED: Mapping[str, Kind] = {
    "request-invalid": Kind(400, "The request does not follow the contract"),
    "not-found": Kind(404, "There is no such thing"),
    "account-link-missing": Kind(422, "The order names no account"),
    "account-unknown": Kind(422, "There is no such account"),
    "account-on-hold": Kind(422, "The account is on hold"),
    "price-list-unmapped": Kind(422, "The price list is not the account's"),
    "price-mismatch": Kind(422, "The price is not the list price"),
    "price-missing-or-zero": Kind(422, "There is no price"),
    "sku-unknown": Kind(422, "There is no such item"),
    "sku-blocked": Kind(422, "The item is not sold"),
    "unit-unmapped": Kind(422, "The unit is not one of the item's"),
    "unit-quantity-mismatch": Kind(422, "The base quantity is not the unit's"),
    "stock-insufficient": Kind(409, "There is not enough stock"),
    "order-ref-conflict": Kind(409, "The reference belongs to another order"),
    "order-not-cancellable": Kind(409, "The order cannot be cancelled any more"),
    "order-outcome-unknown": Kind(504, "Whether the order was taken is not known"),
    "cursor-expired": Kind(410, "The cursor has expired"),
    "idempotency-key-missing": Kind(400, "An Idempotency-Key is required"),
    "idempotency-key-reused": Kind(422, "The Idempotency-Key belongs to another request"),
    "idempotency-key-in-progress": Kind(409, "The first request with this Idempotency-Key still runs", retryable=True),
    "unauthorised": Kind(401, "The credentials are missing or wrong", retryable=True),
    "forbidden": Kind(403, "The caller may not do this", retryable=True),
    "rate-limited": Kind(429, "Too many calls", retryable=True),
    "backend-unavailable": Kind(503, "The system behind is not available", retryable=True),
    "vendor-rejected": Kind(422, "The system behind refused"),
    "operation-unsupported": Kind(501, "This server does not do that"),
}
"""The contract's table; an expired cursor means a new run, not the same call again. `request-invalid` and `not-found`
are ours: the table names no code for those two cases."""


class Problem(Exception):
    """A refusal. code: a key of SHARED or of the table the door was given. vendor: `status`, `message`, `request_id` of
    the system behind. headers: sent with it, e.g. Retry-After."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        vendor: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.vendor = vendor
        self.headers = dict(headers or {})


class ProblemTable:
    """Writes problems. base: the project's problem_base. extra: further codes of one server."""

    def __init__(self, base: str, extra: Mapping[str, Kind] | None = None) -> None:
        self.base = base.rstrip("/")
        self.kinds: Mapping[str, Kind] = {**SHARED, **(extra or {})}

    def status(self, problem: Problem) -> int:
        return self.kinds[problem.code].status

    def document(self, problem: Problem, instance: str) -> Json:
        """The body. instance: the path of the refused call, or a JSON pointer for a row inside a batch."""
        kind = self.kinds[problem.code]
        body: Json = {
            "type": f"{self.base}/{problem.code}",
            "title": kind.title,
            "status": kind.status,
            "detail": problem.detail,
            "instance": instance,
            "code": problem.code,
            "retryable": kind.retryable,
        }
        if problem.errors:
            body["errors"] = [error.public() for error in problem.errors]
        if problem.vendor is not None:
            body["vendor"] = dict(problem.vendor)
        return body


def refuse_if_wrong(wrong: list[FieldError]) -> None:
    """Raises Problem request-invalid: when a `Fields` found anything wrong."""
    if wrong:
        raise Problem("request-invalid", f"{len(wrong)} field(s) do not follow the contract", errors=wrong)
