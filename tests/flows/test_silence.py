"""A feed that goes quiet raises one case, once; it closes with the next record (law L9)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.silence import silence_of
from tests.flows.conftest import Opener
from tests.world import World

WEEKS = 5


async def trade_until(world: World, quiet: timedelta, *, weeks: int = WEEKS, orders: int = 20) -> None:
    """Every week at this very hour so many orders came; this week the last one came when the quiet began."""
    started = datetime.now(UTC) - quiet
    spread = quiet * 0.8 / orders
    placed = [
        started - timedelta(weeks=week) + spread * (number + 1)
        for week in range(1, weeks + 1)
        for number in range(orders)
    ]
    await history(world, [*placed, started - timedelta(weeks=weeks, days=1), started])


async def history(world: World, placed: list[datetime]) -> None:
    """Orders of the past, as the book keeps them."""
    await world.here.pool.execute(
        """
        insert into sales_order (tenant, pairing, storefront_id, ref, state, placed_at, changed_at, captured_at)
        select 'main', 'oro-khaos', 'old' || at, 'OLD-' || at, 'despatched', placed, placed, placed
        from unnest($1::timestamptz[]) with ordinality as g(placed, at)
        """,
        placed,
    )


@pytest.fixture
async def shop(opened: Opener) -> AsyncIterator[World]:
    async with opened() as world:
        yield world


async def test_a_feed_that_goes_quiet_raises_one_case_once(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5))
    for _ in range(3):
        assert (await shop.run("silence"))["silent"] == 1
    (case,) = await shop.cases("feed-silent", state=None)
    silence = await silence_of(shop.pairing, "orders")
    assert silence is not None
    assert (case.desk, case.records, case.facts["usual"]) == ("integration", 1, str(silence.usual))
    assert case.cause.startswith("No orders from shop since ")
    assert case.cause.endswith(f"; usually {silence.usual} by now.")


async def test_it_closes_with_the_next_record_and_the_next_silence_is_another_case(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5))
    await shop.run("silence")
    await shop.sell()
    await shop.deliver()
    assert (await shop.run("silence"))["silent"] == 0
    assert await shop.cases("feed-silent") == []
    await shop.here.pool.execute(
        "update sales_order set placed_at = now() - interval '4 hours' where ref not like 'OLD%'"
    )
    await shop.run("silence")
    assert len(await shop.cases("feed-silent", state=None)) == 2
    assert len(await shop.cases("feed-silent")) == 1


async def test_a_silence_that_a_person_accepts_is_not_told_again(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5))
    await shop.run("silence")
    await shop.settle(await shop.the_case("feed-silent"), Remedy.ACCEPT, "a bank holiday")
    for _ in range(2):
        await shop.run("silence")
    assert (await shop.cases("feed-silent"), len(await shop.cases("feed-silent", state=None))) == ([], 1)


async def test_looking_again_from_the_case_closes_it_when_a_record_came(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5))
    await shop.run("silence")
    case = await shop.the_case("feed-silent")
    await shop.settle(case, Remedy.RETRY)
    assert (await shop.the_case("feed-silent")).id == case.id
    await shop.sell()
    await shop.deliver()
    await shop.settle(case, Remedy.RETRY)
    assert await shop.cases("feed-silent") == []


async def test_without_enough_of_a_past_nobody_is_alarmed(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5), weeks=3)
    assert await shop.run("silence") == {"feeds": 2, "silent": 0}


async def test_a_quiet_time_that_is_usual_alarms_nobody(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5), orders=1)
    assert (await shop.run("silence"))["silent"] == 0


async def test_a_shop_that_cannot_be_reached_is_one_case_and_not_two(shop: World) -> None:
    await trade_until(shop, timedelta(hours=5))
    shop.shop.faults.set([{"kind": "status", "status": 503, "match": r"GET /admin/api/orders"}])
    for _ in range(3):
        await shop.run("orders")
    assert (await shop.run("silence"))["silent"] == 0
    assert [case.kind for case in await shop.cases()] == ["system-unreachable"]


async def test_despatches_are_a_feed_of_their_own_where_the_pairing_tells_them(shop: World, opened: Opener) -> None:
    assert (await shop.run("silence"))["feeds"] == 2
    await trade_until(shop, timedelta(hours=5))
    await shop.here.pool.execute(
        """
        insert into despatch (tenant, pairing, order_id, key, tracking_number, carrier, document, state, found_at)
        select tenant, pairing, id, ref, ref, '', '{}', 'published', placed_at from sales_order
        """
    )
    assert (await shop.run("silence"))["silent"] == 2
    causes = {case.cause.partition(" since ")[0] for case in await shop.cases("feed-silent")}
    assert causes == {"No orders from shop", "No despatches from khaos"}


async def test_the_settings_can_switch_it_off(opened: Opener) -> None:
    async with opened(pairing={"completeness": {"silence_least": 0}}) as world:
        await trade_until(world, timedelta(hours=5))
        assert (await world.run("silence"))["silent"] == 0
