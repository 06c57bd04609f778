"""Products, stock, prices, customers, webhooks and the small types they point at, as data."""

from collections.abc import Mapping
from dataclasses import replace

from crossdock.sandbox.orocommerce.profiles import Profile
from crossdock.sandbox.orocommerce.sales_resources import (
    CUSTOMER_TAX_CODES,
    PAYMENT_TERMS,
    PRODUCT_TAX_CODES,
    USERS,
    sales_resources,
)
from crossdock.sandbox.orocommerce.schema import (
    BATCH,
    EXTERNAL_ID,
    ORGANISED,
    OWNED,
    READ,
    TIMES,
    WRITE,
    Attribute,
    Resource,
    enum,
    many,
    one,
    shown,
)

FALLBACKS = (
    "manageInventory", "highlightLowInventory", "inventoryThreshold", "lowInventoryThreshold",
    "minimumQuantityToOrder", "maximumQuantityToOrder", "decrementQuantity", "backOrder", "isUpcoming", "pageTemplate",
)  # fmt: skip

PRODUCTS = Resource(
    type="products",
    attributes={
        "sku": Attribute(required=True, find=True),
        "status": Attribute(default="disabled", find=True),
        "productType": Attribute(default="simple", create_only=True, find=True),
        "featured": Attribute("boolean", default=False, find=True),
        "newArrival": Attribute("boolean", default=False, find=True),
        "availability_date": Attribute("datetime"),
        "variantFields": Attribute("json", default=[]),
        **TIMES,
    },
    relations={
        "names": many("productnames", required=True, owned=True),
        "shortDescriptions": many("productshortdescriptions", owned=True),
        "descriptions": many("productdescriptions", owned=True),
        "slugPrototypes": many("localizedfallbackvalues", owned=True),
        "attributeFamily": one("attributefamilies", required=True, find=True),
        "primaryUnitPrecision": one("productunitprecisions", required=True),
        "unitPrecisions": many("productunitprecisions", inverse="product", owned=True),
        "inventory_status": one("prodinventorystatuses", required=True, find=True),
        "taxCode": one("producttaxcodes", find=True),
        "category": one("categories", find=True),
        "brand": one("brands", find=True),
        "images": many("productimages", read_only=True),
        "variantLinks": many("productvariantlinks", read_only=True),
        "kitItems": many("productkititems", read_only=True),
        "productShippingOptions": many("productshippingoptions", read_only=True),
        **{name: one("entityfieldfallbackvalues") for name in FALLBACKS},
        "owner": one("businessunits", find=True),
        **ORGANISED,
    },
    actions=BATCH,
    indexes=("sku",),
    kept=True,
    title="sku",
)

UNIT_PRECISIONS = Resource(
    type="productunitprecisions",
    attributes={
        "precision": Attribute("integer", default=0),
        "conversionRate": Attribute("number"),
        "sell": Attribute("boolean", default=True),
    },
    relations={
        "product": one("products", inverse="unitPrecisions", required=True, create_only=True, find=True),
        "unit": one("productunits", required=True, find=True),
    },
    actions=WRITE,
    indexes=("product", "unit"),
    kept=True,
)

PRODUCT_UNITS = Resource(
    type="productunits",
    attributes={
        **{name: Attribute(required=True) for name in ("label", "shortLabel", "pluralLabel", "shortPluralLabel")},
        "defaultPrecision": Attribute("integer", default=0),
    },
    actions=WRITE,
    numeric=False,
    client_ids=True,
    upsert=("id",),
    title="label",
)


def inventory(profile: Profile) -> Resource:
    """One row per product and unit precision. Create and delete are switched off in the community edition."""
    attributes = {"quantity": Attribute("stock_padded" if profile.padded_stock else "stock", default="0")}
    if profile.external_id:
        attributes["externalId"] = EXTERNAL_ID
    return Resource(
        type="inventorylevels",
        attributes=attributes,
        relations={
            "product": one("products", read_only=True, find=True),
            "productUnitPrecision": one("productunitprecisions", read_only=True, find=True),
            "organization": one("organizations", read_only=True, find=True),
        },
        actions=READ | {"update", "update_list"},
        kept=True,
        indexes=("product", "productUnitPrecision", *(("externalId",) if profile.external_id else ())),
    )


