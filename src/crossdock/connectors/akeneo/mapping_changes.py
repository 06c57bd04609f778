"""Changes to products and product models ↔ the body of a PATCH. Pure.

A body names only what it changes; values are merged cell by cell, and a cell whose data is null is emptied.
Source: Akeneo REST API, "Update behaviour", "Products", "Product models".
"""

from collections.abc import Mapping
from typing import Any, Literal

from crossdock.connectors.akeneo import wire
from crossdock.connectors.akeneo.mapping import DEFAULT, to_cell
from crossdock.connectors.akeneo.value_readers import Wrong
from crossdock.connectors.akeneo.values import Reading
from crossdock.connectors.akeneo.values_written import to_wire
from crossdock.model.catalogue import AttributeValue, Product, ProductChange, ProductModel, ProductModelChange
from crossdock.model.faults import Unsupported

By = Literal["uuid", "identifier"]


def to_product_change(record: Any, reading: Reading = DEFAULT, *, place: str = "") -> ProductChange:
    """A request body. The SKU stands among its values, or in `identifier`."""
    found = wire.take(wire.ProductPatch, record, place)
    given = found.model_fields_set
    values = _changed(found.values, reading, place)
    named = next((value for value in values if _is_sku(value, reading)), None)
    return ProductChange(
        key=found.uuid or "",
        sku=named.data if named else found.identifier or "",
        enabled=found.enabled if "enabled" in given else None,
        family=(found.family or "") if "family" in given else None,
        parent=(found.parent or "") if "parent" in given else None,
        categories=tuple(found.categories) if "categories" in given else None,
        values=tuple(value for value in values if value is not named),
    )


def _is_sku(value: AttributeValue, reading: Reading) -> bool:
    plain = not value.locale and not value.channel
    return value.attribute == reading.sku_attribute and plain and isinstance(value.data, str) and bool(value.data)


def to_product_model_change(record: Any, reading: Reading = DEFAULT, *, place: str = "") -> ProductModelChange:
    found = wire.take(wire.ProductModelPatch, record, place)
    given = found.model_fields_set
    return ProductModelChange(
        code=found.code,
        family_variant=(found.family_variant or "") if "family_variant" in given else None,
        parent=(found.parent or "") if "parent" in given else None,
        categories=tuple(found.categories) if "categories" in given else None,
        values=_changed(found.values, reading, place),
    )


def _changed(found: Mapping[str, list[wire.Cell]], reading: Reading, place: str) -> tuple[AttributeValue, ...]:
    problems: wire.Problems = []
    values = []
    for attribute, cells in found.items():
        for at, one in enumerate(cells):
            data = None
            try:
                data = None if one.data is None else reading.read(attribute, to_cell(one))
            except Wrong as wrong:
                where = f"values.{attribute}[{at}].data{wrong.place}"
                problems.append((wire.joined(place, where), wrong.problem))
            channel = one.scope or one.channel or ""
            values.append(AttributeValue(attribute=attribute, data=data, locale=one.locale or "", channel=channel))
    if problems:
        raise wire.fault_of(problems)
    return tuple(values)


def product_body(change: ProductChange, reading: Reading = DEFAULT, *, by: By = "uuid", key: str = "",
                 name_sku: bool = True) -> dict[str, Any]:  # fmt: skip
    """The body of a PATCH. key: instead of the change's own. name_sku: also say the SKU, as for a new product.

    Raises Unsupported.
    """
    if by == "identifier":
        wanted = key or change.key or change.sku
        if not wanted:
            raise Unsupported("sku", "is empty; this PIM knows products by their identifier")
        body: dict[str, Any] = {"identifier": wanted}
    else:
        body = {"uuid": key or change.key} if key or change.key else {}
    if change.enabled is not None:
        body["enabled"] = change.enabled
    if change.family is not None:
        body["family"] = change.family or None
    body |= _common(change.parent, change.categories)
    values = change.values
    if name_sku and by == "uuid" and change.sku:
        values = _with_sku(change, reading)
    return body | _values_body(values)


def _with_sku(change: ProductChange, reading: Reading) -> tuple[AttributeValue, ...]:
    for at, value in enumerate(change.values):
        if value.attribute == reading.sku_attribute and not value.locale and not value.channel:
            if value.data != change.sku:
                raise Unsupported(f"values[{at}]", f"says another SKU than the change, which is of {change.sku!r}")
            return change.values
    return (*change.values, AttributeValue(attribute=reading.sku_attribute, data=change.sku))


def product_model_body(change: ProductModelChange) -> dict[str, Any]:
    """The body of a PATCH. Raises Unsupported."""
    if not change.code:
        raise Unsupported("code", "is empty; a product model must have one")
    body: dict[str, Any] = {"code": change.code}
    if change.family_variant is not None:
        body["family_variant"] = change.family_variant or None
    return body | _common(change.parent, change.categories) | _values_body(change.values)


def _common(parent: str | None, categories: tuple[str, ...] | None) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if parent is not None:
        body["parent"] = parent or None
    if categories is not None:
        body["categories"] = list(categories)
    return body


def _values_body(values: tuple[AttributeValue, ...]) -> dict[str, Any]:
    cells: dict[str, list[dict[str, Any]]] = {}
    seen = set()
    for at, value in enumerate(values):
        cell = (value.attribute, value.locale, value.channel)
        if cell in seen:
            raise Unsupported(
                f"values[{at}]", f"says {value.attribute!r} a second time for the same locale and channel"
            )
        seen.add(cell)
        try:
            data = to_wire(value.data)
        except Wrong as wrong:
            raise Unsupported(f"values[{at}].data{wrong.place}", wrong.problem) from wrong
        where = {"locale": value.locale or None, "scope": value.channel or None}
        cells.setdefault(value.attribute, []).append({**where, "data": data})
    return {"values": cells} if cells else {}


def change_of(product: Product) -> ProductChange:
    """Everything a product says, as one change: for a PIM that does not have it yet."""
    return ProductChange(
        key=product.key,
        sku=product.sku,
        enabled=product.enabled,
        family=product.family,
        parent=product.parent,
        categories=product.categories,
        values=product.values,
    )


def change_of_model(model: ProductModel) -> ProductModelChange:
    return ProductModelChange(
        code=model.code,
        family_variant=model.family_variant,
        parent=model.parent,
        categories=model.categories,
        values=model.values,
    )
