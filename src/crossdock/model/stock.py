"""Stock figures, and the places they are published to."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from crossdock.model.faults import InvalidValue


class Basis(StrEnum):
    """What a figure already leaves out. It travels with every figure, so that nothing is subtracted twice."""

    ON_HAND = "on_hand"  # counted; nothing subtracted
    AVAILABLE = "available"  # on hand less what is allocated to orders the ERP knows
    FREE = "free"  # a system's own word; its meaning is declared per pairing
    BUILDABLE = "buildable"  # could be assembled from components now


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUnit:
    """One unit that an item is sold in. sku: the unit's own, "" where units share the item's.

    base_quantity: how many of base_sku one of it moves. confirmed: a person vouched for that; before, it is not sold.
    """

    unit: str
    base_sku: str
    base_quantity: Decimal
    sku: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StockItem:
    """What is counted and moved, as the ERP holds it.

    item_id: never changes; code: what people use and may change. tax_percent: the item's own rate. stock_controlled:
    False for services, families and packs that hold no stock of their own. parent_code: the family it is a child of.
    template: it is such a family; only its children can be sold. components: of a pack, (stock code, quantity in one)
    of everything that moves with it. units: what it is sold in, where the ERP says so. native_key: the parts an ERP
    knows it by when the code is ours alone, echoed to it and never taken apart. options: what sets a child apart in its
    family, as (heading, value), such as ("Size", "L").
    """

    code: str
    item_id: str
    description: str = ""
    other_ref: str = ""
    barcodes: tuple[str, ...] = ()
    tax_percent: Decimal | None = None
    sell_price: Decimal | None = None
    sell_price_is_net: bool = True
    stock_controlled: bool = True
    discontinued: bool = False
    run_to_zero: bool = False
    parent_code: str = ""
    components: tuple[tuple[str, Decimal], ...] = ()
    template: bool = False
    units: tuple[ItemUnit, ...] = ()
    native_key: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StockFigure:
    """How much there is of one stock item at one site, in stock units, at one moment.

    as_of: when the read that brought it began, so that an order posted later is known not to be in it.
    unlimited: the item is not stock controlled, always to be had; quantity is then meaningless and 0.
    """

    stock_code: str
    site: str
    basis: Basis
    quantity: Decimal
    as_of: datetime
    unlimited: bool = False

    def __post_init__(self) -> None:
        if self.as_of.tzinfo is None:
            raise InvalidValue(f"stock figure of {self.stock_code}: as_of has no time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockTarget:
    """One place in a storefront where a stock level is shown. ref: its id there. stock_units: eaches in one `unit`.

    shown: the quantity the storefront holds now, in `unit`, when it was read.
    """

    ref: str
    sku: str
    unit: str
    stock_units: Fraction
    shown: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLevel:
    """An absolute level to be shown at a target, in the target's unit.

    as_of: every order placed before that moment is taken off it; None when nobody reckoned.
    """

    ref: str
    sku: str
    unit: str
    quantity: Decimal
    as_of: datetime | None = None
