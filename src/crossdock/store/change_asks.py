"""Asking for a change of an order, inside whatever transaction finds that somebody wants it."""

from collections.abc import Sequence
from typing import Any

from crossdock.model import as_json
from crossdock.model.order_change import OrderChange
from crossdock.ports.runtime import Job
from crossdock.store.database import Connection
from crossdock.store.jobs import ask_in
from crossdock.store.scope import Scope
from crossdock.store.sql import statements

SQL = statements("changes")


async def ask_change(
    connection: Connection,
    scope: Scope,
    change: OrderChange,
    *,
    order_id: int | None = None,
    order_ref: str = "",
    storefront_id: str = "",
) -> bool:
    """Remember a wish, and ask for a look at it. False when it is known already."""
    rows = await connection.fetch(
        SQL["ask"], scope.tenant, scope.pairing, change.key, order_id, order_ref, storefront_id, str(change.origin),
        as_json.dumps(change).decode(),
    )  # fmt: skip
    await ask_in(connection, [look_at_change(scope, row["id"], row["version"]) for row in rows])
    return bool(rows)


async def note_change(connection: Connection, scope: Scope, change: OrderChange, order_id: int) -> None:
    """The storefront's document of an order that was taken is about to say something else. The order is locked."""
    await connection.execute(SQL["keep_sold"], order_id)
    await ask_change(connection, scope, change, order_id=order_id)


async def changes_so_far(connection: Connection, order_id: int) -> int:
    """How many times the storefront's document changed after the order was taken. The order is locked."""
    return int(await connection.fetchval(SQL["number"], order_id))


async def widen_lines(connection: Connection, order_id: int) -> None:
    """While a change is under way the order counts with the larger of what it was and what it shall be (law L4)."""
    await put_lines(connection, order_id, await connection.fetch(SQL["widen_lines"], order_id))


async def put_lines(connection: Connection, order_id: int, rows: Sequence[Any]) -> None:
    await connection.executemany(
        SQL["put_line"],
        [(order_id, number, row["sku"], row["unit"], row["quantity"]) for number, row in enumerate(rows, 1)],
    )


def look_at_change(scope: Scope, change_id: int, version: int) -> Job:
    return Job(
        entrypoint="change", subject=f"{scope.pairing}/{change_id}", key=f"change/{change_id}/{version}", priority=9
    )
