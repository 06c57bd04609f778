"""What an order adds up to."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crossdock.sandbox.orocommerce.totals import Line, Totals, add_up, subtotal_attributes, subtotal_ids

RATES = {"STD": Decimal("0.2"), "RED": Decimal("0.05"), "ZER": Decimal(0)}
LINES = st.lists(
    st.builds(
        Line,
        value=st.decimals("0.01", "5000", places=4),
        quantity=st.integers(1, 40).map(Decimal),
        tax=st.sampled_from(["STD", "RED", "ZER", ""]),
    ),
    min_size=1,
    max_size=6,
)


def totals(*lines: Line, discount: str = "0", shipping: str = "0") -> Totals:
    return add_up(
        lines, currency="GBP", discount=Decimal(discount), shipping=Decimal(shipping), rates=RATES, shipping_code="STD"
    )


def line(value: str, quantity: int, tax: str = "STD") -> Line:
    return Line(Decimal(value), Decimal(quantity), tax)


def test_an_order_of_every_rate() -> None:
    found = totals(line("10.00", 3), line("4.99", 1, "RED"), line("7.5", 2, "ZER"), discount="5.00", shipping="7.90")
    assert found.subtotal == Decimal("49.99")
    assert [row.share for row in found.rows] == [Decimal("3.00"), Decimal("0.50"), Decimal("1.50")]
    assert [row.tax for row in found.rows] == [Decimal("5.40"), Decimal("0.22"), Decimal(0)]
    assert found.shipping_tax == Decimal("1.58")
    assert found.total == Decimal("49.99") - 5 + Decimal("7.90") + Decimal("7.20")


def test_tax_is_rounded_half_up_per_row() -> None:
    found = totals(line("0.125", 1), line("0.125", 1))
    assert [row.tax for row in found.rows] == [Decimal("0.03"), Decimal("0.03")]


@given(lines=LINES, share=st.integers(0, 100))
def test_the_discount_is_shared_out_whole_and_no_row_gains(lines: list[Line], share: int) -> None:
    subtotal = sum((one.value * one.quantity for one in lines), Decimal(0))
    discount = (subtotal * share / 100).quantize(Decimal("0.01"), "ROUND_DOWN")
    found = totals(*lines, discount=str(discount))
    assert sum((row.share for row in found.rows), Decimal(0)) == discount
    assert all(row.share >= 0 for row in found.rows)


@given(lines=LINES)
def test_the_subtotals_tell_the_same_story_as_the_total(lines: list[Line]) -> None:
    found = totals(*lines, discount="0.01", shipping="7.90")
    shown = subtotal_attributes(found)
    signed = {one["label"]: Decimal(one["signedAmount"]) for one in shown}
    parts = signed["Subtotal"] + signed["Discount"] + signed["Shipping"] + signed["Shipping Discount"] + signed["Tax"]
    assert abs(parts - found.total) < Decimal("0.0001")
    assert signed["Tax"] == signed["Subtotal Tax"] + signed["Shipping Tax"]
    items = shown[4]["data"]["items"]
    assert len(items) == len(lines)
    assert sum((Decimal(item["row"]["taxAmount"]) for item in items), Decimal(0)) == found.rows_tax


def test_the_seven_subtotals_have_their_types_in_their_ids() -> None:
    assert subtotal_ids("812") == [
        "812-subtotal-0", "812-discount-1", "812-shipping_cost-2", "812-discount-3", "812-tax-4", "812-tax-5",
        "812-tax-6",
    ]  # fmt: skip


def test_a_tax_entry_names_code_rate_and_amounts() -> None:
    shown = subtotal_attributes(totals(line("10", 2), line("3", 1, "ZER"), shipping="5"))
    std = {"tax": "STD", "rate": "0.2", "taxableAmount": "20", "taxAmount": "4", "currency": "GBP"}
    zero = {"tax": "ZER", "rate": "0", "taxableAmount": "3", "taxAmount": "0", "currency": "GBP"}
    assert shown[4]["data"]["taxes"] == [std, zero]
    assert shown[5]["data"]["taxes"] == [{**std, "taxableAmount": "5", "taxAmount": "1"}]
    assert shown[6]["data"]["taxes"] == [{**std, "taxableAmount": "25", "taxAmount": "5"}, zero]
    assert shown[0]["data"] == []
    assert (shown[0]["visible"], shown[3]["visible"]) == (True, False)
