"""Shelves of shops: staged by COPY, merged in SQL newer over older, handed out falls first, booked or unsure."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.decide.lag import bucket
from crossdock.decide.retail_stock import on_hand
from crossdock.model import as_json
from crossdock.model.retail import RetailStock
from crossdock.model.stock import Basis, StockItem
from crossdock.ports.busy import Busy
from crossdock.ports.retail_memory import Shelf, Taken, Waiting
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("retail_stock")
COLUMNS = (
    "location", "sku", "sku_key", "leaf", "basis", "quantity", "allocated", "sequence", "occurred_at", "published_at",
    "on_hand",
)  # fmt: skip
ONE_SHELF = (False, 1)  # as it is, whether it may be raised or not


class PgShelfBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator["PgShelfRun"]:
        """The one run over this pairing's shelves; raises Busy when another worker has it.

        The lock lives in the connection, so a worker that dies gives it back at once.
        """
        async with self.scope.pool.acquire() as connection:
            lock = f"shelves {self.scope.tenant} {self.scope.pairing}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                await connection.execute("drop table if exists retail_staged")
                await connection.execute(SQL["stage"])
                yield PgShelfRun(self.scope, connection)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute("drop table if exists retail_staged")

    async def shelf(self, shelf_id: int) -> Shelf | None:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["due"], scope.tenant, scope.pairing, scope.erp, [], *ONE_SHELF, shelf_id)
        return _shelf(rows[0]) if rows else None

    async def park(self, shelf_id: int, problem: str) -> None:
        await self.scope.pool.execute(SQL["park"], shelf_id, problem)

    async def waiting(self, locations: Sequence[str]) -> Waiting:
        row: Any = await self.scope.pool.fetchrow(
            SQL["waiting"], self.scope.tenant, self.scope.pairing, list(locations)
        )
        return Waiting(shelves=row["shelves"], since=row["since"])

    async def waiting_by_location(self) -> Mapping[str, int]:
        rows = await self.scope.pool.fetch(SQL["waiting_by_location"], self.scope.tenant, self.scope.pairing)
        return {row["location"]: row["shelves"] for row in rows}

    async def lags(self, since: datetime) -> Mapping[float, int]:
        rows = await self.scope.pool.fetch(SQL["lags"], self.scope.tenant, self.scope.pairing, since)
        return {row["seconds"]: row["figures"] for row in rows}


class PgShelfRun:
    def __init__(self, scope: Scope, connection: Connection) -> None:
        self.scope = scope
        self._connection = connection

    async def stage(self, levels: Sequence[RetailStock]) -> None:
        rows = [
            (one.location, one.sku, one.sku.lower(), one.leaf, str(one.basis), one.quantity, one.allocated,
             None if one.sequence is None else Decimal(one.sequence), one.occurred_at, one.published_at,
             on_hand(one.basis, one.quantity, one.allocated))
            for one in levels
        ]  # fmt: skip
        await self._connection.copy_records_to_table("retail_staged", records=rows, columns=COLUMNS)

    async def merge(self, *, measured_from: datetime | None) -> Taken:
        scope = self.scope
        async with self._connection.transaction():
            await self._connection.execute("analyze retail_staged")
            row: Any = await self._connection.fetchrow(SQL["merge"], scope.tenant, scope.pairing, measured_from)
            await self._connection.execute(SQL["at_rest"], scope.tenant, scope.pairing)
            await self._connection.execute("truncate retail_staged")
        return Taken(newer=row["newer"], same=row["same"], older=row["older"])

    async def due(self, locations: Sequence[str], *, limit: int, only_lower: bool) -> Sequence[Shelf]:
        scope = self.scope
        rows = await self._connection.fetch(
            SQL["due"], scope.tenant, scope.pairing, scope.erp, list(locations), only_lower, limit, None
        )
        return [_shelf(row) for row in rows]

    async def booking(self, counts: Mapping[int, Decimal]) -> None:
        await self._connection.execute(SQL["booking"], list(counts), list(counts.values()))

    async def booked(self, counts: Mapping[int, Decimal], shelves: Sequence[Shelf], *, at: datetime) -> None:
        scope = self.scope
        versions = {one.id: one.version for one in shelves}
        async with self._connection.transaction():
            rows = await self._connection.fetch(
                SQL["booked"], list(counts), list(counts.values()), [versions[one] for one in counts], at
            )
            lags = Counter(bucket(row["seconds"]) for row in rows if row["seconds"] is not None)
            await self._connection.execute(
                SQL["add_lags"], scope.tenant, scope.pairing, at, list(lags), list(lags.values())
            )
            await self._connection.execute(SQL["forget_lags"], scope.tenant, scope.pairing, at)


def _shelf(row: Any) -> Shelf:
    level = RetailStock(
        location=row["location"], sku=row["sku"], leaf=row["leaf"], basis=Basis(row["basis"]),
        quantity=row["quantity"], allocated=row["allocated"],
        sequence=None if row["sequence"] is None else int(row["sequence"]), occurred_at=row["occurred_at"],
        published_at=row["published_at"],
    )  # fmt: skip
    return Shelf(
        id=row["id"], level=level, code=row["code"],
        item=as_json.loads(StockItem, row["item"]) if row["item"] else None, left_unbooked=row["left_unbooked"],
        booked=row["booked"], attempts=row["attempts"], version=row["version"], told_as=tuple(row["told_as"]),
    )  # fmt: skip
