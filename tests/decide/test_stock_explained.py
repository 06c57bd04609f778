"""The arithmetic of a level, told in words that come to the very level that is shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from crossdock.decide.stock_explained import (
    Part,
    Shown,
    Terms,
    Word,
    explain,
    lag_of,
    lasts_hours,
    level_of,
    standing_of,
    units_shown,
)

D = Decimal
HINGE = Terms(
    sku="HINGE", unit="each", code="HINGE", basis="available", figure=D(12), unlimited=False, in_flight=D(2),
    buffer=D(3), shares=1, units=Fraction(1), unlimited_shown=D(9999),
)  # fmt: skip
SCREW = Part(code="SCREW", each=D(4), figure=D(41), in_flight=D(0), buffer=D(1), shares=2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("terms", "level", "said"),
    [
        (HINGE, 7, "available 12 − in flight 2 − buffer 3 = 7 → 7 each"),
        (replace(HINGE, unit="pack", units=Fraction(6)), 1, "= 7 ÷ 6 in one pack → 1 pack"),
        (replace(HINGE, shares=2), 3, "= 7 ÷ 2 places that sell from it → 3 each"),
        (replace(HINGE, figure=D(1)), 0, "available 1 − in flight 2 − buffer 3 = -4 → 0 each"),
        (replace(HINGE, figure=None), None, "no figure of HINGE was read: what may be shown is unknown"),
        (replace(HINGE, figure=D(0), unlimited=True), 9999, "HINGE is not stock controlled: 9999 each"),
        (replace(HINGE, units=None), 0, "does not bear out the each: 0, whatever there is"),
        (replace(HINGE, parts=(SCREW,)), 5, "of SCREW (41 − in flight 0 − buffer 1) ÷ 2 places ÷ 4 in one: 5 packs"),
        (replace(HINGE, parts=(replace(SCREW, shares=1),)), 7, "÷ 4 in one: 10 packs → 7 each"),
        (replace(HINGE, parts=(SCREW,), figure=None, coded=True), 5, "of SCREW (41"),
        (replace(HINGE, parts=(SCREW,), figure=None), None, "is unknown"),
        (replace(HINGE, in_flight=D("2.99999999999999999"), unit=""), 6, "in flight 3 − buffer 3 = 6 → 6 unit"),
    ],
)
def test_the_words_come_to_the_level(terms: Terms, level: int | None, said: str) -> None:
    assert level_of(terms) == (None if level is None else D(level))
    assert said in explain(terms)


WORD = Word(confirmed=True, base_quantity=D(6), holds=D(6))


@pytest.mark.parametrize(
    ("given", "units"),
    [
        ({}, 6),
        ({"own": Fraction(4)}, 4),
        ({"every": Fraction(5)}, 6),  # the storefront's word counts
        ({"every": Fraction(5), "declared": False}, 5),
        ({"coded": True}, 1),
        ({"listed": True, "word": WORD}, 6),
        ({"listed": True, "word": replace(WORD, confirmed=False)}, None),
        ({"listed": True, "word": replace(WORD, holds=None)}, None),
        ({"listed": True, "word": replace(WORD, holds=D(12))}, None),
        ({"listed": True, "word": replace(WORD, holds=None), "coded": True}, 1),
        ({"listed": True}, None),
        ({"listed": True, "coded": True, "every": Fraction(5)}, None),
        ({"listed": True, "every": Fraction(5)}, 5),
        ({"listed": True, "own": Fraction(4)}, 4),
    ],
)
def test_a_unit_holds_what_those_say_who_may(given: dict[str, object], units: int | None) -> None:
    whole = {
        "stated": Fraction(6), "own": None, "every": None, "listed": False, "word": None, "declared": True,
        "coded": False, **given,
    }  # fmt: skip
    assert units_shown(**whole) == (None if units is None else Fraction(units))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("level", "told", "unsure", "age", "shown"),
    [
        (None, D(3), False, 0, Shown.UNKNOWN),
        (D(3), D(3), True, 0, Shown.UNSURE),
        (D(3), D(3), False, 99, Shown.RIGHT),
        (D(3), None, False, 0, Shown.TO_WRITE),
        (D(2), D(3), False, 99, Shown.TO_WRITE),
        (D(4), D(3), False, 99, Shown.HELD),
    ],
)
def test_how_a_place_stands(level: Decimal | None, told: Decimal | None, unsure: bool, age: int, shown: Shown) -> None:
    assert standing_of(level, told, unsure=unsure, age_seconds=age, stale_seconds=60) is shown


def test_the_lag_is_from_the_figure_to_its_telling() -> None:
    later = NOON + timedelta(seconds=8)
    assert lag_of(NOON, later) == timedelta(seconds=8)
    assert lag_of(later, NOON) is lag_of(None, NOON) is lag_of(NOON, None) is None


def test_how_long_it_lasts_at_this_pace() -> None:
    assert lasts_hours(D(12), D(24), hours=24) == 12
    assert lasts_hours(D(-3), D(24), hours=24) == 0
    assert lasts_hours(D(12), D(0), hours=24) is None
