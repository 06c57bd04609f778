"""Products, variants, prices and stock as the Admin API writes them. Source: SCAYLE Admin API, Products, Stocks."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from crossdock.connectors.scayle.resources_work import Stock
from crossdock.connectors.scayle.wire import At, Id, Map, Minor, Number, Text, Wire


def _few(value: Any) -> Any:
    return [] if value is None else value


class AttributeRow(Wire):
    """type: simple, simpleList, localizedString, localizedStringList, advanced or advancedList."""

    name: Text
    type: Text | None = None
    value: Any = None


class Price(Wire):
    """price: smallest coins, gross. tax: percent."""

    key: Text | None = None
    price: Minor
    old_price: Minor | None = None
    recommended_retail_price: Minor | None = None
    buying_price: Minor | None = None
    tax: Number
    country_code: Text
    currency_code: Text
    group_key: Text | None = None
    promotion_key: Text | None = None
    valid_from: At | None = None
    valid_to: At | None = None
    merchant_reference_key: Text | None = None


class Variant(Wire):
    """id is missing in bodies that are sent. stocks: None when the answer does not hold them."""

    id: Id | None = None
    reference_key: Text | None = None
    ean: Text | None = None
    attributes: Annotated[tuple[AttributeRow, ...], BeforeValidator(_few)] = ()
    prices: Annotated[tuple[Price, ...], BeforeValidator(_few)] = ()
    stocks: tuple[Stock, ...] | None = None
    merchant_reference_keys: tuple[Text, ...] | None = None


class Categories(Wire):
    paths: tuple[tuple[Text, ...], ...] = ()


class Master(Wire):
    reference_key: Text | None = None
    categories: Categories | None = None
    attributes: Annotated[tuple[AttributeRow, ...], BeforeValidator(_few)] = ()


class Product(Wire):
    """variants: None when the answer does not hold them."""

    id: Id | None = None
    reference_key: Text | None = None
    name: Map | None = None
    state: Text | None = None
    master: Master | None = None
    attributes: Annotated[tuple[AttributeRow, ...], BeforeValidator(_few)] = ()
    variants: tuple[Any, ...] | None = None
    created_at: At | None = None
    updated_at: At | None = None
