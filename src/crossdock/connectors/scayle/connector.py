"""The live connection: every capability on one object, and the look that tells whether it works."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from crossdock.connectors.scayle.acknowledging import Acknowledgements
from crossdock.connectors.scayle.billing import Billing
from crossdock.connectors.scayle.cancelling import Cancellations
from crossdock.connectors.scayle.channel import Doors
from crossdock.connectors.scayle.client import Answer, Api
from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.despatching import Despatches
from crossdock.connectors.scayle.faults import Denied
from crossdock.connectors.scayle.index import OrderLists
from crossdock.connectors.scayle.mapping_product import to_products
from crossdock.connectors.scayle.paging import page
from crossdock.connectors.scayle.resources_sellers import Carrier, Warehouse, WebhookEventType
from crossdock.connectors.scayle.returning import Returns
from crossdock.connectors.scayle.session import Session
from crossdock.connectors.scayle.source import order_query
from crossdock.connectors.scayle.stock import StockLevels
from crossdock.connectors.scayle.wire import read
from crossdock.model.faults import DataFault, RemoteFault
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import ProbeLine

Look = Callable[[Any], Awaitable[None]]


class Scayle(Acknowledgements, Despatches, Cancellations, Returns, Billing, StockLevels, OrderLists, Doors):
    """One shop country. Makes no call before it is asked something."""

    def __init__(self, settings: ScayleSettings, gate: Gate, clock: Clock) -> None:
        super().__init__(Session.of(settings, Api(settings, gate, clock), clock))

    async def close(self) -> None:
        await self._session.api.close()

    async def probe(self) -> Sequence[ProbeLine]:
        """One page of each readable record. There is nothing to sign in to: the first call shows the API key."""
        query = order_query(self._session.settings.with_nested, {}, None)
        lines = [await self._line("orders", self._session.orders_path, query, self._look_at_order)]
        if "API key is refused" in lines[0].problem:
            return lines
        lines.append(await self._line("products and stock", "/products", {}, self._look_at_product))
        for what, path, kind, cursored in (
            ("warehouses", "/warehouses", Warehouse, True),
            ("carriers", "/carriers", Carrier, True),
            ("webhook events", "/webhooks/events", WebhookEventType, False),
        ):
            lines.append(await self._line(what, path, {}, _reads(kind), cursored=cursored))
        lines.append(await self._warehouse_line())
        return lines

    async def _look_at_order(self, row: Any) -> None:
        fault = self.document(row).fault
        if fault is not None:
            raise fault

    async def _look_at_product(self, row: Any) -> None:
        listed = await self.listed(row)
        if listed.fault is not None or listed.product is None:
            raise listed.fault or DataFault("body", "is no product")
        to_products(listed.product, listed.variants)

    async def _line(
        self, what: str, path: str, query: dict[str, str], look: Look, *, cursored: bool = True
    ) -> ProbeLine:
        asked = query | ({"limit": str(self._session.settings.page_size)} if cursored else {})
        faults: list[str] = []
        try:
            answer: Answer = await self._session.api.read(path, asked)
            rows, _ = page(answer, path, cursored=cursored)
            for n, row in enumerate(rows):
                try:
                    await look(row)
                except DataFault as fault:
                    faults.append(f"entities[{n}].{fault}")
        except Denied as fault:
            return ProbeLine(what=what, denied=str(fault))
        except RemoteFault as fault:
            return ProbeLine(what=what, problem=str(fault))
        return ProbeLine(what=what, read=len(rows), unreadable=len(faults), problem=faults[0] if faults else "")

    async def _warehouse_line(self) -> ProbeLine:
        """Whether it is clear which warehouse's stock is written."""
        try:
            found = await self.warehouses()
        except Denied as fault:
            return ProbeLine(what="stock target", denied=str(fault))
        except RemoteFault as fault:
            return ProbeLine(what="stock target", problem=str(fault))
        return ProbeLine(what="stock target", read=len(found))


def _reads(kind: type[Any]) -> Look:
    async def look(row: Any) -> None:
        read(kind, row, "")

    return look


async def connect(settings: ScayleSettings, gate: Gate, clock: Clock) -> Scayle:
    return Scayle(settings, gate, clock)
