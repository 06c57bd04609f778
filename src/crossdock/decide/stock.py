"""What may be shown of the stock (law L4). The store does the same sums in SQL; one property test holds them together.

Shown at most: floor((figure − buffer − in flight) ÷ stock units in one unit), never below zero.

A shop keeps one level for each unit of an item, and for each pack that contains it, and takes an order off one of them
only. So that they cannot sell the same piece twice before anybody hears of it, each is given its share of the stock.
"""

from decimal import Decimal
from fractions import Fraction
from math import floor


def sellable(
    figure: Decimal | None,
    *,
    unlimited: bool,
    stock_units: Fraction,
    buffer: Decimal,
    in_flight: Decimal,
    unlimited_shown: Decimal,
    shares: int = 1,
) -> Decimal | None:
    """The level to show, in the target's unit; None when it is not known, which is not zero.

    figure, buffer, in_flight: in stock units. in_flight: what captured orders want that the figure does not hold yet.
    stock_units: in one unit of the target, above zero. unlimited: not stock controlled, so always to be had.
    shares: how many places sell from this stock.
    """
    if unlimited:
        return unlimited_shown
    if figure is None:
        return None
    free = Fraction(figure) - Fraction(buffer) - Fraction(in_flight)
    return Decimal(max(0, floor(free / shares / stock_units)))


def to_publish(
    computed: Decimal | None, last_published: Decimal | None, figure_age_seconds: float, stale_seconds: float
) -> Decimal | None:
    """The level to write now, or None for nothing. A stale figure may lower what is shown and never raise it."""
    if computed is None or computed == last_published:
        return None
    if figure_age_seconds > stale_seconds and (last_published is None or computed > last_published):
        return None
    return computed


def priority(old: Decimal | None, new: Decimal) -> int:
    """Lower goes first: falls before rises and first levels, and among each those to zero."""
    falls = old is not None and new < old
    return (0 if falls else 2) + (0 if new == 0 else 1)
