"""What an order comes to, part by part: as it was placed beside as it went to the ERP."""

from dataclasses import dataclass
from decimal import Decimal

from crossdock.decide.totals import stated_tax
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder

NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """placed, sent: net but for the tax and the total, in the order's currency; None where that side does not say."""

    what: str
    placed: Decimal | None
    sent: Decimal | None


def order_sums(order: SalesOrder, resolved: ResolvedOrder | None) -> tuple[Sum, ...]:
    """The ERP is sent what is left after discounts, so that it has no line of its own for them."""
    goods = sum((line.net_before_discount for line in order.lines), NONE)
    off = sum((line.discount for line in order.lines), NONE) + sum((one.amount for one in order.discounts), NONE)
    parts = [Sum(what="goods as placed", placed=goods, sent=None)] if off else []
    parts += [Sum(what="discounts", placed=-off, sent=None)] if off else []
    sent = (None,) * 4 if resolved is None else _sent(resolved)
    placed = (goods - off, order.shipping.net, stated_tax(order), order.total)
    names = ("goods", "carriage", "tax", "total")
    parts += [Sum(what=what, placed=p, sent=s) for what, p, s in zip(names, placed, sent, strict=True)]
    return tuple(parts)


def _sent(resolved: ResolvedOrder) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    net = sum((line.net for line in resolved.lines), NONE)
    tax = sum((line.tax for line in resolved.lines), resolved.delivery_tax)
    return net, resolved.delivery_net, tax, resolved.total
