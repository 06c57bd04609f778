"""Lists of the console beside cases: orders in the order they came, what flows, and the audit trail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from crossdock.model.lifecycle import OrderState
from crossdock.store.database import Pool
from crossdock.store.sorting import ByAge, beginning
from crossdock.store.sql import statements

SQL = statements("desk")
HOURS = 24
COMPANIES_MAX = 100
BEGINNING_MIN = 3
Row = Mapping[str, Any]
ORDERS = {ByAge.NEWEST: "orders_newest", ByAge.OLDEST: "orders_oldest"}
FOUND = {ByAge.NEWEST: "orders_found_newest", ByAge.OLDEST: "orders_found_oldest"}
TRAIL = {ByAge.NEWEST: "trail_newest", ByAge.OLDEST: "trail_oldest"}
TRAIL_OF_PEOPLE = {ByAge.NEWEST: "trail_of_people_newest", ByAge.OLDEST: "trail_of_people_oldest"}
TRAIL_OF_ONE = {ByAge.NEWEST: "trail_of_one_newest", ByAge.OLDEST: "trail_of_one_oldest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Orders of a pairing over the last day: by the hour, the oldest first; and how many of them are settled."""

    orders: Sequence[int]
    settled: int


async def orders(
    pool: Pool,
    tenant: str,
    pairings: Collection[str],
    *,
    states: Collection[str] = tuple(OrderState),
    sort: ByAge = ByAge.NEWEST,
    from_key: int | None = None,
    limit: int = 50,
) -> Sequence[Row]:
    """In the order they were captured. from_key: the id of the last row of the page before."""
    begin = beginning(sort) if from_key is None else from_key
    given = (tenant, begin, list(pairings), list(states), limit)
    return [dict(row) for row in await pool.fetch(SQL[ORDERS[sort]], *given)]


async def find_orders(
    pool: Pool,
    tenant: str,
    pairings: Collection[str],
    words: str,
    *,
    sort: ByAge = ByAge.NEWEST,
    from_key: int | None = None,
    limit: int = 50,
) -> tuple[Sequence[Row], bool]:
    """In the order they were captured. words: a number of the order, its parcel or ERP order, a SKU, or how a company's
    name begins, by three letters at least. Also says whether more companies begin so than were looked at."""
    key = beginning(sort) if from_key is None else from_key
    names: list[str] = []
    if len(words) >= BEGINNING_MIN:
        found = await pool.fetch(SQL["companies"], tenant, words.lower(), COMPANIES_MAX)
        names = [row["name"] for row in found]
    rows = await pool.fetch(SQL[FOUND[sort]], tenant, key, list(pairings), words, limit, names)
    return [dict(row) for row in rows], len(names) == COMPANIES_MAX


async def flowing(pool: Pool, tenant: str, pairings: Collection[str]) -> Sequence[Row]:
    """pairing, state, currency, orders, oldest, value: of orders that are not settled."""
    return [dict(row) for row in await pool.fetch(SQL["flowing"], tenant, list(pairings))]


async def day(pool: Pool, tenant: str, pairings: Collection[str]) -> Mapping[str, Hours]:
    """Each pairing's orders of the last 24 hours."""
    counts, settled = {name: [0] * HOURS for name in pairings}, dict.fromkeys(pairings, 0)
    for row in await pool.fetch(SQL["day"], tenant, list(pairings)):
        if 0 <= row["hours_ago"] < HOURS:
            counts[row["pairing"]][HOURS - 1 - row["hours_ago"]] = row["orders"]
            settled[row["pairing"]] += row["settled"]
    return {name: Hours(orders=counts[name], settled=settled[name]) for name in pairings}


async def trail(
    pool: Pool,
    tenant: str,
    *,
    actor: str = "",
    everything: bool = False,
    sort: ByAge = ByAge.NEWEST,
    from_key: int | None = None,
    limit: int = 100,
) -> Sequence[Row]:
    """Entries of the audit trail: what people did, or one of them, or everything. from_key: the id of the last one of
    the page before."""
    given = (tenant, beginning(sort) if from_key is None else from_key, limit)
    if actor:
        rows = await pool.fetch(SQL[TRAIL_OF_ONE[sort]], *given, actor)
    else:
        rows = await pool.fetch(SQL[(TRAIL if everything else TRAIL_OF_PEOPLE)[sort]], *given)
    return [{**row, "detail": orjson.loads(row["detail"])} for row in map(dict, rows)]
