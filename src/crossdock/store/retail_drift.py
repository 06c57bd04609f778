"""Both sides of every shelf, staged by COPY and laid beside each other in SQL; memory stays flat in their number."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.decide.retail_drift import Both, difference
from crossdock.decide.retail_stock import Stamp, age, on_hand
from crossdock.model.retail import RetailStock
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.busy import Busy
from crossdock.ports.retail_drift import ShelfBeside
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("retail_drift")
PORTION = 1000
DROP = "drop table if exists drift_told, drift_counted, drift_allocated"


class PgDriftBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator["PgDriftRun"]:
        """The lock lives in the connection, so a worker that dies gives it back at once."""
        async with self.scope.pool.acquire() as connection:
            lock = f"drift {self.scope.tenant} {self.scope.pairing}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                await connection.execute(DROP)
                for name in ("told", "counted", "allocated"):
                    await connection.execute(SQL[name])
                yield PgDriftRun(self.scope, connection)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute(DROP)

    async def rebook(self, counts: Mapping[int, Decimal]) -> None:
        await self.scope.pool.execute(SQL["rebook"], list(counts), list(counts.values()))

    async def again(self, shelf_ids: Collection[int]) -> None:
        await self.scope.pool.execute(SQL["again"], list(shelf_ids))

    async def note(self, differences: Mapping[int, str]) -> None:
        await self.scope.pool.execute(SQL["note"], list(differences), list(differences.values()))

    async def accept(self, shelf_ids: Collection[int]) -> None:
        await self.scope.pool.execute(SQL["accept"], list(shelf_ids))


class PgDriftRun:
    def __init__(self, scope: Scope, connection: Connection) -> None:
        self.scope = scope
        self._connection = connection

    async def tell(self, levels: Sequence[RetailStock]) -> None:
        rows = [
            (one.location, one.sku, one.sku.lower(), on_hand(one.basis, one.quantity, one.allocated),
             None if one.sequence is None else Decimal(one.sequence), one.occurred_at, one.published_at)
            for one in levels
            if one.leaf
        ]  # fmt: skip
        await self._connection.copy_records_to_table("drift_told", records=rows)

    async def count(self, location: str, figures: Sequence[StockFigure]) -> None:
        rows = [
            (location, one.stock_code.lower(), str(one.basis), one.quantity) for one in figures if not one.unlimited
        ]
        columns = ("location", "code_key", "basis", "quantity")
        await self._connection.copy_records_to_table("drift_counted", records=rows, columns=columns)

    async def moved(self, location: str, figures: Sequence[StockFigure]) -> None:
        await self._connection.execute(
            SQL["moved"], location, [one.stock_code.lower() for one in figures], [one.quantity for one in figures]
        )

    async def allocate(self, reserved: Mapping[tuple[str, str], Decimal]) -> None:
        rows = [(location, code.lower(), quantity) for (location, code), quantity in reserved.items()]
        await self._connection.copy_records_to_table("drift_allocated", records=rows)

    async def both(self, began: datetime) -> AsyncGenerator[Sequence[ShelfBeside], None]:
        async with self._connection.transaction(readonly=True):
            cursor = await self._connection.cursor(SQL["both"], self.scope.tenant, self.scope.pairing, began)
            while rows := await cursor.fetch(PORTION):
                yield [_beside(row) for row in rows]


def _beside(row: Any) -> ShelfBeside:
    counted = None
    if row["basis"] is not None:
        counted = on_hand(Basis(row["basis"]), row["quantity"], row["allocated"])
    heard = row["id"] is not None
    told = Stamp(_number(row["sequence"]), row["occurred_at"], row["published_at"])
    held = Stamp(_number(row["held_sequence"]), row["held_at"], row["held_published"]) if heard else None
    accepted = row["accepted"] or ""
    both = Both(
        told=row["told"], counted=counted, held=row["held"], age=None if held is None else age(told, held),
        left_unbooked=row["left_unbooked"], waiting=row["waiting"], in_case=row["in_case"], moved=row["moved"],
        accepted=bool(accepted) and accepted == difference(row["told"], counted),
    )  # fmt: skip
    return ShelfBeside(
        shelf_id=row["id"], version=row["version"] or 0, location=row["location"], sku=row["sku"], both=both,
        accepted=accepted,
    )  # fmt: skip


def _number(sequence: Decimal | None) -> int | None:
    return None if sequence is None else int(sequence)
