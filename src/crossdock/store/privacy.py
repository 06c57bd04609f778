"""Taking people out of what is kept about orders that are over."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson

from crossdock.decide.privacy import VOID, is_guest, voided
from crossdock.store.database import Connection
from crossdock.store.sql import statements

SQL = statements("privacy")
PAPERS = (
    "sales_order_document", "sales_order_resolved", "sales_order_sold", "order_change_document", "order_change_wanted",
    "order_change_sale", "refund_document", "refund_credit", "despatch_document", "channel_out_document",
)  # fmt: skip
"""Where papers of orders stand: table and column, and the statement that writes one back."""
SALES = frozenset({"sales_order_document", "sales_order_sold"})  # where it stands whether the buyer was a guest


async def papers_of(connection: Connection, order_ids: Sequence[int]) -> list[tuple[str, int, int, Any]]:
    """Every document that speaks of these orders: where it stands, its row, the order, and what it says."""
    rows = await connection.fetch(SQL["order_documents"], list(order_ids))
    return [(row["place"], row["id"], row["order_id"], orjson.loads(row["text"])) for row in rows]


async def void_orders(
    connection: Connection, order_ids: Sequence[int], *, actor: str, why: str, names: bool = False
) -> None:
    """Replace who and where in every document of these orders by a mark, in the transaction the connection is in.

    names: firms' names as well; a guest's name always goes.
    """
    papers = await papers_of(connection, order_ids)
    guests = {order for place, _, order, document in papers if place in SALES and is_guest(document)}
    nameless = set(order_ids) if names else guests
    changed: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, key, order, document in papers:
        new = voided(document, names=order in nameless)
        if new != document:
            changed[place].append((key, orjson.dumps(new).decode()))
    for place, pairs in sorted(changed.items()):
        await connection.execute(SQL[place], [key for key, _ in pairs], [text for _, text in pairs])
    await connection.execute(SQL["erased"], list(order_ids), sorted(nameless), VOID, actor, why)
