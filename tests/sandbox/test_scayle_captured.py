"""Our bodies against the vendor's own SDK: its paths, its models, its request bodies.

The SDK's response bodies are illustrations; its models say which fields there are and of what type.
"""

import re
from typing import Any

import pytest

from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.scayle import ScayleSimulator
from tests.sandbox.scayle_caller import FIXTURES, GB, Caller, fixture, listening, shop

Models = dict[str, dict[str, str]]
PLAIN: dict[str, Any] = {
    "Integer": int, "String": str, "Boolean": bool, "Double": (int, float), "java.time.Instant": str,
    "Map<String, Object>": (dict, list), "Map<String, String>": dict, "Object": object,
}  # fmt: skip
LOOSE = {
    "OrderDetailedStatus.order": "OrderDetailedStatusItem", "OrderDetailedStatus.billing": "OrderDetailedStatusItem",
    "OrderDetailedStatus.shipping": "OrderDetailedStatusItem",
}  # fmt: skip


def models() -> Models:
    raw = fixture("models-from-java-sdk.json")
    return {name: {one[0]: one[1] for one in fields} for name, fields in raw.items() if isinstance(fields, list)}


def check(value: Any, type_: str, known: Models, where: str) -> None:
    """Every field is one of the model's, and of its type. Null is nothing."""
    if value is None:
        return
    if inner := re.fullmatch(r"List<(.+)>", type_):
        assert isinstance(value, list), where
        for number, one in enumerate(value):
            check(one, inner[1], known, f"{where}[{number}]")
    elif known.get(type_):
        assert isinstance(value, dict), f"{where}: {value!r} is no {type_}"
        for name, one in value.items():
            assert name in known[type_], f"{where}.{name} is no field of {type_}"
            check(one, LOOSE.get(f"{type_}.{name}", known[type_][name]), known, f"{where}.{name}")
    else:
        wanted = PLAIN.get(type_, object)
        assert isinstance(value, wanted), f"{where}: {value!r} is no {type_}"
        assert wanted is not int or not isinstance(value, bool), where


def test_every_path_is_one_of_the_sdks() -> None:
    path = FIXTURES / "endpoints-from-java-sdk.tsv"
    if not path.exists():
        pytest.skip("the vendor's list of paths is not at hand")
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]]
    known = {(row[2], re.sub(r"{[^}]+}", "{}", row[3])) for row in rows}
    router = ScayleSimulator(build_estate(items=5)).router
    ours = {
        (route.method, re.sub(r"{[^}]+}", "{}", route.template))
        for routes in router._by_length.values()
        for route in routes
    }
    assert len(ours) > 60
    assert ours <= known, sorted(ours - known)


READS = [
    ("/products?limit=3", "Product"), ("/products/key%3DHP-1001/variants", "ProductVariant"),
    ("/variants/key%3DHP-1007/prices", "ProductVariantPrice"), ("/shops", "Shop"), ("/merchants", "Merchant"),
    ("/variants/key%3DHP-1001/stocks", "ProductVariantStock"), ("/shops/hp/countries", "ShopCountry"),
    ("/warehouses", "Warehouse"),
    ("/companies", "Company"), ("/companies/1/channels", "Channel"), ("/carriers", "Carrier"),
    (f"{GB}/customers", "Customer"), (f"{GB}/customers/101/addresses", "CustomerAddress"),
    ("/webhooks/events", "WebhookEvent"), ("/webhooks/producers/checkout/events?limit=2", "WebhookProducerEvent"),
    (f"{GB}/vouchers", "Voucher"), (f"{GB}/orders?with=legacyCustomData,items.legacyCustomData", "Order"),
]  # fmt: skip


async def busy(caller: Caller) -> int:
    """An order that has been through everything. Returns its id."""
    order = await caller.order(
        lines=[{"sku": "HP-1007", "quantity": 3}, {"sku": "HP-1001"}], voucher="FIVE", guest=True, gift_card=100,
        campaign={"key": "c", "percent": 5}, promotion={"code": "P", "percent": 5}, channel="market-de", payment_fee=50,
    )  # fmt: skip
    first, second, third, _ = (item["id"] for item in order["items"])
    await caller.act("delegate_now", order=order["id"])
    await caller.ship(order, first, second, returnIdentCode="R")
    await caller.act("cancel_units", order=order["id"], items=[third])
    await caller.act("return_units", order=order["id"], items=[first])
    return int(order["id"])


async def test_a_field_nobody_documents_is_noticed() -> None:
    known = models()
    async with shop(extra_fields=True) as caller:
        with pytest.raises(AssertionError, match=r"Order\.items.*isEffective is no field of OrderReduction"):
            check(await caller.order(voucher="TENPERCENT"), "Order", known, "Order")


@pytest.mark.parametrize(("path", "model"), READS)
async def test_what_is_read_fits_the_model(path: str, model: str) -> None:
    known = models()
    async with shop(extra_fields=False) as caller:
        await busy(caller)
        await caller.order(external_prices=True)
        rows = (await caller.get(path)).entities
        assert rows
        for row in rows:
            check(row, model, known, model)


