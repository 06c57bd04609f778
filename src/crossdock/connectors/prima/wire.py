"""Catalogue, stock and capabilities as prima-bridge v1 writes them: its names, its types."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from crossdock.connectors.bridge import Capabilities, Code, Cur, Day, Dec, PositiveDec, Ts, Wire

NativeKey = Mapping[str, str]
UomMode = Literal["unit_sku", "unit_code"]


class StockMeaning(Wire):
    """free_field: the vendor's word behind `free`. semantics_confirmed: the allocation probe has shown its meaning."""

    free_field: str = ""
    semantics_confirmed: bool = False
    per_warehouse: bool = False
    delta: bool = False


class PrimaCapabilities(Capabilities):
    companies: list[Code] = Field(default_factory=list)
    stock: StockMeaning = Field(default_factory=StockMeaning)
    uom_mode: UomMode = "unit_sku"
    pricing_mode: Literal["erp_prices", "send_price", "send_and_compare"] = "send_price"
    tax_mode: Literal["erp_calculates"] = "erp_calculates"
    amend: bool = False
    cancel: bool = False


class Unit(Wire):
    """sku: the unit's own, due where units are SKUs. base_quantity: how many of base_sku one of it moves."""

    unit_code: Code
    base_sku: Code
    base_quantity: PositiveDec
    confirmed: bool
    sku: Code | None = None


class Item(Wire):
    sku: Code
    native_key: NativeKey
    status: Literal["active", "blocked", "discontinued"]
    units: list[Unit]
    updated_at: Ts
    style_code: Code | None = None
    description: str | None = None
    barcode: Code | None = None
    vat_code: Code | None = None


class StockRow(Wire):
    """free: what may be promised to a new order now. The other figures are for comparison only."""

    sku: Code
    native_key: NativeKey
    warehouse_code: Code
    free: Dec
    as_of: Ts
    physical: Dec | None = None
    allocated: Dec | None = None
    available: Dec | None = None
    on_order: Dec | None = None
    next_available_on: Day | None = None
    sequence: int | None = None


class CustomerAddress(Wire):
    address_code: Code
    kind: Literal["delivery", "invoice", "both"]
    lines: list[str] = Field(default_factory=list)
    postcode: str | None = None
    country: str | None = None
    is_default: bool = False


class Customer(Wire):
    """price_list_code: said by every customer, null where there is none."""

    account_code: Code
    name: str
    status: Literal["active", "on_hold", "closed"]
    price_list_code: Code | None
    payment_terms_code: Code
    currency: Cur
    addresses: list[CustomerAddress]
    updated_at: Ts
    tax_status_code: Code | None = None
    vat_number: str | None = None
    credit_limit: Dec | None = None
    credit_hold: bool | None = None


class PriceList(Wire):
    code: Code
    currency: Cur
    prices_include_tax: bool
    updated_at: Ts


class PriceRow(Wire):
    sku: Code
    min_quantity: Dec
    unit_price: Dec
    updated_at: Ts
    unit_code: Code | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
