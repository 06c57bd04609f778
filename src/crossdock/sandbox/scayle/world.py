"""The tenant: its tables, its clock, its number ranges and who listens, in one place every part is given."""

import random
import uuid
from collections import Counter, deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from crossdock.sandbox.scayle.agenda import Agenda
from crossdock.sandbox.scayle.errors import Json, not_found
from crossdock.sandbox.scayle.knobs import Knobs
from crossdock.sandbox.scayle.records import (
    Carrier,
    Company,
    Customer,
    Merchant,
    Product,
    Reservation,
    ShopCountry,
    Variant,
    Voucher,
    Warehouse,
)
from crossdock.sandbox.scayle.sales import Order, Unit

HISTORY_MAX = 100_000
FIRST_ID = {
    "product": 301, "variant": 40_101, "order": 880_001, "unit": 990_001, "address": 7_001, "customer": 5_501,
    "delegation": 61_007, "delegation item": 70_001, "document": 1, "invoice": 1,
}  # fmt: skip


class World:
    """Everything held. emit_order, emit_other: raise a webhook event; they give the keys of the messages sent."""

    def __init__(self, knobs: Knobs, *, clock: Callable[[], datetime], seed: int, agenda: Agenda) -> None:
        self.knobs = knobs
        self.clock = clock
        self.random = random.Random(seed)
        self.agenda = agenda
        self.shop_key = "hp"
        self.shop_name = ""
        self.companies: dict[int, Company] = {}
        self.countries: list[ShopCountry] = []
        self.merchants: dict[int, Merchant] = {}
        self.warehouses: dict[int, Warehouse] = {}
        self.carriers: dict[int, Carrier] = {}
        self.products: dict[int, Product] = {}
        self.variants: dict[int, Variant] = {}
        self.by_sku: dict[str, Variant] = {}
        self.customers: dict[int, Customer] = {}
        self.vouchers: dict[int, Voucher] = {}
        self.orders: dict[int, Order] = {}
        self.deleted_orders: list[Json] = []
        self.channels: list[Json] = []
        self.reservations: dict[int, Reservation] = {}
        self.stock_writes: deque[Json] = deque(maxlen=HISTORY_MAX)
        self.oversold: list[Json] = []
        self.fulfilment: list[Json] = []
        self.transactions: list[Json] = []
        self.emit_order: Callable[[str, Order, Sequence[Unit], Json], list[str]] = lambda *_: []
        self.emit_other: Callable[[str, Json], list[str]] = lambda *_: []
        self._ids: Counter[str] = Counter()

    def now(self) -> datetime:
        """To the second, as every record shows it."""
        return self.clock().replace(microsecond=0)

    def new_id(self, what: str) -> int:
        self._ids[what] += 1
        return FIRST_ID.get(what, 1) + self._ids[what] - 1

    def new_key(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def later(self, seconds: float, job: Callable[[], Any]) -> None:
        self.agenda.after(seconds, job)

    def country(self, shop_key: str, code: str) -> ShopCountry:
        """By alpha-2 in any case, or by shop-country id where a country occurs twice. Raises the 404."""
        if shop_key.lower() != self.shop_key:
            raise not_found("shop", shopKey=shop_key)
        for one in self.countries:
            if code in (str(one.id), one.code, one.code.lower()) or code.upper() == one.code:
                return one
        raise not_found("shop country", shopKey=shop_key, countryCode=code)

    def merchant(self, reference_key: str) -> Merchant:
        for one in self.merchants.values():
            if one.reference_key == reference_key:
                return one
        raise not_found("merchant", merchantReferenceKey=reference_key)

    @property
    def default_merchant(self) -> Merchant:
        """The one with the lowest id."""
        return self.merchants[min(self.merchants)]

    def warehouse(self, reference_key: str) -> Warehouse:
        for one in self.warehouses.values():
            if one.reference_key == reference_key:
                return one
        raise not_found("warehouse", warehouseReferenceKey=reference_key)

    def carrier(self, key: str) -> Carrier | None:
        return next((one for one in self.carriers.values() if one.key == key), None)
