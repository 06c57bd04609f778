"""Goods that left the warehouse, and how far an order has got over there."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Stage(StrEnum):
    """How far the part of an order that one invoice stands for has got, in our words."""

    RELEASED = "released"
    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_DATE = "awaiting_date"
    AWAITING_STOCK = "awaiting_stock"
    HELD = "held"  # a person or a rule stopped it
    ON_TERMS_HOLD = "on_terms_hold"
    PICKING = "picking"
    PACKING = "packing"
    SHIPPING = "shipping"
    ISSUED = "issued"
    CANCELLED = "cancelled"


FLOOR_BEGAN = frozenset({Stage.PICKING, Stage.PACKING, Stage.SHIPPING, Stage.ISSUED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DespatchLine:
    stock_code: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One box. consignment_ref: the carrier's number, "" when the carrier gives none. courier: the ERP's words."""

    consignment_ref: str
    courier: str
    lines: tuple[DespatchLine, ...]
    tracking_url: str = ""
    shipped: bool = False
    shipped_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """One part of an order on its way out. code: not stable; it may be empty until printed and may change later."""

    code: str
    stage: Stage
    stage_text: str
    lines: tuple[DespatchLine, ...]
    parcels: tuple[Parcel, ...] = ()
    courier: str = ""
    consignment_ref: str = ""
    tracking_url: str = ""
    shipped_on: date | None = None

    @property
    def shipped(self) -> bool:
        return self.shipped_on is not None or any(parcel.shipped for parcel in self.parcels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilment:
    """Where one order stands in the ERP. gross_total, net_total: what it came to there, in the order's currency; None
    where the ERP does not tell.

    quantity_sold, quantity_assigned: over all lines, in stock units.
    """

    ref: str
    erp_code: str
    gross_total: Decimal | None
    currency: str
    complete: bool
    cancelled: bool
    invoices: tuple[Invoice, ...]
    cancel_reason: str = ""
    account_code: str = ""
    quantity_sold: Decimal = Decimal(0)
    quantity_assigned: Decimal = Decimal(0)
    net_total: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DespatchNote:
    """Goods of an ERP order that left from somewhere else, for the ERP to book.

    key: ours, stable for ever. order_code: the ERP's own number. courier: the ERP's code. numbers: the carrier's, one a
    parcel; none where nothing will ever be traceable. final: with it the order is wholly despatched.
    """

    key: str
    order_code: str
    courier: str
    numbers: tuple[str, ...]
    lines: tuple[DespatchLine, ...]
    shipped_on: date
    final: bool
    order_ref: str = ""
    tracking_url: str = ""

    @property
    def consignments(self) -> tuple[str, ...]:
        """What it can be found by again: the carrier's numbers, else our key."""
        return self.numbers or (self.key,)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderProgress:
    """Where one order stands, as the ERP tells us unasked: like Fulfilment, without what it came to.

    erp_id: never changes; erp_code: what people use. started: anything of it has begun or left, by its own word.
    """

    ref: str
    erp_code: str
    erp_id: str
    started: bool
    complete: bool
    cancelled: bool
    invoices: tuple[Invoice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Despatch:
    """One despatch note as the storefront shall see it: goods of one order that left together under one number.

    key: ours, stable for ever. tracking_number: what the customer is shown, never empty.
    final: with it the order is wholly despatched.
    """

    key: str
    order_ref: str
    tracking_number: str
    carrier: str
    lines: tuple[DespatchLine, ...]
    tracking_url: str = ""
    shipped_on: date | None = None
    final: bool = False
