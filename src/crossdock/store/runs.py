"""When each flow is due, how its last run went, and which webhooks were seen."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("runs")


class RunBook:
    def __init__(self, pool: Pool, tenant: str) -> None:
        self._pool = pool
        self._tenant = tenant

    async def ensure(self, pairing: str, flow: str) -> None:
        await self._pool.execute(SQL["ensure"], self._tenant, pairing, flow)

    async def claim(self, pairing: str, flow: str, *, every_seconds: float) -> bool:
        """True for exactly one caller each time the flow falls due."""
        return bool(await self._pool.fetchval(SQL["claim"], self._tenant, pairing, flow, every_seconds))

    async def hurry(self, pairing: str, flow: str) -> None:
        """Make the flow due now."""
        await self._pool.execute(SQL["hurry"], self._tenant, pairing, flow)

    async def hurry_by(self, pairing: str, flow: str, *, actor: str) -> bool:
        """The same because a person asked, with an entry in the audit trail; False for a flow that is not there."""
        return bool(await self._pool.fetchval(SQL["hurry_by"], self._tenant, pairing, flow, actor))

    async def ended(self, pairing: str, flow: str, *, well: bool, result: Mapping[str, Any]) -> int:
        """Note how a run ended; returns how many failed in a row: before it when it went well, else with it."""
        return int(
            await self._pool.fetchval(
                SQL["ended"], self._tenant, pairing, flow, well, orjson.dumps(dict(result), default=str).decode()
            )
            or 0
        )

    async def is_new_webhook(self, system: str, key: str, topic: str) -> bool:
        """Remember a delivery; False when this event was delivered before."""
        return bool(await self._pool.fetchval(SQL["webhook_seen"], self._tenant, system, key, topic))


async def read_status(pool: Pool, tenant: str) -> dict[str, Any]:
    """Queues, lags, watermarks and budgets, as rows of plain values."""

    async def rows(name: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await pool.fetch(SQL[name], tenant)]

    return {
        "orders": await rows("status_orders"),
        "despatches": await rows("status_despatches"),
        **await read_flows(pool, tenant),
    }


async def read_flows(pool: Pool, tenant: str) -> dict[str, Any]:
    """The part of the status that no number of orders makes slower: flows, watermarks and budgets."""

    async def rows(name: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await pool.fetch(SQL[name], tenant)]

    return {
        "flows": [{**row, "result": orjson.loads(row["result"])} for row in await rows("status_flows")],
        "watermarks": await rows("status_watermarks"),
        "budgets": await rows("status_budgets"),
    }


async def read_schedules(pool: Pool, tenant: str, pairings: Sequence[str]) -> Mapping[tuple[str, str], dict[str, Any]]:
    """(pairing, flow) → when it is due, how its last run went."""
    rows = [dict(row) for row in await pool.fetch(SQL["schedules"], tenant, list(pairings))]
    return {(one["pairing"], one["flow"]): {**one, "result": orjson.loads(one["result"])} for one in rows}


async def read_book(pool: Pool, tenant: str) -> dict[str, Any]:
    """What we believe, for whoever wants to hold it against what the systems hold."""

    async def rows(name: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await pool.fetch(SQL[name], tenant)]

    return {
        "orders": await rows("book_orders"),
        "despatches": await rows("book_despatches"),
        "published": await rows("book_published"),
        "refunds": await rows("book_refunds"),
        "openings": await rows("book_openings"),
        "catalogue": await rows("book_catalogue"),
        "shelves": await rows("book_shelves"),
    }
