"""Conversion between the units of a measurement family."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from crossdock.sandbox.akeneo.errors import Json, invalid

STEPS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "mul": lambda a, b: a * b, "div": lambda a, b: a / b, "add": lambda a, b: a + b, "sub": lambda a, b: a - b,
}  # fmt: skip
UNDONE_BY = {"mul": "div", "div": "mul", "add": "sub", "sub": "add"}


def to_standard(family: Json, amount: Decimal, unit: str) -> Decimal:
    """`convert_from_standard` lists, despite its name, what turns the unit into the standard one."""
    for step in _steps(family, unit):
        amount = STEPS[step["operator"]](amount, Decimal(step["value"]))
    return amount


def in_unit(family: Json, amount: Decimal, unit: str, wanted: str) -> Decimal:
    """An amount in another unit of the family, to four decimals."""
    amount = to_standard(family, amount, unit)
    for step in reversed(_steps(family, wanted)):
        amount = STEPS[UNDONE_BY[step["operator"]]](amount, Decimal(step["value"]))
    return amount.quantize(Decimal("0.0001"))


def _steps(family: Json, unit: str) -> list[Json]:
    if unit not in family["units"]:
        raise invalid(f'The unit "{unit}" does not exist in the measurement family "{family["code"]}".')
    return list(family["units"][unit]["convert_from_standard"])
