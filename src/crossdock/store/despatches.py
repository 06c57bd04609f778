"""Despatch notes: found in the ERP once, told to the storefront once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from crossdock.model import as_json
from crossdock.model.despatch import Despatch
from crossdock.ports.despatch_book import DespatchFile
from crossdock.ports.order_book import OrderMove
from crossdock.ports.runtime import Job
from crossdock.store.again import again_on_deadlock
from crossdock.store.cases import INSTEAD, NUL
from crossdock.store.jobs import ask_in
from crossdock.store.orders import move_in
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("despatches")
EVERY = 2**62  # beyond any id


class PgDespatchBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def known(self, order_ids: Sequence[int]) -> Mapping[int, tuple[Despatch, ...]]:
        found: dict[int, list[Despatch]] = defaultdict(list)
        for row in await self.scope.pool.fetch(SQL["known"], list(order_ids)):
            found[row["order_id"]].append(as_json.loads(Despatch, row["document"]))
        return {order_id: tuple(despatches) for order_id, despatches in found.items()}

    @again_on_deadlock
    async def found(
        self, order_id: int, despatches: Sequence[Despatch], *, move: OrderMove | None, known: int | None = None
    ) -> bool:
        """Remember new despatches and make the order's move, in one transaction; False if somebody was there first."""
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            if known is not None and await connection.fetchval(SQL["count_locked"], order_id) != known:
                return False
            if move is not None and not (await move_in(connection, [move]))[0]:
                return False
            rows = await connection.fetch(
                SQL["found"], scope.tenant, scope.pairing, order_id, [one.key for one in despatches],
                [one.tracking_number for one in despatches], [one.carrier for one in despatches],
                [as_json.dumps(one).decode() for one in despatches],
            )  # fmt: skip
            await ask_in(connection, [self._look(row["id"], row["version"]) for row in rows])
        return True

    async def load(self, despatch_id: int) -> DespatchFile | None:
        row = await self.scope.pool.fetchrow(SQL["load"], despatch_id)
        if row is None:
            return None
        return DespatchFile(
            id=row["id"], despatch=as_json.loads(Despatch, row["document"]), order_id=row["order_id"],
            order_ref=row["ref"], storefront_id=row["storefront_id"], state=row["state"], version=row["version"],
            attempts=row["attempts"], is_early=row["is_early"],
        )  # fmt: skip

    async def move(
        self,
        file: DespatchFile,
        state: str,
        *,
        look_in_seconds: float | None = None,
        detail: Mapping[str, Any] | None = None,
        actor: str = "crossdock",
    ) -> bool:
        said = as_json.dumps({name: _clean(value) for name, value in (detail or {}).items()}).decode()
        return bool(
            await self.scope.pool.fetchval(SQL["move"], file.id, file.version, state, look_in_seconds, said, actor)
        )

    async def look_later(self, despatch_id: int, version: int, seconds: float) -> None:
        await self.scope.pool.execute(SQL["look_later"], despatch_id, version, seconds)

    async def all_told(self, order_id: int) -> bool:
        return not await self.scope.pool.fetchval(SQL["unsent_before"], order_id, EVERY)

    async def must_wait(self, file: DespatchFile) -> bool:
        """Whether an earlier despatch of the same order has not been told yet: they go out in order."""
        return bool(await self.scope.pool.fetchval(SQL["unsent_before"], file.order_id, file.id))

    async def due(self, limit: int) -> Sequence[Job]:
        rows = await self.scope.pool.fetch(SQL["due"], self.scope.tenant, self.scope.pairing, limit)
        return [self._look(row["id"], row["version"]) for row in rows]

    def _look(self, despatch_id: int, version: int) -> Job:
        return Job(
            entrypoint="despatch",
            subject=f"{self.scope.pairing}/{despatch_id}",
            key=f"despatch/{despatch_id}/{version}",
            priority=8,
        )


def _clean(value: Any) -> Any:
    return value.replace(NUL, INSTEAD) if isinstance(value, str) else value
