"""What is published: never more than there is and nobody ordered (law L4)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from crossdock.cases.kind import Remedy
from crossdock.engine.clock import SystemClock
from crossdock.model.faults import Refused
from crossdock.store.stock import PgStockRun
from tests.flows.conftest import Opener
from tests.world import BY_CASE, PLENTY, SCARCE, UNTAXED, World

LEVELS = "GetStockList|ExportStock"


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    """Every place shows the whole stock here, which keeps the sums plain; sharing it out has tests of its own."""
    async with opened(pairing={"stock": {"shared": False}}) as one:
        yield one


async def figure(world: World, sku: str, on_hand: int) -> None:
    """A count in the warehouse."""
    await world.erp.act("adjust", {"sku": sku, "on_hand": on_hand})


def writes(world: World) -> int:
    return len(world.shop.state()["inventory_writes"])


async def test_each_unit_shows_the_whole_ones_there_are(world: World) -> None:
    case = next(item for item in world.shop.estate.items if item.sku == BY_CASE).units["case"]
    await figure(world, BY_CASE, 5 * case - 1)
    await world.run("stock")
    assert (world.shown(BY_CASE), world.shown(BY_CASE, "case")) == (5 * case - 1, 4)
    assert await world.broken_laws() == {}


async def test_only_what_changed_is_written_and_twice_is_once(world: World) -> None:
    before = writes(world)
    await figure(world, UNTAXED, 17)
    await world.run("stock")
    await world.run("stock")
    assert (world.shown(UNTAXED), writes(world)) == (17, before + 1)


async def test_what_a_captured_order_wants_is_kept_back_until_the_erp_counts_it_exactly_once(world: World) -> None:
    """From the sale to the moment the ERP's own figure is lower: ten less, never twenty, never none."""
    await figure(world, PLENTY, 100)
    await world.run("stock")
    ref = await world.sell((PLENTY, 10))
    world.erp.faults.set([{"kind": "lost_request", "match": "ImportOrders"}])
    seen = []
    await world.run("stock")  # captures on its way
    seen.append((await world.state(ref), world.shown(PLENTY)))
    await world.work()
    await world.run("stock")
    seen.append((await world.state(ref), world.shown(PLENTY)))
    world.erp.faults.reset()
    await world.pass_time(60)
    await world.run("stock")
    seen.append((await world.state(ref), world.shown(PLENTY)))
    assert seen == [("captured", 90), ("posting", 90), ("posted", 90)]
    await world.run("stock")
    assert (world.shown(PLENTY), world.available(PLENTY)) == (90, 90)


async def test_an_order_posted_while_the_figures_were_read_still_counts(world: World, monkeypatch: Any) -> None:
    await figure(world, PLENTY, 100)
    await world.run("stock")
    ref = await world.sell((PLENTY, 10))
    await world.run("orders")
    read = world.pairing.erp.read_stock

    async def read_and_then_post(since: Any) -> Any:
        async for page in read(since):
            yield page
        await world.work()  # the figure says 100; the order is in the ERP now

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(world.pairing.erp, "read_stock", read_and_then_post)
        await figure(world, PLENTY, 100)
        await world.run("stock")
    assert (await world.state(ref), world.shown(PLENTY)) == ("posted", 90)


async def test_an_order_set_aside_gives_its_goods_back(world: World) -> None:
    await figure(world, PLENTY, 50)
    await world.sell((PLENTY, 5), customer="117")
    await world.deliver()
    await world.run("stock")
    assert world.shown(PLENTY) == 45
    await world.settle(await world.the_case("account-on-stop"), Remedy.SET_ASIDE, "gone away")
    await world.run("stock")
    assert world.shown(PLENTY) == 50


async def test_buffers_are_never_shown(opened: Opener) -> None:
    stock = {"every_seconds": 3, "buffer": 5, "buffers": {SCARCE.lower(): 40}, "shared": False}
    async with opened(pairing={"stock": stock}) as world:
        await figure(world, PLENTY, 12)
        await figure(world, SCARCE, 41)
        await world.run("stock")
        assert (world.shown(PLENTY), world.shown(SCARCE)) == (7, 1)


