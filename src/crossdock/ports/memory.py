"""What the flows need remembered. The store implements these; the flows know nothing of tables."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from crossdock.cases.kind import Finding
from crossdock.decide.policy import StockPolicy
from crossdock.decide.price_lists import PricePolicy
from crossdock.decide.stock_drift import Place
from crossdock.model.account import Account, AccountLink
from crossdock.model.code_map import CodeMaps, MapKind
from crossdock.model.despatch import Despatch
from crossdock.model.lifecycle import Move, OrderState
from crossdock.model.price import Price, ShownPrice
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockFigure, StockItem, StockLevel, StockTarget
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case as it stands. records: how many are held. value: what they are worth, by currency."""

    id: int
    pairing: str
    kind: str
    subject: str
    state: str
    desk: str
    severity: str
    cause: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    records: int = 0
    value: Mapping[str, Decimal] = field(default_factory=dict)
    evidence: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One record a case holds. sticky: only a person's remedy lets it go, not a re-check alone."""

    record: str
    record_id: int
    ref: str
    sticky: bool
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DespatchFile:
    """One despatch as we remember it. state: found, sending, published, waiting (in a case) or dropped.

    is_early: the time to look at it again has not come; while it is `sending`, somebody is at it or just was.
    """

    id: int
    despatch: Despatch
    order_id: int
    order_ref: str
    storefront_id: str
    state: str
    version: int
    attempts: int
    is_early: bool = False


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

    async def now(self) -> datetime:
        """The time by the clock that orders are captured by."""
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


class CaseBook(Protocol):
    async def raise_case(
        self,
        finding: Finding,
        *,
        record: str,
        record_id: int = 0,
        ref: str = "",
        evidence: str = "",
        sticky: bool = False,
        currency: str = "",
    ) -> int:
        """Open the case or let it grow by this record; other cases of the record stay as they are. currency: of the
        finding's value."""
        ...

    async def settle(self, kind: str, subject: str, *, record: str, record_id: int = 0, reason: str) -> None:
        """The cause is gone for this record; the case closes itself when it holds nothing more."""
        ...

    async def hold_only(self, findings: Sequence[Finding], *, record: str, record_id: int, ref: str) -> None:
        """The record stands in these findings' cases and in no other."""
        ...

    async def let_go(
        self, record: str, record_ids: Sequence[int], *, reason: str, actor: str, keep: Sequence[str] = ()
    ) -> None:
        """These records leave every case they are in, but those of the kinds to keep."""
        ...

    async def holding(self, record: str, record_ids: Sequence[int]) -> frozenset[int]:
        """Those of the records that stand in an open case."""
        ...

    async def open_subjects(self, kind: str) -> frozenset[str]: ...

    async def open_about(self, kinds: Sequence[str], subjects: Sequence[str]) -> Sequence[int]:
        """Open cases of one of these kinds about one of these subjects."""
        ...

    async def standing(self, kind: str, record: str) -> frozenset[tuple[int, str]]:
        """(record id, subject) of every record of that name that an open case of this kind holds."""
        ...

    async def open_records(self, kind: str, prefix: str) -> frozenset[str]:
        """Records held by open cases of this kind, of those whose name begins so."""
        ...

    async def find_case(self, case_id: int) -> CaseRow | None: ...

    async def held(self, case_id: int) -> Sequence[Held]: ...

    async def unstick(self, case_id: int) -> None:
        """A person asked to look again: what was held for a person's word is free to go."""
        ...

    async def to_recheck(
        self, limit: int, *, older_than_seconds: float | None, records: Sequence[str]
    ) -> Sequence[int]:
        """Open cases that hold a record of these kinds which a re-check may free, the longest unchecked first."""
        ...

    async def checked(self, case_id: int) -> None: ...

    async def note(self, case_id: int, action: str, detail: Mapping[str, Any], *, actor: str) -> None: ...


