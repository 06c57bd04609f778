"""Refusals in the four shapes Akeneo has: plain, documented, validation, and the plural of `DELETE product-models`."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

REFERENCE = "http://api.akeneo.com/api-reference.html#"
CHECK = " Check the expected format on the API documentation."


class PimError(Exception):
    """A call, or one line of a bulk call, that is refused. body: what follows `code` (`status_code` in a line)."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})

    def document(self) -> Json:
        return {"code": self.status, **self.body}

    def line(self) -> Json:
        return {"status_code": self.status, **self.body}


def plain(status: int, message: str) -> PimError:
    return PimError(status, {"message": message})


def invalid(message: str) -> PimError:
    return plain(422, message)


def documented(message: str, anchor: str) -> PimError:
    """A body of the wrong form. anchor: the operation's place in the API reference, or a whole address."""
    href = anchor if anchor.startswith("http") else REFERENCE + anchor
    return PimError(422, {"message": message, "_links": {"documentation": {"href": href}}})


def misfit(message: str, anchor: str) -> PimError:
    """`documented`, with the sentence that sends the reader to the documentation."""
    return documented(message + CHECK, anchor)


def validation(errors: Sequence[Mapping[str, Any]]) -> PimError:
    """What was well formed and may not stand. The same error is told once (ViolationNormalizer)."""
    told: list[Mapping[str, Any]] = []
    told += [error for number, error in enumerate(errors) if error not in errors[:number]]
    return PimError(422, {"message": "Validation failed.", "errors": told})


def violation(property_: str, message: str) -> Json:
    return {"property": property_, "message": message}


def bad_value(attribute: str, message: str, locale: str | None, scope: str | None) -> Json:
    return {"property": "values", "message": message, "attribute": attribute, "locale": locale, "scope": scope}


def not_found(kind: str, code: str) -> PimError:
    return plain(404, f'{kind} "{code}" does not exist.')


def hidden(kind: str, code: str) -> PimError:
    return plain(404, f'{kind} "{code}" does not exist or you do not have permission to access it.')


def forbidden(action: str) -> PimError:
    return plain(403, f"Access forbidden. You are not allowed to {action}.")


def php_type(value: object) -> str:
    """What PHP's gettype() calls a JSON value; objects arrive there as arrays."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, Decimal | float):
        return "double"
    return "string" if isinstance(value, str) else "array"


def shown(value: object) -> str:
    """A wrong value as the messages print it: scalars as they are, the rest by type."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return php_type(value)
    return str(value)
