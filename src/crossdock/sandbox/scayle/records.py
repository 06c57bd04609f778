"""What the shop remembers, except orders. Ids are SCAYLE's integers; reference keys are ours."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(slots=True)
class Company:
    id: int
    name: str


@dataclass(slots=True)
class Carrier:
    id: int
    key: str
    name: str
    tracking_url: str = ""


@dataclass(slots=True)
class Warehouse:
    id: int
    reference_key: str


@dataclass(slots=True)
class Merchant:
    """The seller of record. warehouses: ids. The URLs may hold `user:password@`, masked on read."""

    id: int
    reference_key: str
    name: str
    company_id: int
    priority: int = 1
    delegation_url: str | None = None
    cancellation_url: str | None = None
    warehouses: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ShopCountry:
    """warehouses: id → priority; the higher wins."""

    id: int
    shop_key: str
    code: str
    code3: str
    currency: str
    language: str
    percent: dict[str, Decimal]
    warehouses: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Hold:
    """Units taken off what can be sold until a younger stock figure, a cancellation, or the end of a reservation.

    reason: `order 880001` or `reservation 12`.
    """

    at: datetime
    quantity: int
    reason: str


@dataclass(slots=True)
class Stock:
    """One variant in one warehouse for one merchant. quantity: as last written."""

    warehouse: str
    merchant: str
    quantity: int
    changed_at: datetime
    sellable_without_stock: bool = False
    expected_at: str | None = None
    holds: list[Hold] = field(default_factory=list)

    @property
    def sellable(self) -> int:
        return self.quantity - sum(hold.quantity for hold in self.holds)


@dataclass(slots=True)
class Price:
    """price, old_price: gross, minor units. percent: VAT. A price below its old price is a sale."""

    key: str
    price: int
    percent: Decimal
    country: str
    currency: str
    old_price: int | None = None
    group: str | None = None
    promotion: str | None = None
    merchant: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Variant:
    id: int
    reference_key: str
    product_id: int
    merchants: list[str]
    tax: str
    ean: str
    attributes: list[dict[str, Any]] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    stocks: list[Stock] = field(default_factory=list)


@dataclass(slots=True)
class Product:
    id: int
    reference_key: str
    name: str
    merchants: list[str]
    created_at: datetime
    updated_at: datetime
    variants: list[int] = field(default_factory=list)
    state: str = "live"


@dataclass(slots=True)
class Address:
    id: int
    first_name: str
    last_name: str
    gender: str
    street: str
    house_number: str | None
    zip_code: str
    city: str
    country: str
    additional: str | None = None
    phone: str | None = None
    reference_key: str | None = None
    billing: bool = False
    shipping: bool = False
    collection_point: dict[str, Any] | None = None


@dataclass(slots=True)
class Customer:
    """country: alpha-2 of the shop country it belongs to."""

    id: int
    country: str
    email: str
    first_name: str
    last_name: str
    gender: str
    created_at: datetime
    reference_key: str | None = None
    phone: str | None = None
    guest: bool = False
    groups: list[str] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Voucher:
    """value: minor units when absolute, a fraction when relative."""

    id: int
    code: str
    kind: str
    value: Decimal


@dataclass(slots=True)
class Reservation:
    id: int
    reference_key: str
    variant_id: int
    warehouse: str
    merchant: str
    ttl: int | None
    created_at: datetime
