"""Everything a flow of one pairing works with."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast

from crossdock.decide.policy import OrderPolicy, StockPolicy
from crossdock.flows.recent import Recent
from crossdock.model.stock import Basis
from crossdock.ports.channel import Outbox
from crossdock.ports.memory import CaseBook, DespatchBook, OrderBook, ReferenceBook, StockBook
from crossdock.ports.runtime import Clock, Jobs
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Roles bound to live connections, memory and policies.

    feeds: the reference lists this pairing sweeps. overlap_seconds: how far behind its watermark a sweep of orders
    starts again. storefront_settle_seconds: how long after telling the storefront "not there" proves nothing.
    storefront_can, erp_can: names of the capabilities each side has with its settings. outbox: where documents are laid
    out for an ERP that fetches them; None for one that does not.
    carriers: the ERP's courier → the storefront's carrier; empty passes the word through. rehearsal: this pairing
    again, on a memory that forgets all that is done in the block.
    """

    name: str
    storefront_name: str
    erp_name: str
    storefront: Storefront
    erp: Erp
    orders: OrderBook
    cases: CaseBook
    despatches: DespatchBook
    reference: ReferenceBook
    stock: StockBook
    jobs: Jobs
    clock: Clock
    order_policy: OrderPolicy
    stock_policy: StockPolicy
    flows: frozenset[str]
    feeds: frozenset[str] = frozenset({"items", "accounts", "targets"})
    stock_basis: Basis = Basis.AVAILABLE
    stock_site: str = ""
    stock_full_every_seconds: float = 3600.0
    start_from: datetime | None = None
    overlap_seconds: float = 300.0
    attempts_max: int = 5
    despatch_every_seconds: float = 120.0
    storefront_settle_seconds: float = 10.0
    recheck_every_seconds: float = 300.0
    acknowledges: bool = True
    carriers: Mapping[str, str] = field(default_factory=dict)
    price_lists: tuple[str, ...] = ()
    rehearsal: Callable[[], AbstractAsyncContextManager["Pairing"]]
    recent: Recent = field(default_factory=Recent)
    storefront_can: frozenset[str] = frozenset()
    erp_can: frozenset[str] = frozenset()
    outbox: Outbox | None = None

    def of_storefront(self, capability: type[P]) -> P | None:
        """The storefront as this capability; None where its kind or its settings do not give it."""
        return cast("P", self.storefront) if capability.__name__ in self.storefront_can else None

    def of_erp(self, capability: type[P]) -> P | None:
        """The ERP as this capability; None where its kind or its settings do not give it."""
        return cast("P", self.erp) if capability.__name__ in self.erp_can else None


Result = dict[str, Any]
"""What a run of a flow did, as counts, for `status`."""
