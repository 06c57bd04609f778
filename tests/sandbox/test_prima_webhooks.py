"""What Prima's gateway tells of: thin events, one for each thing that changed."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from crossdock.sandbox.prima.store import EVENT_TYPES
from tests.sandbox import calling
from tests.sandbox.calling import Listener
from tests.sandbox.prima_caller import Caller, order, prima


@contextlib.asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[Caller, Listener]]:
    async with calling.hearing() as listener, prima(webhook_workers=1, **settings) as caller:
        body = {"url": listener.url, "event_types": list(EVENT_TYPES)}
        assert (await caller.post("/v1/webhook-endpoints", body)).status == 201
        yield caller, listener


async def told(listener: Listener, event_type: str, count: int = 1) -> list[Any]:
    """The data of the events of a type, once there are `count`."""
    return [one["data"] for one in await listener.wait(count, lambda body: body["type"] == event_type)]


async def test_the_life_of_an_order_is_told() -> None:
    async with listening() as (caller, listener):
        taken = await caller.post("/v1/orders", order(hold=True))
        assert taken.status == 201
        (moved,) = await told(listener, "stock.changed")
        there = (await caller.post("/v1/stock/query", {"skus": ["HP-1001"], "warehouse_code": "MAIN"})).json["data"][0]
        assert moved == {name: there[name] for name in ("sku", "warehouse_code", "free", "sequence")}
        await caller.act("release_order", order="WEB-1")
        sent = await caller.act("despatch_order", order="WEB-1")
        shipment = sent["shipments"][0]["shipment_id"]
        statuses = [one["status"] for one in await told(listener, "order.status_changed", 3)]
        assert statuses == ["held", "accepted", "despatched"]
        (created,) = await told(listener, "shipment.created")
        assert created == {"shipment_id": shipment, "erp_order_number": "WEB-1", "revision": 1}
        assert (await told(listener, "invoice.issued"))[0]["number"] == sent["invoices"][0]
        await caller.act("amend_shipment", shipment=shipment, tracking=["X"])
        assert (await told(listener, "shipment.amended"))[0]["revision"] == 2


async def test_changes_of_what_prima_owns_are_told() -> None:
    async with listening(queue=True, queue_seconds=None) as (caller, listener):
        await caller.act("hold_account", account="HPT1001")
        await caller.act("set_price", sku="HP-1001", price="1.00")
        await caller.act("set_item_status", sku="HP-1001", status="blocked")
        await caller.post("/v1/orders", order())
        await caller.act("run_queue")
        assert await told(listener, "customer.changed") == [{"account_code": "HPT1001"}]
        assert await told(listener, "price_list.changed") == [{"code": "TRADE"}]
        assert await told(listener, "item.changed") == [{"sku": "HP-1001"}]
        (rejected,) = await told(listener, "order.rejected")
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
        sequences = [one["sequence"] for one in await told(listener, "stock.changed", 2)]
        assert sequences == [3, 2]
        await caller.post("/v1/orders", order())
        await told(listener, "stock.changed", 3)
        assert [one["outcome"] for one in caller.simulator.state()["deliveries"] if one["outcome"] == "lost"] == [
            "lost"
        ]
