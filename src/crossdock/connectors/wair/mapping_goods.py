"""Items, sales, transfers, despatches and recommendations ↔ rows of retail-stock-bridge v1. Pure."""

from collections.abc import Mapping
from typing import Any

from crossdock.connectors.bridge import dec, ts
from crossdock.connectors.wair.wire import DespatchRow, GoalRow, ItemRow, ProposalRow, SaleRow, TransferRow
from crossdock.model.faults import DataFault
from crossdock.model.retail import (
    Readiness,
    RetailDespatch,
    RetailDespatchLine,
    RetailDespatchStatus,
    RetailItem,
    RetailParcel,
    RetailSale,
    StockGoal,
    Transfer,
    TransferLine,
    TransferProposal,
)

DESPATCHED: Mapping[str, RetailDespatchStatus] = {
    "dispatched": RetailDespatchStatus.DESPATCHED,
    "part_dispatched": RetailDespatchStatus.PART_DESPATCHED,
    "cancelled": RetailDespatchStatus.CANCELLED,
}


def to_item(row: ItemRow, place: str) -> RetailItem:
    """Raises DataFault: what is counted has no size, which a forecast needs."""
    if row.stock_role == "leaf" and row.size_id is None:
        raise DataFault(f"{place}.size_id", "is missing; the record must give it")
    ready = row.readiness
    return RetailItem(
        item_id=row.id,
        sku=row.sku,
        style_id=row.style_id,
        leaf=row.stock_role == "leaf",
        parent_sku=row.parent_sku or "",
        description=row.description or "",
        barcode=row.barcode or "",
        size_id=row.size_id or "",
        colour_id=row.colour_id or "",
        season_id=row.season_id or "",
        brand_id=row.brand_id or "",
        status=row.status,
        body_map_id=(ready.body_map_id or "") if ready else "",
        readiness=ready.state if ready else Readiness.NOT_APPLICABLE,
        missing_attributes=tuple(ready.missing_attributes) if ready else (),
        updated_at=row.updated_at,
    )


def item_row(item: RetailItem) -> dict[str, Any]:
    """The layer above the style is the parent's code; an item without a parent is its own."""
    row: dict[str, Any] = {
        "id": item.item_id,
        "sku": item.sku,
        "item_id": item.parent_sku or item.item_id,
        "style_id": item.style_id,
        "size_id": item.size_id if item.leaf else item.size_id or None,
        "colour_id": item.colour_id or None,
        "season_id": item.season_id or None,
        "brand_id": item.brand_id or None,
        "stock_role": "leaf" if item.leaf else "parent",
        "parent_sku": item.parent_sku or None,
        "barcode": item.barcode or None,
        "description": item.description or None,
        "status": item.status,
    }
    if item.body_map_id or item.missing_attributes or item.readiness is not Readiness.NOT_APPLICABLE:
        row["readiness"] = {
            "body_map_id": item.body_map_id or None,
            "state": item.readiness.value,
            "missing_attributes": list(item.missing_attributes),
        }
    if item.updated_at is not None:
        row["updated_at"] = ts(item.updated_at)
    return row


def to_sale(row: SaleRow, _: str) -> RetailSale:
    return RetailSale(
        key=row.sale_id,
        location=row.location_code,
        sku=row.sku,
        quantity=row.quantity,
        unit_price=row.unit_price,
        currency=row.currency,
        sold_at=row.sold_at,
        line_no=row.line_no,
        discount_reason=row.discount_reason or "",
    )


def sale_row(sale: RetailSale) -> dict[str, Any]:
    at = f"sale {sale.key}/{sale.line_no}"
    return {
        "sale_id": sale.key,
        "line_no": sale.line_no,
        "location_code": sale.location,
        "sku": sale.sku,
        "quantity": dec(sale.quantity, f"{at}: quantity"),
        "unit_price": dec(sale.unit_price, f"{at}: unit price"),
        "currency": sale.currency,
        "sold_at": ts(sale.sold_at),
        "discount_reason": sale.discount_reason or None,
    }


def to_transfer(row: TransferRow, _: str) -> Transfer:
    lines = tuple(
        TransferLine(
            sku=line.sku, quantity=line.quantity, shipped=line.quantity_shipped, received=line.quantity_received
        )
        for line in row.lines
    )
    return Transfer(
        key=row.transfer_id,
        from_location=row.from_location,
        to_location=row.to_location,
        open=row.open,
        lines=lines,
        proposal_ref=row.reference_id or "",
    )


def transfer_row(transfer: Transfer) -> dict[str, Any]:
    """It names the recommendation it came of."""
    at = f"transfer {transfer.key}"
    lines = [
        {
            "sku": line.sku,
            "quantity": dec(line.quantity, f"{at}: quantity"),
            "quantity_shipped": dec(line.shipped, f"{at}: quantity shipped"),
            "quantity_received": dec(line.received, f"{at}: quantity received"),
        }
        for line in transfer.lines
    ]
    return {
        "transfer_id": transfer.key,
        "reference_id": transfer.proposal_ref or None,
        "from_location": transfer.from_location,
        "to_location": transfer.to_location,
        "open": transfer.open,
        "lines": lines,
    }


def to_proposal(row: ProposalRow, _: str) -> TransferProposal:
    return TransferProposal(
        ref=row.reference_id,
        from_location=row.from_location,
        to_location=row.to_location,
        sku=row.sku,
        quantity=row.quantity,
        kind=row.kind,
        batch_ref=row.batch_id or "",
        batch_description=row.batch_description or "",
        planned_on=row.planned_dispatch_on,
    )


def to_goal(row: GoalRow, place: str) -> StockGoal:
    if row.target_quantity < 0:
        raise DataFault(f"{place}.target_quantity", f"must not be below zero, was {row.target_quantity}")
    return StockGoal(location=row.location_code, sku=row.sku, quantity=row.target_quantity, forecast_on=row.forecast_on)


def to_despatch(row: DespatchRow, place: str) -> RetailDespatch:
    """Raises DataFault: goods left without a tracking number and without a word that there is none, or no goods."""
    left = row.status != "cancelled"
    if left and not row.parcels and not row.untracked:
        problem = "dispatch-incomplete: no parcel has a tracking number; give one, or say untracked: true"
        raise DataFault(f"{place}.parcels", problem)
    if left and not row.lines:
        raise DataFault(f"{place}.lines", "dispatch-incomplete: names no goods")
    return RetailDespatch(
        key=row.dispatch_id,
        revision=row.revision,
        order_ref=row.order_ref,
        location=row.location_code,
        status=DESPATCHED[row.status],
        carrier=row.carrier_code,
        service=row.service_code,
        parcels=tuple(
            RetailParcel(
                tracking_number=one.tracking_number, tracking_url=one.tracking_url or "", weight_kg=one.weight_kg
            )
            for one in row.parcels
        ),
        lines=tuple(
            RetailDespatchLine(sku=line.sku, quantity=line.quantity, line_ref=line.order_line_ref or "")
            for line in row.lines
        ),
        final=row.is_final,
        despatched_at=row.dispatched_at,
        untracked=row.untracked,
        occurred_at=row.occurred_at,
        published_at=row.published_at,
    )
