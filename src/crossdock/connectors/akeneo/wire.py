"""Products and product models exactly as the REST API writes them: its names, its types.

Unknown keys are features of another edition and are left alone. PHP writes an empty map as `[]`, which is read as
empty where a map is meant. Source: Akeneo REST API, "Products", "Product models"; pim-community-dev,
ConnectorProductWithUuidNormalizer and the end-to-end tests of the external API.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from crossdock.model.faults import DataFault


def _map(value: Any) -> Any:
    return {} if value == [] else value


def _moment(value: Any) -> datetime:
    at = moment(value)
    if at is None:
        raise PydanticCustomError("moment", 'must be a time with its zone, such as "2026-11-03T09:12:44+00:00"')
    return at


def moment(value: Any) -> datetime | None:
    """A time with its zone, or None when it is nothing of the kind."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else None


def _code(value: Any) -> Any:
    """A code. A number is none, though some consist of digits."""
    if isinstance(value, str) and not value.strip():
        raise PydanticCustomError("empty", "must not be empty")
    return value


Moment = Annotated[datetime, BeforeValidator(_moment)]
Code = Annotated[str, BeforeValidator(_code)]
Map = BeforeValidator(_map)
Labels = Annotated[dict[str, str | None], Map]


class Wire(BaseModel):
    """One record. Nothing is converted: text is text and a number is a number."""

    model_config = ConfigDict(extra="ignore", strict=True, populate_by_name=True)


W = TypeVar("W", bound=Wire)


class Cell(Wire):
    """One value. scope: the channel; assets and records name it `channel`."""

    data: Any
    locale: str | None = None
    scope: str | None = None
    channel: str | None = None
    attribute_type: str | None = None
    linked_data: Any = None
    links: Annotated[dict[str, Any], Map] = Field(default_factory=dict, alias="_links")


Values = Annotated[dict[str, list[Cell]], Map]


class Product(Wire):
    """One product. uuid: of 7.0 and later. identifier: on the older addresses; null or absent where it has none."""

    uuid: Code | None = None
    identifier: Code | None = None
    family: str | None = None
    parent: str | None = None
    categories: list[str] = Field(default_factory=list)
    enabled: bool
    values: Values = Field(default_factory=dict)
    created: Moment | None = None
    updated: Moment | None = None


class ProductModel(Wire):
    code: Code
    family: Code
    family_variant: Code
    parent: str | None = None
    categories: list[str] = Field(default_factory=list)
    values: Values = Field(default_factory=dict)
    created: Moment | None = None
    updated: Moment | None = None


class ProductPatch(Wire):
    """A body that creates or changes a product. What it does not name stays as it is."""

    uuid: Code | None = None
    identifier: Code | None = None
    enabled: bool = True
    family: str | None = None
    parent: str | None = None
    categories: list[str] = Field(default_factory=list)
    values: Values = Field(default_factory=dict)


class ProductModelPatch(Wire):
    code: Code
    family_variant: str | None = None
    parent: str | None = None
    categories: list[str] = Field(default_factory=list)
    values: Values = Field(default_factory=dict)


Problems = list[tuple[str, str]]


def read(kind: type[W], record: Any, place: str = "") -> tuple[W | None, Problems]:
    """The record, or every (place, problem) that stands against it. place: of the record, "" for a whole document."""
    if not isinstance(record, dict):
        return None, [(place or "document", f"must be an object; was {record!r:.80}")]
    try:
        return kind.model_validate(record), []
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        return None, [(joined(place, path(problem["loc"])), _problem(problem)) for problem in problems]


def take(kind: type[W], record: Any, place: str = "") -> W:
    """As `read`. Raises DataFault with all that is wrong."""
    found, problems = read(kind, record, place)
    if found is None:
        raise fault_of(problems)
    return found


def joined(place: str, rest: str) -> str:
    return rest if not place else place + rest if rest.startswith("[") else f"{place}.{rest}"


def path(parts: tuple[int | str, ...]) -> str:
    """`values.name[0].data`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")


def fault_of(problems: Problems) -> DataFault:
    """All of them in one fault, at the place of the first."""
    (place, problem), *rest = problems
    return DataFault(place, "; ".join([problem, *(f"{where}: {what}" for where, what in rest)]))


WANTED: Mapping[str, str] = {
    "missing": "is missing; the document must give it",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "list_type": "must be a list",
}


def _problem(problem: ErrorDetails) -> str:
    wanted = WANTED.get(problem["type"], problem["msg"])
    return wanted if problem["type"] == "missing" else f"{wanted}; was {problem['input']!r:.80}"
