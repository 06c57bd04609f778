"""The outside of a call: what came in, what goes out, and the checks of headers every route shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from json import JSONDecodeError, loads
from typing import Any
from urllib.parse import quote

import orjson

from crossdock.sandbox.akeneo.errors import Json, PimError, plain

JSON = "application/json"
COLLECTION = "application/vnd.akeneo.collection+json"
LITERAL = ":,/@!;"
"""What link addresses leave as it is in a query value."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart form; filename "" for a plain field."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """One request. tail: the decoded path below `/api/rest/v1/`. base: the PIM's URL as the caller knows it."""

    method: str
    tail: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    label: str
    form: Mapping[str, Part] = field(default_factory=dict)

    def flag(self, name: str) -> bool:
        return self.params.get(name) == "true"


@dataclass(slots=True)
class Reply:
    """One answer; body None is no content. cut: the connection breaks off after the body, with no proper end."""

    status: int
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON
    cut: bool = False


def dumped(document: Any) -> bytes:
    """JSON; a Decimal that somebody sent as a number goes out as a string."""
    return orjson.dumps(document, default=_shown)


def _shown(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def json_reply(document: Any, status: int = 200) -> Reply:
    return Reply(status, dumped(document))


def located(status: int, url: str) -> Reply:
    """The answer to a write: no body, and where the thing is."""
    return Reply(status, headers={"Location": url})


def refusal(error: PimError) -> Reply:
    return Reply(error.status, dumped(error.document()), dict(error.headers))


def check_media(call: Call, allowed: Sequence[str]) -> None:
    """415 for a body in another type. Parameters after `;` do not count (CheckHeadersRequestSubscriber)."""
    given = call.headers.get("Content-Type", "").partition(";")[0].strip()
    words = " or ".join(f'"{one}"' for one in allowed)
    if not given:
        raise plain(415, f'The "Content-Type" header is missing. {words} has to be specified as value.')
    if given not in allowed:
        verb = "is" if len(allowed) == 1 else "are"
        raise plain(415, f'"{given}" in "Content-Type" header is not valid. Only {words} {verb} allowed.')


def check_accept(call: Call, offered: str = JSON) -> None:
    """406 unless the header is absent, is the offered type, or holds `*/*`. A list without that is refused."""
    accept = call.headers.get("Accept", "")
    if accept and "*/*" not in accept and accept.partition(";")[0].strip() != offered:
        raise plain(406, f'"{accept}" in "Accept" header is not valid. Only "{offered}" is allowed.')


def parsed(body: bytes | str) -> Any:
    """Decimals stay decimals. Raises the 400."""
    try:
        return loads(body, parse_float=Decimal)
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise plain(400, "Invalid json message received") from None


def parsed_object(body: bytes | str) -> Json:
    document = parsed(body)
    if not isinstance(document, dict):
        raise plain(400, "Invalid json message received")
    return document


def encoded(params: Mapping[str, str]) -> str:
    """A query string as the PIM's router writes it."""
    return "&".join(f"{name}={quote(value, safe=LITERAL)}" for name, value in params.items())


def address(base: str, path: str) -> str:
    """A resource's URL. Slashes in codes stay literal."""
    return f"{base}/api/rest/v1/{quote(path, safe='/:@,!')}"
