"""What Khaos Control holds: stock items with levels per site, companies, sales orders, and their invoices."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.khaos_control.money import ZERO, Amount

NONE = Decimal(0)

CANCELLED, RELEASED, STAGING, PAYMENT, PICKING, INVOICE_PRINT, ISSUE = 1, 9, 10, 11, 12, 15, 16
AWAITING_DATE, AWAITING_STOCK, MANUAL_HOLD, TERMS_HOLD, ISSUED = 17, 18, 19, 21, 70

STAGE_NAMES = {
    CANCELLED: "Cancelled", RELEASED: "Released", STAGING: "Staging", PAYMENT: "Authorise payment",
    PICKING: "Picking", 13: "Packing", 14: "Shipping", INVOICE_PRINT: "Invoice print", ISSUE: "Issue invoices",
    AWAITING_DATE: "Future: awaiting date", AWAITING_STOCK: "Future: awaiting stock", MANUAL_HOLD: "Manual hold",
    20: "Processing", TERMS_HOLD: "Terms hold", ISSUED: "Issued", 71: "Issued, archived", 72: "Issued, archived",
    73: "Issued, archived",
}  # fmt: skip
ISSUED_STAGES = frozenset({ISSUED, 71, 72, 73})
HELD_STAGES = frozenset({PAYMENT, AWAITING_DATE, AWAITING_STOCK, MANUAL_HOLD, TERMS_HOLD})


@dataclass(slots=True, eq=False)
class Level:
    """One item at one site. on_hand counts what is on the shelf, assigned what orders have reserved of it."""

    on_hand: Decimal = NONE
    assigned: Decimal = NONE

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.assigned


@dataclass(slots=True, eq=False)
class Purchase:
    """Ordered from a supplier, not yet received."""

    quantity: Decimal
    due: date
    site_id: int


@dataclass(slots=True, eq=False)
class StockItem:
    """stock_id never changes, `code` may. pack, build: (component, how many for one). waiting: order lines short of it.

    revised, moved: London wall clock of the last change of the record and of a level. net_price: pounds, unrounded.
    details: what else a channel brought of it, as sent. headings: what a size/colour template varies by.
    """

    stock_id: int
    code: str
    name: str
    net_price: Decimal
    tax_code: int
    revised: datetime
    moved: datetime
    other_ref: str = ""
    barcode: str = ""
    harmonisation: str = ""
    controlled: bool = True
    discontinued: bool = False
    run_to_zero: bool = False
    parent: "StockItem | None" = None
    option: tuple[str, ...] = ()
    children: "list[StockItem]" = field(default_factory=list)
    pack: "list[tuple[StockItem, Decimal]]" = field(default_factory=list)
    build: "list[tuple[StockItem, Decimal]]" = field(default_factory=list)
    levels: dict[int, Level] = field(default_factory=dict)
    purchases: list[Purchase] = field(default_factory=list)
    waiting: "dict[int, Line]" = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    headings: tuple[str, ...] = ()

    def level(self, site_id: int) -> Level:
        level = self.levels.get(site_id)
        if level is None:
            level = self.levels[site_id] = Level()
        return level


@dataclass(slots=True, eq=False, kw_only=True)
class Address:
    """kind: 1 invoice, 2 delivery."""

    address_id: int
    kind: int
    lines: tuple[str, str, str] = ("", "", "")
    town: str = ""
    county: str = ""
    postcode: str = ""
    country_code: str = "GBR"
    country: str = "United Kingdom"
    organisation: str = ""
    email: str = ""
    phone: str = ""
    note: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Contact:
    contact_id: int
    title: str = ""
    forename: str = ""
    surname: str = ""
    email: str = ""
    phone: str = ""
    mobile: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Company:
    """A customer account. `code` is the URN: unique, but it can be changed; company_id cannot.

    balance: all its sales orders, gross, less what was paid with them. origin: how it came to be.
    """

    company_id: int
    code: str
    name: str
    origin: str
    created: datetime
    updated: datetime
    other_ref: str = ""
    web_user: str = ""
    web_site: str = ""
    class_name: str = ""
    type_name: str = ""
    status: str = "Active"
    currency: str = "GBP"
    tax_reference: str = ""
    mailing_status: str = ""
    sale_source: str = ""
    source_code: str = ""
    locked: bool = False
    po_required: bool = False
    payment_type: str = "Account"
    credit_limit: Decimal | None = None
    balance: Decimal = ZERO
    addresses: list[Address] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    additional: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Line:
    """One line of a sales order. assigned includes what was issued since; issued has left the shelf.

    parts: the components that move with a pack, each with `per`, how many go with one pack.
    """

    number: int
    order: "Order"
    item: StockItem
    quantity: Decimal
    site_id: int
    price_net: Decimal | None = None
    price_gross: Decimal | None = None
    discount: Decimal = NONE
    tax_code: int = 1
    amount: Amount = field(default_factory=lambda: Amount(ZERO, ZERO))
    description: str = ""
    import_ref: str = ""
    free_reason: str = ""
    assigned: Decimal = NONE
    issued: Decimal = NONE
    per: Decimal = Decimal(1)
    parts: "list[Line]" = field(default_factory=list)

    @property
    def short(self) -> Decimal:
        return self.quantity - self.assigned

    @property
    def shelves(self) -> "list[Line]":
        """What must leave a shelf for the line: the components of a pack, else the line itself."""
        return [one for one in (self.parts or (self,)) if one.item.controlled]

    def moving(self, quantity: Decimal) -> "Iterator[tuple[Line, Decimal]]":
        """The line and whatever moves with it, for `quantity` of the line."""
        yield self, quantity
        for part in self.parts:
            yield part, part.per * quantity


@dataclass(slots=True, eq=False, kw_only=True)
class Box:
    consignment: str
    courier: str
    shipped: datetime
    items: list[tuple[StockItem, Decimal]]


@dataclass(slots=True, eq=False, kw_only=True)
class Invoice:
    """One shipment of an order. The stage belongs here, not to the order. short: waits for stock, nothing assigned.

    moved: the stage changed since somebody last read the order's status. trail: every stage it has been in.
    """

    invoice_id: int
    code: str
    stage: int
    lines: dict[Line, Decimal]
    short: bool = False
    moved: bool = True
    courier: str = ""
    boxes: list[Box] = field(default_factory=list)
    invoice_date: datetime | None = None
    ship_date: datetime | None = None
    issue_date: datetime | None = None
    trail: list[int] = field(default_factory=list)

    @property
    def issued(self) -> bool:
        return self.stage in ISSUED_STAGES

    @property
    def open(self) -> bool:
        """Assigned and still in the building."""
        return not self.short and not self.issued and self.stage != CANCELLED

    def moving(self) -> Iterator[tuple[Line, Decimal]]:
        for line, quantity in self.lines.items():
            yield from line.moving(quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """An invoice or a credit note as accounts have it. kind: invoice or credit_note; amounts are never negative.

    company: which of the merchant's companies issued it, "" where there is one. credits: the invoice it takes back.
    """

    number: str
    kind: str
    order_refs: tuple[str, ...]
    order_codes: tuple[str, ...]
    company_code: str
    currency: str
    issued_on: date
    amount: Amount
    company: str = ""
    credits: str = ""


@dataclass(slots=True, eq=False, kw_only=True)
class Cancellation:
    at: datetime
    reason: str
    user: str


@dataclass(slots=True, eq=False, kw_only=True)
class Order:
    """order_amount: as sent, never used in sums. web: came in through the web service. lines: those with a price.

    created, changed: London wall clock. hold_reason: why it was stopped at import, "" when it was not.
    """

    order_id: int
    code: str
    associated_ref: str
    company: Company
    site_id: int
    currency: str
    created: datetime
    changed: datetime
    imported_at: datetime
    delivery_date: date
    web: bool = True
    confirmed: bool = True
    order_amount: str | None = None
    delivery: Amount = field(default_factory=lambda: Amount(ZERO, ZERO))
    po_number: str = ""
    courier_code: str = ""
    sales_source: str = ""
    brand: str = ""
    order_note: str = ""
    invoice_note: str = ""
    hold_reason: str = ""
    paid: Decimal = ZERO
    payment_taken: bool = False
    payment_pending: bool = False
    delivery_address: dict[str, str] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    cancelled: Cancellation | None = None

    @property
    def items_total(self) -> Amount:
        return Amount(sum((line.amount.net for line in self.lines), ZERO),
                      sum((line.amount.tax for line in self.lines), ZERO))  # fmt: skip

    @property
    def gross(self) -> Decimal:
        return self.items_total.gross + self.delivery.gross

    def all_lines(self) -> Iterator[Line]:
        for line in self.lines:
            yield line
            yield from line.parts

    @property
    def complete(self) -> bool:
        """Assigned = sold, and every invoice issued."""
        return (
            self.cancelled is None
            and all(line.short == 0 for line in self.lines)
            and all(invoice.issued for invoice in self.invoices)
        )
