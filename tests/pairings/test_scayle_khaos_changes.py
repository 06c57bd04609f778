"""SCAYLE with Khaos Control: cancellations asked for, done by the shop's people, and done in the ERP (laws L5, L6)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crossdock.api.server import HttpDoor, listen
from crossdock.cases.kind import Remedy
from crossdock.flows import remedies
from crossdock.flows.wish import Wish
from crossdock.model.after_sale import Cancellation, CancelledLine
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.khaos_control import KhaosControlSimulator
from crossdock.sandbox.scayle import ScayleSimulator
from crossdock.store.cases import list_cases
from tests.api.calling import serving
from tests.pairings.market import Market, open_market
from tests.pairings.test_scayle_khaos import AT_ONCE, PAIRING

ESTATE = build_estate(items=24, companies=30)
SECRET = "sandbox-token"
BUYER = 102


@dataclass
class Shop:
    """A market whose storefront can call us."""

    market: Market
    url: str

    async def sell(self, *lines: tuple[str, int], customer: int = BUYER, **more: Any) -> dict[str, Any]:
        wanted = [{"sku": sku, "quantity": count} for sku, count in lines or [("HP-1001", 3)]]
        placed = await self.market.shop.act(
            "place_order", {"country": "GB", "customer": customer, "lines": wanted, **more}
        )
        await self.market.shop.act("pass_time", {"seconds": 120})
        await self.market.deliver()
        return dict(placed)

    async def ask_to_cancel(self, order: dict[str, Any]) -> None:
        await self.market.shop.act("request_cancellation", {"order": order["id"]})
        await self.market.shop.act("pass_time", {"seconds": 1})

    async def hear(self) -> None:
        """The shop asks again, as it does until it hears a yes."""
        await self.market.shop.act("pass_time", {"seconds": 400})

    def units(self, order: dict[str, Any]) -> list[str]:
        (found,) = [one for one in self.market.shop.state()["orders"] if one["id"] == order["id"]]
        return [unit["status"] for unit in found["units"]]

    def there(self, order: dict[str, Any]) -> dict[str, Any] | None:
        return next(
            (one for one in self.market.erp.state()["orders"] if one["associated_ref"] == order["public_key"]), None
        )

    async def state(self, order: dict[str, Any]) -> str:
        return str((await self.market.orders())[order["public_key"]]["state"])

    async def wish(self) -> tuple[bool | None, str]:
        row = await self.market.here.pool.fetchrow("select accepted, reason from channel_wish")
        return row["accepted"], row["reason"]


@pytest.fixture
async def shop(database: str, tmp_path: Path) -> AsyncIterator[Shop]:
    till = ScayleSimulator(ESTATE, seed=5, settings=AT_ONCE)
    erp = KhaosControlSimulator(ESTATE, seed=5, settings={"optional_operations": ["CancelOrder", "AmendOrder"]})
    ours = {
        "access_token": "${TOKEN}", "fulfilment_wait_seconds": 2, "fulfilment_poll_seconds": 0.01,
        "webhook_username": "scayle", "webhook_password": "${TOKEN}",
    }  # fmt: skip
    theirs = {"settle_seconds": 1, "optional": {"cancel_order": True, "amend_order": True}}
    async with AsyncExitStack() as stack:
        market = await stack.enter_async_context(
            open_market(database, tmp_path, shop=("scayle", till, ours), erp=("khaos", erp, theirs), pairing=PAIRING)
        )
        await market.learn()
        url = await stack.enter_async_context(serving(HttpDoor(market.here, listen("127.0.0.1", 0))))
        place = url.replace("http://", f"http://scayle:{SECRET}@") + f"/channels/scayle/{market.name}"
        addresses = {"url": f"{place}/orders", "cancellation_url": f"{place}/cancellations"}
        await till.act("set_delegation_url", addresses)
        yield Shop(market, place)


async def settled(shop: Shop) -> None:
    await shop.market.run("changes")
    await shop.market.work()


async def test_a_wish_before_picking_cancels_the_erp_order_and_the_shop_hears_yes(shop: Shop) -> None:
    order = await shop.sell()
    await shop.ask_to_cancel(order)
    assert set(shop.units(order)) == {"available"}
    await settled(shop)
    assert (await shop.wish())[0] is True
    there = shop.there(order)
    assert there is not None
    assert there["cancelled"] is not None
    await shop.hear()
    assert (set(shop.units(order)), await shop.state(order)) == ({"cancelled"}, "cancelled")
    await shop.market.deliver()
    await settled(shop)
    assert (await shop.market.causes(), shop.market.erp.calls["SOAP CancelOrder"]) == ([], 1)


async def test_a_wish_after_picking_began_is_declined_and_both_hear_why(shop: Shop) -> None:
    order = await shop.sell()
    await shop.market.erp.act("pick", {"ref": order["public_key"]})
    await shop.ask_to_cancel(order)
    await settled(shop)
    accepted, reason = await shop.wish()
    assert (accepted, "Picking" in reason) == (False, True)
    await shop.hear()
    assert 409 in {one["outcome"] for one in shop.market.shop.state()["delegations"] if one["what"] == "cancellation"}
    assert set(shop.units(order)) == {"available"}
    (cause,) = await shop.market.causes()
    assert cause.startswith("change-refused-picking: ")
    assert "the storefront was told why" in cause


async def test_a_wish_for_an_order_that_waits_takes_it_out_before_it_is_ever_sent(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 1), ("GHOST-01", 1), force=True)
    assert await shop.state(order) == "waiting"
    await shop.ask_to_cancel(order)
    await settled(shop)
    assert ((await shop.wish())[0], await shop.state(order), shop.there(order)) == (True, "withdrawn", None)
    assert await shop.market.causes() == []


async def test_a_wish_that_comes_before_its_order_fetches_it(shop: Shop) -> None:
    placed = await shop.market.shop.act(
        "place_order", {"country": "GB", "customer": BUYER, "lines": [{"sku": "HP-1001", "quantity": 1}]}
    )
    await shop.market.shop.act("pass_time", {"seconds": 120})
    await shop.ask_to_cancel(placed)
    await settled(shop)
    await shop.market.pass_time(60)
    assert (await shop.wish())[0] is True
    assert await shop.state(placed) in ("withdrawn", "cancelled")


async def test_units_that_the_shops_people_cancel_are_taken_off_the_erp_order_to_the_penny(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3), ("HP-1005", 2))
    await shop.market.shop.act("cancel_units", {"order": order["id"], "sku": "HP-1001", "quantity": 2})
    await shop.market.deliver()
    there = shop.there(order)
    assert there is not None
    assert {line["sku"]: line["quantity"] for line in there["lines"]} == {"HP-1001": 1, "HP-1005": 2}
    (sale,) = [one for one in shop.market.shop.state()["orders"] if one["id"] == order["id"]]
    left = sum(unit["final"] for unit in sale["units"] if unit["status"] != "cancelled")
    assert Decimal(there["items_total_gross"]) * 100 == left
    assert (await shop.market.causes(), await shop.state(order)) == ([], "posted")


async def test_part_of_an_order_may_be_asked_for_and_is_amended_before_the_yes(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3), ("HP-1005", 2))
    await ask_for_part(shop, order, "HP-1001", 2)
    await settled(shop)
    there = shop.there(order)
    assert there is not None
    assert {line["sku"]: line["quantity"] for line in there["lines"]} == {"HP-1001": 1, "HP-1005": 2}
    assert (await shop.wish())[0] is True
    # The shop does it now, and its order then says what the ERP has been told already.
    await shop.market.shop.act("cancel_units", {"order": order["id"], "sku": "HP-1001", "quantity": 2})
    await shop.market.deliver()
    await shop.market.pass_time(60)
    assert (shop.market.erp.calls["SOAP AmendOrder"], await shop.market.causes()) == (1, [])


async def test_part_of_an_order_that_was_not_sent_keeps_it_back_until_the_shop_shows_it(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3), ("GHOST-01", 1), force=True)
    await ask_for_part(shop, order, "GHOST-01", 1)
    await settled(shop)
    assert (await shop.wish())[0] is True
    await shop.market.erp.act("create_item", {"sku": "GHOST-01", "name": "Lantern", "net_price": "24", "on_hand": 9})
    await shop.market.run("items")
    await shop.market.pass_time(3600)
    await shop.market.run("recheck")
    await shop.market.work()
    assert shop.there(order) is None  # it could be sent now, and would be sent whole
    await shop.market.shop.act("cancel_units", {"order": order["id"], "sku": "GHOST-01", "quantity": 1})
    for _ in range(3):
        await shop.market.pass_time(120)
        await shop.market.deliver()
    there = shop.there(order)
    assert there is not None
    assert {line["sku"] for line in there["lines"]} == {"HP-1001"}


async def test_what_the_erp_cancels_is_told_to_the_shop_once(shop: Shop) -> None:
    order = await shop.sell()
    await shop.market.erp.act("cancel", {"ref": order["public_key"], "reason": "discontinued"})
    for _ in range(3):
        await shop.market.run("despatches")
        await shop.market.work()
        await shop.market.pass_time(120)
        await shop.market.deliver()
    told = [one for one in shop.market.shop.state()["fulfilment"] if one["what"] == "cancellation"]
    assert (len(told), set(shop.units(order)), await shop.state(order)) == (1, {"cancelled"}, "cancelled")
    assert await shop.market.causes() == []


async def test_of_an_order_that_left_in_part_only_the_rest_is_told(shop: Shop) -> None:
    order = await shop.sell(("HP-1001", 3))
    ref = order["public_key"]
    await shop.market.erp.act("despatch", {"ref": ref, "lines": [{"sku": "HP-1001", "quantity": 1}]})
    await shop.market.run("despatches")
    await shop.market.work()
    await shop.market.erp.act("cancel", {"ref": ref, "reason": "no more to be had"})
    for _ in range(4):
        await shop.market.run("despatches")
        await shop.market.work()
        await shop.market.pass_time(120)
    assert sorted(shop.units(order)) == ["cancelled", "cancelled", "delivered"]
    assert await shop.market.causes() == []


async def test_a_shop_that_does_not_answer_is_told_again_and_then_a_person_is(shop: Shop) -> None:
    order = await shop.sell()
    shop.market.shop.faults.set([{"kind": "lost_request", "match": "/fulfillment/cancellations"}])
    await shop.market.erp.act("cancel", {"ref": order["public_key"], "reason": "discontinued"})
    await shop.market.run("despatches")
    for _ in range(12):
        await shop.market.pass_time(120)
    (cause,) = await shop.market.causes()
    assert cause.startswith("despatch-missed: ")
    assert set(shop.units(order)) == {"available"}
    shop.market.shop.faults.set([])
    (case,) = await list_cases(shop.market.here.pool, shop.market.here.tenant, state="open")
    wish = Wish(remedy=Remedy.RETRY, actor="mary@harbour.example")
    await remedies.apply(shop.market.pairing, case, wish)
    assert (set(shop.units(order)), await shop.market.causes()) == ({"cancelled"}, [])


async def ask_for_part(shop: Shop, order: dict[str, Any], sku: str, count: int) -> None:
    """As the channel does when the wish names warehouses."""
    (sale,) = [one for one in shop.market.shop.state()["orders"] if one["id"] == order["id"]]
    units = [unit["id"] for unit in sale["units"] if unit["sku"] == sku][:count]
    wish = Cancellation(
        key=f"cancellation/{order['id']}", order_ref=order["public_key"], storefront_id=str(order["id"]),
        lines=tuple(CancelledLine(sku=sku, quantity=Decimal(1), line_ref=str(unit)) for unit in units),
    )  # fmt: skip
    desk = shop.market.pairing.outbox
    assert desk is not None
    await desk.take_cancellation(wish, b"{}")  # type: ignore[attr-defined]
