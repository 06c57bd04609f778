"""ImportStockStatus, an optional development: counts set from outside, in the document that levels are exported in."""

import contextlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crossdock.sandbox.khaos_control.documents import Refused, decimal
from crossdock.sandbox.khaos_control.model import StockItem
from crossdock.sandbox.khaos_control.order_lines import read_site
from crossdock.sandbox.khaos_control.soap import SoapFault, children, parse_xml
from crossdock.sandbox.khaos_control.store import Store

DEFAULT_SITE = 1


def import_levels(store: Store, document: str) -> dict[str, Any]:
    """STOCK_STATUS @SITE > STOCK_ITEM @CODE > LEVEL, an absolute count; a row may name its own SITE.

    Answers how many were set and which were not, each for itself. Raises SoapFault: on a malformed document.
    """
    root = parse_xml(document)
    if root.tag != "STOCK_STATUS":
        raise SoapFault(f"Malformed XML: expected STOCK_STATUS, was {root.tag}")
    taken, skipped = 0, []
    for element in root.iterfind("STOCK_ITEM"):
        code = str(element.get("CODE", "")).strip()
        try:
            _set(store, code, {"SITE": str(root.get("SITE", "")), **children(element)})
            taken += 1
        except Refused as refused:
            skipped.append({"StockCode": code, "SkipReason": str(refused)})
    return {"ImportedCount": taken, "Skipped": skipped}


def _set(store: Store, code: str, values: Mapping[str, str]) -> None:
    item = store.find_item(code)
    if item is None:
        raise Refused(f"Stock item not found: {code}")
    if not item.controlled:
        raise Refused(f"Item not stock controlled: {item.code}")
    _count(store, item, read_site(store, values, default=DEFAULT_SITE), _level(values))


def _level(values: Mapping[str, str]) -> Decimal:
    with contextlib.suppress(Refused):
        count = decimal(values, "LEVEL")
        if count is not None and count >= 0:
            return count
    raise Refused("Invalid stock status: LEVEL")


def _count(store: Store, item: StockItem, site_id: int, count: Decimal) -> None:
    """What is assigned stays assigned."""
    level = item.level(site_id)
    level.on_hand = count + (level.assigned if store.settings.imported_level == "available" else 0)
    item.moved = store.wall()
