"""What a remote system can do for us, one small Protocol a capability.

A connector implements the ones its manifest declares; a capability that is not declared does not exist. Verbs are few:
`read_*` streams pages in to their proven end, `find_*` looks one up, `create_*` and `write_*` put something there.

Reading: raises Transient, ConfigFault, or ReadIncomplete when the end could not be proven. One unreadable document
never stops its page: it comes as a Document whose `fault` says what is wrong.
Writing: every write ends Accepted, Refused or Unknown; only ConfigFault, DataFault (what we were asked to write cannot
be said in their tongue; nothing was sent) and Transient (certainly nothing was done) are raised.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel

from crossdock.model.account import Account
from crossdock.model.despatch import Despatch, Fulfilment
from crossdock.model.faults import DataFault, Outcome
from crossdock.model.offer import BareProduct, Offer, SaleChange
from crossdock.model.price import Price, ShownList, ShownPrice
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockFigure, StockItem, StockLevel, StockTarget
from crossdock.ports.runtime import Clock, Gate

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Generic[T_co]):
    """One record as it was read. raw: the body as sent, for the archive. value: what it says, or `fault` why not.

    ref: the record's key over there, known even when the rest cannot be read.
    """

    ref: str
    raw: bytes
    value: T_co | None = None
    fault: DataFault | None = None
    updated_at: datetime | None = None
    label: str = ""


class OrderSource(Protocol):
    def read_orders(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[SalesOrder]]]:
        """Every order changed at or after that moment, oldest change first, page by page."""
        ...

    async def find_storefront_order(self, storefront_id: str) -> Document[SalesOrder] | None:
        """One order by the storefront's key; None if it is certainly not there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """The ERP has this order. erp_ref: its number there."""

    storefront_id: str
    order_ref: str
    erp_ref: str


class OrderAcknowledger(Protocol):
    async def write_acknowledgements(self, acks: Sequence[Acknowledgement]) -> Sequence[Outcome]:
        """Tell the storefront, one outcome per acknowledgement, in order. Safe to repeat."""
        ...


class DespatchSink(Protocol):
    async def find_despatches(self, storefront_id: str) -> frozenset[tuple[str, str]]:
        """(carrier, tracking number) of every shipment the storefront already shows for the order."""
        ...

    async def create_despatch(self, storefront_id: str, despatch: Despatch) -> Outcome:
        """Show the despatch, and with a `final` one that the order is wholly shipped. Safe to repeat."""
        ...


class StockSink(Protocol):
    def read_stock_targets(self) -> AsyncIterator[Sequence[StockTarget]]:
        """Every place a level can be shown, to the proven end."""
        ...

    @property
    def stock_batch_max(self) -> int: ...

    async def write_stock(self, levels: Sequence[StockLevel]) -> Sequence[Outcome]:
        """Show absolute levels, at most `stock_batch_max` of them; one outcome per level, in order."""
        ...


class OrderSink(Protocol):
    async def find_order(self, ref: str) -> Fulfilment | None:
        """The ERP order that carries our reference; None if the ERP answered that it has none."""
        ...

    async def create_order(self, order: ResolvedOrder) -> Outcome: ...

    @property
    def settle_seconds(self) -> float:
        """How long after a write "not found" proves nothing."""
        ...

    @property
    def price_decimals(self) -> int:
        """How many decimals a unit price may have."""
        ...


class FulfilmentSource(Protocol):
    async def read_fulfilments(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        """Where these orders stand, or what is wrong with one, by our reference. Those the ERP has not are absent."""
        ...


@dataclass(frozen=True, slots=True)
class UnreadableFigure:
    """A figure that came and cannot be read: unknown, which is not zero."""

    stock_code: str
    fault: DataFault


class StockSource(Protocol):
    def read_stock(self, changed_since: datetime | None) -> AsyncIterator[Sequence[StockFigure | UnreadableFigure]]:
        """Figures of every stock-controlled item (None), or of those that may have changed since."""
        ...


class SiteStockSource(Protocol):
    def read_site_stock(
        self, site: str, changed_since: datetime | None
    ) -> AsyncIterator[Sequence[StockFigure | UnreadableFigure]]:
        """As StockSource, of one site by its name. Raises ConfigFault: there is no such site."""
        ...


class StockFinder(Protocol):
    async def find_stock(self, codes: Sequence[str]) -> Sequence[StockFigure | UnreadableFigure]:
        """Figures of these items, as far as the system tells any: one that is missing is unknown, which is not zero."""
        ...


class ItemSource(Protocol):
    def read_items(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[StockItem]]]: ...

    async def find_items(self, codes: Sequence[str]) -> Sequence[StockItem]:
        """Those of the codes that exist, compared as the ERP compares them."""
        ...


class AccountSource(Protocol):
    def read_accounts(self, changed_since: datetime | None) -> AsyncIterator[Sequence[Document[Account]]]: ...

    async def find_accounts(self, codes: Sequence[str]) -> Sequence[Account]: ...


@dataclass(frozen=True, slots=True)
class UnreadablePrice:
    """A price that came and cannot be read: unknown, which is not gone. stock_code: "" when even that is unknown."""

    price_list: str
    stock_code: str
    fault: DataFault


class PriceSource(Protocol):
    def read_prices(self, price_lists: Sequence[str]) -> AsyncIterator[Sequence[Price | UnreadablePrice]]:
        """Every price of these lists that holds today or later; of lists that ended lately, at the reader's choice.

        Raises ConfigFault naming a list that is not there. A price of nought is given as it came.
        """
        ...


