"""Stock levels into the shop, and the places where they are shown.

A level is an absolute quantity in one unit of one product; its row exists since the unit does and is only updated.
Source: oroinc/orocommerce, InventoryBundle, Resources/config/oro/api.yml, InventoryLevelUpdateListTest.
"""

from collections.abc import AsyncIterator, Sequence

import structlog

from crossdock.connectors.orocommerce.batch import SYNC_MAX, Batch, End, Mode, stalled
from crossdock.connectors.orocommerce.inventory_status import InventoryStatuses
from crossdock.connectors.orocommerce.jsonapi import Included, Resource
from crossdock.connectors.orocommerce.paging import Listing, read_all
from crossdock.connectors.orocommerce.session import Session
from crossdock.connectors.orocommerce.stock_mapping import (
    is_untracked,
    shown_quantity,
    to_level_record,
    to_stock_target,
)
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unknown
from crossdock.model.stock import StockLevel, StockTarget

log = structlog.get_logger(__name__)


class StockLevels:
    """Implements StockSink."""

    def __init__(self, session: Session) -> None:
        self._session = session
        settings = session.settings
        self._batch = Batch(session.api, settings.async_timeout_seconds, settings.async_poll_seconds)
        self._lists_are_worked_off = True
        self._statuses = InventoryStatuses(session.api, self._batch) if settings.write_inventory_status else None

    @property
    def stock_batch_max(self) -> int:
        settings = self._session.settings
        return min(settings.stock_batch, SYNC_MAX) if settings.stock_write in ("sync", "auto") else settings.stock_batch

    def levels_listing(self) -> Listing:
        settings = self._session.settings
        query = {"sort": "id"}
        if settings.warehouse_id:
            query["filter[warehouse]"] = settings.warehouse_id
        include = ("product", "productUnitPrecision", *(["product.manageInventory"] * (settings.untracked == "skip")))
        return Listing(self._session.api, "inventorylevels", query, size=settings.page_size, includes=(include,))

    async def read_stock_targets(self) -> AsyncIterator[Sequence[StockTarget]]:
        """A row that names no SKU, no unit or no conversion can show nothing; it is left out and written to the log."""
        async for rows, included in read_all(self.levels_listing()):
            if self._statuses is not None:
                self._statuses.remember(rows, included)
            targets, faults = self.targets(rows, included)
            for fault in faults:
                log.warning("stock target left out", place=fault.place, problem=fault.problem)
            if targets:
                yield targets

    def targets(self, rows: Sequence[Resource], included: Included) -> tuple[list[StockTarget], list[DataFault]]:
        targets, faults = [], []
        for row in rows:
            if self._session.settings.untracked == "skip" and is_untracked(row, included):
                continue
            try:
                targets.append(to_stock_target(row, included, place=f"data[inventorylevels {row.get('id')}]"))
            except DataFault as fault:
                faults.append(fault)
        return targets, faults

    async def write_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        if not levels:
            return []
        mode = await self._mode()
        ends = await self._batch.save("inventorylevels", [to_level_record(level) for level in levels], mode=mode)
        self._lists_are_worked_off = self._lists_are_worked_off and not stalled(ends)
        outcomes = [_outcome(level, end) for level, end in zip(levels, ends, strict=True)]
        if self._statuses is None:
            return outcomes
        written = {
            level.ref: level.quantity
            for level, outcome in zip(levels, outcomes, strict=True)
            if isinstance(outcome, Accepted)
        }
        troubles = await self._statuses.follow(written, mode=mode)
        return [troubles.get(level.ref, outcome) for level, outcome in zip(levels, outcomes, strict=True)]

    async def _mode(self) -> Mode:
        chosen = self._session.settings.stock_write
        if chosen != "auto":
            return chosen
        if not self._lists_are_worked_off:
            return "single"
        return "sync" if await self._session.version() >= (6, 0) else "async"


def _outcome(level: StockLevel, end: End) -> Outcome:
    """The shop answers 200 to a field it does not let us write, so the answer is compared with what was sent."""
    if isinstance(end, Refused | Unknown):
        return end
    if end.record is not None and (shown := shown_quantity(end.record)) != level.quantity:
        text = f"{level.sku} in {level.unit}: sent {level.quantity}, and the shop answered 200 and shows {shown}"
        return Refused("ignored", text)
    return Accepted(level.ref, level.ref)
