"""What a storefront's price list should hold, reckoned from the ERP's. The store does the same sums in SQL, for any
number of prices at once; one property test holds them together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from crossdock.model.faults import InvalidValue
from crossdock.model.money import ROUNDING_RULES, minor_units
from crossdock.model.price import Price

ONE = Decimal(1)
FIRST, LAST = date.min, date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePolicy:
    """What is published. lists: the ERP's; none for all that are mapped. net: what the storefront's lists hold.

    rounding: a name in ROUNDING_RULES; decimals: of a published price, None for those of its currency's coin;
    decimals_max: as many as the storefront takes. unknown: what becomes of a price in a list that
    is fed, of a SKU the ERP does not hold. full_every_seconds: between two reads of what the storefront shows.
    Raises InvalidValue on a rule nobody wrote.
    """

    lists: tuple[str, ...] = ()
    net: bool = True
    rounding: str = "half-up"
    decimals: int | None = None
    decimals_max: int = 6
    unknown: str = "keep"
    full_every_seconds: float = 86_400

    def __post_init__(self) -> None:
        if self.rounding not in ROUNDING_RULES:
            raise InvalidValue(f"rounding: {self.rounding!r} is none of {', '.join(ROUNDING_RULES)}")

    def decimals_of(self, currency: str) -> int:
        return min(minor_units(currency) if self.decimals is None else self.decimals, self.decimals_max)

    def shown(self, price: Decimal, currency: str) -> Decimal:
        """A price as the storefront shows it."""
        return ROUNDING_RULES[self.rounding](price, self.decimals_of(currency))


def shown_prices(
    unit: str, units: Fraction, prices: Iterable[Price], *, today: date, policy: PricePolicy
) -> Mapping[Decimal, Decimal]:
    """Tier in the unit → price of one, for one item in one list and currency. A price of nought is no price to show.

    units: stock units in one `unit`. A price set for the very unit outranks those reckoned from the stock unit's.
    """
    there = _valid(prices, today)
    own = [one for one in there if one.unit == unit]
    fitting = own or [one for one in there if not one.unit or one.per == ONE]
    best: dict[Decimal, Price] = {}
    fitting.sort(key=lambda one: one.unit, reverse=True)  # of two for one break, the one for any unit
    for one in sorted(fitting, key=lambda one: one.quantity_from):
        best[tier(one.quantity_from, units)] = one  # of two breaks that meet in one tier, the later begins there too
    return {at: policy.shown(_exact(one, units), one.currency) for at, one in best.items()}


def tier(quantity_from: Decimal, units: Fraction) -> Decimal:
    """Where a break begins in a unit: at the first whole one that holds as many stock units. The first is one."""
    if quantity_from <= ONE:
        return ONE
    if units == 1:
        return quantity_from
    return Decimal(max(1, ceil(Fraction(quantity_from) / units)))


def _valid(prices: Iterable[Price], today: date) -> list[Price]:
    """Those that hold today; of several for one break, the one that began last."""
    newest: dict[tuple[str, Decimal], Price] = {}
    for one in sorted(prices, key=lambda one: one.valid_from or FIRST):
        if (one.valid_from or FIRST) <= today <= (one.valid_to or LAST):
            newest[one.unit, one.quantity_from] = one
    return list(newest.values())


def _exact(price: Price, units: Fraction) -> Decimal:
    """Of one unit. A third is cut far behind the last decimal that counts."""
    whole = Fraction(price.price) * units / Fraction(price.per)
    return Decimal(whole.numerator) / Decimal(whole.denominator)
