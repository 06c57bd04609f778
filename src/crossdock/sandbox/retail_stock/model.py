"""What the system holds: levels with what was published of them, movements, dispatches, and rows it was sent."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from crossdock.sandbox.bridge import Json, dec, ts

REASONS = ("sale", "return", "receipt", "transfer", "count", "adjustment", "correction")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A level as it was published. available: what the row says, which may be wrong on request."""

    physical: Decimal
    allocated: Decimal
    available: Decimal
    sequence: int
    reason: str | None
    occurred_at: datetime
    published_at: datetime


@dataclass(slots=True)
class Level:
    """The truth about one SKU at one location of ours, and the last two things published of it.

    sequence: counts every change of either figure."""

    location_code: str
    sku: str
    physical: Decimal
    allocated: Decimal
    sequence: int
    reason: str | None
    occurred_at: datetime
    published: Snapshot
    previous: Snapshot | None = None


@dataclass(slots=True)
class Movement:
    """published_at: None while the link to head office is down."""

    movement_id: str
    sequence: int
    location_code: str
    sku: str
    quantity: Decimal
    reason: str
    occurred_at: datetime
    source_ref: str | None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DispatchLine:
    sku: str
    quantity: Decimal
    order_line_ref: str | None = None

    def public(self) -> Json:
        line: Json = {"sku": self.sku, "quantity": dec(self.quantity)}
        return line if self.order_line_ref is None else {"order_line_ref": self.order_line_ref, **line}


@dataclass(slots=True)
class Dispatch:
    """revision: counts amendments, from 1. parcels: as on the wire. untracked: nothing will ever be traceable."""

    dispatch_id: str
    revision: int
    order_ref: str
    location_code: str
    status: str
    carrier_code: str
    service_code: str
    parcels: list[Json]
    untracked: bool
    lines: list[DispatchLine]
    is_final: bool
    dispatched_at: datetime
    occurred_at: datetime
    published_at: datetime

    def public(self) -> Json:
        return {
            "dispatch_id": self.dispatch_id,
            "revision": self.revision,
            "order_ref": self.order_ref,
            "location_code": self.location_code,
            "dispatched_at": ts(self.dispatched_at),
            "status": self.status,
            "carrier_code": self.carrier_code,
            "service_code": self.service_code,
            "parcels": [dict(parcel) for parcel in self.parcels],
            "untracked": self.untracked,
            "lines": [line.public() for line in self.lines],
            "is_final": self.is_final,
            "occurred_at": ts(self.occurred_at),
            "published_at": ts(self.published_at),
        }


@dataclass(slots=True)
class Recommended:
    """One recommended transfer; listed while `open`. status: proposed, open, processed, withdrawn."""

    reference_id: str
    kind: str
    from_location: str
    to_location: str
    sku: str
    quantity: Decimal
    batch_id: str
    batch_description: str
    planned_dispatch_on: str
    status: str = "proposed"
    confirmed_at: datetime | None = None

    def public(self) -> Json:
        return {
            "reference_id": self.reference_id,
            "batch_id": self.batch_id,
            "batch_description": self.batch_description,
            "kind": self.kind,
            "from_location": self.from_location,
            "to_location": self.to_location,
            "sku": self.sku,
            "quantity": dec(self.quantity),
            "planned_dispatch_on": self.planned_dispatch_on,
        }


@dataclass(slots=True)
class Held:
    """A row somebody sent, as the contract spells it."""

    content: Json
    updated_at: datetime


@dataclass(slots=True)
class Table:
    """Rows by key, whole objects each."""

    rows: dict[Hashable, Held] = field(default_factory=dict)

    def put(self, key: Hashable, content: Json, at: datetime) -> str:
        """created, updated or unchanged."""
        held = self.rows.get(key)
        if held is not None and held.content == content:
            return "unchanged"
        self.rows[key] = Held(content, at)
        return "created" if held is None else "updated"

    def contents(self) -> list[Json]:
        return [held.content for held in self.rows.values()]
