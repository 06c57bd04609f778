"""Stock: absolute sellable quantities, `changedAt`, and the quantity blocker (SCAYLE docs, Stock).

A write older than the last one is passed over and answered as a success. Payment blocks a quantity; only a figure with
a time younger than the block, or a cancellation, lets go of it. A figure counted before an order and sent after it
therefore takes that order off twice.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crossdock.sandbox.scayle.errors import Json, bad, conflict, not_found
from crossdock.sandbox.scayle.records import ShopCountry, Stock, Variant
from crossdock.sandbox.scayle.sales import Unit
from crossdock.sandbox.scayle.times import future_day, instant, iso
from crossdock.sandbox.scayle.world import World


def stock_row(world: World, stock: Stock) -> Json:
    shown = stock.sellable if world.knobs.stock_shows == "sellable" else stock.quantity
    return {
        "quantity": shown,
        "warehouseReferenceKey": stock.warehouse,
        "changedAt": iso(stock.changed_at),
        "sellableWithoutStock": stock.sellable_without_stock,
        "merchantReferenceKey": stock.merchant,
        "expectedAvailabilityAt": stock.expected_at,
    }


def find_stock(world: World, variant: Variant, body: Mapping[str, Any], *, make: bool) -> Stock:
    """The record of the warehouse and merchant that a body names; without a merchant, the default one's.

    Raises 404 for what is unknown and 409 for a warehouse that is not the merchant's.
    """
    warehouse = world.warehouse(str(body.get("warehouseReferenceKey", "")))
    key = body.get("merchantReferenceKey") or world.default_merchant.reference_key
    merchant = world.merchant(str(key))
    if warehouse.id not in merchant.warehouses:
        raise conflict(
            "WAREHOUSE_NOT_ATTACHED", "The warehouse is not attached to the merchant.",
            warehouseReferenceKey=warehouse.reference_key, merchantReferenceKey=merchant.reference_key,
        )  # fmt: skip
    for stock in variant.stocks:
        if (stock.warehouse, stock.merchant) == (warehouse.reference_key, merchant.reference_key):
            return stock
    if not make:
        raise not_found("stock", warehouseReferenceKey=warehouse.reference_key)
    stock = Stock(warehouse.reference_key, merchant.reference_key, 0, datetime.min.replace(tzinfo=world.now().tzinfo))
    variant.stocks.append(stock)
    return stock


def write_stock(world: World, variant: Variant, body: Mapping[str, Any], *, via: str) -> Stock:
    """Take a figure in. via: `single`, `bulk` or `panel`. Raises 400, 404 or 409 and changes nothing."""
    quantity = body.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise bad("quantity must be an integer.", parameter="quantity")
    changed_at = instant(body["changedAt"], "changedAt") if body.get("changedAt") else world.now()
    expected = body.get("expectedAvailabilityAt")
    if expected is not None:
        expected = future_day(expected, "expectedAvailabilityAt", world.now().date())
    stock = find_stock(world, variant, body, make=True)
    stale = changed_at < stock.changed_at
    equal = changed_at == stock.changed_at and world.knobs.equal_changed_at == "ignored"
    applied = not stale and not equal
    if applied:
        stock.quantity, stock.changed_at, stock.expected_at = quantity, changed_at, expected
        if body.get("sellableWithoutStock") is not None:
            stock.sellable_without_stock = bool(body["sellableWithoutStock"])
        stock.holds = [hold for hold in stock.holds if hold.at >= changed_at]
    _note(world, variant, stock, quantity, changed_at, applied=applied, via=via)
    if applied:
        world.emit_other("product-variant-stock-updated", stock_event(world, variant, stock))
    return stock


def _note(
    world: World, variant: Variant, stock: Stock, quantity: int, changed_at: datetime, *, applied: bool, via: str
) -> None:
    world.stock_writes.append(
        {
            "at": iso(world.now()), "sku": variant.reference_key, "warehouse": stock.warehouse,
            "merchant": stock.merchant, "quantity": quantity, "changed_at": iso(changed_at), "applied": applied,
            "via": via, "still_held": sum(hold.quantity for hold in stock.holds),
        }
    )  # fmt: skip


def stock_event(world: World, variant: Variant, stock: Stock) -> Json:
    """The payload of `product-variant-stock-updated`."""
    product = world.products[variant.product_id]
    return {
        "productVariant": {"id": variant.id, "referenceKey": variant.reference_key},
        "product": {"id": product.id, "referenceKey": product.reference_key},
        "warehouse": {"referenceKey": stock.warehouse},
        "quantity": stock.quantity,
        "sellableWithoutStock": stock.sellable_without_stock,
        "createdAt": iso(world.now()),
        "merchantReferenceKey": stock.merchant,
        "expectedAvailabilityAt": stock.expected_at,
    }


def shelves(world: World, variant: Variant, country: ShopCountry) -> list[Stock]:
    """Where this country is served from, highest priority first. A warehouse not attached to it sells nothing there."""
    ranked = []
    for stock in variant.stocks:
        priority = country.warehouses.get(world.warehouse(stock.warehouse).id)
        if priority is not None:
            ranked.append((-priority, stock.warehouse, stock))
    return [stock for *_, stock in sorted(ranked, key=lambda one: one[:2])]


def pick_shelf(world: World, variant: Variant, country: ShopCountry) -> Stock | None:
    """The shelf the next unit is sold from; None when it is sold out."""
    options = shelves(world, variant, country)
    return next((stock for stock in options if stock.sellable > 0 or stock.sellable_without_stock), None)


def release(world: World, reason: str) -> None:
    """Let go of everything an order or reservation blocks."""
    for variant in world.variants.values():
        for stock in variant.stocks:
            stock.holds = [hold for hold in stock.holds if hold.reason != reason]


def release_unit(world: World, order_id: int, unit: Unit) -> None:
    """Let go of one unit of an order. Nothing happens when a younger figure has let go of it before."""
    stock = shelf_of(world, unit)
    for hold in stock.holds:
        if hold.reason == f"order {order_id}":
            stock.holds.remove(hold)
            return


def shelf_of(world: World, unit: Unit) -> Stock:
    """Where a unit was sold from."""
    return next(
        one for one in world.by_sku[unit.sku].stocks if (one.warehouse, one.merchant) == (unit.warehouse, unit.merchant)
    )
