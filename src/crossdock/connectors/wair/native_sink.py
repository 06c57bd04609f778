"""RetailItemSink, LocationSink, OnHandSink, CommitmentSink, RetailSaleSink and TransferSink over wair.ai."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.fields import DATASETS, ROWS
from crossdock.connectors.wair.native_batch import Batches, Upload
from crossdock.connectors.wair.native_saying import Written
from crossdock.connectors.wair.native_speech import Speech
from crossdock.connectors.wair.owners import check_levels
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unsupported
from crossdock.model.retail import Commitment, Location, RetailItem, RetailSale, RetailStock, Transfer
from crossdock.model.stock import Basis

T = TypeVar("T")
UNSAYABLE = "unsayable"  # code of a row that was not sent


class NativeSink:
    def __init__(self, settings: WairSettings, tongue: Speech, batches: Batches) -> None:
        self._settings = settings
        self._tongue = tongue
        self._batches = batches

    async def write_items(self, items: Sequence[RetailItem]) -> Sequence[Outcome]:
        return await self._write("items", items, self._tongue.item, lambda one: one.sku, self._settings.chunks.items)

    async def write_locations(self, locations: Sequence[Location]) -> Sequence[Outcome]:
        chunk = self._settings.chunks.locations
        return await self._write("locations", locations, self._tongue.location, lambda one: one.code, chunk)

    async def write_on_hand(self, levels: Sequence[RetailStock]) -> Sequence[Outcome]:
        """Raises Unsupported, and sends nothing: a figure other than stock on hand, a parent's total, or a location
        that is not ours to tell of."""
        check_levels(self._settings, levels)
        for level in levels:
            if level.basis is not Basis.ON_HAND or not level.leaf:
                self._tongue.stock(level)
        chunk = self._settings.chunks.stock
        return await self._write("stock", levels, self._tongue.stock, lambda one: f"{one.location}/{one.sku}", chunk)

    async def replace_commitments(self, locations: Sequence[str], commitments: Sequence[Commitment]) -> Outcome:
        """Raises Unsupported: a full load that would take away what other locations have promised. Raises DataFault:
        a commitment that cannot be said; a set with one left out would promise its goods again."""
        self._check_scope(locations, commitments)
        rows = [self._tongue.commitment(one) for one in commitments]
        dataset = DATASETS["commitments"]
        wrapper = self._tongue.names["commitments"][ROWS]
        outcome = await self._batches.replace(dataset.path, wrapper, rows, self._settings.chunks.commitments)
        return outcome or Accepted(f"{len(rows)} commitments")

    async def write_sales(self, sales: Sequence[RetailSale]) -> Sequence[Outcome]:
        chunk = self._settings.chunks.sales
        return await self._write("sales", sales, self._tongue.sale, lambda one: f"{one.key}/{one.line_no}", chunk)

    async def write_transfers(self, transfers: Sequence[Transfer]) -> Sequence[Outcome]:
        chunk = self._settings.chunks.transfers
        return await self._write("transfers", transfers, self._tongue.transfer, lambda one: one.key, chunk)

    def _check_scope(self, locations: Sequence[str], commitments: Sequence[Commitment]) -> None:
        for one in commitments:
            if one.location not in locations:
                raise Unsupported(f"commitment {one.key}: location", f"{one.location} is none of those replaced")
        if self._settings.commitment_scope == "named":
            return
        missing = sorted(
            code for code, told in self._settings.locations.items() if told.owner == "erp" and code not in locations
        )
        if missing:
            problem = f"a full load replaces the commitments of every location, and {', '.join(missing)} is not named"
            raise Unsupported("locations", problem)

    async def _write(
        self, dataset: str, values: Sequence[T], to_row: Callable[[T], Written], ref: Callable[[T], str], chunk: int
    ) -> list[Outcome]:
        """A value that cannot be said is refused without being sent; its neighbours are."""
        outcomes: dict[int, Outcome] = {}
        uploads: dict[int, Upload] = {}
        for at, value in enumerate(values):
            try:
                uploads[at] = Upload(to_row(value), Accepted(ref(value)))
            except DataFault as fault:
                outcomes[at] = Refused(UNSAYABLE, str(fault))
        if uploads:
            wrapper = self._tongue.names[dataset][ROWS]
            told = await self._batches.upload(DATASETS[dataset].path, wrapper, list(uploads.values()), chunk)
            outcomes |= dict(zip(uploads, told, strict=True))
        return [outcomes[at] for at in range(len(values))]
