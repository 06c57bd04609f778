"""Stock figures in bulk: staged by COPY, merged and compared in SQL, so that memory stays flat in their number."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from crossdock.decide.policy import StockPolicy
from crossdock.decide.stock_drift import Place
from crossdock.model.stock import StockFigure, StockLevel
from crossdock.ports.busy import Busy
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("stock")
COLUMNS = ("head", "quantity", "code_key")
COPY_CHARACTERS = 1_000_000  # of staged rows in one COPY: a page of figures at a time would be a round trip each
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
IN_MEMORY = "set local work_mem = '32MB'"  # a million rows joined without temporary files; more of them spill
SMALL_SAMPLE = "set local default_statistics_target = 10"
ALL_ROWS = "set local cursor_tuple_fraction = 1"  # every difference is fetched: plan for the last row, not the first
EVERYTHING = None  # no SKU is left out
ANYTHING = False  # figures are not too old to raise anything: nothing is raised
MOVES_KEPT_DAYS = 31
TABLES = "stock_staged, stock_heads, stock_different"

Head = tuple[str, str, bool, datetime]
"""What many figures of one read have in common: site, basis, unlimited, as_of."""


class PgStockBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

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
                await connection.execute(f"drop table if exists {TABLES}")
                for name in ("stage", "heads", "different"):
                    await connection.execute(SQL[name])
                run = PgStockRun(self.scope, connection)
                try:
                    yield run
                finally:
                    await run.leave()
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute(f"drop table if exists {TABLES}")


class PgStockRun:
    def __init__(self, scope: Scope, connection: Connection) -> None:
        self.scope = scope
        self._connection = connection
        self._heads: dict[Head, int] = {}
        self._waiting: list[str] = []
        self._characters = 0
        self._copying: asyncio.Task[None] | None = None

    async def stage(self, figures: Sequence[StockFigure]) -> None:
        """Goes to the database in large portions, each while the next is read."""
        text = self._text(figures)
        self._waiting.append(text)
        self._characters += len(text)
        if self._characters >= COPY_CHARACTERS:
            await self._copied()
            self._copying = asyncio.create_task(self._copy(self._portion()))
        await asyncio.sleep(0)  # a COPY under way goes on between two pages

    def _text(self, figures: Sequence[StockFigure]) -> str:
        """The figures as COPY reads them."""
        heads = self._heads
        rows = [
            f"{heads.setdefault((one.site, one.basis, one.unlimited, one.as_of), len(heads))}"
            f"\t{one.quantity}\t{one.stock_code.lower()}\n"
            for one in figures
        ]
        text = "".join(rows)
        if "\\" in text or "\r" in text or text.count("\t") != 2 * len(rows) or text.count("\n") != len(rows):
            parts = [row[:-1].split("\t", 2) for row in rows]
            text = "".join([f"{head}\t{quantity}\t{code.translate(ESCAPES)}\n" for head, quantity, code in parts])
        return text

    def _portion(self) -> bytes:
        text, self._waiting, self._characters = "".join(self._waiting), [], 0
        return text.encode()

    async def _copy(self, portion: bytes) -> None:
        await self._connection.copy_to_table("stock_staged", columns=COLUMNS, source=_once(portion))

    async def _copied(self) -> None:
        """Nothing else may use the connection before a COPY under way has ended."""
        if self._copying is not None:
            copying, self._copying = self._copying, None
            await copying

    async def leave(self) -> None:
        """A run that was broken off may have a COPY under way."""
        if self._copying is not None:
            self._copying.cancel()
            await asyncio.wait([self._copying])

    async def merge(self, *, behind: timedelta = timedelta()) -> int:
        await self._copied()
        await self._copy(self._portion())
        heads = [
            (number, site, str(basis), unlimited, as_of + behind)
            for (site, basis, unlimited, as_of), number in self._heads.items()
        ]
        async with self._connection.transaction():
            await self._connection.execute("truncate stock_heads, stock_different")
            await self._connection.copy_records_to_table("stock_heads", records=heads)
            await self._connection.execute(f"{IN_MEMORY}; {SMALL_SAMPLE}")
            await self._connection.execute("analyze stock_staged")
            scope = self.scope
            await self._connection.execute(SQL["differ"], scope.tenant, scope.erp)
            await self._connection.execute(SQL["forget_moves"], scope.tenant, scope.erp, MOVES_KEPT_DAYS)
            return int(await self._connection.fetchval(SQL["merge"], scope.tenant, scope.erp, scope.pairing))

    async def forget(self, stock_codes: Sequence[str]) -> None:
        if stock_codes:
            await self._copied()
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
        shared: bool = True,
        only: Collection[str] | None = None,
        batch: int = 1000,
    ) -> AsyncGenerator[Sequence[StockLevel], None]:
        """Levels to be shown that differ from what was last shown: falls first, soonest empty before all.

        figures_from: when the read of the figures began; orders posted after that still count as in flight.
        only_lower: the figures are too old to raise anything. shared: one stock is shared out among its sellers.
        only: the SKUs to be looked at, None for all.
        """
        scope = self.scope
        await self._copied()
        async with self._connection.transaction(readonly=True):
            await self._connection.execute(f"{IN_MEMORY}; {ALL_ROWS}")
            cursor = await self._connection.cursor(
                SQL["changes"], *self._in_flight(figures_from), scope.pairing, scope.storefront, basis, buffer,
                list(buffers), list(buffers.values()), unlimited_shown, only_lower, site, shared,
                None if only is None else list(only),
            )  # fmt: skip
            while rows := await cursor.fetch(batch):
                yield [
                    StockLevel(ref=row["ref"], sku=row["sku"], unit=row["unit"], quantity=row["level"]) for row in rows
                ]

    async def places(
        self, run_id: int, *, basis: str, policy: StockPolicy, figures_from: datetime, site: str = "", batch: int = 1000
    ) -> AsyncGenerator[Sequence[Place], None]:
        """Places where what the storefront shows, as that reconciliation read it, is not what should be shown."""
        scope = self.scope
        await self._copied()
        async with self._connection.transaction(readonly=True):
            await self._connection.execute(f"{IN_MEMORY}; {ALL_ROWS}")
            cursor = await self._connection.cursor(
                SQL["places"], *self._in_flight(figures_from), scope.pairing, scope.storefront, basis, policy.buffer,
                list(policy.buffers), list(policy.buffers.values()), policy.unlimited_shown, ANYTHING, site,
                policy.shared, EVERYTHING, run_id,
            )  # fmt: skip
            while rows := await cursor.fetch(batch):
                yield [Place(**dict(row)) for row in rows]

    async def short(self, *, basis: str, figures_from: datetime, site: str = "") -> Mapping[str, Decimal]:
        """Stock code → how much more of it is promised than there is, of what this storefront sells."""
        scope = self.scope
        await self._copied()
        rows = await self._connection.fetch(
            SQL["short"], *self._in_flight(figures_from), basis, site, scope.storefront, scope.pairing
        )
        return {row["code"]: row["short"] for row in rows}

    def _in_flight(self, figures_from: datetime) -> tuple[object, ...]:
        scope = self.scope
        return (scope.tenant, *scope.sellers(), scope.erp, figures_from)

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


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
