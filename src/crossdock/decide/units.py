"""From the unit an item was ordered in to the unit the ERP counts in: exact, or a case."""

from decimal import Decimal
from fractions import Fraction

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import UNIT_QUANTITY_CONFLICT, UNIT_UNMAPPED
from crossdock.decide.words import plain
from crossdock.model.code_map import CodeMaps
from crossdock.model.sales_order import OrderLine


def stock_units_of(line: OrderLine, maps: CodeMaps) -> Fraction | Finding:
    """Stock units in one of the line's unit, as a person confirmed or the owning system declares them."""
    units = maps.stock_units(line.sku, line.unit)
    if units is None or units <= 0:
        return unit_unmapped(line.sku, line.unit)
    return units


def stock_quantity(line: OrderLine, units: Fraction, *, whole: bool) -> Decimal | Finding:
    """The line's quantity in stock units. whole: the ERP takes whole ones only."""
    over, under = line.quantity.as_integer_ratio()
    total = Fraction(over * units.numerator, under * units.denominator)
    if total.denominator == 1:
        return Decimal(total.numerator)
    if whole or not _is_decimal(total):
        unit = line.unit or "(none)"
        problem = f"{plain(line.quantity)} of them come to {total} stock units, which is not a whole number"
        return UNIT_QUANTITY_CONFLICT.about(f"{line.sku}/{unit}", sku=line.sku, unit=unit, problem=problem)
    return Decimal(total.numerator) / Decimal(total.denominator)


def unit_unmapped(sku: str, unit: str) -> Finding:
    unit = unit or "(none)"
    return UNIT_UNMAPPED.about(f"{sku}/{unit}", sku=sku, unit=unit)


def unit_conflict(sku: str, unit: str, *, declared: Decimal, listed: Decimal) -> Finding:
    """declared: stock units in one by the storefront's word; listed: by the ERP's."""
    problem = f"the storefront counts {plain(declared)} stock units in one, the ERP {plain(listed)}"
    return UNIT_QUANTITY_CONFLICT.about(f"{sku}/{unit}", sku=sku, unit=unit, problem=problem)


def _is_decimal(number: Fraction) -> bool:
    """It can be written down with finitely many decimals: a third cannot."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
