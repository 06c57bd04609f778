"""Product prices: the shop's rows → the prices shown, and prices to show → its records. Pure."""

from decimal import Decimal

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes, link, reference_id
from crossdock.connectors.orocommerce.mapping import fault_of
from crossdock.model.faults import DataFault
from crossdock.model.price import ShownPrice

PriceKey = tuple[str, str, str, Decimal]
"""Product, unit, currency and tier: unique in a price list."""


def to_shown_price(record: Resource, included: Included, *, place: str = "data") -> ShownPrice:
    """The SKU comes from the included product.

    Raises DataFault when it is not there, or when the record says no tier, value, currency or unit.
    """
    if record.get("type") != "productprices":
        raise DataFault(f"{place}.type", f"must be 'productprices', was {record.get('type')!r:.80}")
    price, problems = wire.read(wire.ProductPrice, record, place)
    product, unit = reference_id(record, "product"), reference_id(record, "unit")
    sku = attributes(included.get(("products", product), {})).get("sku")
    if not isinstance(sku, str) or not sku:
        problems.append((f"included[products {product}].attributes.sku", "is missing; ask with include=product"))
    if not unit:
        problems.append((f"{place}.relationships.unit", "is missing; a price needs its unit"))
    if price is None or problems:
        raise fault_of(problems)
    return ShownPrice(
        price_list=reference_id(record, "priceList"), sku=str(sku), unit=unit, currency=price.currency,
        quantity=price.quantity, value=price.value, ref=str(record.get("id") or ""),
    )  # fmt: skip


def to_price_record(price: ShownPrice, *, product_id: str) -> Resource:
    """What changes of a price that is there, all of one that is made. The list, product and unit never change."""
    if price.ref:
        return {"type": "productprices", "id": price.ref, "attributes": {"value": format(price.value, "f")}}
    whole = price.quantity == price.quantity.to_integral_value()
    return {
        "type": "productprices",
        "attributes": {
            "quantity": int(price.quantity) if whole else format(price.quantity, "f"),
            "value": format(price.value, "f"),
            "currency": price.currency,
        },
        "relationships": {
            "priceList": link("pricelists", price.price_list),
            "product": link("products", product_id),
            "unit": link("productunits", price.unit),
        },
    }


def key_of(record: Resource) -> PriceKey | None:
    """None when the record does not say."""
    price, problems = wire.read(wire.ProductPrice, record, "data")
    if price is None or problems:
        return None
    return reference_id(record, "product"), reference_id(record, "unit"), price.currency, price.quantity


def shown_value(record: Resource) -> Decimal | None:
    """What a price's record says it is; None when it does not say, or nothing readable."""
    price, _ = wire.read(wire.ProductPrice, record, "data")
    return price.value if price else None
