"""Shelves of shops: whatever comes in whatever order, the newest telling stands; what the ERP has not got is due."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock.decide.retail_stock import Age, Stamp, age, may_write, on_hand, stamp_of, to_count
from crossdock.model.retail import RetailStock
from crossdock.model.stock import Basis
from crossdock.ports.busy import Busy
from crossdock.store.retail_stock import PgShelfBook
from tests.store.books import NOON, PAIRING, TENANT, Books

YORK, LEEDS = "STORE-YORK", "STORE-LEEDS"
tried = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def telling(quantity: int | str = 10, *, minute: int = 0, **more) -> RetailStock:
    plain = RetailStock(
        location=YORK, sku="HP-1001", basis=Basis.ON_HAND, quantity=Decimal(quantity),
        occurred_at=NOON + timedelta(minutes=minute),
    )  # fmt: skip
    return replace(plain, **more)


@pytest.fixture
def shelves(books: Books) -> PgShelfBook:
    return PgShelfBook(books.scope)


async def tell(shelves: PgShelfBook, *levels: RetailStock):
    async with shelves.run() as run:
        await run.stage(levels)
        return await run.merge(measured_from=None)


async def due(shelves: PgShelfBook, *, only_lower: bool = False, limit: int = 100):
    async with shelves.run() as run:
        return await run.due([YORK, LEEDS], limit=limit, only_lower=only_lower)


async def book(shelves: PgShelfBook, *, at=NOON + timedelta(minutes=10)) -> None:
    """Everything that is due, as it is wanted."""
    async with shelves.run() as run:
        found = await run.due([YORK, LEEDS], limit=100, only_lower=False)
        counts = {one.id: to_count(one.level.quantity, one.left_unbooked) for one in found}
        await run.booking(counts)
        await run.booked(counts, found, at=at)


async def gone(books: Books, quantity: int, *, minute: int = 0, state: str = "found", sku: str = "hp-1001") -> None:
    """Goods that left York for an order."""
    number = await books.pool.fetchval(
        "insert into retail_despatch (tenant, pairing, key, revision, order_ref, location, document, despatched_at, "
        "state) values ($1, $2, gen_random_uuid()::text, 1, 'SO1', $3, '{}', $4, $5) returning id",
        TENANT, PAIRING, YORK, NOON + timedelta(minutes=minute), state,
    )  # fmt: skip
    await books.pool.execute("insert into retail_despatch_line values ($1, $2, $3)", number, sku, Decimal(quantity))


numbered = st.builds(
    telling, st.integers(0, 50), minute=st.integers(0, 60), sequence=st.integers(1, 6),
    location=st.sampled_from((YORK, LEEDS)), sku=st.sampled_from(("HP-1001", "hp-1001", "HP-1002")),
)  # fmt: skip
unnumbered = st.builds(
    telling, st.integers(0, 50), minute=st.integers(0, 60), location=st.sampled_from((YORK, LEEDS)),
    published_at=st.none() | st.integers(0, 90).map(lambda minute: NOON + timedelta(minutes=minute)),
)  # fmt: skip


@tried
@given(
    told=st.lists(numbered, min_size=1, max_size=12) | st.lists(unnumbered, min_size=1, max_size=12),
    seed=st.integers(),
)
async def test_older_never_overwrites_newer_whatever_comes_twice_and_in_whatever_order(
    books: Books, told: list[RetailStock], seed: int
) -> None:
    """Tellings in any order, some of them twice, gathered in any number of looks: the newest of each shelf stands."""
    await books.pool.execute("truncate retail_level")
    shelves, rng = PgShelfBook(books.scope), random.Random(seed)
    arriving = [*told, *rng.choices(told, k=3)]
    rng.shuffle(arriving)
    while arriving:
        some = rng.randint(1, len(arriving))
        await tell(shelves, *arriving[:some])
        arriving = arriving[some:]
    places = {(row["location"], row["sku_key"]): row for row in await books.pool.fetch("select * from retail_level")}
    assert set(places) == {(one.location, one.sku.lower()) for one in told}
    for (location, sku), row in places.items():
        here = [one for one in told if (one.location, one.sku.lower()) == (location, sku)]
        held = Stamp(row["sequence"], row["occurred_at"], row["published_at"])
        assert all(age(stamp_of(one), held) is not Age.NEWER for one in here)
        assert row["quantity"] in [one.quantity for one in here if age(stamp_of(one), held) is Age.SAME]


@tried
@given(
    quantity=st.integers(-3, 20), basis=st.sampled_from((Basis.ON_HAND, Basis.AVAILABLE, Basis.FREE)),
    allocated=st.none() | st.integers(0, 5).map(Decimal), left=st.integers(0, 6), late=st.booleans(),
    booked=st.none() | st.integers(0, 20).map(Decimal), stale=st.booleans(),
)  # fmt: skip
async def test_the_database_and_the_decision_agree_on_what_is_due(
    books: Books, quantity, basis, allocated, left, late, booked, stale
) -> None:
    await books.pool.execute("truncate retail_level, retail_despatch cascade")
    shelves = PgShelfBook(books.scope)
    level = telling(quantity, basis=basis, allocated=allocated)
    await tell(shelves, level)
    await books.pool.execute("update retail_level set booked = $1", booked)
    if left:
        await gone(books, left, minute=5 if late else -5)
    counted = on_hand(basis, Decimal(quantity), allocated)
    wanted = None if counted is None else to_count(counted, Decimal(0 if late else left))
    found = await due(shelves, only_lower=stale)
    if wanted is None:
        assert len(found) == (0 if stale else 1)  # refused where it is looked at
    else:
        assert bool(found) is may_write(wanted, booked, stale=stale)
        assert all(one.left_unbooked == (0 if late else left) for one in found)


async def test_what_changes_back_before_it_was_written_is_not_written(books: Books, shelves: PgShelfBook) -> None:
    await tell(shelves, telling(10, sequence=1))
    await book(shelves)
    await tell(shelves, telling(9, sequence=2))
    assert len(await due(shelves)) == 1
    await tell(shelves, telling(10, sequence=3))
    assert await due(shelves) == []


async def test_falls_come_first_and_those_to_nothing_before_the_others(shelves: PgShelfBook) -> None:
    skus = ("RISES", "FALLS", "EMPTY", "NEW")
    await tell(shelves, *(telling(5, sku=sku, sequence=1) for sku in skus[:3]))
    await book(shelves)
    told = {"RISES": 9, "FALLS": 2, "EMPTY": 0, "NEW": 4}
    await tell(shelves, *(telling(quantity, sku=sku, sequence=2) for sku, quantity in told.items()))
    order = [one.level.sku for one in await due(shelves)]
    assert order[:2] == ["EMPTY", "FALLS"]
    assert [one.level.sku for one in await due(shelves, only_lower=True)] == ["EMPTY", "FALLS"]
    assert [one.level.sku for one in await due(shelves, limit=1)] == ["EMPTY"]


async def test_a_change_during_the_write_goes_on_waiting(shelves: PgShelfBook) -> None:
    await tell(shelves, telling(10, sequence=1))
    async with shelves.run() as run:
        found = await run.due([YORK], limit=10, only_lower=False)
        counts = {one.id: one.level.quantity for one in found}
        await run.booking(counts)
        await shelves.park(found[0].id, "")  # whatever touches a shelf makes it another version
        await run.booked(counts, found, at=NOON)
    assert len(await due(shelves)) == 1


async def test_a_count_without_an_answer_is_due_again_and_holds_for_the_lower_of_two(shelves: PgShelfBook) -> None:
    await tell(shelves, telling(10, sequence=1))
    await book(shelves)
    await tell(shelves, telling(7, sequence=2))
    async with shelves.run() as run:
        (found,) = await run.due([YORK], limit=10, only_lower=False)
        await run.booking({found.id: Decimal(7)})
    (again,) = await due(shelves, only_lower=True)
    assert (again.booked, again.attempts) == (7, 1)
    await tell(shelves, telling(8, sequence=3))
    assert await due(shelves, only_lower=True) == []


async def test_how_long_a_figure_took_counts_from_the_oldest_change_it_holds(shelves: PgShelfBook) -> None:
    await tell(shelves, telling(10, sequence=1))
    await book(shelves, at=NOON)
    for minute in (1, 2, 3):
        await tell(shelves, telling(10 - minute, sequence=1 + minute, minute=minute))
    await book(shelves, at=NOON + timedelta(minutes=4))
    assert await shelves.lags(NOON + timedelta(minutes=1)) == {180.0: 1}
    assert (await shelves.waiting([YORK])).shelves == 0


async def test_a_shelf_whose_despatch_is_being_booked_waits_for_that(books: Books, shelves: PgShelfBook) -> None:
    await tell(shelves, telling(9, minute=1))
    await gone(books, 1, state="closing")
    assert await due(shelves) == []
    await books.pool.execute("update retail_despatch set state = 'found'")
    assert [one.left_unbooked for one in await due(shelves)] == [1]
    await books.pool.execute("update retail_despatch set state = 'closed'")
    assert [one.left_unbooked for one in await due(shelves)] == [0]


async def test_one_run_at_a_time(shelves: PgShelfBook) -> None:
    async with shelves.run():
        with pytest.raises(Busy):
            async with shelves.run():
                pass
    async with shelves.run():
        pass


async def test_two_codes_for_one_item_are_told_apart(books: Books, shelves: PgShelfBook) -> None:
    await books.pool.execute(
        "insert into code_map (tenant, pairing, kind, key, value, actor) values ($1, $2, 'sku', 'OLD-1', "
        "'{\"code\": \"HP-1001\"}', 'mary')",
        TENANT, PAIRING,
    )  # fmt: skip
    await tell(shelves, telling(1, sku="OLD-1"), telling(2, sku="HP-1001"), telling(3, sku="OLD-1", location=LEEDS))
    found = {(one.level.location, one.level.sku): (one.code, one.told_as) for one in await due(shelves)}
    assert found == {
        (YORK, "OLD-1"): ("HP-1001", ("HP-1001", "OLD-1")),
        (YORK, "HP-1001"): ("HP-1001", ("HP-1001", "OLD-1")),
        (LEEDS, "OLD-1"): ("HP-1001", ("OLD-1",)),
    }
