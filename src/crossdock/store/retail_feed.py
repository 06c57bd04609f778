"""What a retail system was told, so that it is told only what changed; memory stays flat in the number of items."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.model import as_json
from crossdock.model.erp_order import ErpOrder
from crossdock.model.retail import TransferProposal
from crossdock.model.stock import Basis, StockFigure, StockItem
from crossdock.ports.busy import Busy
from crossdock.ports.retail_memory import LevelRow
from crossdock.store.database import Connection
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("retail_feed")
PORTION = 1000
TO_TELL = frozenset({"unsure", "gone"})


class PgFeedBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def unlike(self, kind: str, digests: Mapping[str, str]) -> frozenset[str]:
        rows = await self.scope.pool.fetch(SQL["held"], self.scope.tenant, self.scope.pairing, kind, list(digests))
        known = {row["key"] for row in rows if row["digest"] == digests[row["key"]] and row["state"] not in TO_TELL}
        return frozenset(digests.keys() - known)

    async def note(
        self, kind: str, digests: Mapping[str, str], state: str, *, quantities: Mapping[str, Decimal] | None = None
    ) -> Mapping[str, int]:
        if not digests:
            return {}
        told = quantities or {}
        rows = await self.scope.pool.fetch(
            SQL["note"], self.scope.tenant, self.scope.pairing, kind, list(digests), list(digests.values()),
            [told.get(key) for key in digests], state,
        )  # fmt: skip
        return {row["key"]: row["id"] for row in rows}

    async def again(self, number: int) -> None:
        await self.scope.pool.execute(SQL["again"], number)

    async def forget_others(self, kind: str, keys: Collection[str]) -> int:
        tag = await self.scope.pool.execute(
            SQL["forget_others"], self.scope.tenant, self.scope.pairing, kind, list(keys)
        )
        return int(tag.split()[-1])

    async def forget_renamed(self, locations: Sequence[str]) -> Sequence[int]:
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            items = await connection.fetch(SQL["renamed"], scope.tenant, scope.pairing, scope.erp)
            codes = [row["key"] for row in items]
            levels = await connection.fetch(
                SQL["renamed_levels"], scope.tenant, scope.pairing, list(locations), codes
            )  # fmt: skip
        return [row["id"] for row in (*items, *levels)]

    async def items(self) -> AsyncIterator[Sequence[StockItem]]:
        last = ""
        while rows := await self.scope.pool.fetch(SQL["items"], self.scope.tenant, self.scope.erp, last, PORTION):
            last = rows[-1]["code_key"]
            yield [as_json.loads(StockItem, row["document"]) for row in rows]

    async def leaves(self, codes: Sequence[str]) -> Mapping[str, Decimal | None]:
        rows = await self.scope.pool.fetch(
            SQL["leaves"], self.scope.tenant, self.scope.erp, [code.lower() for code in codes]
        )
        return {row["code_key"]: Decimal(row["tax_percent"]) if row["tax_percent"] else None for row in rows}

    async def told_leaves(self, codes: Sequence[str]) -> frozenset[str]:
        scope = self.scope
        keys = [code.lower() for code in codes]
        rows = await scope.pool.fetch(SQL["told_leaves"], scope.tenant, scope.pairing, scope.erp, keys)
        return frozenset(row["code"].casefold() for row in rows)

    async def unsettled(self, locations: Sequence[str], *, since: datetime) -> bool:
        found = await self.scope.pool.fetchval(
            SQL["unsettled"], self.scope.tenant, self.scope.pairing, list(locations), since
        )
        return bool(found)

    @contextlib.asynccontextmanager
    async def levels(self) -> AsyncIterator["PgLevelRun"]:
        """The lock lives in the connection, so a worker that dies gives it back at once."""
        async with self.scope.pool.acquire() as connection:
            lock = f"levels {self.scope.tenant} {self.scope.pairing}"
            if not await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", lock):
                raise Busy(lock)
            try:
                await connection.execute("drop table if exists level_read, level_allocated")
                await connection.execute(SQL["stage"])
                await connection.execute(SQL["allocated"])
                yield PgLevelRun(self.scope, connection)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", lock)
                await connection.execute("drop table if exists level_read, level_allocated")

    async def see_proposals(self, proposals: Sequence[TransferProposal], *, at: datetime) -> int:
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(
                SQL["see_proposals"], scope.tenant, scope.pairing, [one.ref for one in proposals],
                [as_json.dumps(one).decode() for one in proposals], at,
            )  # fmt: skip
            await connection.fetchval(SQL["proposals_gone"], scope.tenant, scope.pairing, at)
        return sum(1 for row in rows if row["is_new"])

    async def open_proposals(self, limit: int) -> Sequence[TransferProposal]:
        rows = await self.scope.pool.fetch(SQL["open_proposals"], self.scope.tenant, self.scope.pairing, limit)
        return [as_json.loads(TransferProposal, row["document"]) for row in rows]

    async def leave_out(self, orders: Mapping[str, str], *, kept: Sequence[str]) -> None:
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["take_in"], scope.tenant, scope.pairing, list(kept))
            await connection.execute(SQL["leave_out"], scope.tenant, scope.pairing, list(orders), list(orders.values()))

    async def orders(self, marks: Mapping[str, str]) -> Mapping[str, ErpOrder]:
        rows = await self.scope.pool.fetch(
            SQL["orders_held"], self.scope.tenant, self.scope.erp, list(marks), list(marks.values())
        )
        return {row["code"]: as_json.loads(ErpOrder, row["document"]) for row in rows}

    async def hold_orders(self, marks: Mapping[str, str], orders: Mapping[str, ErpOrder]) -> None:
        if orders:
            await self.scope.pool.execute(
                SQL["hold_orders"], self.scope.tenant, self.scope.erp, list(orders), [marks[code] for code in orders],
                [as_json.dumps(one).decode() for one in orders.values()],
            )  # fmt: skip


class PgLevelRun:
    def __init__(self, scope: Scope, connection: Connection) -> None:
        self.scope = scope
        self._connection = connection

    async def stage(self, location: str, figures: Sequence[StockFigure]) -> None:
        rows = [
            (location, one.stock_code.lower(), str(one.basis), one.quantity, one.as_of)
            for one in figures
            if not one.unlimited
        ]
        columns = ("location", "code_key", "basis", "quantity", "as_of")
        await self._connection.copy_records_to_table("level_read", records=rows, columns=columns)

    async def unstable(self, location: str, figures: Sequence[StockFigure]) -> None:
        await self._connection.execute(
            SQL["unstable"], location, [one.stock_code.lower() for one in figures], [one.quantity for one in figures]
        )

    async def allocate(self, promised: Mapping[tuple[str, str], Decimal]) -> None:
        rows = [(location, code.lower(), quantity) for (location, code), quantity in promised.items()]
        await self._connection.copy_records_to_table("level_allocated", records=rows)

    async def unread(self, locations: Sequence[str]) -> bool:
        scope = self.scope
        return bool(await self._connection.fetchval(SQL["unread"], scope.tenant, scope.pairing, list(locations)))

    async def again(self) -> None:
        await self._connection.execute("truncate level_read")

    async def end(self, *, is_full: bool) -> None:
        scope = self.scope
        await self._connection.execute(SQL["reckoned"], scope.tenant, scope.pairing, scope.erp)
        if is_full:
            await self._connection.execute(SQL["lost"], scope.tenant, scope.pairing, scope.erp)

    async def rows(self) -> AsyncGenerator[Sequence[LevelRow], None]:
        scope = self.scope
        async with self._connection.transaction(readonly=True):
            cursor = await self._connection.cursor(SQL["levels"], scope.tenant, scope.pairing, scope.erp)
            while rows := await cursor.fetch(PORTION):
                yield [_level(row) for row in rows]


def _level(row: Any) -> LevelRow:
    return LevelRow(
        location=row["location"], sku=row["code"], basis=Basis(row["basis"]), quantity=row["quantity"],
        allocated=row["allocated"] or Decimal(0), as_of=row["as_of"], told=row["told"],
        unsure=row["state"] in ("unsure", "lost"),
    )  # fmt: skip