class DespatchBook(Protocol):
    async def known(self, order_ids: Sequence[int]) -> Mapping[int, tuple[Despatch, ...]]: ...

    async def found(
        self, order_id: int, despatches: Sequence[Despatch], *, move: OrderMove | None, known: int | None = None
    ) -> bool:
        """Remember new despatches and make the order's move, in one transaction; False if somebody was there first.

        known: how many despatches of the order these were decided on; when there are others by now, nothing is stored.
        """
        ...

    async def load(self, despatch_id: int) -> DespatchFile | None: ...

    async def move(
        self,
        file: DespatchFile,
        state: str,
        *,
        look_in_seconds: float | None = None,
        detail: Mapping[str, Any] | None = None,
        actor: str = "crossdock",
    ) -> bool:
        """False when somebody else moved it first. `sending` counts as an attempt; `found` begins the count anew."""
        ...

    async def look_later(self, despatch_id: int, version: int, seconds: float) -> None:
        """It stays as it is; look at it again then."""
        ...

    async def all_told(self, order_id: int) -> bool:
        """Whether the storefront was told of every despatch of the order that it will be told of."""
        ...

    async def must_wait(self, file: DespatchFile) -> bool:
        """Whether an earlier despatch of the same order has not been told yet: they go out in order."""
        ...

    async def due(self, limit: int) -> Sequence[Job]: ...


class ReferenceBook(Protocol):
    """What we remember of the ERP's and the storefront's reference data."""

    async def store_items(self, items: Sequence[StockItem]) -> int: ...

    async def forget_items(self, codes: Sequence[str]) -> None:
        """The ERP was asked for them by name, and holds them no more."""
        ...

    async def now(self) -> datetime:
        """The time by the clock that items are stored by."""
        ...

    async def store_accounts(self, accounts: Sequence[Account], *, as_of: datetime) -> int:
        """as_of: when the ERP was asked. An older answer never overwrites a newer one; an account whose code another
        one has now is known by no code until it is read again."""
        ...

    async def lose_code(self, code: str, *, as_of: datetime) -> None:
        """The ERP answered that it holds no account under this code."""
        ...

    async def store_targets(self, targets: Sequence[StockTarget], *, seen_at: datetime) -> int: ...

    async def forget_targets(self, *, not_seen_since: datetime) -> None:
        """Those whose `seen_at` is older. One clock tells both, so that no two clocks need agree."""
        ...

    async def note_shown(self, targets: Sequence[StockTarget], *, at: datetime) -> int:
        """What the storefront shows otherwise than we last wrote is written again. at: when the read began."""
        ...

    async def share_out(self) -> None:
        """Count anew how many places sell from each stock: units of an item, and packs that contain it."""
        ...

    async def find_account(self, code: str) -> Account | None: ...

    async def company_classes(self, codes: Sequence[str]) -> Mapping[str, str]:
        """Account code, casefolded → its company class, of those of the codes that we know of."""
        ...

    async def link_account(self, link: AccountLink, *, actor: str) -> None: ...

    async def map_code(self, kind: MapKind, key: str, value: Mapping[str, Any], *, actor: str) -> None: ...

    async def maps(self) -> CodeMaps: ...

    async def stock_codes(self) -> Sequence[str]: ...

    async def watermark(self, feed: str) -> datetime | None: ...

    async def move_watermark(self, feed: str, at: datetime) -> None:
        """Only ever forwards."""
        ...


class StockBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["StockRun"]:
        """The one run over this ERP's figures; raises Busy when another worker has it."""
        ...


