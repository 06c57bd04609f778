"""A system of a few lines: it answers what it is told to and remembers what it was asked. Each system's own stub.py
knows its forms."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, TypeVar

import orjson
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from tests.connectors.gate import FreeGate, HandClock
from tests.serving import served

Answerer = Callable[[Any], web.StreamResponse]


@dataclass
class Asked:
    """A call. path: below the stub's prefix. url: as the caller wrote it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    url: URL

    @property
    def body(self) -> Any:
        """None when there is none."""
        return orjson.loads(self.raw) if self.raw else None


@dataclass
class Stub:
    """answers: (method, path) → what to answer next; the last one is kept.

    An answer is a document, a whole response, a function from the call to a response, a float (the seconds by which it
    comes too late), or a ConnectionResetError.
    """

    prefix: ClassVar[str] = ""
    record: ClassVar[type[Asked]] = Asked

    answers: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    asked: list[Any] = field(default_factory=list)
    url: str = ""

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.answers[method, path] = deque(answers)

    def calls(self, method: str, path: str) -> list[Any]:
        return [call for call in self.asked if (call.method, call.path) == (method, path)]

    def path(self, request: web.Request) -> str:
        return request.path.removeprefix(self.prefix)

    def missing(self, asked: Asked) -> web.Response:
        """What is answered where nothing was told."""
        return web.Response(status=404)

    def document(self, document: Any) -> web.Response:
        return web.json_response(document)

    async def admit(self, asked: Asked) -> web.StreamResponse | None:
        """The answer to a sign-in or to somebody who is not signed in; None lets the call through."""
        return None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = CIMultiDict(request.headers)
        raw, query = await request.read(), dict(request.query)
        asked = self.record(request.method, self.path(request), query, headers, raw, request.url)
        self.asked.append(asked)
        if (turned := await self.admit(asked)) is not None:
            return turned
        queue = self.answers.get((asked.method, asked.path))
        if not queue:
            return self.missing(asked)
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, float):  # too late for the caller
            await asyncio.sleep(answer)
            return web.Response()
        if isinstance(answer, ConnectionResetError):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if callable(answer):
            said: web.StreamResponse = answer(asked)
            return said
        return copy_of(answer) if isinstance(answer, web.Response) else self.document(answer)


@dataclass
class SigningStub(Stub):
    """Hands out a token each time it is asked. tokens: those handed out. token_answers: what it says before."""

    token_path: ClassVar[str] = ""

    tokens: list[str] = field(default_factory=list)
    refused_tokens: set[str] = field(default_factory=set)
    token_answers: deque[web.Response] = field(default_factory=deque)

    def token(self) -> Mapping[str, Any]:
        """What is said with the newest token."""
        return {"access_token": self.tokens[-1]}

    def unknown(self) -> web.Response:
        """What a caller without a token that is good is told."""
        return web.Response(status=401)

    async def admit(self, asked: Asked) -> web.StreamResponse | None:
        if asked.path == self.token_path:
            if self.token_answers:
                return self.token_answers.popleft()
            await asyncio.sleep(0.01)
            self.tokens.append(f"token-{len(self.tokens) + 1}")
            return web.json_response(self.token())
        if asked.headers.get("Authorization", "").removeprefix("Bearer ") in {"", *self.refused_tokens}:
            return self.unknown()
        return None


def copy_of(answer: web.Response) -> web.Response:
    """A response can be sent once only."""
    return web.Response(status=answer.status, body=answer.body, headers=answer.headers)


class Closing(Protocol):
    async def close(self) -> None: ...


S = TypeVar("S", bound=Stub)
C = TypeVar("C", bound=Closing)


@asynccontextmanager
async def stubbed(stub: S) -> AsyncIterator[S]:
    """The stub, at its `url`."""
    async with served(stub.handle) as stub.url:
        yield stub


@asynccontextmanager
async def connected(
    connect: Callable[..., Awaitable[Any]],
    settings: Any,
    kind: type[C],
    *,
    gate: FreeGate | None = None,
    clock: HandClock | None = None,
) -> AsyncIterator[C]:
    """A connector, which is of this kind."""
    connector = await connect(settings, gate or FreeGate(), clock or HandClock())
    assert isinstance(connector, kind)
    try:
        yield connector
    finally:
        await connector.close()
