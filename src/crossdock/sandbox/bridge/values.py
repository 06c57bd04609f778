"""The contract's types on the wire: `dec`, `ts`, `date`, `code`, and a reader of request bodies.

`dec` is a decimal as a JSON string, `ts` is RFC 3339 in UTC, `code` is a string of 1 to 64 characters compared exactly.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Json = dict[str, Any]

_DEC = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_TS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|\+00:00)", re.ASCII)
CODE_MAX = 64


def dec(value: Decimal) -> str:
    """A `dec` without trailing zeros, rounded to six decimals. Raises ValueError: for more than twelve digits."""
    value = round(value, 6)
    whole = value == value.to_integral_value()
    text = f"{value.quantize(Decimal(1)):f}" if whole else f"{value.normalize():f}"
    text = "0" if text == "-0" else text
    if not _DEC.fullmatch(text):
        raise ValueError(f"{value} is no dec: at most 12 digits")
    return text


def money(value: Decimal) -> str:
    """A `dec` with the two decimals of pounds and pence."""
    return f"{value.quantize(Decimal('0.01')):f}"


def ts(moment: datetime) -> str:
    """A `ts`, to the microsecond when there is a fraction. The moment carries a zone."""
    moment = moment.astimezone(UTC)
    fraction = f".{moment.microsecond:06d}" if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def stamp(moment: datetime) -> datetime:
    """The moment in UTC, as `ts` can say it."""
    return moment.astimezone(UTC)


def later(moment: datetime, than: datetime) -> datetime:
    """A stamp that is after `than`, even when the clock has not moved."""
    return max(stamp(moment), than + timedelta(microseconds=1))


class Stamps:
    """Strictly rising stamps of one server: what changed later is later in every feed, however fast it went."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.last = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        self.last = later(self.clock(), self.last)
        return self.last


def parse_dec(text: object) -> Decimal:
    """Raises ValueError: for anything but a `dec`, a JSON number included."""
    if not isinstance(text, str) or not _DEC.fullmatch(text):
        raise ValueError('a decimal is a JSON string like "12.50"')
    return Decimal(text)


def parse_ts(text: object) -> datetime:
    """Raises ValueError: for anything but RFC 3339 in UTC."""
    if not isinstance(text, str) or not _TS.fullmatch(text):
        raise ValueError("a time is RFC 3339 in UTC, like 2026-01-01T00:00:00Z")
    return datetime.fromisoformat(text).astimezone(UTC)


def parse_date(text: object) -> date:
    """Raises ValueError: for anything but YYYY-MM-DD."""
    if not isinstance(text, str) or len(text) != 10:
        raise ValueError("a date is YYYY-MM-DD")
    return date.fromisoformat(text)


def parse_code(text: object) -> str:
    """Raises ValueError: for anything but a string of 1 to 64 characters."""
    if not isinstance(text, str) or not 0 < len(text) <= CODE_MAX:
        raise ValueError("a code is a string of 1 to 64 characters")
    return text


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of a problem's `errors[]`. pointer: JSON Pointer into the request body."""

    pointer: str
    code: str
    detail: str

    def public(self) -> Json:
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


@dataclass(slots=True)
class Fields:
    """A JSON object of a request, read field by field.

    Nothing raises: what is missing or of the wrong type is added to `wrong` (one list for the whole body) and a
    stand-in of the right type comes back. Fields nobody asks for are ignored, as the contract has it.
    """

    raw: object
    wrong: list[FieldError] = field(default_factory=list)
    pointer: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.raw, dict):
            self._complain("", "type", "an object is expected here")
            self.raw = {}

    def value(self, name: str) -> Any:
        """The raw value, None when absent or null."""
        return self.raw.get(name) if isinstance(self.raw, dict) else None

    def _complain(self, name: str, code: str, detail: str) -> None:
        pointer = f"{self.pointer}/{name}" if name else self.pointer
        self.wrong.append(FieldError(pointer, code, detail))

    def _read(self, name: str, parse: Any, missing: Any, *, required: bool) -> Any:
        given = self.value(name)
        if given is None:
            if required:
                self._complain(name, "required", f"{name} is required")
            return missing
        try:
            return parse(given)
        except ValueError as error:
            self._complain(name, "type", str(error))
            return missing

    def code(self, name: str) -> str:
        return str(self._read(name, parse_code, "", required=True))

    def code_or_none(self, name: str) -> str | None:
        found: str | None = self._read(name, parse_code, None, required=False)
        return found

    def text_or_none(self, name: str) -> str | None:
        found: str | None = self._read(name, _parse_text, None, required=False)
        return found

    def dec(self, name: str, *, above: Decimal | None = None) -> Decimal:
        """above: the value must be greater than this."""
        found: Decimal = self._read(name, parse_dec, Decimal(0), required=True)
        if above is not None and self.value(name) is not None and found <= above:
            self._complain(name, "range", f"{name} must be greater than {above}")
        return found

    def dec_or_none(self, name: str) -> Decimal | None:
        found: Decimal | None = self._read(name, parse_dec, None, required=False)
        return found

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """default None: the field is required."""
        return bool(self._read(name, _parse_flag, bool(default), required=default is None))

    def integer(self, name: str) -> int:
        return int(self._read(name, _parse_integer, 0, required=True))

    def ts(self, name: str) -> datetime:
        found: datetime = self._read(name, parse_ts, datetime.fromtimestamp(0, UTC), required=True)
        return found

    def ts_or_none(self, name: str) -> datetime | None:
        found: datetime | None = self._read(name, parse_ts, None, required=False)
        return found

    def date_or_none(self, name: str) -> date | None:
        found: date | None = self._read(name, parse_date, None, required=False)
        return found

    def one_of(self, name: str, values: Sequence[str]) -> str:
        """A required enum value."""
        found = self.value(name)
        if found not in values:
            self._complain(name, "enum", f"{name} is one of {', '.join(values)}")
            return values[0]
        return str(found)

    def group(self, name: str, *, required: bool = False) -> "Fields | None":
        """An object inside this one; None when absent."""
        given = self.value(name)
        if given is None:
            if required:
                self._complain(name, "required", f"{name} is required")
            return None
        return Fields(given, self.wrong, f"{self.pointer}/{name}")

    def groups(self, name: str, *, least: int = 0) -> "list[Fields]":
        """A list of objects; absent is empty."""
        given = self._list(name, least)
        return [Fields(one, self.wrong, f"{self.pointer}/{name}/{index}") for index, one in enumerate(given)]

    def codes(self, name: str, *, least: int = 0, most: int | None = None) -> list[str]:
        """A list of codes."""
        given = self._list(name, least)
        if most is not None and len(given) > most:
            self._complain(name, "range", f"{name} holds at most {most}")
        found = []
        for index, one in enumerate(given):
            try:
                found.append(parse_code(one))
            except ValueError as error:
                self._complain(f"{name}/{index}", "type", str(error))
        return found

    def _list(self, name: str, least: int) -> list[Any]:
        given = self.value(name)
        if given is not None and not isinstance(given, list):
            self._complain(name, "type", f"{name} is a list")
            return []
        if len(given or ()) < least:
            self._complain(name, "required", f"{name} holds at least {least}")
        return given or []


def _parse_text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError("a string is expected here")
    return given


def _parse_flag(given: object) -> bool:
    if not isinstance(given, bool):
        raise ValueError("true or false is expected here")
    return given


def _parse_integer(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool):
        raise ValueError("a whole number is expected here")
    return given
