"""Documents that must not be understood, each refused at its place; and the ways a document may come."""

from typing import Any

import orjson
import pytest

from crossdock.connectors.prima import SYSTEM
from crossdock.connectors.prima.translations import write_order
from crossdock.model.after_sale import Cancellation, CancelledLine
from crossdock.model.as_json import dumps
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import SalesOrder
from tests.connectors.prima.support import (
    AT,
    ORDER,
    customer,
    enveloped,
    error,
    invoice,
    item,
    line,
    ok,
    order,
    shipment,
    soap_fault,
    stock,
)

REQUEST = orjson.loads(write_order(ORDER))
PRICE = {"sku": "A", "min_quantity": "1", "unit_price": "2.00", "updated_at": AT}
LIST = {"code": "TRADE", "currency": "GBP", "prices_include_tax": False, "updated_at": AT}


def read(kind: str, raw: bytes) -> Any:
    translation = SYSTEM.translations[kind].read
    assert translation is not None
    return translation(raw)


def without(record: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != name}


WRONG: list[tuple[str, Any, str]] = [
    ("sales-order", {**REQUEST, "lines": []}, "document.lines"),
    ("sales-order", {**REQUEST, "prices_include_tax": True}, "document.prices_include_tax"),
    ("sales-order", {**REQUEST, "prices_include_tax": "false"}, "document.prices_include_tax"),
    ("sales-order", {**REQUEST, "lines": [without(REQUEST["lines"][0], "unit_price")]}, "document.lines[0].unit_price"),
    ("sales-order", {**REQUEST, "lines": [{**REQUEST["lines"][0], "quantity": "0"}]}, "document.lines[0].quantity"),
    ("sales-order", {**REQUEST, "lines": [{**REQUEST["lines"][0], "quantity": 3}]}, "document.lines[0].quantity"),
    ("sales-order", {**REQUEST, "lines": [{**REQUEST["lines"][0], "unit_price": "-1"}]}, "document"),
    ("sales-order", {**REQUEST, "currency": "gbp"}, "document.currency"),
    ("sales-order", {**REQUEST, "ordered_at": "2026-03-02 08:30:00"}, "document.ordered_at"),
    ("sales-order", without(REQUEST, "expected"), "document.expected"),
    ("order-status", order(status="shipped"), "document.status"),
    ("order-status", order(totals={"net": "1", "tax": "0", "gross": 1, "currency": "GBP", "stage": "order"}),
     "document.totals.gross"),
    ("order-status", order(totals={"net": "1", "tax": "0", "gross": "1", "currency": "GBP", "stage": "draft"}),
     "document.totals.stage"),
    ("order-status", order(lines={}), "document.lines"),
    ("order-status", [order(), without(order(), "erp_order_number")], "[1].erp_order_number"),
    ("stock-level", {"data": [stock(), stock(free="1,5")]}, "data[1].free"),
    ("stock-level", {"data": {}}, "data"),
    ("stock-item", item(units=[{"unit_code": "BOX", "base_sku": "A", "base_quantity": "0", "confirmed": True}]),
     "document.units[0].base_quantity"),
    ("stock-item", item(units=[{"unit_code": "BOX", "base_sku": "A", "base_quantity": "1", "confirmed": "yes"}]),
     "document.units[0].confirmed"),
    ("stock-item", item(native_key={"product": 1}), "document.native_key.product"),
    ("account", without(customer(), "price_list_code"), "document.price_list_code"),
    ("account", customer(currency=None), "document.currency"),
    ("account", customer(addresses=[{"address_code": "1", "kind": "home"}]), "document.addresses[0].kind"),
    ("price-list", {"data": [PRICE, {**PRICE, "unit_price": "-0.01"}]}, "data[1].unit_price"),
    ("price-list", {**LIST, "prices": [{**PRICE, "unit_price": "-1"}]}, "document.prices[0].unit_price"),
    ("price-list", {**PRICE, "min_quantity": "-1"}, "document.min_quantity"),
    ("price-list", {**LIST, "prices": {}}, "document.prices"),
    ("despatch", shipment(lines=[{"sku": "A", "quantity": "0"}]), "document.lines[0].quantity"),
    ("despatch", shipment(tracking=[{"url": "x"}]), "document.tracking[0].number"),
    ("despatch", shipment(revision="1"), "document.revision"),
    ("despatch", shipment(tracking=None), "document.tracking"),
    ("invoice", invoice(totals={"net": "1", "tax": "1", "gross": "1"}), "document.totals"),
    ("cancellation", {"reason": 7}, "document.reason"),
    ("event", {"type": "stock.changed", "timestamp": "now", "data": {}}, "timestamp"),
    ("event", {"type": "stock.changed", "timestamp": AT}, "data"),
    ("error", {"hello": "world"}, "document"),
    ("error", [], "document"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "place"), WRONG)
