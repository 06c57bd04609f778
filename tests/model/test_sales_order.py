"""What cannot exist in the trade cannot be built."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given

from crossdock.model import as_json
from crossdock.model.faults import InvalidValue
from crossdock.model.money import Money
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import AMOUNT_MAX, QUANTITY_MAX, OrderDiscount, OrderLine, SalesOrder, Shipping
from tests.strategies import PLACED, law, resolved_orders, sales_orders

DRILL = OrderLine(line_ref="1501", sku="DRILL-18V", quantity=Decimal(2), unit="item", unit_price=Decimal("59.5000"))
ORDER = SalesOrder(
    ref="B2B-812", storefront_id="812", placed_at=PLACED, updated_at=PLACED, currency="EUR", company_ref="9",
    lines=(DRILL,), total=Decimal("126.90"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"sku": ""}, r"line 1501 \(no SKU\): a line must name a SKU"),
        ({"quantity": Decimal(0)}, "above zero and at most 1000000, was 0"),
        ({"quantity": Decimal(-3)}, "was -3"),
        ({"quantity": Decimal(1_000_001)}, "was 1000001"),
        ({"quantity": Decimal("NaN")}, "was NaN"),
        ({"unit_price": Decimal(-1)}, "price and discount must not be negative"),
        ({"discount": Decimal("-0.01")}, "price and discount must not be negative"),
        ({"unit_price": Decimal("NaN")}, "must be a number and at most 1000000000000, was NaN"),
        ({"unit_price": Decimal(10) ** 13}, "must be a number and at most"),
        ({"tax": Decimal("Infinity")}, "must be a number and at most"),
    ],
)
def test_a_line_that_cannot_be_is_refused(wrong, problem):
    with pytest.raises(InvalidValue, match=problem):
        replace(DRILL, **wrong)


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"ref": ""}, "needs a number"),
        ({"lines": ()}, "order B2B-812: an order needs at least one line"),
        ({"currency": "QQQ"}, "no ISO 4217 code"),
        ({"placed_at": datetime(2026, 3, 2)}, "placed_at has no time zone"),
        ({"updated_at": datetime(2026, 3, 2)}, "updated_at has no time zone"),
        ({"total": Decimal("NaN")}, "order B2B-812: an amount must be a number"),
        ({"tax_total": Decimal("NaN")}, "order B2B-812: an amount must be a number"),
    ],
)
def test_an_order_that_cannot_be_is_refused(wrong, problem):
    with pytest.raises(InvalidValue, match=problem):
        replace(ORDER, **wrong)


@pytest.mark.parametrize("amount", [Decimal(0), Decimal(-1), Decimal("NaN")])
def test_a_discount_takes_something_off(amount):
    with pytest.raises(InvalidValue, match="discount"):
        OrderDiscount(mechanic="coupon", description="", amount=amount)


def test_carriage_is_never_negative():
    with pytest.raises(InvalidValue, match="shipping flat: must not be negative, was -1"):
        Shipping(method="flat", net=Decimal(-1))
    with pytest.raises(InvalidValue, match="must be a number"):
        Shipping(method="flat", net=Decimal("NaN"))


def test_the_largest_figures_there_can_be():
    assert replace(DRILL, quantity=QUANTITY_MAX, unit_price=AMOUNT_MAX).unit_price == AMOUNT_MAX


def test_what_an_order_is_worth():
    assert DRILL.net_before_discount == Decimal(119)
    assert ORDER.total_money == Money(Decimal("126.90"), "EUR")


@law
@given(order=sales_orders())
def test_an_order_survives_json(order):
    assert as_json.loads(SalesOrder, as_json.dumps(order)) == order


@law
@given(order=resolved_orders())
def test_a_resolved_order_survives_json(order):
    assert as_json.loads(ResolvedOrder, as_json.dumps(order)) == order
