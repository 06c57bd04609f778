"""Prices as the ERP lists them, and as a storefront shows them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One price of one stock item in one list.

    price: for `per` stock units. unit: the ERP's unit it was set for; "" where it holds for every unit. quantity_from,
    quantity_to: where its break starts and ends, in stock units. valid_from, valid_to: the days it holds, both
    included; None for no bound. Of several for one break the one that began last counts.
    """

    price_list: str
    stock_code: str
    currency: str
    price: Decimal
    is_net: bool
    quantity_from: Decimal = Decimal(1)
    quantity_to: Decimal | None = None
    tax_percent: Decimal | None = None
    unit: str = ""
    per: Decimal = Decimal(1)
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownList:
    """A price list of a storefront. key: its key there. currencies: those its prices may be in."""

    key: str
    name: str
    currencies: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPrice:
    """One price in a storefront's price list. price_list: its key there; sku, unit: the storefront's own words.

    quantity: the break it starts at, in `unit`. value: for one `unit`. ref: its key there, which may change when it is
    written; "" for one that was never read and may not be there.
    """

    price_list: str
    sku: str
    unit: str
    currency: str
    quantity: Decimal
    value: Decimal
    ref: str = ""
