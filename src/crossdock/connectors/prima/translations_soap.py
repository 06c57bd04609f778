"""Prima's own XML understood without a connection, by the mapping file that comes with us."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from crossdock.connectors.bridge import Problem
from crossdock.connectors.bridge.faults import VendorWords
from crossdock.connectors.prima import soap
from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.connectors.prima.engine import (
    VendorError,
    read_field,
    read_key,
    read_request,
    read_status,
    rows_of,
)
from crossdock.connectors.prima.key_table import PARTS
from crossdock.connectors.prima.mapping_file import Mapped, load_mapping
from crossdock.connectors.prima.soap import SoapFault
from crossdock.connectors.prima.soap_orders import read_order_status
from crossdock.connectors.prima.soap_stock import SITE
from crossdock.connectors.prima.told import VendorLine, VendorOrder
from crossdock.connectors.prima.xmldoc import Element, place, value_at
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault
from crossdock.model.stock import Basis, StockFigure

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""When a figure is from, where the document does not say."""


def is_xml(raw: bytes) -> bool:
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or raw[:2] in (b"\xff\xfe", b"\xfe\xff")


def read_orders(raw: bytes) -> Sequence[VendorOrder]:
    """A MultiNewOrder request, one order for each Data."""
    root = _root(raw)
    read_request(_mapped(), "orders.create", root)
    orders = []
    for data in root.findall("Data"):
        alone = _only(root, data)
        orders.append(_order(read_request(_mapped(), "orders.create", alone), place(data)))
    if not orders:
        raise DataFault(place(root, "Data"), "is missing; the request names no order")
    return orders


def read_statuses(raw: bytes) -> Sequence[Fulfilment]:
    root = _well(raw)
    return [read_order_status(_mapped(), root, value_at(root, "Data/@OrderNumber") or "", {})]


def read_figures(raw: bytes) -> Sequence[StockFigure]:
    """stock_code: the parts of the native key, since no key table is at hand."""
    root, mapped = _well(raw), _mapped()
    operation = mapped.operation("stock.list")
    assert operation is not None
    assert operation.response is not None
    figures = []
    for at, row in rows_of(operation.response, root):
        key = read_key(operation.response, row)
        if not key.get("product"):
            raise DataFault(f"{at}/@Product", "is missing or empty")
        figures.append(
            StockFigure(
                stock_code="/".join(key[part] for part in PARTS if key.get(part)),
                site=SITE,
                basis=Basis.FREE,
                quantity=Decimal(read_field(mapped, operation.response.fields["free"], row, at)),
                as_of=UNDATED,
            )
        )
        for name, value in operation.response.fields.items():
            if name != "free":
                read_field(mapped, value, row, at)
    return figures


def read_errors(raw: bytes) -> Sequence[Problem]:
    """A SOAP fault, or an answer that says no."""
    reply, found = _mapped().file.reply, soap.read_document(raw)
    if isinstance(found, SoapFault):
        words = VendorWords(found.code, found.text, found.request_id)
        return [Problem(status=500, code=reply.fault.code, retryable=reply.fault.retryable, vendor=words)]
    error = read_status(_mapped(), found)
    if error is None:
        raise DataFault(place(found), "is no error; it says that all is well")
    return [_problem(error)]


def _problem(error: VendorError) -> Problem:
    return Problem(
        status=200,
        code=error.error.code,
        retryable=error.error.retryable,
        vendor=VendorWords("ERROR", error.text),
    )


def _order(values: dict[str, Any], at: str) -> VendorOrder:
    """Raises DataFault: no number or account, or a line without product or quantity."""
    for name in ("external_ref", "account_code"):
        if not values.get(name):
            raise DataFault(at, f"lacks the attribute that holds {name}")
    return VendorOrder(
        ref=values["external_ref"],
        account_code=values["account_code"],
        currency=values.get("currency", ""),
        po_number=values.get("customer_po", ""),
        hold=values.get("hold", ""),
        courier=values.get("carrier_code", ""),
        lines=tuple(_line(line, f"{at}/lines[{number}]") for number, line in enumerate(values.get("lines", []))),
        charges=tuple((one.get("code", ""), one.get("amount", "")) for one in values.get("charges", [])),
    )


def _line(line: dict[str, Any], at: str) -> VendorLine:
    key = line.get("native_key", {})
    if not key.get("product") or not line.get("quantity"):
        raise DataFault(at, "lacks its product or its quantity")
    return VendorLine(
        native_key=tuple((part, key[part]) for part in PARTS if key.get(part)),
        quantity=line["quantity"],
        line_ref=line.get("line_ref", ""),
        price=line.get("price", ""),
    )


def _only(root: Element, data: Element) -> Element:
    """The request with that one order. The other orders stay where they are."""
    alone = deepcopy(root)
    for at, other in enumerate(alone.findall("Data")):
        if at != root.findall("Data").index(data):
            alone.remove(other)
    return alone


def _well(raw: bytes) -> Element:
    """The root of an answer that says yes. Raises DataFault for a fault or a no, in their words."""
    root = _root(raw)
    error = read_status(_mapped(), root)
    if error is not None:
        raise DataFault(place(root), f"the answer says no: {error.text}")
    return root


def _root(raw: bytes) -> Element:
    found = soap.read_document(raw)
    if isinstance(found, SoapFault):
        raise DataFault("/Envelope/Body/Fault", f"the document is a SOAP fault: {found}")
    return found


def _mapped() -> Mapped:
    return load_mapping(MAPPING_FILE)
