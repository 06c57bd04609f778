"""How WAIR answers: JSON with its numbers as published, validation errors, and what a caller may not do.

The bodies of 400 and 500 are not published. A .NET service answers with problem details, and so does this one unless
the setting says text.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import orjson
from aiohttp import web

Json = dict[str, Any]
PROBLEM_TYPE = "https://tools.ietf.org/html/rfc9110#section-15"
QUANTITY_PLACES = Decimal("0.00001")  # the published example prints 1.00000


class Refused(Exception):
    """A call that is not answered 200. errors: where in the body → what is wrong with it."""

    def __init__(self, status: int, title: str, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.errors = {where: list(texts) for where, texts in (errors or {}).items()}


@dataclass(frozen=True, slots=True)
class Call:
    """One call, its names without regard to case: the service matches paths and query names so."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    label: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def flag(self, name: str) -> bool:
        """A true/false query parameter, false when it is not there. Raises Refused."""
        given = self.query.get(name.lower(), "false").lower()
        if given not in {"true", "false"}:
            raise invalid({name: [f"The value '{given}' is not valid for {name}."]})
        return given == "true"

    def whole(self, name: str, default: int) -> int:
        """A whole number of at least 0. Raises Refused."""
        given = self.query.get(name.lower(), "")
        if not given:
            return default
        if not given.isascii() or not given.isdigit():
            raise invalid({name: [f"The value '{given}' is not valid for {name}."]})
        return int(given)


def invalid(errors: Mapping[str, Sequence[str]]) -> Refused:
    return Refused(400, "One or more validation errors occurred.", errors)


def parsed(body: bytes) -> Any:
    """The body's JSON. Raises Refused."""
    try:
        return json.loads(body, parse_float=Decimal)
    except ValueError as error:
        raise invalid({"$": [f"The JSON value could not be read: {error}"]}) from error


def amount(value: Any) -> Decimal | None:
    """A JSON number, or a string that holds one: both are read. None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def written(value: Any) -> bytes:
    """The value as JSON; a Decimal becomes a number with five places, which a float could not promise."""
    if isinstance(value, dict):
        return b"{" + b",".join(orjson.dumps(name) + b":" + written(one) for name, one in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(written(one) for one in value) + b"]"
    if isinstance(value, Decimal):
        return str(value.quantize(QUANTITY_PLACES)).encode()
    return orjson.dumps(value)


def answer(body: Json | None = None) -> web.Response:
    """200; uploads have no body in the response."""
    if body is None:
        return web.Response(status=200)
    return web.Response(status=200, body=written(body), headers={"Content-Type": "application/json; charset=utf-8"})


def refusal(refused: Refused, shape: str) -> web.Response:
    if refused.status == 401:
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    if shape == "text":
        lines = [f"{where}: {text}" for where, texts in refused.errors.items() for text in texts]
        return web.Response(status=refused.status, text="\n".join([refused.title, *lines]))
    body: Json = {"type": PROBLEM_TYPE, "title": refused.title, "status": refused.status}
    if refused.errors:
        body["errors"] = refused.errors
    return web.Response(status=refused.status, body=written(body), headers={"Content-Type": "application/problem+json"})


def plain(value: Any) -> Any:
    """The value for judges: decimals as strings without trailing zeros."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value
