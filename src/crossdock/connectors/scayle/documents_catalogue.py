"""Products, prices, stock and customers: read, and said where we send them, without a connection."""

from collections.abc import Sequence
from typing import Any

from pydantic.alias_generators import to_camel

from crossdock.connectors.scayle import wire_orders, wire_products
from crossdock.connectors.scayle.delegation import body_of
from crossdock.connectors.scayle.documents import each_row, flat
from crossdock.connectors.scayle.fulfilment import stamp
from crossdock.connectors.scayle.mapping_address import company_name, to_address
from crossdock.connectors.scayle.mapping_product import to_price, to_products, to_values, to_variant, variants_of
from crossdock.connectors.scayle.resources_work import Stock
from crossdock.connectors.scayle.wire import dump, read
from crossdock.model.account import Account
from crossdock.model.catalogue import AttributeValue, Product
from crossdock.model.faults import DataFault
from crossdock.model.price import Price
from crossdock.model.sales_order import Address


def write_stock(row: Stock) -> bytes:
    said = {
        "quantity": row.quantity,
        "warehouse_reference_key": row.warehouse_reference_key,
        "merchant_reference_key": row.merchant_reference_key,
        "changed_at": row.changed_at and stamp(row.changed_at),
        "sellable_without_stock": row.sellable_without_stock,
        "expected_availability_at": row.expected_availability_at and row.expected_availability_at.isoformat(),
    }
    return dump({to_camel(name): value for name, value in said.items() if value is not None})


def read_products(raw: bytes) -> Sequence[Product]:
    def of(row: Any, place: str) -> list[Product]:
        product = read(wire_products.Product, row, place)
        return to_products(product, variants_of(product, place), place=place)

    return flat(each_row(raw, of))


def read_variants(raw: bytes) -> Sequence[Product]:
    return each_row(raw, lambda row, place: to_variant(read(wire_products.Variant, row, place), place))


def read_attributes(raw: bytes) -> Sequence[AttributeValue]:
    def of(row: Any, place: str) -> list[AttributeValue]:
        return to_values(read(wire_products.AttributeRow, row, place), place)

    return flat(each_row(raw, of))


def read_custom_data(raw: bytes) -> Sequence[AttributeValue]:
    """Custom data of whatever it belongs to: a value for each name."""
    body = body_of(raw)
    if body == []:  # PHP's empty map
        return []
    if not isinstance(body, dict):
        raise DataFault("body", "must be an object")
    return [AttributeValue(attribute=name, data=value) for name, value in body.items()]


def read_prices(raw: bytes) -> Sequence[Price]:
    return each_row(raw, lambda row, place: to_price(read(wire_products.Price, row, place), place))


def read_accounts(raw: bytes) -> Sequence[Account]:
    """Customers. code: the ERP account code in their referenceKey, "" when they hold none."""

    def one(row: Any, place: str) -> Account:
        customer = read(wire_orders.Customer, row, place)
        return Account(
            account_id="" if customer.id is None else str(customer.id),
            code=customer.reference_key or "",
            name=company_name(customer),
            other_ref=customer.public_key or "",
            email=customer.email or "",
            company_class=customer.type or "",
        )

    return each_row(raw, one)


def read_addresses(raw: bytes) -> Sequence[Address]:
    return flat(each_row(raw, lambda row, place: [one for one in [_address(row, place)] if one is not None]))


def _address(row: Any, place: str) -> Address | None:
    return to_address(read(wire_orders.Address, row, place), place)
