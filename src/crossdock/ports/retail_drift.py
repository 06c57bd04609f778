"""What comparing shops with the ERP needs remembered."""

from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from crossdock.decide.retail_drift import Both
from crossdock.model.retail import RetailStock
from crossdock.model.stock import StockFigure


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfBeside:
    """One shelf beside the ERP's ledger. shelf_id: None for one never heard of before. accepted: the difference that a
    person took as it is, as `difference` has it."""

    shelf_id: int | None
    version: int
    location: str
    sku: str
    both: Both
    accepted: str = ""


class DriftBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["DriftRun"]:
        """The one comparison of this pairing; raises Busy when another worker has it."""
        ...

    async def rebook(self, counts: Mapping[int, Decimal]) -> None:
        """Shelf → what the ERP was found to hold: its figure is booked anew."""
        ...

    async def again(self, shelf_ids: Collection[int]) -> None:
        """Their figures are booked anew, whatever was booked before and however the shop numbers what it tells next."""
        ...

    async def note(self, differences: Mapping[int, str]) -> None:
        """Shelf → the difference that was found."""
        ...

    async def accept(self, shelf_ids: Collection[int]) -> None:
        """What was found of them last is taken as it is."""
        ...


class DriftRun(Protocol):
    async def tell(self, levels: Sequence[RetailStock]) -> None:
        """What the shops say now."""
        ...

    async def count(self, location: str, figures: Sequence[StockFigure]) -> None:
        """What the ERP says now."""
        ...

    async def moved(self, location: str, figures: Sequence[StockFigure]) -> None:
        """Figures read again: one that differs was read in the middle of something."""
        ...

    async def allocate(self, reserved: Mapping[tuple[str, str], Decimal]) -> None:
        """(location, stock code) → what open orders have reserved of it."""
        ...

    def both(self, began: datetime) -> AsyncGenerator[Sequence[ShelfBeside], None]:
        """Every shelf that the shops told of. To be closed before the run ends.

        began: what was booked since then was read in the middle of it.
        """
        ...
