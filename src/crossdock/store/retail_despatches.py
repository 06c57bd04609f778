"""What left the shops: heard once, booked once, with what the ERP was sent kept word for word."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from crossdock.model import as_json
from crossdock.model.despatch import DespatchNote
from crossdock.model.retail import RetailDespatch, RetailDespatchStatus
from crossdock.ports.retail_memory import Heard, RetailDespatchFile
from crossdock.ports.runtime import Job
from crossdock.store.again import again_on_deadlock
from crossdock.store.cases import INSTEAD, NUL
from crossdock.store.database import Connection
from crossdock.store.jobs import ask_in
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("retail_despatches")
BOOKED = frozenset({"closed", "dropped"})


class PgRetailDespatchBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    @again_on_deadlock
    async def hear(self, despatches: Sequence[RetailDespatch], *, missed: bool = False) -> Heard:
        counts = {"new": 0, "amended": 0, "same": 0}
        late: list[int] = []
        async with self.scope.pool.acquire() as connection, connection.transaction():
            for one in sorted(despatches, key=lambda one: (one.key, one.revision)):
                counts[await self._hear(connection, one, late, missed=missed)] += 1
        return Heard(**counts, late=tuple(late))

    async def _hear(self, connection: Connection, one: RetailDespatch, late: list[int], *, missed: bool) -> str:
        scope = self.scope
        held = await connection.fetchrow(SQL["held"], scope.tenant, scope.pairing, one.key)
        called_off = one.status is RetailDespatchStatus.CANCELLED
        document = as_json.dumps(one).decode()
        if held is None:
            state = "called_off" if called_off else "found"
            row = await connection.fetchrow(
                SQL["add"], scope.tenant, scope.pairing, one.key, one.revision, one.order_ref, one.location, document,
                one.despatched_at, state, missed,
            )  # fmt: skip
            if row is None:
                return "same"  # another look heard it at this very moment
            await self._went(connection, row["id"], row["version"], one, state)
            return "new"
        if one.revision <= held["revision"]:
            return "same"
        state = held["state"]
        if state in BOOKED:
            late.append(held["id"])
        elif state != "closing":
            state = "called_off" if called_off else "found"
        version = await connection.fetchval(
            SQL["amend"], held["id"], one.revision, one.order_ref, one.location, document, one.despatched_at, state
        )
        await self._went(connection, held["id"], version, one, state)
        return "amended"

    async def _went(
        self, connection: Connection, despatch_id: int, version: int, one: RetailDespatch, state: str
    ) -> None:
        await connection.execute("delete from retail_despatch_line where despatch_id = $1", despatch_id)
        await connection.execute(
            SQL["add_lines"], despatch_id, [line.sku.lower() for line in one.lines],
            [line.quantity for line in one.lines],
        )  # fmt: skip
        await connection.execute(SQL["touch"], despatch_id, state in BOOKED)
        if state == "found":
            await ask_in(connection, [self._look(despatch_id, version)])

    async def load(self, despatch_id: int) -> RetailDespatchFile | None:
        row = await self.scope.pool.fetchrow(SQL["load"], despatch_id)
        return None if row is None else _file(row)

    async def known(self, order_refs: Sequence[str]) -> Mapping[str, Sequence[RetailDespatchFile]]:
        found: dict[str, list[RetailDespatchFile]] = defaultdict(list)
        for row in await self.scope.pool.fetch(SQL["known"], self.scope.tenant, self.scope.pairing, list(order_refs)):
            found[row["order_ref"]].append(_file(row))
        return found

    @again_on_deadlock
    async def move(
        self,
        file: RetailDespatchFile,
        state: str,
        *,
        look_in_seconds: float | None = None,
        sent: DespatchNote | None = None,
        erp_ref: str | None = None,
        detail: Mapping[str, str] | None = None,
        actor: str = "crossdock",
    ) -> bool:
        said = as_json.dumps({name: value.replace(NUL, INSTEAD) for name, value in (detail or {}).items()}).decode()
        async with self.scope.pool.acquire() as connection, connection.transaction():
            moved = await connection.fetchval(
                SQL["move"], file.id, file.version, state, look_in_seconds,
                None if sent is None else as_json.dumps(sent).decode(), erp_ref, said, actor,
            )  # fmt: skip
            if moved is None:
                return False
            await connection.execute(SQL["touch"], file.id, state in BOOKED)
            if state == "found":
                await ask_in(connection, [self._look(file.id, file.version + 1)])
        return True

    async def codes(self, skus: Sequence[str]) -> Mapping[str, str]:
        scope = self.scope
        rows = await scope.pool.fetch(SQL["codes"], scope.tenant, scope.pairing, scope.erp, list(skus))
        return {row["sku"]: row["code"] for row in rows}

    async def look_later(self, despatch_id: int, version: int, seconds: float) -> None:
        await self.scope.pool.execute(SQL["look_later"], despatch_id, version, seconds)

    async def due(self, limit: int) -> Sequence[Job]:
        rows = await self.scope.pool.fetch(SQL["due"], self.scope.tenant, self.scope.pairing, limit)
        return [self._look(row["id"], row["version"]) for row in rows]

    def _look(self, despatch_id: int, version: int) -> Job:
        return Job(
            entrypoint="retail-despatch", subject=f"{self.scope.pairing}/{despatch_id}",
            key=f"retail-despatch/{despatch_id}/{version}", priority=8,
        )  # fmt: skip


def _file(row: Any) -> RetailDespatchFile:
    return RetailDespatchFile(
        id=row["id"], despatch=as_json.loads(RetailDespatch, row["document"]), state=row["state"],
        version=row["version"], attempts=row["attempts"],
        sent=as_json.loads(DespatchNote, row["sent"]) if row["sent"] else None,
        erp_ref=row["erp_ref"], is_early=row["is_early"], closed_at=row["closed_at"],
    )  # fmt: skip
