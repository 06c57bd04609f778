"""Everything Prima holds, and how a change is stamped and told."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import Json, Stamps, dec, stamp
from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.prima.knobs import Knobs
from crossdock.sandbox.prima.model import (
    Account,
    Invoice,
    Item,
    Level,
    NativeKey,
    Order,
    PriceList,
    Shipment,
    Unit,
)

EVENT_TYPES = (
    "stock.changed", "order.status_changed", "order.rejected", "shipment.created", "shipment.amended",
    "invoice.issued", "customer.changed", "item.changed", "price_list.changed",
)  # fmt: skip


class Store:
    """rates: VAT code → fraction. tell: sends a webhook. charge_vat: VAT code of carriage.

    imports_by_ref: how often each reference was sent as a new order. down: calls yet to meet a SOAP fault and its
    text, by RequestType ("" for any). picked: eaches off the shelf and not yet despatched, by (SKU, warehouse).
    strangers: SKUs the merchant sells that were never put on file here.
    """

    def __init__(
        self,
        knobs: Knobs,
        *,
        clock: Callable[[], datetime],
        tell: Callable[[str, Json], None],
        faults: FaultPlan,
        rates: dict[str, Decimal],
        charge_vat: str,
        seed: int,
    ) -> None:
        self.knobs = knobs
        self.clock = clock
        self.stamp = Stamps(clock)
        self.tell = tell
        self.faults = faults
        self.random = random.Random(seed)
        self.imports_by_ref: Counter[str] = Counter()
        self.down: dict[str, tuple[int, str]] = {}
        self.rates = rates
        self.charge_vat = charge_vat
        self.items: dict[str, Item] = {}
        self.saleable: dict[str, tuple[Item, Unit]] = {}
        self.by_native: dict[NativeKey, str] = {}
        self.levels: dict[tuple[str, str], Level] = {}
        self.accounts: dict[str, Account] = {}
        self.price_lists: dict[str, PriceList] = {}
        self.orders: dict[int, Order] = {}
        self.ids_by_ref: dict[tuple[str, str], int] = {}
        self.ids_by_number: dict[str, list[int]] = {}
        self.picked: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        self.shipments: dict[str, Shipment] = {}
        self.invoices: dict[str, Invoice] = {}
        self.undecided: set[int] = set()
        self.requests = 0
        self.strangers: list[str] = []
        self.writes: list[Json] = []
        self.local_sales: list[Json] = []
        self.carriers: dict[str, str] = {}

    def now(self) -> datetime:
        return stamp(self.clock())

    def add_item(self, item: Item) -> None:
        """Put an item and its units on file."""
        self.items[item.sku] = item
        for unit in item.units:
            self.saleable.setdefault(unit.sku, (item, unit))
            self.by_native.setdefault(unit.native, unit.sku)

    def unit_for(self, sku: str, unit_code: str | None) -> Unit | None:
        """The unit a line means, None when the item has no such unit. The SKU is on file."""
        item, unit = self.saleable[sku]
        if self.knobs.uom_mode == "unit_sku":
            return unit if unit_code in (None, unit.unit_code) else None
        return next((one for one in item.units if one.unit_code == (unit_code or "each")), None)

    def file_order(self, order: Order) -> None:
        """Put an order on file; its id is the next free one."""
        self.orders[order.id] = order
        self.ids_by_ref[order.intent.source, order.intent.external_ref] = order.id
        self.undecided.add(order.id)
        self.ids_by_number.setdefault(order.number, []).append(order.id)

    def orders_numbered(self, number: str) -> list[Order]:
        """Oldest first."""
        return [self.orders[id_] for id_ in self.ids_by_number.get(number, ())]

    def order_for(self, source: str, external_ref: str) -> Order | None:
        """The newest order of a source's reference."""
        id_ = self.ids_by_ref.get((source, external_ref))
        return None if id_ is None else self.orders[id_]

    def queue(self) -> list[Order]:
        """Orders nobody has decided on, oldest first."""
        return [self.orders[id_] for id_ in sorted(self.undecided)]

    def next_request(self) -> int:
        """A number for a call that Prima refuses."""
        self.requests += 1
        return self.requests

    def touch_order(self, order: Order, status: str | None = None) -> None:
        """Stamp a change; a new status is told."""
        order.updated_at = self.stamp()
        if status is None or status == order.status:
            return
        order.status = status
        self.undecided.discard(order.id)
        data = {"erp_order_number": order.number, "external_ref": order.intent.external_ref, "status": status}
        self.tell("order.rejected" if status == "rejected" else "order.status_changed", data)

    def touch_item(self, item: Item) -> None:
        item.updated_at = self.stamp()
        self.tell("item.changed", {"sku": item.sku})

    def touch_account(self, account: Account) -> None:
        account.updated_at = self.stamp()
        self.tell("customer.changed", {"account_code": account.account_code})

    def move(self, level: Level, **figures: Any) -> None:
        """Add to a level's figures (physical, allocated, quarantined, on_order), stamp and tell it."""
        for name, by in figures.items():
            setattr(level, name, getattr(level, name) + by)
        level.sequence += 1
        level.updated_at = self.stamp()
        place = level.warehouse if self.knobs.per_warehouse else "ALL"
        data: Json = {"sku": level.sku, "warehouse_code": place, "free": dec(level.free)}
        if self.knobs.per_warehouse and self.knobs.stock_sequence:
            data["sequence"] = level.sequence
        self.tell("stock.changed", data)

    def level(self, sku: str, warehouse: str) -> Level:
        """The stock record, made when there is none. The SKU is counted."""
        key = (sku, warehouse)
        if key not in self.levels:
            self.levels[key] = Level(sku, warehouse, Decimal(0), self.now())
        return self.levels[key]
