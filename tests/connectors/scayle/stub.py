"""A tenant of a few lines: answers what it is told to, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web

from crossdock.connectors.scayle import SYSTEM
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.connector import Scayle
from tests.connectors.gate import FreeGate, HandClock

PREFIX = "/api/admin/v1"
ORDERS = "/shops/nb/countries/DE/orders"
NOW = datetime(2026, 7, 2, 15, 0, tzinfo=UTC)
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
    """answers: (method, path below the API's) → what to answer next; the last one is kept."""

    answers: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    gate: FreeGate = field(default_factory=FreeGate)
    clock: HandClock = field(default_factory=lambda: HandClock(NOW))
    url: str = ""

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.answers[method, path] = deque(answers)

    def calls(self, method: str, path: str) -> list[Asked]:
        return [call for call in self.asked if (call.method, call.path) == (method, path)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = orjson.loads(raw) if raw else None
        path = request.raw_path.partition("?")[0].removeprefix(PREFIX)
        self.asked.append(Asked(request.method, path, dict(request.query), dict(request.headers), body))
        queue = self.answers.get((request.method, path))
        if not queue:
            return error(404, "NOT_FOUND", "No such thing.")
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, float):  # too late for the caller
            await asyncio.sleep(answer)
            return web.Response(status=204)
        if isinstance(answer, ConnectionResetError):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if callable(answer):
            return answer(request, body)
        if isinstance(answer, web.Response):  # one is sent once
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        return said(answer)


def said(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=orjson.dumps(body), headers={**(headers or {}), "Content-Type": "application/json"}
    )


def taken(request: web.Request, body: Any) -> web.StreamResponse:
    return web.Response(status=204)


def error(status: int, key: str, message: str = "", headers: Mapping[str, str] | None = None) -> web.Response:
    return said({"errors": [{"errorKey": key, "message": message, "context": []}]}, status=status, headers=headers)


def page(*rows: Any, following: str | None = None) -> dict[str, Any]:
    return {"entities": list(rows), "cursor": {"next": following}}


def cursored(*lists: Sequence[Any]) -> Answerer:
    """Pages by an opaque cursor, the last one's is null."""

    def answer(request: web.Request, body: Any) -> web.StreamResponse:
        at = int(request.query.get("cursor", "c0")[1:])
        following = f"c{at + 1}" if at + 1 < len(lists) else None
        return said(page(*lists[at], following=following))

    return answer


@asynccontextmanager
async def shop(**settings: Any) -> AsyncIterator[tuple[Scayle, Stub]]:
    """A connector and the stub it speaks to."""
    stub = Stub()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", stub.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    connector = await SYSTEM.connect(settings_for(stub.url, **settings), stub.gate, stub.clock)
    assert isinstance(connector, Scayle)
    try:
        yield connector, stub
    finally:
        await connector.close()
        await runner.cleanup()


def settings_for(url: str = "https://acme-live.admin.api.scayle.cloud", **changes: Any) -> ScayleSettings:
    given = {
        "base_url": url,
        "access_token": "t0ken",
        "shop_key": "nb",
        "country_code": "DE",
        "fulfilment_wait_seconds": 0.05,
        "fulfilment_poll_seconds": 0.01,
        "bulk_timeout_seconds": 0.2,
        "bulk_poll_seconds": 0.01,
        "timeout_seconds": 2.0,
        "changed_at_lag_seconds": 0,
    }
    return ScayleSettings.model_validate({**given, **changes})
