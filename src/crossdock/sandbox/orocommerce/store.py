"""What the shop holds: rows in tables with hash indexes, and transactions that can be taken back."""

import contextlib
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.schema import Resource

Key = int | str
Ref = dict[str, str]


class Row:
    """One record. attributes and relations hold values as they stand on the wire; relations hold a reference, a list
    of references or None. hidden is ours alone. rendered caches the bytes per shape until the row changes."""

    __slots__ = ("attributes", "hidden", "id", "indexed", "key", "ref", "relations", "rendered", "type")

    def __init__(
        self, resource: Resource, id_: str, attributes: Json | None = None, relations: Json | None = None
    ) -> None:
        """A row of defaults, unless its attributes and relations are given whole."""
        self.type = resource.type
        self.id = id_
        self.key: Any = int(id_) if resource.numeric else id_
        self.ref: Ref = {"type": resource.type, "id": id_}
        self.attributes = resource.blank_attributes() if attributes is None else attributes
        self.relations = resource.blank_relations() if relations is None else relations
        self.hidden: Json = {}
        self.indexed: Json = {}
        self.rendered: dict[Any, orjson.Fragment] = {}

    def many(self, name: str) -> list[Ref]:
        return self.relations.get(name) or []

    def target(self, name: str) -> str | None:
        """The id a to-one relation points at."""
        ref = self.relations.get(name)
        return ref["id"] if ref else None


class Table:
    """All rows of one type, in id order, with the hash indexes its resource asks for.

    moved: (updatedAt, key) in order, so that an incremental pull does not read the whole table.
    """

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.rows: dict[str, Row] = {}
        self.keys: list[Any] = []
        self.indexes: dict[str, dict[Any, dict[str, None]]] = {name: {} for name in resource.indexes}
        self.timed = "updatedAt" in resource.attributes
        self.moved: list[tuple[str, Any]] = []
        self.last_id = 0

    def new_id(self) -> str:
        self.last_id += 1
        return str(self.last_id)

    def insert(self, row: Row) -> None:
        self.rows[row.id] = row
        if not self.keys or row.key > self.keys[-1]:
            self.keys.append(row.key)
        else:
            insort(self.keys, row.key)
        if self.resource.numeric and row.key > self.last_id:
            self.last_id = row.key
        self.touch(row)

    def remove(self, row: Row) -> None:
        del self.rows[row.id]
        del self.keys[bisect_left(self.keys, row.key)]
        for name, entry in row.indexed.items():
            self._unindex(row, name, entry)
        row.indexed = {}

    def touch(self, row: Row) -> None:
        """Bring the indexes and the rendered bytes up to date after a change."""
        row.rendered.clear()
        for name in self.indexes:
            entry = self._entry(row, name)
            if row.indexed.get(name) != entry:
                self._unindex(row, name, row.indexed.get(name))
                for value in entry:
                    self.indexes[name].setdefault(value, {})[row.id] = None
                row.indexed[name] = entry
        if self.timed:
            at = row.attributes["updatedAt"] or ""
            if row.indexed.get("updatedAt") != at:
                self._unindex(row, "updatedAt", row.indexed.get("updatedAt"))
                insort(self.moved, (at, row.key))
                row.indexed["updatedAt"] = at

    def find(self, name: str, value: Any) -> list[Row]:
        """Rows whose indexed field has this value, oldest first."""
        return [self.rows[id_] for id_ in self.indexes[name].get(value, ())]

    def fold(self, name: str, value: Any) -> Any:
        attribute = self.resource.attributes.get(name)
        return value.lower() if attribute is not None and attribute.fold and isinstance(value, str) else value

    def _entry(self, row: Row, name: str) -> tuple[Any, ...]:
        if name in row.attributes:
            value = row.attributes[name]
            return () if value is None else (self.fold(name, value),)
        related = row.relations.get(name)
        if isinstance(related, list):
            return tuple(ref["id"] for ref in related)
        return (related["id"],) if related else ()

    def _unindex(self, row: Row, name: str, entry: Any) -> None:
        if name == "updatedAt":
            if entry is not None:
                del self.moved[bisect_left(self.moved, (entry, row.key))]
            return
        for value in entry or ():
            ids = self.indexes[name].get(value)
            if ids is not None:
                ids.pop(row.id, None)
                if not ids:
                    del self.indexes[name][value]


