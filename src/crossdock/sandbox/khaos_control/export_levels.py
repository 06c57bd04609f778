"""ExportStockStatus and GetStockPotential: what is free to sell.

LEVEL is what is on hand and not assigned to orders. It falls when an order comes in and stays where it is when the
goods leave.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crossdock.sandbox.khaos_control.export_stock import select
from crossdock.sandbox.khaos_control.figures import available, backorder, build_potential, on_order
from crossdock.sandbox.khaos_control.markup import attr, el, number
from crossdock.sandbox.khaos_control.model import NONE, StockItem
from crossdock.sandbox.khaos_control.soap import SoapFault
from crossdock.sandbox.khaos_control.store import Store

IN_STOCK, ALL_ALLOCATED, OUT_DUE_IN, OUT_NOT_DUE, DISCONTINUED, NOT_CONTROLLED = range(6)
ANY_SITE = -1
NEXT_FREE = -1


def export_levels(
    store: Store, wanted: str, mapping: int, since: datetime | None, site_id: int, lead_time: int, *, left_out: int = 0
) -> str:
    """STOCK_STATUS. lead_time: -1 gives the due date of the next purchase with free stock, else of the oldest.

    left_out: share of the rows, one in so many, missing from the end (a sandbox fault), 0 for none.
    """
    if site_id != ANY_SITE and site_id not in store.sites:
        raise SoapFault(f"SiteID: {site_id} is not a site")
    chosen = [
        item
        for item in select(store, wanted, mapping)
        if since is None or item.moved >= since or item.revised >= since
    ]  # fmt: skip
    sites = _sites(store, site_id)
    rows = [_row(store, item, one, lead_time) for item in chosen for one in sites]
    if left_out and rows:
        rows = rows[: -max(1, len(rows) // left_out)]
    root = f'<STOCK_STATUS SITE="{attr(_root_site(store, sites))}"'
    return f"{root}>{''.join(rows)}</STOCK_STATUS>" if rows else f"{root}/>"


def _sites(store: Store, site_id: int) -> list[int | None]:
    """The sites to give rows for; None is all of them added up."""
    if site_id != ANY_SITE:
        return [site_id]
    match store.settings.all_sites:
        case "rows":
            return list(store.sites)
        case "default_site":
            return [next(iter(store.sites))]
        case _:
            return [None]


def _root_site(store: Store, sites: list[int | None]) -> str:
    only = sites[0] if len(sites) == 1 else None
    return "" if only is None else store.sites[only]


def _row(store: Store, item: StockItem, site_id: int | None, lead_time: int) -> str:
    level = available(store, item, site_id) if item.controlled else NONE
    return (
        f'<STOCK_ITEM CODE="{attr(item.code)}" ID="{item.stock_id}" DESC="{attr(item.name)}"'
        f' OTHER_REF="{attr(item.other_ref)}"><BUY_PRICE>0</BUY_PRICE>{el("SELL_PRICE", number(item.net_price))}'
        f"<WEBSELL_PRICE>0</WEBSELL_PRICE><BUNDLE_PRICE>0</BUNDLE_PRICE><SAFE_LEVEL>0</SAFE_LEVEL>"
        f"<MIN_LEVEL>0</MIN_LEVEL><LEVEL>{number(level)}</LEVEL>"
        f"<STATUS>{_status(store, item, site_id, level)}</STATUS>{el('LEAD_TIME', _due(item, site_id, lead_time))}"
        f"<BUILD_POTENTIAL_CHILDREN>{number(build_potential(store, item, site_id))}</BUILD_POTENTIAL_CHILDREN>"
        f"<BUILD_POTENTIAL_PARENTS>0</BUILD_POTENTIAL_PARENTS>{_newer(store, item, site_id)}</STOCK_ITEM>"
    )


def _newer(store: Store, item: StockItem, site_id: int | None) -> str:
    """Elements that newer servers add to each row."""
    if not store.settings.newer_levels:
        return ""
    name = "" if site_id is None else store.sites[site_id]
    coming = number(on_order(item, site_id))
    return f"{el('SITE', name)}<ON_ORDER_LEVEL>{coming}</ON_ORDER_LEVEL><MAX_BO_QTY>0</MAX_BO_QTY>"


def _status(store: Store, item: StockItem, site_id: int | None, level: Decimal) -> int:
    if not item.controlled:
        return NOT_CONTROLLED
    if item.discontinued:
        return DISCONTINUED
    if level > 0:
        return IN_STOCK
    on_hand = sum((one.on_hand for site, one in item.levels.items() if site_id in (None, site)), NONE)
    if on_hand > 0:
        return ALL_ALLOCATED
    return OUT_DUE_IN if on_order(item, site_id) else OUT_NOT_DUE


def _due(item: StockItem, site_id: int | None, lead_time: int) -> str:
    """yyyy-mm-dd, or nothing when no purchase is open."""
    return next((f"{due:%Y-%m-%d}" for due in _due_dates(item, site_id, free_only=lead_time == NEXT_FREE)), "")


def _due_dates(item: StockItem, site_id: int | None, *, free_only: bool) -> Iterator[date]:
    spoken_for = backorder(item, site_id) if free_only else NONE
    for purchase in sorted(item.purchases, key=lambda one: one.due):
        if site_id in (None, purchase.site_id):
            spoken_for -= purchase.quantity
            if not free_only or spoken_for < 0:
                yield purchase.due


def stock_potential(store: Store, wanted: str, mapping: int) -> list[dict[str, Any]]:
    """GetStockPotential, over all sites. Potential: available + on order − back order (the formula is unpublished)."""
    return [_potential(store, item) for item in select(store, wanted, mapping)]


def _potential(store: Store, item: StockItem) -> dict[str, Any]:
    free = available(store, item) if item.controlled else NONE
    coming, owed = on_order(item), backorder(item)
    return {
        "StockCode": item.code,
        "OtherRef": item.other_ref,
        "StockDesc": item.name,
        "Available": free,
        "OnOrder": coming,
        "BackOrder": owed,
        "Potential": free + coming - owed,
    }
