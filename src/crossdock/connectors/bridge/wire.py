"""The contract's types at the wire, and how a record that breaks them is told of.

`dec` is text, `^-?\\d{1,12}(\\.\\d{1,6})?$`; `ts` RFC 3339 in UTC; `date` YYYY-MM-DD; `code` 1 to 64 characters,
compared exactly; `cur` ISO 4217. Unknown fields pass, an unknown word in a list of words does not.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from crossdock.model.faults import DataFault, InvalidValue
from crossdock.model.money import minor_units

DEC = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
TS = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]00:00)", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
SHOWN = 80  # characters of a bad value that are repeated


class Wire(BaseModel):
    """A record of the contract, strict in type: nothing is turned into something else unseen."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


def _dec(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"must be a decimal in quotes, was {value!r:.{SHOWN}}")
    if not DEC.fullmatch(value):
        raise ValueError(f"must be a decimal of at most 12 digits and 6 decimals, was {value!r:.{SHOWN}}")
    return Decimal(value)


def read_ts(value: Any) -> Any:
    if not isinstance(value, str) or not TS.fullmatch(value):
        raise ValueError(f"must be a time in UTC such as 2026-01-01T00:00:00Z, was {value!r:.{SHOWN}}")
    try:
        return datetime.fromisoformat(_six_digits(value.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"is no time there is: {value!r:.{SHOWN}}") from None


def _six_digits(value: str) -> str:
    """Nanoseconds are cut: no clock of ours has them."""
    return re.sub(r"(\.\d{6})\d+", r"\1", value)


def read_day(value: Any) -> Any:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError(f"must be a day such as 2026-01-31, was {value!r:.{SHOWN}}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"is no day there is: {value!r:.{SHOWN}}") from None


def _cur(value: str) -> str:
    try:
        minor_units(value)
    except InvalidValue as error:
        raise ValueError(str(error)) from error
    return value


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError(f"must be above zero, was {value}")
    return value


Dec = Annotated[Decimal, BeforeValidator(_dec)]
PositiveDec = Annotated[Decimal, BeforeValidator(_dec), AfterValidator(_positive)]
Ts = Annotated[datetime, BeforeValidator(read_ts)]
Day = Annotated[date, BeforeValidator(read_day)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Cur = Annotated[str, AfterValidator(_cur)]

W = TypeVar("W", bound=Wire)


def take(model: type[W], document: Any, place: str = "") -> W:
    """A record out of parsed JSON. Raises DataFault naming everything that is wrong with it, each at its place."""
    if not isinstance(document, dict):
        raise DataFault(place or "document", f"must be a JSON object, was {_kind(document)}")
    try:
        return model.model_validate(document)
    except ValidationError as error:
        problems = [(_place(place, one), _problem(one)) for one in error.errors()]
        raise fault_of(problems) from None


def fault_of(problems: Sequence[tuple[str, str]]) -> DataFault:
    """One fault for all that is wrong: the first by its place, the others told with it."""
    (place, problem), *others = problems
    return DataFault(place, "; ".join([problem, *(f"{where}: {what}" for where, what in others)]))


def dec(value: Decimal, place: str = "amount") -> str:
    """A decimal as the contract writes it, no digit lost. Raises DataFault when it cannot hold it."""
    text = format(value, "f") if value.is_finite() else str(value)
    if "." in text:
        whole, _, fraction = text.partition(".")
        text = f"{whole}.{fraction.rstrip('0')}" if len(fraction) > 6 else text
        text = text.rstrip(".")
    if not DEC.fullmatch(text):
        raise DataFault(place, f"{text:.{SHOWN}} does not fit into 12 digits and 6 decimals")
    return text


def ts(at: datetime) -> str:
    """A time as the contract writes it."""
    moment = at.astimezone(UTC)
    return moment.isoformat(timespec="microseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def _place(place: str, error: ErrorDetails) -> str:
    path = place
    for step in error["loc"]:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else str(step)
    return path or "document"


def _problem(error: ErrorDetails) -> str:
    given = error["input"]
    match error["type"]:
        case "missing":
            return "is missing; the record must give it"
        case "literal_error":
            return f"is {given!r:.{SHOWN}}, which is none of {error['ctx']['expected']}"
        case "value_error":
            return str(error["ctx"]["error"])
    if given is None:
        return "is null; the record must give it"
    return f"{error['msg'][:1].lower()}{error['msg'][1:]}, was {_kind(given)} {given!r:.{SHOWN}}"


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
