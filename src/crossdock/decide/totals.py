"""What an order comes to: at the storefront, and in the ERP before it is sent there (law L3).

Storefront:  Σ net lines − order discounts + carriage + tax = its total.
ERP:         Σ (quantity × unit price, half-up) + carriage + tax by its own codes = the total it will show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import ITEM_INVALID_FOR_ERP, TAX_CONFLICT, TOTAL_CONFLICT
from crossdock.decide.policy import Authority, OrderPolicy
from crossdock.decide.tax import tax_on, tax_per_line, tax_per_order
from crossdock.decide.unit_price import Piece, fit_price
from crossdock.decide.words import amount, plain
from crossdock.model.code_map import TaxCode
from crossdock.model.despatch import Fulfilment
from crossdock.model.money import allocate, minor_units
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import OrderLine, SalesOrder

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Goods:
    """One order line in the ERP's terms. quantity: in stock units. asked: net price per stock unit, as placed.
    free_reason: the ERP's word for why it is given away."""

    line: OrderLine
    stock_code: str
    quantity: Decimal
    asked: Decimal
    tax: TaxCode
    free_reason: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """What the ERP will show. delivery_net, delivery_tax: carriage. prices_include_tax: unit prices are gross."""

    lines: tuple[ResolvedLine, ...]
    delivery_net: Decimal
    delivery_tax: Decimal
    prices_include_tax: bool = False

    @property
    def tax(self) -> Decimal:
        return sum((line.tax for line in self.lines), self.delivery_tax)

    @property
    def total(self) -> Decimal:
        return sum((line.net for line in self.lines), self.delivery_net) + self.tax


# net


def line_nets(order: SalesOrder, policy: OrderPolicy) -> tuple[Decimal, ...] | Finding:
    """Each line's net after its own discount, in whole coins."""
    minor, rule = minor_units(order.currency), policy.rule
    for line in order.lines:
        if line.discount > rule(line.net_before_discount, minor):
            whole, off = plain(line.net_before_discount), plain(line.discount)
            problem = f"its discount of {off} is more than the line's {whole}"
            return ITEM_INVALID_FOR_ERP.about(line.sku, sku=line.sku, problem=problem)
    # A line given away whole may come to less than nothing by a fraction of a coin.
    return tuple([max(rule(line.net_before_discount - line.discount, minor), NONE) for line in order.lines])


def after_order_discount(
    order: SalesOrder, nets: Sequence[Decimal], taxes: Sequence[TaxCode], policy: OrderPolicy
) -> tuple[Decimal, ...] | Finding:
    """Each line's net with its part of the order's discounts taken off; the parts add up to them exactly. Nothing comes
    off a surcharge, unless the goods alone are worth less.

    Largest remainder. Where the storefront states the tax of its lines, the odd coins go so that it comes out the same:
    storefronts share them out in other ways, and each is right to the coin. taxes: the ERP's code of each line.
    """
    off, whole = discount_total(order, policy), sum(nets, NONE)
    if not off:
        return tuple(nets)
    if off > whole:
        return _conflict(order, off, "the sum of its lines, which is all its discount can come off,", whole)
    minor = minor_units(order.currency)

    def tax_gap(at: int, share: Decimal) -> Decimal:
        stated = order.lines[at].tax
        return NONE if stated is None else abs(tax_on(nets[at] - share, taxes[at].percent, policy.rule, minor) - stated)

    goods = [NONE if line.surcharge else net for line, net in zip(order.lines, nets, strict=True)]
    shares = allocate(off, goods if off <= sum(goods) else nets, decimals=minor, cost=tax_gap)
    return tuple([net - share for net, share in zip(nets, shares, strict=True)])


def discount_total(order: SalesOrder, policy: OrderPolicy) -> Decimal:
    return policy.rule(sum((one.amount for one in order.discounts), NONE), minor_units(order.currency))


# the ERP's bill


