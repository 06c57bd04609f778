"""The shop country's order list without the orders: who is there, under which number, and what a setting leaves out.

The list has no order that is public, so nothing is proven before its end. An order is asked for by its id alone: the
publicKey that people use finds none.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.mapping_order import changed_at, number_of
from crossdock.connectors.scayle.source import OrderReads, identity, told
from crossdock.connectors.scayle.wire import read
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.ports.completeness import IndexPage, OrderEntry


class OrderLists(OrderReads):
    """Implements OrderIndex."""

    async def read_order_index(self, changed_since: datetime | None) -> AsyncIterator[IndexPage]:
        async for rows in self.order_rows(changed_since):
            if rows:
                yield IndexPage(entries=tuple(self._entry(row) for row in rows))

    async def find_order_entry(self, storefront_id: str) -> OrderEntry | None:
        """Found in whatever shop country it is: then a setting leaves it out."""
        if not (storefront_id.isascii() and storefront_id.isdecimal()):
            return None  # every id is a number, and key=… would look for something else
        row, _ = await self.find_row(quote(storefront_id, safe=""))
        if row is None:
            return None
        if identity(row)[0] != storefront_id:
            raise ReadIncomplete(f"GET {self._session.orders_path}/{storefront_id}: the answer is another order")
        return self._entry(row)

    def _entry(self, row: Any) -> OrderEntry:
        """As much as can be read of it."""
        try:
            order = read(wire.Order, row, "")
        except DataFault:
            return OrderEntry(storefront_id=identity(row)[0], number=identity(row)[0], changed_at=told(row))
        return OrderEntry(
            storefront_id=str(order.id),
            number=number_of(order, self._session.settings),
            placed_at=order.created_at or order.confirmed_at,
            changed_at=changed_at(order),
            left_out=self.left_out(row),
        )
