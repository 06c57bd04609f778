"""The unit price that makes the ERP's own sum come to a line's net exactly (law L3).

The ERP reckons quantity × unit price, half-up to the smallest coin, and a unit price has only so many decimals. Where
no single price gives the net, the line goes as two of the same item at neighbouring prices. It is never approximated.

Why two always do, as long as a price may be as fine as a coin: with P the price cut down, some of the units at P and
the others one step dearer come to the net exactly before rounding. Only if both parts end on half a coin do they round
up together; one unit less at the dearer price then puts both on the right side.

An ERP that rounds tax per line taxes the two parts apart. So of all splits near that one the first is taken whose parts
are taxed like the whole; their prices may then be a few steps apart. There nearly always is one, and if there is none
the totals differ by a coin, which is found when they are compared.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from crossdock.model.money import down, half_up, step_of

NUDGES = sorted((*range(-40, 41), *range(-1000, 1001, 50)), key=abs)  # other cuts to try for the sake of the tax
GAPS = range(1, 9)  # and how many steps the two prices may then be apart


class Piece(NamedTuple):
    """So many stock units at that price each come to that net."""

    quantity: Decimal
    unit_price: Decimal
    net: Decimal


def fit_price(
    quantity: Decimal,
    net: Decimal,
    *,
    price_decimals: int,
    minor: int,
    asked: Decimal | None = None,
    fits: Callable[[tuple[Piece, ...]], bool] = lambda _: True,
) -> tuple[Piece, ...] | None:
    """One piece, or two; None when the ERP cannot come to this net at all.

    net: in whole coins, not negative; minor: decimals of a coin. asked: the price to keep if it gives the net.
    fits: what else pieces should satisfy, such as their tax; of several splits the first that does is taken.
    """
    for price in (asked, half_up(net / quantity, price_decimals)):
        if price is not None and (piece := _piece(quantity, price, minor)).net == net:
            return (piece,)
    nearest = None
    for pieces in _splits(quantity, net, price_decimals, minor):
        if fits(pieces):
            return pieces
        nearest = nearest or pieces
    return nearest


def _piece(quantity: Decimal, price: Decimal, minor: int) -> Piece:
    return Piece(quantity, price, half_up(quantity * price, minor))


def _splits(quantity: Decimal, net: Decimal, price_decimals: int, minor: int) -> Iterator[tuple[Piece, ...]]:
    """Splits that come to the net, first the one nearest to exact at neighbouring prices.

    Quantities are cut as fine as they came.
    """
    step, coin = step_of(price_decimals), step_of(minor)
    unit = step_of(max(0, -int(quantity.normalize().as_tuple().exponent)))
    cut = down(net / quantity, price_decimals)
    pairs = [(gap, low) for gap in GAPS for below in range(gap) if (low := cut - below * step) >= 0]
    # Some units at no price is the last resort: an ERP may take that for "ask the price list".
    for gap, low in sorted(pairs, key=lambda pair: pair[1] == 0):
        exact = (net - quantity * low) / (gap * step)
        for nudge in NUDGES:
            dear = down(exact / unit, 0) * unit + nudge * unit
            within_a_coin = abs(nudge) * unit * gap * step <= coin
            if within_a_coin and 0 < dear < quantity:
                pieces = (_piece(quantity - dear, low, minor), _piece(dear, low + gap * step, minor))
                if pieces[0].net + pieces[1].net == net:
                    yield pieces
