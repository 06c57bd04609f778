"""Kinds of text and number that settings share."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, PlainSerializer, WithJsonSchema

from crossdock.model.faults import InvalidValue
from crossdock.model.money import minor_units

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_EXACT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12}|/[0-9]{1,12})?\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d")


def _slug(name: str) -> str:
    if not _SLUG.match(name) or len(name) > 40:
        raise ValueError("must be a short lower-case name like oro-khaos: letters, digits and single hyphens")
    return name


def _currency(code: str) -> str:
    try:
        minor_units(code)
    except InvalidValue:
        raise ValueError("must be currency codes of ISO 4217, like GBP") from None
    return code


def _exact(value: Any) -> Fraction:
    """12, "0.5" or "1/3", and nothing that is nearly so."""
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        written = str(value)
    else:
        written = value if isinstance(value, str) else ""
    if not _EXACT.match(written) or "/0" in written or not (exact := Fraction(written)):
        raise ValueError('must be exact and above zero: 12, 0.5 or "1/3"')
    return exact


def _time(value: Any) -> Any:
    if isinstance(value, str) and not _TIME.match(value):
        raise ValueError("must be a time with its zone, like 2026-01-31T09:00:00Z")
    return value


Slug = Annotated[str, AfterValidator(_slug), WithJsonSchema({"type": "string", "pattern": f"^{_SLUG.pattern[:-2]}$"})]

Currency = Annotated[str, AfterValidator(_currency)]

Exact = Annotated[
    Fraction,
    BeforeValidator(_exact),
    PlainSerializer(str),
    WithJsonSchema({"type": ["number", "string"], "pattern": f"^{_EXACT.pattern[:-2]}$", "exclusiveMinimum": 0}),
]

Moment = Annotated[AwareDatetime, BeforeValidator(_time)]
