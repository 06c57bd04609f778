"""What Prima's gateway tells of: thin events, one for each thing that changed."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from crossdock.sandbox.prima.store import EVENT_TYPES
from tests.sandbox.prima_caller import Caller, order, prima


class Listener:
    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.arrived = asyncio.Event()

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(json.loads(await request.read()))
        self.arrived.set()
        return web.Response(status=204)

    async def wait(self, event_type: str, count: int = 1) -> list[Any]:
        """The data of the first `count` events of a type."""
        async with asyncio.timeout(5):
            while len(found := [one["data"] for one in self.heard if one["type"] == event_type]) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return found


@contextlib.asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[Caller, Listener]]:
    listener = Listener()
    app = web.Application()
    app.router.add_post("/hook", listener.hear)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with prima(webhook_workers=1, **settings) as caller:
            body = {"url": f"http://127.0.0.1:{runner.addresses[0][1]}/hook", "event_types": list(EVENT_TYPES)}
            assert (await caller.post("/v1/webhook-endpoints", body)).status == 201
            yield caller, listener
    finally:
        await runner.cleanup()


async def test_the_life_of_an_order_is_told() -> None:
    async with listening() as (caller, listener):
        taken = await caller.post("/v1/orders", order(hold=True))
        assert taken.status == 201
        (moved,) = await listener.wait("stock.changed")
        there = (await caller.post("/v1/stock/query", {"skus": ["HP-1001"], "warehouse_code": "MAIN"})).json["data"][0]
        assert moved == {name: there[name] for name in ("sku", "warehouse_code", "free", "sequence")}
        await caller.act("release_order", order="WEB-1")
        sent = await caller.act("despatch_order", order="WEB-1")
        shipment = sent["shipments"][0]["shipment_id"]
        statuses = [one["status"] for one in await listener.wait("order.status_changed", 3)]
        assert statuses == ["held", "accepted", "despatched"]
        (created,) = await listener.wait("shipment.created")
        assert created == {"shipment_id": shipment, "erp_order_number": "WEB-1", "revision": 1}
        assert (await listener.wait("invoice.issued"))[0]["number"] == sent["invoices"][0]
        await caller.act("amend_shipment", shipment=shipment, tracking=["X"])
        assert (await listener.wait("shipment.amended"))[0]["revision"] == 2


async def test_changes_of_what_prima_owns_are_told() -> None:
    async with listening(queue=True, queue_seconds=None) as (caller, listener):
        await caller.act("hold_account", account="HPT1001")
        await caller.act("set_price", sku="HP-1001", price="1.00")
        await caller.act("set_item_status", sku="HP-1001", status="blocked")
        await caller.post("/v1/orders", order())
        await caller.act("run_queue")
        assert await listener.wait("customer.changed") == [{"account_code": "HPT1001"}]
        assert await listener.wait("price_list.changed") == [{"code": "TRADE"}]
        assert await listener.wait("item.changed") == [{"sku": "HP-1001"}]
        (rejected,) = await listener.wait("order.rejected")
        assert (rejected["external_ref"], rejected["status"]) == ("WEB-1", "rejected")


async def test_a_lost_or_late_event_is_only_that() -> None:
    async with listening() as (caller, listener):
        caller.simulator.faults.set(
            [
                {"kind": "lose_webhook", "match": "WEBHOOK order", "count": 1},
                {"kind": "reorder_webhooks", "match": "WEBHOOK stock", "count": 1},
            ]
        )
        for _ in range(2):
            await caller.act("local_sale", sku="HP-1001", quantity=1)
        sequences = [one["sequence"] for one in await listener.wait("stock.changed", 2)]
        assert sequences == [3, 2]
        await caller.post("/v1/orders", order())
        await listener.wait("stock.changed", 3)
        assert [one["outcome"] for one in caller.simulator.state()["deliveries"] if one["outcome"] == "lost"] == [
            "lost"
        ]
