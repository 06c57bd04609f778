"""A server of a few lines: it answers what it is told to and remembers what it was asked. Of the contract it knows the
forms alone."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from multidict import CIMultiDict

Answerer = Callable[["Asked"], web.StreamResponse]


@dataclass
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return orjson.loads(self.raw)


@dataclass
class Stub:
    """answers: (method, path) → what to answer next; the last one is kept. A float is an answer that comes too late."""

    answers: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.answers[method, path] = deque(answers)

    def calls(self, method: str, path: str) -> list[Asked]:
        return [call for call in self.asked if (call.method, call.path) == (method, path)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        asked = Asked(request.method, request.path, dict(request.query), CIMultiDict(request.headers), raw)
        self.asked.append(asked)
        queue = self.answers.get((request.method, request.path))
        if not queue:
            return problem(404, "not-found", "nothing is there")
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            return json_answer({})
        if callable(answer):
            return answer(asked)
        return copy_of(answer) if isinstance(answer, web.Response) else json_answer(answer)


def copy_of(answer: web.Response) -> web.Response:
    """A response can be sent once only."""
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


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
    stub = Stub()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", stub.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        await runner.cleanup()
