"""Taxes, discounts and carriage of an order, from the places where the shop says them.

Line tax has no field of its own in the back-office API: it stands in the tax subtotals, in line order. Several discount
fields exist and may disagree; those of a line and of a discount record are believed, the rest fills only what they
leave open, and whether the whole adds up to the order's total is for its reader to decide.
Source: oroinc/orocommerce, OrderBundle, Tests/Functional/Api/RestJsonApi (ordersubtotals, OrderPromotionDiscounts).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes, references
from crossdock.model.faults import DataFault
from crossdock.model.money import allocate
from crossdock.model.sales_order import LinePromotion, OrderDiscount, OrderLine

ZERO = Decimal(0)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LineTax:
    """amount: None when the shop did not say. code: several taxes on one line are joined with "+"."""

    amount: Decimal | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Taxes:
    """lines: one per order line, in line order. total: of the whole order, None when not said."""

    lines: Sequence[LineTax]
    shipping: LineTax = field(default_factory=LineTax)
    total: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Subtotal:
    kind: str
    label: str
    amount: Decimal | None
    data: Any
    place: str


@dataclass(frozen=True, slots=True)
class Off:
    """of_order: beside its lines' own discounts. of_lines: what those are parts of, where the shop shared it out."""

    of_order: tuple[OrderDiscount, ...]
    of_lines: tuple[OrderDiscount, ...]


def taxes(record: Resource, included: Included, *, lines: int) -> Taxes:
    """From the subtotals of type tax: the goods' (it alone has items), the carriage's, and the sum, in that order.

    Only labels tell them apart, and those are translated: the label is a hint, the order decides.
    """
    found = _subtotals(record, included, "tax")
    unsaid = [LineTax()] * lines
    if not found:
        return Taxes(unsaid)
    goods = next((tax for tax in found if _has_items(tax)), found[0] if len(found) == 3 else None)
    others = [tax for tax in found if tax is not goods]
    shipping = next((tax for tax in others if "shipping" in tax.label.lower()), None)
    if shipping is None and goods is not None and len(others) == 2:
        shipping = others[0]
    rest = [tax for tax in others if tax is not shipping]
    whole = rest[-1] if rest else goods if shipping is None else None
    return Taxes(
        _line_taxes(goods, lines) if goods else unsaid,
        LineTax(shipping.amount, _codes(shipping.data)) if shipping else LineTax(),
        whole.amount if whole else None,
    )


def shipping_net(order: wire.Order, record: Resource, included: Included) -> Decimal:
    """What carriage costs less its discount. The overridden cost wins over the estimated one."""
    cost = order.overridden_shipping_cost_amount
    if cost is None:
        cost = order.estimated_shipping_cost_amount or ZERO
    off = order.shipping_discount
    if off is None and "shipping_discount" not in order.model_fields_set:
        off = _discount_after_shipping_cost(record, included)
    return cost - (off or ZERO)


def discounts(
    order: wire.Order,
    record: Resource,
    included: Included,
    lines: Sequence[OrderLine],
    *,
    before_discounts: Decimal,
    place: str,
) -> Off:
    """What comes off the order and what its lines' discounts are made of. before_discounts: goods, carriage, all tax.

    `discount` is the promotions' sum, lines included, so what the lines leave of it was taken off the order;
    `totalDiscountsAmount` is believed when neither a record nor a promotion explains a discount. But the shop may also
    have spread them over the lines, where they must not count twice: its own sums say which it did.
    """
    records = _discount_records(record, included, place)
    off_lines = sum((line.discount for line in lines), ZERO)
    found = [*records, *_unrecorded(order, off_lines, records)]
    spread = bool(found) and off_lines == sum((discount.amount for discount in found), ZERO)
    readings: list[list[OrderDiscount]] = [[], found] if spread else [found, []]
    tolerance = CENT * max(1, len(lines))  # each row is rounded by itself
    for due in _discounts_due(order, lines, before_discounts):
        for reading in readings if off_lines else ():
            if abs(off_lines + sum((discount.amount for discount in reading), ZERO) - due) <= tolerance:
                return _off(order, off_lines, found, reading)
    return _off(order, off_lines, found, readings[0])


def _off(
    order: wire.Order, off_lines: Decimal, found: Sequence[OrderDiscount], reading: Sequence[OrderDiscount]
) -> Off:
    """What is found and does not come off the order is in its lines; and so is what promotions took off there."""
    if found and not reading:
        return Off((), tuple(found))
    if 0 < off_lines <= (order.discount or ZERO):
        return Off(tuple(reading), (OrderDiscount(mechanic="promotion", description="promotions", amount=off_lines),))
    return Off(tuple(reading), ())


