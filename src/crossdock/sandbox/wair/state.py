"""Everything WAIR holds, as plain JSON for judges."""

from typing import Any

from crossdock.sandbox.wair.api import Api
from crossdock.sandbox.wair.auth import Auth
from crossdock.sandbox.wair.datasets import MASTER
from crossdock.sandbox.wair.recommendations import Transfer
from crossdock.sandbox.wair.store import Store
from crossdock.sandbox.wair.wire import Json, plain


def picture(api: Api, auth: Auth, refused: list[Json]) -> dict[str, Any]:
    """stock: per location and SKU, what WAIR reckons with. orphans: SKU ids that stock or sales name and no item has.
    uploads: every call that was taken, and whether its rows count. refused: every call that was not answered 200."""
    store, known = api.store, set(api.store.skus())
    named = {sku for _, sku in store.ledger.on_hand} | {row["skuId"] for row in store.rows("Sales")}
    recommended = api.recommendations
    picture = {
        "batch": _batch(store),
        "batches": dict(store.batches),
        "uploads": list(store.log),
        "deleted": list(store.deleted),
        "refused": list(refused),
        "items": store.rows("Items"),
        "skus": [{"skuId": id_, **row} for id_, row in store.skus().items()],
        "locations": store.rows("Locations"),
        "master": {one.path: store.rows(one.path) for one in MASTER},
        "prepacks": store.rows("Prepacks"),
        "image_urls": store.rows("Images/Urls"),
        "stock": _stock(store),
        "mutations": list(store.ledger.mutations.values()),
        "stock_not_for_replenishment": store.rows("StockNotForReplenishment"),
        "sales": store.rows("Sales"),
        "transfers": store.rows("Transfers"),
        "purchase_orders": store.rows("PurchaseOrders"),
        "orphans": sorted(named - known),
        "recommendations": [_transfer(one) for one in recommended.transfers.values()],
        "stock_targets": recommended.list_targets(),
        "texts": list(recommended.texts),
        "pages_read": dict(api.reads),
        "tokens_issued": auth.issued,
    }
    told: dict[str, Any] = plain(picture)
    return told


def _batch(store: Store) -> Json | None:
    if store.batch is None:
        return None
    staged = sum(len(upload.rows) for upload in store.batch.staged)
    return {"number": store.batch.number, "started_at": store.batch.started_at, "rows_staged": staged}


def _stock(store: Store) -> list[Json]:
    return [
        {
            "locationId": location,
            "skuId": sku,
            "on_hand": one.on_hand,
            "not_for_replenishment": one.not_for_replenishment,
            "to_ship": one.to_ship,
            "to_receive": one.to_receive,
            "available": one.available,
        }
        for (location, sku), one in sorted(store.figures().items())
    ]


def _transfer(one: Transfer) -> Json:
    return {
        "reference_id": one.reference_id,
        "kind": one.kind,
        "from_location": one.from_location,
        "to_location": one.to_location,
        "sku_id": one.sku_id,
        "quantity": one.quantity,
        "batch_id": one.batch_id,
        "batch_description": one.batch_description,
        "planned_dispatch_on": one.planned_dispatch_on,
        "status": one.status,
        "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
        "closed_by": one.by,
    }
