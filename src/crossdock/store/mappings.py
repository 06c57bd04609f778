"""Entries of code maps as people list and change them: by key, with every version, and never over somebody's head."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from crossdock.decide.mappings import FALLS_BACK, MapChange, cases_of, tail_of
from crossdock.model.code_map import MapKind
from crossdock.store.database import Connection
from crossdock.store.reference import SETTINGS, lock_maps
from crossdock.store.scope import Scope
from crossdock.store.sorting import FIRST, ByNameOrAge, number_in
from crossdock.store.sql import statements

SQL = statements("mappings")
ORDERS: Mapping[MapKind, str] = {
    MapKind.SKU: "orders_sku",
    MapKind.UNIT: "orders_unit",
    MapKind.TAX: "orders_tax",
    MapKind.SHIPPING: "orders_shipping",
    MapKind.PAYMENT_TERM: "orders_payment_term",
    MapKind.COMPANY: "orders_company",
    MapKind.PROMOTION: "orders_promotion",
}
"""Maps that orders are decided by, and the statement that finds those orders."""


class MapState(StrEnum):
    CURRENT = "current"
    RETIRED = "retired"  # without a current version


BY_AGE = (ByNameOrAge.NEWEST, ByNameOrAge.OLDEST)
LISTS: Mapping[MapState, Mapping[ByNameOrAge, str]] = {
    MapState.CURRENT: {
        ByNameOrAge.A_TO_Z: "current_a_z", ByNameOrAge.Z_TO_A: "current_z_a", ByNameOrAge.NEWEST: "current_newest",
        ByNameOrAge.OLDEST: "current_oldest",
    },
    MapState.RETIRED: {
        ByNameOrAge.A_TO_Z: "retired_a_z", ByNameOrAge.Z_TO_A: "retired_z_a", ByNameOrAge.NEWEST: "retired_newest",
        ByNameOrAge.OLDEST: "retired_oldest",
    },
}  # fmt: skip
"""State and order → statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRow:
    """One entry as it stands, or stood last. actor, reason, since: of this version; of a retired one, of its end."""

    id: int
    kind: MapKind
    key: str
    value: Mapping[str, str]
    actor: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an entry said once. until: None while it counts. ended_by, ended_because: where it was retired."""

    id: int
    value: Mapping[str, str]
    actor: str
    reason: str
    since: datetime
    until: datetime | None
    ended_by: str
    ended_because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An entry that is not what the person saw. actor "": nobody tells who; at None: it is gone."""

    kind: MapKind
    key: str
    actor: str
    at: datetime | None


async def list_maps(
    scope: Scope,
    kind: MapKind,
    *,
    words: str = "",
    state: MapState = MapState.CURRENT,
    sort: ByNameOrAge = ByNameOrAge.A_TO_Z,
    after: str = "",
    limit: int = 50,
) -> Sequence[MapRow]:
    """By key, or by the last change. after: `place_of` the last row of the page before."""
    first, beginning = FIRST[sort]
    begin: str | int = number_in(after, first) if sort in BY_AGE else after or beginning
    rows = await scope.pool.fetch(
        SQL[LISTS[state][sort]], scope.tenant, scope.pairing, str(kind), words.strip().lower(), begin,
        limit,
    )  # fmt: skip
    return [MapRow(**_read(row, kind=MapKind(row["kind"]))) for row in rows]


def place_of(row: MapRow, sort: ByNameOrAge) -> str:
    """Where in that order it stands."""
    return str(row.id) if sort in BY_AGE else row.key


async def count_maps(scope: Scope) -> Mapping[MapKind, int]:
    """Entries of each map, of those that have any."""
    rows = await scope.pool.fetch(SQL["counts"], scope.tenant, scope.pairing)
    return {MapKind(row["kind"]): row["entries"] for row in rows}


async def current_maps(
    scope: Scope, kinds: Collection[MapKind]
) -> Mapping[tuple[MapKind, str], tuple[int, Mapping[str, str]]]:
    """Map and key → number and value of every entry, in the order of an export."""
    rows = await scope.pool.fetch(SQL["all"], scope.tenant, scope.pairing, [str(kind) for kind in kinds])
    return {(MapKind(row["kind"]), row["key"]): (row["id"], orjson.loads(row["value"])) for row in rows}


async def versions(
    scope: Scope, kind: MapKind, key: str, *, before: int | None = None, limit: int = 50
) -> Sequence[Version]:
    """Of one entry, newest first; none where there never was such an entry."""
    rows = await scope.pool.fetch(SQL["versions"], scope.tenant, scope.pairing, str(kind), key, before, limit)
    return [Version(**_read(row)) for row in rows]


