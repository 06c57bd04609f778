"""Weights and sizes from one unit into another, exactly."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

WEIGHTS: Mapping[str, Fraction] = {
    "MILLIGRAM": Fraction(1, 1_000_000),
    "GRAM": Fraction(1, 1000),
    "KILOGRAM": Fraction(1),
    "TON": Fraction(1000),
    "OUNCE": Fraction(28_349_523_125, 10**12),
    "POUND": Fraction(45_359_237, 10**8),
}
LENGTHS: Mapping[str, Fraction] = {
    "MILLIMETER": Fraction(1, 1000),
    "CENTIMETER": Fraction(1, 100),
    "DECIMETER": Fraction(1, 10),
    "METER": Fraction(1),
    "INCH": Fraction(254, 10_000),
    "FEET": Fraction(3048, 10_000),
    "YARD": Fraction(9144, 10_000),
}
PLACES = Decimal("0.0001")


def converted(amount: Decimal, unit: str, into: str) -> Decimal | None:
    """The same in another unit, to four places; None when one of the units is unknown or they measure other things."""
    for table in (WEIGHTS, LENGTHS):
        if unit.upper() in table and into.upper() in table:
            exact = Fraction(amount) * table[unit.upper()] / table[into.upper()]
            number = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(PLACES)
            return number.normalize() + 0 if number else Decimal(0)
    return None
