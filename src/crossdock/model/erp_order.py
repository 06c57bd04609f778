"""An order as the ERP holds it, whoever took it: what it asks for, at which site, for whom, at what price."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpOrderLine:
    """unit_price: before the discount, net or gross as `price_is_net` says; None when not told. discount: percent.
    site: where it is taken from."""

    stock_code: str
    quantity: Decimal
    site: str = ""
    unit_price: Decimal | None = None
    price_is_net: bool = True
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpOrder:
    """erp_code: the ERP's number of it. ref: ours, "" for one that was taken there."""

    erp_code: str
    ref: str
    account_code: str
    currency: str
    ordered_at: datetime
    lines: tuple[ErpOrderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Stock of one item at one site that an order has reserved and that has not left. source_ref: the order."""

    site: str
    stock_code: str
    quantity: Decimal
    source_ref: str
