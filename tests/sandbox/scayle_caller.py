"""What the SCAYLE simulator tests share: a running shop, somebody who calls it, and somebody it calls."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from yarl import URL

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.scayle import ScayleSimulator
from tests.sandbox import calling
from tests.serving import served

TOKEN = "sandbox-token"
PREFIX = "/api/admin/v1"
GB, DE = "/shops/hp/countries/GB", "/shops/hp/countries/DE"
FIXTURES = calling.FIXTURES / "scayle"
AT_ONCE = {"processing_seconds": 0, "bulk_seconds": 0, "webhook_retry_seconds": [0.01]}


@dataclass(frozen=True)
class Answer(calling.Answer):
    @property
    def entities(self) -> Any:
        return self.json["entities"]

    @property
    def error(self) -> Any:
        (error,) = self.json["errors"]
        assert list(error) == ["errorKey", "message", "context"]
        return error


class Caller(calling.Caller[ScayleSimulator]):
    """A client with a key. Paths are given as they go over the wire, percent-encoding included."""

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"X-Access-Token": TOKEN, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = URL(self.url + PREFIX + path, encoded=True)
        async with self.session.request(method, url, data=data, headers=sent) as response:
            return await Answer.of(response)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.call("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.call("POST", path, body, **headers)

    async def put(self, path: str, body: Any = None) -> Answer:
        return await self.call("PUT", path, body)

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
    async with calling.visiting(simulator, Caller) as caller:
        yield caller


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
    async with served(listener.hear) as listener.url:
        yield listener


def fixture(name: str) -> Any:
    return calling.captured("scayle", name)
