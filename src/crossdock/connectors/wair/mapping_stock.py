"""Levels, movements, commitments and locations ↔ rows of retail-stock-bridge v1. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from crossdock.connectors.bridge import dec, ts
from crossdock.connectors.wair.wire import (
    AddressBlock,
    BasisWord,
    CommitmentRow,
    LevelRow,
    LocationRow,
    MovementRow,
)
from crossdock.model.faults import DataFault, Unsupported
from crossdock.model.retail import Commitment, Location, LocationKind, RetailStock, StockMovement
from crossdock.model.stock import Basis

BASES: Mapping[BasisWord, Basis] = {"physical": Basis.ON_HAND, "available": Basis.AVAILABLE}
WORDS: Mapping[Basis, BasisWord] = {basis: word for word, basis in BASES.items()}
NOTHING = AddressBlock()


def to_level(row: LevelRow, place: str, *, sequenced: bool = False) -> RetailStock:
    """sequenced: the server says that it numbers its levels.

    Raises DataFault: a parent's total, figures that contradict each other, a number that is due and missing.
    """
    if row.stock_role != "leaf":
        problem = "parent-stock-refused: is a parent's total, which would be counted again with its children"
        raise DataFault(f"{place}.stock_role", problem)
    free = row.physical - row.allocated
    if row.available is not None and row.available != free:
        problem = f"figure-inconsistent: is {row.available}, and physical less allocated is {free}"
        raise DataFault(f"{place}.available", problem)
    if sequenced and row.sequence is None:
        raise DataFault(f"{place}.sequence", "is missing; this server says that it numbers its levels")
    return RetailStock(
        location=row.location_code,
        sku=row.sku,
        basis=BASES[row.basis],
        quantity=row.physical if row.basis == "physical" else free,
        allocated=row.allocated,
        available=row.available,
        sequence=row.sequence,
        occurred_at=row.occurred_at,
        published_at=row.published_at,
        reason=row.reason or "",
    )


def level_row(level: RetailStock, *, now: datetime, untold_allocated: Decimal | None = None) -> dict[str, Any]:
    """now: when it is published, unless the level says. untold_allocated: None refuses a level that does not tell it.

    Raises Unsupported: a figure the contract has no word for, a parent's total. Raises DataFault: it cannot be said.
    """
    at = f"{level.sku} at {level.location}"
    word = WORDS.get(level.basis)
    if word is None:
        raise Unsupported(f"{at}: basis", f"is {level.basis.value}; levels are physical or available")
    if not level.leaf:
        raise Unsupported(f"{at}: leaf", "is a parent's total; only what is counted itself is told")
    allocated = level.allocated if level.allocated is not None else untold_allocated
    if allocated is None:
        raise DataFault(f"{at}: allocated", "is not told; a level must say how much of it is promised")
    physical = level.quantity if word == "physical" else level.quantity + allocated
    if level.available is not None and level.available != physical - allocated:
        problem = f"figure-inconsistent: is {level.available}, and physical less allocated is {physical - allocated}"
        raise DataFault(f"{at}: available", problem)
    return {
        "location_code": level.location,
        "sku": level.sku,
        "physical": dec(physical, f"{at}: physical"),
        "allocated": dec(allocated, f"{at}: allocated"),
        "available": None if level.available is None else dec(level.available, f"{at}: available"),
        "basis": word,
        "stock_role": "leaf",
        "sequence": level.sequence,
        "occurred_at": ts(level.occurred_at),
        "published_at": ts(level.published_at or now),
        "reason": level.reason or None,
    }


def to_movement(row: MovementRow, _: str) -> StockMovement:
    """A quantity of nought is a count that found what was expected."""
    return StockMovement(
        key=row.movement_id,
        location=row.location_code,
        sku=row.sku,
        quantity=row.quantity,
        occurred_at=row.occurred_at,
        reason=row.reason,
        sequence=row.sequence,
        source_ref=row.source_ref or "",
    )


def to_commitment(row: CommitmentRow, _: str) -> Commitment:
    return Commitment(
        key=row.id,
        location=row.location_code,
        sku=row.sku,
        quantity=row.quantity,
        since=row.since,
        until=row.until,
        source=row.source,
        source_ref=row.source_ref,
    )


def commitment_row(one: Commitment) -> dict[str, Any]:
    return {
        "id": one.key,
        "location_code": one.location,
        "sku": one.sku,
        "quantity": dec(one.quantity, f"commitment {one.key}: quantity"),
        "from": ts(one.since),
        "to": None if one.until is None else ts(one.until),
        "source": one.source,
        "source_ref": one.source_ref,
    }


def to_location(row: LocationRow, _: str) -> Location:
    address = row.address or NOTHING
    return Location(
        code=row.location_code,
        kind=LocationKind(row.kind),
        name=row.name or "",
        gln=row.gln or "",
        owner=row.stock_owner,
        street=", ".join(address.lines),
        town=address.town or "",
        postcode=address.postcode or "",
        country=address.country or "",
    )


def location_row(location: Location, *, owner: str = "erp") -> dict[str, Any]:
    """owner: where the location does not say. Raises Unsupported: a shop without an address."""
    told = any((location.street, location.town, location.postcode, location.country))
    if location.kind is LocationKind.STORE and not told:
        raise Unsupported(f"location {location.code}.address", "a store must have an address")
    return {
        "location_code": location.code,
        "kind": location.kind.value,
        "name": location.name or None,
        "gln": location.gln or None,
        "stock_owner": location.owner or owner,
        "address": _address(location) if told else None,
    }


def _address(location: Location) -> dict[str, Any]:
    return {
        "lines": [location.street] if location.street else [],
        "town": location.town or None,
        "postcode": location.postcode or None,
        "country": location.country or None,
    }
