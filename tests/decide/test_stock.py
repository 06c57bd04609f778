"""L4: never more is shown than there is, and a stale figure never raises anything."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.stock import priority, sellable, to_publish
from tests.strategies import decimals, law

NONE = Decimal(0)
units = st.fractions(Fraction(1, 20), 200, max_denominator=20)


def level(figure: str | None, *, unit: Fraction = Fraction(1), buffer: str = "0", flying: str = "0") -> Decimal | None:
    return sellable(
        None if figure is None else Decimal(figure),
        unlimited=False, stock_units=unit, buffer=Decimal(buffer), in_flight=Decimal(flying),
        unlimited_shown=Decimal(9999),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("figure", "unit", "buffer", "flying", "shown"),
    [
        ("10", 1, "0", "0", 10),
        ("10", 1, "3", "2", 5),
        ("23.9", 1, "0", "0", 23),
        ("23", 12, "0", "0", 1),
        ("24", 12, "1", "0", 1),
        ("2", "1/3", "0", "0", 6),
        ("3", 1, "2", "2", 0),
        ("-5", 1, "0", "0", 0),
        ("0", 1, "0", "0", 0),
    ],
)
def test_what_may_be_shown(figure, unit, buffer, flying, shown):
    assert level(figure, unit=Fraction(unit), buffer=buffer, flying=flying) == shown


def test_unknown_is_not_zero_and_unlimited_needs_no_figure():
    assert level(None) is None
    boundless = {"stock_units": Fraction(1), "buffer": NONE, "in_flight": NONE, "unlimited_shown": Decimal(77)}
    assert sellable(None, unlimited=True, **boundless) == 77
    assert sellable(NONE, unlimited=True, **boundless) == 77


@law
@given(figure=decimals("-999", "99999", 3), unit=units, buffer=decimals("0", "99", 2), flying=decimals("0", "999", 2))
def test_never_more_than_there_is_and_never_one_less_than_there_could_be(figure, unit, buffer, flying):
    shown = level(str(figure), unit=unit, buffer=str(buffer), flying=str(flying))
    assert shown is not None
    free = Fraction(figure) - Fraction(buffer) - Fraction(flying)
    assert shown >= 0
    assert shown == int(shown)
    assert Fraction(shown) * unit <= max(free, 0)
    assert (Fraction(shown) + 1) * unit > free


@law
@given(figure=decimals("0", "999", 2), more=decimals("0", "99", 2), unit=units)
def test_more_in_flight_or_kept_back_never_shows_more(figure, more, unit):
    base = level(str(figure), unit=unit)
    assert base is not None
    for less in (level(str(figure), unit=unit, buffer=str(more)), level(str(figure), unit=unit, flying=str(more))):
        assert less is not None
        assert less <= base


@pytest.mark.parametrize(
    ("computed", "shown", "age", "written"),
    [
        (5, 7, 0, 5),
        (7, 5, 0, 7),
        (5, 5, 0, None),
        (None, 5, 0, None),
        (5, None, 0, 5),
        (0, 5, 9999, 0),
        (7, 5, 9999, None),
        (5, None, 9999, None),
        (7, 5, 60, 7),
        (7, 5, 60.1, None),
    ],
)
def test_what_is_written(computed, shown, age, written):
    def figure(number):
        return None if number is None else Decimal(number)

    assert to_publish(figure(computed), figure(shown), age, 60) == figure(written)


levels = st.none() | decimals("0", "50", 0)


@law
@given(computed=levels, shown=levels, age=st.floats(0, 200), stale=st.floats(0, 200))
def test_a_stale_figure_may_only_lower(computed, shown, age, stale):
    written = to_publish(computed, shown, age, stale)
    assert written in (None, computed)
    if written is not None and age > stale:
        assert shown is not None
        assert written < shown


def test_falls_go_before_rises_and_to_zero_before_the_rest():
    moves = [(5, 9), (None, 4), (None, 0), (9, 5), (9, 0), (0, 3)]

    def rank(move):
        old, new = move
        return priority(None if old is None else Decimal(old), Decimal(new))

    assert sorted(moves, key=rank) == [(9, 0), (9, 5), (None, 0), (5, 9), (None, 4), (0, 3)]


@given(st.integers(0, 10_000), st.lists(st.integers(1, 48), min_size=1, max_size=5))
def test_places_that_share_one_stock_never_show_more_than_there_is(figure: int, units: list[int]) -> None:
    shown = [
        sellable(
            Decimal(figure), unlimited=False, stock_units=Fraction(one), buffer=Decimal(0), in_flight=Decimal(0),
            unlimited_shown=Decimal(9999), shares=len(units),
        )
        for one in units
    ]  # fmt: skip
    assert sum(level * one for level, one in zip(shown, units, strict=True) if level is not None) <= figure
