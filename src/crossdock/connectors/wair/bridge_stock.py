"""RetailItemSource, RetailStockSource, MovementSource, LocationSource and ProposalSource over a retail-stock bridge."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

from crossdock.connectors.bridge import take, ts
from crossdock.connectors.wair import mapping_goods as goods
from crossdock.connectors.wair import mapping_stock as stock
from crossdock.connectors.wair.bridge_feeds import Feed, ask, read_feed
from crossdock.connectors.wair.owners import dispute
from crossdock.connectors.wair.session import Session
from crossdock.connectors.wair.wire import GoalRow, ItemRow, LevelRow, LocationRow, MovementRow, ProposalRow
from crossdock.model.faults import DataFault
from crossdock.model.retail import (
    Location,
    RetailItem,
    RetailStock,
    StockGoal,
    StockMovement,
    TransferProposal,
)
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Document

QUERY_MAX = 200
LEVELS: Feed[LevelRow, RetailStock] = Feed(
    "/v1/stock-levels", "stock.feed", ("location_code", "sku"), LevelRow, stock.to_level, "published_at", Priority.BULK
)
MOVEMENTS: Feed[MovementRow, StockMovement] = Feed(
    "/v1/stock-movements", "movements.feed", ("movement_id",), MovementRow, stock.to_movement, "occurred_at"
)
LOCATIONS: Feed[LocationRow, Location] = Feed(
    "/v1/locations", "locations.list", ("location_code",), LocationRow, stock.to_location
)
ITEMS: Feed[ItemRow, RetailItem] = Feed(
    "/v1/items", "items.list", ("id",), ItemRow, goods.to_item, "updated_at", label="sku"
)
PROPOSALS: Feed[ProposalRow, TransferProposal] = Feed(
    "/v1/recommendations/transfers", "recommendations.transfers", ("reference_id",), ProposalRow, goods.to_proposal
)
GOALS: Feed[GoalRow, StockGoal] = Feed(
    "/v1/recommendations/stock-targets", "recommendations.stock_targets", ("location_code", "sku", "forecast_on"),
    GoalRow, goods.to_goal,
)  # fmt: skip


class BridgeStock:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def levels(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailStock]]]:
        """Every row in the order told; which of two rows of one place is newer, their sequence says."""
        async for page in read_feed(self._session, await self.level_feed(), changed_since):
            yield page

    async def find(self, location: str, skus: Sequence[str]) -> Sequence[RetailStock]:
        """Raises DataFault: one of them cannot be read. What is not known there is absent, which is not nought."""
        await self._session.need("stock.query")
        feed, wanted, found = await self.level_feed(), list(dict.fromkeys(skus)), []
        for start in range(0, len(wanted), QUERY_MAX):
            some = wanted[start : start + QUERY_MAX]
            rows = await ask(self._session, "/v1/stock-levels/query", {"location_code": location, "skus": some})
            found += [feed.to(take(LevelRow, row, f"data[{at}]"), f"data[{at}]") for at, row in enumerate(rows)]
        return [one for one in found if one.location == location and one.sku in set(wanted)]

    async def movements(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockMovement]]]:
        async for page in read_feed(self._session, MOVEMENTS, changed_since):
            yield page

    async def locations(self) -> AsyncIterator[Sequence[Document[Location]]]:
        async for page in read_feed(self._session, self.location_feed()):
            yield page

    async def items(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailItem]]]:
        async for page in read_feed(self._session, ITEMS, changed_since):
            yield page

    async def proposals(self, confirmed_since: datetime | None) -> AsyncIterator[Sequence[Document[TransferProposal]]]:
        """Read whole before the first is given out: each that is worked off leaves the list. Each once."""
        query = {} if confirmed_since is None else {"confirmed_since": ts(confirmed_since)}
        pages = [page async for page in read_feed(self._session, PROPOSALS, query=query)]
        newest = {one.ref or id(one): one for page in pages for one in page}
        if newest:
            yield list(newest.values())

    async def goals(self) -> AsyncIterator[Sequence[Document[StockGoal]]]:
        async for page in read_feed(self._session, GOALS):
            yield page

    async def level_feed(self) -> Feed[LevelRow, RetailStock]:
        """Where the server numbers its levels, a level without a number is a fault."""
        if not (await self._session.capabilities()).emits_sequence:
            return LEVELS
        return replace(LEVELS, to=lambda row, place: stock.to_level(row, place, sequenced=True))

    def location_feed(self) -> Feed[LocationRow, Location]:
        """A location whose owner is told otherwise than it is set is nobody's until that is settled."""

        def to(row: LocationRow, place: str) -> Location:
            location = stock.to_location(row, place)
            if problem := dispute(self._session.settings, location):
                raise DataFault(f"{place}.stock_owner", problem)
            return location

        return replace(LOCATIONS, to=to)
