"""Khaos Control's sums: half a penny goes up, the discount is a percent, tax is worked out per line."""

from dataclasses import dataclass
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Amount:
    """A net figure and its tax, both in whole pence."""

    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax


def pence(value: Decimal) -> Decimal:
    return value.quantize(PENNY, ROUND_HALF_UP)


def list_pence(value: Decimal) -> Decimal:
    """Calculated list prices drop the half penny: 4.41 at 50 % is 2.20."""
    return value.quantize(PENNY, ROUND_HALF_DOWN)


def from_net(net: Decimal, percent: Decimal) -> Amount:
    return Amount(net, pence(net * percent / HUNDRED))


def from_gross(gross: Decimal, percent: Decimal) -> Amount:
    net = pence(gross * HUNDRED / (HUNDRED + percent))
    return Amount(net, gross - net)


def line_amount(quantity: Decimal, price: Decimal, *, is_net: bool, discount: Decimal, percent: Decimal) -> Amount:
    """discount and percent (of tax) in percent; price is for one, net or gross as `is_net` says."""
    total = pence(quantity * price)
    if discount:
        total = pence(total * (HUNDRED - discount) / HUNDRED)
    return from_net(total, percent) if is_net else from_gross(total, percent)
