"""What a unit costs and what the order comes to.

Reductions are taken in the order sale, campaign, promotion, voucher. An absolute voucher is the order's, and is loaded
whole on the dearest unit so that the units add up to the order's total (SCAYLE docs, Price Calculator and Vouchers).
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.money import THREE_PLACES, Taxed, percent_of, share, whole, without_tax
from crossdock.sandbox.scayle.records import Price, Voucher
from crossdock.sandbox.scayle.sales import Order, Reduction, Unit


def start_price(price: Price) -> tuple[int, int, list[Reduction]]:
    """Undiscounted price, price to go on from, and the sale between them."""
    if price.old_price is None or price.old_price <= price.price:
        return price.price, price.price, []
    off = price.old_price - price.price
    return price.old_price, price.price, [Reduction("sale", "absolute", off, share(off, price.old_price))]


def reduce(unit: Unit, category: str, percent: Decimal, *, code: str | None = None, name: str | None = None) -> None:
    """Take a percentage off what the unit costs by now."""
    off = percent_of(unit.gross, percent)
    unit.reductions.append(Reduction(category, "relative", off, percent / 100, code, name))
    unit.gross -= off


def apply_voucher(order: Order, voucher: Voucher) -> None:
    """A relative voucher takes from every unit; an absolute one is loaded on the dearest, at most to nothing."""
    applied: set[str] = set()
    if voucher.kind == "relative":
        for unit in order.units:
            reduce(unit, "voucher", voucher.value * 100, code=voucher.code)
            applied.add(unit.key)
    elif order.units:
        dearest = max(order.units, key=lambda unit: (unit.gross, -unit.id))
        before = order.gross
        off = min(int(voucher.value), dearest.gross)
        dearest.voucher_gross = dearest.gross - off
        order.reductions.append(Reduction("voucher", "absolute", off, share(off, before), voucher.code))
        applied.add(dearest.key)
    order.vouchers.append(_voucher_row(order, voucher, applied))


def _voucher_row(order: Order, voucher: Voucher, applied: set[str]) -> Json:
    """`value` is minor units for an absolute voucher; a relative one's scale is not published: per cent × 100."""
    value = int(voucher.value) if voucher.kind == "absolute" else int(voucher.value * 10_000)
    return {
        "id": order.id - 879_000,
        "voucherId": voucher.id,
        "code": voucher.code,
        "type": voucher.kind,
        "value": value,
        "applicableItems": [{"key": unit.key, "isApplied": unit.key in applied} for unit in order.units],
    }


def shipping_rate(units: Sequence[Unit], country_rate: Decimal, how: str) -> Decimal:
    """VAT on the delivery costs: the country's rate, or the basket's rates weighted by net shares to three places."""
    net = sum(unit.price.net for unit in units)
    if how == "country" or not net:
        return country_rate
    weighted = sum((unit.rate * unit.price.net for unit in units), Decimal(0)) / net
    return weighted.quantize(THREE_PLACES, rounding=ROUND_HALF_UP)


def order_net(order: Order) -> int:
    """v1 adds up the lines' rounded nets; the deprecated calculator adds up gross by rate, then rounds."""
    lines = [*(unit.final for unit in order.units), *(fee.amount for fee in order.fees)]
    if order.calculator == "v1":
        return sum(line.net for line in lines)
    by_rate: dict[Decimal, int] = defaultdict(int)
    for line in lines:
        by_rate[line.rate] += line.gross
    return sum(without_tax(gross, rate) for rate, gross in by_rate.items())


def taxed(gross: int, percent: Decimal) -> Taxed:
    return Taxed(gross, percent / 100)


def minor(amount: Decimal) -> int:
    """Minor units of a currency with two decimals."""
    return whole(amount * 100)
