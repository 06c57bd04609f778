"""Wire documents understood and said without a connection: bytes → canonical values, canonical values → bytes.

A document that begins with `<` is Prima's own XML, in a SOAP envelope or bare; any other is a bridge's JSON: one
record, a list of them, or a page.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from crossdock.connectors.bridge import Problem, Wire, dumps, fault_of, loads, read_event, read_problem, take
from crossdock.connectors.prima import translations_soap as xml
from crossdock.connectors.prima.events import to_webhook_event
from crossdock.connectors.prima.mapping_catalogue import check_price, to_account, to_price, to_stock_item
from crossdock.connectors.prima.mapping_fulfilment import to_fulfilment
from crossdock.connectors.prima.mapping_ledger import to_ledger
from crossdock.connectors.prima.mapping_order import OrderTerms, SoldAs, order_document, to_sales_order
from crossdock.connectors.prima.mapping_stock import to_figure
from crossdock.connectors.prima.told import CancelWish, ListedPrice, PriceListHead
from crossdock.connectors.prima.wire import Customer, Item, PriceList, PriceRow, StockRow
from crossdock.connectors.prima.wire_orders import CancelRequest, Invoice, Order, OrderRequest, Shipment
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Despatch, DespatchLine
from crossdock.model.faults import DataFault
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.systems import Translation, WebhookEvent

W = TypeVar("W", bound=Wire)
DISTANT = datetime(9999, 1, 1, tzinfo=UTC)
CHARGE = "CARRIAGE"
UNIT = "EACH"


def write_order(order: ResolvedOrder) -> bytes:
    """The body of `POST /v1/orders`. What only a live system tells is assumed: one unit called EACH that moves one, a
    charge code CARRIAGE, no native key."""
    sold = {line.stock_code: SoldAs(native_key={}, unit_code=UNIT) for line in order.lines}
    return dumps(order_document(order, OrderTerms(delivery_charge_code=CHARGE), sold))


def write_cancellation(cancellation: Cancellation) -> bytes:
    """The body of `POST /v1/orders/{n}/cancel`. Raises DataFault for single lines, which it cannot name."""
    if not cancellation.whole:
        raise DataFault("lines", "single lines cannot be cancelled; the whole order can")
    return dumps({"reason": cancellation.reason})


def read_despatches(raw: bytes) -> Sequence[Despatch]:
    return [despatch for each in _each(raw, Shipment, lambda one, _: to_despatches(one)) for despatch in each]


def to_despatches(shipment: Shipment) -> list[Despatch]:
    """One for each tracking number, the goods with the first; under the shipment's own id where it has none."""
    numbers = {one.number: one.url or "" for one in shipment.tracking if one.number} or {shipment.shipment_id: ""}
    goods = tuple(DespatchLine(stock_code=line.sku, quantity=line.quantity) for line in shipment.lines)
    return [
        Despatch(
            key=shipment.shipment_id if not at else f"{shipment.shipment_id}/{at + 1}",
            order_ref=shipment.external_ref,
            tracking_number=number,
            carrier=shipment.carrier_code,
            lines=() if at else goods,
            tracking_url=url,
            shipped_on=shipment.despatched_at.date(),
            final=shipment.is_final and at == len(numbers) - 1,
        )
        for at, (number, url) in enumerate(numbers.items())
    ]


def read_prices(raw: bytes) -> Sequence[Price | ListedPrice | PriceListHead]:
    """Price lists, prices, or a list with its `prices` beside its other fields: only then is a price whole."""
    found: list[Price | ListedPrice | PriceListHead] = []
    problems: list[DataFault] = []
    for place, record in _records(raw):
        try:
            found += _prices(record, place)
        except DataFault as fault:
            problems.append(fault)
    _raise_all(problems)
    return found


def _prices(record: Any, place: str) -> Sequence[Price | ListedPrice | PriceListHead]:
    if isinstance(record, dict) and "sku" in record:
        return [_listed(take(PriceRow, record, place), place)]
    head = take(PriceList, record, place)
    rows = record.get("prices")
    if rows is None:
        return [PriceListHead(code=head.code, currency=head.currency, prices_include_tax=head.prices_include_tax)]
    if not isinstance(rows, list):
        raise DataFault(f"{place}.prices", "must be a list")
    places = [f"{place}.prices[{at}]" for at in range(len(rows))]
    read = [(take(PriceRow, row, at), at) for row, at in zip(rows, places, strict=True)]
    # What is in a unit, only the item says, so a price for one stays as it is listed.
    return [_listed(row, at) if row.unit_code else to_price(row, head, place=at) for row, at in read]


