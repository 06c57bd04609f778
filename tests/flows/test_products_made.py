"""From an item of the ERP to a product that is bought: made bare, priced, stocked, put on sale; each step by itself."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from crossdock.store.item_offers import PgOfferRun
from tests.flows.conftest import Opener
from tests.flows.test_product_introduction import causes, look, offers, on_sale, products, trail
from tests.world import GHOST, World

PAIRING = {
    "flows": ["order-entry", "stock-publication", "price-publication", "product-introduction"],
    "items": {"unknown": "report", "blocked": "report", "create": True, "ready": "offer"},
    "maps": {"price_list": {"Trade": "Trade"}},
}
SHOP = {"shop": {"product_family": "1"}}
NEW: dict[str, Any] = {"sku": "NEW-1", "name": "Storm lantern", "net_price": "24.00", "on_hand": 12}


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened(pairing=PAIRING, system=SHOP) as one:
        await one.run("price-publication")
        await look(one)
        yield one


async def everything(world: World) -> None:
    """As the clock would: what is read, then what is shown."""
    for flow in ("items", "price-publication", "product-introduction", "targets", "stock", "price-publication",
                 "product-introduction"):  # fmt: skip
        result = await world.run(flow)
        assert "problem" not in result, result


async def test_an_item_of_the_erp_becomes_a_product_a_price_a_level_and_an_order(world: World) -> None:
    await world.erp.act("create_item", NEW)
    await everything(world)
    made = products(world)["NEW-1"]
    assert {name: made[name] for name in ("status", "name", "tax_code", "units", "featured")} == {
        "status": "enabled", "name": "Storm lantern", "tax_code": "STD", "units": {"each": 1}, "featured": False
    }  # fmt: skip
    assert (world.shown("NEW-1"), (await offers(world))["NEW-1"]["state"]) == (Decimal(12), "on-sale")
    order = await world.sell(("NEW-1", 2))
    await world.deliver()
    assert await world.state(order) == "posted"
    assert await trail(world) == [("make_product", "NEW-1"), ("put_on_sale", "NEW-1")]


async def test_it_stays_off_sale_until_it_has_a_price(opened: Opener) -> None:
    async with opened(pairing=PAIRING, system=SHOP) as world:
        await world.run("price-publication")
        await world.erp.act("create_item", {**NEW, "net_price": "0"})
        await everything(world)
        row = (await offers(world))["NEW-1"]
        assert (row["state"], row["missing"], "NEW-1" in products(world)) == ("unlisted", ["it has no price"], False)
        assert "Each product held here may not be sold yet: it has no price." in await causes(world)
        await world.erp.act("set_price", {"sku": "NEW-1", "price_list": "Trade", "price": "8.00"})
        await everything(world)
        assert on_sale(world, "NEW-1")


async def test_nothing_is_made_twice(world: World) -> None:
    await world.erp.act("create_item", NEW)
    await world.run("items")
    await world.run("price-publication")
    world.shop.faults.set([{"kind": "lost_reply", "match": "POST /admin/api/products", "count": 1}])
    assert (await look(world))["made"] == 0
    assert "NEW-1" in products(world)
    assert (await look(world))["made"] == 0
    assert [one["sku"] for one in world.shop.state()["products"]].count("NEW-1") == 1
    assert not any("NEW-1" in str(one) for one in await causes(world))
    assert await trail(world) == [("make_product", "NEW-1")]


async def test_a_product_that_was_made_when_the_lights_went_out_is_there_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies between the shop's answer and whatever comes after it."""
    await world.erp.act("create_item", NEW)
    await world.run("items")
    await world.run("price-publication")

    async def lights_out(self: PgOfferRun, problems: Any, *, off: bool) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dark:
        dark.setattr(PgOfferRun, "refused", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await world.run("product-introduction")
    assert "NEW-1" in products(world)
    await everything(world)
    assert [one["sku"] for one in world.shop.state()["products"]].count("NEW-1") == 1
    assert await trail(world) == [("make_product", "NEW-1"), ("put_on_sale", "NEW-1")]


async def test_what_the_shop_will_not_have_is_told_in_its_words(opened: Opener) -> None:
    odd = {**PAIRING, "items": {**PAIRING["items"], "unit": "crate"}}
    async with opened(pairing=odd, system=SHOP) as world:
        await world.run("price-publication")
        await world.erp.act("create_item", NEW)
        await world.run("items")
        await world.run("price-publication")
        assert (await look(world))["made"] == 0
        (missing,) = (await offers(world))["NEW-1"]["missing"]
        assert missing.startswith("the storefront would not have it made (")
        assert any(missing in cause for cause in await causes(world))


async def test_nothing_is_made_where_the_policy_does_not_say_so(opened: Opener) -> None:
    async with opened(pairing={**PAIRING, "items": {"ready": "offer"}}, system=SHOP) as world:
        await world.run("price-publication")
        await world.erp.act("create_item", NEW)
        await everything(world)
        assert ("NEW-1" in products(world), (await offers(world))["NEW-1"]["state"]) == (False, "unlisted")
        assert {one.subject for one in await world.cases("item-not-on-sale")} == {"the ERP does not hold it"}


async def test_what_is_never_sold_alone_is_no_product_to_be(world: World) -> None:
    """A fee, a family of variants, and an item the ERP has given up."""
    await world.erp.act("create_item", {"sku": "FEE", "name": "Fee", "net_price": "2.00", "controlled": False})
    await world.erp.act("create_item", {**NEW, "sku": "OLD-1"})
    await world.erp.act("discontinue", {"sku": "OLD-1"})
    before = set(products(world))
    await everything(world)
    assert set(products(world)) == before
    assert ("FEE" in await offers(world), (await offers(world))["OLD-1"]["state"]) == (False, "unlisted")
    assert await causes(world) == {"Each product held here may not be sold yet: the ERP does not hold it."}
    assert GHOST in await offers(world)
