"""What a retail stock system can do. Rules of reading and writing as in `systems`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

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
from crossdock.ports.systems import Document


class RetailItemSink(Protocol):
    async def write_items(self, items: Sequence[RetailItem]) -> Sequence[Outcome]:
        """Whole items, one outcome each, in order; any number of them."""
        ...


class RetailItemSource(Protocol):
    def read_retail_items(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailItem]]]:
        """Items as the retail system has them, with what it says of their readiness."""
        ...


class LocationSource(Protocol):
    def read_locations(self) -> AsyncIterator[Sequence[Document[Location]]]: ...


class LocationSink(Protocol):
    async def write_locations(self, locations: Sequence[Location]) -> Sequence[Outcome]: ...


class RetailStockSource(Protocol):
    def read_retail_stock(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[RetailStock]]]: ...

    async def find_retail_stock(self, location: str, skus: Sequence[str]) -> Sequence[RetailStock]: ...


class OnHandSink(Protocol):
    async def write_on_hand(self, levels: Sequence[RetailStock]) -> Sequence[Outcome]:
        """Absolute levels of leaves. Raises Unsupported before any call for a basis that the system does not take, and
        for a parent's total."""
        ...


class CommitmentSink(Protocol):
    async def replace_commitments(self, locations: Sequence[str], commitments: Sequence[Commitment]) -> Outcome:
        """These are all the commitments there are at these locations."""
        ...


class RetailSaleSink(Protocol):
    async def write_sales(self, sales: Sequence[RetailSale]) -> Sequence[Outcome]: ...


class TransferSink(Protocol):
    async def write_transfers(self, transfers: Sequence[Transfer]) -> Sequence[Outcome]: ...


class MovementSource(Protocol):
    def read_movements(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockMovement]]]: ...


class RetailDespatchSource(Protocol):
    def read_retail_despatches(
        self, changed_since: datetime | None
    ) -> AsyncIterator[Sequence[Document[RetailDespatch]]]: ...

    async def find_retail_despatches(
        self, order_refs: Sequence[str]
    ) -> Mapping[str, Sequence[RetailDespatch | DataFault]]:
        """What left for these orders, or what is wrong with one telling of it. Orders without a despatch are absent."""
        ...


class ProposalSource(Protocol):
    def read_transfer_proposals(
        self, confirmed_since: datetime | None
    ) -> AsyncIterator[Sequence[Document[TransferProposal]]]:
        """All open proposals, read whole before the first is given out, each once."""
        ...

    def read_stock_goals(self) -> AsyncIterator[Sequence[Document[StockGoal]]]: ...