class PriceSink(Protocol):
    async def find_price_lists(self, words: Sequence[str]) -> Mapping[str, ShownList]:
        """Those of the named price lists that exist, by the word they were named with: a key or a name."""
        ...

    def read_shown_prices(self, price_list: str) -> AsyncIterator[Sequence[ShownPrice]]:
        """Every price in the list of that key, to the proven end."""
        ...

    @property
    def price_batch_max(self) -> int: ...

    @property
    def price_decimals_max(self) -> int:
        """How many decimals a price may have there."""
        ...

    async def write_prices(self, prices: Sequence[ShownPrice]) -> Sequence[Outcome]:
        """Make these prices hold: made where they are not there, else replaced. At most `price_batch_max`, one outcome
        a price, in order; `their_id` of an acceptance is its key now, "" when that was not said. Safe to repeat."""
        ...

    async def remove_prices(self, prices: Sequence[ShownPrice]) -> Sequence[Outcome]:
        """Take these prices out, whatever their value. One that is not there any more is accepted."""
        ...


class SaleSwitch(Protocol):
    """Which products a storefront sells. Nothing else of a product is touched: its words are their owner's."""

    def read_offers(self) -> AsyncIterator[Sequence[Offer]]:
        """Every product that can be bought as it is, to the proven end; what only its variants are bought of is not."""
        ...

    @property
    def sale_batch_max(self) -> int: ...

    async def write_on_sale(self, changes: Sequence[SaleChange]) -> Sequence[Outcome]:
        """At most `sale_batch_max`, one outcome each, in order. Safe to repeat."""
        ...


class BareProductSink(Protocol):
    async def create_bare(self, products: Sequence[BareProduct]) -> Sequence[Outcome]:
        """Make products, off sale; one that is there already is refused as a duplicate."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """A hint that something changed over there. key: the same for every delivery of one event.

    sent_at: as signed; None when the system does not say. order_refs: storefront keys of the orders it speaks of.
    subjects: (kind of record, its key there) of everything else it speaks of, kinds as in `crossdock translate`.
    proven: the sender showed a secret of ours; else anybody may have said it.
    """

    key: str
    topic: str
    sent_at: datetime | None = None
    order_refs: tuple[str, ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()
    proven: bool = True


@runtime_checkable
class WebhookReceiver(Protocol):
    def read_webhook(self, headers: Mapping[str, str], raw: bytes) -> WebhookEvent:
        """Raises DataFault when the signature, the age or the body is wrong."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeLine:
    """What came of reading one page of one kind of record. read, unreadable: counts. problem: "" when all is well.

    denied: the credentials may not read it, in the system's own words; no problem where the flows do not need it.
    """

    what: str
    read: int = 0
    unreadable: int = 0
    problem: str = ""
    denied: str = ""


@runtime_checkable
class Connector(Protocol):
    """A live connection to one configured system. It implements the capability Protocols its manifest names."""

    async def probe(self) -> Sequence[ProbeLine]:
        """Authenticate and read one page of each readable record."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """How one kind of wire document is understood and said. read: bytes → canonical values (a list: documents may hold
    several); raises DataFault naming the place. write: canonical value → their wire document as bytes."""

    read: Callable[[bytes], Sequence[Any]] | None = None
    write: Callable[[Any], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Settings by which a system of this kind speaks to its simulator, as `crossdock init --with` writes them.

    files: path beside the settings file → what it holds; a secret stands below `secrets/` and is named as
    `file:secrets/NAME`.
    """

    settings: Mapping[str, Any]
    files: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A kind of system, as its folder declares it: the one object an entry point in `crossdock.systems` names.

    capabilities: names of the Protocols in `crossdock.ports` that its connector implements. connect: (settings, gate,
    clock). narrowed: (settings) → those of the capabilities that these settings switch on; None when all always are.
    channel: its word in the address `/channels/{channel}/{pairing}/…`, "" when it never calls us there.
    samples: by the name the system gets in a settings file. stands_in: (settings) → which simulator stands in for such
    a system; None where it is called like the kind. claims: (settings) → location code → who owns its stock there,
    `retail` or `erp`; None for a kind that knows of none. claimed: what it answered, once the settings are known.
    stock_buffer: stock units of every item that a storefront wants kept back where a pairing does not say.
    """

    kind: str
    title: str
    role: str
    settings: type[BaseModel]
    capabilities: frozenset[str]
    connect: Callable[[Any, Gate, Clock], Awaitable[Connector]]
    translations: Mapping[str, Translation] = field(default_factory=dict)
    manifest: Path | None = None
    narrowed: Callable[[Any], frozenset[str]] | None = None
    channel: str = ""
    samples: Mapping[str, Sample] = field(default_factory=dict)
    stands_in: Callable[[Any], str] | None = None
    stock_buffer: Decimal = Decimal(0)
    claims: Callable[[Any], Mapping[str, str]] | None = None
    claimed: Mapping[str, str] = field(default_factory=dict)

    def simulator_of(self, settings: Any) -> str:
        """The simulator, by its kind, that a system with these settings speaks to."""
        return self.kind if self.stands_in is None else self.stands_in(settings)

    def capabilities_of(self, settings: Any) -> frozenset[str]:
        """What a connector with these settings can do."""
        return self.capabilities if self.narrowed is None else self.capabilities & self.narrowed(settings)

    def with_settings(self, settings: Any) -> "System":
        """The same kind, able to do only what these settings switch on."""
        claimed = self.claims(settings) if self.claims is not None else {}
        return replace(self, capabilities=self.capabilities_of(settings), narrowed=None, claimed=claimed)
