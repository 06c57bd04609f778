"""The history of orders comes in as the ERP has it, and nothing is ever posted a second time (law L1)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossdock.flows.backfill import Counts, backfill
from crossdock.ports.loading import Period
from crossdock.wiring.loading import load_book
from tests.flows.conftest import Opener
from tests.world import NAME, PLENTY, UNTAXED, World

EVER = Period(since=datetime(2000, 1, 1, tzinfo=UTC), until=datetime(2100, 1, 1, tzinfo=UTC))


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened() as one:
        yield one


async def forget(world: World) -> None:
    """As if Crossdock came to a merchant whose orders somebody else had always typed in."""
    await world.here.pool.execute("truncate sales_order restart identity cascade")
    await world.here.pool.execute("delete from pgqueuer")


async def take_in(world: World, period: Period = EVER, **how: Any) -> Counts:
    how = {"post_missing": False, "tell": lambda _: None, **how}
    return await backfill(world.pairing, load_book(world.here, NAME), period, **how)


async def sold(world: World, count: int) -> list[str]:
    refs = [await world.sell((PLENTY, 1)) for _ in range(count)]
    await world.deliver()
    return refs


def made(world: World) -> int:
    return len(world.erp.state()["orders"])


async def test_what_the_erp_has_comes_in_as_it_stands_there_and_nothing_is_sent(world: World) -> None:
    refs = await sold(world, 3)
    code = world.posted(refs[0])[0]["code"]
    await forget(world)
    before = made(world)
    counts = await take_in(world)
    await world.work()
    assert (counts["taken"], counts["missing"], counts["differ"]) == (3, 0, 0)
    assert [await world.state(ref) for ref in refs] == ["posted"] * 3
    assert (await world.order(refs[0]))["erp_ref"] == code
    assert made(world) == before
    assert (await world.actions(refs[0]))[-1] == "backfill"


async def test_twice_is_once(world: World) -> None:
    await sold(world, 3)
    await forget(world)
    await take_in(world)
    again = await take_in(world, Period(since=EVER.since, until=EVER.until + timedelta(days=1)))
    assert (again["taken"], again["known"]) == (0, 3)
    assert await world.here.pool.fetchval("select count(*) from sales_order") == 3


async def test_what_the_erp_has_not_is_counted_and_left_alone(world: World) -> None:
    await sold(world, 2)
    await forget(world)
    await world.sell((UNTAXED, 1))
    counts = await take_in(world)
    assert (counts["taken"], counts["missing"]) == (2, 1)
    assert await world.here.pool.fetchval("select count(*) from sales_order") == 2


async def test_where_asked_what_the_erp_has_not_is_posted_once(world: World) -> None:
    await sold(world, 2)
    await forget(world)
    ref = await world.sell((UNTAXED, 1))
    counts = await take_in(world, post_missing=True)
    await world.work()
    assert (counts["taken"], counts["posted"]) == (2, 1)
    assert len(world.posted(ref)) == 1
    assert await world.state(ref) == "posted"
    assert await world.broken_laws() == {}


async def test_a_short_list_of_the_erp_makes_nothing_missing(world: World, monkeypatch: Any) -> None:
    """Before "missing", each is asked for once more by name."""
    await sold(world, 2)
    await forget(world)

    async def nothing(refs: Any) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(world.pairing.erp, "read_fulfilments", nothing)
    counts = await take_in(world, post_missing=True)
    assert (counts["taken"], counts["posted"]) == (2, 0)


async def test_orders_placed_outside_the_period_are_left(world: World) -> None:
    await sold(world, 2)
    await forget(world)
    counts = await take_in(world, Period(since=EVER.since, until=datetime(2001, 1, 1, tzinfo=UTC)))
    assert (counts["outside"], counts["taken"]) == (2, 0)


async def test_stopped_in_the_middle_it_goes_on_where_it_was(world: World, monkeypatch: Any) -> None:
    await sold(world, 3)
    await forget(world)
    read, pages = world.pairing.storefront.read_orders, []

    async def one_by_one(since: Any) -> Any:
        async for page in read(since):
            for document in page:
                if len(pages) == 2:
                    raise ConnectionError("the lights went out")
                pages.append(document)
                yield [document]

    monkeypatch.setattr(world.pairing.storefront, "read_orders", one_by_one)
    with pytest.raises(ConnectionError):
        await take_in(world)
    assert await world.here.pool.fetchval("select count(*) from sales_order") == 2
    monkeypatch.setattr(world.pairing.storefront, "read_orders", read)
    await take_in(world)
    assert await world.here.pool.fetchval("select count(*) from sales_order") == 3
    reached = await load_book(world.here, NAME).reached(EVER)
    assert reached.ended
    assert (await take_in(world))["taken"] == 3  # asked again for a period that was finished: told, not read