def make_bill(
    order: SalesOrder, goods: Sequence[Goods], nets: Sequence[Decimal], shipping: TaxCode, policy: OrderPolicy
) -> Bill | Finding:
    """nets: each line's, after every discount. shipping: the ERP's tax code of the carriage."""
    minor, rule = minor_units(order.currency), policy.rule
    pieces: list[tuple[Goods, Piece]] = []
    for one, net in zip(goods, nets, strict=True):
        fitted = price_line(one, net, minor, policy)
        if isinstance(fitted, Finding):
            return fitted
        pieces.extend([(one, piece) for piece in fitted])
    delivery_net = rule(order.shipping.net, minor)
    taxed = [(piece.net, one.tax) for one, piece in pieces] + [(delivery_net, shipping)]
    taxes = (tax_per_line if policy.tax_rounding == "per-line" else tax_per_order)(taxed, rule, minor)
    lines = tuple([_resolved(one, piece, tax) for (one, piece), tax in zip(pieces, taxes, strict=False)])
    return Bill(lines, delivery_net, taxes[-1])


def price_line(goods: Goods, net: Decimal, minor: int, policy: OrderPolicy) -> tuple[Piece, ...] | Finding:
    """One piece, or two whose nets add up exactly and whose tax, where it is rounded per line, does too."""
    percent, rule = goods.tax.percent, policy.rule

    def same_tax(pieces: tuple[Piece, ...]) -> bool:
        parts = sum(tax_on(piece.net, percent, rule, minor) for piece in pieces)
        return policy.tax_rounding == "per-order" or parts == tax_on(net, percent, rule, minor)

    pieces = fit_price(
        goods.quantity, net, price_decimals=policy.price_decimals, minor=minor, asked=goods.asked, fits=same_tax
    )
    if pieces is not None:
        return pieces
    return no_price(goods, net, policy)


def no_price(goods: Goods, sum_: Decimal, policy: OrderPolicy) -> Finding:
    problem = f"no price of {policy.price_decimals} decimals makes {plain(goods.quantity)} of it come to {plain(sum_)}"
    return ITEM_INVALID_FOR_ERP.about(goods.line.sku, sku=goods.line.sku, problem=problem)


def _resolved(goods: Goods, piece: Piece, tax: Decimal) -> ResolvedLine:
    return ResolvedLine(
        line_ref=goods.line.line_ref,
        stock_code=goods.stock_code,
        quantity=piece.quantity,
        unit_price=piece.unit_price,
        net=piece.net,
        tax_code=goods.tax.code,
        tax=tax,
        description=goods.line.description,
        note=goods.line.note,
        free_reason=goods.free_reason,
    )


# do they agree?


def stated_tax(order: SalesOrder) -> Decimal | None:
    """All tax as the storefront says, or None when it says nothing, or not all of it. Free carriage has none."""
    if order.tax_total is not None:
        return order.tax_total
    shipping = order.shipping.tax if order.shipping.net or order.shipping.tax is not None else NONE
    parts = [line.tax for line in order.lines] + [shipping]
    known = [part for part in parts if part is not None]
    return sum(known, NONE) if len(known) == len(parts) else None


def check_told(order: SalesOrder) -> Finding | None:
    """The sums the storefront itself tells must close, for each line, the carriage and the whole."""
    if not order.discrepancies:
        return None
    first, *others = order.discrepancies
    more = f" (and {len(others)} more)" if others else ""
    return _conflict(order, first.stated, f"{first.what}{more}", first.own)


def check_own_sum(order: SalesOrder, nets: Sequence[Decimal], policy: OrderPolicy) -> Finding | None:
    """The storefront's own parts must come to its own total. nets: of its lines, before the order's discounts."""
    tax = stated_tax(order)
    if tax is None:
        return None
    own = sum(nets, NONE) - discount_total(order, policy) + order.shipping.net + tax
    if abs(own - order.total) <= policy.tolerance:
        return None
    return _conflict(order, order.total, "the sum of its own parts", own)


@dataclass(frozen=True, slots=True)
class TaxGap:
    """One place where the storefront's tax is not what the ERP will reckon."""

    what: str
    code: str
    stated: Decimal
    reckoned: Decimal


