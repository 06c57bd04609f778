"""Documents that cannot be understood are refused at their place, whatever they were taken for."""

from typing import Any

import orjson
import pytest

from crossdock.connectors.orocommerce import SYSTEM
from crossdock.connectors.orocommerce.jsonapi import WireError
from crossdock.model.faults import DataFault
from tests.connectors.orocommerce.orders import line, order, ref

LEVEL: dict[str, Any] = {
    "type": "inventorylevels",
    "id": "301",
    "attributes": {"quantity": "1"},
    "relationships": {"product": ref("products", "5"), "productUnitPrecision": ref("productunitprecisions", "7")},
}
PRODUCT = {"type": "products", "id": "5", "attributes": {"sku": "DRILL-18V"}}


def precision(rate: Any, **relationships: Any) -> dict[str, Any]:
    attributes = {"conversionRate": rate}
    return {"type": "productunitprecisions", "id": "7", "attributes": attributes, "relationships": relationships}


@pytest.mark.parametrize(
    ("kind", "document", "place"),
    [
        ("sales-order", [], "document"),
        ("sales-order", {"data": None}, "data"),
        ("sales-order", {"errors": [{"status": "403", "title": "access denied exception"}]}, "errors"),
        ("sales-order", {"data": {**order(), "id": ""}, "included": [line()]}, "data.id"),
        ("stock-level", {"data": {"type": "products", "id": "1"}}, "data.type"),
        ("stock-level", {"data": {"type": "inventorylevels", "id": "1"}}, "data.relationships.product"),
        ("stock-level", {"data": [LEVEL]}, "included"),
        (
            "stock-level",
            {"data": LEVEL, "included": [PRODUCT, precision(1)]},
            "included[productunitprecisions 7].relationships.unit",
        ),
        (
            "stock-level",
            {"data": LEVEL, "included": [PRODUCT, precision("x", unit=ref("productunits", "box"))]},
            "included[productunitprecisions 7].attributes.conversionRate",
        ),
        (
            "stock-level",
            {"data": LEVEL, "included": [PRODUCT, precision(0, unit=ref("productunits", "box"))]},
            "included[productunitprecisions 7].attributes.conversionRate",
        ),
        ("account", {"data": {"type": "customers", "id": "1"}}, "data.attributes.name"),
        ("account", {"data": [{"type": "users", "id": "1"}]}, "data[0].type"),
        ("despatch", {"data": {"type": "ordershippingtrackings", "id": "1"}}, "data.attributes.method"),
        (
            "despatch",
            {"data": {"type": "ordershippingtrackings", "id": "1", "attributes": {"method": "a", "number": "b"}}},
            "data.relationships.orders",
        ),
        ("error", {"data": {"type": "orders", "id": "1"}}, "data[0].type"),
    ],
)
def test_refused_at_its_place(kind: str, document: Any, place: str) -> None:
    read = SYSTEM.translations[kind].read
    assert read is not None
    with pytest.raises(DataFault) as caught:
        read(orjson.dumps(document))
    assert caught.value.place == place
    assert caught.value.problem


def test_every_bad_order_of_a_list_is_named() -> None:
    rows = [order("1"), order("2", currency="???"), order("3", lines=())]
    read = SYSTEM.translations["sales-order"].read
    assert read is not None
    with pytest.raises(DataFault) as caught:
        read(orjson.dumps({"data": rows, "included": [line()]}))
    assert "data[1].attributes.currency" in str(caught.value)
    assert "data[2].relationships.lineItems" in str(caught.value)


def test_the_errors_of_a_queued_list() -> None:
    attributes = {"status": 400, "title": "form constraint", "detail": "Bad.", "source": {"pointer": "/data/3"}}
    read = SYSTEM.translations["error"].read
    assert read is not None
    rows = [{"type": "asyncoperationerrors", "id": "31-1-1", "attributes": attributes}]
    assert list(read(orjson.dumps({"data": rows}))) == [
        WireError(status=400, title="form constraint", detail="Bad.", place="/data/3")
    ]
