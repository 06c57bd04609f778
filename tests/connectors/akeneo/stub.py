"""A PIM of a few lines: signs in, answers what it is told to, and remembers what it was asked."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.connector import Akeneo
from tests.connectors.gate import FreeGate, HandClock

Answerer = Callable[[web.Request, bytes], web.StreamResponse]
API = "/api/rest/v1/"


@dataclass
class Asked:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes

    @property
    def search(self) -> Any:
        return orjson.loads(self.query["search"]) if "search" in self.query else None

    @property
    def lines(self) -> list[Any]:
        return [orjson.loads(line) for line in self.raw.split(b"\n")]


@dataclass
class Stub:
    """answers: (method, path below the API) → what to answer next; the last one is kept. tokens: handed out."""

    answers: dict[tuple[str, str], deque[Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    refused_tokens: set[str] = field(default_factory=set)
    token_answers: deque[web.Response] = field(default_factory=deque)
    url: str = ""

    def on(self, method: str, path: str, *answers: Any) -> None:
        self.answers[method, path] = deque(answers)

    def calls(self, method: str, path: str) -> list[Asked]:
        return [call for call in self.asked if (call.method, call.path) == (method, path)]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        path = request.path.removeprefix(API)
        self.asked.append(Asked(request.method, path, dict(request.query), dict(request.headers), raw))
        if request.path == "/api/oauth/v1/token":
            return await self._token()
        if request.headers.get("Authorization", "").removeprefix("Bearer ") in {"", *self.refused_tokens}:
            return refusal(401, "The access token provided is invalid.")
        queue = self.answers.get((request.method, path))
        if not queue:
            return refusal(404, f"Resource `{path}` does not exist.")
        answer = queue.popleft() if len(queue) > 1 else queue[0]
        if isinstance(answer, float):  # too late for the caller
            await asyncio.sleep(answer)
            return web.json_response({})
        if callable(answer):
            return answer(request, raw)
        if isinstance(answer, web.Response):  # each can be sent once, so a copy is
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        return web.json_response(answer)

    async def _token(self) -> web.StreamResponse:
        if self.token_answers:
            return self.token_answers.popleft()
        await asyncio.sleep(0.01)
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return web.json_response(
            {
                "access_token": self.tokens[-1],
                "expires_in": 3600,
                "token_type": "bearer",
                "scope": None,
                "refresh_token": f"refresh-{len(self.tokens)}",
            }
        )

    @property
    def grants(self) -> list[str]:
        return [orjson.loads(call.raw)["grant_type"] for call in self.calls("POST", "/api/oauth/v1/token")]


def refusal(status: int, message: str, *errors: Mapping[str, Any]) -> web.Response:
    body: dict[str, Any] = {"code": status, "message": message}
    return web.json_response(body | ({"errors": list(errors)} if errors else {}), status=status)


def page(rows: Sequence[Any], *, after: str = "", host: str = "http://elsewhere.example/pim") -> Answerer:
    """A list page whose links name another host. after: the cursor of the next page, "" at the end."""

    def answer(request: web.Request, raw: bytes) -> web.StreamResponse:
        links = {"self": {"href": f"{host}{request.path_qs}"}}
        if after:
            query = {**request.query, "search_after": after}
            links["next"] = {"href": f"{host}{request.url.with_query(query).path_qs}"}
        return web.json_response({"_links": links, "_embedded": {"items": list(rows)}})

    return answer


def lines(*answers: Mapping[str, Any], cut: int = 0) -> Answerer:
    """A bulk answer. cut: bytes missing at its end."""

    def answer(request: web.Request, raw: bytes) -> web.StreamResponse:
        body = b"\n".join(orjson.dumps(one) for one in answers)
        kind = "application/vnd.akeneo.collection+json"
        return web.Response(body=body[: len(body) - cut], headers={"Content-Type": kind})

    return answer


@asynccontextmanager
async def pim(**settings: Any) -> AsyncIterator[tuple[Akeneo, Stub]]:
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
    assert isinstance(connector, Akeneo)
    try:
        yield connector, stub
    finally:
        await connector.close()
        await runner.cleanup()


def settings_for(url: str, **changes: Any) -> AkeneoSettings:
    given = {
        "base_url": url,
        "client_id": "1_norrsken",
        "client_secret": "s3cr3t",
        "username": "o2c_5512",
        "password": "k9fh27ab",
        "product_by": "uuid",
        "timeout_seconds": 2.0,
    }
    return AkeneoSettings.model_validate({**given, **changes})


async def everything(pages: Any) -> list[Any]:
    return [one async for page in pages for one in page]
