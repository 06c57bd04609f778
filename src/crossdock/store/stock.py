"""Stock figures in bulk: staged by COPY, merged and compared in SQL, so that memory stays flat in their number."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from crossdock.model.stock import StockFigure, StockLevel
from crossdock.ports.memory import Busy
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("stock")
COLUMNS = ("code_key", "site", "basis", "quantity", "unlimited", "as_of")


class PgStockBook:
    def __init__(self, scope: Scope, *, declared: bool = True) -> None:
        """declared: the storefront's own unit conversions count as confirmed, as for orders."""
        self.scope = scope
        self._declared = declared

    @contextlib.asynccontextmanager
    async def run(self) -> AsyncIterator["PgStockRun"]:
        """The one run over this ERP's figures; raises Busy when another worker has it.

        The lock lives in the connection, so a worker that dies gives it back at once.
        """
        async with self.scope.pool.acquire() as connection:
            lock = f"stock {self.scope.tenant} {self.scope.erp}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                await connection.execute("drop table if exists stock_staged")
                await connection.execute(SQL["stage"])
                yield PgStockRun(self.scope, connection, declared=self._declared)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute("drop table if exists stock_staged")


class PgStockRun:
    def __init__(self, scope: Scope, connection: Connection, *, declared: bool) -> None:
        self.scope = scope
        self._declared = declared
        self._connection = connection

    async def stage(self, figures: Sequence[StockFigure]) -> None:
        await self._connection.copy_records_to_table(
            "stock_staged",
            columns=COLUMNS,
            records=[
                (one.stock_code.lower(), one.site, str(one.basis), one.quantity, one.unlimited, one.as_of)
                for one in figures
            ],
        )

    async def merge(self) -> int:
        """Take the staged figures over, newer over older only. Returns how many changed."""
        await self._connection.execute("analyze stock_staged")
        return int(await self._connection.fetchval(SQL["merge"], self.scope.tenant, self.scope.erp, self.scope.pairing))

    async def forget(self, stock_codes: Sequence[str]) -> None:
        if stock_codes:
            keys = [code.lower() for code in stock_codes]
            await self._connection.execute(SQL["forget"], self.scope.tenant, self.scope.erp, keys)

    async def changes(
        self,
        *,
        basis: str,
        buffer: Decimal,
        buffers: Mapping[str, Decimal],
        unlimited_shown: Decimal,
        only_lower: bool,
        figures_from: datetime,
        site: str = "",
        batch: int = 1000,
    ) -> AsyncGenerator[Sequence[StockLevel], None]:
        """Levels to be shown that differ from what was last shown: falls first, soonest empty before all.

        figures_from: when the read of the figures began; orders posted after that still count as in flight.
        only_lower: the figures are too old to raise anything.
        """
        scope = self.scope
        async with self._connection.transaction(readonly=True):
            cursor = await self._connection.cursor(
                SQL["changes"], scope.tenant, scope.pairing, scope.erp, scope.storefront, basis, buffer,
                list(buffers), list(buffers.values()), unlimited_shown, only_lower, site, figures_from,
                self._declared,
            )  # fmt: skip
            while rows := await cursor.fetch(batch):
                yield [
                    StockLevel(ref=row["ref"], sku=row["sku"], unit=row["unit"], quantity=row["level"]) for row in rows
                ]

    async def publishing(self, levels: Sequence[StockLevel], *, at: datetime) -> None:
        await self._note("publishing", levels, at)

    async def published(self, levels: Sequence[StockLevel], *, at: datetime) -> None:
        await self._note("published", levels, at)

    async def _note(self, name: str, levels: Sequence[StockLevel], at: datetime) -> None:
        # On a connection of its own: the cursor above is in the middle of its transaction.
        await self.scope.pool.execute(
            SQL[name], self.scope.tenant, self.scope.pairing, [one.ref for one in levels],
            [one.quantity for one in levels], at,
        )  # fmt: skip
