"""A kill between any two calls of the feed: all is told, and in effect once (law L10)."""

import itertools

import pytest

from crossdock.model.stock import Basis
from crossdock.sandbox.retail_stock import RetailStockSimulator
from tests.retail.conftest import FEEDING, OPTIONAL, Opener, fill
from tests.retail.dying import Fuse, Killed, dying
from tests.retail.shops import LOCATIONS, MAIN, OTHER, PLENTY, SIZED, YORK, Shops
from tests.retail.test_feed import leaves, ledger, promised, promises, stock


async def consumer(shops: Shops) -> str:
    company = await shops.erp.act("create_company", {"name": "Ann", "class_name": "Consumer"})
    await shops.well("accounts")
    return str(company["code"])


async def bought(shops: Shops, code: str) -> None:
    """One order that has left; its sale is to be told."""
    order = await shops.erp.act("sell", {"sku": OTHER, "quantity": 1, "company_code": code})
    await shops.erp.act("despatch", {"ref": order["code"]})


TWO_PLACES = {
    "locations": {MAIN: LOCATIONS[MAIN], YORK: LOCATIONS[YORK]}, "feed": {"consumer_classes": ["Consumer"]},
}  # fmt: skip


class Work:
    """What happens before each kill, so that every flow has something to tell; and whether it was told, once."""

    def __init__(self, shops: Shops) -> None:
        self.shops = shops
        self.rounds = 0
        self.buyer = self.order = ""

    async def goes_on(self, flow: str) -> None:
        self.rounds += 1
        match flow:
            case "retail-items":
                new = {"sku": f"NEW-{self.rounds}", "name": "New", "net_price": "1.00"}
                await self.shops.erp.act("create_item", new)
                await self.shops.well("items")
            case "retail-levels":
                if self.order:
                    await self.shops.erp.act("despatch", {"ref": self.order})
                await self.shops.erp.act("goods_in", {"sku": OTHER, "quantity": 2})
                self.order = str((await self.shops.erp.act("sell", {"sku": PLENTY, "quantity": 1}))["code"])
            case "retail-sales":
                self.buyer = self.buyer or await consumer(self.shops)
                await bought(self.shops, self.buyer)

    def is_told(self, flow: str) -> bool:
        match flow:
            case "retail-items":
                return f"NEW-{self.rounds}" in leaves(self.shops)
            case "retail-levels":
                shown = {sku: count for (_, sku), count in stock(self.shops).items()}
                return shown == ledger(self.shops) and promises(self.shops) == promised(self.shops)
        return len(self.shops.retail.state()["sales"]) == self.rounds


@pytest.mark.parametrize("flow", ["retail-items", "retail-levels", "retail-sales"])
@pytest.mark.parametrize("profile", ["retail-stock", "wair-ai"])
async def test_the_feed_survives_a_kill_between_every_two_calls(opened: Opener, profile: str, flow: str) -> None:
    plain = {"retail": {"sizing": False}} if profile == "retail-stock" else {}
    async with opened(profile=profile, **plain, **{**FEEDING, "pairing": TWO_PLACES}) as shops:
        await fill(shops)
        kills, work = 0, Work(shops)
        for calls in itertools.count(1):
            await work.goes_on(flow)
            fuse = Fuse(calls)
            try:
                await shops.run(flow, dying(shops.pairing, fuse))
            except Killed:
                kills += 1
            await shops.well(flow)
            assert work.is_told(flow), f"killed at call {calls}"
            if fuse.left > 0:
                break
        assert kills > 10
        assert await shops.cases() == []


async def test_every_lost_answer_about_a_sale_is_made_good_and_no_sale_is_told_twice(feeding: Shops) -> None:
    buyer = await consumer(feeding)
    call = "Sales" if "skus" in feeding.retail.state() else "POST /v1/sales:batch"
    for number, kind in enumerate(("lost_request", "lost_reply", "status", "truncated_body", "html_page"), start=1):
        await bought(feeding, buyer)
        feeding.retail.faults.set([{"kind": kind, "match": call}])
        await feeding.run("retail-sales")
        feeding.retail.faults.set([])
        await feeding.pass_time(400)
        for flow in ("recheck", "retail-sales"):
            await feeding.well(flow)
        assert len(feeding.retail.state()["sales"]) == number, kind
    assert (await feeding.well("retail-sales"))["told"] == 0


