"""How things are said in a handbook: lengths of time, values of settings, roles."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
ROLES: Mapping[str, str] = {
    "storefront": "the storefront", "erp": "the ERP", "pim": "the PIM", "retail_stock": "the shops' stock system",
    "retail": "the shops' stock system",
}  # fmt: skip


def length(seconds: float) -> str:
    """90 → 90 seconds, 300 → 5 minutes, 86400 → 1 day: in the largest unit that it is a whole number of."""
    for per, unit in UNITS:
        if seconds >= per and seconds % per == 0:
            count = int(seconds // per)
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds:g} seconds"


def every(seconds: float) -> str:
    """86400 → every day, 300 → every 5 minutes."""
    said = length(seconds)
    return f"every {said.removeprefix('1 ')}"


def number(value: float | Decimal) -> str:
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, Decimal) and "." in f"{value:f}" else f"{value:g}"


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | tuple | list | Mapping) and not value)


def value_text(value: Any) -> str:
    """A value of a setting as somebody would write it; "not set" for none."""
    if is_empty(value):
        return "not set"
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case float() | Decimal():
            return number(value)
        case datetime() | time():
            return value.isoformat()
        case BaseModel():
            said = {name: getattr(value, name) for name in type(value).model_fields}
            return ", ".join(f"{name} {value_text(one)}" for name, one in said.items() if not is_empty(one))
        case Mapping():
            return "; ".join(f"{name} → {value_text(one) if one != '' else 'nothing'}" for name, one in value.items())
        case list() | tuple() | set() | frozenset():
            return ", ".join(value_text(one) for one in value)
    return str(value)
