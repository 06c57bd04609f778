"""What an order's parts come to, in smallest coins as sent: nothing is corrected, what does not add up is said.

Gross is master over there, so gross must close exactly; net and tax may miss by a coin or two where the shop uses the
older price calculator. A sum that does not close is a gap: it goes with the order, and holds it.
Source: SCAYLE documentation, Price calculation; Admin API, Orders.
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


@dataclass(frozen=True, slots=True)
class Gap:
    """A sum that does not close. what: does not, in words. stated, own: as told, and what its parts come to."""

    what: str
    stated: int
    own: int


Gaps = list[Gap]


def amount(
    gross: int | None,
    net: int | None,
    tax: wire.Tax,
    place: str,
    *,
    net_name: str = "withoutTax",
    gaps: Gaps | None = None,
    what: str = "",
) -> Amount:
    """Two of the three are enough, where external prices leave one out. Where they disagree the gross holds, and the
    gap is added to `gaps`. Raises DataFault: fewer than two, or a gap that nobody collects."""
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
        if gaps is None:
            problem = (
                f"is {gross}, and {net_name} {net} + tax {vat.amount} are {net + vat.amount}; both must be the same"
            )
            raise DataFault(at(place, "withTax"), problem)
        gaps.append(Gap(f"net and tax of {what}", gross, net + vat.amount))
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


def unit_price(price: wire.ItemPrice, place: str, *, gaps: Gaps | None = None, what: str = "") -> UnitPrice:
    """gaps: collects what does not close in the price of `what`."""
    gross = price.with_tax
    if gross is None and price.override_with_tax:  # 0 stands for "no override"
        gross = price.override_with_tax
    priced = amount(gross, price.without_tax, price.tax, place, gaps=gaps, what=what)
    paid, reduced = priced, price.absolute_voucher_reduced_price
    if reduced is not None:
        where = at(place, "absoluteVoucherReducedPrice")
        paid = amount(
            reduced.with_tax, reduced.without_tax, reduced.tax, where, net_name="withOutTax", gaps=gaps, what=what
        )
        if paid.gross > priced.gross or paid.net > priced.net:
            raise DataFault(at(where, "withTax"), f"must be at most the price {priced.gross}, was {paid.gross}")
    listed = price.undiscounted_without_tax
    return UnitPrice(
        max(listed if listed is not None else priced.net, priced.net), priced, paid, price.applied_reductions or ()
    )


def fee_amount(fee: wire.Fee, place: str, *, gaps: Gaps, what: str) -> Amount:
    return amount(fee.amount.with_tax, fee.amount.without_tax, fee.tax, at(place, "amount"), gaps=gaps, what=what)


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


def sum_gaps(parts: Amount, cost: wire.Cost, place: str, *, tolerance: int) -> Gaps:
    """Where the parts do not come to the order's cost. Raises DataFault when that is not told."""
    if cost.with_tax is None:
        raise DataFault(at(place, "withTax"), "is missing; the document must give it")
    if parts.gross != cost.with_tax:
        return [Gap("the sum of its units and fees", cost.with_tax, parts.gross)]
    vat = cost.tax.vat or wire.Vat()
    sums = (("net", cost.without_tax, parts.net), ("tax", vat.amount, parts.tax))
    return [
        Gap(f"the {name} of its units and fees", stated, own)
        for name, stated, own in sums
        if stated is not None and abs(stated - own) > tolerance
    ]
