"""From the unit an item was ordered in to the unit the ERP counts in: exact, or a case."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import UNIT_QUANTITY_CONFLICT, UNIT_UNMAPPED
from crossdock.decide.policy import OrderPolicy
from crossdock.decide.words import plain
from crossdock.model.code_map import CodeMaps
from crossdock.model.sales_order import OrderLine
from crossdock.model.stock import ItemUnit, StockItem

UNKNOWN = StockItem(code="", item_id="")


def item_key(line: OrderLine, policy: OrderPolicy) -> str:
    """What a line's stock item is known by: its SKU, and its unit where every unit has a stock code of its own."""
    return f"{line.sku}/{line.unit}" if policy.coded else line.sku


def stock_units_of(
    line: OrderLine, item: StockItem | None, maps: CodeMaps, declared: Mapping[str, Fraction], policy: OrderPolicy
) -> Fraction | Finding:
    """Stock units of its item in one of the line's unit, confirmed. declared: the storefront's word, by "SKU/unit"."""
    key = f"{line.sku}/{line.unit}"
    units = units_in(
        line.sku, line.unit, item or UNKNOWN, own=maps.unit.get(key), every=maps.unit.get(line.unit),
        declared=declared.get(key), trusted=policy.unit_source == "storefront", coded=policy.coded,
    )  # fmt: skip
    if isinstance(units, Fraction) and units <= 0:
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


def units_in(
    sku: str,
    unit: str,
    item: StockItem,
    *,
    own: Fraction | None,
    every: Fraction | None,
    declared: Fraction | None,
    trusted: bool,
    coded: bool = False,
) -> Fraction | Finding:
    """Stock units of `item` in one `unit` of a SKU, where that is confirmed; the store says the same in SQL.

    own, every: a person's word, on this very SKU or on the unit whatever the SKU. declared: the storefront's, which
    counts where it is trusted and nobody else says any, and stands against the ERP's list where that says otherwise.
    coded: every unit has a stock code of its own, which `item` is, so that one is one.
    A unit that the ERP's item does not list is confirmed only by a person; one it lists unconfirmed, only for the SKU.
    """
    if own is not None:
        return Fraction(1) if coded else own
    if item.units:
        return _as_listed(sku, unit, item, every=every, declared=declared, coded=coded)
    if coded:
        return Fraction(1)
    said = declared if trusted and declared is not None else every
    return unit_unmapped(sku, unit) if said is None else said


def _as_listed(
    sku: str, unit: str, item: StockItem, *, every: Fraction | None, declared: Fraction | None, coded: bool
) -> Fraction | Finding:
    code = item.code.lower()
    found = [one for one in _by_name(item.units) if (one.sku.lower() == code if coded else one.unit == unit)]
    if len(found) != 1:
        return unit_unmapped(sku, unit) if coded or every is None else every
    holds = found[0].base_quantity if coded else _holds(found[0], code)
    if holds is None or not found[0].confirmed:
        return unit_unmapped(sku, unit)
    if declared is not None and declared != Fraction(holds):
        return unit_conflict(sku, unit, declared=declared, listed=holds)
    return Fraction(1) if coded else Fraction(holds)


def _by_name(units: Sequence[ItemUnit]) -> list[ItemUnit]:
    """Each name once. One that is listed twice, and not alike, is not confirmed."""
    named: dict[str, list[ItemUnit]] = {}
    for one in units:
        named.setdefault(one.unit, []).append(one)
    found = []
    for name, several in named.items():
        alike = {(one.sku.lower(), one.base_sku.lower(), one.base_quantity) for one in several}
        sku, base, quantity = (min(column) for column in zip(*alike, strict=True))
        sure = len(alike) == 1 and all(one.confirmed for one in several)
        found.append(ItemUnit(unit=name, sku=sku, base_sku=base, base_quantity=quantity, confirmed=sure))
    return found


def _holds(unit: ItemUnit, code: str) -> Decimal | None:
    """Stock units of that code in one; None when it is made of another."""
    if unit.sku.lower() == code:
        return Decimal(1)
    return unit.base_quantity if unit.base_sku.lower() == code else None


def unit_unmapped(sku: str, unit: str) -> Finding:
    unit = unit or "(none)"
    return UNIT_UNMAPPED.about(f"{sku}/{unit}", sku=sku, unit=unit)


def unit_conflict(sku: str, unit: str, *, declared: Fraction, listed: Decimal) -> Finding:
    """declared: stock units in one by the storefront's word; listed: by the ERP's."""
    problem = f"the storefront counts {declared} stock units in one, the ERP {plain(listed)}"
    return UNIT_QUANTITY_CONFLICT.about(f"{sku}/{unit}", sku=sku, unit=unit, problem=problem)


def _is_decimal(number: Fraction) -> bool:
    """It can be written down with finitely many decimals: a third cannot."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1
