"""Law L4 inside the shop: units of an item, and packs with it, cannot sell the same piece twice."""

from decimal import Decimal

import pytest

from crossdock.cases.kind import Remedy
from tests.flows.conftest import Opener
from tests.world import BY_CASE, PLENTY, UNLINKED, World

KIT, HANDLE = "KIT-DOOR", "HP-1000"  # one pack takes one HP-1000 and three of PLENTY


def on_sale(world: World, sku: str) -> Decimal:
    """What every level of the item together lets shoppers buy, in stock units."""
    levels = [level for level in world.shop.state()["inventory"] if level["sku"] == sku]
    return sum((Decimal(level["quantity"]) * level["units_per"] for level in levels), Decimal(0))


async def test_each_and_case_share_one_stock(world: World) -> None:
    assert world.shown(BY_CASE) > 0
    assert world.shown(BY_CASE, "case") > 0
    assert on_sale(world, BY_CASE) <= world.available(BY_CASE)


async def test_a_pack_and_its_components_share_one_stock(world: World) -> None:
    kits = world.shown(KIT)
    assert kits > 0
    assert kits + on_sale(world, HANDLE) <= world.available(HANDLE)
    assert kits * 3 + on_sale(world, PLENTY) <= world.available(PLENTY)


async def test_an_order_for_a_pack_takes_its_components_from_sale_before_the_erp_knows(world: World) -> None:
    await world.sell((KIT, 2), customer=UNLINKED)  # it waits for an account, so no figure of the ERP holds it
    await world.deliver()
    await world.run("stock")
    assert await world.the_case("account-unmatched")
    assert world.shown(KIT) * 3 + on_sale(world, PLENTY) + 2 * 3 <= world.available(PLENTY)
    assert await world.broken_laws() == {}


async def test_a_burst_between_two_runs_sells_no_piece_twice(world: World) -> None:
    """Everything the shop shows is bought, under every unit and pack, before we hear of any of it."""
    await world.erp.act("adjust", {"sku": HANDLE, "on_hand": 14})
    await world.run("stock")
    for sku, unit in ((HANDLE, "each"), (HANDLE, "case"), (KIT, "each")):
        if count := int(world.shown(sku, unit)):
            await world.sell((sku, count, unit))
    await world.deliver()
    assert world.erp.state()["oversold"] == []


async def test_a_pairing_may_show_the_whole_stock_everywhere(opened: Opener) -> None:
    async with opened(pairing={"stock": {"shared": False}}) as world:
        assert world.shown(BY_CASE) == world.available(BY_CASE)
        assert on_sale(world, BY_CASE) > world.available(BY_CASE)


async def test_a_sku_that_is_mapped_to_an_item_sold_already_shares_with_it(world: World) -> None:
    await world.sell(("GHOST-01", 1))
    await world.deliver()
    before = world.shown("HP-1005")
    await world.settle(await world.the_case("stock-code-unknown"), Remedy.MAP_CODE, code="HP-1005")
    await world.work()
    await world.run("stock")
    assert world.shown("HP-1005") <= before / 2 + 1
    assert on_sale(world, "HP-1005") + on_sale(world, "GHOST-01") <= world.available("HP-1005")


async def test_a_level_that_somebody_typed_in_at_the_shop_is_written_again(world: World) -> None:
    ours = world.shown(PLENTY)
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 99_999})
    await world.run("stock")
    assert world.shown(PLENTY) == 99_999  # nothing has told us yet
    assert (await world.run("targets"))["drifted"] == 1
    await world.run("stock")
    assert world.shown(PLENTY) == ours


async def test_a_flow_that_fails_by_our_own_fault_is_told_of(world: World) -> None:
    await world.here.pool.execute("alter table stock_share rename to elsewhere")
    for _ in range(3):
        with pytest.raises(Exception, match="stock_share"):
            await world.run("stock")
    assert "stock_share" in (await world.the_case("crossdock-defect")).cause
    await world.here.pool.execute("alter table elsewhere rename to stock_share")
    await world.run("stock")
    assert not await world.cases("crossdock-defect")