@pytest.mark.parametrize("kind", ["truncated_body", "html_page", "lost_reply"])
async def test_a_read_that_was_not_whole_changes_no_figure(world: World, kind: str) -> None:
    await figure(world, PLENTY, 500)
    await world.run("stock")
    await figure(world, PLENTY, 3)
    world.erp.faults.set([{"kind": kind, "match": LEVELS}])
    result = await world.run("stock")
    assert ("problem" in result, world.shown(PLENTY)) == (True, 500)
    world.erp.faults.reset()
    await world.run("stock")
    assert world.shown(PLENTY) == 3


async def test_a_short_list_that_calls_itself_whole_zeroes_nothing(world: World) -> None:
    shown = {(one["sku"], one["unit"]): one["quantity"] for one in world.shop.state()["inventory"]}
    await world.here.pool.execute("delete from watermark where feed like 'stock%'")
    world.erp.faults.set([{"kind": "short_list", "match": LEVELS}])
    await world.run("stock")
    assert {(one["sku"], one["unit"]): one["quantity"] for one in world.shop.state()["inventory"]} == shown


async def grow_old(world: World) -> None:
    """The last good read was two hours ago, and none succeeds now."""
    await world.here.pool.execute("update watermark set at = at - interval '2 hours' where feed like 'stock%'")
    world.erp.faults.set([{"kind": "status", "status": 500, "match": LEVELS}])


async def test_stale_figures_may_lower_what_is_shown_and_never_raise_it(world: World) -> None:
    await figure(world, PLENTY, 100)
    await figure(world, UNTAXED, 100)
    await world.sell((PLENTY, 10), customer="117")
    await world.deliver()
    await world.run("stock")
    assert (world.shown(PLENTY), world.shown(UNTAXED)) == (90, 100)
    await grow_old(world)
    await world.sell((UNTAXED, 7))
    await world.settle(await world.the_case("account-on-stop"), Remedy.SET_ASIDE, "would raise it to 100 again")
    await world.run("stock")
    assert (world.shown(PLENTY), world.shown(UNTAXED)) == (90, 93)
    assert (await world.the_case("stock-stale")).subject == "khaos"
    world.erp.faults.reset()
    await world.run("stock")
    assert (world.shown(PLENTY), await world.cases("stock-stale")) == (100, [])


async def test_a_level_the_shop_refuses_is_a_case_that_settles_when_it_takes_it(world: World, monkeypatch: Any) -> None:
    write = world.pairing.storefront.write_stock

    async def refuse_one(levels: Any) -> Any:
        outcomes = await write([one for one in levels if one.sku != PLENTY])
        left = iter(outcomes)
        return [Refused("invalid", "no such row") if one.sku == PLENTY else next(left) for one in levels]

    await figure(world, PLENTY, 11)
    await figure(world, UNTAXED, 12)
    with monkeypatch.context() as strict:
        strict.setattr(world.pairing.storefront, "write_stock", refuse_one)
        await world.run("stock")
    assert (world.shown(UNTAXED), (await world.the_case("stock-write-rejected")).subject) == (12, f"{PLENTY}/each")
    await world.run("stock")
    assert (world.shown(PLENTY), await world.cases()) == (11, [])


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request"])
async def test_a_level_nobody_vouches_for_is_written_again_even_when_the_figure_fell_back(
    world: World, kind: str
) -> None:
    """The shop may show the higher one: that the book says the old one is no reason to leave it."""
    await figure(world, PLENTY, 20)
    await world.run("stock")
    await figure(world, PLENTY, 80)
    world.shop.faults.set([{"kind": kind, "match": "^PATCH /admin/api/inventorylevels", "count": 1}])
    await world.run("stock")
    await figure(world, PLENTY, 20)
    await world.run("stock")
    assert world.shown(PLENTY) == 20


