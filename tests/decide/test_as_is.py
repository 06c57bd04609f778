"""An order carried over with its own codes: whatever was assumed is said."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from crossdock.decide.as_is import carried_over
from crossdock.model.sales_order import OrderDiscount, StorefrontStatus
from tests.decide.made import GLOVES, MANUAL, ORDER
from tests.strategies import KASSEL, Sale, consistent_sales, law, sales_orders

WHOLE = replace(ORDER, account_hint="MEYER01", invoice_address=KASSEL)
BARE = replace(WHOLE, payment_term="", shipping=replace(ORDER.shipping, method=""))
UNITS = "quantities are in the storefront's units (case, item); one of each is taken for one stock unit"


def test_a_whole_order_is_carried_over_and_its_assumptions_said():
    resolved, notes = carried_over(WHOLE)
    assert notes == [
        UNITS,
        "shipping method flat_rate_1 goes as the courier code",
        "payment term net 30 is left out: as a payment it would say the order is paid",
    ]
    assert carried_over(BARE)[1] == [UNITS]
    assert [
        (one.stock_code, one.quantity, one.unit_price, one.net, one.tax_code, one.tax) for one in resolved.lines
    ] == [
        ("GLOVES", 2, Decimal("59.50"), Decimal("119.00"), "STANDARD", Decimal("23.80")),
        ("MANUAL", 1, Decimal("12.00"), Decimal("12.00"), "ZERO", Decimal("0.00")),
    ]
    assert (resolved.account_code, resolved.courier_code) == ("MEYER01", "flat_rate_1")
    assert resolved.total == WHOLE.total
    assert (resolved.ref, resolved.po_number, resolved.delivery_address) == ("B2B-812", "PO-77", KASSEL)


def spoiled(**changes):
    return replace(WHOLE, lines=(replace(GLOVES, **changes), MANUAL))


@pytest.mark.parametrize(
    ("order", "note"),
    [
        (replace(WHOLE, status=StorefrontStatus.CANCELLED), "the storefront calls the order cancelled"),
        (replace(WHOLE, account_hint=""), "company 9 holds no ERP account code"),
        (spoiled(unit=""), r"units ((none), item)"),
        (spoiled(tax=None), "does not say the tax of line 1501; it is taken for nothing"),
        (spoiled(tax_code=""), "line 1501 names no tax code; none is sent"),
        (replace(WHOLE, delivery_address=None), "the order has no delivery address"),
        (replace(WHOLE, invoice_address=None), "the order has no invoice address"),
        (
            replace(WHOLE, total=Decimal(1)),
            "the storefront says 1.00 GBP, lines, carriage and tax come to 160.80 GBP",
        ),
        (spoiled(discount=Decimal(500)), "line 1501 (GLOVES): its discount exceeds its price; it goes at nothing"),
        (
            replace(WHOLE, discounts=(OrderDiscount(mechanic="coupon", description="", amount=Decimal(500)),)),
            "the order's discounts of 500 exceed its lines; 131 was taken off",
        ),
    ],
)
def test_each_assumption_is_said(order, note):
    _, notes = carried_over(order)
    assert [one for one in notes if note in one]


def test_a_net_that_no_price_gives_is_said_and_not_hidden(monkeypatch):
    monkeypatch.setattr("crossdock.decide.as_is.PRICE_DECIMALS", 0)
    resolved, notes = carried_over(spoiled(quantity=Decimal(3), unit_price=Decimal("0.90")))
    assert "line 1501 (GLOVES): no price of 0 decimals fits; it comes to 3 and not to 2.7" in notes
    assert resolved.lines[0].net == 3


def test_a_price_finer_than_the_erp_takes_is_not_kept():
    resolved, _ = carried_over(spoiled(quantity=Decimal(3), unit_price=Decimal("0.33335")))
    assert resolved.lines[0].unit_price == Decimal("0.3333")
    assert resolved.lines[0].net == Decimal("1.00")


@law
@given(order=sales_orders())
def test_any_order_can_be_carried_over(order):
    resolved, notes = carried_over(order)
    assert notes
    assert sum(one.quantity for one in resolved.lines) == sum(one.quantity for one in order.lines)
    assert all(one.net >= 0 for one in resolved.lines)


@law
@given(sale=consistent_sales())
def test_the_nets_of_an_order_that_adds_up_are_kept(sale: Sale):
    resolved, _ = carried_over(sale.order)
    order = sale.order
    net = order.total - (order.tax_total or 0) - order.shipping.net
    assert sum(one.net for one in resolved.lines) == net
