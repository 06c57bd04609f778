"""Bodies exactly as the Admin API writes them: JSON with exact numbers, and the few scalar types it is made of.

Unknown fields are left alone, because new ones appear without a new version. Nearly every field may be missing; a
missing one and a null are the same on reading. Source: SCAYLE Admin API, Versioning; the vendor's SDKs (MIT).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Strict, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from crossdock.connectors import exact_json
from crossdock.model.faults import DataFault

Problems = list[tuple[str, str]]


class Malformed(Exception):
    """What came is no JSON that could be read."""


def parse(raw: bytes) -> Any:
    """JSON with its decimals exact. Raises Malformed: no JSON, not UTF-8, half a surrogate pair, NaN, too deep."""
    try:
        return exact_json.loads(raw)
    except ValueError as error:
        raise Malformed(f"is no whole JSON document: {error}") from error


def dump(body: Any) -> bytes:
    """A body to be sent, compact, decimals as numbers."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=_number).encode()


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


# scalars


def _wrong(wanted: str) -> PydanticCustomError:
    return PydanticCustomError("wire", "{wanted}", {"wanted": wanted})


def _identity(value: Any) -> Any:
    """A number, or its digits as text: the same id is typed either way in different parts of the API."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise _wrong("must be an id, such as 880001")
    return value


def _minor(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("must be a whole number of the currency's smallest coin, such as 6990")
    return value


def _loose_minor(value: Any) -> Any:
    """The tax amount is typed Double over there, though always whole."""
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    return _minor(value)


def _decimal(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise _wrong("must be a number, such as 0.19")
    return Decimal(value)


def _moment(value: Any) -> Any:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong("must be a time, such as 2026-07-01T09:30:00+00:00") from None
    if at.tzinfo is None:
        raise _wrong("must name its zone, as 2026-07-01T09:30:00+00:00 does")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise _wrong("must be a time of our era") from None


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise _wrong("must be a day, such as 2026-07-03") from None


def _map(value: Any) -> Any:
    """PHP writes an empty map as an empty list."""
    return {} if value == [] else value


Text = Annotated[str, Strict()]
Flag = Annotated[bool, Strict()]
Count = Annotated[int, Strict()]
Id = Annotated[int, BeforeValidator(_identity)]
Minor = Annotated[int, BeforeValidator(_minor)]
LooseMinor = Annotated[int, BeforeValidator(_loose_minor)]
Number = Annotated[Decimal, BeforeValidator(_decimal)]
At = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day)]
Map = Annotated[dict[str, Any], BeforeValidator(_map)]


class Wire(BaseModel):
    """One JSON object."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True, frozen=True)


# reading

T = TypeVar("T")
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def read(kind: type[T], value: Any, place: str) -> T:
    """Raises DataFault with every problem of the value, each at its place."""
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = TypeAdapter(kind)
    try:
        found: T = adapter.validate_python(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=True)
        raise fault_of([(at(place, *problem["loc"]), _problem(problem)) for problem in problems]) from None
    return found


def at(place: str, *path: str | int) -> str:
    """A path a person can follow: items[3].price.withTax."""
    for step in path:
        place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
    return place


def fault_of(problems: Sequence[tuple[str, str]]) -> DataFault:
    """One fault for all that is wrong, so that one visit mends it."""
    (place, first), *rest = problems
    return DataFault(place or "body", first + "".join(f"; {where}: {what}" for where, what in rest))


def each(rows: Sequence[Any], take: Callable[[Any, str], T], place: str) -> list[T]:
    """Every row taken; all that is wrong with any of them in one fault."""
    found: list[T] = []
    problems: Problems = []
    for n, row in enumerate(rows):
        try:
            found.append(take(row, f"{place}[{n}]"))
        except DataFault as fault:
            problems.append((fault.place, fault.problem))
    if problems:
        raise fault_of(problems)
    return found


WANTED: Mapping[str, str] = {
    "missing": "is missing; the document must give it",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "model_type": "must be an object",
    "dataclass_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
}


def _problem(problem: ErrorDetails) -> str:
    wanted = WANTED.get(problem["type"], problem["msg"])
    return wanted if problem["type"] == "missing" else f"{wanted}; was {problem['input']!r:.80}"
