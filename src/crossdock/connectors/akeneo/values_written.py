"""Attribute values as a request holds them, and whether two values say the same.

Numbers are taken as such and as text. Source: Akeneo REST API, "The values" (concepts/products).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import unquote

from crossdock.connectors.akeneo.value_readers import Wrong

MEDIA_URL = re.compile(r"https?://[^/]+(?:/[^?#]*?)??/api/rest/v1/(?:asset-)?media[-_]files/([^?#]+?)(?:/download)?")


def to_wire(data: Any, place: str = "") -> Any:
    """Our value as a request holds it: whole numbers as such, fractions as text, a media address as its code.

    Raises Wrong for what the PIM has no way to hold.
    """
    if data is None or isinstance(data, bool):
        return data
    if isinstance(data, str):
        media = MEDIA_URL.fullmatch(data)
        return unquote(media[1]) if media else data
    if isinstance(data, Decimal | int):
        return _number_to_wire(Decimal(data), place)
    if isinstance(data, date):
        return data.isoformat()
    if isinstance(data, Mapping):
        if data.keys() == {"code", "urls"}:  # an asset as we read it
            return to_wire(data["code"], place)
        return {str(key): to_wire(value, f"{place}.{key}") for key, value in data.items()}
    if isinstance(data, Sequence):
        return [to_wire(value, f"{place}[{at}]") for at, value in enumerate(data)]
    raise Wrong(f"a {type(data).__name__} has no place in a value", place)


def _number_to_wire(number: Decimal, place: str) -> int | str:
    if not number.is_finite() or abs(number.adjusted()) > 40:
        raise Wrong(f"{number} is no number that can be written", place)
    whole = number == number.to_integral_value()
    return int(number) if whole and abs(number) < 10**15 else format(number, "f")


def alike(one: Any, other: Any) -> bool:
    """Whether two values say the same, however they are written: 12.5 and "12.5000", options in another order."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(value, other[key]) for key, value in one.items())
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(alike, _sorted(one), _sorted(other)))
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, Decimal) or isinstance(other, Decimal):
        try:
            return Decimal(one) == Decimal(other)
        except (InvalidOperation, TypeError, ValueError):
            return False
    return one.strip() == other.strip() if isinstance(one, str) and isinstance(other, str) else bool(one == other)


def _sorted(values: Iterable[Any]) -> list[Any]:
    return sorted(values, key=lambda one: str(one.get("currency", one) if isinstance(one, Mapping) else one))
