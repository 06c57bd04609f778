"""Canonical values as JSON and back. Decimals and fractions are text, times ISO 8601 with their zone."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

import orjson
from pydantic import TypeAdapter

T = TypeVar("T")
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def dumps(value: Any, *, pretty: bool = False) -> bytes:
    """Any canonical value (or a list or dict of them) as JSON."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_INDENT_2 if pretty else None)


def loads(kind: type[T], raw: str | bytes) -> T:
    """A canonical value from its JSON. Raises pydantic.ValidationError when it is no such thing."""
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = TypeAdapter(kind)
    value: T = adapter.validate_json(raw)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
