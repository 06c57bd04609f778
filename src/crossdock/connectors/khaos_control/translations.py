"""What each kind of their documents says, and how a sales order is said, for `crossdock translate` and for tests.

A kind that comes over both wires is known by its form: the SOAP documents are XML with a root of their own, the
channel's are JSON, or XML with another root.
Everything is read and written with default settings. Figures carry the moment UNDATED, for a document has no date.
"""

import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from crossdock.connectors.khaos_control import xmldoc
from crossdock.connectors.khaos_control.channel import translations as channel
from crossdock.connectors.khaos_control.config import LedgerFiles
from crossdock.connectors.khaos_control.faults import rule_for
from crossdock.connectors.khaos_control.ledger_file import LedgerFile, read_lines
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
from crossdock.model.faults import DataFault, ReadIncomplete
from crossdock.model.ledger import LedgerDocument
from crossdock.model.price import Price
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.stock import StockFigure, StockItem
from crossdock.ports.systems import Document, Translation, UnreadablePrice

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
        if isinstance(price, UnreadablePrice):
            raise price.fault
        found.append(price)
    return found


def ledger_documents(raw: bytes) -> list[LedgerDocument]:
    """As a file of all days, written in the default form."""
    file = LedgerFile(path=Path("file"), begins=date.min, ends=date.max, written=UNDATED)
    try:
        lines = io.StringIO(raw.decode("utf-8-sig"), newline="")
        return _values(row.document for rows in read_lines(lines, file, LedgerFiles().form) for row in rows)
    except UnicodeDecodeError as error:
        raise DataFault("file", "is not UTF-8 text; export it again as UTF-8") from error
    except ReadIncomplete as error:
        raise DataFault("file", str(error)) from error


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


def _either(
    root: str, soap: Callable[[bytes], Sequence[Any]], other: Callable[[bytes], Sequence[Any]]
) -> Callable[[bytes], Sequence[Any]]:
    """Read by the SOAP reader what has its root, or is nothing the channel sends; by the channel's what is left."""

    def read(raw: bytes) -> Sequence[Any]:
        start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
        if start[:1] == b"{":
            return other(raw)
        found = _ROOT.search(start[:2000]) if start[:1] == b"<" else None
        return other(raw) if found and found.group(1).decode() in CHANNEL_ROOTS.get(root, ()) else soap(raw)

    return read


_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
CHANNEL_ROOTS: Mapping[str, tuple[str, ...]] = {
    "SALES_ORDERS": ("SalesOrderImport",),
    "STATUS_LIST": ("OrderStatuses",),
    "STOCK_STATUS": ("StockStatuses",),
    "STOCK_ITEMS": ("StockItems", "StockUpload", "StockExport"),
}


def _price_lists(raw: bytes) -> Sequence[Price]:
    """Both wires call the root PriceLists; only the SOAP document has customer classifications in it."""
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{" or (b"PriceLists" in start[:2000] and b"<StockPrices" in start):
        return channel.read_prices(raw)
    return prices(raw)


TRANSLATIONS: Mapping[str, Translation] = {
    "sales-order": Translation(
        read=_either("SALES_ORDERS", read_sales_orders, channel.read_sales_orders), write=write_order
    ),
    "channel-sales-order": Translation(read=channel.read_sales_orders, write=channel.write_sales_order),
    "order-status": Translation(read=_either("STATUS_LIST", order_statuses, channel.read_order_statuses)),
    "despatch": Translation(read=despatches),
    "stock-level": Translation(read=_either("STOCK_STATUS", stock_levels, channel.read_stock_levels)),
    "stock-item": Translation(read=_either("STOCK_ITEMS", stock_items, channel.read_stock_items)),
    "account": Translation(read=accounts),
    "price-list": Translation(read=_price_lists),
    "return": Translation(read=channel.read_returns, write=channel.write_return),
    "ledger-file": Translation(read=ledger_documents),
    "error": Translation(read=errors),
}
