"""Webhooks: who is told what, in which envelope, and what becomes of deliveries that fail."""

import base64
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.sandbox.scayle_caller import Caller, Listener, listening, shop

ADMIN = "/webhooks/subscriptions"
PRODUCER = "/webhooks/producers/checkout/subscriptions"


@contextlib.asynccontextmanager
async def hooked(*events: str, **settings: Any) -> AsyncIterator[tuple[Caller, Listener]]:
    """A shop that tells a listener of these events, each on a path of its own."""
    async with listening() as listener, shop(**settings) as caller:
        for event in events:
            answer = await caller.post(ADMIN, {"event": event, "version": 2, "url": f"{listener.url}/{event}"})
            assert answer.status == 201, answer.text
        yield caller, listener


async def settled(caller: Caller, seconds: float = 0) -> None:
    await caller.act("pass_time", seconds=seconds)


async def test_the_way_of_an_order_in_events() -> None:
    names = (
        "order-confirmed", "order-delegated", "order-package-shipped", "order-partially-invoiced", "payment-capture",
        "order-invoiced", "order-item-returned", "order-corrective-invoiced", "payment-refund",
    )  # fmt: skip
    async with hooked(*names) as (caller, listener):
        order = await caller.order()
        await settled(caller, 61)
        await caller.ship(order)
        await settled(caller)
        await caller.act("return_units", order=order["id"], sku="HP-1001", quantity=1)
        await settled(caller)
        heard = [path.removeprefix("/") for path, _, _ in listener.received]
        assert sorted(heard) == sorted(names)
        bodies = dict(zip(heard, listener.bodies, strict=True))
        assert bodies["payment-capture"]["payload"]["transaction"]["operationStatus"] == "successful"
        assert {uuid.UUID(body["key"]).version for body in listener.bodies} == {4}
        assert len({body["key"] for body in listener.bodies}) == len(names)


async def test_cancellations_and_their_old_spelling() -> None:
    async with hooked("order-cancelled", "order-item-cancelled") as (caller, listener):
        order = await caller.order()
        await caller.act("cancel_units", order=order["id"])
        await settled(caller)
        assert {body["type"] for body in listener.bodies} == {"order-cancelled", "order-item-cancelled"}
    async with hooked("order-canceled", "order-item-canceled", old_spellings=True) as (caller, listener):
        order = await caller.order()
        await caller.act("cancel_units", order=order["id"])
        await settled(caller)
        assert {body["type"] for body in listener.bodies} == {"order-canceled", "order-item-canceled"}
        assert (await caller.post(ADMIN, {"event": "order-cancelled", "url": listener.url})).status == 404


async def envelope(how: str, event: str) -> tuple[Any, Any]:
    async with hooked(event, webhook_envelope=how) as (caller, listener):
        order = await caller.order(country="DE")
        if event == "order-package-shipped":
            await caller.ship(order)
        await settled(caller)
        return listener.bodies[0], order


async def test_the_typed_envelope() -> None:
    body, order = await envelope("usual", "order-confirmed")
    assert list(body) == ["key", "type", "version", "occurredAt", "meta", "payload"]
    assert (body["type"], body["version"], body["meta"]["tenantKey"]) == ("order-confirmed", 2, "harbour")
    assert body["payload"]["id"] == order["id"]
    assert set(order) <= set(body["payload"])


async def test_the_locale_envelope_has_no_type_and_calls_the_data_custom_data() -> None:
    body, order = await envelope("locale", "order-confirmed")
    assert list(body) == ["key", "occurredAt", "locale", "payload"]
    assert body["locale"] == {"appId": 1002, "countryCode": "DEU", "currencyCode": "EUR", "languageCode": "de_DE"}
    assert (body["payload"]["id"], body["payload"]["customData"]) == (order["id"], [])


async def test_the_nested_envelope_names_the_items() -> None:
    body, order = await envelope("usual", "order-package-shipped")
    assert (list(body), list(body["meta"])) == (["key", "type", "occurredAt", "meta", "payload"], ["xRequestId"])
    assert body["payload"]["order"]["id"] == order["id"]
    assert [item["id"] for item in body["payload"]["items"]] == [item["id"] for item in order["items"]]


async def test_envelopes_may_be_mixed_and_payloads_thin() -> None:
    async with hooked("order-confirmed", webhook_envelope="mixed", webhook_payload="thin") as (caller, listener):
        for _ in range(3):
            await caller.order()
        await settled(caller)
        locale, nested, typed = listener.bodies
        assert (set(locale["payload"]), "locale" in locale) == ({"id", "status"}, True)
        assert set(nested["payload"]) == {"order"}
        assert (set(typed["payload"]), typed["version"]) == ({"id", "status"}, 2)


