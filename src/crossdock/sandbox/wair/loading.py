"""The merchant as WAIR knows it when somebody uploaded everything long ago; ids are the codes then."""

from crossdock.sandbox.estate import Estate, EstateItem
from crossdock.sandbox.wair.datasets import DATASETS
from crossdock.sandbox.wair.store import Store
from crossdock.sandbox.wair.wire import Json

STORES = ("STORE-YORK", "STORE-LEEDS", "STORE-HULL")
WEBSHOP = "WEB-SHOP"
ONE_SIZE = "ONE"


def load(store: Store, estate: Estate) -> None:
    """Items, sizes, colours and locations; no stock, no sales."""
    for row in [_item(item) for item in estate.items if item.in_erp]:
        store.tables["Items"].setdefault((row["itemId"],), {**row, "skus": []})["skus"].extend(row["skus"])
    sizes = sorted({sku["sizeId"] for item in store.rows("Items") for sku in item["skus"]})
    colours = sorted({sku["colorId"] for item in store.rows("Items") for sku in item["skus"] if sku.get("colorId")})
    for path, codes in (("Sizes", sizes), ("Colors", colours)):
        key = DATASETS[path].key[0]
        for code in codes:
            store.tables[path][(code,)] = {key: code, "code": code, "description": code.title()}
    places = (
        [(site, "warehouse") for site in estate.sites] + [(code, "store") for code in STORES] + [(WEBSHOP, "webshop")]
    )
    for number, (code, type_) in enumerate(places):
        row = {"locationId": code, "code": code, "description": code, "type": type_, "gln": f"50{number:011d}"}
        store.tables["Locations"][(code,)] = row


def _item(item: EstateItem) -> Json:
    """An item of the family shares its parent; every other item is a style and an item of its own."""
    size, _, colour = item.option.partition("/")
    above = item.parent_sku or item.sku
    sku = {
        "skuId": item.sku,
        "code": item.sku,
        "styleId": f"{above}-{colour}" if colour else above,
        "sizeId": size or ONE_SIZE,
    }
    if colour:
        sku["colorId"] = colour
    return {"itemId": above, "code": above, "description": item.name, "skus": [sku]}
