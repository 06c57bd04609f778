"""What stands between a pairing and its orders: counted, valued, worst first."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import (
    ACCOUNT_ON_STOP,
    CURRENCY_UNMAPPED,
    KINDS,
    PO_NUMBER_MISSING,
    STOCK_CODE_UNKNOWN,
    TAX_CODE_UNMAPPED,
    TOTAL_CONFLICT,
    UNIT_UNMAPPED,
)
from crossdock.decide.gaps import SETTINGS, Gap, Stopped, find_gaps, setting_of, tax_key, twice

GHOST = STOCK_CODE_UNKNOWN.about("GHOST-01", sku="GHOST-01")
STOP = ACCOUNT_ON_STOP.about("HPT1", account="HPT1")


def stopped(ref: str, *findings: Finding, total: str = "10.00", currency: str = "GBP") -> Stopped:
    return Stopped(ref=ref, total=Decimal(total), currency=currency, findings=findings)


def conflict(ref: str) -> Finding:
    return TOTAL_CONFLICT.about(
        ref, order_ref=ref, storefront_total="1", other="its own sum", other_total="2", gap="1"
    )  # fmt: skip


def test_most_orders_come_first_then_most_value_then_most_records() -> None:
    tax = TAX_CODE_UNMAPPED.about("REDUCED", tax_code="REDUCED")
    unit = UNIT_UNMAPPED.about("HP-1/case", sku="HP-1", unit="case")
    gaps = find_gaps(
        [stopped("1", GHOST, total="1"), stopped("2", GHOST, total="1"), stopped("3", STOP, total="90"),
         stopped("4", tax, total="100")],
        [(unit, 1), (STOCK_CODE_UNKNOWN.about("GHOST-02", sku="GHOST-02"), 5)],
        pairing="p",
    )  # fmt: skip
    assert [gap.subject for gap in gaps] == ["GHOST-01", "REDUCED", "HPT1", "GHOST-02", "HP-1/case"]
    assert (gaps[0].orders, gaps[0].value, gaps[0].examples) == (2, {"GBP": Decimal(2)}, ("1", "2"))
    assert (gaps[3].orders, gaps[3].records) == (0, 5)


def test_an_order_with_two_findings_counts_for_both_and_once_for_each() -> None:
    twice_said = stopped("1", GHOST, GHOST, STOP)
    found = {gap.subject: gap for gap in find_gaps([twice_said, stopped("2", STOP, currency="EUR")], [], pairing="p")}
    assert found["GHOST-01"].orders == 1
    assert found["HPT1"].value == {"GBP": Decimal(10), "EUR": Decimal(10)}


def test_findings_of_one_order_each_are_one_gap_of_their_kind() -> None:
    orders = [stopped(str(at), conflict(str(at))) for at in range(8)]
    orders += [stopped("99", PO_NUMBER_MISSING.about("99", account="A", order_ref="99"))]
    first, second = find_gaps(orders, [], pairing="p")
    assert (first.kind, first.subject, first.orders, len(first.examples)) == ("total-conflict", "", 8, 5)
    assert first.cause.startswith("8 orders, such as: Order 0: ")
    assert (second.kind, second.setting) == ("po-number-missing", "")


def test_what_an_order_met_and_the_catalogue_too_is_one_gap() -> None:
    (gap,) = find_gaps([stopped("1", GHOST)], [(GHOST, 1)], pairing="p")
    assert (gap.orders, gap.records) == (1, 1)


def test_the_line_of_the_settings_that_closes_it() -> None:
    (gap,) = find_gaps([stopped("1", GHOST)], [], pairing="oro-khaos")
    assert gap.setting == "pairings.oro-khaos.maps.sku.GHOST-01: ERP-CODE"
    assert gap.remedy.startswith("Create GHOST-01 in the ERP")
    assert setting_of(TAX_CODE_UNMAPPED, "RED", "p") == "pairings.p.maps.tax.RED: {code: ERP-CODE, percent: PERCENT}"
    assert setting_of(CURRENCY_UNMAPPED, "EUR", "p") == "pairings.p.orders.currencies: [EUR]"
    assert setting_of(ACCOUNT_ON_STOP, "HPT1", "p") == ""
    assert set(SETTINGS) <= set(KINDS)


def test_a_remedy_that_speaks_of_what_nobody_said_leaves_it_open() -> None:
    kind = replace(KINDS["stock-code-unknown"], remedy="Ask {somebody} about {sku}.")
    (gap,) = find_gaps([stopped("1", kind.about("X", sku="X"))], [], pairing="p")
    assert gap.remedy == "Ask … about X."


def test_what_is_there_twice_is_a_gap_of_its_own() -> None:
    (gap,) = twice("Accounts with one VAT number", [["A One", "B Two"]], desk="sales-ops", remedy="Merge them.")
    assert gap == Gap(
        kind="duplicate", subject="A One", cause="Accounts with one VAT number: A One, B Two.", desk="sales-ops",
        records=2, remedy="Merge them.",
    )  # fmt: skip
    (many,) = twice("SKUs", [[str(at) for at in range(7)]], desk="data", remedy="")
    assert many.cause == "SKUs: 0, 1, 2, 3, 4 …."
    assert find_gaps([], [], pairing="p", extra=[gap]) == (gap,)


@pytest.mark.parametrize(
    ("one", "other"),
    [("GB 980 7806 84", "gb980780684"), ("DE136695976", "DE 136 695 976"), ("123-456-789", "123456789")],
)
def test_the_same_vat_number_written_in_two_ways_is_one(one: str, other: str) -> None:
    assert tax_key(one) == tax_key(other) != ""


@pytest.mark.parametrize("text", ["", "n/a", "none", "12345", "not registered"])
def test_what_is_no_vat_number_ties_nobody_together(text: str) -> None:
    assert tax_key(text) == ""


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.integers(0, 500)), max_size=30))
def test_no_order_is_lost_and_none_is_counted_twice(given_orders: list[tuple[str, int]]) -> None:
    orders = [
        stopped(str(at), STOCK_CODE_UNKNOWN.about(sku, sku=sku), total=str(pence))
        for at, (sku, pence) in enumerate(given_orders)
    ]
    gaps = find_gaps(orders, [], pairing="p")
    assert sum(gap.orders for gap in gaps) == len(orders)
    assert sum((gap.value["GBP"] for gap in gaps), Decimal(0)) == sum(pence for _, pence in given_orders)
    assert [gap.orders for gap in gaps] == sorted((gap.orders for gap in gaps), reverse=True)
