"""A shop of a few lines: signs in, answers what it is told to, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from crossdock.connectors.orocommerce import SYSTEM
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.connector import OroCommerce
from tests.connectors.gate import FreeGate, HandClock

JSON_API = "application/vnd.api+json"
Answerer = Callable[[web.Request, Any], web.StreamResponse]


@dataclass
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class Stub:
    """answers: (method, path below /admin/api/) → what to answer next; the last one is kept. tokens: handed out."""

    answers: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    refused_tokens: set[str] = field(default_factory=set)
    token_answer: Any = None
    token_seconds: float = 3600
    url: str = ""

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.answers[method, path] = deque(answers)

    def calls(self, method: str, path: str) -> list[Asked]:
        return [call for call in self.asked if (call.method, call.path) == (method, path)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = orjson.loads(raw) if raw else None
        if request.path == "/oauth2-token":
            return await self._token(request, body)
        path = request.path.removeprefix("/admin/api/")
        self.asked.append(Asked(request.method, path, dict(request.query), dict(request.headers), body))
        if request.headers.get("Authorization", "").removeprefix("Bearer ") in {"", *self.refused_tokens}:
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
        queue = self.answers.get((request.method, path))
        if not queue:
            return errors(404, "resource not accessible exception", "The resource is not accessible.")
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, float):  # too late for the caller
            await asyncio.sleep(answer)
            return json_api({"data": None})
        if callable(answer):
            return answer(request, body)
        return answer if isinstance(answer, web.StreamResponse) else json_api(answer)

    async def _token(self, request: web.Request, body: Any) -> web.StreamResponse:
        self.asked.append(Asked(request.method, "oauth2-token", {}, dict(request.headers), body))
        if self.token_answer is not None:
            return self.token_answer()
        await asyncio.sleep(0.01)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return web.json_response(
            {"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": self.tokens[-1]}
        )


def json_api(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), headers={**(headers or {}), "Content-Type": JSON_API})


def errors(status: int, title: str, detail: str = "", pointer: str = "", parameter: str = "") -> web.Response:
    source = {"pointer": pointer} if pointer else {"parameter": parameter} if parameter else None
    entry = {"status": str(status), "title": title, "detail": detail} | ({"source": source} if source else {})
    return json_api({"errors": [entry]}, status=status)


def page(
    rows: Sequence[Any], included: Sequence[Any] = (), *, total: int | None = None, more: bool = False
) -> Answerer:
    """A list page. total: as the count header says it; of these rows when None."""

    def answer(request: web.Request, body: Any) -> web.StreamResponse:
        document: dict[str, Any] = {"data": list(rows)}
        if included:
            document["included"] = list(included)
        if more:
            document["links"] = {"next": str(request.url)}
        return json_api(document, headers={"X-Include-Total-Count": str(len(rows) if total is None else total)})

    return answer


@asynccontextmanager
async def shop(**settings: Any) -> AsyncIterator[tuple[OroCommerce, Stub]]:
    """A connector and the stub it speaks to."""
    stub = Stub()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", stub.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    connector = await SYSTEM.connect(settings_for(stub.url, **settings), FreeGate(), HandClock())
    assert isinstance(connector, OroCommerce)
    try:
        yield connector, stub
    finally:
        await connector.close()
        await runner.cleanup()


def settings_for(url: str, **changes: Any) -> OroCommerceSettings:
    given = {
        "base_url": url,
        "client_id": "crossdock",
        "client_secret": "s3cret",
        "version": "7.0",
        "async_timeout_seconds": 0.3,
        "async_poll_seconds": 0.01,
        "timeout_seconds": 2.0,
    }
    return OroCommerceSettings.model_validate({**given, **changes})
