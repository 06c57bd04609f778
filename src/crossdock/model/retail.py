"""Stock, sales and movements of shops: what a retail stock system and an ERP tell each other."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from crossdock.model.faults import InvalidValue
from crossdock.model.stock import Basis


class LocationKind(StrEnum):
    WAREHOUSE = "warehouse"
    STORE = "store"
    WEBSHOP = "webshop"
    B2B = "b2b"


class Readiness(StrEnum):
    """Whether an item has all that sizing needs."""

    COMPLETE = "complete"
    MISSING = "missing"
    MISMATCH = "mismatch"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place with stock or sales. owner: who may say how much is there, `retail` or `erp`; "" when not told."""

    code: str
    kind: LocationKind
    name: str = ""
    gln: str = ""
    owner: str = ""
    street: str = ""
    town: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailItem:
    """A stock item as a retail system wants it. item_id: stable, ours; sku: the ERP's stock code.

    leaf: it is counted itself; a parent holds no stock of its own. status: active, blocked or discontinued.
    """

    item_id: str
    sku: str
    style_id: str
    leaf: bool = True
    parent_sku: str = ""
    description: str = ""
    barcode: str = ""
    size_id: str = ""
    colour_id: str = ""
    season_id: str = ""
    brand_id: str = ""
    status: str = "active"
    body_map_id: str = ""
    readiness: Readiness = Readiness.NOT_APPLICABLE
    missing_attributes: tuple[str, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailStock:
    """How much of one item is at one location. quantity: what `basis` says; allocated: promised, told apart.

    sequence: rises per (location, sku); the higher is the newer, whatever the order of arrival. None when not told.
    Raises InvalidValue: a time without zone.
    """

    location: str
    sku: str
    basis: Basis
    quantity: Decimal
    allocated: Decimal | None = None
    available: Decimal | None = None
    sequence: int | None = None
    occurred_at: datetime
    published_at: datetime | None = None
    reason: str = ""
    leaf: bool = True

    def __post_init__(self) -> None:
        if self.occurred_at.tzinfo is None:
            raise InvalidValue(f"stock of {self.sku} at {self.location}: occurred_at has no time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class StockMovement:
    """Goods that came or went. key: unique for ever, so that it is applied once. quantity: signed."""

    key: str
    location: str
    sku: str
    quantity: Decimal
    occurred_at: datetime
    reason: str = ""
    sequence: int | None = None
    source_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Stock promised to somebody. source: sales_order, web_order or other."""

    key: str
    location: str
    sku: str
    quantity: Decimal
    since: datetime
    until: datetime | None = None
    source: str = "sales_order"
    source_ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailSale:
    """One sale to an end consumer, or with a negative quantity a return. unit_price: gross, in `currency`."""

    key: str
    location: str
    sku: str
    quantity: Decimal
    unit_price: Decimal
    currency: str
    sold_at: datetime
    line_no: int = 1
    discount_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailParcel:
    """tracking_number: "" only where the despatch says it is untracked."""

    tracking_number: str
    tracking_url: str = ""
    weight_kg: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailDespatchLine:
    sku: str
    quantity: Decimal
    line_ref: str = ""


class RetailDespatchStatus(StrEnum):
    DESPATCHED = "despatched"
    PART_DESPATCHED = "part_despatched"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailDespatch:
    """Goods of one ERP order that left a location. key + revision name one telling of it; the higher revision wins."""

    key: str
    revision: int
    order_ref: str
    location: str
    status: RetailDespatchStatus
    carrier: str
    service: str
    parcels: tuple[RetailParcel, ...]
    lines: tuple[RetailDespatchLine, ...]
    final: bool
    despatched_at: datetime
    untracked: bool = False
    occurred_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferProposal:
    """Goods that a retail system would have moved. ref: the same each time it is told. A proposal, never an order."""

    ref: str
    from_location: str
    to_location: str
    sku: str
    quantity: Decimal
    kind: str = ""
    batch_ref: str = ""
    batch_description: str = ""
    planned_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockGoal:
    """How much a retail system would have at a location."""

    location: str
    sku: str
    quantity: Decimal
    forecast_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    sku: str
    quantity: Decimal
    shipped: Decimal = Decimal(0)
    received: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Goods on their way between two locations, told whole each time. proposal_ref: what it came of, "" if nothing."""

    key: str
    from_location: str
    to_location: str
    open: bool
    lines: tuple[TransferLine, ...]
    proposal_ref: str = ""