def with_promotions(line: OrderLine, made_of: Sequence[OrderDiscount]) -> OrderLine:
    """A line whose discount is its part of these, each by what it took off the whole."""
    if not line.discount or not made_of:
        return line
    decimals = max(0, -int(line.discount.as_tuple().exponent))
    parts = allocate(line.discount, [one.amount for one in made_of], decimals=decimals)
    return replace(
        line,
        promotions=tuple(
            LinePromotion(mechanic=one.mechanic, description=one.description, amount=part)
            for one, part in zip(made_of, parts, strict=True)
            if part
        ),
    )


def _unrecorded(order: wire.Order, off_lines: Decimal, records: Sequence[OrderDiscount]) -> list[OrderDiscount]:
    promotion = (order.discount or ZERO) - off_lines
    if promotion > 0:
        return [OrderDiscount(mechanic="promotion", description="promotions", amount=promotion)]
    left = (order.total_discounts_amount or ZERO) - off_lines
    if not records and not order.discount and left > 0:
        return [OrderDiscount(mechanic="discount", description="totalDiscountsAmount", amount=left)]
    return []


def _discounts_due(order: wire.Order, lines: Sequence[OrderLine], before_discounts: Decimal) -> Iterator[Decimal]:
    """What all discounts must come to by the shop's own sums, the most direct first."""
    goods = sum((line.net_before_discount for line in lines), ZERO)
    for less in (order.subtotal_with_discounts, order.subtotal_with_discounts_value):
        if less is not None:
            yield goods - less
    yield before_discounts - order.total_value


def _discount_records(record: Resource, included: Included, place: str) -> list[OrderDiscount]:
    found = []
    for key in references(record, "discounts") or ():
        if key not in included:
            problem = f"{key[0]} {key[1]} is referenced by {place}.relationships.discounts and missing"
            raise DataFault("included", f"{problem}; ask with include=discounts")
        where = f"included[{key[0]} {key[1]}]"
        discount, problems = wire.read(wire.OrderDiscount, included[key], where)
        if discount is None:
            raise DataFault(*problems[0])
        if discount.amount < 0:
            problem = f"is a surcharge of {-discount.amount}, which no sales order can hold; it must not be negative"
            raise DataFault(f"{where}.attributes.amount", problem)
        if discount.amount:
            found.append(
                OrderDiscount(mechanic="manual", description=discount.description or "", amount=discount.amount)
            )
    return found


def _subtotals(record: Resource, included: Included, *kinds: str) -> list[Subtotal]:
    """Those of these types that the document holds, in the shop's order."""
    found = []
    for key in references(record, "orderSubtotals") or ():
        there = included.get(key, {})
        if attributes(there).get("orderSubtotalType") in kinds:
            place = f"included[ordersubtotals {key[1]}]"
            subtotal, problems = wire.read(wire.OrderSubtotal, there, place)
            if subtotal is None:
                raise DataFault(*problems[0])
            kind, label = subtotal.order_subtotal_type, subtotal.label or ""
            found.append(Subtotal(kind, label, subtotal.amount, subtotal.data, place))
    return found


def _discount_after_shipping_cost(record: Resource, included: Included) -> Decimal:
    """Where the order gives no shippingDiscount: the discount behind the shipping cost is the carriage's."""
    after = False
    for subtotal in _subtotals(record, included, "discount", "shipping_cost"):
        if after and subtotal.kind == "discount":
            return abs(subtotal.amount or ZERO)
        after = after or subtotal.kind == "shipping_cost"
    return ZERO


def _has_items(tax: Subtotal) -> bool:
    return isinstance(tax.data, dict) and "items" in tax.data


def _line_taxes(goods: Subtotal, lines: int) -> Sequence[LineTax]:
    """As many as there are lines, or none at all: which line a lone item belongs to would be a guess."""
    items = goods.data.get("items") if isinstance(goods.data, dict) else None
    if not isinstance(items, list) or len(items) != lines:
        return [LineTax()] * lines
    return [_line_tax(item, f"{goods.place}.attributes.data.items[{at}]") for at, item in enumerate(items)]


def _line_tax(item: Any, place: str) -> LineTax:
    row = item.get("row") if isinstance(item, dict) else None
    amount = row.get("taxAmount") if isinstance(row, dict) else None
    if amount is None:
        return LineTax(None, _codes(item))
    try:
        tax = Decimal(str(amount))
    except InvalidOperation:
        tax = Decimal("NaN")
    if not tax.is_finite():
        raise DataFault(f"{place}.row.taxAmount", f'must be a number, such as "14.92"; was {amount!r:.80}')
    return LineTax(tax, _codes(item))


def _codes(holder: Any) -> str:
    """The tax codes of `{"taxes": [{"tax": code, ...}]}`; "" when it names none."""
    entries = holder.get("taxes") if isinstance(holder, dict) else None
    codes = [str(entry["tax"]) for entry in entries or () if isinstance(entry, dict) and entry.get("tax")]
    return "+".join(dict.fromkeys(codes))
