"""Refusals in SCAYLE's form: `{"errors": [{"errorKey", "message", "context"}]}`, normally with one entry.

Only `RATE_LIMIT_EXCEED` and `VARIANT_NOT_FOUND` are published keys; the others follow their pattern.
"""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A request that ends in `status` with one error. Extra headers go with the answer."""

    def __init__(self, status: int, error_key: str, message: str, /, **context: Any) -> None:
        super().__init__(f"{status} {error_key}: {message}")
        self.status = status
        self.key = error_key
        self.message = message
        self.context = context

    def body(self) -> Json:
        return {"errors": [{"errorKey": self.key, "message": self.message, "context": self.context}]}


def not_found(what: str, **context: Any) -> ApiError:
    """what: in the singular, e.g. `order item`."""
    return ApiError(404, f"{what.upper().replace(' ', '_')}_NOT_FOUND", f"No such {what}.", **context)


def bad(message: str, **context: Any) -> ApiError:
    """400: a missing or invalid parameter."""
    return ApiError(400, "INVALID_PARAMETER", message, **context)


def conflict(error_key: str, message: str, /, **context: Any) -> ApiError:
    return ApiError(409, error_key, message, **context)