async def test_an_orders_papers_and_status_fit_their_models() -> None:
    known, enums = models(), fixture("enums-from-java-sdk.json")
    async with shop() as caller:
        path = f"{GB}/orders/{await busy(caller)}"
        status = (await caller.get(f"{path}/status")).json
        check(status, "OrderStatus", known, "status")
        assert status["status"] in enums["OrderStatusEnum"]
        invoices = (await caller.get(f"{path}/invoices")).entities
        for row in invoices:
            check(row, "OrderInvoice", known, "invoice")
            assert row["type"] in enums["InvoiceType"]
        documents = (await caller.get(f"{path}/documents")).entities
        assert {len(invoices), len(documents)} == {2}
        for row in documents:
            check(row, "OrderDocument", known, "document")
            assert row["format"] in enums["OrderDocumentFormat"]


async def test_writes_fit_their_models() -> None:
    known = models()
    async with listening() as listener, shop() as caller:
        subscription = {"event": "order-confirmed", "version": 1, "url": listener.url}
        check((await caller.post("/webhooks/subscriptions", subscription)).json, "WebhookSubscription", known, "hook")
        producer = fixture("WebhookProducerCreateSubscriptionRequest.json")
        made = await caller.post("/webhooks/producers/checkout/subscriptions", producer)
        assert made.status == 201
        check(made.json, "WebhookProducerSubscription", known, "producer")
        assert set(fixture("WebhookProducerCreateSubscriptionResponse.json")) == set(made.json)
        bulk = fixture("ProductVariantStockCreateBulkRequestRequest.json")
        key = (await caller.post("/variants/stocks/bulk-requests", bulk)).json["key"]
        check((await caller.get(f"/bulk-requests/{key}/status")).json, "BulkRequestStatus", known, "bulk")
        name = bulk["operations"][0]["key"]
        operation = (await caller.get(f"/bulk-requests/{key}/operations/{name}/status")).json
        check(operation, "BulkOperationStatus", known, "operation")
        assert set(operation) == set(fixture("BulkOperationStatusGetResponse.json"))
        assert operation["response"]["statusCode"] == 404  # its variant is none of ours
        rows = fixture("ReservationCreateRequest.json")
        for row in (await caller.post("/reservations", rows)).entities:
            check(row, "Reservation", known, "reservation")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("ProductVariantStockCreate", "/variants/key%3DHP-1001/stocks"),
        ("ProductVariantPriceCreate", "/variants/key%3DHP-1001/prices"),
        ("WarehouseCreate", "/warehouses"),
        ("CarrierCreate", "/carriers"),
        ("WebhookSubscriptionCreate", "/webhooks/subscriptions"),
    ],
)
async def test_the_sdks_own_requests_are_taken(name: str, path: str) -> None:
    sent, shown = fixture(f"{name}Request.json"), fixture(f"{name}Response.json")
    async with shop() as caller:
        await caller.post("/warehouses", {"referenceKey": "myWarehouse"})
        await caller.post("/merchants/1/warehouses/key%3DmyWarehouse")
        renamed = {"merchant-1": "default", "DHL_STD_NATIONAL": "DHL_NEW"}
        sent = {key: renamed.get(value, value) if isinstance(value, str) else value for key, value in sent.items()}
        if "expectedAvailabilityAt" in sent:  # the vendor's lies in the past, which the vendor refuses
            sent["expectedAvailabilityAt"] = "2999-01-01"
        answer = await caller.post(path, sent)
        assert answer.status == 201, answer.text
        assert set(shown) <= set(answer.json)
        for field in set(sent) & set(answer.json) - {"url", "changedAt"}:
            assert answer.json[field] == sent[field]


async def test_the_sdks_parcels_cancellations_and_returns_are_taken() -> None:
    names = ("ShipmentCreate", "CancellationSend", "ReturnItemSend")
    parcel, cancellation, returns = (fixture(f"{name}Request.json") for name in names)
    async with shop(known_carriers_only=False) as caller:
        order = await caller.order()
        first, second = (item["id"] for item in order["items"])
        parcel["orderId"], parcel["items"][0]["orderItemId"] = order["id"], first
        assert (await caller.post("/fulfillment/shipments", parcel)).status == 204
        returns[0]["returnKey"] = parcel["items"][0]["returnKey"]
        assert (await caller.post("/fulfillment/return-items", returns[:1])).status == 204
        cancellation["orderId"], cancellation["items"][0]["orderItemId"] = order["id"], second
        assert (await caller.post("/fulfillment/cancellations", cancellation)).status == 204
        items = (await caller.read(order))["items"]
        assert ("returnedAt" in items[0], "cancelledAt" in items[1]) == (True, True)


async def test_an_order_has_what_the_sdks_order_has() -> None:
    """Not every field of the illustration; but each of its parts that an ordinary order has."""
    shown = fixture("OrderGetResponse.json")
    async with shop() as caller:
        order = (await caller.get(f"{GB}/orders/{await busy(caller)}?with=legacyCustomData")).json
        assert set(shown) - {"referenceKey", "contacts"} <= set(order)
        assert set(shown["cost"]) <= set(order["cost"])
        price = set(shown["items"][0]["price"]) - {"overrideWithTax", "overrideWithoutTax"}
        assert price <= set(order["items"][0]["price"])
        assert set(shown["shopCountry"]) == set(order["shopCountry"])
        assert set(shown["shipping"]) == set(order["shipping"])
        assert set(shown["packages"][0]) <= {name for package in order["packages"] for name in package}
        assert order["detailedStatus"]["billing"]["name"] == "Teilweise erstattet"
