"""Stock figures: what is free to sell, owed to customers, coming from suppliers, or could be built."""

from collections.abc import Iterable
from decimal import Decimal

from crossdock.sandbox.khaos_control.model import NONE, StockItem
from crossdock.sandbox.khaos_control.store import Store


def backorder(item: StockItem, site_id: int | None = None) -> Decimal:
    """Ordered by customers and not assigned, in the item's own units."""
    return sum(
        (
            part.short
            for line in item.waiting.values()
            for part in line.shelves
            if part.item is item and site_id in (None, part.site_id)
        ),
        NONE,
    )


def sites_of(store: Store, site_id: int | None) -> Iterable[int]:
    return store.sites if site_id is None else (site_id,)


def available(store: Store, item: StockItem, site_id: int | None = None) -> Decimal:
    """Free to sell, never below zero; over all sites when site_id is None."""
    return sum((max(NONE, item.level(one).available) for one in sites_of(store, site_id)), NONE)


def on_order(item: StockItem, site_id: int | None = None) -> Decimal:
    return sum((one.quantity for one in item.purchases if site_id in (None, one.site_id)), NONE)


def build_potential(store: Store, item: StockItem, site_id: int | None = None) -> Decimal:
    """How many could be built from the components now: first level only, competing demand ignored."""
    return min((available(store, one, site_id) // per for one, per in item.build), default=NONE)
