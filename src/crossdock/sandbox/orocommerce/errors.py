"""Refusals as OroCommerce words them: `title` is the machine key, `source` says where it hurts."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = dict[str, Any]

NOT_BLANK = "This value should not be blank."
NOT_VALID = "This value is not valid."


class ApiError(Exception):
    """A request that ends in `status` with these errors; headers go with the answer."""

    def __init__(self, status: int, errors: Sequence[Json], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status}: {[error.get('detail') for error in errors]}")
        self.status = status
        self.errors = list(errors)
        self.headers = dict(headers or {})

    @classmethod
    def of(cls, errors: Sequence[Json]) -> "ApiError":
        """Many errors in one answer: their common status, or 400 when they differ."""
        statuses = {int(error["status"]) for error in errors}
        return cls(statuses.pop() if len(statuses) == 1 else 400, errors)


def problem(status: int, title: str, detail: str, *, pointer: str = "", parameter: str = "") -> Json:
    """One JSON:API error object. `status` is a string on the wire."""
    error: Json = {"status": str(status), "title": title, "detail": detail}
    if pointer:
        error["source"] = {"pointer": pointer}
    elif parameter:
        error["source"] = {"parameter": parameter}
    return error


def fail(status: int, title: str, detail: str, *, pointer: str = "", parameter: str = "") -> ApiError:
    return ApiError(status, [problem(status, title, detail, pointer=pointer, parameter=parameter)])


def blank(pointer: str, detail: str = NOT_BLANK) -> Json:
    return problem(400, "not blank constraint", detail, pointer=pointer)


def not_found() -> ApiError:
    detail = "An entity with the requested identifier does not exist."
    return fail(404, "not found http exception", detail)


def not_accessible() -> ApiError:
    return fail(404, "resource not accessible exception", "The resource is not accessible.")


def unsupported_subresource() -> ApiError:
    return fail(404, "relationship constraint", "Unsupported subresource.")


def not_allowed(action: str, allow: Sequence[str]) -> ApiError:
    error = fail(405, "action not allowed exception", f'The "{action}" action is not allowed.')
    error.headers["Allow"] = ", ".join(allow)
    return error


def bad_data(detail: str, pointer: str) -> ApiError:
    return fail(400, "request data constraint", detail, pointer=pointer)


def conflict(detail: str, pointer: str) -> ApiError:
    return fail(409, "conflict constraint", detail, pointer=pointer)


def bad_filter(detail: str, parameter: str = "") -> ApiError:
    return fail(400, "filter constraint", detail, parameter=parameter)


def denied(detail: str) -> ApiError:
    return fail(403, "access denied exception", detail)


def may_not_edit() -> ApiError:
    return denied('No access by "EDIT" permission to the entity.')
