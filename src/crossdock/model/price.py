"""Prices as the ERP lists them."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """One price of one stock item in one list. price: per stock unit. quantity_from: the break it starts at."""

    price_list: str
    stock_code: str
    currency: str
    price: Decimal
    is_net: bool
    quantity_from: Decimal = Decimal(1)
    quantity_to: Decimal | None = None
    tax_percent: Decimal | None = None
