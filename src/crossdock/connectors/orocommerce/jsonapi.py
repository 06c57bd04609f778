"""JSON:API documents as OroCommerce writes them: parsing, references, included records, request bodies.

Oro's dialect: ids are strings; a blank is null; an empty to-many relationship may come as `{}` (PHP's empty array);
the order of `included` means nothing; unknown attributes are a site's custom fields.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

MEDIA_TYPE = "application/vnd.api+json"
Resource = dict[str, Any]
Included = Mapping[tuple[str, str], Resource]


class Malformed(ValueError):
    """Bytes that are no JSON:API document. The text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireError:
    """One entry of an errors document. title: the machine key, a constraint's name in words.

    place: pointer into the request (`/data/0/attributes/quantity`), or the query parameter; "" when not said.
    """

    status: int
    title: str
    detail: str = ""
    place: str = ""
    code: str = ""

    def __str__(self) -> str:
        said = ": ".join(text for text in (self.title, self.detail) if text) or f"HTTP {self.status}"
        return f"{said} ({self.place})" if self.place else said


@dataclass(frozen=True, slots=True)
class Doc:
    """data: one record, a list of them, or None. has_next: the list's links name a further page."""

    data: Resource | list[Resource] | None
    included: Included = field(default_factory=dict)
    errors: tuple[WireError, ...] = ()
    has_next: bool = False

    @property
    def rows(self) -> list[Resource]:
        if isinstance(self.data, list):
            return self.data
        return [] if self.data is None else [self.data]


def parse(raw: bytes) -> Doc:
    """Raises Malformed: not JSON, no object, neither data nor errors, or a record without type or id."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"no whole JSON document: {error}") from error
    if not isinstance(body, dict):
        raise Malformed(f"a JSON {type(body).__name__}, where a JSON:API document is an object")
    if "data" not in body:
        if isinstance(body.get("errors"), list):
            return Doc(None, errors=tuple(_errors(body["errors"])))
        raise Malformed("neither data nor errors: no JSON:API document")
    data = body["data"]
    rows = data if isinstance(data, list) else [] if data is None else [data]
    included = body.get("included") or []
    if not isinstance(included, list):
        raise Malformed("included is no list")
    for where, records in (("data", rows), ("included", included)):
        for at, record in enumerate(records):
            if not isinstance(record, dict) or not isinstance(record.get("type"), str):
                raise Malformed(f"{where}[{at}] is no record with a type")
    links = body.get("links")
    return Doc(
        data,
        included={(record["type"], str(record.get("id", ""))): record for record in included},
        has_next=isinstance(links, dict) and bool(links.get("next")),
    )


def errors_in(raw: bytes) -> tuple[WireError, ...]:
    """The errors a refused call named; empty when the body is something else (or empty, as with a 401)."""
    try:
        return parse(raw).errors
    except Malformed:
        return ()


def attributes(record: Resource) -> Resource:
    found = record.get("attributes")
    return found if isinstance(found, dict) else {}


def references(record: Resource, name: str) -> list[tuple[str, str]] | None:
    """(type, id) of everything a relationship points at; None when the record does not have that relationship."""
    relationships = record.get("relationships")
    relationship = relationships.get(name) if isinstance(relationships, dict) else None
    if not isinstance(relationship, dict) or "data" not in relationship:
        return None
    data = relationship["data"]
    targets = data if isinstance(data, list) else [data]
    return [(str(to["type"]), str(to["id"])) for to in targets if isinstance(to, dict) and "id" in to and "type" in to]


def reference(record: Resource, name: str) -> tuple[str, str] | None:
    """What a to-one relationship points at; None when it is null or not there."""
    found = references(record, name)
    return found[0] if found else None


def reference_id(record: Resource, name: str) -> str:
    found = reference(record, name)
    return found[1] if found else ""


def has_relationship(record: Resource, name: str) -> bool:
    relationships = record.get("relationships")
    return isinstance(relationships, dict) and name in relationships


def with_its_own(record: Resource, included: Included) -> bytes:
    """The record alone as a document: itself and what it refers to, of all that a page included."""
    own: dict[tuple[str, str], Resource] = {}
    waiting = [record]
    while waiting:
        relationships = waiting.pop().get("relationships")
        for name in relationships if isinstance(relationships, dict) else ():
            for key in references({"relationships": relationships}, name) or ():
                if key in included and key not in own:
                    own[key] = included[key]
                    waiting.append(included[key])
    return orjson.dumps({"data": record, "included": list(own.values())} if own else {"data": record})


def body(data: Resource | Sequence[Resource]) -> bytes:
    return orjson.dumps({"data": data})


def graph(record: Resource, others: Sequence[Resource]) -> bytes:
    """A new record with the new ones that it refers to by ids of our own."""
    return orjson.dumps({"data": record, "included": list(others)})


def link(kind: str, identity: str) -> Resource:
    """A to-one relationship."""
    return {"data": {"type": kind, "id": identity}}


def _errors(entries: Iterable[Any]) -> Iterator[WireError]:
    for entry in entries:
        if isinstance(entry, dict):
            yield wire_error(entry)


def wire_error(entry: Resource) -> WireError:
    """An entry of `errors`, or the attributes of an `asyncoperationerrors` record; `status` comes as text or number."""
    source = entry.get("source")
    source = source if isinstance(source, dict) else {}
    status = str(entry.get("status") or "")
    return WireError(
        status=int(status) if status.isdecimal() else 0,
        title=str(entry.get("title") or ""),
        detail=str(entry.get("detail") or ""),
        place=str(source.get("pointer") or source.get("parameter") or source.get("propertyPath") or ""),
        code=str(entry.get("code") or ""),
    )
