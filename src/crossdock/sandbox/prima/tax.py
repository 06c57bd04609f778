"""Prima's own sums: what a line, an order and an invoice come to. Half a penny is rounded up."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from crossdock.sandbox.prima.model import ZERO, Invoice, InvoiceLine, Line, Order
from crossdock.sandbox.prima.store import Store

PENNY = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Amount:
    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def pence(value: Decimal) -> Decimal:
    return value.quantize(PENNY, ROUND_HALF_UP)


def split(value: Decimal, rate: Decimal, *, includes_tax: bool) -> Amount:
    """A value with its tax found in it, or put on it."""
    if includes_tax:
        gross = pence(value)
        net = pence(gross / (1 + rate))
        return Amount(net, gross - net)
    net = pence(value)
    return Amount(net, pence(net * rate))


def line_amount(store: Store, order: Order, line: Line, quantity: Decimal) -> Amount:
    """What the first `quantity` units of the line come to, its discount in proportion."""
    discount = line.discount * quantity / line.quantity
    value = line.price * quantity - discount
    return split(value, store.rates[line.vat_code], includes_tax=order.intent.prices_include_tax)


def charge_amount(store: Store, order: Order, amount: Decimal, vat_code: str) -> Amount:
    return split(amount, store.rates[vat_code], includes_tax=order.intent.prices_include_tax)


def total(store: Store, parts: Iterable[tuple[str, Amount]], *, includes_tax: bool) -> Amount:
    """The sum of (VAT code, amount). Rounded per code, tax is worked out once on each code's net."""
    held = list(parts)
    net = sum((amount.net for _, amount in held), ZERO)
    if store.knobs.tax_rounding == "per_line" or includes_tax:
        return Amount(net, sum((amount.tax for _, amount in held), ZERO))
    by_code: dict[str, Decimal] = {}
    for code, amount in held:
        by_code[code] = by_code.get(code, ZERO) + amount.net
    return Amount(net, sum((pence(value * store.rates[code]) for code, value in by_code.items()), ZERO))


def order_total(store: Store, order: Order) -> Amount:
    """What the order as it stands comes to; what was dropped no longer counts."""
    parts = [
        (line.vat_code, line_amount(store, order, line, line.quantity - line.dropped)) for line in order.lines
    ]  # fmt: skip
    parts += [(code, charge_amount(store, order, amount, code)) for _, amount, code in order.charges]
    return total(store, parts, includes_tax=order.intent.prices_include_tax)


def invoice_total(store: Store, invoice: Invoice) -> Amount:
    parts = [(line.vat_code, Amount(line.net, line.tax)) for line in invoice.lines]
    return total(store, parts, includes_tax=invoice.orders[0].intent.prices_include_tax)


def breakdown(store: Store, invoice: Invoice) -> list[tuple[str, Amount]]:
    """(VAT code, amount) in order of code."""
    codes = sorted({line.vat_code for line in invoice.lines})
    includes_tax = invoice.orders[0].intent.prices_include_tax

    def of(code: str) -> list[tuple[str, Amount]]:
        return [(code, Amount(line.net, line.tax)) for line in invoice.lines if line.vat_code == code]

    return [(code, total(store, of(code), includes_tax=includes_tax)) for code in codes]


def invoice_line(line: Line, quantity: Decimal, amount: Amount) -> InvoiceLine:
    return InvoiceLine(line.line_ref, line.sku, quantity, line.vat_code, amount.net, amount.tax)