async def test_nothing_is_signed_and_basic_auth_is_masked_on_read() -> None:
    async with hooked() as (caller, listener):
        url = listener.url.replace("://", "://foo:bar@") + "/x"
        made = await caller.post(ADMIN, {"event": "order-confirmed", "version": 1, "url": url})
        assert made.json["url"] == listener.url.replace("://", "://***:***@") + "/x"
        assert (await caller.get(f"{ADMIN}/{made.json['id']}")).json == made.json
        await caller.order()
        await settled(caller)
        headers = listener.received[0][1]
        assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"foo:bar"
        assert not [name for name in headers if "sign" in name.lower() or "hmac" in name.lower()]


async def test_duplicates_losses_and_another_order() -> None:
    async with hooked("order-confirmed") as (caller, listener):
        await caller.fault(kind="duplicate_webhook", count=1)
        await caller.order()
        await settled(caller)
        assert listener.bodies[0] == listener.bodies[1]
        await caller.fault(kind="lose_webhook", match="WEBHOOK order-confirmed", count=1)
        await caller.order()
        await settled(caller)
        assert len(listener.received) == 2
        await caller.fault(kind="reorder_webhooks", count=1)
        third, fourth = await caller.order(), await caller.order()
        await settled(caller)
        assert [body["payload"]["id"] for body in listener.bodies[2:]] == [fourth["id"], third["id"]]
        await caller.fault(kind="reorder_webhooks", count=1)
        fifth = await caller.order()
        assert (await caller.act("release_webhooks"))["sent"] == 1
        await settled(caller)
        assert listener.bodies[-1]["payload"]["id"] == fifth["id"]


async def test_a_message_can_be_repeated_or_raised_for_no_reason() -> None:
    async with hooked("order-confirmed", "order-item-out-of-stock") as (caller, listener):
        order = await caller.order()
        await settled(caller)
        key = listener.bodies[0]["key"]
        await caller.act("repeat_webhook", key=key)
        await settled(caller)
        assert listener.bodies[1] == listener.bodies[0]
        item = order["items"][1]["id"]
        told = await caller.act("send_webhook", order=order["id"], event="order-item-out-of-stock", items=[item])
        await settled(caller)
        assert [listener.bodies[2]["key"]] == told["keys"]
        assert [one["id"] for one in listener.bodies[2]["payload"]["items"]] == [item]


async def test_failed_deliveries_are_tried_again() -> None:
    async with hooked("order-confirmed", webhook_retry_seconds=[1, 4]) as (caller, listener):
        listener.answers = [(500, ""), (404, ""), (204, "")]
        await caller.order()
        await settled(caller, 10)
        assert len(listener.received) == 3
        log = (await caller.state())["deliveries"]
        assert [(one["attempt"], one["outcome"]) for one in log] == [(1, 500), (2, 404), (3, 204)]


async def test_a_listener_that_keeps_failing_is_suspended_then_disabled() -> None:
    knobs = {"webhook_suspend_after": 2, "webhook_max_suspensions": 1, "webhook_suspend_seconds": 100}
    async with listening() as listener, shop(**knobs, webhook_retry_seconds=[]) as caller:
        body = {
            "eventName": "order-confirmed",
            "url": f"{listener.url}/p",
            "target": {"companyId": 1, "shopCountryId": 1001},
        }
        path = f"{PRODUCER}/{(await caller.post(PRODUCER, body)).json['id']}"
        listener.answers = [(500, "")]
        for _ in range(3):
            await caller.order()
            await settled(caller)
        assert len(listener.received) == 2
        assert "suspendedUntil" in (await caller.get(path)).json
        await settled(caller, 101)  # the third was held back until now, and fails
        assert len(listener.received) == 3
        await caller.order()
        await settled(caller)
        row = (await caller.get(path)).json
        assert (row["enabled"], row["disabledReason"]) == (False, "max_suspensions")
        await caller.order()
        await settled(caller, 500)
        assert len(listener.received) == 4
        listener.answers = [(200, "")]
        again = await caller.put(path, {**body, "enabled": True})
        assert (again.json["enabled"], again.json["disabledReason"]) == (True, None)
        await caller.order()
        await settled(caller)
        assert len(listener.received) == 5


