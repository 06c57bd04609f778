"""JSON as it was written: numbers exact, and nothing in it that JSON does not have.

Source: Akeneo REST API, "Values" and "Update behaviour": amounts come as text, whole numbers or fractions.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import orjson

from crossdock.connectors import exact_json

DIGITS_MAX = 60
EXPONENT_MAX = 60


class Malformed(ValueError):
    """Bytes that are no usable JSON document. The text says why."""


def parse(raw: bytes) -> Any:
    """Fractions are Decimals, whole numbers int (a Decimal beyond 64 bits). Raises Malformed."""
    try:
        return exact_json.loads(raw, fraction=_fraction, whole=_whole)
    except ValueError as error:
        raise Malformed(f"no whole JSON document: {error}") from error


def lines(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """(number from 1, bytes) of each line that is not empty."""
    for at, line in enumerate(raw.split(b"\n"), 1):
        if line.strip():
            yield at, line


def dump(value: Any) -> bytes:
    """The document again, every number in the digits it came in."""
    return orjson.dumps(value, default=_digits)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def _fraction(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > DIGITS_MAX or abs(number.adjusted()) > EXPONENT_MAX:
        raise Malformed(f"a number of {len(text)} characters, {text:.20}…, is none that anything is measured in")
    return number


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) <= 18 else _fraction(text)
