"""Every answer that is not yes, in one form: RFC 9457 problem details, declared for every operation."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
WHY: Mapping[int, str] = {
    401: "There is no token, or it is nobody's, was revoked or ran out.",
    403: "The token's scopes, or the roles behind it, do not allow this.",
    404: "It is not there, or belongs to a desk or pairing that the token does not see.",
    405: "The address is right; the method is not.",
    409: "It stands otherwise by now: the case is closed, the name is taken.",
    413: "The body is longer than any body here may be.",
    415: "The body is no JSON, by what its Content-Type says.",
    422: "What was sent cannot be taken: `errors` names each place, or `detail` says why. Nothing was changed.",
    429: "Too many wrong tokens came from this address. Right ones are heard.",
    500: "Crossdock itself failed. What was under way is taken up again.",
    502: "Another system that had to be asked did not answer as it should. Look again before you repeat.",
    503: "The database does not answer. Try again.",
}
ALWAYS = (401, 403, 405, 422, 429, 500, 503)


class Flaw(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str = Field(description="The place, such as `body.params.code` or `query.limit`.", examples=["query.limit"])
    problem: str = Field(examples=["Input should be greater than or equal to 1"])


class Problem(BaseModel):
    """RFC 9457. The status says what kind of problem it is; `detail` is for people."""

    type: str = Field(description="Always `about:blank`: the status says it.", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such case, or it is another desk's."])
    errors: list[Flaw] | None = Field(default=None, description="Where the request itself is wrong: each place.")


class Refusal(HTTPException):
    """Answered with a problem. detail: "" where the status says it all. errors: where what was sent is wrong."""

    def __init__(
        self, status: int, detail: str = "", *, headers: Mapping[str, str] | None = None,
        errors: list[Flaw] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(status, detail or WHY[status], headers=dict(headers or {}))
        self.errors = errors


def answer(
    status: int, detail: str = "", *, headers: Mapping[str, str] | None = None, errors: list[Flaw] | None = None
) -> JSONResponse:
    title = HTTPStatus(status).phrase
    said = Problem(
        type="about:blank", title=title, status=status, detail=detail or WHY.get(status, title), errors=errors
    )
    return JSONResponse(
        said.model_dump(exclude_none=True), status, headers={**HEADERS, **(headers or {})}, media_type=MEDIA_TYPE
    )  # fmt: skip


def problems(*more: int) -> dict[int | str, dict[str, Any]]:
    """The refusals of an operation, for its description: those of all of them, and more."""
    return {status: _declared(status) for status in sorted({*ALWAYS, *more})}


def _declared(status: int) -> dict[str, Any]:
    declared: dict[str, Any] = {
        "description": WHY[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in (401, 403):
        declared["headers"] = {"WWW-Authenticate": _text("What the call lacks, by RFC 6750.")}
    if status in (429, 503):
        declared["headers"] = {"Retry-After": _text("Seconds to wait.")}
    if status == 405:
        declared["headers"] = {"Allow": _text("The methods there are.")}
    return declared


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
