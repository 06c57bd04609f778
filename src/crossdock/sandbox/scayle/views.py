"""Shops, merchants, warehouses, products and prices as the Admin API shows them."""

from urllib.parse import urlsplit, urlunsplit

from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.order_view import country_brief
from crossdock.sandbox.scayle.records import Carrier, Merchant, Price, Product, ShopCountry, Variant, Warehouse
from crossdock.sandbox.scayle.stocking import stock_row
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.world import World

MASK = "***:***"


def masked(url: str | None) -> str | None:
    """`https://user:password@host/path` comes back as `https://***:***@host/path`."""
    if not url:
        return url
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc=f"{MASK}@{parts.netloc.rpartition('@')[2]}"))


def shop_row(world: World) -> Json:
    return {
        "id": 1, "key": world.shop_key, "name": world.shop_name, "logoUrl": None, "priceGroupKey": None, "active": True,
        "deleted": False, "shopCategoryTreeId": 1, "companyId": 1,
        "countries": [shop_country_row(world, one, brief=True) for one in world.countries], "customData": {},
    }  # fmt: skip


def shop_country_row(world: World, country: ShopCountry, *, brief: bool = False) -> Json:
    """brief: as a shop lists its countries, which leaves some fields out."""
    row = country_brief(country)
    row["warehouses"] = [
        {"id": id_, "referenceKey": world.warehouses[id_].reference_key, "priority": priority, "packageGroup": None}
        for id_, priority in country.warehouses.items()
    ]
    everything: Json = {
        "products": {"include": [], "exclude": []},
        "merchantReferenceKeys": {"include": [], "exclude": []},
    }
    row["assortment"] = everything
    if brief:
        return {name: value for name, value in row.items() if name not in ("id", "shopKey", "active", "deleted")}
    return {**row, "priceRoundings": [], "customData": {}}


def warehouse_row(world: World, warehouse: Warehouse) -> Json:
    merchants = [one for one in world.merchants.values() if warehouse.id in one.warehouses]
    return {
        "id": warehouse.id,
        "referenceKey": warehouse.reference_key,
        "isZeosWarehouse": False,
        "merchants": [
            {"id": one.id, "referenceKey": one.reference_key, "name": one.name, "priority": one.priority}
            for one in merchants
        ],
        "shopCountries": [
            {"shopKey": one.shop_key, "countryCode": one.code.lower(), "priority": one.warehouses[warehouse.id],
             "packageGroup": None}
            for one in world.countries if warehouse.id in one.warehouses
        ],
    }  # fmt: skip


def merchant_row(world: World, merchant: Merchant) -> Json:
    return {
        "id": merchant.id,
        "referenceKey": merchant.reference_key,
        "name": merchant.name,
        "priority": merchant.priority,
        "orderDelegationUrl": masked(merchant.delegation_url),
        "cancellationUrl": masked(merchant.cancellation_url),
        "contacts": [],
        "returnAddresses": [],
        "carriers": [{"countryCode": "GB", "carrier": carrier_row(one)} for one in world.carriers.values()],
        "warehouses": [{"id": id_, "referenceKey": world.warehouses[id_].reference_key} for id_ in merchant.warehouses],
    }


def carrier_row(carrier: Carrier) -> Json:
    return {"id": carrier.id, "key": carrier.key, "name": carrier.name, "trackingUrl": carrier.tracking_url}


def price_row(price: Price) -> Json:
    row: Json = {"key": price.key, "price": price.price}
    if price.old_price is not None:
        row["oldPrice"] = price.old_price
    percent = price.percent
    row |= {
        "tax": int(percent) if percent == int(percent) else float(percent),
        "countryCode": price.country,
        "currencyCode": price.currency,
        "groupKey": price.group,
        "promotionKey": price.promotion,
        "validFrom": iso(price.valid_from),
        "validTo": iso(price.valid_to),
        "merchantReferenceKey": price.merchant,
    }
    return {**row, **price.more}


def variant_row(world: World, variant: Variant, *, stocks: bool) -> Json:
    """stocks: a variant read by itself shows them, one inside a product does not."""
    row: Json = {
        "id": variant.id,
        "referenceKey": variant.reference_key,
        "merchantReferenceKeys": list(variant.merchants),
        "ean": variant.ean,
        "attributes": variant.attributes,
        "prices": [price_row(one) for one in variant.prices],
        "isComposite": False,
    }
    if stocks:
        row["stocks"] = [stock_row(world, one) for one in variant.stocks]
        row["customData"] = {}
    return row


def product_row(world: World, product: Product) -> Json:
    return {
        "id": product.id,
        "referenceKey": product.reference_key,
        "state": product.state,
        "name": {"en_GB": product.name},
        "master": {
            "referenceKey": f"M-{product.reference_key}",
            "categories": {"paths": [["Trade supplies"]], "isLocked": False},
            "attributes": [],
        },
        "attributes": [],
        "variants": [variant_row(world, world.variants[id_], stocks=False) for id_ in product.variants],
        "images": [],
        "isComposite": False,
        "merchantReferenceKeys": list(product.merchants),
        "createdAt": iso(product.created_at),
        "updatedAt": iso(product.updated_at),
        "lastContentUpdatedAt": iso(product.updated_at),
    }
