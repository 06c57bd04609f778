"""The shop: its tables, its clock and its settings, in one place that every part of the simulator is given."""

import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.orocommerce.catalogue_resources import resources, with_own_fields
from crossdock.sandbox.orocommerce.documents import Writer
from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.profiles import PROFILES
from crossdock.sandbox.orocommerce.selection import Selector
from crossdock.sandbox.orocommerce.store import Ref, Row, Store
from crossdock.sandbox.orocommerce.totals import Totals, subtotal_attributes, subtotal_ids
from crossdock.sandbox.orocommerce.values import instant

HISTORY_MAX = 200_000

API_USER: Ref = {"type": "users", "id": "1"}
ORGANIZATION: Ref = {"type": "organizations", "id": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """The simulator's settings, with what each does when nobody says otherwise.

    version: the release played, a key of PROFILES. initial_stock: quantity of every level at the start, or
    "estate" for about half of what the warehouse has.
    external_status_management: orders have a writable `status`. status_filters: order lists filter by statuses.
    mq_running: message queue consumers work; without them batches stay `new` and webhooks are not sent.
    batch_seconds: how long the queue takes to pick a batch up. sync_batch_fallback: a synchronous batch misses its
    25 s and answers 202. page_size_max: the site's cap, 0 for none. order_statuses: further values, id → name.
    customer_fields, order_fields: a site's own fields, name → kind (string, boolean, money). read_only_fields: those of
    them that the API shows and does not let anybody write.
    webhook_accessible: entities whose webhooks an administrator switched on. new_order_status: internal status of a
    new order. api_enabled: `oro_api.web_api`. token_seconds, refresh_seconds: token lifetimes.
    """

    version: str = "6.1"
    client_id: str = "crossdock"
    client_secret: str = "sandbox-secret"  # noqa: S105 the made-up shop's
    username: str = "admin"
    password: str = "sandbox-password"  # noqa: S105
    token_seconds: float = 3600
    refresh_seconds: float = 2_592_000
    api_enabled: bool = True
    external_status_management: bool = True
    status_filters: bool = False
    order_statuses: Mapping[str, str] | None = None
    customer_fields: Mapping[str, str] | None = None
    order_fields: Mapping[str, str] | None = None
    read_only_fields: tuple[str, ...] = ()
    new_order_status: str = "open"
    initial_stock: float | str = 0
    page_size_max: int = 0
    mq_running: bool = True
    batch_seconds: float = 0.05
    sync_batch_fallback: bool = False
    webhook_accessible: tuple[str, ...] = ("order", "product")
    webhook_retry_seconds: float = 0.2
    webhook_workers: int = 4

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "Knobs":
        """Raises ActError on a setting nobody knows or a version nobody plays."""
        if unknown := set(settings) - set(cls.__dataclass_fields__):
            raise ActError(f"orocommerce settings: unknown {sorted(unknown)}; known {sorted(cls.__dataclass_fields__)}")
        if settings.get("version", "6.1") not in PROFILES:
            raise ActError(f"orocommerce settings: version must be one of {sorted(PROFILES)}")
        taken = dict(settings)
        if "webhook_accessible" in taken:
            taken["webhook_accessible"] = tuple(sorted(taken["webhook_accessible"]))
        return cls(**taken)


@dataclass(slots=True)
class Unheard:
    """What shoppers bought that nobody could know of when a level was written over it, in pieces by SKU.

    bought: since orders were last listed. put_back: of that, what a write of a level put back on show.
    """

    bought: Counter[str] = field(default_factory=Counter)
    put_back: Counter[str] = field(default_factory=Counter)

    def buy(self, sku: str, pieces: int) -> None:
        self.bought[sku] += pieces

    def write(self, sku: str) -> None:
        self.put_back[sku] += self.bought.pop(sku, 0)

    def list_orders(self) -> None:
        self.bought.clear()


class Shop:
    """Everything held. rates: tax code → fraction. sku_ids: product id by lower-case SKU."""

    def __init__(
        self, knobs: Knobs, *, clock: Callable[[], datetime], seed: int, rates: Mapping[str, Decimal], shipping_tax: str
    ) -> None:
        self.knobs = knobs
        self.profile = PROFILES[knobs.version]
        self.clock = clock
        self.random = random.Random(seed)
        self.rates = rates
        self.shipping_tax = shipping_tax
        self.resources = with_own_fields(
            resources(self.profile, managed=knobs.external_status_management, status_filters=knobs.status_filters),
            {"customers": knobs.customer_fields or {}, "orders": knobs.order_fields or {}},
            frozenset(knobs.read_only_fields),
        )
        self.store = Store(self.resources, self.now)
        self.selector = Selector(self.store)
        self.writer = Writer(self.resources, self.resolve)
        self.sku_ids: dict[str, str] = {}
        self._added_up: tuple[Totals, dict[str, Row]] | None = None
        self.inventory_writes: deque[Json] = deque(maxlen=HISTORY_MAX)
        self.unheard = Unheard()
        self.deleted_orders: list[Json] = []

    @property
    def line_owner(self) -> str:
        """The relation from a line item or tracking to its order."""
        return "orders" if self.profile.orders_many else "order"

    def now(self) -> str:
        return instant(self.clock())

    def new(self, type_: str) -> Row:
        """A blank row with a fresh id, not yet in its table. Its times are set."""
        table = self.store[type_]
        row = Row(table.resource, table.new_id())
        self.stamp_new(row)
        return row

    def stamp_new(self, row: Row) -> None:
        now = self.now()
        if "createdAt" in row.attributes and row.attributes["createdAt"] is None:
            row.attributes["createdAt"] = now
        if "updatedAt" in row.attributes:
            row.attributes["updatedAt"] = now

    def product_by_sku(self, sku: str) -> Row | None:
        """Case does not count when an order line names its product by SKU."""
        id_ = self.sku_ids.get(sku.lower())
        row = self.store["products"].rows.get(id_) if id_ else None
        return row if row is not None and row.attributes["sku"].lower() == sku.lower() else None

    def resolve(self, ref: Ref) -> Row | None:
        """The row behind a reference; an order's subtotals exist only when somebody looks."""
        if ref["type"] == "ordersubtotals":
            order = self.store["orders"].rows.get(ref["id"].partition("-")[0])
            return self._subtotals(order).get(ref["id"]) if order is not None else None
        return self.store.row(ref)

    def subtotals(self, order: Row) -> list[Row]:
        """The seven computed subtotals of an order."""
        return list(self._subtotals(order).values())

    def _subtotals(self, order: Row) -> dict[str, Row]:
        """By id. Only the last order's are kept: a reader asks for all seven in a row."""
        totals = order.hidden["totals"]
        if self._added_up is None or self._added_up[0] is not totals:
            held: dict[str, Row] = {}
            self._added_up = (totals, held)
            resource = self.resources["ordersubtotals"]
            attributes = subtotal_attributes(totals)
            for id_, values in zip(subtotal_ids(order.id), attributes, strict=True):
                held[id_] = Row(resource, id_, values, {"order": order.ref, "priceList": None})
        return self._added_up[1]

    def subtotal_refs(self, order_id: str) -> list[Ref]:
        return [{"type": "ordersubtotals", "id": id_} for id_ in subtotal_ids(order_id)]
