"""An order added up again: what it, its lines and its discounts show after any change."""

from collections.abc import Sequence
from decimal import Decimal

from crossdock.sandbox.orocommerce.sales_resources import DISCOUNT_PERCENT
from crossdock.sandbox.orocommerce.shop import Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.totals import Line, Totals, add_up
from crossdock.sandbox.orocommerce.values import ZERO, money


def recalculate(shop: Shop, order: Row) -> None:
    """Write the totals of an order and of its lines. An order that is gone is left alone."""
    store = shop.store
    if order.id not in store["orders"].rows:
        return
    lines, discounts = store.rows(order.many("lineItems")), store.rows(order.many("discounts"))
    _follow_percentages(shop, lines, discounts)
    totals = _totals(shop, order, lines, discounts)
    for line, row in zip(lines, totals.rows, strict=True):
        store.change(line)
        line.attributes["rowTotalDiscountAmount"] = money(row.share)
        line.attributes["rowTotalAfterDiscount"] = money(row.taxable)
        line.attributes["rowTotalAfterDiscountExcludingTax"] = money(row.taxable)
        line.attributes["rowTotalAfterDiscountIncludingTax"] = money(row.taxable + row.tax)
        store.touch(line)
    store.change(order)
    order.attributes["subtotalValue"] = money(totals.subtotal)
    order.attributes["totalDiscountsAmount"] = money(totals.discount) if discounts else None
    order.attributes["subtotalWithDiscounts"] = money(totals.subtotal - totals.discount)
    order.attributes["totalValue"] = money(totals.total)
    order.hidden["totals"] = totals
    store.touch(order)


def _totals(shop: Shop, order: Row, lines: Sequence[Row], discounts: Sequence[Row]) -> Totals:
    attributes = order.attributes
    shipping = attributes["overriddenShippingCostAmount"] or attributes["estimatedShippingCostAmount"] or "0"
    return add_up(
        [Line(Decimal(line.attributes["value"]), quantity(line), _tax_code(shop, line)) for line in lines],
        currency=attributes["currency"],
        discount=sum((Decimal(one.attributes["amount"]) for one in discounts), ZERO),
        shipping=Decimal(shipping),
        rates=shop.rates,
        shipping_code=shop.shipping_tax,
        surplus=order.hidden.get("surplus", ZERO),
    )


def _follow_percentages(shop: Shop, lines: Sequence[Row], discounts: Sequence[Row]) -> None:
    """A percentage discount is worth more when the order is."""
    subtotal = sum((Decimal(line.attributes["value"]) * quantity(line) for line in lines), ZERO)
    for one in discounts:
        if one.attributes["orderDiscountType"] == DISCOUNT_PERCENT:
            shop.store.change(one)
            one.attributes["amount"] = money(subtotal * Decimal(str(one.attributes["percent"])))
            shop.store.touch(one)


def quantity(line: Row) -> Decimal:
    return Decimal(str(line.attributes["quantity"]))


def _tax_code(shop: Shop, line: Row) -> str:
    """The tax code of the line's product, "" when it has none."""
    product = shop.store.row(line.relations["product"])
    code = shop.store.row(product.relations["taxCode"]) if product is not None else None
    return str(code.attributes["code"]) if code is not None else ""
