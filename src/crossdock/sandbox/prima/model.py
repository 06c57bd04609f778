"""What Prima holds: items and their units, stock, accounts, price lists, orders, shipments, invoices."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NativeKey:
    """How Prima names an item: a product (style) and up to four matrix codes."""

    product: str
    m1: str = ""
    m2: str = ""
    m3: str = ""
    m4: str = ""

    def public(self) -> dict[str, str]:
        """Without the codes that are not used."""
        codes = {"m1": self.m1, "m2": self.m2, "m3": self.m3, "m4": self.m4}
        return {"product": self.product, **{name: code for name, code in codes.items() if code}}


@dataclass(slots=True)
class Unit:
    """A saleable unit. sku: its own SKU, the base SKU where units are codes. base_quantity: eaches in one."""

    unit_code: str
    sku: str
    native: NativeKey
    base_quantity: Decimal
    confirmed: bool = True


@dataclass(slots=True)
class Item:
    """parts: (SKU, eaches) that leave the shelf for one each; the item itself, or the components of a kit."""

    sku: str
    native: NativeKey
    style_code: str
    description: str
    barcode: str
    vat_code: str
    parts: tuple[tuple[str, Decimal], ...]
    updated_at: datetime
    units: list[Unit] = field(default_factory=list)
    status: str = "active"

    @property
    def counted(self) -> bool:
        """Whether it has a stock record of its own."""
        return self.parts == ((self.sku, Decimal(1)),)


@dataclass(slots=True)
class Level:
    """Stock of one SKU in one warehouse. allocated: what orders want of it and has not left."""

    sku: str
    warehouse: str
    physical: Decimal
    updated_at: datetime
    allocated: Decimal = ZERO
    quarantined: Decimal = ZERO
    on_order: Decimal = ZERO
    next_available_on: date | None = None
    sequence: int = 1

    @property
    def free(self) -> Decimal:
        """What may be promised to a new order this moment."""
        return self.physical - self.allocated - self.quarantined


@dataclass(frozen=True, slots=True)
class Address:
    address_code: str
    kind: str
    lines: tuple[str, ...]
    postcode: str
    country: str
    is_default: bool


@dataclass(slots=True)
class Account:
    account_code: str
    name: str
    price_list_code: str
    payment_terms_code: str
    currency: str
    vat_number: str
    addresses: tuple[Address, ...]
    updated_at: datetime
    status: str = "active"
    tax_status_code: str = "UKVAT"
    credit_limit: Decimal | None = None
    credit_hold: bool = False
    po_required: bool = False


@dataclass(slots=True)
class Price:
    """unit_code: "" where the SKU itself is the unit."""

    sku: str
    unit_code: str
    min_quantity: Decimal
    unit_price: Decimal
    updated_at: datetime
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> str:
        return f"{self.sku}|{self.unit_code}|{self.min_quantity:015.3f}|{self.valid_from or ''}"


@dataclass(slots=True)
class PriceList:
    code: str
    currency: str
    prices_include_tax: bool
    updated_at: datetime
    prices: dict[str, Price] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineIntent:
    """A line as the caller asks for it."""

    line_ref: str
    sku: str
    native: NativeKey | None
    quantity: Decimal
    unit_code: str | None = None
    base_quantity: Decimal | None = None
    price_list_code: str | None = None
    unit_price: Decimal | None = None
    discount: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIntent:
    """An order as the caller asks for it, through either door. Two of the same content are equal."""

    source: str
    external_ref: str
    account_code: str | None
    currency: str
    prices_include_tax: bool
    lines: tuple[LineIntent, ...]
    charges: tuple[tuple[str, Decimal], ...] = ()
    delivery_code: str | None = None
    delivery_address: tuple[tuple[str, str], ...] = ()
    invoice_code: str | None = None
    customer_po: str | None = None
    ordered_at: datetime | None = None
    requested_on: date | None = None
    carrier_code: str | None = None
    service_code: str | None = None
    hold: bool = False
    hold_reason: str | None = None
    payment: tuple[str, str, Decimal] | None = None
    expected: tuple[Decimal, Decimal, Decimal] | None = None


@dataclass(slots=True)
class Line:
    """A line as Prima keeps it. price: for one unit, with tax in it when the order's prices have. picked: taken from
    the shelf and not yet despatched. dropped: not to be sent any more."""

    number: int
    line_ref: str
    item: Item
    unit: Unit
    sku: str
    quantity: Decimal
    price: Decimal
    discount: Decimal
    vat_code: str
    warehouse: str
    picked: Decimal = ZERO
    shipped: Decimal = ZERO
    invoiced: Decimal = ZERO
    dropped: Decimal = ZERO

    @property
    def outstanding(self) -> Decimal:
        return self.quantity - self.shipped - self.dropped

    def demand(self, quantity: Decimal) -> list[tuple[str, Decimal]]:
        """(SKU, eaches) that so many units take off the shelf."""
        return [(sku, each * self.unit.base_quantity * quantity) for sku, each in self.item.parts]


@dataclass(slots=True)
class Order:
    """door: soap or bridge. sent: the attributes a SOAP caller sent, word for word. rejection: (code, text). bills: its
    invoices, without credit notes."""

    id: int
    number: str
    door: str
    intent: OrderIntent
    created_at: datetime
    updated_at: datetime
    status: str
    lines: list[Line] = field(default_factory=list)
    charges: list[tuple[str, Decimal, str]] = field(default_factory=list)
    picking: bool = False
    company: str = ""
    hold_reason: str | None = None
    rejection: tuple[str, str] | None = None
    sent: dict[str, Any] = field(default_factory=dict)
    charges_invoiced: bool = False
    bills: "list[Invoice]" = field(default_factory=list)

    @property
    def open(self) -> bool:
        return self.status in ("held", "accepted", "part_despatched")


@dataclass(slots=True)
class Shipment:
    """lines: (line_ref, SKU, quantity)."""

    shipment_id: str
    order: Order
    despatched_at: datetime
    warehouse: str
    carrier_code: str
    service_code: str | None
    tracking: list[tuple[str, str | None]]
    lines: list[tuple[str, str, Decimal]]
    is_final: bool
    updated_at: datetime
    revision: int = 1


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    line_ref: str | None
    sku: str
    quantity: Decimal
    vat_code: str
    net: Decimal
    tax: Decimal


@dataclass(slots=True)
class Invoice:
    """kind: invoice or credit_note; amounts are positive in both. of: the credited invoice."""

    number: str
    kind: str
    orders: list[Order]
    account_code: str
    issued_on: date
    due_on: date | None
    currency: str
    lines: list[InvoiceLine]
    updated_at: datetime
    of: str | None = None
