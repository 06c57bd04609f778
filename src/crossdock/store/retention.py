"""What is kept too long goes, in small batches: each is one transaction with its own entry in the audit trail.

A batch that was cut off did nothing; whoever comes next goes on where it stood. Times are the caller's, so that a
rehearsal and the run after it mean the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import orjson

from crossdock.decide.privacy import without_facts
from crossdock.store.database import Connection, Pool
from crossdock.store.privacy import void_orders
from crossdock.store.sql import statements

SQL, ORDERS = statements("retention"), statements("orders")
BATCH = 500
SYSTEM = "crossdock"
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
DROPPED = "kept long enough"


class Kept(StrEnum):
    """What has its time, in the words of the settings."""

    RAW_DOCUMENTS = "raw_documents"
    WEBHOOK_KEYS = "webhook_keys"
    CLOSED_CASES = "closed_cases"
    ORDERS_PEOPLE = "orders_people"
    SESSIONS = "sessions"
    SIGN_INS = "sign_ins"
    RECONCILIATION = "reconciliation"


DUE: Mapping[Kept, str] = {
    Kept.WEBHOOK_KEYS: "webhook_keys_due", Kept.CLOSED_CASES: "closed_cases_due", Kept.SIGN_INS: "sign_ins_due",
    Kept.ORDERS_PEOPLE: "orders_people_due", Kept.SESSIONS: "sessions_due", Kept.RECONCILIATION: "reconciliation_due",
}  # fmt: skip


@dataclass(slots=True)
class Walk:
    """How far a run over the stored documents has come. at, digest: of the last one looked at."""

    at: datetime = BEGINNING
    digest: bytes = b""


class PgRetention:
    def __init__(self, pool: Pool, tenant: str, *, batch: int = BATCH) -> None:
        self._pool = pool
        self._tenant = tenant
        self._batch = batch

    async def due(self, kind: Kept, before: datetime) -> int:
        """How many would go now."""
        if kind is not Kept.RAW_DOCUMENTS:
            return int(await self._pool.fetchval(SQL[DUE[kind]], self._tenant, before))
        walk, count = Walk(), 0
        pairings = await self._pairings()
        async with self._pool.acquire() as connection:
            while rows := await self._walked(connection, walk, before, pairings):
                count += sum(row["due"] for row in rows)
        return count

    async def drop(self, kind: Kept, before: datetime, *, batches_max: int) -> int:
        """Returns how many went, in at most so many batches."""
        walk, pairings, total = Walk(), await self._pairings(), 0
        for _ in range(batches_max):
            async with self._pool.acquire() as connection, connection.transaction():
                if kind is Kept.RAW_DOCUMENTS:
                    seen, gone = await self._raw(connection, walk, before, pairings)
                else:
                    seen = gone = await self._some(connection, kind, before)
                if gone:
                    detail = {"removed": gone, "older_than": before.isoformat()}
                    await connection.execute(SQL["trail"], self._tenant, SYSTEM, kind, orjson.dumps(detail).decode())
            total += gone
            if not seen:
                break
        return total

    async def last(self) -> Mapping[Kept, tuple[datetime, int]]:
        """When something of each kind last went, and how many on that day."""
        found: dict[Kept, tuple[datetime, int]] = {}
        for row in await self._pool.fetch(SQL["last_nights"], self._tenant, list(Kept)):
            at, count = found.get(Kept(row["subject"]), (row["at"], 0))
            if row["at"].date() == at.date():
                found[Kept(row["subject"])] = (at, count + int(row["removed"]))
        return found

    async def _pairings(self) -> list[str]:
        return [row["pairing"] for row in await self._pool.fetch(SQL["pairings"], self._tenant)]

    async def _walked(self, connection: Connection, walk: Walk, before: datetime, pairings: list[str]) -> list[Any]:
        given = (self._tenant, before, pairings, walk.at, walk.digest, self._batch)
        rows = list(await connection.fetch(SQL["raw_walk"], *given))
        if rows:
            walk.at, walk.digest = rows[-1]["read_at"], rows[-1]["digest"]
        return rows

    async def _raw(
        self, connection: Connection, walk: Walk, before: datetime, pairings: list[str]
    ) -> tuple[int, int]:  # fmt: skip
        """How many were looked at, and how many of them went."""
        rows = await self._walked(connection, walk, before, pairings)
        due = [row["digest"] for row in rows if row["due"]]
        return len(rows), await drop_raw(connection, self._tenant, due, why=DROPPED) if due else 0

    async def _some(self, connection: Connection, kind: Kept, before: datetime) -> int:
        match kind:
            case Kept.CLOSED_CASES:
                return await self._cases(connection, before)
            case Kept.ORDERS_PEOPLE:
                return await self._orders(connection, before)
            case Kept.RECONCILIATION:
                return await self._run(connection, before)
        return int(await connection.fetchval(SQL[kind], self._tenant, before, self._batch))

    async def _cases(self, connection: Connection, before: datetime) -> int:
        rows = await connection.fetch(SQL["closed_cases"], self._tenant, before, self._batch)
        told = [without_facts(orjson.loads(row["facts"]), row["cause"]) for row in rows]
        await connection.execute(
            SQL["clear_cases"], [row["id"] for row in rows], [orjson.dumps(facts).decode() for facts, _ in told],
            [cause for _, cause in told],
        )  # fmt: skip
        return len(rows)

    async def _orders(self, connection: Connection, before: datetime) -> int:
        await connection.execute(ORDERS["nobody_captures"], self._tenant)  # so that none is read again halfway
        rows = await connection.fetch(SQL["orders_people"], self._tenant, before, self._batch)
        if rows:
            await void_orders(connection, [row["id"] for row in rows], actor=SYSTEM, why=DROPPED)
        return len(rows)

    async def _run(self, connection: Connection, before: datetime) -> int:
        """Differences first, a batch at a time: a run may hold a hundred thousand."""
        run = await connection.fetchval(SQL["reconciliation"], self._tenant, before)
        if run is None:
            return 0
        gone = int(await connection.fetchval(SQL["drop_differences"], run, self._batch))
        if gone < self._batch:
            await connection.execute(SQL["drop_run"], run)
        return max(gone, 1)


async def drop_raw(connection: Connection, tenant: str, digests: list[bytes], *, why: str) -> int:
    """Documents go; digest, size, time and reason stay."""
    return int(await connection.fetchval(SQL["raw_drop"], tenant, digests, why))
