"""Stock, items, locations and despatches as retail-stock-bridge v1 writes them: its names, its types."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from crossdock.connectors.bridge import Capabilities, Code, Cur, Day, Dec, PositiveDec, Ts, Wire
from crossdock.model.retail import Readiness

Id80 = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Owner = Literal["retail", "erp"]
LocationWord = Literal["warehouse", "store", "webshop", "b2b"]
StockRole = Literal["leaf", "parent"]
Reason = Literal["sale", "return", "receipt", "transfer", "count", "adjustment", "correction"]
ProposalKind = Literal["redistribution", "replenishment", "initial_distribution"]
BasisWord = Literal["physical", "available"]


def _count(value: int) -> int:
    if value < 0:
        raise ValueError(f"must not be below zero, was {value}")
    return value


Count = Annotated[int, AfterValidator(_count)]


class MaxBatch(Wire):
    items: Count = 0
    stock: Count = 0
    sales: Count = 0
    transfers: Count = 0


class RetailCapabilities(Capabilities):
    """locations_owned: those whose stock the retail system says is its own."""

    locations_owned: list[Code] = Field(default_factory=list)
    stock_basis_accepted: BasisWord = "physical"
    stock_basis_emitted: BasisWord | None = None
    emits_sequence: bool = False
    max_batch: MaxBatch = Field(default_factory=MaxBatch)
    sizing: bool = False


class ReadinessBlock(Wire):
    state: Readiness = Field(strict=False)
    body_map_id: str | None = None
    missing_attributes: list[str] = Field(default_factory=list)


class ItemRow(Wire):
    """id: stable, ours. item_id, style_id: the two layers above it."""

    id: Id80
    sku: Code
    item_id: str
    style_id: str
    stock_role: StockRole
    status: Literal["active", "blocked", "discontinued"]
    size_id: str | None = None
    colour_id: str | None = None
    season_id: str | None = None
    brand_id: str | None = None
    parent_sku: Code | None = None
    barcode: str | None = None
    description: str | None = None
    readiness: ReadinessBlock | None = None
    updated_at: Ts | None = None


class AddressBlock(Wire):
    """lines: street and house, as many as it takes."""

    lines: list[str] = Field(default_factory=list)
    town: str | None = None
    postcode: str | None = None
    country: str | None = None


class LocationRow(Wire):
    location_code: Code
    kind: LocationWord
    stock_owner: Owner
    name: str | None = None
    gln: str | None = None
    address: AddressBlock | None = None


class LevelRow(Wire):
    """basis: which of the figures the row asserts."""

    location_code: Code
    sku: Code
    physical: Dec
    allocated: Dec
    basis: BasisWord
    stock_role: StockRole
    occurred_at: Ts
    published_at: Ts
    available: Dec | None = None
    sequence: int | None = None
    reason: Reason | None = None


class MovementRow(Wire):
    movement_id: Code
    location_code: Code
    sku: Code
    quantity: Dec
    reason: Reason
    occurred_at: Ts
    sequence: int | None = None
    source_ref: str | None = None


class CommitmentRow(Wire):
    id: Id80
    location_code: Code
    sku: Code
    quantity: Dec
    since: Ts = Field(alias="from")
    until: Ts | None = Field(None, alias="to")
    source: Literal["sales_order", "web_order", "other"]
    source_ref: str


class SaleRow(Wire):
    sale_id: Code
    line_no: int
    location_code: Code
    sku: Code
    quantity: Dec
    unit_price: Dec
    currency: Cur
    sold_at: Ts
    discount_reason: str | None = None


class ParcelRow(Wire):
    tracking_number: Code
    tracking_url: str | None = None
    weight_kg: Dec | None = None


class DespatchLineRow(Wire):
    sku: Code
    quantity: PositiveDec
    order_line_ref: str | None = None


class DespatchRow(Wire):
    dispatch_id: Code
    revision: Count
    order_ref: Code
    location_code: Code
    dispatched_at: Ts
    status: Literal["dispatched", "part_dispatched", "cancelled"]
    carrier_code: Code
    service_code: Code
    lines: list[DespatchLineRow]
    is_final: bool
    occurred_at: Ts
    published_at: Ts
    parcels: list[ParcelRow] = Field(default_factory=list)
    untracked: bool = False


class ProposalRow(Wire):
    reference_id: Code
    kind: ProposalKind
    from_location: Code
    to_location: Code
    sku: Code
    quantity: PositiveDec
    batch_id: str | None = None
    batch_description: str | None = None
    planned_dispatch_on: Day | None = None


class GoalRow(Wire):
    location_code: Code
    sku: Code
    target_quantity: Dec
    forecast_on: Day | None = None


class TransferLineRow(Wire):
    sku: Code
    quantity: Dec
    quantity_shipped: Dec
    quantity_received: Dec


class TransferRow(Wire):
    transfer_id: Code
    from_location: Code
    to_location: Code
    open: bool
    lines: list[TransferLineRow]
    reference_id: Code | None = None


class RowProblem(Wire):
    """What is wrong with one row of a batch."""

    code: str = ""
    title: str = ""
    detail: str = ""


class RowResult(Wire):
    """What came of one row. result: a word of RESULTS; another is unknown to us."""

    result: str
    problem: RowProblem | str | None = None


RESULTS: Mapping[str, bool] = {
    "created": True,
    "updated": True,
    "unchanged": True,
    "already": True,
    "replaced": True,
    "rejected": False,
    "ignored": False,
}
"""Word → whether the row is in. `ignored` is a level that a newer one has overtaken."""
