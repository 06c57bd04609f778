"""Orders as they are remembered: where each stands, and the moves that were decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from crossdock.cases.kind import Finding
from crossdock.model.account import Account
from crossdock.model.code_map import CodeMaps
from crossdock.model.lifecycle import Move, OrderState
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockItem
from crossdock.ports.runtime import Job
from crossdock.ports.systems import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What an order may take of its account's credit. in_flight: what the account's other orders want of it already.

    sends: the fence; an order that was decided on an older count does not go.
    """

    account_id: str
    in_flight: Decimal
    sends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFile:
    """One order as we remember it, with everything its decision needs, all read at one moment.

    version: fences every move: one made on an older version does not happen. order: None while unreadable.
    turned_away: times in a row that a send never left our house. code_lost: the ERP no longer knows the account by its
    code; taken_by: others that carry that code. room: None where credit is not judged. items to duplicate_of: reference
    data for this order's lines and buyer. waivers: (case kind, subject) a named person accepted. sold: the sale as the
    ERP has it, once it is posted; `order` is what the storefront says now. changing: somebody's wish to change it is
    not settled.
    """

    id: int
    ref: str
    storefront_id: str
    state: OrderState
    version: int
    order: SalesOrder | None
    resolved: ResolvedOrder | None = None
    erp_ref: str = ""
    attempts: int = 0
    sent_at: datetime | None = None
    turned_away: int = 0
    items: Mapping[str, StockItem] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, Fraction] = field(default_factory=dict)
    maps: CodeMaps = field(default_factory=CodeMaps)
    account: Account | None = None
    code_lost: bool = False
    taken_by: tuple[Account, ...] = ()
    room: Room | None = None
    candidates: tuple[Account, ...] = ()
    house: Mapping[str, Account] = field(default_factory=dict)
    prices: Mapping[int, Sequence[Price]] = field(default_factory=dict)
    duplicate_of: str | None = None
    waivers: frozenset[tuple[str, str]] = frozenset()
    sold: SalesOrder | None = None
    changing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMove:
    """A move of one order. look_in_seconds: when to look at it again; None for never. detail goes to the audit trail.

    room: the credit it was decided on; when another order took some meanwhile, it does not happen.
    version: the version the move was decided on; None for moves that hold whatever happened meanwhile.
    """

    order_id: int
    version: int
    from_state: OrderState
    move: Move
    detail: Mapping[str, Any] = field(default_factory=dict)
    resolved: ResolvedOrder | None = None
    erp_ref: str | None = None
    account_code: str | None = None
    room: Room | None = None
    look_in_seconds: float | None = None
    actor: str = "crossdock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What came of storing a page: how many orders were new, changed, unchanged, left out, unreadable."""

    new: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0
    unreadable: int = 0


class OrderBook(Protocol):
    """The orders of one pairing."""

    async def capture(self, documents: Sequence[Document[SalesOrder]], *, start_from: datetime | None) -> Captured:
        """Store one page, whole or not at all: new orders, changed ones, and those nobody can read (into a case)."""
        ...

    async def load(self, order_id: int) -> OrderFile | None: ...

    async def load_many(self, order_ids: Sequence[int]) -> Sequence[OrderFile]: ...

    async def move(self, move: OrderMove) -> bool:
        """False when somebody else moved the order first: nothing was changed."""
        ...

    async def hold(
        self,
        file: OrderFile,
        findings: Sequence[Finding],
        *,
        move: OrderMove | None,
        sticky: bool = False,
        evidence: str = "",
        keep: Sequence[str] = (),
    ) -> bool:
        """Put the order into these cases and into no others (but those of the kinds to keep), and make the move (to
        waiting), in one transaction.

        False when somebody moved the order first: nothing was changed.
        """
        ...

    async def release(self, files: Sequence[OrderFile], moves: Sequence[OrderMove], *, reason: str) -> int:
        """Let these orders go from every case they are in, and ask for a look at each."""
        ...

    async def between_captures(self) -> datetime:
        """A moment with no capture half done: each order is in the book from then on, or captured after it."""
        ...

    async def sold_since(self, moment: datetime, skus: Sequence[str]) -> frozenset[str]:
        """Those of the SKUs whose stock an order captured at or after that moment takes from."""
        ...

    async def due(self, limit: int) -> Sequence[Job]:
        """Looks that are overdue: the net under every lost job."""
        ...

    async def look_later(self, order_id: int, seconds: float | None) -> None:
        """None: not by itself."""
        ...

    async def still_sending(self, order_id: int, version: int, *, look_in_seconds: float) -> None:
        """The send made at that version is under way still: nobody else needs to look yet."""
        ...

    async def defect(self, order_id: int, *, look_in_seconds: float) -> int:
        """Count a failure of our own on this order; returns how many in a row."""
        ...

    async def unacknowledged(self, limit: int) -> Sequence[tuple[int, str, str, str]]:
        """(id, storefront id, ref, ERP ref) of posted orders the storefront has not been told of."""
        ...

    async def acknowledged(self, problems: Mapping[int, str]) -> None:
        """The storefront was told of these orders: "" or why it would not hear."""
        ...

    async def open_in_erp(self, limit: int, *, not_since: datetime) -> Sequence[OrderFile]:
        """Posted orders that are not wholly despatched and were not asked about since then, longest ago first."""
        ...

    async def checked(self, order_ids: Sequence[int], *, at: datetime) -> None: ...

    async def waive(self, order_ids: Sequence[int], *, kind: str, subject: str) -> None:
        """A named person accepted this consequence for these orders."""
        ...
