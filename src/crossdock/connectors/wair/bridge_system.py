"""A retail-stock bridge, connected: every capability in one object, each done by the part that knows how."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from crossdock.connectors.bridge import BridgeApi, verify
from crossdock.connectors.wair import bridge_stock as stock
from crossdock.connectors.wair.bridge_despatches import DESPATCHES, BridgeDespatches
from crossdock.connectors.wair.bridge_feeds import Feed, first_rows
from crossdock.connectors.wair.bridge_sink import BridgeSink
from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.events import to_webhook_event
from crossdock.connectors.wair.probe import counted, line
from crossdock.connectors.wair.session import Session
from crossdock.connectors.wair.wire import RetailCapabilities
from crossdock.model.faults import DataFault, Outcome
from crossdock.model.retail import (
    Commitment,
    Location,
    RetailDespatch,
    RetailItem,
    RetailSale,
    RetailStock,
    StockGoal,
    StockMovement,
    Transfer,
    TransferProposal,
)
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import Document, ProbeLine, WebhookEvent


class RetailBridge:
    """Every port of a retail stock system, over a bridge-v1 server."""

    def __init__(self, settings: WairSettings, *, gate: Gate, clock: Clock) -> None:
        self._session = Session(settings, BridgeApi(settings, gate=gate, clock=clock), clock, RetailCapabilities)
        self._stock = stock.BridgeStock(self._session)
        self._despatches = BridgeDespatches(self._session)
        self._sink = BridgeSink(self._session)

    async def write_items(self, items: Sequence[RetailItem]) -> Sequence[Outcome]:
        return await self._sink.items(items)

    def read_retail_items(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailItem]]]:
        return self._stock.items(changed_since)

    def read_locations(self) -> AsyncIterator[Sequence[Document[Location]]]:
        return self._stock.locations()

    async def write_locations(self, locations: Sequence[Location]) -> Sequence[Outcome]:
        return await self._sink.locations(locations)

    def read_retail_stock(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailStock]]]:
        return self._stock.levels(changed_since)

    async def find_retail_stock(self, location: str, skus: Sequence[str]) -> Sequence[RetailStock]:
        return await self._stock.find(location, skus)

    async def write_on_hand(self, levels: Sequence[RetailStock]) -> Sequence[Outcome]:
        return await self._sink.levels(levels)

    async def replace_commitments(self, locations: Sequence[str], commitments: Sequence[Commitment]) -> Outcome:
        return await self._sink.commitments(locations, commitments)

    async def write_sales(self, sales: Sequence[RetailSale]) -> Sequence[Outcome]:
        return await self._sink.sales(sales)

    async def write_transfers(self, transfers: Sequence[Transfer]) -> Sequence[Outcome]:
        return await self._sink.transfers(transfers)

    def read_movements(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockMovement]]]:
        return self._stock.movements(changed_since)

    def read_retail_despatches(
        self, changed_since: datetime | None
    ) -> AsyncIterator[Sequence[Document[RetailDespatch]]]:
        return self._despatches.read(changed_since)

    async def find_retail_despatches(
        self, order_refs: Sequence[str]
    ) -> Mapping[str, Sequence[RetailDespatch | DataFault]]:
        return await self._despatches.find(order_refs)

    def read_transfer_proposals(
        self, confirmed_since: datetime | None
    ) -> AsyncIterator[Sequence[Document[TransferProposal]]]:
        return self._stock.proposals(confirmed_since)

    def read_stock_goals(self) -> AsyncIterator[Sequence[Document[StockGoal]]]:
        return self._stock.goals()

    def read_webhook(self, headers: Mapping[str, str], raw: bytes) -> WebhookEvent:
        return to_webhook_event(verify(headers, raw, self._session.settings, self._session.clock.now()))

    async def probe(self) -> Sequence[ProbeLine]:
        """Sign in and ask what the bridge can do; if that fails, it ends there."""
        signed_in = await line("sign-in", self._sign_in)
        if signed_in.problem or signed_in.denied:
            return [signed_in]
        return [
            signed_in,
            await self._look("stock items", stock.ITEMS),
            await self._look("locations", self._stock.location_feed()),
            await self._look("stock levels", await self._stock.level_feed()),
            await self._look("stock movements", stock.MOVEMENTS),
            await self._look("despatches", DESPATCHES),
            await self._look("transfer proposals", stock.PROPOSALS),
            await self._look("stock goals", stock.GOALS),
        ]

    async def close(self) -> None:
        await self._session.api.close()

    async def _sign_in(self) -> ProbeLine:
        await self._session.api.sign_in()
        can = await self._session.capabilities()
        return ProbeLine(what=f"sign-in (contract {can.contract_version}, {can.backend or 'backend not told'})", read=1)

    async def _look(self, what: str, feed: Feed[Any, Any]) -> ProbeLine:
        async def look() -> ProbeLine:
            return counted(what, await first_rows(self._session, feed))

        return await line(what, look)
