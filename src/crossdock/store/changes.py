"""Changes of orders: asked once, decided once, answered once."""

from collections.abc import Sequence
from typing import Any

from crossdock.model import as_json
from crossdock.model.order_change import ChangeState, OrderChange, Origin, after_change
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.changes import ChangeFile, ChangeStep
from crossdock.ports.runtime import Job
from crossdock.store.again import again_on_deadlock
from crossdock.store.cases import INSTEAD, NUL, hold_records
from crossdock.store.change_asks import ask_change, look_at_change, put_lines
from crossdock.store.database import Connection
from crossdock.store.jobs import ask_in
from crossdock.store.orders import move_in
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("changes")
SETTLED = frozenset({ChangeState.APPLIED, ChangeState.REFUSED, ChangeState.MOOT})
RECORD = "change"


class PgChangeBook:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    async def ask(
        self, change: OrderChange, *, order_id: int | None = None, order_ref: str = "", storefront_id: str = ""
    ) -> bool:
        async with self.scope.pool.acquire() as connection, connection.transaction():
            return await ask_change(
                connection, self.scope, change, order_id=order_id, order_ref=order_ref, storefront_id=storefront_id
            )

    async def load(self, change_id: int) -> ChangeFile | None:
        rows = await self.scope.pool.fetch(SQL["load"], [change_id], None, "")
        return _file(rows[0]) if rows else None

    async def of_order(self, order_id: int, origin: Origin) -> Sequence[ChangeFile]:
        return [_file(row) for row in await self.scope.pool.fetch(SQL["load"], [], order_id, str(origin))]

    async def meet(self, file: ChangeFile) -> bool:
        return bool(await self.scope.pool.fetchval(SQL["meet"], file.id, file.version))

    @again_on_deadlock
    async def move(self, file: ChangeFile, step: ChangeStep) -> bool:
        """The move, the order's move, and the cases, in one transaction."""
        state = after_change(file.state, step.move)
        async with self.scope.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                done = await self._move(connection, file, step, state)
            except BaseException:
                await transaction.rollback()
                raise
            await (transaction.commit() if done else transaction.rollback())
        return done

    async def _move(self, connection: Connection, file: ChangeFile, step: ChangeStep, state: ChangeState) -> bool:
        # The order before the change, as everybody who locks both does.
        if step.order_move is not None and not (await move_in(connection, [step.order_move]))[0]:
            return False
        if not await connection.fetchval(
            SQL["move"], file.id, file.version, str(state), str(step.move),
            None if step.wanted is None else as_json.dumps(step.wanted).decode(), _clean(step.reason), step.late,
            step.look_in_seconds, as_json.dumps(_said(step)).decode(), step.actor,
            None if step.sale is None else as_json.dumps(step.sale).decode(),
        ):  # fmt: skip
            return False
        if step.sold is not None and file.order_id is not None:
            await connection.execute(SQL["sold"], file.order_id, as_json.dumps(step.sold).decode())
        if step.findings is not None:
            await hold_records(
                connection, self.scope, RECORD, [file.id], findings=step.findings, sticky=step.sticky,
                evidence=step.evidence, refs={file.id: file.order_ref}, reason=step.reason or "it is settled",
                actor=step.actor,
            )  # fmt: skip
        if state in SETTLED and file.order_id is not None:
            await self._settle_order(connection, file.order_id)
        return True

    async def _settle_order(self, connection: Connection, order_id: int) -> None:
        await put_lines(connection, order_id, await connection.fetch(SQL["settle_lines"], order_id))
        rows = await connection.fetch(SQL["wake_order"], order_id)
        subject = f"{self.scope.pairing}/{order_id}"
        await ask_in(
            connection,
            [Job(entrypoint="order", subject=subject, key=f"order/{order_id}/{row['version']}") for row in rows],
        )

    async def must_wait(self, file: ChangeFile) -> bool:
        return bool(await self.scope.pool.fetchval(SQL["must_wait"], file.id, file.order_id))

    async def look_later(self, change_id: int, version: int, seconds: float) -> None:
        await self.scope.pool.execute(SQL["look_later"], change_id, version, seconds)

    async def due(self, limit: int) -> Sequence[Job]:
        rows = await self.scope.pool.fetch(SQL["due"], self.scope.tenant, self.scope.pairing, limit)
        return [look_at_change(self.scope, row["id"], row["version"]) for row in rows]


def _said(step: ChangeStep) -> dict[str, Any]:
    said = {name: _clean(value) if isinstance(value, str) else value for name, value in (step.detail or {}).items()}
    return said | ({"reason": _clean(step.reason)} if step.reason else {})


def _clean(text: str) -> str:
    return text.replace(NUL, INSTEAD)[:1000]


def _file(row: Any) -> ChangeFile:
    return ChangeFile(
        id=row["id"], change=as_json.loads(OrderChange, row["document"]), order_id=row["order_id"],
        order_ref=row["order_ref"], storefront_id=row["storefront_id"], state=ChangeState(row["state"]),
        version=row["version"], attempts=row["attempts"], asked_at=row["asked_at"], sent_at=row["sent_at"],
        wanted=None if row["wanted"] is None else as_json.loads(ResolvedOrder, row["wanted"]),
        sale=None if row["sale"] is None else as_json.loads(SalesOrder, row["sale"]), reason=row["reason"],
        late=row["late"], is_granted=row["is_granted"], is_early=row["is_early"],
    )  # fmt: skip
