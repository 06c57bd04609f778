"""Single values of wair.ai's JSON, read strictly: what is wrong is named by its place, all of it at once."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.connectors.bridge import fault_of
from crossdock.connectors.wair.fields import Names
from crossdock.model.faults import DataFault

DAY = re.compile(r"(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
NUMBER_MAX = Decimal(10**12)
SHOWN = 80


def dumps(document: Any) -> bytes:
    """Decimals become numbers, no digit lost."""
    return orjson.dumps(document, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    raise TypeError(f"{type(value).__name__} cannot be written")


def number(value: Decimal, place: str) -> Decimal:
    """Raises DataFault: not finite, or of more than 12 digits and 6 decimals."""
    if not value.is_finite() or abs(value) >= NUMBER_MAX or value != round(value, 6):
        raise DataFault(place, f"{value!s:.{SHOWN}} does not fit into 12 digits and 6 decimals")
    return value


def moment(at: datetime) -> str:
    """RFC 3339 in UTC."""
    text = at.astimezone(UTC).isoformat(timespec="microseconds" if at.microsecond else "seconds")
    return text.replace("+00:00", "Z")


class Row:
    """One record, read field by field under our names. `done` raises what was wrong with any of them."""

    def __init__(self, document: Any, names: Names, place: str) -> None:
        if not isinstance(document, dict):
            raise DataFault(place, f"must be a JSON object, was {type(document).__name__}")
        self._document: Mapping[str, Any] = document
        self._names = names
        self.place = place
        self._problems: list[tuple[str, str]] = []

    def at(self, ours: str) -> str:
        return f"{self.place}.{self._names[ours]}"

    def has(self, ours: str) -> bool:
        return self._names[ours] in self._document

    def wrong(self, place: str, problem: str) -> None:
        self._problems.append((place, problem))

    def done(self) -> None:
        """Raises DataFault."""
        if self._problems:
            raise fault_of(self._problems)

    def text(self, ours: str, *, due: bool = True) -> str:
        """Also of a whole number, which an id may be. "" when it is wrong or not given."""
        value = self._value(ours)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and (value or not due):
            return value
        if value is not None or due:
            self.wrong(self.at(ours), _told(value, "must be text"))
        return ""

    def number(self, ours: str, *, above_zero: bool = False) -> Decimal:
        value = self._value(ours)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self.wrong(self.at(ours), _told(value, "must be a number"))
            return Decimal(0)
        try:
            amount = number(Decimal(value), self.at(ours))
        except DataFault as fault:
            self.wrong(fault.place, fault.problem)
            return Decimal(0)
        if above_zero and amount <= 0:
            self.wrong(self.at(ours), f"must be above zero, was {amount}")
        return amount

    def flag(self, ours: str) -> bool:
        value = self._value(ours)
        if not isinstance(value, bool):
            self.wrong(self.at(ours), _told(value, "must be true or false"))
        return value is True

    def moment(self, ours: str, *, due: bool = True) -> datetime:
        """year 1 when it is wrong or, where it need not be, not given."""
        nothing = datetime.min.replace(tzinfo=UTC)
        value = self._value(ours)
        if value is None and not due:
            return nothing
        try:
            at = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            at = None
        if at is None:
            self.wrong(self.at(ours), _told(value, "must be a time such as 2026-01-01T00:00:00Z"))
            return nothing
        if at.tzinfo is None:
            self.wrong(self.at(ours), f"has no time zone: {value!r:.{SHOWN}}")
            return nothing
        try:
            return at.astimezone(UTC)
        except OverflowError:
            self.wrong(self.at(ours), f"is no time there is: {value!r:.{SHOWN}}")
            return nothing

    def day(self, ours: str) -> date | None:
        """The day as written; a time of day behind it says nothing."""
        value = self._value(ours)
        if value is None or value == "":
            return None
        match = DAY.fullmatch(value) if isinstance(value, str) else None
        try:
            return date.fromisoformat(match[1] if match else "")
        except ValueError:
            self.wrong(self.at(ours), _told(value, "must be a day such as 2026-01-31"))
            return None

    def rows(self, ours: str) -> list[Any]:
        value = self._value(ours)
        if not isinstance(value, list):
            self.wrong(self.at(ours), _told(value, "must be a list"))
            return []
        return value

    def _value(self, ours: str) -> Any:
        theirs = self._names[ours]
        return self._document.get(theirs) if theirs else None


def _told(value: Any, wanted: str) -> str:
    return "is missing; the record must give it" if value is None else f"{wanted}, was {value!r:.{SHOWN}}"
