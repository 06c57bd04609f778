"""What a pairing decides by: typed rules with defaults, checked when they are made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from crossdock.decide.company import Company
from crossdock.decide.price_lists import PricePolicy
from crossdock.model.faults import InvalidValue
from crossdock.model.money import ROUNDING_RULES, Rounding

NONE = Decimal(0)
PENNY = Decimal("0.01")


class Authority(StrEnum):
    """Whose order total counts."""

    STOREFRONT = "storefront"  # checked before posting: the ERP must come to the storefront's figure
    ERP = "erp"  # posted as it is; the ERP's figure is read back and compared


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPolicy:
    """How orders of one pairing are checked and posted.

    currencies: those taken. tolerance: how far two totals may be apart, in the order's currency; tolerance_per_line:
    how much more once the ERP reckoned it, for each line; tax_tolerance: for the tax of one line; price_tolerance:
    for a price per stock unit. rounding: a name in ROUNDING_RULES, for net lines and tax. tax_rounding: where the ERP
    rounds tax, on each line or once per tax code. price_decimals: how many a unit price may have in the ERP. prices:
    what they are posted as: net, or gross, where the ERP shall take the tax out of what a shopper pays.
    whole_stock_units: the ERP counts in whole ones only. default_tax_code, shipping_tax_code: the storefront's code
    for lines and carriage that name none. dispatch_country: where goods leave from, "" where no border counts for
    tax. companies: the company map, none where all orders belong to one. published: how the storefront's prices were
    made of the ERP's, None where they were not. unit_mode: unit_sku where every unit has a stock code of its own.
    unit_source: whether the storefront's word on units counts. stacked_max: how many promotions one line may carry,
    and share_max: how much of its price they may take, as a fraction, before a person looks.
    Raises InvalidValue on a rule nobody wrote and on a tolerance below zero.
    """

    currencies: frozenset[str]
    authority: Authority = Authority.STOREFRONT
    tolerance: Decimal = Decimal("0.00")
    tolerance_per_line: Decimal = NONE
    rounding: str = "half-up"
    tax_rounding: Literal["per-line", "per-order"] = "per-line"
    tax_tolerance: Decimal = PENNY
    price_decimals: int = 4
    prices: Literal["net", "gross"] = "net"
    whole_stock_units: bool = True
    default_tax_code: str = ""
    shipping_tax_code: str = ""
    credit: Literal["ignore", "hold"] = "ignore"
    price_check: Literal["off", "hold"] = "off"
    price_tolerance: Decimal = NONE
    published: PricePolicy | None = None
    unit_mode: Literal["unit_code", "unit_sku"] = "unit_code"
    unit_source: Literal["map", "storefront"] = "map"
    zero_price: Literal["hold", "allow"] = "hold"
    require_delivery_address: bool = True
    site: str = ""
    sales_source: str = ""
    company_class: str = ""
    dispatch_country: str = ""
    companies: tuple[Company, ...] = ()
    stacked_max: int = 1
    share_max: Decimal = Decimal("0.8")

    def __post_init__(self) -> None:
        if self.rounding not in ROUNDING_RULES:
            raise InvalidValue(f"rounding: {self.rounding!r} is none of {', '.join(ROUNDING_RULES)}")
        for name in ("tolerance", "tolerance_per_line", "tax_tolerance", "price_tolerance", "price_decimals"):
            if getattr(self, name) < 0:
                raise InvalidValue(f"{name}: must not be below zero, was {getattr(self, name)}")

    @property
    def coded(self) -> bool:
        """Every unit has a stock code of its own."""
        return self.unit_mode == "unit_sku"

    @property
    def rule(self) -> Rounding:
        return ROUNDING_RULES[self.rounding]

    def may_differ(self, lines: int) -> Decimal:
        """How far the ERP's own total of an order with so many lines may be from what it should come to."""
        return self.tolerance + self.tolerance_per_line * lines


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPolicy:
    """What is shown of the stock. buffer: stock units always kept back; buffers: the same for single SKUs, in any case.

    stale_seconds: a figure older than that may only lower what is shown. unlimited_shown: the level of items that are
    not stock controlled. shared: what several places sell from one stock is shared out among them.
    Raises InvalidValue on a buffer below zero, which would sell what is not there.
    """

    buffer: Decimal = NONE
    buffers: Mapping[str, Decimal] = field(default_factory=dict)
    stale_seconds: float = 3600
    unlimited_shown: Decimal = Decimal(9999)
    shared: bool = True

    def __post_init__(self) -> None:
        for sku, buffer in {"": self.buffer, **self.buffers}.items():
            if buffer < 0:
                raise InvalidValue(f"buffer {sku}: must not be below zero, was {buffer}")

    def buffer_for(self, sku: str) -> Decimal:
        wanted = sku.lower()
        return next((units for name, units in self.buffers.items() if name.lower() == wanted), self.buffer)