def test_a_wrong_document_is_named_at_its_place(kind: str, document: Any, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        read(kind, orjson.dumps(document))
    assert caught.value.place == place


WRONG_XML = [
    ("order-status", ok(), "/Response/Data/@OrderStatus"),
    ("order-status", ok('<Data OrderStatus="Gone"/>'), "/Response/Data/@OrderStatus"),
    ("order-status", error("no"), "/Response"),
    ("stock-level", ok('<Data><SKU Product="A" AvailableQuantity="x"/></Data>'),
     "/Response/Data/SKU[1]/@AvailableQuantity"),
    ("stock-level", ok('<Data><SKU AvailableQuantity="1"/></Data>'), "/Response/Data/SKU[1]/@Product"),
    ("stock-level", ok('<Data><sku Product="A" AvailableQuantity="1" AvailableDate="1 May"/></Data>'),
     "/Response/Data/sku[1]/@AvailableDate"),
    ("sales-order", '<Request RequestType="OrderStatus"/>', "/Request/@RequestType"),
    ("sales-order", '<Request RequestType="MultiNewOrder"/>', "/Request/Data"),
    ("sales-order", '<Request RequestType="MultiNewOrder"><Data OrderNumber="1"/></Request>', "/Request/Data"),
    ("sales-order", ('<Request RequestType="MultiNewOrder"><Data OrderNumber="1" Customer="A" HoldOrder="Perhaps"/>'
     "</Request>"), "/Request/Data/@HoldOrder"),
    ("sales-order", ('<Request RequestType="MultiNewOrder"><Data OrderNumber="1" Customer="A"><OrderLineData '
     'Product="A"/></Data></Request>'), "/Request/Data/lines[0]"),
    ("sales-order", "<Reply/>", "/Reply"),
    ("error", ok(), "/Response"),
    ("stock-item", "<Item/>", "/"),
    ("account", "<a>", "/"),
    ("event", "<!DOCTYPE a><a/>", "/"),
]  # fmt: skip


@pytest.mark.parametrize("wrap", [str.encode, enveloped])
@pytest.mark.parametrize(("kind", "document", "place"), WRONG_XML)
def test_a_wrong_document_of_primas_own_is_named_at_its_place(kind: str, document: str, place: str, wrap: Any) -> None:
    with pytest.raises(DataFault) as caught:
        read(kind, wrap(document))
    assert caught.value.place == place


@pytest.mark.parametrize("kind", sorted(SYSTEM.translations))
@pytest.mark.parametrize("raw", [b"", b"{", b"\xff", b"null", b"7", b'"x"', b"<", b"<a", b"[[]]", b'{"data": 1}'])
def test_what_is_no_document_is_refused(kind: str, raw: bytes) -> None:
    with pytest.raises(DataFault):
        read(kind, raw)


def test_a_fault_is_no_document() -> None:
    raw = soap_fault().body
    assert isinstance(raw, bytes)
    for kind in ("order-status", "stock-level", "sales-order"):
        with pytest.raises(DataFault, match="is a SOAP fault: Not connected"):
            read(kind, raw)
    assert read("error", raw)[0].retryable


def test_several_orders_in_one_request_are_several_orders() -> None:
    data = '<Data OrderNumber="{0}" Customer="C{0}"><OrderLineData Product="P{0}" Quantity="{0}"/></Data>'
    raw = f'<Request RequestType="MultiNewOrder">{data.format(1)}{data.format(2)}</Request>'.encode()
    assert [(one.ref, one.lines[0].native_key) for one in read("sales-order", raw)] == [
        ("1", (("product", "P1"),)), ("2", (("product", "P2"),)),
    ]  # fmt: skip


def test_what_is_read_can_be_said_as_json() -> None:
    assert dumps(read("price-list", orjson.dumps({**LIST, "prices": [PRICE]})))
    assert dumps(read("cancellation", b'{"reason": "x"}'))


def test_an_order_read_back_is_a_sales_order() -> None:
    (found,) = read("sales-order", write_order(ORDER))
    assert isinstance(found, SalesOrder)
    assert (found.ref, found.total, found.shipping.net, found.account_hint) == ("B2B-1", ORDER.total, 5, "FOOT01")


def test_what_the_contract_cannot_say_is_not_written() -> None:
    write = SYSTEM.translations["cancellation"].write
    assert write is not None
    wish = Cancellation(key="c", order_ref="A", lines=(CancelledLine(sku="A", quantity=line().quantity),))
    with pytest.raises(DataFault, match="single lines"):
        write(wish)
