"""What the SCAYLE simulator tests share: a running shop, somebody who calls it, and somebody it calls."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import running
from crossdock.sandbox.scayle import ScayleSimulator

TOKEN = "sandbox-token"
PREFIX = "/api/admin/v1"
GB, DE = "/shops/hp/countries/GB", "/shops/hp/countries/DE"
FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "scayle"
AT_ONCE = {"processing_seconds": 0, "bulk_seconds": 0, "webhook_retry_seconds": [0.01]}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def entities(self) -> Any:
        return self.json["entities"]

    @property
    def error(self) -> Any:
        (error,) = self.json["errors"]
        assert list(error) == ["errorKey", "message", "context"]
        return error


class Caller:
    """A client with a key. Paths are given as they go over the wire, percent-encoding included."""

    def __init__(self, simulator: ScayleSimulator, url: str, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self.url = url
        self.session = session

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"X-Access-Token": TOKEN, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = URL(self.url + PREFIX + path, encoded=True)
        async with self.session.request(method, url, data=data, headers=sent) as response:
            return Answer(response.status, response.headers, await response.text())

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.call("POST", path, body, **headers)

    async def put(self, path: str, body: Any = None) -> Answer:
        return await self.call("PUT", path, body)

    async def act(self, act: str, /, **params: Any) -> Any:
        async with self.session.post(f"{self.url}/_sandbox/act", json={"act": act, **params}) as response:
            told = await response.json()
            assert response.status == 200, told
            return told

    async def refused_act(self, act: str, /, **params: Any) -> str:
        async with self.session.post(f"{self.url}/_sandbox/act", json={"act": act, **params}) as response:
            assert response.status == 400
            return str((await response.json())["error"])

    async def fault(self, **knob: Any) -> None:
        async with self.session.post(f"{self.url}/_sandbox/faults", json={"faults": [knob]}) as response:
            assert response.status == 200, await response.text()

    async def state(self) -> Any:
        async with self.session.get(f"{self.url}/_sandbox/state") as response:
            return await response.json()

    async def order(self, **params: Any) -> Any:
        """A shopper orders two HP-1001 unless told otherwise; the order as the API shows it."""
        params.setdefault("lines", [{"sku": "HP-1001", "quantity": 2}])
        return await self.read(await self.act("place_order", **params))

    async def read(self, told: Any) -> Any:
        answer = await self.get(f"/shops/hp/countries/GB/orders/{told['id']}")
        assert answer.status == 200, answer.text
        return answer.json

    async def stock(self, sku: str = "HP-1001") -> Any:
        rows = [row for row in (await self.state())["stock"] if row["sku"] == sku]
        return rows[0]

    async def ship(self, order: Any, *items: int, **changes: Any) -> Answer:
        """Send a parcel with these items, all of them when none is named."""
        ids = items or tuple(item["id"] for item in order["items"])
        return await self.post("/fulfillment/shipments", parcel(order["id"], *ids, **changes))


def parcel(order: int, *items: int, **changes: Any) -> dict[str, Any]:
    body = {
        "shopKey": "hp",
        "countryCode": "GB",
        "orderId": order,
        "carrier": "DPD",
        "shipmentKey": f"PARCEL-{items[0]}",
        "deliveryDate": "2026-07-02T14:05:00+00:00",
        "items": [{"orderItemId": item, "returnKey": f"RK-{item}"} for item in items],
        **changes,
    }
    return {name: value for name, value in body.items() if value != "absent"}


@contextlib.asynccontextmanager
async def shop(*, items: int = 30, seed: int = 1, **settings: Any) -> AsyncIterator[Caller]:
    """A running shop of the usual made-up merchant; effects come at once unless set otherwise."""
    simulator = ScayleSimulator(build_estate(items=items), seed=seed, settings={**AT_ONCE, **settings})
    async with running(simulator) as url, aiohttp.ClientSession() as session:
        yield Caller(simulator, url, session)


@dataclass
class Listener:
    """Somebody the shop calls. answers: (status, body) in turn, then the last again."""

    url: str = ""
    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {})])
    hold: asyncio.Event | None = None
    received: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    async def hear(self, request: web.Request) -> web.Response:
        self.received.append((request.path, dict(request.headers), json.loads(await request.read())))
        if self.hold is not None:
            await self.hold.wait()
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))

    @property
    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.received]


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/{path:.*}", listener.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield listener
    finally:
        await runner.cleanup()


def fixture(name: str) -> Any:
    """A body from the vendor's own SDK; skips where they are not at hand."""
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"the vendor's bodies are not at hand: {name}")
    return json.loads(path.read_text())
