"""The verdict on a shelf and the ledger: every cell, and nothing under way is ever called a drift."""

import itertools
from decimal import Decimal

import pytest

from crossdock.decide.retail_drift import FOR_A_PERSON, LOOK_AGAIN, Both, Verdict, difference, judge
from crossdock.decide.retail_stock import Age

D = Decimal
AGES = (None, Age.NEWER, Age.SAME, Age.OLDER)
FLAGS = [dict(zip(("waiting", "accepted", "in_case", "moved"), one, strict=True)) for one in
         itertools.product((False, True), repeat=4)]  # fmt: skip


def expected(both: Both, *, same: bool) -> Verdict:
    """The table, read line by line from the top."""
    lines = [
        (both.told is None or both.counted is None, Verdict.UNKNOWN),
        (both.age is Age.OLDER and both.told != both.held and both.accepted, Verdict.ACCEPTED),
        (both.age is Age.OLDER and both.told != both.held, Verdict.OUTNUMBERED),
        (same, Verdict.SAME),
        (both.in_case, Verdict.IN_CASE),
        (both.age is None or both.age is Age.NEWER, Verdict.UNDER_WAY),
        (both.waiting, Verdict.UNDER_WAY),
        (both.moved, Verdict.MOVED),
        (both.accepted, Verdict.ACCEPTED),
        (True, Verdict.DRIFT),
    ]
    return next(verdict for fits, verdict in lines if fits)


@pytest.mark.parametrize("flags", FLAGS, ids=lambda flags: "+".join(name for name, on in flags.items() if on) or "-")
@pytest.mark.parametrize("age", AGES)
def test_every_cell_of_the_table(age: Age | None, flags: dict[str, bool]) -> None:
    for told, counted, held in itertools.product((None, D(5)), (None, D(5), D(7)), (None, D(5), D(7))):
        both = Both(told=told, counted=counted, held=held, age=age, **flags)
        assert judge(both) is expected(both, same=counted == told), both


def of(told: int, counted: int, **more: object) -> Verdict:
    values = {"held": D(told), "age": Age.SAME, **more}
    return judge(Both(told=D(told), counted=D(counted), **values))  # type: ignore[arg-type]


def test_a_difference_that_nothing_explains_is_a_drift() -> None:
    assert of(7, 5) is Verdict.DRIFT
    assert of(7, 7) is Verdict.SAME


def test_goods_that_left_and_are_not_booked_yet_explain_what_the_ledger_still_holds() -> None:
    assert of(5, 7, left_unbooked=D(2)) is Verdict.SAME
    assert of(5, 7, left_unbooked=D(1)) is Verdict.DRIFT


def test_a_shelf_below_nothing_agrees_with_a_ledger_that_holds_nothing() -> None:
    assert of(-2, 0) is Verdict.SAME


def test_what_a_person_is_asked_and_what_is_looked_at_again_are_told_apart() -> None:
    assert {Verdict.DRIFT, Verdict.OUTNUMBERED} == FOR_A_PERSON
    assert {Verdict.UNDER_WAY, Verdict.MOVED} == LOOK_AGAIN


@pytest.mark.parametrize("flags", [{"waiting": True}, {"moved": True}, {"in_case": True}, {"accepted": True},
                                   {"age": Age.NEWER}, {"age": None}])  # fmt: skip
def test_whatever_explains_it_keeps_it_from_a_person(flags: dict[str, object]) -> None:
    assert of(7, 5, **flags) not in FOR_A_PERSON


def test_a_difference_is_the_same_word_however_its_figures_are_written() -> None:
    assert difference(D("7.00"), D("0")) == difference(D(7), D("0.0")) == "7/0"
    assert difference(None, D(100)) == "/100"
