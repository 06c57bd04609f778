"""The ERP's bill where unit prices carry their tax, as in a shop for consumers (law L3).

A shopper pays a gross price, and the shop rounds net and tax of each single unit. An ERP that is told the nets adds
them up and reckons tax on the sum: a penny is lost or won on the way. So what the buyer pays for each line is kept to
the coin and posted as a gross price, and the ERP takes the tax out of it.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from crossdock.cases.kind import Finding
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.tax import tax_on
from crossdock.decide.totals import Bill, Goods, TaxGap, no_price
from crossdock.decide.unit_price import Piece, fit_price
from crossdock.model.code_map import TaxCode
from crossdock.model.money import Rounding, allocate, minor_units
from crossdock.model.resolved_order import ResolvedLine
from crossdock.model.sales_order import SalesOrder

NONE, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


def tax_within(gross: Decimal, percent: Decimal, rule: Rounding, decimals: int) -> Decimal:
    """What of a gross sum is tax; net and tax add up to it exactly."""
    return gross - rule(gross * HUNDRED / (HUNDRED + percent), decimals)


def line_grosses(
    order: SalesOrder, nets: Sequence[Decimal], codes: Sequence[TaxCode], policy: OrderPolicy
) -> tuple[Decimal, ...]:
    """What the buyer pays for each line, in whole coins.

    Its tax is as stated; else its part of the order's tax, shared out by what the rates would make of the nets; else
    reckoned. nets: after every discount. codes: the ERP's, of each line.
    """
    minor, rule = minor_units(order.currency), policy.rule
    unstated = [at for at, line in enumerate(order.lines) if line.tax is None]
    taxes = [
        tax_on(net, code.percent, rule, minor) if line.tax is None else rule(line.tax, minor)
        for line, net, code in zip(order.lines, nets, codes, strict=True)
    ]
    weights = [nets[at] * codes[at].percent for at in unstated]
    left = _left(order, policy)
    if left is not None and left >= 0 and any(weights):
        for at, share in zip(unstated, allocate(left, weights, decimals=minor), strict=True):
            taxes[at] = share
    return tuple([net + tax for net, tax in zip(nets, taxes, strict=True)])


def _left(order: SalesOrder, policy: OrderPolicy) -> Decimal | None:
    """The order's tax less what is stated of it; None when it or the carriage's is not stated."""
    if order.tax_total is None or (order.shipping.net and order.shipping.tax is None):
        return None
    stated = sum((line.tax for line in order.lines if line.tax is not None), order.shipping.tax or NONE)
    return policy.rule(order.tax_total - stated, minor_units(order.currency))


def make_gross_bill(
    order: SalesOrder, goods: Sequence[Goods], nets: Sequence[Decimal], shipping: TaxCode, policy: OrderPolicy
) -> Bill | Finding:
    """Like `make_bill`, with gross unit prices. Carriage goes as its net and its tax, as the storefront states it."""
    minor, rule = minor_units(order.currency), policy.rule
    lines: list[ResolvedLine] = []
    grosses = line_grosses(order, nets, [one.tax for one in goods], policy)
    for one, gross in zip(goods, grosses, strict=True):
        pieces = fit_price(one.quantity, gross, price_decimals=policy.price_decimals, minor=minor)
        if pieces is None:
            return no_price(one, gross, policy)
        lines += [_resolved(one, piece, tax_within(piece.net, one.tax.percent, rule, minor)) for piece in pieces]
    delivery_net = rule(order.shipping.net, minor)
    said = order.shipping.tax
    delivery_tax = tax_on(delivery_net, shipping.percent, rule, minor) if said is None else rule(said, minor)
    return Bill(tuple(lines), delivery_net, delivery_tax, prices_include_tax=True)


def gross_tax_gaps(
    order: SalesOrder,
    goods: Sequence[Goods],
    nets: Sequence[Decimal],
    shipping: TaxCode,
    bill: Bill,
    policy: OrderPolicy,
) -> tuple[TaxGap, ...]:
    """Every line, and the carriage, whose tax is further from what its gross holds than rounding explains.

    The storefront rounds each unit, so the tolerance of a line is that of all its units.
    """
    minor, rule = minor_units(order.currency), policy.rule
    grosses = line_grosses(order, nets, [one.tax for one in goods], policy)
    gaps: list[tuple[TaxGap, Decimal]] = []
    for one, net, gross in zip(goods, nets, grosses, strict=True):
        reckoned = tax_within(gross, one.tax.percent, rule, minor)
        what = f"line {one.line.line_ref} ({one.line.sku})"
        units = max(ONE, one.line.quantity.to_integral_value(ROUND_CEILING))
        gaps.append((TaxGap(what, one.tax.code, gross - net, reckoned), policy.tax_tolerance * units))
    if order.shipping.tax is not None:
        reckoned = tax_on(bill.delivery_net, shipping.percent, rule, minor)
        gap = TaxGap("carriage", shipping.code or "(none)", order.shipping.tax, reckoned)
        gaps.append((gap, policy.tax_tolerance))
    return tuple([gap for gap, far in gaps if abs(gap.stated - gap.reckoned) > far])


def _resolved(goods: Goods, piece: Piece, tax: Decimal) -> ResolvedLine:
    return ResolvedLine(
        line_ref=goods.line.line_ref,
        stock_code=goods.stock_code,
        quantity=piece.quantity,
        unit_price=piece.unit_price,
        net=piece.net - tax,
        tax_code=goods.tax.code,
        tax=tax,
        description=goods.line.description,
        note=goods.line.note,
        free_reason=goods.free_reason,
    )
