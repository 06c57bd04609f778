"""Attribute values: what OroCommerce accepts for each kind and how it writes it back."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from crossdock.sandbox.orocommerce.errors import NOT_VALID

FOUR_PLACES = Decimal("0.0001")
TWO_PLACES = Decimal("0.01")
TEN_PLACES = Decimal("0.0000000001")
ZERO = Decimal(0)
LARGEST = Decimal("999999999999999.9999")


class BadValueError(ValueError):
    """A value its attribute cannot hold. title and detail go to the wire."""

    def __init__(self, detail: str = NOT_VALID, title: str = "form constraint") -> None:
        super().__init__(detail)
        self.detail = detail
        self.title = title


def money(value: Decimal) -> str:
    """Money and most decimals are strings with four decimals: "15.7000"."""
    return format(value.quantize(FOUR_PLACES, ROUND_HALF_UP), "f")


def pence(value: Decimal) -> Decimal:
    """Half-up to two decimals: the rounding of every tax amount."""
    return value.quantize(TWO_PLACES, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A decimal without padding: "10", "12.345", "0"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def number(value: Any) -> Decimal:
    """A number or a numeric string. Raises BadValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadValueError
    try:
        parsed = Decimal(str(value).strip())
    except InvalidOperation:
        raise BadValueError from None
    if not parsed.is_finite() or abs(parsed) > LARGEST:
        raise BadValueError
    return parsed


def json_number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValueError
    return str(value)


def _boolean(value: Any) -> bool:
    if value in (True, "true", "1", 1):
        return True
    if value in (False, "false", "0", 0):
        return False
    raise BadValueError


def _integer(value: Any) -> int:
    parsed = number(value)
    if parsed != parsed.to_integral_value():
        raise BadValueError
    return int(parsed)


def _price(value: Any) -> str:
    try:
        return money(number(value))
    except BadValueError:
        raise BadValueError("Price value should be a valid number.", "type constraint") from None


def _date(value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise BadValueError(f'The "{value}" is not valid date.') from None


def _datetime(value: Any) -> str:
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadValueError(f'The "{value}" is not valid datetime.') from None
    return instant(parsed.replace(tzinfo=parsed.tzinfo or UTC))


def _percent(value: Any) -> int | float:
    return json_number(number(value))


PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "string": _string,
    "text": _string,
    "boolean": _boolean,
    "integer": _integer,
    "number": lambda value: json_number(number(value)),
    "percent": _percent,
    "money": lambda value: money(number(value)),
    "price": _price,
    "stock": lambda value: plain(number(value).quantize(TEN_PLACES)),
    "stock_padded": lambda value: format(number(value).quantize(TEN_PLACES), "f"),
    "date": _date,
    "datetime": _datetime,
    "json": lambda value: value,
}

DECIMAL_KINDS = frozenset({"money", "price", "stock", "stock_padded"})
ORDERED_KINDS = DECIMAL_KINDS | {"integer", "number", "percent", "date", "datetime", "id"}

_PERIOD = re.compile(
    r"^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?)?)?$"
)


def period(text: str) -> tuple[str, str]:
    """The first and last second a date-time filter value covers.

    A value of lower precision means the whole year, month, day, hour or minute (NormalizeDateTime). A space is read as
    `+`, which is what an unescaped `+02:00` becomes in a query.
    """
    found = _PERIOD.match(text.strip().replace(" ", "+"))
    if not found:
        raise BadValueError(f'Expected datetime value. Given "{text}".', "filter constraint")
    year, month, day, hour, minute, second, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z") else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    try:
        start = _moment(
            f"{year}-{month or '01'}-{day or '01'}T{hour or '00'}:{minute or '00'}:{second or '00'}{offset}"
        )
        last_day = day or (_last_day(int(year), int(month)) if month else "31")
        end = _moment(f"{year}-{month or '12'}-{last_day}T{hour or '23'}:{minute or '59'}:{second or '59'}{offset}")
    except ValueError:
        raise BadValueError(f'Expected datetime value. Given "{text}".', "filter constraint") from None
    return start, end


def _moment(text: str) -> str:
    return instant(datetime.fromisoformat(text))


def _last_day(year: int, month: int) -> str:
    following = date(year + month // 12, month % 12 + 1, 1)
    return str((following - date.resolution).day)
