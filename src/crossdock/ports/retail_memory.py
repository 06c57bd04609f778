"""What the retail flows need remembered: shelves, how long their figures took, and what left them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from crossdock.model.despatch import DespatchNote
from crossdock.model.retail import RetailDespatch, RetailStock
from crossdock.model.stock import StockItem
from crossdock.ports.runtime import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One item at one place: the newest telling, and how far it has got.

    code: the ERP's, by the map of SKUs; item: None where the ERP is not known to hold it. left_unbooked: goods that
    have gone for orders whose despatch the ERP has not booked. booked: the count the ERP took last, None before the
    first. told_as: every SKU here that means this code; more than one is a puzzle.
    """

    id: int
    level: RetailStock
    code: str
    item: StockItem | None
    left_unbooked: Decimal
    booked: Decimal | None
    attempts: int
    version: int
    told_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of tellings: how many were newer than what was held, the same, older."""

    newer: int = 0
    same: int = 0
    older: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """shelves: how many wait to be booked, of those that stand in no case. since: when the oldest change happened."""

    shelves: int
    since: datetime | None


class ShelfBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["ShelfRun"]:
        """The one run over this pairing's shelves; raises Busy when another worker has it."""
        ...

    async def shelf(self, shelf_id: int) -> Shelf | None: ...

    async def park(self, shelf_id: int, problem: str) -> None:
        """It waits in a case of that kind; "" lets it go on."""
        ...

    async def waiting(self, locations: Sequence[str]) -> Waiting: ...

    async def waiting_by_location(self) -> Mapping[str, int]:
        """Location → how many of its shelves wait, in a case or not."""
        ...

    async def lags(self, since: datetime) -> Mapping[float, int]:
        """Length of time in seconds → figures booked since then that took so long."""
        ...


class ShelfRun(Protocol):
    async def stage(self, levels: Sequence[RetailStock]) -> None: ...

    async def merge(self, *, measured_from: datetime | None) -> Taken:
        """Take the staged tellings over, newer over older only. measured_from: since when a shelf never heard of
        before counts as waiting; None for when its change happened."""
        ...

    async def due(self, locations: Sequence[str], *, limit: int, only_lower: bool) -> Sequence[Shelf]:
        """Shelves whose count the ERP has not got: falls first, the longest waiting before the others.

        A shelf of which a despatch is being booked right now is not due: that takes its goods off by itself.
        """
        ...

    async def booking(self, counts: Mapping[int, Decimal]) -> None:
        """Shelf → count, about to be written: until an answer is in, what the ERP holds is unsure."""
        ...

    async def booked(self, counts: Mapping[int, Decimal], shelves: Sequence[Shelf], *, at: datetime) -> None:
        """The ERP took these counts. How long each took is kept."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailDespatchFile:
    """One despatch of a shop as we remember it. state: found, closing, closed, waiting (in a case), dropped (a person
    answers for it) or called_off.

    sent: what the ERP was sent of it last. is_early: the time to look at it again has not come.
    """

    id: int
    despatch: RetailDespatch
    state: str
    version: int
    attempts: int
    sent: DespatchNote | None = None
    erp_ref: str = ""
    is_early: bool = False
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came of telling: despatches new, amended before and after they were booked, and those told before."""

    new: int = 0
    amended: int = 0
    same: int = 0
    late: tuple[int, ...] = ()


class RetailDespatchBook(Protocol):
    async def hear(self, despatches: Sequence[RetailDespatch], *, missed: bool = False) -> Heard:
        """Remember them, a higher revision over a lower one, and ask for a look at each that is new or amended.

        late: ids of those that were amended after they had been booked. missed: the sweep found what was never heard.
        """
        ...

    async def load(self, despatch_id: int) -> RetailDespatchFile | None: ...

    async def known(self, order_refs: Sequence[str]) -> Mapping[str, Sequence[RetailDespatchFile]]:
        """Order → its despatches."""
        ...

    async def move(
        self,
        file: RetailDespatchFile,
        state: str,
        *,
        look_in_seconds: float | None = None,
        sent: DespatchNote | None = None,
        erp_ref: str | None = None,
        detail: Mapping[str, str] | None = None,
        actor: str = "crossdock",
    ) -> bool:
        """False when somebody else moved it first. `closing` counts as an attempt; `found` begins the count anew.

        The shelves it left are looked at anew: what stands in the ERP's ledger hangs on what it has booked.
        """
        ...

    async def codes(self, skus: Sequence[str]) -> Mapping[str, str]:
        """The shop's SKU → the ERP's code, of those that the ERP is known to hold."""
        ...

    async def look_later(self, despatch_id: int, version: int, seconds: float) -> None: ...

    async def due(self, limit: int) -> Sequence[Job]: ...
