"""The Event Platform: managing subscriptions, what is delivered, how it is signed, retried and suspended."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sandbox.akeneo_caller import Answer, Caller, Listener, listening, pim, settled

PREFIX = "com.akeneo.pim.v1."


def signature(secret: bytes, raw: bytes) -> str:
    return hmac.new(secret, raw, hashlib.sha256).hexdigest()


async def manage(caller: Caller, method: str, path: str, body: Any = None, **changes: str) -> Answer:
    headers = {"X_PIM_URL": caller.url, "X_PIM_TOKEN": caller.token, "X_PIM_CLIENT_ID": "crossdock", **changes}
    raw = None if body is None else json.dumps(body).encode()
    return await caller.call(method, f"/api/v1/subscribers{path}", raw, **headers)


async def subscribe(caller: Caller, listener: Listener, *events: str, **more: Any) -> str:
    types = [PREFIX + one for one in events or ("product.created", "product.updated", "product.deleted")]
    return str((await caller.act("subscribe", url=listener.url, events=types, **more))["subscription"])


def contact(**more: Any) -> dict[str, Any]:
    return {"name": "o2c", "contact": {"technical_email": "ops@norrsken.example", **more}}


def subscription(url: str, **more: Any) -> dict[str, Any]:
    return {
        "source": "pim", "subject": "https://pim.norrsken.example", "type": "https",
        "events": [f"{PREFIX}product.updated"],
        "config": {"url": url, "secret": {"primary": "one", "secondary": "two"}}, **more,
    }  # fmt: skip


async def test_subscribing_over_the_wire() -> None:
    async with listening() as (caller, listener):
        made = await manage(caller, "POST", "", contact())
        assert (made.status, made.json["status"], made.json["subject"]) == (201, "active", caller.url)
        here = f"/{made.json['id']}/subscriptions"
        config = {**subscription(listener.url)["config"], "headers": {"X-Route": "blue"}}
        one = await manage(caller, "POST", here, subscription(listener.url, config=config))
        assert one.status == 201
        assert one.json["config"] == {"url": listener.url, "headers": {"X-Route": "***"}}
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await listener.wait(1)
        headers, raw = listener.received[0]
        assert headers["X-AKENEO-SIGNATURE-PRIMARY"] == signature(b"one", raw)
        assert headers["X-AKENEO-SIGNATURE-SECONDARY"] == signature(b"two", raw)
        assert (headers["X-AKENEO-SIGNATURE-ALGORITHM"], headers["X-Route"]) == ("HmacSHA256", "blue")
        item = f"{here}/{one.json['id']}"
        assert (await manage(caller, "POST", f"{item}/suspend")).json["status"] == "suspended"
        assert (await manage(caller, "POST", f"{item}/resume")).json["status"] == "active"
        changed = await manage(caller, "PATCH", item, {"config": {"secret": {"primary": "new", "secondary": "one"}}})
        assert changed.json["config"]["url"] == listener.url
        assert [row["id"] for row in (await manage(caller, "GET", here)).json] == [one.json["id"]]
        assert (await manage(caller, "DELETE", item)).status == 204
        assert (await manage(caller, "GET", item)).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": [f"{PREFIX}product.removed"]},
        {"events": []},
        {"type": "carrier pigeon"},
        {"source": "erp"},
        {"config": {"url": "http://x"}},
        {"filter": 'colour="red"'},
        {"config": {"url": "http://x", "secret": {"primary": "x"}, "headers": {"Authorization": "x"}}},
        {"config": {"url": "http://x", "secret": {"primary": "x"}, "headers": {f"X-{n}": "x" for n in range(6)}}},
    ],
)
async def test_subscriptions_that_may_not_be(wrong: dict[str, Any]) -> None:
    async with pim() as caller:
        id_ = (await manage(caller, "POST", "", contact())).json["id"]
        answer = await manage(caller, "POST", f"/{id_}/subscriptions", subscription("http://x", **wrong))
        assert answer.status == 422, answer.text


async def test_three_headers_on_every_call_and_saas_only() -> None:
    async with pim() as caller:
        assert (await manage(caller, "GET", "", X_PIM_TOKEN="")).status == 401
        assert (await manage(caller, "GET", "", X_PIM_TOKEN="strange")).status == 401
        assert (await manage(caller, "GET", "", X_PIM_CLIENT_ID="other")).status == 401
        assert (await manage(caller, "GET", "")).json == []
        twenty = [(await manage(caller, "POST", "", contact())).status for _ in range(21)]
        assert twenty == [201] * 20 + [422]
    for settings in ({"edition": "paas"}, {"platform_allowed": False}):
        async with pim(**settings) as caller:
            assert (await manage(caller, "GET", "")).status == 403


async def test_an_event_names_its_product_and_its_author() -> None:
    async with listening() as (caller, listener):
        id_ = await subscribe(caller, listener, "product.updated", primary="p")
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        (event,) = await listener.wait(1)
        headers, raw = listener.received[0]
        assert set(event) == {
            "specversion", "id", "source", "type", "subject", "datacontenttype", "dataschema", "time", "data",
        }  # fmt: skip
        assert (event["specversion"], event["source"], event["subject"]) == ("1.0", "akeneo-event-platform", id_)
        assert event["data"] == {
            "product": {"uuid": await caller.uuid("HP-1000")},
            "author": {"identifier": "57616f6f-1a4d-490e-bc23-c5877d2b30d9", "type": "user"},
        }
        assert headers["X-AKENEO-SIGNATURE-PRIMARY"] == signature(b"p", raw)
        assert "X-AKENEO-SIGNATURE-SECONDARY" not in headers


async def test_a_delta_says_from_what_to_what() -> None:
    async with listening() as (caller, listener):
        await subscribe(caller, listener, "product.updated.delta", send_product_identifier=True)
        name = (await caller.product("HP-1000"))["values"]["name"][1]["data"]
        body = {
            "enabled": False, "categories": ["safety", "tools"],
            "values": {"name": [{"locale": "en_GB", "scope": None, "data": "New"}]},
        }  # fmt: skip
        assert (await caller.patch("/products/HP-1000", body)).status == 204
        (event,) = await listener.wait(1)
        product = event["data"]["product"]
        assert product["identifier"] == "HP-1000"
        assert product["updated_at"]["timezone"] == "UTC"
        assert product["changes"] == {
            "enabled": {"previous": True, "new": False},
            "categories": {"added": ["safety"], "removed": ["print_spring"]},
            "values": {"name": [
                {"previous": name, "new": "New", "type": "pim_catalog_text", "locale": "en_GB", "scope": None}
            ]},
        }  # fmt: skip
        assert event["data"]["author"] == {"identifier": "crossdock", "type": "api"}


async def test_models_are_not_fanned_out_but_completeness_is() -> None:
    async with listening() as (caller, listener):
        await subscribe(caller, listener, "product.updated", "product-model.updated", "product.became-incomplete")
        await caller.act("edit_model_value", model="OSLO", attribute="commodity_code", value=None)
        events = await listener.wait(5)
        types = [event["type"].removeprefix(PREFIX) for event in events]
        assert types == ["product-model.updated"] + ["product.became-incomplete"] * 4
        assert events[0]["data"]["product_model"] == {"code": "OSLO"}
        assert "author" not in events[1]["data"]
        places = events[1]["data"]["product"]["incomplete_on"]
        assert {"locale": "en_GB", "scope": "ecommerce"} in places


async def test_structure_events_and_deletions() -> None:
    async with listening() as (caller, listener):
        kinds = ("category.deleted", "attribute-option.created", "product.deleted", "family.updated", "asset.updated")
        await subscribe(caller, listener, *kinds, send_product_identifier=True)
        await caller.act("delete_category", category="safety")
        await caller.act("add_option", attribute="size", option="XL")
        await caller.act("delete_product", product="HP-1000")
        await caller.act("require_attributes", family="handles", channel="print", attributes=["name", "price"])
        await caller.act("replace_asset", asset="oslo_front", filename="x.png")
        events = await listener.wait(5)
        assert [event["type"].removeprefix(PREFIX) for event in events] == list(kinds)
        assert events[1]["data"]["attribute_option"] == {"code": "XL", "attribute": {"code": "size"}}
        assert events[2]["data"]["product"]["identifier"] == "HP-1000"


async def test_a_filter_lets_through_what_it_names() -> None:
    async with listening() as (caller, listener):
        await subscribe(caller, listener, "product.updated.delta", filter='attribute="price" and not user_type="api"')
        await caller.act("edit_value", product="HP-1000", attribute="ean", value="1")
        price = {"values": {"price": [{"locale": None, "scope": None, "data": [{"amount": 1, "currency": "GBP"}]}]}}
        assert (await caller.patch("/products/HP-1000", price)).status == 204
        await caller.act("edit_many", count=1, seed=3, attribute="price")
        (event,) = await listener.wait(1)
        assert list(event["data"]["product"]["changes"]["values"]) == ["price"]
        assert event["data"]["author"]["type"] == "user"
        assert len(caller.simulator.office.platform.messages) == 1


async def test_failures_are_sent_again_after_5_10_and_20_minutes_then_dropped() -> None:
    async with listening() as (caller, listener):
        await subscribe(caller, listener)
        listener.statuses = [500, 503, 429, 500]
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        for minutes, count in ((5, 1), (10, 2), (20, 3)):
            assert len(await settled(caller, count)) == count
            await caller.act("pass_time", seconds=minutes * 60 - 30)
            assert len(listener.received) == count
            await caller.act("pass_time", seconds=31)
            await listener.wait(count + 1)
        log = await settled(caller, 5)
        assert [one["outcome"] for one in log] == [500, 503, 429, 500, "dropped"]
        assert len({one["event_id"] for one in log}) == 1
        await caller.act("pass_time", seconds=7200)
        assert len(listener.received) == 4


@pytest.mark.parametrize("status", [404, 301])
async def test_a_404_or_a_redirect_suspends_at_once_and_events_are_lost(status: int) -> None:
    async with listening() as (caller, listener):
        id_ = await subscribe(caller, listener)
        listener.statuses = [status]
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await settled(caller, 1)
        (held,) = (await caller.state())["event_platform"]["subscriptions"]
        assert held["status"] == "suspended"
        await caller.act("set_enabled", product="HP-1000", enabled=True)
        await caller.act("resume_subscription", subscription=id_)
        await caller.act("set_enabled", product="HP-1001", enabled=False)
        events = await listener.wait(2)
        assert events[1]["data"]["product"]["uuid"] == await caller.uuid("HP-1001")
        assert len(listener.received) == 2


async def test_fewer_than_nine_in_ten_suspends() -> None:
    async with listening(platform_success_sample=4) as (caller, listener):
        await subscribe(caller, listener)
        listener.statuses = [200, 200, 200, 500]
        for number in range(4):
            await caller.act("set_enabled", product=f"HP-100{number}", enabled=False)
        await settled(caller, 4)
        (held,) = (await caller.state())["event_platform"]["subscriptions"]
        assert held["status"] == "suspended"
        (notice,) = (await caller.state())["event_platform"]["notices"]
        assert notice["notification_type"] == "subscription.suspended.system"
        assert notice["reason"].startswith("3 of 4 deliveries")


async def test_slow_answers_count_as_failures() -> None:
    async with listening(platform_timeout_seconds=0.05) as (caller, listener):
        await subscribe(caller, listener)
        listener.hold_seconds = 0.5
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        (entry,) = await settled(caller, 1)
        assert "Timeout" in entry["outcome"]


async def test_secrets_are_rotated_with_the_old_one_as_second() -> None:
    async with listening() as (caller, listener):
        id_ = await subscribe(caller, listener, primary="old")
        await caller.act("rotate_secrets", subscription=id_, primary="new", secondary="old")
        await caller.act("test_subscription", subscription=id_)
        (event,) = await listener.wait(1)
        headers, raw = listener.received[0]
        assert headers["X-AKENEO-SIGNATURE-PRIMARY"] == signature(b"new", raw)
        assert headers["X-AKENEO-SIGNATURE-SECONDARY"] == signature(b"old", raw)
        assert event["type"] == f"{PREFIX}product.created"


async def test_the_troubles_of_a_delivery_and_its_repetition() -> None:
    async with listening() as (caller, listener):
        await subscribe(caller, listener, "product.updated")
        await caller.fault(kind="duplicate_webhook", count=1)
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        first, second = await listener.wait(2)
        assert first == second
        await caller.fault(kind="reorder_webhooks", count=1)
        await caller.act("set_enabled", product="HP-1001", enabled=False)
        await caller.act("set_enabled", product="HP-1002", enabled=False)
        late = [event["data"]["product"]["uuid"] for event in (await listener.wait(4))[2:]]
        assert late == [await caller.uuid("HP-1002"), await caller.uuid("HP-1001")]
        await caller.act("redeliver", event_id=first["id"])
        assert (await listener.wait(5))[4] == first
        await caller.fault(kind="lose_webhook", count=1)
        await caller.act("set_enabled", product="HP-1003", enabled=False)
        assert (await settled(caller, 6))[-1]["outcome"] == "lost"


async def test_activation_takes_its_time() -> None:
    async with listening(activation_seconds=120) as (caller, listener):
        await subscribe(caller, listener)
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await caller.act("pass_time", seconds=121)
        await caller.act("set_enabled", product="HP-1001", enabled=False)
        (event,) = await listener.wait(1)
        assert event["data"]["product"]["uuid"] == await caller.uuid("HP-1001")


async def test_a_deleted_connection_revokes_and_tells() -> None:
    async with listening() as (caller, listener):
        told = contact(
            notification_channels=["webhook"], notification_webhook_url=listener.url,
            notification_webhook_secret="0123456789abcdef",
        )  # fmt: skip
        id_ = (await manage(caller, "POST", "", told)).json["id"]
        assert (
            await manage(caller, "POST", f"/{id_}/subscriptions", subscription("http://127.0.0.1:9/x"))
        ).status == 201
        await caller.act("delete_connection")
        (notice,) = await listener.wait(1)
        headers, raw = listener.received[0]
        assert (notice["notification_type"], notice["subscriber_id"]) == ("subscription.revoked", id_)
        assert headers["X-AKENEO-SIGNATURE-PRIMARY"] == signature(b"0123456789abcdef", raw)
        assert (await caller.get("/channels")).status == 401
        short = await pim_contact_refused()
        assert short == 422


async def pim_contact_refused() -> int:
    async with pim() as caller:
        told = contact(
            notification_channels=["webhook"], notification_webhook_url="http://x", notification_webhook_secret="x"
        )
        return (await manage(caller, "POST", "", told)).status
