"""What an order comes to, on both sides, part by part."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from crossdock.decide.order_sums import order_sums
from crossdock.model.money import minor_units
from crossdock.model.sales_order import OrderDiscount
from tests.decide.made import ORDER, gloves, posted
from tests.strategies import Sale, consistent_sales, law


def shown(order, resolved=None) -> dict[str, tuple[object, object]]:
    return {one.what: (one.placed, one.sent) for one in order_sums(order, resolved)}


def test_discounts_of_lines_and_of_the_order_are_one_figure_and_the_erp_is_sent_what_is_left() -> None:
    coupon = OrderDiscount(mechanic="coupon", description="", amount=Decimal("1.50"))
    order = replace(gloves(discount=Decimal("9.00")), discounts=(coupon,))
    found = shown(order)
    assert found["discounts"] == (Decimal("-10.50"), None)
    assert found["goods"] == (found["goods as placed"][0] - Decimal("10.50"), None)


def test_without_a_discount_there_is_no_line_for_it() -> None:
    assert list(shown(ORDER)) == ["goods", "carriage", "tax", "total"]


def test_beside_what_was_placed_stands_what_was_sent() -> None:
    sent = posted(ORDER).order
    goods = sum(line.net for line in sent.lines)
    tax = sum(line.tax for line in sent.lines) + sent.delivery_tax
    theirs = {what: one[1] for what, one in shown(ORDER, sent).items()}
    assert theirs == {"goods": goods, "carriage": sent.delivery_net, "tax": tax, "total": sent.total}


@law
@given(sale=consistent_sales())
def test_the_parts_of_what_was_placed_come_to_its_total(sale: Sale) -> None:
    placed = {what: one[0] for what, one in shown(sale.order).items()}
    assert placed["tax"] is not None
    rounded_away = Decimal(len(sale.order.lines)).scaleb(-minor_units(sale.order.currency)) / 2
    assert abs(placed["goods"] + placed["carriage"] + placed["tax"] - placed["total"]) <= rounded_away
