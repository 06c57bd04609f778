"""Products and product models: what the PIM says → what we understand. Pure. Changes are in `mapping_changes`.

Source: Akeneo REST API, "Products", "Product models".
"""

from collections.abc import Mapping
from typing import Any

from crossdock.connectors.akeneo import wire
from crossdock.connectors.akeneo.value_readers import Cell, Wrong
from crossdock.connectors.akeneo.values import Reading, pick
from crossdock.model.catalogue import AttributeValue, Product, ProductModel

DEFAULT = Reading()


def to_values(found: Mapping[str, list[wire.Cell]], reading: Reading, place: str, problems: wire.Problems
              ) -> tuple[AttributeValue, ...]:  # fmt: skip
    """The values that are wanted, in the order they came. What cannot be read is added to `problems`."""
    values = []
    for attribute, cells in found.items():
        for at, one in enumerate(cells):
            locale, channel = one.locale or "", one.scope or one.channel or ""
            if one.data is None or not reading.wanted(locale, channel):
                continue
            try:
                data = reading.read(attribute, to_cell(one))
            except Wrong as wrong:
                where = f"values.{attribute}[{at}].data{wrong.place}"
                problems.append((wire.joined(place, where), wrong.problem))
            else:
                values.append(AttributeValue(attribute=attribute, data=data, locale=locale, channel=channel))
    return tuple(values)


def to_cell(one: wire.Cell) -> Cell:
    return Cell(data=one.data, kind=one.attribute_type or "", links=one.links, linked=one.linked_data)


def to_product(record: Any, reading: Reading = DEFAULT, *, place: str = "") -> Product:
    """Raises DataFault with all that is wrong, named by place."""
    found = wire.take(wire.Product, record, place)
    problems: wire.Problems = []
    values = to_values(found.values, reading, place, problems)
    key = key_of(found, reading)
    if not key:
        wanted = "identifier" if reading.key == "identifier" else "uuid"
        problems.append((wire.joined(place, wanted), "is missing; a product must have a key"))
    sku = _text_of(values, reading.sku_attribute, reading, place, problems) or found.identifier or ""
    name = _text_of(values, reading.name_attribute, reading, place, problems)
    if problems:
        raise wire.fault_of(problems)
    return Product(
        key=key,
        sku=sku,
        enabled=found.enabled,
        family=found.family or "",
        parent=found.parent or "",
        categories=tuple(found.categories),
        values=values,
        name=name,
        created_at=found.created,
        updated_at=found.updated,
    )


def key_of(found: wire.Product, reading: Reading) -> str:
    chosen = {"uuid": found.uuid, "identifier": found.identifier, "auto": found.uuid or found.identifier}
    return chosen[reading.key] or ""


def _text_of(values: tuple[AttributeValue, ...], attribute: str, reading: Reading, place: str,
             problems: wire.Problems) -> str:  # fmt: skip
    value = pick(values, attribute, reading)
    if value is None or isinstance(value.data, str):
        return value.data if value else ""
    where = wire.joined(place, f"values.{attribute}")
    problems.append((where, f"must be text, because a setting names it; was {value.data!r:.80}"))
    return ""


def to_product_model(record: Any, reading: Reading = DEFAULT, *, place: str = "") -> ProductModel:
    """Raises DataFault with all that is wrong, named by place."""
    found = wire.take(wire.ProductModel, record, place)
    problems: wire.Problems = []
    values = to_values(found.values, reading, place, problems)
    if problems:
        raise wire.fault_of(problems)
    return ProductModel(
        code=found.code,
        family=found.family,
        family_variant=found.family_variant,
        parent=found.parent or "",
        categories=tuple(found.categories),
        values=values,
        created_at=found.created,
        updated_at=found.updated,
    )


def key_in(record: Any, *names: str) -> str:
    """The first of these keys that a record has, however broken the rest of it is."""
    found = (record.get(name) for name in names) if isinstance(record, dict) else iter(())
    return next((value for value in found if isinstance(value, str) and value), "")


def label_in(record: Any, reading: Reading) -> str:
    """The SKU of a record that may be broken, for a person to see; "" when it shows none."""
    try:
        cell = record["values"][reading.sku_attribute][0]["data"]
    except (KeyError, IndexError, TypeError):
        cell = None
    return cell if isinstance(cell, str) and cell else key_in(record, "identifier")
