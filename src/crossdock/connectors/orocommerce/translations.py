"""Wire documents understood and said without a connection: bytes → canonical values, canonical values → bytes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crossdock.connectors.orocommerce import wire
from crossdock.connectors.orocommerce.company_mapping import to_company
from crossdock.connectors.orocommerce.despatching import tracking
from crossdock.connectors.orocommerce.jsonapi import (
    Doc,
    Included,
    Malformed,
    Resource,
    WireError,
    attributes,
    body,
    parse,
    references,
    wire_error,
)
from crossdock.connectors.orocommerce.mapping import fault_of, to_sales_order
from crossdock.connectors.orocommerce.price_mapping import to_price_record, to_shown_price
from crossdock.connectors.orocommerce.stock_mapping import to_level_record, to_stock_target
from crossdock.connectors.orocommerce.webhook import to_event
from crossdock.model.account import Account
from crossdock.model.company import Company
from crossdock.model.despatch import Despatch
from crossdock.model.faults import DataFault
from crossdock.model.price import ShownPrice
from crossdock.model.sales_order import SalesOrder
from crossdock.model.stock import StockLevel, StockTarget
from crossdock.ports.systems import Translation, WebhookEvent


def read_sales_orders(raw: bytes) -> Sequence[SalesOrder]:
    """A document with one order or a list of them, and all they refer to in `included`."""
    return _each(raw, lambda record, included, place: [to_sales_order(record, included, place=place)])


def read_stock_targets(raw: bytes) -> Sequence[StockTarget]:
    """inventorylevels with their product and productUnitPrecision included."""
    return _each(raw, lambda record, included, place: [to_stock_target(record, included, place=place)])


def write_stock_levels(levels: Sequence[StockLevel]) -> bytes:
    """The body of one `PATCH /inventorylevels`."""
    return body([{**to_level_record(level), "meta": {"update": True}} for level in levels])


def read_shown_prices(raw: bytes) -> Sequence[ShownPrice]:
    """productprices with their product included. price_list: its id in the shop."""
    return _each(raw, lambda record, included, place: [to_shown_price(record, included, place=place)])


def write_shown_price(price: ShownPrice) -> bytes:
    """The body of one `POST /productprices`, with the SKU in the place of the product's id; of a `PATCH` for a price
    that has a key."""
    return body(to_price_record(price, product_id=price.sku))


def read_accounts(raw: bytes) -> Sequence[Account]:
    """customers. code: the ERP account code they hold in externalId, "" when they hold none."""
    return _each(raw, lambda record, _, place: [to_account(record, place=place)])


def to_account(record: Resource, *, place: str = "data", account_field: str = "externalId") -> Account:
    _check_type(record, "customers", place)
    customer, problems = wire.read(wire.Customer, record, place)
    if customer is None:
        raise fault_of(problems)
    code = attributes(record).get(account_field)
    return Account(account_id=str(record.get("id") or ""), code="" if code is None else str(code), name=customer.name)


def read_companies(raw: bytes) -> Sequence[Company]:
    """customers with their users and addresses included."""
    return _each(raw, lambda record, included, place: [to_company(record, included, place=place)])


def read_despatches(raw: bytes) -> Sequence[Despatch]:
    """ordershippingtrackings. order_ref: the shop's key of the order, which is all a tracking holds; no lines."""
    return _each(raw, lambda record, _, place: to_despatches(record, place=place))


def to_despatches(record: Resource, *, place: str = "data") -> Sequence[Despatch]:
    """One for each order the tracking belongs to: `orders` since 6.1, `order` before."""
    _check_type(record, "ordershippingtrackings", place)
    found, problems = wire.read(wire.ShippingTracking, record, place)
    orders = references(record, "orders") or references(record, "order")
    if not orders:
        problems.append((f"{place}.relationships.orders", "is missing; a tracking must name its order"))
    if found is None or not orders:
        raise fault_of(problems)
    key = str(record.get("id") or "")
    return [
        Despatch(key=key, order_ref=order, tracking_number=found.number, carrier=found.method, lines=())
        for _, order in orders
    ]


def write_despatch(despatch: Despatch) -> bytes:
    """The body of one `POST /ordershippingtrackings`, as 6.1 takes it. order_ref: the shop's key of the order."""
    return body(tracking(despatch.order_ref, despatch.carrier, despatch.tracking_number))


def read_events(raw: bytes) -> Sequence[WebhookEvent]:
    """The body of one webhook call. Its signature is checked where its headers are known."""
    return [to_event(raw)]


def read_errors(raw: bytes) -> Sequence[WireError]:
    """An errors document, or the errors of a queued list."""
    doc = _doc(raw)
    if doc.errors or doc.data is None:
        return doc.errors
    for at, row in enumerate(doc.rows):
        _check_type(row, "asyncoperationerrors", f"data[{at}]")
    return [wire_error(attributes(row)) for row in doc.rows]


def _each(raw: bytes, read: Callable[[Resource, Included, str], Sequence[Any]]) -> list[Any]:
    """Every record of a document; all that is wrong with any of them in one fault."""
    doc = _doc(raw)
    if doc.errors:
        raise DataFault("errors", f"the document is a refusal: {'; '.join(str(error) for error in doc.errors)}")
    if doc.data is None:
        raise DataFault("data", "is null; the document must hold a record")
    found: list[Any] = []
    faults: list[tuple[str, str]] = []
    for at, record in enumerate(doc.rows):
        place = f"data[{at}]" if isinstance(doc.data, list) else "data"
        try:
            found += read(record, doc.included, place)
        except DataFault as fault:
            faults.append((fault.place, fault.problem))
    if faults:
        raise fault_of(faults)
    return found


def _doc(raw: bytes) -> Doc:
    try:
        return parse(raw)
    except Malformed as error:
        raise DataFault("document", str(error)) from error


def _check_type(record: Resource, wanted: str, place: str) -> None:
    if record.get("type") != wanted:
        raise DataFault(f"{place}.type", f"must be {wanted!r}, was {record.get('type')!r:.80}")


TRANSLATIONS: Mapping[str, Translation] = {
    "sales-order": Translation(read=read_sales_orders),
    "stock-level": Translation(read=read_stock_targets, write=write_stock_levels),
    "price": Translation(read=read_shown_prices, write=write_shown_price),
    "account": Translation(read=read_accounts),
    "company": Translation(read=read_companies),
    "despatch": Translation(read=read_despatches, write=write_despatch),
    "event": Translation(read=read_events),
    "error": Translation(read=read_errors),
}