PRICE_LISTS = Resource(
    type="pricelists",
    attributes={
        "name": Attribute(required=True, find=True),
        "active": Attribute("boolean", default=True, find=True),
        "actual": shown("boolean", default=True),
        "containSchedule": shown("boolean", default=False),
        "priceListCurrencies": Attribute("json", required=True),
        "productAssignmentRule": Attribute("text"),
        **TIMES,
    },
    relations={
        "schedules": many("pricelistschedules", read_only=True),
        "priceRules": many("pricerules", read_only=True),
        **ORGANISED,
    },
    actions=BATCH,
    title="name",
)

PRICES = Resource(
    type="productprices",
    attributes={
        "quantity": Attribute("number", required=True, find=True),
        "value": Attribute("price"),
        "currency": Attribute(required=True, find=True),
    },
    relations={
        "priceList": one("pricelists", required=True, create_only=True, find=True),
        "product": one("products", required=True, find=True),
        "unit": one("productunits", required=True, find=True),
    },
    actions=BATCH,
    numeric=False,
    subresources=False,
    indexes=("product", "priceList"),
    needs="priceList",
)


def customers(profile: Profile) -> list[Resource]:
    external = {"externalId": EXTERNAL_ID} if profile.external_id else {}
    indexes = ("externalId",) if profile.external_id else ()
    companies = Resource(
        type="customers",
        attributes={"name": Attribute(required=True, find=True), **external, **TIMES},
        relations={
            "parent": one("customers", inverse="children", find=True),
            "children": many("customers", inverse="parent"),
            "group": one("customergroups", find=True),
            "users": many("customerusers", inverse="customer"),
            "addresses": many("customeraddresses", read_only=True),
            "paymentTerm": one("paymentterms"),
            "taxCode": one("customertaxcodes", find=True),
            "salesRepresentatives": many("users", read_only=True),
            "internal_rating": one("customerratings", find=True),
            **OWNED,
        },
        actions=BATCH,
        indexes=indexes,
        kept=True,
        title="name",
    )
    people = Resource(
        type="customerusers",
        attributes={
            "email": Attribute(required=True, find=True, fold=True),
            "firstName": Attribute(required=True),
            "lastName": Attribute(required=True),
            **{name: Attribute() for name in ("namePrefix", "middleName", "nameSuffix")},
            "birthday": Attribute("date"),
            "enabled": Attribute("boolean", default=True, find=True),
            "confirmed": Attribute("boolean", default=True),
            "password": Attribute(create_only=True, write_only=True),
            "isGuest": shown("boolean", default=False),
            "loginCount": shown("integer", default=0),
            **{name: shown("datetime") for name in ("lastLogin", "passwordRequestedAt", "passwordChangedAt")},
            **external,
            **TIMES,
        },
        relations={
            "customer": one("customers", inverse="users", required=True, find=True),
            "userRoles": many("customeruserroles"),
            "addresses": many("customeruseraddresses", read_only=True),
            "salesRepresentatives": many("users", read_only=True),
            **OWNED,
        },
        actions=BATCH,
        indexes=("email", "customer", *indexes),
        kept=True,
        title="email",
    )
    return [companies, people, _CUSTOMER_ADDRESSES]


_CUSTOMER_ADDRESSES = Resource(
    type="customeraddresses",
    attributes={
        **{
            name: Attribute()
            for name in (
                "label", "organization", "namePrefix", "firstName", "middleName", "lastName", "nameSuffix", "street2",
                "customRegion", "phone",
            )
        },
        "street": Attribute(required=True),
        "city": Attribute(required=True),
        "postalCode": Attribute(required=True),
        "primary": Attribute("boolean", default=False),
        "types": Attribute("json", default=[]),
        "validatedAt": Attribute("datetime"),
        **TIMES,
    },
    relations={
        "customer": one("customers", inverse="addresses", required=True, create_only=True, find=True),
        "country": one("countries", required=True, find=True),
        "region": one("regions", find=True),
        **OWNED,
    },
    actions=BATCH,
    indexes=("customer",),
    title="street",
)  # fmt: skip


