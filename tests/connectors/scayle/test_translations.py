"""Documents that cannot be understood are refused at their place, whatever they were taken for."""

from typing import Any

import orjson
import pytest

from crossdock.connectors.scayle import SYSTEM
from crossdock.connectors.scayle.faults import WireError
from crossdock.model.as_json import dumps
from crossdock.model.faults import DataFault
from tests.connectors.scayle.orders import order


def read(kind: str, document: Any) -> Any:
    reader = SYSTEM.translations[kind].read
    assert reader is not None
    return list(reader(document if isinstance(document, bytes) else orjson.dumps(document)))


@pytest.mark.parametrize(
    ("kind", "document", "place"),
    [
        ("sales-order", b"{", "body"),
        ("sales-order", {"errors": [{"errorKey": "ORDER_NOT_FOUND"}]}, "errors"),
        ("sales-order", {"entities": {}}, "entities"),
        ("sales-order", [order(), None], "[1]"),
        ("sales-order", {"entities": [order(), order(currencyCode="X")]}, "entities[1].currencyCode"),
        ("order-unit", {"id": 1, "price": {}, "variant": {"referenceKey": "A"}}, "currency"),
        ("order-unit", {"id": 1, "price": {}, "currency": "EUR"}, "variant.referenceKey"),
        ("despatch", {}, "shopKey"),
        ("despatch", {"items": [{}]}, "shopKey"),
        ("cancellation", {"shopKey": "a", "countryCode": "DE", "orderId": 1, "items": []}, "items"),
        ("return", {}, "body"),
        ("return", [{"returnKey": "1", "received": "2026-07-10T08:15:00", "returnReason": "x"}], "[0].received"),
        ("billing", {"code": "paid", "reason": "x"}, "code"),
        ("acknowledgement", {"referenceKey": 5}, "referenceKey"),
        ("delegated-order", {"orderId": 1, "items": []}, "fulfillingMerchantKey"),
        ("cancellation-wish", {}, "orderReferenceKey"),
        ("stock-level", {"entities": [{"quantity": "3", "warehouseReferenceKey": "a"}]}, "entities[0].quantity"),
        ("stock-level", {"quantity": 3.0, "warehouseReferenceKey": "a"}, "quantity"),
        ("stock-level", {"quantity": 3, "warehouseReferenceKey": "a", "expectedAvailabilityAt": "x"},
         "expectedAvailabilityAt"),
        ("product", {"id": 1, "state": "odd", "variants": []}, "state"),
        ("product", {"id": 1, "variants": [{"id": 2}, []]}, "variants[1]"),
        ("product", {"id": 1, "variants": [{"attributes": [{"name": "a", "type": "localizedString", "value": 3}]}]},
         "variants[0].attributes[0].value"),
        ("price-list", {"price": 80, "tax": 19, "countryCode": "DE", "currencyCode": "E"}, "currencyCode"),
        ("price-list", {"price": -1, "tax": 19, "countryCode": "DE", "currencyCode": "EUR"}, "price"),
        ("price-list", {"price": 0.8, "tax": "19", "countryCode": "DE", "currencyCode": "EUR"}, "price"),
        ("custom-data", [1], "body"),
        ("address", {"countryCode": "DEUTSCHLAND"}, "countryCode"),
        ("error", {"errors": []}, "errors"),
        ("warehouse", {"entities": [{"id": 1}]}, "entities[0].referenceKey"),
        ("bulk-status", {"status": "new"}, "key"),
        ("voucher", {"type": "relative", "value": "0.1"}, "value"),
    ],
)  # fmt: skip
def test_refused_at_its_place(kind: str, document: Any, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        read(kind, document)
    assert caught.value.place == place
    assert caught.value.problem


def test_every_bad_order_of_a_list_is_named() -> None:
    with pytest.raises(DataFault) as caught:
        read("sales-order", {"entities": [order(), order(currencyCode="?"), order(items=[])]})
    assert "entities[1].currencyCode" in str(caught.value)
    assert "entities[2].items" in str(caught.value)


def test_an_error_body_with_and_without_context() -> None:
    entry = {"errorKey": "VARIANT_NOT_FOUND", "message": "No such variant.", "context": {"id": 7}}
    assert read("error", {"errors": [entry, {**entry, "context": []}]}) == [
        WireError(key="VARIANT_NOT_FOUND", message="No such variant.", context=(("id", "7"),)),
        WireError(key="VARIANT_NOT_FOUND", message="No such variant."),
    ]


def test_no_password_comes_out_of_a_subscription_or_a_merchant() -> None:
    subscription = {
        "id": 1, "url": "https://hook:pa55@x.example/y", "auth": {"username": "hook", "password": "s3cret"},
        "customHeaders": {"X-Key": "h3ader"},
    }  # fmt: skip
    merchant = {"referenceKey": "north", "orderDelegationUrl": "https://hook:pa55@x.example/o", "cancellationUrl": None}
    printed = dumps([read("webhook-subscription", subscription), read("merchant", merchant)]).decode()
    assert not [secret for secret in ("pa55", "s3cret", "h3ader") if secret in printed]
    assert "https://x.example/y" in printed


def test_an_empty_map_of_phps_is_empty_custom_data() -> None:
    assert read("custom-data", b"[]") == []
