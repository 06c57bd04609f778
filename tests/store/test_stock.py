"""Stock figures in the store: newer over older, whole reads only, one run at a time."""

from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crossdock.flows.stock_figures import COUNTED
from crossdock.model.stock import StockFigure, StockLevel
from crossdock.ports.busy import Busy
from tests.store.books import NOON, Books, figure, item, target

LATER = NOON + timedelta(days=1)


async def read(books: Books, *figures: StockFigure) -> int:
    """One whole read, as the flow makes it: merged, then confirmed by the watermark."""
    async with books.stock.run() as run:
        await run.stage(figures)
        changed = await run.merge()
    await books.reference.move_watermark(COUNTED, min((one.as_of for one in figures), default=NOON))
    return changed


async def known(books: Books) -> dict[str, Decimal]:
    return {row["code_key"]: row["quantity"] for row in await books.pool.fetch("select * from stock_position")}


async def levels(books: Books, **more: object) -> list[tuple[str, Decimal]]:
    given_ = {
        "basis": "available", "buffer": Decimal(0), "buffers": {}, "unlimited_shown": Decimal(9999),
        "only_lower": False, "figures_from": NOON, "shared": False, **more,
    }  # fmt: skip
    async with books.stock.run() as run:
        return [(one.ref, one.quantity) async for page in run.changes(**given_) for one in page]


async def test_only_what_differs_is_written(books: Books) -> None:
    assert await read(books, figure("A", 5), figure("B", 7)) == 2
    assert await read(books, figure("A", 5, minute=1), figure("b", 8, minute=1)) == 1
    assert await known(books) == {"a": 5, "b": 8}


async def test_of_one_item_twice_in_a_read_the_newer_figure_counts(books: Books) -> None:
    await read(books, figure("A", 9, minute=2), figure("A", 5, minute=1))
    assert await known(books) == {"a": 9}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reads=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), min_size=1, max_size=8))
async def test_an_older_figure_never_overwrites_a_newer_one(books: Books, reads: list[tuple[int, int]]) -> None:
    """(minute, quantity) in any order of arrival: what stays is what one of the newest says."""
    await books.pool.execute("truncate stock_position, watermark")
    for minute, quantity in reads:
        await read(books, figure("A", quantity, minute=minute))
    newest = max(minute for minute, _ in reads)
    said = [quantity for minute, quantity in reads if minute == newest]
    assert (await known(books))["a"] in said


async def test_a_read_that_breaks_off_changes_nothing(books: Books) -> None:
    await read(books, figure("A", 5))
    with pytest.raises(RuntimeError, match="cut short"):
        async with books.stock.run() as run:
            await run.stage([figure("A", 0, minute=1)])
            raise RuntimeError("cut short")
    assert await known(books) == {"a": 5}
    assert await read(books, figure("B", 1, minute=2)) == 1  # and nothing of it is left staged
    assert await known(books) == {"a": 5, "b": 1}


async def test_one_run_at_a_time_and_the_next_when_it_is_over_however_it_ended(books: Books) -> None:
    with pytest.raises(RuntimeError):
        async with books.stock.run():
            with pytest.raises(Busy):
                async with Books(books.pool).stock.run():
                    raise AssertionError("two at once")
            raise RuntimeError("broke off")
    async with Books(books.pool).stock.run():
        pass


async def test_a_run_broken_off_in_the_middle_of_its_changes_leaves_the_connection_usable(books: Books) -> None:
    await read(books, figure("A", 5), figure("B", 5))
    await books.reference.store_targets([target("A"), target("B")], seen_at=NOON)
    with pytest.raises(RuntimeError, match="the shop is away"):
        async with books.stock.run() as run:
            changes = run.changes(
                basis="available", buffer=Decimal(0), buffers={}, unlimited_shown=Decimal(1), only_lower=False,
                figures_from=NOON, batch=1,
            )  # fmt: skip
            async with aclosing(changes):
                async for _ in changes:
                    raise RuntimeError("the shop is away")
    assert len(await levels(books)) == 2


async def test_levels_are_fractions_of_the_figure_in_whole_units(books: Books) -> None:
    await read(books, figure("A", 25))
    await books.reference.store_targets(
        [target("A", "each"), target("A", "case", 12), target("A", "metre", Fraction(1, 3))], seen_at=NOON
    )
    assert dict(await levels(books)) == {"A/each": 25, "A/case": 2, "A/metre": 75}


async def test_an_item_without_a_figure_is_unknown_and_not_zero(books: Books) -> None:
    await books.reference.store_targets([target("A")], seen_at=NOON)
    assert await levels(books) == []


async def test_a_level_that_is_unsure_is_written_again_and_not_above_what_may_be_there(books: Books) -> None:
    await read(books, figure("A", 20))
    await books.reference.store_targets([target("A")], seen_at=NOON)
    level = StockLevel(ref="A/each", sku="A", unit="each", quantity=Decimal(20))
    async with books.stock.run() as run:
        await run.publishing([level], at=NOON)
    assert await levels(books, only_lower=True) == [("A/each", 20)]
    async with books.stock.run() as run:
        await run.published([level], at=NOON)
    assert await levels(books) == []


async def test_an_older_word_on_what_is_shown_does_not_outlive_a_newer_one(books: Books) -> None:
    shown = StockLevel(ref="A/each", sku="A", unit="each", quantity=Decimal(5))
    old = StockLevel(ref="A/each", sku="A", unit="each", quantity=Decimal(9))
    async with books.stock.run() as run:
        await run.published([shown], at=LATER)
        await run.published([old], at=NOON)
    assert await books.pool.fetchval("select quantity from stock_published") == 5


async def test_codes_with_every_awkward_character_arrive_as_they_are(books: Books) -> None:
    codes = ["tab\there", "back\\slash", "new\nline", "\\N", "\\.", "ü ß €", "a'b\"c", "cr\rx"]
    await read(books, *(figure(code, number) for number, code in enumerate(codes)))
    assert await known(books) == {code.lower(): number for number, code in enumerate(codes)}


async def test_shared_out_no_piece_can_be_sold_twice(books: Books) -> None:
    await read(books, figure("A", 25), figure("B", 10))
    await books.reference.store_items([item("A"), item("B")])
    await books.reference.store_targets([target("A", "each"), target("A", "case", 6), target("B")], seen_at=NOON)
    await books.reference.share_out()
    shown = dict(await levels(books, shared=True))
    assert shown["A/each"] + 6 * shown["A/case"] <= 25
    assert (shown["A/case"], shown["B/each"]) == (2, 10)


async def test_an_older_figure_does_not_win_even_before_the_newer_read_was_confirmed(books: Books) -> None:
    for minute, quantity in ((5, 9), (1, 3)):
        async with books.stock.run() as run:
            await run.stage([figure("A", quantity, minute=minute)])
            await run.merge()
    assert await known(books) == {"a": 9}
