"""Products, variants, prices → ours. Pure. Source: SCAYLE Admin API, Products, Variants, Prices."""

from collections.abc import Sequence
from typing import Any

from crossdock.connectors.scayle import wire_products as wire
from crossdock.connectors.scayle.mapping_lines import Coins
from crossdock.connectors.scayle.wire import at, each, read
from crossdock.model.catalogue import AttributeValue, Product
from crossdock.model.faults import DataFault, InvalidValue
from crossdock.model.money import minor_units
from crossdock.model.price import Price

LIVE = "live"
STATES = frozenset({LIVE, "draft", "problem", "new", "inApproval", "blocked"})
LOCALIZED = frozenset({"localizedString", "localizedStringList"})
Rows = list[tuple[wire.AttributeRow, str]]  # each with its place


def to_products(
    product: wire.Product, variants: Sequence[wire.Variant], *, locale: str = "", place: str = ""
) -> list[Product]:
    """One for each variant. Its values: the master's, the product's and its own; the closer one wins."""
    if product.state is not None and product.state not in STATES:
        problem = f"{product.state!r:.60} is no product state we know ({', '.join(sorted(STATES))})"
        raise DataFault(at(place, "state"), problem)
    master = product.master or wire.Master()
    shared = placed(master.attributes, at(place, "master")) + placed(product.attributes, place)
    categories = tuple(" / ".join(path) for path in (master.categories.paths if master.categories else ()))

    def one(variant: wire.Variant, where: str) -> Product:
        own = values_of(variant, shared, where)
        return Product(
            key="" if variant.id is None else str(variant.id),
            sku=variant.reference_key or "",
            enabled=product.state == LIVE,
            parent=product.reference_key or "",
            categories=categories,
            values=own,
            name=localized(product.name, locale),
            created_at=product.created_at,
            updated_at=product.updated_at,
        )

    return each(variants, one, at(place, "variants"))


def to_variant(variant: wire.Variant, place: str = "") -> Product:
    """A variant on its own, as its own address gives it: of its product nothing is known."""
    key = "" if variant.id is None else str(variant.id)
    return Product(key=key, sku=variant.reference_key or "", values=values_of(variant, [], place))


def variants_of(product: wire.Product, place: str) -> list[wire.Variant]:
    return each(product.variants or (), lambda row, where: read(wire.Variant, row, where), at(place, "variants"))


def placed(rows: Sequence[wire.AttributeRow], place: str) -> Rows:
    return [(row, at(place, "attributes", n)) for n, row in enumerate(rows)]


def values_of(variant: wire.Variant, shared: Rows, place: str) -> tuple[AttributeValue, ...]:
    found: dict[tuple[str, str], AttributeValue] = {}
    for row, where in [*shared, *placed(variant.attributes, place)]:
        found.update({(one.attribute, one.locale): one for one in to_values(row, where)})
    if variant.ean:
        found["ean", ""] = AttributeValue(attribute="ean", data=variant.ean)
    return tuple(found.values())


def to_values(row: wire.AttributeRow, place: str) -> list[AttributeValue]:
    """A localized one gives a value for each locale, a list of localized ones a list for each."""
    if row.type not in LOCALIZED or row.value in (None, []):
        return [AttributeValue(attribute=row.name, data=row.value)]
    maps = row.value if row.type == "localizedStringList" else [row.value]
    if not isinstance(maps, list) or not all(isinstance(one, dict) for one in maps):
        raise DataFault(at(place, "value"), f"must hold texts by locale, was {row.value!r:.80}")
    locales = dict.fromkeys(locale for one in maps for locale in one)
    if row.type == "localizedString":
        return [AttributeValue(attribute=row.name, locale=locale, data=row.value[locale]) for locale in locales]
    return [
        AttributeValue(attribute=row.name, locale=locale, data=[one[locale] for one in maps if locale in one])
        for locale in locales
    ]


def localized(name: dict[str, Any] | None, locale: str) -> str:
    """The text in that locale; with none asked for, or none there, the first there is."""
    texts = {key: text for key, text in (name or {}).items() if isinstance(text, str)}
    return texts.get(locale) or next(iter(texts.values()), "")


def to_price(price: wire.Price, place: str, *, stock_code: str = "") -> Price:
    """price_list: country, group and promotion, which are its dimensions over there: "DE/vip/". Gross."""
    try:
        minor_units(price.currency_code)
    except InvalidValue as error:
        raise DataFault(at(place, "currencyCode"), f'{error}; it must be one, such as "EUR"') from error
    if price.price < 0:
        raise DataFault(at(place, "price"), f"must not be negative, was {price.price}")
    return Price(
        price_list="/".join((price.country_code, price.group_key or "", price.promotion_key or "")).rstrip("/"),
        stock_code=stock_code,
        currency=price.currency_code,
        price=Coins(price.currency_code)(price.price),
        is_net=False,
        tax_percent=price.tax,
    )
