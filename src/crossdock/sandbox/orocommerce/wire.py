"""The outside of a call: what came in, what goes out, and which dialect was agreed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from crossdock.sandbox.orocommerce.errors import ApiError, fail
from crossdock.sandbox.orocommerce.query import from_body

JSON_API = "application/vnd.api+json"
JSON = "application/json"
WITH_BODY = frozenset({"POST", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Call:
    """One request. parts: the path below `/admin/api`. base: the URL of `/admin/api` as the caller knows it."""

    method: str
    parts: tuple[str, ...]
    query: str
    headers: Mapping[str, str]
    body: bytes
    base: str
    label: str

    @property
    def wants(self) -> frozenset[str]:
        """The keys of X-Include. They are separated by semicolons, not commas."""
        return frozenset(key.strip() for key in self.headers.get("X-Include", "").split(";") if key.strip())


@dataclass(slots=True)
class Reply:
    """One answer. body None is no content."""

    status: int
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    media: str = JSON_API


def speaks_json_api(call: Call) -> bool:
    """True for JSON:API, False for the plain JSON a caller gets who did not ask for it. Raises the 406.

    CheckRequestType: the media type counts only without parameters.
    """
    accept = [part.strip() for part in call.headers.get("Accept", "").split(",") if part.strip()]
    if JSON_API in accept:
        return True
    if call.headers.get("Content-Type", "").strip() != JSON_API:
        return False
    if not accept or any(part.partition(";")[0] in ("*/*", "application/*") for part in accept):
        return True
    detail = 'The "Accept" request header does not accept JSON:API content type.'
    raise fail(406, "not acceptable http exception", detail)


def document(call: Call) -> Any:
    """The JSON body of a write."""
    if call.headers.get("Content-Type", "").strip() != JSON_API:
        detail = f'The "Content-Type" request header should be "{JSON_API}".'
        raise fail(415, "unsupported media type http exception", detail)
    return parsed(call.body)


def parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        detail = f"Invalid json message received. {error}"
        raise fail(400, "bad request http exception", detail) from None


def overridden(call: Call) -> tuple[str, list[tuple[str, str]]]:
    """The query of `POST` + `X-HTTP-Method-Override: GET`: the URL's, and the parameters sent as form or as JSON."""
    text = call.body.strip()
    if text.startswith(b"{"):
        body = parsed(text)
        return call.query, from_body(body)
    query = "&".join(part for part in (call.query, text.decode("utf-8", "replace")) if part)
    return query, []


def refusal(error: ApiError, *, json_api: bool) -> Reply:
    if json_api:
        return Reply(error.status, orjson.dumps({"errors": error.errors}), dict(error.headers))
    return Reply(error.status, orjson.dumps(error.errors), dict(error.headers), JSON)