class StockRun(Protocol):
    async def stage(self, figures: Sequence[StockFigure]) -> None: ...

    async def merge(self) -> int:
        """Take the staged figures over, newer over older only. Returns how many changed."""
        ...

    async def forget(self, stock_codes: Sequence[str]) -> None:
        """Their figures are not known any more."""
        ...

    def changes(
        self,
        *,
        basis: str,
        buffer: Decimal,
        buffers: Mapping[str, Decimal],
        unlimited_shown: Decimal,
        only_lower: bool,
        figures_from: datetime,
        site: str = "",
        shared: bool = True,
        batch: int = 1000,
    ) -> AsyncGenerator[Sequence[StockLevel], None]:
        """Levels to be shown that differ from what was last shown: falls first."""
        ...

    async def short(self, *, basis: str, figures_from: datetime, site: str = "") -> Mapping[str, Decimal]:
        """Stock code → how much more of it is promised than there is, of what this storefront sells."""
        ...

    def places(
        self, run_id: int, *, basis: str, policy: StockPolicy, figures_from: datetime, site: str = "", batch: int = 1000
    ) -> AsyncGenerator[Sequence[Place], None]:
        """Places where what the storefront shows, as that reconciliation read it, is not what should be shown."""
        ...

    async def publishing(self, levels: Sequence[StockLevel], *, at: datetime) -> None:
        """About to be written: until the storefront's word is in, what it shows is unsure, and is written again."""
        ...

    async def published(self, levels: Sequence[StockLevel], *, at: datetime) -> None:
        """The storefront shows these."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFed:
    """An ERP price list and the storefront's list it is shown in, by its key there. currencies: those it takes."""

    price_list: str
    shown_in: str
    currencies: frozenset[str]
    is_net: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedUnit:
    """A unit something is sold in, that may not be. problem: unmapped, or conflict: the storefront declares another
    number of stock units in one than the ERP lists."""

    sku: str
    unit: str
    problem: str
    declared: Fraction
    listed: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What a comparison of price lists found. wanted: prices there should be. zero: (list, SKU) priced at nought.

    foreign: (list, currency) that the storefront's list does not take.
    """

    wanted: int
    writes: int
    removals: int
    zero: tuple[tuple[str, str], ...] = ()
    unconfirmed: tuple[UnconfirmedUnit, ...] = ()
    foreign: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceDrift:
    """A price that the storefront should show and does not, or shows and should not (`removes`). shown: what it shows
    instead, None for nothing. moved: that is other than we believed before we looked, so somebody else changed it."""

    price: ShownPrice
    shown: Decimal | None
    removes: bool
    moved: bool = False


class PriceBook(Protocol):
    def run(self) -> AbstractAsyncContextManager["PriceRun"]:
        """The one run over this pairing's prices; raises Busy when another worker has it."""
        ...


class PriceRun(Protocol):
    """Lists are named in the ERP's words where they are read, by the storefront's keys where they are shown."""

    async def begin(self) -> None:
        """Forget what was staged: another list comes."""
        ...

    async def stage(self, prices: Sequence[Price]) -> None: ...

    async def missing(self, price_list: str) -> int:
        """How many prices we know of that list did not come with what was staged."""
        ...

    async def kinds(self) -> frozenset[bool]:
        """Whether what was staged is net, gross, or both."""
        ...

    async def take(self, price_list: str, *, unreadable: Sequence[str], whole: bool) -> int:
        """Take the staged list over. What it does not bring is gone when it is whole, but for those of these codes.

        Returns how many prices changed.
        """
        ...

    async def lists_shown(self) -> Sequence[str]:
        """The storefront's lists that we remember anything of."""
        ...

    async def forget_lists(self, gone: Sequence[str], *, fed: Sequence[str]) -> None:
        """Lists that are no more; and of those that are not fed, all that is not ours."""
        ...

    async def see(self, prices: Sequence[ShownPrice]) -> None: ...

    async def seen(self, price_list: str, *, began: datetime) -> None:
        """What was seen since the last call is all that the storefront shows in the list."""
        ...

    async def compare(
        self,
        lists: Sequence[ListFed],
        *,
        fed: Sequence[str],
        doubtful: Sequence[tuple[str, str]],
        policy: PricePolicy,
        today: date,
    ) -> Differences:
        """What these lists should show, against what they show. fed: all that are fed, now or at another time; what is
        ours in any other goes. doubtful: (the storefront's list, stock code) of which nothing may be removed; "" for
        every code."""
        ...

    def differences(self, *, removals: bool, batch: int) -> AsyncIterator[Sequence[ShownPrice]]:
        """What the comparison found: prices to write, or to remove."""
        ...

    async def believe(self, run_id: int) -> None:
        """Keep for a reconciliation run what each list shows as far as we know, before anybody looks."""
        ...

    def drift(self, run_id: int, *, batch: int) -> AsyncIterator[Sequence[PriceDrift]]:
        """What the last compare found to differ, with what is shown instead; moved: against what that run believed."""
        ...

    async def writing(self, prices: Sequence[ShownPrice], *, at: datetime) -> None:
        """About to be written: until the storefront's word is in, what it shows is unsure, and is written again."""
        ...

    async def written(self, prices: Sequence[ShownPrice]) -> None:
        """The storefront shows these, under these keys."""
        ...

    async def refused(self, prices: Sequence[ShownPrice]) -> None:
        """The storefront shows what it showed before."""
        ...

    async def removing(self, prices: Sequence[ShownPrice], *, at: datetime) -> None: ...

    async def removed(self, prices: Sequence[ShownPrice]) -> None: ...


class Busy(Exception):
    """Somebody else is doing this very thing now; there is nothing to do here."""
