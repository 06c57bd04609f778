"""Prices in the currency's lowest denomination, gross first.

SCAYLE price calculator: `withoutTax = round(withTax / (1 + rate))` with the rate rounded to three decimals, and
`tax = withTax - withoutTax`. Ratios are decimals; nothing here is a float.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

THREE_PLACES = Decimal("0.001")
FOUR_PLACES = Decimal("0.0001")


def whole(amount: Decimal) -> int:
    """Minor units, halves away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def without_tax(gross: int, rate: Decimal) -> int:
    return whole(Decimal(gross) / (1 + rate.quantize(THREE_PLACES, rounding=ROUND_HALF_UP)))


@dataclass(frozen=True, slots=True)
class Taxed:
    """A gross amount in minor units and the VAT rate in it, as a fraction."""

    gross: int
    rate: Decimal

    @property
    def net(self) -> int:
        return without_tax(self.gross, self.rate)

    @property
    def tax(self) -> int:
        return self.gross - self.net


def share(part: int, of: int) -> Decimal:
    """part as a fraction of a whole, to four places; 0 of nothing."""
    if not of:
        return Decimal(0)
    return (Decimal(part) / of).quantize(FOUR_PLACES, rounding=ROUND_HALF_UP)


def percent_of(amount: int, percent: Decimal) -> int:
    return whole(Decimal(amount) * percent / 100)
