"""Inventory levels: the shop's rows → our stock targets, and our levels → its records. Pure."""

from decimal import Decimal
from fractions import Fraction

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes, reference, reference_id
from crossdock.connectors.orocommerce.mapping import fault_of
from crossdock.model.faults import DataFault
from crossdock.model.stock import StockLevel, StockTarget


def to_stock_target(record: Resource, included: Included, *, place: str = "data") -> StockTarget:
    """The SKU comes from the included product, unit and conversion from the included unit precision.

    Raises DataFault when they are not there, or when nobody said how many stock units one unit holds.
    """
    if record.get("type") != "inventorylevels":
        raise DataFault(f"{place}.type", f"must be 'inventorylevels', was {record.get('type')!r:.80}")
    level, problems = wire.read(wire.InventoryLevel, record, place)
    if level is None:
        raise fault_of(problems)
    product = _included(record, "product", included, place)
    precision = _included(record, "productUnitPrecision", included, place)
    sku = attributes(product).get("sku")
    if not isinstance(sku, str) or not sku:
        raise DataFault(f"included[products {product.get('id')}].attributes.sku", "is empty; a level needs its SKU")
    where = f"included[productunitprecisions {precision.get('id')}]"
    unit = reference_id(precision, "unit")
    if not unit:
        raise DataFault(f"{where}.relationships.unit", "is missing; a level needs its unit")
    stock_units = _stock_units(precision, product, where)
    return StockTarget(ref=str(record.get("id")), sku=sku, unit=unit, stock_units=stock_units, shown=level.quantity)


def to_level_record(level: StockLevel) -> Resource:
    """An absolute level as the shop takes it: whole numbers as numbers, others as text, exact."""
    whole = level.quantity == level.quantity.to_integral_value()
    quantity = int(level.quantity) if whole else format(level.quantity, "f")
    return {"type": "inventorylevels", "id": level.ref, "attributes": {"quantity": quantity}}


def shown_quantity(record: Resource) -> Decimal | None:
    """What a level's record says it holds; None when it does not say, or nothing readable."""
    level, _ = wire.read(wire.InventoryLevel, record, "data")
    return level.quantity if level else None


def is_untracked(record: Resource, included: Included) -> bool:
    """The product itself switches its inventory management off; a category's or the system's word is not asked."""
    product = included.get(reference(record, "product") or ("", ""), {})
    choice = attributes(included.get(reference(product, "manageInventory") or ("", ""), {}))
    return not choice.get("fallback") and choice.get("scalarValue") in ("0", 0, "", "false")


def _stock_units(precision: Resource, product: Resource, where: str) -> Fraction:
    found, problems = wire.read(wire.UnitPrecision, precision, where)
    if found is None:
        raise fault_of(problems)
    rate = found.conversion_rate
    if rate is None and reference_id(product, "primaryUnitPrecision") == str(precision.get("id")):
        rate = Decimal(1)
    if rate is None or rate <= 0:
        problem = f"must be above zero, was {'null' if rate is None else rate}"
        raise DataFault(f"{where}.attributes.conversionRate", problem)
    return Fraction(rate)


def _included(record: Resource, name: str, included: Included, place: str) -> Resource:
    key = reference(record, name)
    if key is None:
        raise DataFault(f"{place}.relationships.{name}", "is missing; the document must give it")
    if key not in included:
        said = f"{key[0]} {key[1]} is referenced by {place}.relationships.{name} and missing"
        raise DataFault("included", f"{said}; ask with include=product,productUnitPrecision")
    return included[key]
