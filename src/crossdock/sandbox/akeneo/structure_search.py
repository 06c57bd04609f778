"""`search` on families, attributes, categories and locales. Dates here are ISO 8601, unlike on products."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, invalid, php_type, plain
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.search import read_search
from crossdock.sandbox.akeneo.structure_kinds import Kind

Keep = Callable[[Pim, Json, Any], bool]


def find_rows(pim: Pim, kind: Kind, rows: list[Json], text: str | None) -> list[Json]:
    """The rows that fit every condition. Raises PimError."""
    if not text:
        return rows
    for name, conditions in read_search(text, refusal=400).items():
        for one in conditions:
            if one["operator"] not in kind.searchable.get(name, ()):
                told = f'Filter on property "{name}" is not supported or does not support operator "{one["operator"]}"'
                raise invalid(told)
            value = _checked(kind, name, one)
            keep = _KEEPS.get(name, _equal(name))
            rows = [row for row in rows if keep(pim, row, value)]
    return rows


def _checked(kind: Kind, name: str, condition: Json) -> Any:
    value = condition.get("value")
    if condition["operator"] == "IN" and not isinstance(value, list):
        noun = kind.noun.lower()
        text = f"In order to search on {noun} codes you must send an array of {noun} codes as value, "
        raise plain(400, f"{text}{php_type(value)} given. This value should be of type iterable.")
    if name == "updated":
        return iso_date(value)
    return value


def iso_date(text: Any) -> datetime:
    """A zoned ISO 8601 date. Raises the 422."""
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        at = None
    if at is None or at.tzinfo is None:
        raise invalid(f'Property "updated" expects a date in the ISO 8601 format, "{text}" given.')
    return at


def _equal(name: str) -> Keep:
    return lambda _, row, value: bool(row.get(name) == value)


def _has_products(pim: Pim, row: Json, value: Any) -> bool:
    return any(product.family == row["code"] for product in pim.products.values()) is bool(value)


_KEEPS: Mapping[str, Keep] = {
    "code": lambda _, row, value: row["code"] in value,
    "type": lambda _, row, value: row["type"] in value,
    "updated": lambda _, row, value: bool(row["~updated"] > value),
    "is_root": lambda _, row, value: (row["parent"] is None) is bool(value),
    "has_products": _has_products,
}
