"""Orders as they are held: one unit a row, money in minor units, a phase that moves one way."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.scayle.money import Taxed
from crossdock.sandbox.scayle.records import Address, Customer, ShopCountry

CREATED, PENDED, CONFIRMED, DELEGATED = "created", "pended", "confirmed", "delegated"
SHIPPED, INVOICED, ABORTED, CANCELLED = "shipped", "invoiced", "aborted", "cancelled"


@dataclass(slots=True)
class Reduction:
    """amount: gross, minor units. relative: as a fraction of the price before this reduction."""

    category: str
    kind: str
    amount: int
    relative: Decimal
    code: str | None = None
    name: str | None = None


@dataclass(slots=True)
class Unit:
    """One physical unit sold. key: of the basket. gross: what it costs after item-level reductions.

    voucher_gross: what it costs with an absolute voucher loaded on it, None when none is.
    """

    id: int
    key: str
    sku: str
    variant_id: int
    product_id: int
    name: str
    merchant: str
    warehouse: str
    warehouse_id: int
    available: int
    undiscounted: int
    gross: int
    rate: Decimal
    created_at: datetime
    updated_at: datetime
    reductions: list[Reduction] = field(default_factory=list)
    voucher_gross: int | None = None
    campaign: str | None = None
    promotions: list[dict[str, str]] = field(default_factory=list)
    status: str = "available"
    package_id: int = 0
    return_key: str | None = None
    custom: dict[str, Any] = field(default_factory=dict)
    delegated_at: datetime | None = None
    shipped_at: datetime | None = None
    cancelled_at: datetime | None = None
    returned_at: datetime | None = None
    cancelled_by: str = ""
    return_reason: str = ""
    times_shipped: int = 0
    times_returned: int = 0

    @property
    def price(self) -> Taxed:
        return Taxed(self.gross, self.rate)

    @property
    def final(self) -> Taxed:
        """With the absolute voucher: the figure that adds up to the order's total."""
        return self.price if self.voucher_gross is None else Taxed(self.voucher_gross, self.rate)

    @property
    def live(self) -> bool:
        return self.cancelled_at is None

    @property
    def open(self) -> bool:
        return self.cancelled_at is None and self.shipped_at is None


@dataclass(slots=True)
class Fee:
    category: str
    key: str
    option: str | None
    amount: Taxed


@dataclass(slots=True)
class Payment:
    """captured, refunded: minor units so far."""

    key: str
    amount: int
    transaction: str
    gift_card: bool = False
    captured: int = 0
    refunded: int = 0


@dataclass(slots=True)
class Package:
    id: int
    carrier: str | None
    minimum: str
    maximum: str
    merchant: str
    status: str = "open"
    shipment_key: str | None = None
    return_ident_code: str | None = None
    tracking_url: str | None = None
    shipped_at: datetime | None = None


@dataclass(slots=True)
class Document:
    """An invoice or another paper. amount: gross, minor units; never shown in the list. units: what it covers."""

    id: int
    kind: str
    created_at: datetime
    number: int = 0
    full_number: str = ""
    format: str = "pdf"
    amount: int = 0
    units: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Delegation:
    """One order told to one merchant. state: waiting, failed, delegated, acknowledged or given_up.

    round: of telling; a new one puts an end to the tries of the last.
    """

    id: int
    merchant: str
    state: str = "waiting"
    attempts: int = 0
    round: int = 0


@dataclass(slots=True)
class Order:
    id: int
    public_key: str
    basket_key: str
    country: ShopCountry
    customer: Customer
    billing: Address
    shipping: Address
    units: list[Unit]
    created_at: datetime
    updated_at: datetime
    calculator: str
    reference_key: str | None = None
    phase: str = CREATED
    fees: list[Fee] = field(default_factory=list)
    reductions: list[Reduction] = field(default_factory=list)
    vouchers: list[dict[str, Any]] = field(default_factory=list)
    promotions: list[dict[str, Any]] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    delegations: list[Delegation] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    channel: dict[str, Any] | None = None
    external_prices: bool = False
    express: bool = False
    fee_before_discount: int = 0
    confirmed_at: datetime | None = None
    delegated_at: datetime | None = None
    invoiced_at: datetime | None = None
    billing_code: str | None = None
    billing_notes: list[dict[str, Any]] = field(default_factory=list)
    cancellation: str = ""
    fees_captured: bool = False
    captured_by_hand: bool = False

    @property
    def delegation_reference(self) -> str:
        """What delegation and cancellation requests call the order."""
        return f"{self.country.shop_key}{self.country.code.lower()}-{self.country.id}-{self.id}"

    @property
    def gross(self) -> int:
        return sum(unit.final.gross for unit in self.units) + sum(fee.amount.gross for fee in self.fees)

    def unit(self, id_: int) -> Unit | None:
        return next((unit for unit in self.units if unit.id == id_), None)
