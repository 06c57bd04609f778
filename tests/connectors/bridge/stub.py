"""A server of a few lines: it answers what it is told to and remembers what it was asked. Of the contract it knows the
forms alone."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web

from tests.connectors import stub
from tests.connectors.stub import Answerer, Asked, copy_of, stubbed

__all__ = ["Asked", "Stub", "copy_of", "json_answer", "page", "paged", "problem", "serving"]


class Stub(stub.Stub):
    def missing(self, asked: Asked) -> web.Response:
        return problem(404, "not-found", "nothing is there")

    def document(self, document: Any) -> web.Response:
        return json_answer(document)


def json_answer(document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    return web.Response(status=status, body=body, headers={**(headers or {}), "Content-Type": "application/json"})


def problem(
    status: int, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: Any
) -> web.Response:
    document = {"type": f"https://example.test/problems/{code}", "status": status, "code": code, "detail": detail}
    return web.Response(
        status=status,
        body=orjson.dumps({**document, **members}),
        headers={**(headers or {}), "Content-Type": "application/problem+json"},
    )


def page(rows: Sequence[Any], *, cursor: str | None = None, total: int | None = None) -> dict[str, Any]:
    """A list page; with a cursor there is more."""
    return {"data": list(rows), "page": {"next_cursor": cursor, "has_more": cursor is not None, "total": total}}


def paged(rows: Sequence[Any], size: int, *, total: bool = True) -> Answerer:
    """The whole list, `size` rows a page, whatever the caller asks for."""

    def answer(asked: Asked) -> web.StreamResponse:
        at = int(asked.query.get("cursor", "0"))
        more = str(at + size) if at + size < len(rows) else None
        return json_answer(page(rows[at : at + size], cursor=more, total=len(rows) if total else None))

    return answer


@asynccontextmanager
async def serving() -> AsyncIterator[Stub]:
    async with stubbed(Stub()) as server:
        yield server
