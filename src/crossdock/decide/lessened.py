"""A sale without some of its units, as the storefront will tell it once they are cancelled there."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from crossdock.decide.policy import OrderPolicy
from crossdock.decide.sold import BETWEEN, NONE, units_of
from crossdock.decide.words import plain
from crossdock.model.after_sale import CancelledLine
from crossdock.model.money import minor_units
from crossdock.model.sales_order import OrderLine, SalesOrder


def lessened(sale: SalesOrder, cancelled: Sequence[CancelledLine], policy: OrderPolicy) -> SalesOrder | str:
    """The rest of the sale; or why nobody but the storefront can say what remains of it.

    A unit takes its share of its own line with it. What it takes of a discount off the whole order, or of a tax that is
    only told for the whole, is the storefront's to say.
    """
    if sale.discounts:
        return "a discount is off the whole order, and what remains of it only the storefront can say"
    lines = list(sale.lines)
    gross = tax = NONE
    for one in cancelled:
        at = next((at for at, line in enumerate(lines) if _is_of(line, one)), None)
        if at is None:
            return f"the order has no {one.line_ref or one.sku} that could be cancelled"
        line = lines[at]
        if one.quantity > line.quantity:
            return f"{plain(one.quantity)} of {line.sku} are to be cancelled, and only {plain(line.quantity)} were sold"
        if line.tax is None:
            return f"the tax of {line.sku} is only told for the whole order"
        rest = _rest(line, one, sale.currency, policy)
        gross += _gross(line, sale.currency, policy) - (_gross(rest, sale.currency, policy) if rest else NONE)
        tax += line.tax - ((rest.tax or NONE) if rest else NONE)
        lines[at : at + 1] = [rest] if rest else []
    if not lines:
        return "nothing would be left of it"
    stated = None if sale.tax_total is None else sale.tax_total - tax
    return replace(sale, lines=tuple(lines), total=sale.total - gross, tax_total=stated)


def _is_of(line: OrderLine, one: CancelledLine) -> bool:
    return bool(units_of(one.line_ref) & units_of(line.line_ref)) if one.line_ref else line.sku == one.sku


def _rest(line: OrderLine, one: CancelledLine, currency: str, policy: OrderPolicy) -> OrderLine | None:
    left = line.quantity - one.quantity
    if not left:
        return None
    minor, gone = minor_units(currency), units_of(one.line_ref)
    kept = [unit for unit in line.line_ref.split(BETWEEN) if unit not in gone]
    return replace(
        line,
        line_ref=BETWEEN.join(kept) if kept else line.line_ref,
        quantity=left,
        discount=policy.rule(line.discount * left / line.quantity, minor),
        tax=policy.rule((line.tax or NONE) * left / line.quantity, minor),
    )


def _gross(line: OrderLine, currency: str, policy: OrderPolicy) -> Decimal:
    return policy.rule(line.net_before_discount - line.discount, minor_units(currency)) + (line.tax or NONE)
