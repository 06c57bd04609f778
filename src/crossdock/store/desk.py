"""Lists of the console: cases in the order they are due, orders newest first, a day by the hour."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.decide.rights import Grant
from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("desk")
HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One line of a list of cases. value: what is at stake, by currency."""

    id: int
    pairing: str
    kind: str
    subject: str
    desk: str
    severity: str
    cause: str
    opened_at: datetime
    due_at: datetime
    state: str
    records: int
    value: Mapping[str, Decimal]


async def cases_due(
    pool: Pool,
    tenant: str,
    grants: Sequence[Grant],
    *,
    desk: str | None = None,
    pairing: str | None = None,
    kind: str | None = None,
    after: tuple[datetime, int] | None = None,
    limit: int = 50,
) -> Sequence[CaseLine]:
    """Open cases, soonest due first, as far as these grants reach. after: the last line of the page before."""
    due, last = after or (None, None)
    rows = await pool.fetch(SQL["cases"], tenant, *_reach(grants), desk, pairing, kind, due, last, limit)
    return [CaseLine(**{**row, "value": _amounts(row["value"])}) for row in map(dict, rows)]


async def queues(pool: Pool, tenant: str, grants: Sequence[Grant]) -> Sequence[Mapping[str, Any]]:
    """Per desk: how many cases are open, how many overdue, and when the first is due."""
    return [dict(row) for row in await pool.fetch(SQL["queues"], tenant, *_reach(grants))]


async def orders(
    pool: Pool, tenant: str, pairings: Collection[str], *, words: str = "", before: int | None = None, limit: int = 50
) -> Sequence[Mapping[str, Any]]:
    """Newest first. words: a number of the order, its parcel or ERP order, a SKU, or how a company's name begins."""
    given = (tenant, list(pairings), before, limit)
    if not words:
        return [dict(row) for row in await pool.fetch(SQL["orders"], *given)]
    begins = words.lower().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    return [dict(row) for row in await pool.fetch(SQL["orders_found"], *given, words, begins)]


async def day(pool: Pool, tenant: str, pairings: Collection[str]) -> Mapping[str, Sequence[int]]:
    """Pairing → orders of each of the last 24 hours, the oldest hour first."""
    counts = {name: [0] * HOURS for name in pairings}
    for row in await pool.fetch(SQL["day"], tenant, list(pairings)):
        if 0 <= row["hours_ago"] < HOURS:
            counts[row["pairing"]][HOURS - 1 - row["hours_ago"]] = row["orders"]
    return counts


async def trail(
    pool: Pool, tenant: str, *, actor: str = "", everything: bool = False, before: int | None = None, limit: int = 100
) -> Sequence[Mapping[str, Any]]:
    """Entries of the audit trail, newest first: what people did, or one of them, or everything."""
    if everything and not actor:
        rows = await pool.fetch(SQL["trail"], tenant, before, limit)
    else:
        rows = await pool.fetch(SQL["trail_of_people"], tenant, actor or None, before, limit)
    return [{**row, "detail": orjson.loads(row["detail"])} for row in map(dict, rows)]


def _reach(grants: Sequence[Grant]) -> tuple[list[str], list[str]]:
    return [one.desk for one in grants], [one.pairing for one in grants]


def _amounts(text: str) -> Mapping[str, Decimal]:
    return {currency: Decimal(str(value)) for currency, value in orjson.loads(text).items()}
