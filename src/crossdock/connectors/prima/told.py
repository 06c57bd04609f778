"""What documents say that no canonical value holds whole: read for people, by `translate` alone."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceListHead:
    """A price list without its prices."""

    code: str
    currency: str
    prices_include_tax: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPrice:
    """A price whose list, and with it the currency and whether tax is in it, another document names."""

    stock_code: str
    price: Decimal
    quantity_from: Decimal
    unit: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWish:
    """The body of a cancellation; the order stands in the address it is posted to."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorLine:
    """native_key: (part, value). price: as the vendor reads it, per unit or for the line."""

    native_key: tuple[tuple[str, str], ...]
    quantity: str
    line_ref: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorOrder:
    """An order in the vendor's own tongue: it names no total and no time, so it is no sales order yet."""

    ref: str
    account_code: str
    currency: str = ""
    po_number: str = ""
    hold: str = ""
    courier: str = ""
    lines: tuple[VendorLine, ...] = ()
    charges: tuple[tuple[str, str], ...] = ()