class Transaction:
    """What one save did, so that it can be taken back, and told to whoever listens once it stands."""

    def __init__(self) -> None:
        self.before: dict[int, tuple[Row, Json, Json, Json]] = {}
        self.dirty: dict[int, Row] = {}
        self.created: list[Row] = []
        self.deleted: list[Row] = []
        self.after: list[Callable[[], None]] = []

    def changed(self) -> list[Row]:
        """Existing rows whose own columns differ from what they were; to-many relations are not columns."""
        gone = {id(row) for row in (*self.created, *self.deleted)}
        return [row for row, *_ in self.before.values() if id(row) not in gone and self.differs(row)]

    def differs(self, row: Row) -> bool:
        _, attributes, relations, _ = self.before[id(row)]
        return _columns(row.attributes, row.relations) != _columns(attributes, relations)


def _columns(attributes: Mapping[str, Any], relations: Mapping[str, Any]) -> list[Any]:
    columns = [value for name, value in attributes.items() if name != "updatedAt"]
    columns.extend(value for value in relations.values() if not isinstance(value, list))
    return columns


class Store:
    """The tables. Every change to a row is announced with `change` and closed with `touch`."""

    def __init__(self, resources: Mapping[str, Resource], now: Callable[[], str]) -> None:
        self.tables = {type_: Table(resource) for type_, resource in resources.items()}
        self.now = now
        self.open: Transaction | None = None
        self.listener: Callable[[Transaction, list[Row]], None] | None = None

    def __getitem__(self, type_: str) -> Table:
        return self.tables[type_]

    def row(self, ref: Mapping[str, Any] | None) -> Row | None:
        """The row a reference points at, if it is held."""
        table = self.tables.get(ref["type"]) if ref else None
        return table.rows.get(ref["id"]) if table and ref else None

    def rows(self, refs: Iterable[Ref]) -> list[Row]:
        return [row for row in map(self.row, refs) if row is not None]

    def change(self, row: Row) -> None:
        tx = self.open
        if tx is None:
            return
        tx.dirty[id(row)] = row
        if id(row) not in tx.before:
            relations = {
                name: list(value) if isinstance(value, list) else value for name, value in row.relations.items()
            }
            tx.before[id(row)] = (row, dict(row.attributes), relations, dict(row.hidden))

    def touch(self, row: Row) -> None:
        table = self.tables[row.type]
        if row.id in table.rows:
            table.touch(row)

    def insert(self, row: Row) -> None:
        self.tables[row.type].insert(row)
        if self.open is not None:
            self.open.created.append(row)

    def remove(self, row: Row) -> None:
        self.change(row)
        self.tables[row.type].remove(row)
        if self.open is not None:
            self.open.deleted.append(row)

    @contextlib.contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[Transaction]:
        """All or nothing. keep=False takes everything back at the end (`meta.validate`). Joins one already open."""
        if self.open is not None:
            yield self.open
            return
        tx = self.open = Transaction()
        try:
            yield tx
        except BaseException:
            self._take_back(tx)
            raise
        finally:
            self.open = None
        if keep:
            if self.listener is not None:
                self.listener(tx, tx.changed())
            for then in tx.after:
                then()
        else:
            self._take_back(tx)

    def stamp(self) -> None:
        """Move `updatedAt` of every stored row whose own columns changed since the last stamp."""
        if self.open is None:
            return
        now, dirty = self.now(), list(self.open.dirty.values())
        self.open.dirty.clear()
        for row in dirty:
            table = self.tables[row.type]
            if table.timed and row.id in table.rows and row.attributes["updatedAt"] != now and self.open.differs(row):
                row.attributes["updatedAt"] = now
                self.touch(row)

    def _take_back(self, tx: Transaction) -> None:
        created = {id(row) for row in tx.created}
        for row in tx.created:
            if row.id in self.tables[row.type].rows:
                self.tables[row.type].remove(row)
        for row, attributes, relations, hidden in tx.before.values():
            row.attributes, row.relations, row.hidden = attributes, relations, hidden
        for row in tx.deleted:
            if id(row) not in created:
                self.tables[row.type].insert(row)
        for row, *_ in tx.before.values():
            if id(row) not in created:
                self.touch(row)
