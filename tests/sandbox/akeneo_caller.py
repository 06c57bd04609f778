"""What the Akeneo simulator tests share: a running PIM and somebody who calls it."""

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from crossdock.sandbox.akeneo import AkeneoSimulator
from crossdock.sandbox.estate import build_estate
from tests.sandbox import calling
from tests.sandbox.calling import Listener

COLLECTION = "application/vnd.akeneo.collection+json"
FIXTURES = calling.FIXTURES / "akeneo"
REST = "/api/rest/v1"


@dataclass(frozen=True)
class Answer(calling.Answer):
    @property
    def items(self) -> list[Any]:
        return list(self.json["_embedded"]["items"])

    @property
    def keys(self) -> list[str]:
        return [one.get("uuid") or one["code"] for one in self.items]

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.text.split("\n") if line]

    @property
    def next(self) -> str | None:
        link = self.json["_links"].get("next")
        return link["href"] if link else None


def basic(client: str = "crossdock", secret: str = "sandbox-secret") -> str:
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


class Caller(calling.Caller[AkeneoSimulator]):
    """A well-behaved client with a token; `call` lets it misbehave."""

    token = ""
    refresh = ""

    async def sign_in(self) -> None:
        answer = await self.ask_token(grant_type="password", username="crossdock", password="sandbox-password")
        self.token, self.refresh = answer.json["access_token"], answer.json["refresh_token"]

    async def ask_token(self, authorization: str | None = None, **fields: Any) -> Answer:
        body = json.dumps(fields).encode()
        client = basic() if authorization is None else authorization
        headers = {"Authorization": client, "Content_Type": "application/json"}
        return await self.call("POST", "/api/oauth/v1/token", body, **headers)

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else self.url + path
        async with self.session.request(
            method, url, data=body, headers=sent, allow_redirects=False, skip_auto_headers=["Content-Type", "Accept"]
        ) as response:
            return Answer(response.status, response.headers, (await response.read()).decode("utf-8", "replace"))

    async def api(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        usual = {"Authorization": f"Bearer {self.token}"}
        if isinstance(body, dict | list):
            usual["Content_Type"] = "application/json"
            body = json.dumps(body).encode()
        return await self.call(method, path if path.startswith("http") else REST + path, body, **{**usual, **headers})

    async def get(self, path: str, search: Any = None, **params: Any) -> Answer:
        asked = {name: str(value) for name, value in params.items()}
        if search is not None:
            asked["search"] = search if isinstance(search, str) else json.dumps(search)
        return await self.api("GET", f"{path}?{urlencode(asked)}" if asked else path)

    async def patch(self, path: str, body: Any) -> Answer:
        return await self.api("PATCH", path, body)

    async def post(self, path: str, body: Any) -> Answer:
        return await self.api("POST", path, body)

    async def bulk(self, path: str, *lines: Any) -> Answer:
        text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        return await self.api("PATCH", path, text.encode(), Content_Type=COLLECTION)

    async def product(self, sku: str, **params: Any) -> Any:
        answer = await self.get(f"/products/{sku}", **params)
        assert answer.status == 200, answer.text
        return answer.json

    async def uuid(self, sku: str) -> str:
        return str((await self.product(sku))["uuid"])

    async def everything(self, path: str, **params: Any) -> list[Any]:
        """All items, page after page, as the links lead."""
        answer = await self.get(path, **params)
        items = list(answer.items)
        while answer.next:
            answer = await self.api("GET", answer.next)
            items += answer.items
        return items


@contextlib.asynccontextmanager
async def pim(*, items: int = 30, seed: int = 1, **settings: Any) -> AsyncIterator[Caller]:
    """A running PIM of the usual made-up merchant, and somebody signed in to it."""
    settings.setdefault("calls_per_second", 10_000)  # a test is faster than a client should be
    simulator = AkeneoSimulator(build_estate(items=items, companies=1), seed=seed, settings=settings)
    async with calling.visiting(simulator, Caller) as caller:
        await caller.sign_in()
        yield caller


def cell(data: Any, locale: str | None = None, scope: str | None = None) -> list[Any]:
    return [{"locale": locale, "scope": scope, "data": data}]


@contextlib.asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[Caller, Listener]]:
    settings.setdefault("events_timeout_seconds", 10)  # a busy machine is no late receiver
    async with calling.hearing() as listener, pim(**settings) as caller:
        yield caller, listener


async def settled(caller: Caller, count: int, room: str = "event_platform") -> list[Any]:
    """The log of deliveries once it has `count` entries."""
    for _ in range(500):
        log = (await caller.state())[room]["log"]
        if len(log) >= count:
            return list(log)
        await asyncio.sleep(0.01)
    raise AssertionError(f"{len(log)} of {count} outcomes came")


def captured(name: str) -> Any:
    return calling.captured("akeneo", name)
