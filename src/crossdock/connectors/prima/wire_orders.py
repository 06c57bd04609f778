"""Orders, shipments and invoices as prima-bridge v1 writes them."""

from typing import Literal

from pydantic import Field

from crossdock.connectors.bridge import Code, Cur, Day, Dec, PositiveDec, Ts, Wire
from crossdock.connectors.prima.wire import NativeKey

Status = Literal["received", "held", "accepted", "rejected", "part_despatched", "despatched", "cancelled"]
STATUSES: tuple[Status, ...] = (
    "received", "held", "accepted", "rejected", "part_despatched", "despatched", "cancelled",
)  # fmt: skip


class Amounts(Wire):
    net: Dec
    tax: Dec
    gross: Dec


class Totals(Amounts):
    currency: Cur
    stage: Literal["order", "invoice"]


class Variance(Wire):
    gross: Dec
    within_tolerance: bool


class OrderLine(Wire):
    line_ref: Code
    sku: Code
    quantity: Dec
    shipped_quantity: Dec
    invoiced_quantity: Dec
    erp_line_no: Code | int | None = None
    unit_price: Dec | None = None


class Order(Wire):
    """An order as the ERP holds it. totals, variance: null while the ERP has not reckoned them."""

    erp_order_number: Code
    external_ref: Code
    status: Status
    lines: list[OrderLine]
    updated_at: Ts
    account_code: Code | None = None
    totals: Totals | None = None
    variance: Variance | None = None


class Address(Wire):
    """Free-form. The contract names lines, postcode and country; the rest are ours and may be left unread."""

    lines: list[str] = Field(default_factory=list)
    postcode: str = ""
    country: str = ""
    name: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""


class RequestLine(Wire):
    line_ref: Code
    sku: Code
    native_key: NativeKey
    quantity: PositiveDec
    unit_code: Code
    base_quantity: PositiveDec
    unit_price: Dec | None = None
    price_list_code: Code | None = None
    discount_amount: Dec | None = None


class Charge(Wire):
    code: Code
    amount: Dec


class Payment(Wire):
    method: str
    reference: str
    amount: Dec


class OrderRequest(Wire):
    """The body of `POST /v1/orders`. expected: what the storefront showed, for comparison only."""

    source: Code
    external_ref: Code
    account_code: Code
    currency: Cur
    prices_include_tax: bool
    ordered_at: Ts
    lines: list[RequestLine] = Field(min_length=1)
    expected: Amounts
    delivery_address_code: Code | None = None
    delivery_address: Address | None = None
    invoice_address_code: Code | None = None
    customer_po: str | None = None
    requested_on: Day | None = None
    carrier_code: Code | None = None
    service_code: Code | None = None
    hold: bool = False
    hold_reason: str | None = None
    charges: list[Charge] = Field(default_factory=list)
    payment: Payment | None = None


class Tracking(Wire):
    number: str
    url: str | None = None


class ShipmentLine(Wire):
    sku: Code
    quantity: PositiveDec
    line_ref: Code | None = None


class Shipment(Wire):
    """One despatch of one order. revision: rises with each amendment of it."""

    shipment_id: Code
    erp_order_number: Code
    external_ref: Code
    despatched_at: Ts
    carrier_code: Code
    tracking: list[Tracking]
    lines: list[ShipmentLine]
    is_final: bool
    revision: int
    updated_at: Ts
    warehouse_code: Code | None = None
    service_code: Code | None = None


class TaxRow(Wire):
    vat_code: Code
    rate: Dec
    net: Dec
    tax: Dec


class InvoiceLine(Wire):
    sku: Code
    quantity: Dec
    net: Dec
    tax: Dec
    vat_code: Code
    line_ref: Code | None = None


class Invoice(Wire):
    number: Code
    kind: Literal["invoice", "credit_note"]
    erp_order_numbers: list[Code]
    external_refs: list[Code]
    account_code: Code
    issued_on: Day
    currency: Cur
    totals: Amounts
    tax_breakdown: list[TaxRow]
    lines: list[InvoiceLine]
    updated_at: Ts
    due_on: Day | None = None


class CancelRequest(Wire):
    """The body of `POST /v1/orders/{n}/cancel`; the contract names no field, so only the reason is said."""

    reason: str = ""
