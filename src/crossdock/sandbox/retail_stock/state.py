"""Everything the retail system holds, as plain JSON for judges."""

from typing import Any

from crossdock.sandbox.bridge import Bridge, Json, dec, ts
from crossdock.sandbox.retail_stock.model import Level, Movement, Recommended
from crossdock.sandbox.retail_stock.shop import Shop


def picture(shop: Shop, bridge: Bridge) -> dict[str, Any]:
    """levels: the truth about our shelves, beside what was published last. told_levels: what the ERP said of its own,
    with `usable`, which is that less what it committed. rejected: every row refused."""
    return {
        "locations": shop.locations.contents(),
        "items": [shop.item_row(held.content, held.updated_at) for held in shop.items.rows.values()],
        "levels": [_level(one) for one in shop.levels.values()],
        "movements": [_movement(one) for one in shop.movements],
        "link_up": shop.link_up,
        "told_levels": [
            {**one, "usable": dec(shop.usable(one["location_code"], one["sku"]))} for one in shop.told_levels.contents()
        ],
        "commitments": shop.commitments.contents(),
        "sales": shop.sales.contents(),
        "transfers": shop.transfers.contents(),
        "dispatches": [one.public() for one in shop.dispatches.values()],
        "recommendations": [_recommended(one) for one in shop.recommended.values()],
        "stock_targets": shop.targets.contents(),
        "rejected": list(shop.rejected),
        "events": list(shop.outbox.told),
        "events_held": len(shop.outbox.held),
        "events_lost": shop.outbox.lost,
        "webhook_endpoints": bridge.endpoints.listed()["data"],
        "deliveries": list(bridge.postman.log),
        "correlations": list(bridge.correlations),
    }


def _level(level: Level) -> Json:
    return {
        "location_code": level.location_code,
        "sku": level.sku,
        "physical": dec(level.physical),
        "allocated": dec(level.allocated),
        "sequence": level.sequence,
        "published_sequence": level.published.sequence,
        "published_physical": dec(level.published.physical),
    }


def _movement(movement: Movement) -> Json:
    return {
        "movement_id": movement.movement_id,
        "sequence": movement.sequence,
        "location_code": movement.location_code,
        "sku": movement.sku,
        "quantity": dec(movement.quantity),
        "reason": movement.reason,
        "occurred_at": ts(movement.occurred_at),
        "source_ref": movement.source_ref,
        "published_at": ts(movement.published_at) if movement.published_at else None,
    }


def _recommended(one: Recommended) -> Json:
    confirmed_at = ts(one.confirmed_at) if one.confirmed_at else None
    return {**one.public(), "status": one.status, "confirmed_at": confirmed_at}
