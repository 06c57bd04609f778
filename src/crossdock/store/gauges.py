"""Figures of the whole installation, read from the database for whoever watches it."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("gauges")
MILLISECONDS_MAX = 5_000  # whoever watches must never hold up the work
SLOW_SECONDS = 300.0  # what is as long as a catalogue is counted this seldom

_counted: dict[tuple[int, str], tuple[float, Sequence[Mapping[str, Any]]]] = {}


async def read_gauges(pool: Pool, tenant: str) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Rows by the name of their statement; all of one moment."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(f"set local statement_timeout = {MILLISECONDS_MAX}")

        async def rows(name: str, *more: Any) -> Sequence[Mapping[str, Any]]:
            return [dict(row) for row in await connection.fetch(SQL[name], tenant, *more)]

        flows = await rows("flows")
        found = {
            "orders": await rows("orders"), "cases": await rows("cases"), "flows": flows,
            "day": await rows("day", sorted({one["pairing"] for one in flows})),
            "watermarks": await rows("watermarks"), "budgets": await rows("budgets"), "audit": await rows("audit"),
            "queue": [dict(row) for row in await connection.fetch(SQL["queue"])],
        }  # fmt: skip
        key, now = (id(pool), tenant), time.monotonic()
        kept = _counted.get(key)
        if kept is None or now - kept[0] >= SLOW_SECONDS:
            kept = _counted[key] = (now, await rows("stock"))
        return {**found, "stock": kept[1]}
