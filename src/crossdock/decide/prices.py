"""Is the price the agreed one?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import PRICE_CONFLICT, PRICE_ZERO
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.price_lists import FIRST, LAST, PricePolicy
from crossdock.decide.words import amount
from crossdock.model.money import half_up
from crossdock.model.price import Price
from crossdock.model.sales_order import OrderLine

FINE = 9  # decimals: a third of a price, times three, is the price again


def check_zero(line: OrderLine, net: Decimal, policy: OrderPolicy) -> Finding | None:
    """net: of the line after its own discount, in whole coins. Given away is given away, whatever the price was."""
    if net or policy.zero_price == "allow":
        return None
    return PRICE_ZERO.about(line.sku, sku=line.sku)


def check_price(
    line: OrderLine, units: Fraction, agreed: Decimal | None, currency: str, policy: OrderPolicy
) -> Finding | None:
    """Compare with the ERP's list, per stock unit, before discounts. units: stock units in one of the line's unit.

    agreed: net per stock unit. What is not listed cannot be compared and passes. Where prices are published, the one
    that was made of it is right to the last decimal, however it was rounded.
    """
    if agreed is None or policy.price_check != "hold":
        return None
    if policy.published is not None and line.unit_price == _published(agreed, units, currency, policy.published):
        return None
    asked = price_per_stock_unit(line, units, policy.price_decimals)
    if abs(asked - half_up(agreed, policy.price_decimals)) <= policy.price_tolerance:
        return None
    return PRICE_CONFLICT.about(
        line.sku, sku=line.sku, storefront_price=amount(asked, currency), erp_price=amount(agreed, currency)
    )


def _published(agreed: Decimal, units: Fraction, currency: str, how: PricePolicy) -> Decimal:
    return how.shown(half_up(agreed * units.numerator / units.denominator, FINE), currency)


def agreed_price(prices: Sequence[Price], line: OrderLine, units: Fraction, day: date) -> Decimal | None:
    """What the ERP lists for a line, net per stock unit; None when it lists nothing.

    prices: of the line's item, those of the first list first; the first that has one for its quantity and day counts,
    and there the one for its very unit. units: stock units in one of the line's unit.
    """
    quantity = max(Fraction(line.quantity) * units, Fraction(1))
    for name in dict.fromkeys(one.price_list for one in prices):
        fitting = [one for one in prices if one.price_list == name and _fits(one, line.unit, quantity, day)]
        if fitting:
            best = max(fitting, key=lambda one: (one.unit == line.unit, one.quantity_from, one.valid_from or FIRST))
            return _net(best)
    return None


def _fits(price: Price, unit: str, quantity: Fraction, day: date) -> bool:
    holds = price.unit in ("", unit) or price.per == 1
    valid = (price.valid_from or FIRST) <= day <= (price.valid_to or LAST)
    return holds and valid and price.price > 0 and Fraction(price.quantity_from) <= quantity


def _net(price: Price) -> Decimal:
    each = price.price / price.per
    return each if price.is_net else each / (1 + (price.tax_percent or Decimal(0)) / 100)


def price_per_stock_unit(line: OrderLine, units: Fraction, decimals: int) -> Decimal:
    return half_up(line.unit_price * units.denominator / units.numerator, decimals)
