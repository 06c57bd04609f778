"""How far a load has got, and orders of the past that come in as the ERP has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from crossdock.model import as_json
from crossdock.model.despatch import Fulfilment
from crossdock.model.lifecycle import OrderState
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.loading import Period, Reached, Step
from crossdock.ports.systems import Document
from crossdock.store.archive import Vault, archive
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("loading")


@dataclass(frozen=True, kw_only=True)
class PgLoadBook:
    """Implements ports.loading.LoadBook."""

    scope: Scope
    vault: Vault

    async def steps(self) -> Mapping[str, Step]:
        rows = await self.scope.pool.fetch(SQL["steps"], *self._keys)
        return {
            row["step"]: Step(
                name=row["step"], state=row["state"], began_at=row["began_at"], ended_at=row["ended_at"],
                result=orjson.loads(row["result"]),
            )
            for row in rows
        }  # fmt: skip

    async def begin(self, step: str) -> None:
        await self.scope.pool.execute(SQL["step_begins"], *self._keys, step)

    async def end(self, step: str, *, well: bool, result: Mapping[str, Any]) -> None:
        said = orjson.dumps(dict(result), default=str).decode()
        await self.scope.pool.execute(SQL["step_ends"], *self._keys, step, "done" if well else "failed", said)

    async def reached(self, period: Period) -> Reached:
        row = await self.scope.pool.fetchrow(SQL["begin"], *self._keys, period.since, period.until)
        assert row is not None  # it was put there if it was not
        return Reached(cursor=row["cursor_at"], counts=orjson.loads(row["counts"]), ended=row["ended_at"] is not None)

    async def advance(self, period: Period, cursor: datetime | None, counts: Mapping[str, int], *, ended: bool) -> None:
        said = orjson.dumps(dict(counts)).decode()
        await self.scope.pool.execute(SQL["advance"], *self._keys, period.since, period.until, cursor, said, ended)

    async def known(self, storefront_ids: Sequence[str]) -> frozenset[str]:
        rows = await self.scope.pool.fetch(SQL["known"], *self._keys, list(storefront_ids))
        return frozenset(row["storefront_id"] for row in rows)

    async def take(self, documents: Sequence[tuple[Document[SalesOrder], Fulfilment]]) -> int:
        if not documents:
            return 0
        scope = self.scope
        async with scope.pool.acquire() as connection, connection.transaction():
            digests = await archive(
                connection, self.vault, tenant=scope.tenant, source=scope.storefront, kind="sales-order",
                documents=[(one.ref, one.raw) for one, _ in documents],
            )  # fmt: skip
            rows = [_row(*one, digest) for one, digest in zip(documents, digests, strict=True)]
            columns = (list(column) for column in zip(*rows, strict=True))
            return int(await connection.fetchval(SQL["take"], *self._keys, *columns))

    @property
    def _keys(self) -> tuple[str, str]:
        return (self.scope.tenant, self.scope.pairing)


def _row(one: Document[SalesOrder], there: Fulfilment, digest: bytes) -> tuple[Any, ...]:
    order = one.value
    if order is None:
        raise ValueError(f"{one.ref} cannot be read, so nobody knows which order of the ERP it is")
    return (
        one.ref, order.ref, str(_state(there)), order.currency, order.total, order.company_ref, order.company_name,
        as_json.dumps(order).decode(), digest, order.placed_at, order.updated_at, there.erp_code, there.account_code,
    )  # fmt: skip


def _state(there: Fulfilment) -> OrderState:
    if there.cancelled:
        return OrderState.CANCELLED
    return OrderState.DESPATCHED if there.complete else OrderState.POSTED