async def test_half_a_list_of_orders_tells_no_sale(feeding: Shops) -> None:
    await bought(feeding, await consumer(feeding))
    feeding.erp.faults.set([{"kind": "truncated_body", "match": "ExportOrderStatusEx"}])
    result = await feeding.run("retail-sales")
    assert ("problem" in result, feeding.retail.state()["sales"]) == (True, [])
    feeding.erp.faults.set([])
    await feeding.well("retail-sales")
    assert len(feeding.retail.state()["sales"]) == 1


async def test_half_a_list_of_items_tells_none_and_takes_none_away(feeding: Shops) -> None:
    await feeding.erp.act("create_item", {"sku": "NEW-1", "name": "New", "net_price": "1.00"})
    before = set(leaves(feeding))
    feeding.erp.faults.set([{"kind": "truncated_body", "match": "ExportStock"}])
    assert "problem" in await feeding.run("items")
    await feeding.well("retail-items")
    assert set(leaves(feeding)) == before
    feeding.erp.faults.set([])
    await feeding.well("items")
    await feeding.well("retail-items")
    assert set(leaves(feeding)) == before | {"NEW-1"}


async def test_a_basis_that_the_shops_do_not_take_is_refused_unsent_in_one_case(opened: Opener) -> None:
    """Told as what is available to a system that counts, promises would be taken off twice (T1)."""
    settings = {"system_of": {"khaos": {"optional": OPTIONAL}}, "pairing": {"feed": {"basis": "available"}}}
    async with opened(profile="wair-ai", erp={"optional_operations": ("ExportOrders",)}, **settings) as shops:
        assert shops.pairing.policy.feed.basis is Basis.AVAILABLE
        for flow in ("items", "retail-places", "retail-items", "retail-levels"):
            await shops.well(flow)
        assert stock(shops) == {}
        case = await shops.the_case("stock-write-rejected")
        assert case.records > 10
        assert shops.retail.calls["POST /api/v1/Stock"] == 0


async def test_no_figure_goes_both_ways(bridged: Shops) -> None:
    """Law L8: what a shop counts is never told to the shops, and what the ERP counts is never booked there."""
    await bridged.book_all()
    await bridged.erp.act("adjust", {"sku": PLENTY, "on_hand": 77})
    await bridged.retail.act("receive_goods", {"location": "STORE-YORK", "sku": PLENTY, "quantity": 5})
    before = bridged.in_ledger(MAIN)
    await bridged.book()
    await bridged.well("retail-levels")
    owners = {code: place.owner for code, place in bridged.pairing.policy.places.items()}
    assert {owners[place] for place, _ in stock(bridged)} == {"erp"}
    assert (bridged.in_ledger(MAIN), stock(bridged)[MAIN, PLENTY]) == (before, 77)
    assert bridged.booked_as_told()


async def test_an_item_that_cannot_be_read_over_there_is_a_case_and_stops_no_other(bridged: Shops) -> None:
    before = await bridged.kinds()
    assert isinstance(bridged.retail, RetailStockSimulator)
    held = bridged.retail.shop.items.rows[bridged.retail.shop.item(PLENTY)["id"]]
    size, held.content["size_id"], held.updated_at = held.content["size_id"], None, bridged.retail.shop.tick()
    await bridged.retail.act("set_body_map", {"sku": SIZED, "missing_attributes": ["chest"]})
    result = await bridged.well("retail-items")
    assert (result["unreadable"], SIZED in {one.subject for one in await bridged.cases()}) == (1, True)
    case = await bridged.the_case("schema-surprise")
    assert "size_id" in case.cause
    held.content["size_id"], held.updated_at = size, bridged.retail.shop.tick()
    await bridged.retail.act("set_body_map", {"sku": SIZED, "body_map_id": "BM-1"})
    await bridged.well("retail-items")
    assert await bridged.kinds() == before


async def test_an_item_that_is_held_there_no_more_lacks_nothing_there(bridged: Shops) -> None:
    await bridged.retail.act("set_body_map", {"sku": SIZED, "missing_attributes": ["chest"]})
    await bridged.well("retail-items")
    assert SIZED in {one.subject for one in await bridged.cases("item-not-on-sale")}
    await bridged.retail.act("forget_item", {"sku": SIZED})
    await bridged.well("retail-items")
    assert SIZED in {one.subject for one in await bridged.cases("item-not-on-sale")}
    await bridged.pass_time(90_000)  # its list is read whole once a day
    await bridged.well("retail-items")
    assert SIZED not in {one.subject for one in await bridged.cases("item-not-on-sale")}
