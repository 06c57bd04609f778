"""What the retail flows need remembered: shelves, how long their figures took, and what left them."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from crossdock.model.despatch import DespatchNote
from crossdock.model.erp_order import ErpOrder
from crossdock.model.retail import RetailDespatch, RetailStock, TransferProposal
from crossdock.model.stock import Basis, StockFigure, StockItem
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """One leaf at one of the ERP's places, as it was just read. allocated: what its open orders have reserved of it.
    told: what the retail system was last told, None for nothing; unsure: whether that may not have arrived."""

    location: str
    sku: str
    basis: Basis
    quantity: Decimal
    allocated: Decimal
    as_of: datetime
    told: Decimal | None
    unsure: bool


class FeedBook(Protocol):
    """What a retail system was told."""

    async def unlike(self, kind: str, digests: Mapping[str, str]) -> frozenset[str]:
        """Keys of those that it was not told so, or of which no answer came."""
        ...

    async def note(
        self, kind: str, digests: Mapping[str, str], state: str, *, quantities: Mapping[str, Decimal] | None = None
    ) -> Mapping[str, int]:
        """They are sent, unsure or refused. Returns the number each is known by in cases."""
        ...

    async def again(self, number: int) -> None:
        """Tell it once more, like or not."""
        ...

    async def forget_others(self, kind: str, keys: Collection[str]) -> int:
        """Records that were taken and are none of these shall be told again. Returns how many."""
        ...

    async def forget_renamed(self, locations: Sequence[str]) -> Sequence[int]:
        """What was told under codes that the ERP has given up for others: the items, and their levels there. It is told
        anew should the code come back. Returns their numbers."""
        ...

    def items(self) -> AsyncIterator[Sequence[StockItem]]:
        """Every stock item of the ERP that we know of, under the code it has now, a portion at a time."""
        ...

    async def leaves(self, codes: Sequence[str]) -> Mapping[str, Decimal | None]:
        """Those of the codes that are counted themselves, casefolded, with their tax percent."""
        ...

    async def told_leaves(self, codes: Sequence[str]) -> frozenset[str]:
        """The same, casefolded, of those that the retail system has taken as items."""
        ...

    async def unsettled(self, locations: Sequence[str], *, since: datetime) -> bool:
        """Whether of some level there nobody knows if it arrived, or one is to be told once more, or an item was taken
        since that moment, so that its levels can be told from now on."""
        ...

    def levels(self) -> AbstractAsyncContextManager["LevelRun"]:
        """The one run over this pairing's levels; raises Busy when another worker has it."""
        ...

    async def see_proposals(self, proposals: Sequence[TransferProposal], *, at: datetime) -> int:
        """A whole list of them: those that it no longer holds are gone. Returns how many are new."""
        ...

    async def open_proposals(self, limit: int) -> Sequence[TransferProposal]: ...

    async def leave_out(self, orders: Mapping[str, str], *, kept: Sequence[str]) -> None:
        """ERP number → why it is left out; for people to read. kept: those that are not, whatever was said before."""
        ...

    async def orders(self, marks: Mapping[str, str]) -> Mapping[str, ErpOrder]:
        """ERP number → the order as it was read when its mark was this one."""
        ...

    async def hold_orders(self, marks: Mapping[str, str], orders: Mapping[str, ErpOrder]) -> None: ...


class LevelRun(Protocol):
    async def stage(self, location: str, figures: Sequence[StockFigure]) -> None: ...

    async def unstable(self, location: str, figures: Sequence[StockFigure]) -> None:
        """Figures read again: one that differs now was read in the middle of something, and is left out this time."""
        ...

    async def allocate(self, promised: Mapping[tuple[str, str], Decimal]) -> None:
        """(location, stock code) → what open orders have reserved of it."""
        ...

    async def unread(self, locations: Sequence[str]) -> bool:
        """Whether more or less is reserved of something that was told before and is not among what was read."""
        ...

    async def again(self) -> None:
        """Forget what was read."""
        ...

    def rows(self) -> AsyncGenerator[Sequence[LevelRow], None]:
        """What can be told: leaves that the retail system has taken as items. To be closed before the run ends."""
        ...

    async def end(self, *, is_full: bool) -> None:
        """Keep what is reserved of each level that was read. is_full: every figure there is was."""
        ...
