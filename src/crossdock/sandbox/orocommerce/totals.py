"""What an order adds up to: pure arithmetic over its lines, discounts and shipping.

total = subtotal − discounts + shipping + tax. A discount is shared over the rows in proportion, to the penny, and the
shares add up to it. Tax is per row: the row's net after its share × the rate, half-up to two decimals. Shipping is
taxed at the standard rate. (oroinc/orocommerce TaxBundle: tax is kept per item, per shipping and in total.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.values import ZERO, money, pence, plain


@dataclass(frozen=True, slots=True)
class Line:
    """One row before tax. tax: its product's tax code, "" when it has none."""

    value: Decimal
    quantity: Decimal
    tax: str


@dataclass(frozen=True, slots=True)
class TaxedRow:
    net: Decimal
    share: Decimal
    tax_code: str
    rate: Decimal
    tax: Decimal
    unit: Decimal

    @property
    def taxable(self) -> Decimal:
        return self.net - self.share


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything the order shows. surplus: an amount the shop adds for no reason (the price-conflict knob)."""

    currency: str
    rows: tuple[TaxedRow, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    shipping_code: str
    shipping_rate: Decimal
    surplus: Decimal
    rows_tax: Decimal
    shipping_tax: Decimal

    @property
    def tax(self) -> Decimal:
        return self.rows_tax + self.shipping_tax

    @property
    def total(self) -> Decimal:
        return self.subtotal - self.discount + self.shipping + self.tax + self.surplus


def add_up(
    lines: Sequence[Line],
    *,
    currency: str,
    discount: Decimal,
    shipping: Decimal,
    rates: Mapping[str, Decimal],
    shipping_code: str,
    surplus: Decimal = ZERO,
) -> Totals:
    """rates: tax code → fraction (0.2). A code without a rate is not taxed."""
    nets = [line.value * line.quantity for line in lines]
    subtotal = sum(nets, ZERO)
    rows = []
    for line, net, share in zip(lines, nets, _shares(discount, nets, subtotal), strict=True):
        rate = rates.get(line.tax, ZERO)
        rows.append(TaxedRow(net, share, line.tax, rate, pence((net - share) * rate) if rate else ZERO, line.value))
    rate = rates.get(shipping_code, ZERO)
    rows_tax = sum((row.tax for row in rows), ZERO)
    shipping_tax = pence(shipping * rate)
    return Totals(
        currency, tuple(rows), subtotal, discount, shipping, shipping_code, rate, surplus, rows_tax, shipping_tax
    )


def _shares(discount: Decimal, nets: Sequence[Decimal], subtotal: Decimal) -> list[Decimal]:
    """Each row's part of the discount. Rounding the running sum keeps every part ≥ 0 and the sum exact."""
    if not discount or not subtotal:
        return [ZERO] * len(nets)
    shares, running, given = [], ZERO, ZERO
    for index, net in enumerate(nets):
        running += net
        reached = discount if index == len(nets) - 1 else pence(discount * running / subtotal)
        shares.append(reached - given)
        given = reached
    return shares


SUBTOTAL_TYPES = ("subtotal", "discount", "shipping_cost", "discount", "tax", "tax", "tax")


def subtotal_ids(order_id: str) -> list[str]:
    return [f"{order_id}-{type_}-{index}" for index, type_ in enumerate(SUBTOTAL_TYPES)]


def subtotal_attributes(totals: Totals) -> list[Json]:
    """The attributes of the seven ordersubtotals of one order, in the order of their ids."""
    items = [_item(row, totals.currency) for row in totals.rows]
    row_taxes = _summed(tax for item in items for tax in item["taxes"])
    net = totals.subtotal - totals.discount
    shipping_taxes = _taxes(totals.shipping_code, totals.shipping_rate, totals.shipping, totals.shipping_tax, totals)
    subtotal_tax = {
        "total": _amounts(net + totals.rows_tax, totals.rows_tax, totals.currency),
        "taxes": row_taxes,
        "items": items,
    }
    shipping_tax = {
        "total": _amounts(totals.shipping + totals.shipping_tax, totals.shipping_tax, totals.currency),
        "taxes": shipping_taxes,
    }
    tax = {
        "total": _amounts(net + totals.shipping + totals.tax, totals.tax, totals.currency),
        "taxes": _summed([*row_taxes, *shipping_taxes]),
    }
    return [
        _subtotal("subtotal", "Subtotal", totals.subtotal, totals.currency, visible=True),
        _subtotal("discount", "Discount", totals.discount, totals.currency, sign=-1),
        _subtotal("shipping_cost", "Shipping", totals.shipping, totals.currency),
        _subtotal("discount", "Shipping Discount", ZERO, totals.currency, sign=-1),
        _subtotal("tax", "Subtotal Tax", totals.rows_tax, totals.currency, data=subtotal_tax),
        _subtotal("tax", "Shipping Tax", totals.shipping_tax, totals.currency if totals.shipping else None,
                  data=shipping_tax),
        _subtotal("tax", "Tax", totals.tax, totals.currency, data=tax),
    ]  # fmt: skip


def _subtotal(
    type_: str,
    label: str,
    amount: Decimal,
    currency: str | None,
    *,
    sign: int = 1,
    visible: bool = False,
    data: Any = (),
) -> Json:
    return {
        "orderSubtotalType": type_,
        "label": label,
        "amount": money(amount),
        "signedAmount": money(amount * sign if amount else ZERO),
        "currency": currency,
        "visible": visible or amount != 0,
        "data": data or [],
    }


def _item(row: TaxedRow, currency: str) -> Json:
    unit_tax = pence(row.unit * row.rate)
    return {
        "unit": _amounts(row.unit + unit_tax, unit_tax, currency),
        "row": _amounts(row.taxable + row.tax, row.tax, currency),
        "taxes": _tax_entries(row.tax_code, row.rate, row.taxable, row.tax, currency),
    }


def _taxes(code: str, rate: Decimal, taxable: Decimal, amount: Decimal, totals: Totals) -> list[Json]:
    return _tax_entries(code, rate, taxable, amount, totals.currency) if taxable else []


def _tax_entries(code: str, rate: Decimal, taxable: Decimal, amount: Decimal, currency: str) -> list[Json]:
    if not code:
        return []
    return [
        {
            "tax": code,
            "rate": plain(rate),
            "taxableAmount": plain(taxable),
            "taxAmount": plain(amount),
            "currency": currency,
        }
    ]


def _amounts(gross: Decimal, tax: Decimal, currency: str) -> Json:
    return {
        "includingTax": plain(gross),
        "excludingTax": plain(gross - tax),
        "taxAmount": plain(tax),
        "adjustment": "0",
        "currency": currency,
    }


def _summed(taxes: Iterable[Json]) -> list[Json]:
    """One entry per tax code, in order of first appearance."""
    found: dict[str, Json] = {}
    for tax in taxes:
        held = found.get(tax["tax"])
        if held is None:
            found[tax["tax"]] = dict(tax)
        else:
            for name in ("taxableAmount", "taxAmount"):
                held[name] = plain(Decimal(held[name]) + Decimal(tax[name]))
    return list(found.values())
