"""Everything a flow of one pairing works with, by kind of pairing: sales, catalogue or retail."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from crossdock.decide.catalogue_policy import CataloguePolicy
from crossdock.decide.completeness import CompletenessPolicy
from crossdock.decide.offers import OfferPolicy
from crossdock.decide.policy import OrderPolicy, StockPolicy
from crossdock.decide.price_lists import PricePolicy
from crossdock.decide.reconciling import ReconciliationPolicy
from crossdock.decide.refund import RefundPolicy
from crossdock.decide.retail_policy import RetailPolicy
from crossdock.flows.recent import Recent
from crossdock.model.account import Account
from crossdock.model.stock import Basis
from crossdock.ports.case_book import CaseBook
from crossdock.ports.catalogue import ProductModelSource, ProductSink, ProductSource, StructureSource
from crossdock.ports.catalogue_memory import CatalogueBook
from crossdock.ports.changes import ChangeBook
from crossdock.ports.channel import Outbox
from crossdock.ports.company_book import CompanyBook
from crossdock.ports.completeness import CompletenessBook
from crossdock.ports.despatch_book import DespatchBook
from crossdock.ports.offer_book import OfferBook
from crossdock.ports.opening_book import OpeningBook
from crossdock.ports.order_book import OrderBook
from crossdock.ports.price_book import PriceBook
from crossdock.ports.reconciliation import ReconciliationBook
from crossdock.ports.reference_book import ReferenceBook
from crossdock.ports.refunds import RefundBook
from crossdock.ports.retail_drift import DriftBook
from crossdock.ports.retail_memory import FeedBook, RetailDespatchBook, ShelfBook
from crossdock.ports.runtime import Clock, Jobs
from crossdock.ports.standing_book import StandingBook
from crossdock.ports.stock_book import StockBook
from crossdock.ports.systems import (
    AccountSource,
    DespatchSink,
    FulfilmentSource,
    ItemSource,
    OrderAcknowledger,
    OrderSink,
    OrderSource,
    PriceSource,
    StockSink,
    StockSource,
)

P = TypeVar("P")


class Storefront(OrderSource, OrderAcknowledger, DespatchSink, StockSink, Protocol):
    """What the order-to-cash flows ask of a system that sells."""


class Erp(OrderSink, FulfilmentSource, StockSource, ItemSource, AccountSource, PriceSource, Protocol):
    """What the order-to-cash flows ask of a system that accounts."""


class Pim(ProductSource, ProductModelSource, StructureSource, ProductSink, Protocol):
    """What the catalogue flows ask of a system that describes."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What every pairing stands on, whatever its roles.

    erp_can: names of the capabilities the ERP has with its settings. outbox: where documents are laid out for a system
    that fetches them, and what it brought; None where none does.
    """

    name: str
    erp_name: str
    erp: object
    cases: CaseBook
    reference: ReferenceBook
    jobs: Jobs
    clock: Clock
    flows: frozenset[str]
    recheck_every_seconds: float = 300.0
    erp_can: frozenset[str] = frozenset()
    outbox: Outbox | None = None

    @property
    def systems(self) -> tuple[str, ...]:
        """The names of its systems, the far side first."""
        return (self.erp_name,)

    def of_erp(self, capability: type[P]) -> P | None:
        """The ERP as this capability; None where its kind or its settings do not give it."""
        return cast("P", self.erp) if capability.__name__ in self.erp_can else None


@dataclass(frozen=True, kw_only=True)
class CataloguePairing(Ground):
    """A PIM and an ERP. pim_can: names of the capabilities the PIM has with its settings.

    confirm_every_seconds: between two looks whether the ERP holds an item. confirm_within_seconds: how long it may take
    before a person looks.
    """

    pim_name: str
    pim: Pim
    erp: ItemSource
    products: CatalogueBook
    policy: CataloguePolicy
    confirm_every_seconds: float = 60.0
    confirm_within_seconds: float = 7200.0
    pim_can: frozenset[str] = frozenset()

    @property
    def systems(self) -> tuple[str, ...]:
        return (self.pim_name, self.erp_name)


@dataclass(frozen=True, kw_only=True)
class RetailPairing(Ground):
    """A retail stock system and an ERP. retail_can: names of the capabilities the first has with its settings."""

    retail_name: str
    retail: object
    policy: RetailPolicy
    shelves: ShelfBook
    despatches: RetailDespatchBook
    sent: FeedBook
    drift: DriftBook
    retail_can: frozenset[str] = frozenset()

    @property
    def systems(self) -> tuple[str, ...]:
        return (self.retail_name, self.erp_name)

    def of_retail(self, capability: type[P]) -> P | None:
        """The retail stock system as this capability; None where its kind or its settings do not give it."""
        return cast("P", self.retail) if capability.__name__ in self.retail_can else None


@dataclass(frozen=True, kw_only=True)
class Pairing(Ground):
    """A storefront and an ERP: roles bound to live connections, memory and policies.

    feeds: the reference lists this pairing sweeps. overlap_seconds: how far behind its watermark a sweep of orders
    starts again. storefront_settle_seconds: how long after telling the storefront "not there" proves nothing.
    storefront_can: names of the capabilities the storefront has with its settings.
    find_account: who carries a code in the ERP now; what many orders ask goes together. proven_for_seconds: how long
    that answer counts. link_by_code: whether the account code the storefront holds links a company by itself.
    opens_accounts: whether a named person may have an account opened in the ERP.
    companies_full_every_seconds: how often every company is read, as a change of its people does not always show.
    carriers: the ERP's courier → the storefront's carrier; empty passes the word through. rehearsal: this pairing
    again, on a memory that forgets all that is done in the block.
    """

    storefront_name: str
    storefront: Storefront
    erp: Erp
    orders: OrderBook
    changes: ChangeBook
    refunds: RefundBook
    despatches: DespatchBook
    companies: CompanyBook
    openings: OpeningBook
    standing: StandingBook
    stock: StockBook
    prices: PriceBook
    offers: OfferBook
    completeness: CompletenessBook
    reconciliations: ReconciliationBook
    order_policy: OrderPolicy
    stock_policy: StockPolicy
    completeness_policy: CompletenessPolicy = field(default_factory=CompletenessPolicy)
    price_policy: PricePolicy = field(default_factory=PricePolicy)
    offer_policy: OfferPolicy = field(default_factory=OfferPolicy)
    reconciliation_policy: ReconciliationPolicy = field(default_factory=ReconciliationPolicy)
    refund_policy: RefundPolicy = field(default_factory=RefundPolicy)
    feeds: frozenset[str] = frozenset({"items", "accounts", "targets"})
    stock_basis: Basis = Basis.AVAILABLE
    stock_site: str = ""
    stock_full_every_seconds: float = 3600.0
    start_from: datetime | None = None
    overlap_seconds: float = 300.0
    attempts_max: int = 5
    despatch_every_seconds: float = 120.0
    storefront_settle_seconds: float = 10.0
    acknowledges: bool = True
    carriers: Mapping[str, str] = field(default_factory=dict)
    price_lists: tuple[str, ...] = ()
    rehearsal: Callable[[], AbstractAsyncContextManager["Pairing"]]
    recent: Recent = field(default_factory=Recent)
    storefront_can: frozenset[str] = frozenset()
    find_account: Callable[[str], Awaitable[Account | None]]
    proven_for_seconds: float = 0.0
    link_by_code: bool = True
    opens_accounts: bool = False
    companies_full_every_seconds: float = 86_400.0

    @property
    def systems(self) -> tuple[str, ...]:
        return (self.storefront_name, self.erp_name)

    def of_storefront(self, capability: type[P]) -> P | None:
        """The storefront as this capability; None where its kind or its settings do not give it."""
        return cast("P", self.storefront) if capability.__name__ in self.storefront_can else None


Result = dict[str, Any]
"""What a run of a flow did, as counts, for `status`."""
