"""Figures as people read them in a case."""

from decimal import Decimal

from crossdock.model.money import minor_units


def plain(number: Decimal) -> str:
    """Without exponent and trailing zeros: 12, 0.5."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: Decimal, currency: str) -> str:
    """To the currency's smallest coin, or as fine as the figure is: 1,234.50 GBP, 0.0125 GBP."""
    exponent = value.normalize().as_tuple().exponent
    finer = -exponent if isinstance(exponent, int) else 0
    return f"{value:,.{max(minor_units(currency), finer)}f} {currency}"
