"""What a reconciliation looks at and finds: a period, papers about the money of an order, and differences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from crossdock.model.faults import InvalidValue


class Subject(StrEnum):
    """What can be reconciled."""

    ORDERS = "orders"
    STOCK = "stock"
    PRICES = "prices"
    ITEMS = "items"
    ACCOUNTS = "accounts"
    DESPATCHES = "despatches"
    MONEY = "money"


PERIODIC = frozenset({Subject.ORDERS, Subject.MONEY, Subject.DESPATCHES})
"""Those that look at a period; the others look at this moment."""


def zone_of(name: str) -> ZoneInfo:
    """Raises InvalidValue."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidValue(f"{name!r} is no time zone; Europe/London is") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `first` up to `end`, which is no part of it, as the clock of `zone` counts them.

    Raises InvalidValue: no day in it, or no such zone.
    """

    name: str
    first: date
    end: date
    zone: str

    def __post_init__(self) -> None:
        if self.end <= self.first:
            raise InvalidValue(f"period {self.name}: it must end after {self.first}, was {self.end}")
        zone_of(self.zone)

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), zone_of(self.zone))

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.end, time(), zone_of(self.zone))

    def holds(self, day: date) -> bool:
        return self.first <= day < self.end

    def day_of(self, moment: datetime) -> date:
        """The day the merchant's calendar shows at that moment."""
        return moment.astimezone(zone_of(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Amounts:
    """gross is always known; net and tax are None where nobody said them, and then so is every sum with them."""

    gross: Decimal
    net: Decimal | None = None
    tax: Decimal | None = None

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(self.gross + other.gross, _sum(self.net, other.net), _sum(self.tax, other.tax))

    def __sub__(self, other: "Amounts") -> "Amounts":
        return self + -other

    def __neg__(self) -> "Amounts":
        return Amounts(-self.gross, None if self.net is None else -self.net, None if self.tax is None else -self.tax)

    def __bool__(self) -> bool:
        """Whether any of it is known not to be nothing."""
        return bool(self.gross or self.net or self.tax)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


NOTHING = Amounts(Decimal(0), Decimal(0), Decimal(0))


def total(amounts: Iterable[Amounts]) -> Amounts:
    whole = NOTHING
    for one in amounts:
        whole += one
    return whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document about the money of an order: the order itself, its copy in the ERP, an invoice, a refund.

    number: its own, the order's reference for an order. day: the merchant's. company: which of the merchant's companies
    it belongs to, "" where there is one or nobody says. lines: how many it has, 1 when not told. alike: the same for
    two papers that say the same things.
    """

    number: str
    currency: str
    amounts: Amounts
    day: date
    account: str = ""
    company: str = ""
    lines: int = 1
    alike: str = ""


class Standing(StrEnum):
    """Where an order stands in our own book, as far as its money goes."""

    NOT_CAPTURED = "not_captured"
    ON_ITS_WAY = "on_its_way"  # captured, waiting in a case, or sent and not yet answered
    POSTED = "posted"
    SET_ASIDE = "set_aside"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A named person accepted a consequence."""

    actor: str
    reason: str
    at: datetime


class ErpSays(StrEnum):
    """What the ERP answered when it was asked for an order by our reference."""

    HAS_IT = "has_it"
    CANCELLED = "cancelled"
    HAS_NOT = "has_not"  # asked twice
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything known of the money of one order, of whatever period.

    order: as the storefront says it, or as it was last read where it is `gone` from there (asked by name). cancelled:
    at the storefront. account, company: what it was posted on. erp: its copy there. erp_problem: why that could not be
    read. complete: all goods have left. despatched_on: the last of them. covered: kinds of the open cases the order
    stands in. waived: kind of case → who accepted it. in_reach: no document of it is older than what was read.
    """

    ref: str
    standing: Standing
    erp_says: ErpSays
    order: Paper
    gone: bool = False
    cancelled: bool = False
    account: str = ""
    company: str = ""
    erp: Paper | None = None
    erp_problem: str = ""
    complete: bool = False
    despatched_on: date | None = None
    invoices: tuple[Paper, ...] = ()
    credit_notes: tuple[Paper, ...] = ()
    refunds: tuple[Paper, ...] = ()
    covered: frozenset[str] = frozenset()
    waived: dict[str, Waiver] = field(default_factory=dict)
    in_reach: bool = True


class Link(StrEnum):
    """Which two columns a difference lies between."""

    POSTING = "posting"  # order → ERP order
    BILLING = "billing"  # ERP order → invoices
    REFUNDING = "refunding"  # refunds → credit notes


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyDifference:
    """One step on the way from one column to the next. gap: what it adds on that way, as theirs less ours.

    subject: its root, the same in every run. cause: a name in `decide.money_causes`. document: the paper to look at.
    what: that paper in words. value: the gross at stake. case_kind: the kind of case that stands for it, "" when it is
    explained and needs nobody. waiver: who accepted it.
    """

    link: Link
    cause: str
    subject: str
    ref: str
    document: str
    what: str
    day: date
    currency: str
    gap: Amounts
    value: Decimal
    ours: str
    theirs: str
    company: str = ""
    account: str = ""
    note: str = ""
    case_kind: str = ""
    waiver: Waiver | None = None


class PaperKind(StrEnum):
    """The columns of a period's money."""

    ORDER = "order"
    ERP_ORDER = "erp-order"
    DESPATCHED = "despatched"  # of the ERP's orders, those it calls complete
    INVOICE = "invoice"
    CREDIT_NOTE = "credit-note"
    REFUND = "refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPaper:
    """A paper as a run has read it. ref: of the order it speaks of; refs: of all of them, where they are several.

    state: of an order `cancelled`, `gone` or `recent` (too young to be judged); of an ERP order `cancelled`, `absent`
    or `unreadable`, with the reason in `note`. complete, sent_on: of an ERP order.
    """

    kind: PaperKind
    ref: str
    paper: Paper
    refs: tuple[str, ...] = ()
    state: str = ""
    note: str = ""
    complete: bool = False
    sent_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One comparison. ours_at, theirs_at: when each side was read. counts: what was looked at and found, by name.

    unknowns: what could not be read, in words; never counted as missing. progress: how far a run under way has got.
    """

    id: int
    subject: Subject
    period: Period | None
    ended: bool
    actor: str
    began_at: datetime
    ours_at: datetime | None = None
    theirs_at: datetime | None = None
    ended_at: datetime | None = None
    progress: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    unknowns: tuple[str, ...] = ()

    @property
    def period_name(self) -> str:
        return self.period.name if self.period else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What one kind of paper comes to in a period, for one currency and company."""

    kind: PaperKind
    currency: str
    company: str
    papers: int
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference as a run keeps it. gap: money alone has one. likely: the cause in words.

    case_kind, case_subject: of the case that stands for it, "" when nobody need act. raises: this run opens that case;
    else it stands for other reasons too. facts: what the kind's own words ask for besides. case_id: the newest case of
    that name, None when there is none.
    """

    link: str
    cause: str
    subject: str
    ref: str
    document: str
    what: str
    ours: str
    theirs: str
    likely: str
    day: date | None = None
    currency: str = ""
    company: str = ""
    account: str = ""
    gap: Amounts | None = None
    value: Decimal | None = None
    note: str = ""
    case_kind: str = ""
    case_subject: str = ""
    raises: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    waiver: Waiver | None = None
    case_id: int | None = None