async def test_producer_subscriptions_bring_auth_and_headers() -> None:
    async with listening() as listener, shop() as caller:
        body = {
            "eventName": "order-confirmed", "url": f"{listener.url}/p", "externalId": "ext-1",
            "target": {"companyId": 1, "shopCountryId": 1001}, "auth": {"username": "u", "password": "p"},
            "customHeaders": {"X-Integration-Id": "acme"}, "rpm": 60, "email": "ops@consumer.example",
        }  # fmt: skip
        made = await caller.post(PRODUCER, body)
        assert (made.status, made.json["auth"]) == (201, {"username": "u", "password": "p"})
        assert (await caller.post(PRODUCER, body)).status == 409
        assert [one["id"] for one in (await caller.get(PRODUCER)).entities] == [made.json["id"]]
        assert (await caller.get("/webhooks/producers/checkout/events?limit=1")).json["cursor"]["next"] is not None
        await caller.order()
        await settled(caller)
        headers = listener.received[0][1]
        assert headers["X-Integration-Id"] == "acme"
        assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"u:p"
        assert (await caller.get(f"{ADMIN}/{made.json['id']}")).status == 404
        assert (await caller.call("DELETE", f"{PRODUCER}/{made.json['id']}")).status == 204


async def test_filters_by_merchant() -> None:
    async with hooked(partner_skus=["HP-1002"]) as (caller, listener):
        for path, keys in (("in", {"include": ["partner"]}), ("out", {"exclude": ["partner"]})):
            body = {"event": "order-confirmed", "version": 1, "url": f"{listener.url}/{path}"}
            made = await caller.post(ADMIN, {**body, "filters": [{"merchantReferenceKeys": keys}]})
            assert made.json["filters"] == [{"merchantReferenceKeys": keys}]
        await caller.order(lines=[{"sku": "HP-1001"}])
        await caller.order(lines=[{"sku": "HP-1002"}])
        await settled(caller)
        found = [(path, body["payload"]["items"][0]["variant"]["referenceKey"]) for path, _, body in listener.received]
        assert sorted(found) == [("/in", "HP-1002"), ("/out", "HP-1001")]
        first = (await caller.get(ADMIN)).entities[0]["id"]
        edit = {"include": {"add": ["default"], "remove": ["partner"]}}
        changed = await caller.call("PATCH", f"{ADMIN}/{first}", {"filters": [{"merchantReferenceKeys": edit}]})
        assert changed.json["filters"] == [{"merchantReferenceKeys": {"include": ["default"]}}]


async def test_stock_writes_come_back_as_events() -> None:
    async with hooked("product-variant-stock-updated", "product-variant-prices-updated") as (caller, listener):
        body = {"quantity": 4, "warehouseReferenceKey": "MAIN-WAREHOUSE", "changedAt": "2026-07-01T09:30:00+00:00"}
        await caller.post("/variants/key%3DHP-1001/stocks", body)
        await caller.post("/variants/key%3DHP-1001/stocks", {**body, "changedAt": "2026-06-01T09:30:00+00:00"})
        await settled(caller)
        (heard,) = listener.bodies  # the stale one changed nothing
        assert heard["payload"]["productVariant"]["referenceKey"] == "HP-1001"
        assert (heard["payload"]["quantity"], heard["payload"]["merchantReferenceKey"]) == (4, "default")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"event": "order-created", "version": 1, "url": "http://h.example"}, 404),
        ({"event": "order-confirmed", "version": 9, "url": "http://h.example"}, 404),
        ({"event": "order-confirmed", "version": 1, "url": "h.example"}, 400),
        ({"event": "order-confirmed", "version": 1}, 400),
    ],
)
async def test_refused_subscriptions(body: dict[str, Any], status: int) -> None:
    async with shop() as caller:
        assert (await caller.post(ADMIN, body)).status == status
        names = {one["event"] for one in (await caller.get("/webhooks/events")).entities}
        assert "order-created" not in names


async def test_an_unsubscribed_listener_hears_no_more() -> None:
    async with hooked("order-confirmed") as (caller, listener):
        id_ = (await caller.get(ADMIN)).entities[0]["id"]
        moved = await caller.call("PATCH", f"{ADMIN}/{id_}", {"url": f"{listener.url}/moved"})
        assert moved.json["url"] == f"{listener.url}/moved"
        assert (await caller.call("DELETE", f"{ADMIN}/{id_}")).status == 204
        await caller.order()
        await settled(caller)
        assert listener.received == []