def tax_gaps(
    order: SalesOrder,
    goods: Sequence[Goods],
    nets: Sequence[Decimal],
    shipping: TaxCode,
    bill: Bill,
    policy: OrderPolicy,
) -> tuple[TaxGap, ...]:
    """Every line, and the carriage, whose stated tax is further from the ERP's than rounding explains.

    A storefront that states no tax but the whole order's is compared on that, with the tolerance of all its lines.
    """
    places = [(line.tax, net, one.tax, line) for line, net, one in zip(order.lines, nets, goods, strict=True)]
    if order.tax_total is not None and all(stated is None for stated, *_ in places):
        gap = TaxGap("the whole order", _codes(one.tax for one in goods), order.tax_total, bill.tax)
        far = policy.tax_tolerance * (len(places) + 1)
        return (gap,) if abs(gap.stated - gap.reckoned) > far else ()
    minor, rule = minor_units(order.currency), policy.rule
    gaps = [
        TaxGap(f"line {line.line_ref} ({line.sku})", code.code, stated, tax_on(net, code.percent, rule, minor))
        for stated, net, code, line in places
        if stated is not None
    ]
    if order.shipping.tax is not None:
        reckoned = tax_on(bill.delivery_net, shipping.percent, rule, minor)
        gaps.append(TaxGap("carriage", shipping.code or "(none)", order.shipping.tax, reckoned))
    return tuple([gap for gap in gaps if abs(gap.stated - gap.reckoned) > policy.tax_tolerance])


def tax_conflict(order: SalesOrder, gaps: Sequence[TaxGap]) -> Finding | None:
    """All gaps of one order are one finding, with their sums."""
    if not gaps:
        return None
    stated, reckoned = sum((gap.stated for gap in gaps), NONE), sum((gap.reckoned for gap in gaps), NONE)
    return TAX_CONFLICT.about(
        order.ref,
        order_ref=order.ref,
        what=", ".join(gap.what for gap in gaps),
        tax_code=", ".join(dict.fromkeys(gap.code for gap in gaps)),
        storefront_tax=amount(stated, order.currency),
        erp_tax=amount(reckoned, order.currency),
        gap=amount(abs(stated - reckoned), order.currency),
    )


def check_predicted(order: SalesOrder, bill: Bill, gaps: Sequence[TaxGap], policy: OrderPolicy) -> Finding | None:
    """The ERP must come to the storefront's total. What a tax conflict already explains is not said twice."""
    explained = sum((gap.stated - gap.reckoned for gap in gaps), NONE)
    if min(abs(order.total - bill.total), abs(order.total - bill.total - explained)) <= policy.tolerance:
        return None
    return _conflict(order, order.total, "the ERP's lines, carriage and tax", bill.total)


# after posting


def expected_total(order: SalesOrder, resolved: ResolvedOrder, policy: OrderPolicy) -> Decimal:
    """What the ERP's own figure is held against once it is known.

    Where the storefront counts, what we reckoned: it was compared with the storefront, or a person took the difference.
    Where the ERP counts, what the customer was told.
    """
    return resolved.total if policy.authority is Authority.STOREFRONT else order.total


def judge_read_back(expected: Decimal, fulfilment: Fulfilment, tolerance: Decimal) -> Finding | None:
    """Compare with what the ERP made of the order; None when it is the same within `tolerance`, or the ERP does not
    tell: then only its invoice will."""
    if fulfilment.gross_total is None or abs(expected - fulfilment.gross_total) <= tolerance:
        return None
    return total_conflict(
        fulfilment.ref, fulfilment.currency, expected, f"ERP order {fulfilment.erp_code}", fulfilment.gross_total
    )


def total_conflict(order_ref: str, currency: str, storefront: Decimal, other: str, other_total: Decimal) -> Finding:
    return TOTAL_CONFLICT.about(
        order_ref,
        order_ref=order_ref,
        storefront_total=amount(storefront, currency),
        other=other,
        other_total=amount(other_total, currency),
        gap=amount(abs(storefront - other_total), currency),
    )


def _conflict(order: SalesOrder, storefront: Decimal, other: str, other_total: Decimal) -> Finding:
    return total_conflict(order.ref, order.currency, storefront, other, other_total)


def _codes(codes: Iterator[TaxCode]) -> str:
    return ", ".join(dict.fromkeys(code.code for code in codes))
