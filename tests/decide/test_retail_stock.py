"""What a shop's figure may become elsewhere: nothing promised is ever taken off twice (law L4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.decide.retail_stock import Age, Stamp, age, may_write, on_hand, refusal, stamp_of, to_count, to_tell
from crossdock.model.retail import RetailStock
from crossdock.model.stock import Basis, StockItem
from tests.strategies import decimals, law

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ITEM = StockItem(code="HP-1001", item_id="700001")
counts = decimals("0", "999", 2)
minutes = st.integers(-90, 90).map(lambda minute: NOON + timedelta(minutes=minute))
stamps = st.builds(Stamp, st.none() | st.integers(0, 9), minutes, st.none() | minutes)


def level(quantity: str = "10", **more) -> RetailStock:
    told = RetailStock(
        location="STORE-YORK", sku="HP-1001", basis=Basis.ON_HAND, quantity=Decimal(quantity), occurred_at=NOON
    )
    return replace(told, **more)


@pytest.mark.parametrize(
    ("basis", "allocated", "there"),
    [
        (Basis.ON_HAND, None, 10),
        (Basis.ON_HAND, 3, 10),
        (Basis.AVAILABLE, 3, 13),
        (Basis.AVAILABLE, None, None),
        (Basis.FREE, 3, None),
        (Basis.BUILDABLE, 3, None),
    ],
)
def test_what_a_figure_says_of_the_shelf(basis, allocated, there):
    assert on_hand(basis, Decimal(10), None if allocated is None else Decimal(allocated)) == there


@pytest.mark.parametrize(
    ("wanted", "counted", "allocated", "told"),
    [
        (Basis.ON_HAND, 10, 3, (10, True)),
        (Basis.ON_HAND, 10, None, (10, True)),
        (Basis.AVAILABLE, 10, 3, (7, False)),
        (Basis.AVAILABLE, 10, None, None),
        (Basis.ON_HAND, None, 3, None),
        (Basis.FREE, 10, 3, None),
    ],
)
def test_what_a_planner_is_told(wanted, counted, allocated, told):
    found = to_tell(
        wanted,
        counted=None if counted is None else Decimal(counted),
        allocated=None if allocated is None else Decimal(allocated),
    )
    assert (found and (found.quantity, found.apart)) == told


@law
@given(physical=counts, allocated=counts, basis=st.sampled_from(Basis), wanted=st.sampled_from(Basis))
def test_allocations_are_never_subtracted_twice(physical, allocated, basis, wanted):
    """However a figure is told to us, and whatever basis it goes on with: who gets it has all that is free, once."""
    quantity = physical if basis is Basis.ON_HAND else physical - allocated
    counted = on_hand(basis, quantity, allocated)
    assert counted in (None, physical)
    told = to_tell(wanted, counted=counted, allocated=allocated)
    if told is None:
        return
    beside = allocated if told.apart else 0  # a planner takes off what is told beside the figure
    assert told.quantity - beside == physical - allocated
    assert to_count(physical, Decimal(0)) - allocated == physical - allocated  # and a ledger its own allocations


@law
@given(physical=counts, gone=counts)
def test_goods_that_left_for_an_order_are_taken_off_once(physical, gone):
    """Before the despatch is booked the ledger goes on holding them; booking it takes them off."""
    before = to_count(physical, gone)
    assert before - gone == to_count(physical, Decimal(0)) == physical


def test_no_count_is_below_nothing():
    assert to_count(Decimal(-2), Decimal(0)) == 0
    assert to_count(Decimal(-2), Decimal(1)) == 0
    assert to_count(Decimal(-2), Decimal(3)) == 1


@pytest.mark.parametrize(
    ("wanted", "booked", "stale", "may"),
    [
        ("5", "9", True, True),
        ("9", "9", True, True),
        ("10", "9", True, False),
        ("1", None, True, False),
        ("0", None, True, True),
        ("10", "9", False, True),
        ("1", None, False, True),
    ],
)
def test_a_stale_figure_may_only_be_lowered(wanted, booked, stale, may):
    assert may_write(Decimal(wanted), None if booked is None else Decimal(booked), stale=stale) is may


@pytest.mark.parametrize(
    ("item", "told", "why"),
    [
        (ITEM, level(), ""),
        (ITEM, level(leaf=False), "a family's total"),
        (replace(ITEM, template=True), level(), "a family's total"),
        (replace(ITEM, components=(("HP-1002", Decimal(2)),)), level(), "a pack"),
        (replace(ITEM, stock_controlled=False), level(), "does not count it"),
        (ITEM, level(basis=Basis.AVAILABLE), "taken off twice"),
        (ITEM, level(basis=Basis.AVAILABLE, allocated=Decimal(1)), ""),
    ],
)
def test_what_may_not_be_booked_and_why(item, told, why):
    said = refusal(item, told)
    assert (why in said) if why else said == ""


def test_a_numbered_telling_goes_by_its_number_and_another_by_its_time():
    early, late = NOON, NOON + timedelta(minutes=5)
    assert age(Stamp(7, early), Stamp(6, late)) is Age.NEWER
    assert age(Stamp(6, late, late), Stamp(7, early)) is Age.OLDER
    assert age(Stamp(7, late), Stamp(7, early)) is Age.SAME
    assert age(Stamp(None, late), Stamp(7, early)) is Age.NEWER
    assert age(Stamp(7, early), Stamp(None, late)) is Age.OLDER
    assert age(Stamp(None, early, late), Stamp(None, early, early)) is Age.NEWER
    assert stamp_of(level(sequence=4)) == Stamp(4, NOON, None)


@law
@given(told=stamps, held=stamps)
def test_of_two_tellings_one_is_newer_whichever_came_first(told, held):
    opposite = {Age.NEWER: Age.OLDER, Age.OLDER: Age.NEWER, Age.SAME: Age.SAME}
    assert age(held, told) is opposite[age(told, held)]
    assert age(told, told) is Age.SAME
