"""What an order's parts come to, in smallest coins as sent: nothing is corrected, what does not add up is refused.

Gross is master over there, so gross must close exactly; net and tax may miss by a coin or two where the shop uses the
older price calculator. Source: SCAYLE documentation, Price calculation; Admin API, Orders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.wire import at
from crossdock.model.faults import DataFault


@dataclass(frozen=True, slots=True)
class Amount:
    """gross = net + tax, always. rate: as a fraction, None when not told."""

    gross: int
    net: int
    tax: int
    rate: Decimal | None = None

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.gross + other.gross, self.net + other.net, self.tax + other.tax, None)


NOTHING = Amount(0, 0, 0)


def amount(gross: int | None, net: int | None, tax: wire.Tax, place: str, *, net_name: str = "withoutTax") -> Amount:
    """Two of the three are enough, where external prices leave one out. Raises DataFault: fewer, or they disagree."""
    vat = tax.vat or wire.Vat()
    if gross is None:
        raise DataFault(at(place, "withTax"), "is missing; the document must give it")
    if gross < 0:
        raise DataFault(at(place, "withTax"), f"must not be negative, was {gross}")
    if net is None and vat.amount is None:
        raise DataFault(at(place, net_name), "is missing, and the tax too; the document must give one of them")
    if net is None:
        net = gross - (vat.amount or 0)
    due = gross - net
    if vat.amount is not None and vat.amount != due:
        problem = f"is {gross}, and {net_name} {net} + tax {vat.amount} are {net + vat.amount}; both must be the same"
        raise DataFault(at(place, "withTax"), problem)
    if net < 0 or due < 0:
        raise DataFault(at(place, net_name), f"must lie between 0 and withTax {gross}, was {net}")
    return Amount(gross, net, due, vat.rate)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """What one piece costs. listed_net: before any reduction. priced: after its own reductions; paid: after the
    absolute voucher too, the same where none was loaded on it."""

    listed_net: int
    priced: Amount
    paid: Amount
    reductions: tuple[wire.Reduction, ...] = ()


def unit_price(price: wire.ItemPrice, place: str) -> UnitPrice:
    gross = price.with_tax
    if gross is None and price.override_with_tax:  # 0 stands for "no override"
        gross = price.override_with_tax
    priced = amount(gross, price.without_tax, price.tax, place)
    paid, reduced = priced, price.absolute_voucher_reduced_price
    if reduced is not None:
        where = at(place, "absoluteVoucherReducedPrice")
        paid = amount(reduced.with_tax, reduced.without_tax, reduced.tax, where, net_name="withOutTax")
        if paid.gross > priced.gross or paid.net > priced.net:
            raise DataFault(at(where, "withTax"), f"must be at most the price {priced.gross}, was {paid.gross}")
    listed = price.undiscounted_without_tax
    return UnitPrice(
        max(listed if listed is not None else priced.net, priced.net), priced, paid, price.applied_reductions or ()
    )


def fee_amount(fee: wire.Fee, place: str) -> Amount:
    return amount(fee.amount.with_tax, fee.amount.without_tax, fee.tax, at(place, "amount"))


def total(amounts: Sequence[Amount]) -> Amount:
    whole = NOTHING
    for one in amounts:
        whole = whole + one
    return whole


def order_voucher(cost: wire.Cost) -> int:
    """Gross of the absolute vouchers on the order as a whole."""
    return sum(
        reduction.amount.absolute_with_tax or 0
        for reduction in cost.applied_reductions or ()
        if reduction.category == "voucher" and reduction.type in ("absolute", None)
    )


def check_sum(parts: Amount, cost: wire.Cost, place: str, *, tolerance: int) -> None:
    """Raises DataFault unless the parts come to the order's cost."""
    if cost.with_tax is None:
        raise DataFault(at(place, "withTax"), "is missing; the document must give it")
    if parts.gross != cost.with_tax:
        raise DataFault(at(place, "withTax"), f"is {cost.with_tax}, and items and fees come to {parts.gross}")
    vat = cost.tax.vat or wire.Vat()
    for path, stated, own in (("withoutTax", cost.without_tax, parts.net), ("tax.vat.amount", vat.amount, parts.tax)):
        if stated is not None and abs(stated - own) > tolerance:
            problem = f"is {stated}, and items and fees come to {own}; at most {tolerance} may lie between"
            raise DataFault(at(place, path), problem)
