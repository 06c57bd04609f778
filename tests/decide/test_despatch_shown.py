"""What left the warehouse against what the storefront shows: every cell of the table, and how its row is found."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from crossdock.decide.despatch_shown import STATES, VERDICTS, Known, Shown, Verdict, judge_despatches
from crossdock.model.despatch import DespatchLine, Fulfilment, Invoice, Parcel, Stage

TABLE = """
unknown    agrees missed
today      agrees under-way
under-way  agrees under-way
told       agrees lost
in-a-case  agrees covered
dropped    agrees accepted
"""
TODAY, YESTERDAY = date(2026, 10, 9), date(2026, 10, 8)
CELLS = [
    (Known(known.replace("-", " ")), shown, Verdict(verdict.replace("-", " ")))
    for known, *verdicts in (line.split() for line in TABLE.strip().splitlines())
    for shown, verdict in zip(Shown, verdicts, strict=True)
]


@pytest.mark.parametrize(("known", "shown", "verdict"), CELLS)
def test_every_cell(known: Known, shown: Shown, verdict: Verdict) -> None:
    assert VERDICTS[known][shown] is verdict


def test_the_table_is_whole() -> None:
    assert {(known, shown) for known, shown, _ in CELLS} == set(product(Known, Shown))
    assert {(known, shown) for known, row in VERDICTS.items() for shown in row} == set(product(Known, Shown))


def left(*numbers: str, on: date = YESTERDAY) -> Fulfilment:
    """One order, wholly gone: a box for each number, "" for one that has none; no two hold the same."""
    boxes = tuple(
        Parcel(
            consignment_ref=number, courier="DPD", shipped=True, shipped_on=on,
            lines=(DespatchLine(stock_code="HP-1001", quantity=Decimal(n)),),
        )
        for n, number in enumerate(numbers, 1)
    )  # fmt: skip
    invoice = Invoice(code="INV1", stage=Stage.ISSUED, stage_text="issued", lines=(), parcels=boxes, shipped_on=on)
    return Fulfilment(
        ref="B2B-1", erp_code="SO1", gross_total=None, currency="GBP", complete=True, cancelled=False,
        invoices=(invoice,),
    )  # fmt: skip


def judged(fulfilment: Fulfilment, told: dict[str, str], *shown: str) -> list[tuple[str, Verdict]]:
    found = judge_despatches(fulfilment, told=told, shown=frozenset(shown), today=TODAY)
    return [(one.number, one.verdict) for one in found]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("shown", [(), ("CN-A",)])
def test_a_number_stands_where_its_despatch_stands(state: str, shown: tuple[str, ...]) -> None:
    seen = Shown.SHOWN if shown else Shown.NOT_SHOWN
    assert judged(left("CN-A"), {"CN-A": state}, *shown) == [("CN-A", VERDICTS[STATES[state]][seen])]


def test_what_left_before_today_and_is_unknown_was_missed() -> None:
    assert judged(left("CN-A"), {}) == [("CN-A", Verdict.MISSED)]
    assert judged(left("CN-A", on=TODAY), {}) == [("CN-A", Verdict.UNDER_WAY)]


def test_somebody_else_may_have_told_it() -> None:
    assert judged(left("CN-A"), {}, "CN-A") == [("CN-A", Verdict.AGREES)]


def test_boxes_without_a_number_are_told_under_ours_one_for_each() -> None:
    told = {"B2B-1/1": "published", "CN-A": "published"}
    assert judged(left("CN-A", "", ""), told, "CN-A", "B2B-1/1") == [
        ("CN-A", Verdict.AGREES), ("B2B-1/1", Verdict.AGREES), ("", Verdict.MISSED),
    ]  # fmt: skip


def test_a_box_whose_number_turned_up_later_was_told_under_ours() -> None:
    told = {"B2B-1/1": "published"}
    assert judged(left("CN-A"), told, "B2B-1/1") == [("B2B-1/1", Verdict.AGREES)]
    assert judged(left("CN-A", "CN-B"), told, "B2B-1/1")[1] == ("CN-B", Verdict.MISSED)


def test_nothing_left_is_nothing_to_show() -> None:
    assert judged(left(), {}) == []