async def save_maps(
    scope: Scope, changes: Sequence[MapChange], *, actor: str, reason: str, detail: Mapping[str, Any]
) -> Sequence[Moved]:
    """A new version of each entry, all of them or none, each in the audit trail. Returns those that somebody changed
    meanwhile: then nothing was written."""
    async with scope.pool.acquire() as connection, connection.transaction():
        await lock_maps(connection, scope)
        if moved := await _moved(connection, scope, changes):
            return moved
        before = await _values(connection, scope, changes)
        kinds, keys = [str(one.kind) for one in changes], [one.key for one in changes]
        retired = [one.value is None for one in changes]
        await connection.execute(SQL["end"], scope.tenant, scope.pairing, kinds, keys, retired, actor, reason)
        kept = [one for one in changes if one.value is not None]
        await connection.execute(
            SQL["add"], scope.tenant, scope.pairing, [str(one.kind) for one in kept], [one.key for one in kept],
            [orjson.dumps(one.value).decode() for one in kept],
            [SETTINGS if one.by_file else actor for one in kept], reason,
        )  # fmt: skip
        notes = [_note(scope, one, before.get((one.kind, one.key)), reason, detail) for one in changes]
        actions = ["retire_map" if one.value is None else "map_code" for one in changes]
        await connection.execute(SQL["audit"], scope.tenant, actor, actions, notes)
    return ()


async def _moved(connection: Connection, scope: Scope, changes: Sequence[MapChange]) -> Sequence[Moved]:
    rows = await connection.fetch(
        SQL["moved"], scope.tenant, scope.pairing, [str(one.kind) for one in changes], [one.key for one in changes],
        [one.expected for one in changes],
    )  # fmt: skip
    return [Moved(kind=MapKind(row["kind"]), key=row["key"], actor=row["actor"], at=row["at"]) for row in rows]


async def _values(
    connection: Connection, scope: Scope, changes: Sequence[MapChange]
) -> Mapping[tuple[MapKind, str], Mapping[str, str]]:
    rows = await connection.fetch(SQL["all"], scope.tenant, scope.pairing, sorted({str(one.kind) for one in changes}))
    return {(MapKind(row["kind"]), row["key"]): orjson.loads(row["value"]) for row in rows}


def _note(
    scope: Scope, change: MapChange, before: Mapping[str, str] | None, reason: str, detail: Mapping[str, Any]
) -> str:
    said = {
        "pairing": scope.pairing, "key": f"{change.kind}:{change.key}", **(change.value or {}), "before": before,
        "because": reason, **({"by": "the settings file"} if change.by_file else {}), **detail,
    }  # fmt: skip
    return orjson.dumps(said).decode()


async def cases_about(scope: Scope, changes: Sequence[MapChange]) -> Sequence[int]:
    """Open cases that these entries may settle, each once."""
    found: dict[int, None] = {}
    for kind, keys in by_map(changes).items():
        rows = await scope.pool.fetch(
            SQL["cases_about"], scope.tenant, scope.pairing, list(cases_of(kind)), keys, kind in FALLS_BACK
        )
        found |= dict.fromkeys(row["id"] for row in rows)
    return list(found)


async def cases_holding(scope: Scope, orders: Sequence[int], *, limit: int) -> Sequence[int]:
    """Open cases that hold these orders, and that no person's word is needed for."""
    return [
        row["id"] for row in await scope.pool.fetch(SQL["cases_holding"], scope.tenant, scope.pairing, orders, limit)
    ]


async def open_orders(scope: Scope, changes: Sequence[MapChange], *, limit: int) -> Sequence[int]:
    """Orders on their way into the ERP that use one of these entries, or may."""
    found: dict[int, None] = {}
    for kind, keys in by_map(changes).items():
        if (statement := ORDERS.get(kind)) is not None:
            wanted = [*keys, *map(tail_of, keys)] if kind is MapKind.TAX else keys
            rows = await scope.pool.fetch(SQL[statement], scope.tenant, scope.pairing, wanted, limit)
            found |= dict.fromkeys(row["id"] for row in rows)
    return sorted(found)[:limit]


async def unknown_codes(scope: Scope, codes: Collection[str]) -> Sequence[str]:
    """Those stock codes that the ERP has told us nothing of."""
    rows = await scope.pool.fetch(SQL["known_codes"], scope.tenant, scope.erp, [code.lower() for code in codes])
    known = {row["code_key"] for row in rows}
    return [code for code in codes if code.lower() not in known]


async def listings(scope: Scope, kind: MapKind, keys: Sequence[str]) -> int:
    """How many places of the storefront show stock by these SKUs or units."""
    found: int = await scope.pool.fetchval(
        SQL["listings"], scope.tenant, scope.storefront, list(keys), kind is MapKind.UNIT
    )
    return found


def by_map(changes: Sequence[MapChange]) -> Mapping[MapKind, list[str]]:
    """Map → keys."""
    return {kind: keys for kind in MapKind if (keys := [one.key for one in changes if one.kind is kind])}


def _read(row: Any, **more: Any) -> dict[str, Any]:
    return {**row, "value": orjson.loads(row["value"]), **more}