def with_own_fields(
    known: Mapping[str, Resource], own: Mapping[str, Mapping[str, str]], read_only: frozenset[str]
) -> dict[str, Resource]:
    """The resources with a site's own fields. own: type → field → kind."""
    more = {
        type_: {name: Attribute(kind, read_only=name in read_only) for name, kind in fields.items()}
        for type_, fields in own.items()
    }
    return {
        type_: replace(resource, attributes={**resource.attributes, **more.get(type_, {})})
        for type_, resource in known.items()
    }


WEBHOOKS = (
    Resource(
        type="webhooks",
        attributes={
            "notificationUrl": Attribute(required=True, length_max=2048),
            "enabled": Attribute("boolean", default=True),
            "verifySsl": Attribute("boolean", default=True),
            "secret": Attribute(create_only=True, write_only=True),
            "system": shown("boolean", default=False),
        },
        relations={
            "topic": one("webhooktopics", required=True, find=True),
            "format": one("webhookformats", required=True),
            **OWNED,
        },
        actions=WRITE,
        numeric=False,
        indexes=("topic",),
    ),
    Resource(type="webhooktopics", numeric=False, paged=False),
    Resource(type="webhookformats", numeric=False, paged=False),
)

ASYNC_OPERATIONS = (
    Resource(
        type="asyncoperations",
        attributes={
            "entityType": shown(),
            "status": shown(),
            "progress": shown("number"),
            "createdAt": shown("datetime"),
            "updatedAt": shown("datetime"),
            "elapsedTime": shown("integer"),
            "summary": shown("json"),
        },
        relations=OWNED,
        actions=frozenset({"get"}),
    ),
    Resource(
        type="asyncoperationerrors",
        attributes={"status": shown("integer"), "title": shown(), "detail": shown(), "source": shown("json")},
        actions=frozenset(),
        numeric=False,
    ),
)


def _plain(type_: str, *names: str, numeric: bool = True, **relations: str) -> Resource:
    """A small type that is only ever pointed at, or sent along in `included`."""
    return Resource(
        type=type_,
        attributes={name: Attribute("json" if name == "arrayValue" else "string") for name in names},
        relations={name: one(target) for name, target in relations.items()},
        numeric=numeric,
        title=names[0] if names else "",
    )


SMALL = (
    USERS,
    PAYMENT_TERMS,
    PRODUCT_TAX_CODES,
    CUSTOMER_TAX_CODES,
    enum("prodinventorystatuses"),
    enum("customerratings"),
    _plain("organizations", "name"),
    _plain("businessunits", "name"),
    _plain("attributefamilies", "code"),
    _plain("customergroups", "name"),
    _plain("customeruserroles", "label"),
    _plain("localizations", "name"),
    _plain("countries", "name", numeric=False),
    _plain("regions", "name", "code", numeric=False, country="countries"),
    _plain("productnames", "string", "fallback", localization="localizations"),
    _plain("productshortdescriptions", "text", "fallback", localization="localizations"),
    _plain("productdescriptions", "wysiwyg", "fallback", localization="localizations"),
    _plain("localizedfallbackvalues", "string", "fallback", localization="localizations"),
    _plain("entityfieldfallbackvalues", "fallback", "scalarValue", "arrayValue"),
)


def resources(profile: Profile, *, managed: bool, status_filters: bool) -> dict[str, Resource]:
    """Every resource type one release shows, by type name."""
    shown_types = [
        *sales_resources(profile, managed=managed, status_filters=status_filters),
        PRODUCTS,
        UNIT_PRECISIONS,
        PRODUCT_UNITS,
        inventory(profile),
        PRICE_LISTS,
        PRICES,
        *customers(profile),
        *ASYNC_OPERATIONS,
        *SMALL,
        *(WEBHOOKS if profile.webhooks else ()),
    ]
    return {resource.type: resource for resource in shown_types}