async def test_a_crash_between_the_write_and_its_record_leaves_no_false_level(world: World, monkeypatch: Any) -> None:
    async def lights_out(*_: Any, **__: Any) -> None:
        raise asyncio.CancelledError

    await figure(world, PLENTY, 20)
    await world.run("stock")
    await figure(world, PLENTY, 80)
    with monkeypatch.context() as dark:
        dark.setattr(PgStockRun, "published", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await world.run("stock")
    assert world.shown(PLENTY) == 80
    await figure(world, PLENTY, 20)
    await world.run("stock")
    assert world.shown(PLENTY) == 20


async def test_a_shop_that_fails_in_the_middle_of_the_writes_is_told_of_as_what_it_is(world: World) -> None:
    for sku in (PLENTY, UNTAXED, SCARCE):
        await figure(world, sku, 9)
    world.shop.faults.set([{"kind": "status", "status": 429, "retry_after": 0.01, "match": "^PATCH"}])
    result = await world.run("stock")
    assert "429" in result["problem"]
    world.shop.faults.reset()
    await world.run("stock")
    assert (world.shown(PLENTY), world.shown(UNTAXED), world.shown(SCARCE)) == (9, 9, 9)


async def test_one_run_at_a_time_over_one_erp(world: World) -> None:
    async with world.pairing.stock.run():
        assert "another worker" in (await world.run("stock"))["skipped"]
    assert "skipped" not in await world.run("stock")


async def test_a_place_the_shop_no_longer_has_is_not_written_to(world: World) -> None:
    await world.here.pool.execute(
        "insert into stock_target (tenant, system, ref, sku, sku_key, unit, units_over, units_under, seen_at) "
        "values ('main', 'shop', 'gone', $1, lower($1), 'each', 1, 1, '2020-01-01')", PLENTY,
    )  # fmt: skip
    await world.run("targets")
    left = await world.here.pool.fetchval("select count(*) from stock_target where ref = 'gone'")
    assert (left, await world.here.pool.fetchval("select count(*) from stock_target") > 20) == (0, True)


def an_hour_ahead() -> Any:
    """On a machine whose clock is ahead of the database's."""
    return mock.patch.object(SystemClock, "now", side_effect=lambda: datetime.now(UTC) + timedelta(hours=1))


async def test_a_clock_that_is_ahead_of_the_database_forgets_no_target(world: World) -> None:
    count = await world.here.pool.fetchval("select count(*) from stock_target")
    with an_hour_ahead():
        await world.run("targets")
    assert await world.here.pool.fetchval("select count(*) from stock_target") == count


async def test_a_clock_that_is_ahead_of_the_database_forgets_no_order_that_figures_do_not_hold_yet(
    world: World,
) -> None:
    await figure(world, PLENTY, 500)
    with an_hour_ahead():
        await world.run("stock")
    await world.sell((PLENTY, 5))
    world.erp.faults.set([{"kind": "truncated_body", "match": LEVELS}])  # so the old figures must do
    for step in (world.run("orders"), world.work()):  # captured, then in the ERP
        await step
        assert "problem" in await world.run("stock")
        assert world.shown(PLENTY) == 495


async def test_of_two_workers_whose_clocks_differ_the_later_one_knows_what_is_shown(world: World) -> None:
    await figure(world, PLENTY, 10)
    with an_hour_ahead():
        await world.run("stock")
    for there in (500, 10):
        await figure(world, PLENTY, there)
        await world.run("stock")
        assert world.shown(PLENTY) == there


async def test_what_is_promised_beyond_what_there_is_is_one_case_until_there_is_enough(world: World) -> None:
    """A shelf was counted anew while orders for it were on their way."""
    await figure(world, PLENTY, 10)
    await world.run("stock")
    ref = await world.sell((PLENTY, 8))
    world.erp.faults.set([{"kind": "lost_request", "match": "ImportOrders"}])
    await figure(world, PLENTY, 5)
    await world.run("stock")
    case = await world.the_case("oversold")
    assert (case.subject, "short by 3" in case.cause, world.shown(PLENTY)) == (PLENTY, True, 0)
    await world.run("stock")
    assert (await world.the_case("oversold")).records == 1
    await figure(world, PLENTY, 20)
    await world.run("stock")
    assert await world.cases("oversold") == []
    assert await world.state(ref) == "captured"
