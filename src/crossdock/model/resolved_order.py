"""A sales order with every code resolved into the ERP's own, ready to post. Made only by `decide`."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from crossdock.model.sales_order import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedLine:
    """stock_code: the ERP's. quantity: in the ERP's stock units. unit_price: per stock unit, all discounts taken off,
    at most `price_decimals` of the ERP; net, or gross where the order's prices include tax. quantity × unit_price to
    the penny is what the line must come to: its net, or its net and tax. tax_code: the ERP's code. tax: what the ERP
    will add to the net, or take out of the gross, by the pairing's rounding rule. free_reason: the ERP's word for
    why it is given away, "" where it is not or the ERP wants none."""

    line_ref: str
    stock_code: str
    quantity: Decimal
    unit_price: Decimal
    net: Decimal
    tax_code: str
    tax: Decimal
    description: str = ""
    note: str = ""
    free_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedOrder:
    """ref: the idempotency key, stored before the first send. total: what the ERP must come to, gross, to the penny.

    prices_include_tax: the lines' unit prices are gross. company: which entry of the company map took it, "" without
    one; site, sales_source, brand and company_class are what the ERP is told of it.
    """

    ref: str
    placed_at: datetime
    currency: str
    account_code: str
    account_id: str
    lines: tuple[ResolvedLine, ...]
    delivery_net: Decimal
    delivery_tax: Decimal
    total: Decimal
    courier_code: str = ""
    payment_code: str = ""
    site: str = ""
    sales_source: str = ""
    company_class: str = ""
    buyer_email: str = ""
    company_name: str = ""
    po_number: str = ""
    notes: str = ""
    wanted_by: date | None = None
    invoice_address: Address | None = None
    delivery_address: Address | None = None
    prices_include_tax: bool = False
    company: str = ""
    brand: str = ""
