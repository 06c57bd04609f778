"""Stock drift: what the storefront shows against what the ERP's figures let it show, less what is under way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.model.faults import RemoteFault
from crossdock.model.reconciliation import Subject
from tests.reconciliation.shop import causes, look, open_cases, open_shop
from tests.world import BY_CASE, GHOST, PLENTY, World

SHOWN = "GET /admin/api/inventorylevels"


@pytest.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_shop(database, tmp_path) as one:
        yield one


async def test_a_shop_that_shows_what_it_was_told_has_no_drift(world: World) -> None:
    run, found = await look(world, Subject.STOCK)
    assert causes(found) == set()
    assert run.counts["unknown"] == 1
    assert [GHOST in text for text in run.unknowns] == [True]  # the ERP has no figure of it: unknown, never nothing


async def test_a_level_somebody_typed_is_drift_until_the_shop_is_told_again(world: World) -> None:
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    run, found = await look(world, Subject.STOCK)
    (one,) = (one for one in found if one.case_kind)
    assert (one.cause, one.ref, one.theirs) == ("stock-drift", f"{PLENTY}/each", "9999")
    assert (run.ours_at is not None, run.theirs_at is not None) == (True, True)
    assert await open_cases(world) == {("stock-drift", f"shop {PLENTY}/each")}
    await world.run("targets")  # learns what the shop shows
    await world.run("stock")
    assert world.shown(PLENTY) != 9999
    await look(world, Subject.STOCK)
    assert await open_cases(world) == set()


async def test_a_drift_a_person_accepts_is_told_and_opens_no_case_until_it_moves(world: World) -> None:
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 3})
    await look(world, Subject.STOCK)
    await world.settle(await world.the_case("stock-drift"), Remedy.ACCEPT, "kept back for the fair")
    assert await open_cases(world) == set()
    _, found = await look(world, Subject.STOCK)
    (one,) = (one for one in found if one.ref == f"{PLENTY}/each")
    assert one.waiver is not None
    assert (one.waiver.actor, one.waiver.reason) == ("mary@harbour.example", "kept back for the fair")
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 4})
    await look(world, Subject.STOCK)
    assert await open_cases(world) == {("stock-drift", f"shop {PLENTY}/each")}


async def test_what_shoppers_just_took_and_what_the_erp_just_counted_are_no_drift(world: World) -> None:
    await world.sell((PLENTY, 2))
    await world.sell((BY_CASE, 3))
    await world.erp.act("goods_in", {"sku": BY_CASE, "quantity": 40})
    run, found = await look(world, Subject.STOCK)
    assert causes(found) == set()
    assert run.counts["due"] >= 1  # the next publication shows the goods that came in


async def test_what_nobody_publishes_is_drift_when_it_is_not_right(database: str, tmp_path: Path) -> None:
    flows = ["order-entry", "despatch"]
    async with open_shop(database, tmp_path, pairing={"flows": flows}) as world:
        await world.erp.act("goods_in", {"sku": PLENTY, "quantity": 40})
        _, found = await look(world, Subject.STOCK)
        assert ("stock-drift", f"shop {PLENTY}/each") in causes(found)


async def test_figures_that_were_not_read_are_no_drift_and_the_shop_is_not_read_twice(world: World) -> None:
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    world.erp.faults.set([{"kind": "status", "match": "StockStatus|StockLevel|Stock"}])
    with pytest.raises(RemoteFault):
        await look(world, Subject.STOCK)
    assert await open_cases(world) == set()
    asked = world.shop.calls[SHOWN]
    world.erp.faults.reset()
    _, found = await look(world, Subject.STOCK)
    assert causes(found) == {("stock-drift", f"shop {PLENTY}/each")}
    assert (world.shop.calls[SHOWN], await _runs(world)) == (asked, 1)


async def test_a_publication_under_way_is_waited_for(world: World) -> None:
    async with world.pairing.stock.run():
        compare = asyncio.create_task(look(world, Subject.STOCK))
        await asyncio.wait([compare], timeout=2)
        assert not compare.done()
    _, found = await compare
    assert causes(found) == set()


async def test_a_retry_compares_again(world: World) -> None:
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    await look(world, Subject.STOCK)
    case = await world.the_case("stock-drift")
    await world.settle(case, Remedy.RETRY)
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": str(await _told(world))})
    await world.work()
    assert await open_cases(world) == set()


async def _told(world: World) -> Any:
    return await world.here.pool.fetchval(
        "select p.quantity from stock_published p join stock_target t on t.ref = p.ref and t.system = 'shop' "
        "where t.sku = $1 and t.unit = 'each'", PLENTY
    )  # fmt: skip


async def _runs(world: World) -> int:
    return int(await world.here.pool.fetchval("select count(*) from reconciliation_run"))
