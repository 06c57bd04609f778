"""Whether the customer changed the order, or only something moved in its record."""

from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from crossdock.decide.changes import COMMERCIAL, same_record, same_sale, what_changed
from crossdock.model.sales_order import Address, OrderDiscount, SalesOrder, Shipping, StorefrontStatus
from tests.decide.made import GLOVES, MANUAL, ORDER, gloves
from tests.strategies import KASSEL, PLACED, law, sales_orders

COUPON = OrderDiscount(mechanic="coupon", description="Spring", amount=Decimal(1))

COUNTS = [
    (replace(ORDER, status=StorefrontStatus.CANCELLED), "status"),
    (replace(ORDER, company_ref="10"), "buyer"),
    (gloves(quantity=Decimal(3)), "lines"),
    (gloves(unit_price=Decimal("59.49")), "lines"),
    (gloves(discount=Decimal(1)), "lines"),
    (gloves(sku="MITTENS"), "lines"),
    (gloves(unit="item"), "lines"),
    (gloves(tax=None), "lines"),
    (gloves(tax=Decimal(0)), "lines"),
    (gloves(tax_code="ZERO"), "lines"),
    (gloves(note="blue"), "lines"),
    (replace(ORDER, lines=(GLOVES,)), "lines"),
    (replace(ORDER, lines=(GLOVES, MANUAL, MANUAL)), "lines"),
    (replace(ORDER, discounts=(COUPON,)), "discounts"),
    (replace(ORDER, shipping=Shipping()), "carriage"),
    (replace(ORDER, total=Decimal(1)), "total"),
    (replace(ORDER, tax_total=None), "total"),
    (replace(ORDER, currency="EUR"), "total"),
    (replace(ORDER, delivery_address=None), "delivery address"),
    (replace(ORDER, delivery_address=replace(KASSEL, town="Fulda")), "delivery address"),
    (replace(ORDER, invoice_address=Address()), "invoice address"),
    (replace(ORDER, po_number="PO-78"), "purchase order number"),
    (replace(ORDER, payment_term="net 60"), "payment term"),
    (replace(ORDER, wanted_by=date(2026, 4, 1)), "wanted date"),
    (replace(ORDER, notes="knock"), "notes"),
]


@pytest.mark.parametrize(("after", "what"), COUNTS, ids=[f"{what}-{at}" for at, (_, what) in enumerate(COUNTS)])
def test_a_commercial_change_is_named(after, what):
    assert what_changed(ORDER, after) == (what,)
    assert what_changed(after, ORDER) == (what,)
    assert not same_sale(ORDER, after)


def test_every_part_of_the_sale_is_tried_above():
    assert {what for _, what in COUNTS} == set(COMMERCIAL)


@pytest.mark.parametrize(
    "after",
    [
        replace(ORDER, updated_at=PLACED + timedelta(days=1)),
        replace(ORDER, lines=(MANUAL, GLOVES)),
        replace(ORDER, account_hint="MEYER01"),
        replace(ORDER, company_name="Meyer Bau KG", buyer_email="ida@example.com"),
        gloves(unit_price=Decimal("59.5000"), quantity=Decimal("2.0")),
        gloves(description="Gloves, work"),
    ],
)
def test_what_moves_by_itself_is_no_change(after):
    assert same_sale(ORDER, after)


def test_before_it_is_posted_anything_but_the_time_may_alter_the_decision():
    assert same_record(ORDER, replace(ORDER, updated_at=PLACED + timedelta(days=1)))
    assert same_record(ORDER, gloves(unit_price=Decimal("59.5000")))
    assert not same_record(ORDER, replace(ORDER, account_hint="MEYER01"))
    assert not same_record(ORDER, replace(ORDER, buyer_email="ida@example.com"))


@law
@given(order=sales_orders())
def test_an_order_is_always_the_same_sale_as_itself(order):
    assert same_sale(order, replace(order, lines=order.lines[::-1], discounts=order.discounts[::-1]))


def test_a_new_part_of_an_order_has_to_be_weighed_here():
    """A field added to SalesOrder is commercial or it is not: say which in decide/changes.py, then here."""
    assert {one.name for one in fields(SalesOrder)} == {
        "ref", "storefront_id", "placed_at", "updated_at", "currency", "company_ref", "lines", "total", "company_name",
        "account_hint", "buyer_email", "po_number", "notes", "wanted_by", "payment_term", "status", "invoice_address",
        "delivery_address", "shipping", "discounts", "tax_total", "guest", "discrepancies",
    }  # fmt: skip
