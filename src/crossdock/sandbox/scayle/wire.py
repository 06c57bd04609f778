"""The outside of a call: what came in, what goes out, identifiers, and pages with an opaque cursor."""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

import orjson

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import Json, bad, not_found

T = TypeVar("T")
LIMIT = 100
DROPPED = 2


@dataclass(frozen=True, slots=True)
class Call:
    """One request. args: the named slots of the path, decoded. query: the last value of each parameter.
    headers: by lower-case name. in_bulk: one operation of a bulk request."""

    method: str
    label: str
    args: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    in_bulk: bool = False

    def json(self) -> Any:
        """An empty body is None: some clients send one where nothing is needed."""
        if not self.body.strip():
            return None
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise bad(f"The body is not JSON: {error}") from None

    def object(self) -> Json:
        found = self.json()
        if not isinstance(found, dict):
            raise bad("The body must be a JSON object.")
        return found

    @property
    def asked(self) -> list[str]:
        """The parts named in `with`."""
        return [part.strip() for part in self.query.get("with", "").split(",") if part.strip()]


@dataclass(slots=True)
class Reply:
    """One answer. body None is no content; bytes go out as they are."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media: str = "application/json"

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)


def number(text: str, what: str) -> int:
    """An id slot that takes no reference key. Raises the 404 of something that cannot exist."""
    if not text.isascii() or not text.isdigit():
        raise not_found(what, identifier=text)
    return int(text)


def identified(rows: Mapping[int, T], identifier: str, what: str, key: Callable[[T], str | None]) -> T:
    """By id, or by `key=<referenceKey>`. Raises the 404."""
    if identifier.startswith("key="):
        wanted = identifier.removeprefix("key=")
        for row in rows.values():
            if key(row) == wanted:
                return row
        raise not_found(what, **{_camel(what) + "ReferenceKey": wanted})
    id_ = number(identifier, what)
    if id_ not in rows:
        raise not_found(what, **{_camel(what) + "Id": id_})
    return rows[id_]


def _camel(what: str) -> str:
    first, *rest = what.split()
    return first + "".join(word.title() for word in rest)


def whole_list(rows: Iterable[Json], call: Call, faults: FaultPlan) -> Reply:
    """A collection that has no cursor at all."""
    return Reply(200, {"entities": _troubled(list(rows), call, faults)})


def page(
    rows: Mapping[int, T],
    call: Call,
    faults: FaultPlan,
    show: Callable[[T], Json],
    *,
    limit_max: int,
    wanted: Callable[[T], bool] = lambda _: True,
) -> Reply:
    """One page by ascending id. `cursor.next` is null on the last. Raises 400 on a bad limit or cursor."""
    limit = _limit(call, limit_max)
    after = _position(call.query.get("cursor", ""))
    ids = list(islice((id_ for id_ in sorted(rows) if id_ > after and wanted(rows[id_])), limit + 1))
    here = ids[:limit]
    following = _cursor(here[-1]) if len(ids) > limit else None
    shown = _troubled([show(rows[id_]) for id_ in here], call, faults)
    return Reply(200, {"entities": shown, "cursor": {"next": following}})


def _limit(call: Call, limit_max: int) -> int:
    text = call.query.get("limit", str(min(LIMIT, limit_max)))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= limit_max:
        raise bad(f"limit must be a number from 1 to {limit_max}.", parameter="limit")
    return int(text)


def _cursor(id_: int) -> str:
    return base64.b64encode(f"{id_}\n".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True))
    except (ValueError, binascii.Error):
        raise bad("cursor is not one that was handed out.", parameter="cursor") from None


def _troubled(rows: list[Json], call: Call, faults: FaultPlan) -> list[Json]:
    """The page with its last rows missing, or a row twice, when such a fault strikes."""
    if not faults.faults or not rows:
        return rows
    if faults.draw("short_list", call.label):
        rows = rows[: max(0, len(rows) - DROPPED)]
    if rows and faults.draw("duplicate_row", call.label):
        rows = [rows[0], *rows]
    return rows


def heeded(query: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The `filters[name]` of a list that are heeded; the others are passed over in silence."""
    return {name: query[f"filters[{name}]"] for name in names if f"filters[{name}]" in query}
