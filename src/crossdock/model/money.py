"""Money: an exact amount in a currency. Never a float; each rounding rule is one named function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import cache
from typing import Self

from babel.numbers import get_currency_precision, list_currencies

from crossdock.model.faults import InvalidValue

Rounding = Callable[[Decimal, int], Decimal]


def half_up(amount: Decimal, decimals: int) -> Decimal:
    """To `decimals` places, ties away from zero: how OroCommerce and Khaos Control round a line."""
    return amount.quantize(step_of(decimals), ROUND_HALF_UP)


def half_even(amount: Decimal, decimals: int) -> Decimal:
    """To `decimals` places, ties to the even digit: bankers' rounding."""
    return amount.quantize(step_of(decimals), ROUND_HALF_EVEN)


def down(amount: Decimal, decimals: int) -> Decimal:
    """To `decimals` places, towards zero: cut."""
    return amount.quantize(step_of(decimals), ROUND_DOWN)


ROUNDING_RULES: Mapping[str, Rounding] = {"half-up": half_up, "half-even": half_even, "down": down}


@cache
def step_of(decimals: int) -> Decimal:
    """The smallest step with that many decimals: 0.01 for 2."""
    return Decimal(1).scaleb(-decimals)


@cache
def minor_units(currency: str) -> int:
    """How many decimals the currency's smallest coin has (ISO 4217, by CLDR). Raises InvalidValue if there is none."""
    if currency not in list_currencies():
        raise InvalidValue(f"currency {currency!r} is no ISO 4217 code")
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency, exact. Adding two currencies is a mistake and raises InvalidValue."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        minor_units(self.currency)
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise InvalidValue(f"an amount must be a finite Decimal, was {self.amount!r}")

    def __add__(self, other: Self) -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.amount <= self._same(other)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:,.{minor_units(self.currency)}f} {self.currency}"

    def rounded(self, rule: Rounding = half_up) -> "Money":
        """To the currency's smallest coin."""
        return Money(rule(self.amount, minor_units(self.currency)), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise InvalidValue(f"cannot mix {self.currency} and {other.currency}")
        return other.amount


def allocate(
    total: Decimal,
    weights: Sequence[Decimal],
    *,
    decimals: int,
    cost: Callable[[int, Decimal], Decimal] | None = None,
) -> tuple[Decimal, ...]:
    """Split a total by weight so that the parts add up to it exactly, in steps of `decimals` places.

    Largest remainder: each part is cut down, then the missing steps go to the parts that lost most, first come first
    served. Weights must not be negative. When all are zero the whole total falls to the first part.
    cost: what is bad about part number n being that large. The missing steps then go where they cost least, of the
    parts that lost anything, and the largest remainder settles only what costs the same.
    Raises InvalidValue: no weights, a negative weight, or a total finer than `decimals`.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise InvalidValue("an allocation needs at least one weight and none below zero")
    step = step_of(decimals)
    if total % step:
        raise InvalidValue(f"{total} cannot be split in steps of {step}")
    whole = sum(weights)
    if not whole:
        return (total, *(Decimal(0) * step for _ in weights[1:]))
    exact = [abs(total) * weight / whole for weight in weights]
    parts = [down(part, decimals) for part in exact]
    missing = int((abs(total) - sum(parts)) / step)

    def rank(at: int) -> tuple[bool, Decimal, Decimal, int]:
        lost = exact[at] - parts[at]
        extra = cost(at, parts[at] + step) - cost(at, parts[at]) if cost else Decimal(0)
        return not lost, extra, -lost, at

    for at in sorted(range(len(parts)), key=rank)[:missing]:
        parts[at] += step
    return tuple(part.copy_sign(total) if part else part for part in parts)
