"""Everything the shop holds, as plain JSON for judges."""

from decimal import Decimal
from typing import Any

from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.shop import Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import plain
from crossdock.sandbox.orocommerce.webhooks import Dispatcher


def picture(shop: Shop, dispatcher: Dispatcher) -> dict[str, Any]:
    store = shop.store
    levels = list(store["inventorylevels"].rows.values())
    hooks = store["webhooks"].rows.values() if "webhooks" in store.tables else ()
    return {
        "version": shop.profile.version,
        "orders": [order_picture(shop, row) for row in store["orders"].rows.values()],
        "deleted_orders": list(shop.deleted_orders),
        "inventory": [_level(row) for row in levels],
        "oversold": [_oversold(row) for row in levels if "lowest" in row.hidden],
        "inventory_writes": list(shop.inventory_writes),
        "put_back": {sku: pieces for sku, pieces in shop.unheard.put_back.items() if pieces},
        "customers": [_customer(shop, row) for row in store["customers"].rows.values()],
        "products": [_product(shop, row) for row in store["products"].rows.values()],
        "prices": [_price(shop, row) for row in store["productprices"].rows.values()],
        "webhooks": [_hook(row) for row in hooks],
        "deliveries": list(dispatcher.log),
        "operations": [{"id": row.id, **row.attributes} for row in store["asyncoperations"].rows.values()],
    }


def order_picture(shop: Shop, row: Row) -> Json:
    store, attributes = shop.store, row.attributes
    lines = [
        {
            "id": line.id,
            "sku": line.attributes["productSku"],
            "unit": line.attributes["productUnitCode"],
            "quantity": line.attributes["quantity"],
            "value": line.attributes["value"],
        }
        for line in store.rows(row.many("lineItems"))
    ]
    trackings = [
        {"id": one.id, "method": one.attributes["method"], "number": one.attributes["number"]}
        for one in store.rows(row.many("shippingTrackings"))
    ]
    return {
        "id": row.id,
        "identifier": attributes["identifier"],
        "external_id": attributes.get("externalId"),
        "po_number": attributes["poNumber"],
        "customer": row.target("customer"),
        "currency": attributes["currency"],
        "subtotal": attributes["subtotalValue"],
        "total": attributes["totalValue"],
        "internal_status": row.target("internalStatus"),
        "status": row.target("status"),
        "shipping_status": row.target("shippingStatus"),
        "created_at": attributes["createdAt"],
        "updated_at": attributes["updatedAt"],
        "placed_by": row.hidden.get("placed_by", "api"),
        "fields": {name: attributes[name] for name in shop.knobs.order_fields or {}},
        "lines": lines,
        "trackings": trackings,
    }


def _level(row: Row) -> Json:
    return {
        "id": row.id,
        "sku": row.hidden["sku"],
        "unit": row.hidden["unit"],
        "units_per": row.hidden["units_per"],
        "quantity": plain(Decimal(row.attributes["quantity"])),
        "writes": row.hidden.get("writes", 0),
        "updated_at": row.hidden["updated_at"],
    }


def _oversold(row: Row) -> Json:
    return {"sku": row.hidden["sku"], "unit": row.hidden["unit"], "lowest": plain(row.hidden["lowest"])}


def _customer(shop: Shop, row: Row) -> Json:
    """fields: the site's own."""
    own = {name: row.attributes[name] for name in shop.knobs.customer_fields or {}}
    held = row.attributes.get("externalId")
    return {"id": row.id, "name": row.attributes["name"], "external_id": held, "fields": own}


def _product(shop: Shop, row: Row) -> Json:
    """As a merchant sees it. units: unit → primary units in one. The words are the shop's own."""
    store = shop.store
    name, code = next(iter(store.rows(row.many("names"))), None), store.row(row.relations["taxCode"])
    return {
        "id": row.id,
        "sku": row.attributes["sku"],
        "status": row.attributes["status"],
        "name": name.attributes["string"] if name is not None else None,
        "tax_code": code.attributes["code"] if code is not None else None,
        "inventory_status": row.target("inventory_status"),
        "units": {
            one.target("unit"): one.attributes["conversionRate"] for one in store.rows(row.many("unitPrecisions"))
        },
        "featured": row.attributes["featured"],
    }


def _price(shop: Shop, row: Row) -> Json:
    product = shop.store.row(row.relations["product"])
    return {
        "id": row.id,
        "price_list": row.target("priceList"),
        "sku": product.attributes["sku"] if product is not None else None,
        "unit": row.target("unit"),
        "quantity": row.attributes["quantity"],
        "value": row.attributes["value"],
        "currency": row.attributes["currency"],
    }


def _hook(row: Row) -> Json:
    url, enabled = row.attributes["notificationUrl"], row.attributes["enabled"]
    return {"id": row.id, "topic": row.target("topic"), "format": row.target("format"), "url": url, "enabled": enabled}
