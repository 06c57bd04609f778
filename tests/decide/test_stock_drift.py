"""Every cell of the table that says what a level shown tells."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from crossdock.decide import stock_drift
from crossdock.decide.stock_drift import VERDICTS, Ours, Place, Theirs, Verdict, judge, ours, theirs

NOW = datetime(2026, 10, 9, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=5)
TEN, EIGHT, SIX = Decimal(10), Decimal(8), Decimal(6)
RIGHT = Place(ref="1", sku="HP-1", unit="each", should=TEN, told=TEN, told_at=LONG_AGO, shown=TEN)
STATES = {
    Ours.UNKNOWN: {"should": None},
    Ours.UNDER_WAY: {"told_at": NOW - timedelta(seconds=5)},
    Ours.UNTOLD: {"told": None, "told_at": None},
    Ours.TOLD: {},
    Ours.DUE: {"should": Decimal(4)},
}
SHOWN = {
    Theirs.UNREAD: {"shown": None},
    Theirs.GONE: {"there": False},
    Theirs.RIGHT: {},
    Theirs.AS_TOLD: {"shown": TEN},
    Theirs.SOLD: {"shown": EIGHT, "sold": Decimal(2)},
    Theirs.OTHER: {"shown": SIX},
}


def table() -> dict[tuple[str, str], str]:
    """The table as the module's own text draws it."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (stock_drift.__doc__ or "").splitlines()
        if line.startswith("|") and "--" not in line
    ]
    head, *body = rows
    return {(row[0], name): cell for row in body for name, cell in zip(head[1:], row[1:], strict=True)}


@pytest.mark.parametrize("our", Ours)
@pytest.mark.parametrize("their", Theirs)
def test_every_cell_is_what_the_text_says(our: Ours, their: Theirs) -> None:
    assert VERDICTS[our][their] == table()[our, their]


@pytest.mark.parametrize("our", Ours)
@pytest.mark.parametrize("their", Theirs)
def test_every_state_is_known_from_what_was_read(our: Ours, their: Theirs) -> None:
    place = replace(RIGHT, **STATES[our])
    place = replace(place, shown=place.should) if their is Theirs.RIGHT else replace(place, **SHOWN[their])
    assert ours(place, now=NOW, settle_seconds=60) is our
    if our is Ours.UNTOLD and their in (Theirs.AS_TOLD, Theirs.SOLD):
        expected = Theirs.RIGHT if place.shown == TEN else Theirs.OTHER  # nothing was told, so nothing is as told
    elif our is Ours.UNKNOWN and their is Theirs.RIGHT:
        expected = Theirs.UNREAD
    elif their is Theirs.AS_TOLD and place.should == TEN:
        expected = Theirs.RIGHT
    else:
        expected = their
    assert theirs(place) is expected


def test_what_nobody_vouches_for_is_under_way() -> None:
    assert ours(replace(RIGHT, unsure=True), now=NOW, settle_seconds=60) is Ours.UNDER_WAY


def test_more_gone_than_was_sold_is_not_explained_by_sales() -> None:
    assert theirs(replace(RIGHT, should=SIX, shown=EIGHT, sold=Decimal(1))) is Theirs.OTHER


def test_what_is_due_is_drift_where_nobody_publishes() -> None:
    due = replace(RIGHT, should=SIX)
    assert judge(due, now=NOW, settle_seconds=60) is Verdict.DUE
    assert judge(due, now=NOW, settle_seconds=60, publishes=False) is Verdict.DRIFT
