"""The made-up merchant as OroCommerce holds it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crossdock.sandbox.estate import Estate, EstateCompany, EstateItem
from crossdock.sandbox.orocommerce.product_rules import ensure_level
from crossdock.sandbox.orocommerce.shop import API_USER, ORGANIZATION, Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import json_number, money
from crossdock.sandbox.orocommerce.webhooks import topics

FIRST_IDS: Mapping[str, int] = {
    "orders": 800, "orderlineitems": 1500, "orderaddresses": 600, "ordershippingtrackings": 200, "orderdiscounts": 300,
    "products": 5000, "productunitprecisions": 20000, "inventorylevels": 70000, "productnames": 40000,
    "customerusers": 2000, "customeraddresses": 3000, "asyncoperations": 30,
}  # fmt: skip
"""Where numbering starts, so that the id of one type is seldom the id of another."""

COUNTRIES = {"GB": "United Kingdom", "IE": "Ireland", "FR": "France", "DE": "Germany", "US": "United States",
             "MX": "Mexico"}  # fmt: skip
REGIONS = {"US-NY": "New York", "US-CA": "California", "MX-GUA": "Guanajuato"}
UNITS = {
    "each": ("each", "ea", "each", "ea"), "case": ("case", "cs", "cases", "cs"),
    "pallet": ("pallet", "plt", "pallets", "plts"),
    "item": ("item", "item", "items", "items"), "set": ("set", "set", "sets", "sets"),
    "kg": ("kilogram", "kg", "kilograms", "kgs"),
}  # fmt: skip
STATUSES = {"open": "Open", "cancelled": "Cancelled", "closed": "Closed", "wait_for_approval": "Wait For Approval"}


def load(shop: Shop, estate: Estate) -> None:
    for type_, first in FIRST_IDS.items():
        shop.store[type_].last_id = first
    _small(shop)
    _enums(shop)
    _terms(shop, estate)
    taxes = {row.attributes["code"]: row for row in shop.store["producttaxcodes"].rows.values()}
    add(
        shop,
        "pricelists",
        "1",
        {
            "name": "Trade",
            "active": True,
            "actual": True,
            "priceListCurrencies": [estate.currency],
            "organization": ORGANIZATION,
        },
    )
    for item in estate.items:
        add_product(shop, item, taxes.get(item.tax), estate.currency)
    for company in estate.companies:
        _company(shop, company)


def add(shop: Shop, type_: str, id_: str, values: Mapping[str, Any] | None = None) -> Row:
    """A row with the given attributes and relations, stored."""
    row = Row(shop.resources[type_], id_)
    shop.stamp_new(row)
    for name, value in (values or {}).items():
        (row.relations if name in row.relations else row.attributes)[name] = value
    shop.store.insert(row)
    return row


def _small(shop: Shop) -> None:
    add(shop, "users", "1", {"username": shop.knobs.username})
    add(shop, "organizations", "1", {"name": "Harbour & Pine"})
    add(shop, "businessunits", "1", {"name": "Main"})
    add(shop, "attributefamilies", "1", {"code": "default_family"})
    add(shop, "customergroups", "1", {"name": "Non-Authenticated Visitors"})
    add(shop, "customergroups", "2", {"name": "Trade"})
    add(shop, "customeruserroles", "1", {"label": "Buyer"})
    add(shop, "localizations", "1", {"name": "English (United Kingdom)"})
    for code, name in COUNTRIES.items():
        add(shop, "countries", code, {"name": name})
    for code, name in REGIONS.items():
        country = {"type": "countries", "id": code[:2]}
        add(shop, "regions", code, {"name": name, "code": code[3:], "country": country})
    for code, (label, short, plural, short_plural) in UNITS.items():
        add(
            shop,
            "productunits",
            code,
            {"label": label, "shortLabel": short, "pluralLabel": plural, "shortPluralLabel": short_plural},
        )


def _enums(shop: Shop) -> None:
    _enum(shop, "prodinventorystatuses", ("in_stock", "out_of_stock", "discontinued"))
    _enum(shop, "customerratings", ("1_of_5", "2_of_5", "3_of_5", "4_of_5", "5_of_5"))
    _enum(shop, "orderinternalstatuses", shop.profile.internal_statuses)
    if shop.profile.external_status:
        _enum(shop, "orderstatuses", {**STATUSES, **(shop.knobs.order_statuses or {})}, default="open")
    if shop.profile.shipping_status:
        _enum(shop, "ordershippingstatuses", ("not_shipped", "shipped", "partially_shipped"), default="not_shipped")
    if shop.profile.webhooks:
        for topic in topics(shop.knobs.webhook_accessible):
            add(shop, "webhooktopics", topic)
        for format_ in ("default", "thin"):
            add(shop, "webhookformats", format_)


def _enum(shop: Shop, type_: str, codes: Any, default: str = "") -> None:
    names = codes if isinstance(codes, Mapping) else {code: code.replace("_", " ").title() for code in codes}
    for priority, (code, name) in enumerate(names.items(), start=1):
        add(shop, type_, code, {"name": name, "priority": priority, "default": code == default})


def _terms(shop: Shop, estate: Estate) -> None:
    for number, label in enumerate(sorted({company.payment_term for company in estate.companies}), start=1):
        add(shop, "paymentterms", str(number), {"label": label})
    for number, (code, rate) in enumerate(shop.rates.items(), start=1):
        description = f"{json_number(rate * 100)} %"
        add(
            shop,
            "producttaxcodes",
            str(number),
            {"code": code, "description": description, "organization": ORGANIZATION},
        )
    add(shop, "customertaxcodes", "1", {"code": "TRADE", "owner": API_USER, "organization": ORGANIZATION})


def add_product(shop: Shop, item: EstateItem, tax: Row | None, currency: str) -> Row:
    """An enabled simple product with a unit precision, a stock row and a price per unit.

    What the ERP never had is stocked by the shop itself: nobody else would ever feed it.
    """
    product = shop.new("products")
    product.attributes.update(sku=item.sku, status="enabled", productType="simple")
    name = add(shop, "productnames", shop.store["productnames"].new_id(), {"string": item.name})
    product.relations.update(
        names=[name.ref],
        attributeFamily={"type": "attributefamilies", "id": "1"},
        inventory_status={"type": "prodinventorystatuses", "id": "in_stock"},
        taxCode=tax.ref if tax is not None else None,
        owner={"type": "businessunits", "id": "1"},
        organization=ORGANIZATION,
    )
    precisions = []
    for unit, eaches in item.units.items():
        precision = shop.new("productunitprecisions")
        precision.attributes.update(precision=0, conversionRate=eaches, sell=True)
        precision.relations.update(product=product.ref, unit={"type": "productunits", "id": unit})
        shop.store.insert(precision)
        precisions.append(precision)
    product.relations["unitPrecisions"] = [precision.ref for precision in precisions]
    product.relations["primaryUnitPrecision"] = precisions[0].ref if precisions else None
    shop.store.insert(product)
    shop.sku_ids[item.sku.lower()] = product.id
    for precision in precisions:
        unit = precision.relations["unit"]["id"]
        ensure_level(shop, product, precision, _initial(shop, item, unit))
        value = item.net_price * item.units[unit]
        add_price(shop, product, unit, value, currency)
    return product


def _initial(shop: Shop, item: EstateItem, unit: str) -> Decimal:
    """What the shop shows at first. Nobody feeds an item that the ERP never had, so it starts with all there is."""
    known = shop.knobs.initial_stock
    if known == "estate":
        return Decimal(item.on_hand // (2 * len(item.units) * item.units[unit]) if item.in_erp else item.on_hand)
    level = Decimal(str(known))
    return level if item.in_erp else max(level, Decimal(item.on_hand))


def add_price(shop: Shop, product: Row, unit: str, value: Decimal, currency: str) -> Row:
    digits = f"{shop.random.getrandbits(128):032x}"
    uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
    return add(
        shop,
        "productprices",
        f"{uuid}-1",
        {
            "quantity": 1,
            "value": money(value),
            "currency": currency,
            "product": product.ref,
            "priceList": {"type": "pricelists", "id": "1"},
            "unit": {"type": "productunits", "id": unit},
        },
    )


def _company(shop: Shop, company: EstateCompany) -> None:
    terms = shop.store["paymentterms"].rows.values()
    term = next(row for row in terms if row.attributes["label"] == company.payment_term)
    customer = add(
        shop,
        "customers",
        company.storefront_id,
        {
            "name": company.name,
            "group": {"type": "customergroups", "id": "2"},
            "paymentTerm": term.ref,
            "taxCode": {"type": "customertaxcodes", "id": "1"},
            "owner": API_USER,
            "organization": ORGANIZATION,
        },
    )
    if shop.profile.external_id:
        customer.attributes["externalId"] = company.erp_code if company.linked else None
    user = add(
        shop,
        "customerusers",
        shop.store["customerusers"].new_id(),
        {
            "email": company.email,
            "firstName": company.forename,
            "lastName": company.surname,
            "enabled": True,
            "confirmed": True,
            "customer": customer.ref,
            "owner": API_USER,
            "organization": ORGANIZATION,
            "userRoles": [{"type": "customeruserroles", "id": "1"}],
        },
    )
    customer.relations["users"] = [user.ref]
    address = add(
        shop,
        "customeraddresses",
        shop.store["customeraddresses"].new_id(),
        {
            "label": "Main",
            "organization": company.name,
            "firstName": company.forename,
            "lastName": company.surname,
            "street": company.street,
            "city": company.town,
            "postalCode": company.postcode,
            "phone": company.phone,
            "primary": True,
            "types": [{"addressType": "billing", "default": True}, {"addressType": "shipping", "default": True}],
            "customer": customer.ref,
            "country": {"type": "countries", "id": "GB"},
            "owner": API_USER,
        },
    )
    customer.relations["addresses"] = [address.ref]
    for name in shop.knobs.customer_fields or {}:
        if name.lower().startswith("vat"):
            customer.attributes[name] = company.vat_number
    shop.store.touch(customer)
