"""What SCAYLE posts to us: an order delegated to a merchant, and the wish to cancel one. Shapes are partly assumed.

The delegated order is typed differently from an order: flat addresses with alpha-2 countries, item ids as text, tax in
percent, no carriage. So it is a hint: the order is fetched by orderId for its money.
Source: SCAYLE documentation, Order delegation, Cancellation.
"""

from typing import Any

from pydantic import field_validator

from crossdock.connectors.scayle.records import record
from crossdock.connectors.scayle.wire import Count, Id, Malformed, Map, Minor, Number, Text, dump, parse, read
from crossdock.model.faults import DataFault


@record
class DelegatedAddress:
    """country_code: alpha-2 here."""

    first_name: Text | None = None
    last_name: Text | None = None
    street: Text | None = None
    house_number: Text | None = None
    additional: Text | None = None
    zip_code: Text | None = None
    city: Text | None = None
    state: Text | None = None
    country_code: Text | None = None
    phone_number: Text | None = None


@record
class DelegatedAddresses:
    billing: DelegatedAddress | None = None
    shipping: DelegatedAddress | None = None


@record
class DelegatedItem:
    """One unit. price, price_without_tax, tax_amount: smallest coins; tax: percent."""

    order_item_id: Id
    merchant_product_variant_reference_key: Text | None = None
    merchant_key: Text | None = None
    name: Text | None = None
    quantity: Count = 1
    currency_code: Text | None = None
    price: Minor | None = None
    price_without_tax: Minor | None = None
    tax: Number | None = None
    tax_amount: Minor | None = None
    warehouse_reference_key: Text | None = None


@record
class DelegatedCarrier:
    key: Text | None = None


@record
class DelegatedOrder:
    """id: of the delegation, not of the order. shop_id: of the shop country."""

    order_id: Id
    fulfilling_merchant_key: Text
    items: tuple[DelegatedItem, ...]
    id: Id | None = None
    order_reference_key: Text | None = None
    company_id: Id | None = None
    shop_id: Id | None = None
    shop_key: Text | None = None
    country_code: Text | None = None
    payment_method: Text | None = None
    carrier: DelegatedCarrier | None = None
    custom_data: Map | None = None
    addresses: DelegatedAddresses | None = None

    @field_validator("items")
    @classmethod
    def _not_empty(cls, items: tuple[Any, ...]) -> tuple[Any, ...]:
        if not items:
            raise ValueError("must hold at least one unit")
        return items

    @property
    def key(self) -> str:
        """The same for every telling of one delegation."""
        return f"delegation/{self.order_id}/{self.fulfilling_merchant_key}"


@record
class CancellationWish:
    """warehouse_ids: only what lies there; empty means everywhere."""

    order_reference_key: Text
    fulfilling_merchant_key: Text | None = None
    merchant_key: Text | None = None
    company_id: Id | None = None
    warehouse_ids: tuple[Id, ...] = ()

    @property
    def merchant(self) -> str:
        return self.fulfilling_merchant_key or self.merchant_key or ""

    @property
    def key(self) -> str:
        places = ",".join(str(one) for one in sorted(self.warehouse_ids))
        return "/".join(part for part in ("cancellation", self.order_reference_key, self.merchant, places) if part)


def to_delegated_order(raw: bytes) -> DelegatedOrder:
    return read(DelegatedOrder, body_of(raw), "")


def to_cancellation_wish(raw: bytes) -> CancellationWish:
    wish = read(CancellationWish, body_of(raw), "")
    if not wish.order_reference_key:
        raise DataFault("orderReferenceKey", "is empty; it must name the order")
    return wish


def body_of(raw: bytes) -> Any:
    try:
        return parse(raw)
    except Malformed as error:
        raise DataFault("body", str(error)) from error


def delegation_answer(order: DelegatedOrder) -> bytes:
    """The same for every telling of one delegation."""
    body = {"referenceKey": order.order_id, "orderDelegationResult": "acknowledged"}
    key = {"orderReferenceKey": order.order_reference_key} if order.order_reference_key else {}
    return dump(key | body)


def cancellation_answer(wish: CancellationWish) -> bytes:
    return dump({"orderReferenceKey": wish.order_reference_key, "cancellationResult": "successful"})


def error_answer(status: int, key: str, message: str, context: dict[str, str] | None = None) -> bytes:
    return dump({"statusCode": status, "errorKey": key, "message": message, "context": context or {}})
