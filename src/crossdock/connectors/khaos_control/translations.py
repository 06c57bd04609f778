"""What each kind of their documents says, and how a sales order is said, for `crossdock translate` and for tests.

Everything is read and written with default settings. Figures carry the moment UNDATED, for a document has no date.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from crossdock.connectors.khaos_control import xmldoc
from crossdock.connectors.khaos_control.faults import rule_for
from crossdock.connectors.khaos_control.mapping_account import read_companies
from crossdock.connectors.khaos_control.mapping_levels import FigureRule, read_figure
from crossdock.connectors.khaos_control.mapping_order import OrderTerms, write_sales_order
from crossdock.connectors.khaos_control.mapping_order_read import read_sales_orders
from crossdock.connectors.khaos_control.mapping_prices import read_prices
from crossdock.connectors.khaos_control.mapping_status import read_status
from crossdock.connectors.khaos_control.mapping_stock import read_items
from crossdock.connectors.khaos_control.soap import read_fault
from crossdock.model.account import Account
from crossdock.model.despatch import Fulfilment, Invoice
from crossdock.model.faults import DataFault
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure, StockItem
from crossdock.ports.systems import Document, Translation

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
T = TypeVar("T")


def write_order(order: ResolvedOrder) -> bytes:
    return write_sales_order(order, OrderTerms(may_be_nameless=True)).encode()


def order_statuses(raw: bytes) -> list[Fulfilment]:
    status_list = xmldoc.document(raw, root="STATUS_LIST")
    return [read_status(order, {}) for order in status_list.iterfind("ORDER_STATUS")]


def despatches(raw: bytes) -> list[Invoice]:
    """The parts of orders that have left."""
    return [invoice for order in order_statuses(raw) for invoice in order.invoices if invoice.shipped]


def stock_levels(raw: bytes) -> list[StockFigure]:
    stock_status = xmldoc.document(raw, root="STOCK_STATUS")
    return [read_figure(row, FigureRule(), as_of=UNDATED) for row in stock_status.iterfind("STOCK_ITEM")]


def stock_items(raw: bytes) -> list[StockItem]:
    return _values(read_items(xmldoc.document(raw, root="STOCK_ITEMS")))


def accounts(raw: bytes) -> list[Account]:
    return _values(read_companies(xmldoc.document(raw, root="COMPANYS")))


def prices(raw: bytes) -> list[Price]:
    found = []
    for price in read_prices(xmldoc.document(raw, root="PriceLists")):
        if isinstance(price, DataFault):
            raise price
        found.append(price)
    return found


def errors(raw: bytes) -> list[dict[str, str]]:
    """A SOAP fault → its words, and who is to blame by the fault table."""
    envelope = xmldoc.document(raw, root="Envelope")
    fault = envelope.find("Body/Fault")
    if fault is None:
        raise DataFault("/Envelope/Body", "there is no SOAP fault in it")
    said = read_fault(fault)
    rule = rule_for(said)
    blame = {"code": said.code, "text": said.text, "detail": said.detail, "blame": rule.blame.name.lower()}
    return [{**blame, "setting": rule.setting}]


def _values(documents: Iterable[Document[T]]) -> list[T]:
    found = []
    for document in documents:
        if document.value is None:
            raise document.fault or DataFault(document.ref, "cannot be read")
        found.append(document.value)
    return found


TRANSLATIONS: Mapping[str, Translation] = {
    "sales-order": Translation(read=read_sales_orders, write=write_order),
    "order-status": Translation(read=order_statuses),
    "despatch": Translation(read=despatches),
    "stock-level": Translation(read=stock_levels),
    "stock-item": Translation(read=stock_items),
    "account": Translation(read=accounts),
    "price-list": Translation(read=prices),
    "error": Translation(read=errors),
}