def _listed(row: PriceRow, place: str) -> ListedPrice:
    check_price(row, place)
    return ListedPrice(
        stock_code=row.sku, price=row.unit_price, quantity_from=row.min_quantity, unit=row.unit_code or "",
        valid_from=row.valid_from, valid_to=row.valid_to,
    )  # fmt: skip


def read_events(raw: bytes) -> Sequence[WebhookEvent]:
    """The body of one event. Its signature is checked, and its key known, where its headers are."""
    return [to_webhook_event(read_event(raw))]


def read_errors(raw: bytes) -> Sequence[Problem]:
    body = _json(raw)
    if not isinstance(body, dict) or not ({"type", "code", "title", "detail"} & body.keys()):
        raise DataFault("document", "is no problem; it gives neither type, code, title nor detail")
    status = body.get("status")
    return [read_problem(raw, status if isinstance(status, int) else 0)]


def _each(raw: bytes, model: type[W], to: Callable[[W, str], Any]) -> list[Any]:
    """Every record; all that is wrong with any of them in one fault."""
    found: list[Any] = []
    problems: list[DataFault] = []
    for place, record in _records(raw):
        try:
            found.append(to(take(model, record, place), place))
        except DataFault as fault:
            problems.append(fault)
    _raise_all(problems)
    return found


def _raise_all(problems: Sequence[DataFault]) -> None:
    if problems:
        raise fault_of([(fault.place, fault.problem) for fault in problems])


def _records(raw: bytes) -> list[tuple[str, Any]]:
    """(place, record) of one record, a list of them, or a page or query answer with `data`."""
    document = _json(raw)
    if isinstance(document, dict) and "data" in document:
        if not isinstance(document["data"], list):
            raise DataFault("data", "must be a list")
        return [(f"data[{at}]", record) for at, record in enumerate(document["data"])]
    if isinstance(document, list):
        return [(f"[{at}]", record) for at, record in enumerate(document)]
    return [("document", document)]


def _json(raw: bytes) -> Any:
    try:
        return loads(raw)
    except ValueError as error:
        raise DataFault("document", f"is no whole JSON document: {error}") from error


def _reader(
    model: type[W], to: Callable[[W, str], Any], soap: Callable[[bytes], Sequence[Any]] | None = None
) -> Callable[[bytes], Sequence[Any]]:
    """Reads JSON as that record, and XML as `soap` does."""
    return _either(lambda raw: _each(raw, model, to), soap)


def _either(
    json: Callable[[bytes], Sequence[Any]], soap: Callable[[bytes], Sequence[Any]] | None
) -> Callable[[bytes], Sequence[Any]]:
    def read(raw: bytes) -> Sequence[Any]:
        if not xml.is_xml(raw):
            return json(raw)
        if soap is None:
            raise DataFault("/", "nothing public says how Prima itself writes this; a bridge's JSON can be read")
        return soap(raw)

    return read


TRANSLATIONS: Mapping[str, Translation] = {
    "sales-order": Translation(
        read=_reader(OrderRequest, lambda one, at: to_sales_order(one, place=at), xml.read_orders), write=write_order
    ),
    "order-status": Translation(read=_reader(Order, lambda one, _: to_fulfilment(one), xml.read_statuses)),
    "stock-level": Translation(
        read=_reader(StockRow, lambda one, at: to_figure(one, read_at=DISTANT, place=at), xml.read_figures)
    ),
    "stock-item": Translation(read=_reader(Item, lambda one, at: to_stock_item(one, uom_mode="unit_code", place=at))),
    "account": Translation(read=_reader(Customer, lambda one, _: to_account(one))),
    "price-list": Translation(read=_either(read_prices, None)),
    "despatch": Translation(read=_either(read_despatches, None)),
    "invoice": Translation(read=_reader(Invoice, lambda one, at: to_ledger(one, place=at))),
    "cancellation": Translation(
        read=_reader(CancelRequest, lambda one, _: CancelWish(reason=one.reason)), write=write_cancellation
    ),
    "event": Translation(read=_either(read_events, None)),
    "error": Translation(read=_either(read_errors, xml.read_errors)),
}
