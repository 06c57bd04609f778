"""The merchant of the estate, as a SCAYLE tenant holds it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from crossdock.sandbox.estate import Estate, EstateCompany, EstateItem
from crossdock.sandbox.scayle.countries import COUNTRIES
from crossdock.sandbox.scayle.money import whole
from crossdock.sandbox.scayle.records import (
    Address,
    Carrier,
    Company,
    Customer,
    Merchant,
    Price,
    Product,
    ShopCountry,
    Stock,
    Variant,
    Voucher,
    Warehouse,
)
from crossdock.sandbox.scayle.world import World

OPENED = datetime(2020, 1, 1, tzinfo=UTC)
"""When the shop's first stock figures were counted: long before anything a caller will send."""
PARTNER = "partner"
PARTNER_WAREHOUSE = "PARTNER-HUB"
SALE_PERCENT = Decimal(20)
COUNTRY_PRICE_KEYS = {"GB": 1, "DE": 2, "FR": 3}


def load(world: World, estate: Estate) -> None:
    world.shop_name = "Harbour & Pine"
    for number in range(1, world.knobs.companies + 1):
        world.companies[number] = Company(number, f"Harbour & Pine {number}" if number > 1 else "Harbour & Pine")
    _places(world, estate)
    _carriers(world, estate.couriers)
    _customers(world, estate.companies)
    families: dict[str, Product] = {}
    for number, item in enumerate(estate.items):
        add_item(world, item, families, on_sale=_on_sale(world, number))
    world.vouchers = {
        31: Voucher(31, "FIVE", "absolute", Decimal(500)),
        32: Voucher(32, "TENPERCENT", "relative", Decimal("0.1")),
    }
    world.channels = [
        {"id": 101, "key": "market-de", "type": "marketplace", "name": "Marketplace DE", "country": "DE"},
        {"id": 102, "key": "trade-counter", "type": "in_store", "name": "Trade counter", "country": "GB"},
    ]


def _places(world: World, estate: Estate) -> None:
    sites = [site.upper().replace(" ", "-") for site in estate.sites]
    for number, key in enumerate([*sites, PARTNER_WAREHOUSE], 1):
        world.warehouses[number] = Warehouse(number, key)
    owned = list(range(1, len(sites) + 1))
    knobs = world.knobs
    world.merchants[1] = Merchant(
        1, "default", "Harbour & Pine", 1, priority=10, warehouses=owned,
        delegation_url=with_auth(knobs.delegation_url, knobs.delegation_auth),
        cancellation_url=with_auth(knobs.cancellation_url, knobs.delegation_auth),
    )  # fmt: skip
    world.merchants[2] = Merchant(2, PARTNER, "Dale Partner Goods", 1, warehouses=[len(sites) + 1])
    priorities = {number: 100 - 10 * (number - 1) for number in world.warehouses}
    for number, one in enumerate(COUNTRIES.values()):
        world.countries.append(
            ShopCountry(1001 + number, world.shop_key, one.code, one.code3, one.currency, one.language,
                        dict(one.percent), dict(priorities))
        )  # fmt: skip


def with_auth(url: str, auth: str) -> str | None:
    """Basic auth goes into the URL: `https://user:password@host/path`."""
    if not url:
        return None
    if not auth:
        return url
    user, _, password = auth.partition(":")
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"))


def _carriers(world: World, couriers: Mapping[str, str]) -> None:
    named = {"DHL_STD_NATIONAL": "DHL", **couriers}
    for number, (key, name) in enumerate(named.items(), 1):
        world.carriers[number] = Carrier(number, key, name, f"https://track.example/{key.lower()}")


def _customers(world: World, companies: tuple[EstateCompany, ...]) -> None:
    for company in companies:
        add_customer(
            world, "GB", id_=int(company.storefront_id), names=(company.forename, company.surname, "n"),
            where=(company.street, None, company.postcode, company.town), email=company.email, phone=company.phone,
            reference_key=company.erp_code if company.linked else None,
        )  # fmt: skip
    for country in COUNTRIES.values():
        for number, names in enumerate(country.people):
            where = country.streets[number % len(country.streets)]
            email = f"shopper{number}@{country.code.lower()}.example"
            add_customer(world, country.code, names=names, where=where, email=email)


def add_customer(
    world: World,
    code: str,
    *,
    names: tuple[str, str, str],
    where: tuple[str, str | None, str, str],
    email: str,
    id_: int | None = None,
    phone: str | None = None,
    reference_key: str | None = None,
    guest: bool = False,
) -> Customer:
    """A person with one address. names: (first, last, gender). where: (street, number, postcode, town)."""
    country = COUNTRIES[code]
    addresses = [
        Address(
            world.new_id("address"), *names, street=where[0], house_number=where[1], zip_code=where[2], city=where[3],
            country=country.code3, phone=phone, billing=billing, shipping=not billing,
        )
        for billing in (True, False)
    ]  # fmt: skip
    customer = Customer(
        id_ or world.new_id("customer"), code, email, *names, world.now(), reference_key=reference_key, phone=phone,
        guest=guest, addresses=addresses,
    )  # fmt: skip
    world.customers[customer.id] = customer
    return customer


def _on_sale(world: World, number: int) -> bool:
    every = world.knobs.sale_every
    return every > 0 and number % every == every - 1


def add_item(world: World, item: EstateItem, families: dict[str, Product], *, on_sale: bool = False) -> Variant:
    """A variant, and its product when it is the first of its family."""
    knobs = world.knobs
    merchant = PARTNER if item.sku in knobs.partner_skus else "default"
    key = item.parent_sku or item.sku
    product = families.get(key)
    if product is None:
        name = item.name if not item.parent_sku else " ".join(item.name.split()[:-2])
        product = Product(world.new_id("product"), key, name, [merchant], world.now(), world.now())
        families[key] = world.products[product.id] = product
    id_ = world.new_id("variant")
    variant = Variant(id_, item.sku, product.id, [merchant], item.tax, f"{5_010_000_000_000 + id_}", _attributes(item))
    product.variants.append(id_)
    world.variants[id_] = world.by_sku[item.sku] = variant
    for country in COUNTRIES.values():
        variant.prices.append(list_price(world, item.net_price, item.tax, country.code, merchant, on_sale=on_sale))
    quantity = item.on_hand if knobs.initial_stock == "estate" else int(knobs.initial_stock)
    warehouse = world.warehouses[world.merchant(merchant).warehouses[0]]
    variant.stocks.append(Stock(warehouse.reference_key, merchant, quantity, OPENED))
    return variant


def _attributes(item: EstateItem) -> list[dict[str, Any]]:
    if not item.option:
        return []
    size, _, colour = item.option.partition("/")
    return [
        {"name": "size", "type": "simple", "value": size, "isLocked": False},
        {"name": "color", "type": "simple", "value": colour, "isLocked": False},
    ]


def list_price(world: World, net: Decimal, tax: str, code: str, merchant: str, *, on_sale: bool = False) -> Price:
    """The gross price of a net one in pounds, with that country's VAT, in that country's currency."""
    country = COUNTRIES[code]
    percent = country.percent[tax]
    money = net if country.currency == "GBP" else net * world.knobs.eur_per_gbp
    full = whole(money * 100 * (1 + percent / 100))
    reduced = whole(full * (1 - SALE_PERCENT / 100)) if on_sale else full
    return Price(
        f"{COUNTRY_PRICE_KEYS[code]}-{world.new_id('price')}", reduced, percent, code, country.currency,
        old_price=full if on_sale else None, merchant=merchant, valid_from=OPENED,
    )  # fmt: skip
