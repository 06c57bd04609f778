"""The made-up merchant's shops: places, what stands on their shelves, and what the sizing layer knows."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

from crossdock.sandbox.bridge import Json, stamp
from crossdock.sandbox.estate import Estate
from crossdock.sandbox.retail_stock.model import Held, Level, Movement, Snapshot
from crossdock.sandbox.retail_stock.shop import Shop

STORES = {
    "STORE-YORK": ("14 Coney Street", "York", "YO1 9QL"),
    "STORE-LEEDS": ("63 Briggate", "Leeds", "LS1 6HL"),
    "STORE-HULL": ("5 Whitefriargate", "Hull", "HU1 2EX"),
}
WEBSHOP = "WEB-SHOP"
ONE_SIZE = "ONE"
FAMILY_MAP = "BM-HANDLE"
UNMEASURED = ("L", "grip_length")  # this size was never measured whole
SHELF_MAX = 25
OPENED = timedelta(days=1)


def load(shop: Shop, estate: Estate) -> None:
    """Locations always; items when the setting says so; shelves for every counted item of the estate."""
    opened = stamp(shop.clock()) - OPENED
    _locations(shop, estate, opened)
    stocked = [item for item in estate.items if item.in_erp and not item.pack]
    if shop.knobs.initial_items == "estate":
        for content in _items(estate):
            shop.put_item(content, opened)
    for item in stocked:
        if item.parent_sku:
            missing = (UNMEASURED[1],) if item.option.partition("/")[0] == UNMEASURED[0] else ()
            shop.body_maps[item.sku] = FAMILY_MAP, missing
            shop.sized_families.add(item.parent_sku)
    for location in STORES:
        for item in stocked:
            _shelf(shop, location, item.sku, opened)


def _locations(shop: Shop, estate: Estate, opened: datetime) -> None:
    places: list[Json] = [
        {"location_code": site, "kind": "warehouse", "stock_owner": "erp", "address": None} for site in estate.sites
    ]
    places += [
        {
            "location_code": code,
            "kind": "store",
            "stock_owner": "retail",
            "address": {"lines": [street], "town": town, "postcode": postcode, "country": "GB"},
        }
        for code, (street, town, postcode) in STORES.items()
    ]
    places.append({"location_code": WEBSHOP, "kind": "webshop", "stock_owner": "erp", "address": None})
    for number, place in enumerate(places):
        row = {**place, "gln": f"50{number:011d}"}
        shop.locations.rows[row["location_code"]] = Held(row, opened)


def _items(estate: Estate) -> list[Json]:
    """Leaves, and a parent for each family. Until the ERP sends its own ids, the SKU is the id."""
    parents = sorted({item.parent_sku for item in estate.items if item.parent_sku})
    return [
        *(_item(code, code, "", "parent", code.title()) for code in parents),
        *(_item(item.sku, item.parent_sku, item.option, "leaf", item.name) for item in estate.items if item.in_erp),
    ]


def _item(sku: str, parent: str, option: str, role: str, description: str) -> Json:
    size, _, colour = option.partition("/")
    above = parent or sku
    return {
        "id": sku,
        "sku": sku,
        "style_id": f"{above}-{colour}" if colour else above,
        "item_id": above,
        "size_id": (size or ONE_SIZE) if role == "leaf" else None,
        "colour_id": colour or None,
        "season_id": None,
        "brand_id": None,
        "stock_role": role,
        "parent_sku": parent if role == "leaf" and parent else None,
        "barcode": None,
        "description": description,
        "status": "active",
    }


def _shelf(shop: Shop, location: str, sku: str, opened: datetime) -> None:
    """The opening count: the first movement, so that the sum of movements is the level from the beginning."""
    rng = random.Random(f"{location}|{sku}")
    physical = Decimal(rng.randrange(SHELF_MAX))
    allocated = min(physical, Decimal(rng.choice((0, 0, 0, 1, 2))))
    snapshot = Snapshot(physical, allocated, physical - allocated, 1, "count", opened, opened)
    shop.levels[location, sku] = Level(location, sku, physical, allocated, 1, "count", opened, snapshot)
    number = f"MV-{len(shop.movements) + 1:07d}"
    shop.movements.append(Movement(number, 1, location, sku, physical, "count", opened, None, opened))
