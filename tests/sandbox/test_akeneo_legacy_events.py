"""The Events API: whole resources in batches, signed with a time, sent once."""

import hashlib
import hmac
from typing import Any

from tests.sandbox.akeneo_caller import Caller, Listener, listening, settled


async def register(caller: Caller, listener: Listener) -> None:
    await caller.act("register_events_api", url=listener.url, secret="s3cret")


async def test_an_event_is_the_whole_product_signed_with_its_time() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        (body,) = await listener.wait(1)
        headers, raw = listener.received[0]
        (event,) = body["events"]
        assert set(event) == {
            "action", "event_id", "event_datetime", "author", "author_type", "pim_source", "data",
        }  # fmt: skip
        assert (event["action"], event["author"], event["author_type"]) == ("product.updated", "editor", "ui")
        assert event["pim_source"] == caller.url
        assert event["data"]["resource"] == await caller.product("HP-1000")
        signed = headers["X-Akeneo-Request-Timestamp"].encode() + b"." + raw
        assert headers["X-Akeneo-Request-Signature"] == hmac.new(b"s3cret", signed, hashlib.sha256).hexdigest()
        assert headers["User-Agent"] == "AkeneoPIM/20261103041500"


async def test_what_was_removed_is_only_named() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        uuid = await caller.uuid("HP-1000")
        await caller.act("delete_product", product="HP-1000")
        await caller.act("create_model", code="M", family_variant="handles_by_size_and_colour")
        await caller.act("delete_model", model="M")
        events = await every(caller, listener, 3)
        assert [one["action"] for one in events] == [
            "product.removed",
            "product_model.created",
            "product_model.removed",
        ]
        resources = [one["data"]["resource"] for one in events]
        assert resources[0] == {"identifier": "HP-1000", "uuid": uuid}
        assert (resources[1]["code"], resources[2]) == ("M", {"code": "M"})


async def every(caller: Caller, listener: Listener, count: int) -> list[Any]:
    """All events, over however many posts they came."""
    posts = 1
    while True:
        events = [event for body in await listener.wait(posts) for event in body["events"]]
        if len(events) >= count:
            return events
        posts = len(listener.received) + 1


async def test_at_most_ten_events_a_post() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        await caller.act("edit_many", count=23, seed=5, attribute="price")
        events = await every(caller, listener, 20)
        assert all(1 <= len(body["events"]) <= 10 for body in await listener.wait(1))
        assert len({event["event_id"] for event in events}) == len(events)


async def test_ones_own_changes_are_not_told_but_an_apps_are() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        assert (await caller.patch("/products/HP-1000", {"enabled": False})).status == 204
        caller.token = "sandbox-app-token"
        assert (await caller.patch("/products/HP-1001", {"enabled": False})).status == 204
        (body,) = await listener.wait(1)
        assert [one["data"]["resource"]["identifier"] for one in body["events"]] == ["HP-1001"]
        assert body["events"][0]["author_type"] == "api"


async def test_nothing_is_sent_again_and_redirects_are_not_followed() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        listener.statuses = [500, 302]
        for enabled in (False, True):
            await caller.act("set_enabled", product="HP-1000", enabled=enabled)
            await settled(caller, 1 if not enabled else 2, "events_api")
        await caller.act("pass_time", seconds=3600)
        log = await settled(caller, 2, "events_api")
        assert [one["outcome"] for one in log] == [500, 302]
        assert len(listener.received) == 2


async def test_half_a_second_is_all_there_is() -> None:
    async with listening(events_timeout_seconds=0.05) as (caller, listener):
        await register(caller, listener)
        listener.hold_seconds = 0.5
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        (entry,) = await settled(caller, 1, "events_api")
        assert "Timeout" in entry["outcome"]


async def test_above_the_hours_limit_events_are_dropped() -> None:
    async with listening(events_per_hour=1) as (caller, listener):
        await register(caller, listener)
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await settled(caller, 1, "events_api")
        await caller.act("set_enabled", product="HP-1000", enabled=True)
        log = await settled(caller, 2, "events_api")
        assert log[1]["outcome"] == "dropped: limit of requests per hour"
        await caller.act("pass_time", seconds=3601)
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await listener.wait(2)


async def test_a_test_call_a_new_secret_and_a_switch() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        await caller.act("test_events_api")
        assert await listener.wait(1) == [{"events": []}]
        await caller.act("rotate_events_api_secret", secret="fresh")
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await listener.wait(2)
        headers, raw = listener.received[1]
        signed = headers["X-Akeneo-Request-Timestamp"].encode() + b"." + raw
        assert headers["X-Akeneo-Request-Signature"] == hmac.new(b"fresh", signed, hashlib.sha256).hexdigest()
        await caller.act("enable_events_api", enabled=False)
        await caller.act("set_enabled", product="HP-1000", enabled=True)
        assert (await caller.state())["events_api"]["waiting"] == 0
        refused = await caller.refused_act("redeliver", event_id="nope")
        assert "there is no event 'nope'" in refused


async def test_the_troubles_of_a_delivery() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener)
        await caller.fault(kind="duplicate_webhook", count=1)
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        twice = await every(caller, listener, 2)
        assert twice[0] == twice[1]
        await caller.fault(kind="lose_webhook", count=1)
        await caller.act("set_enabled", product="HP-1000", enabled=True)
        await caller.fault(kind="reorder_webhooks", count=1)
        await caller.act("set_enabled", product="HP-1001", enabled=False)
        await caller.act("set_enabled", product="HP-1002", enabled=False)
        events = await every(caller, listener, 4)
        assert [one["data"]["resource"]["identifier"] for one in events[2:]] == ["HP-1002", "HP-1001"]
        await caller.act("redeliver", event_id=events[3]["event_id"])
        assert (await every(caller, listener, 5))[4] == events[3]


async def test_products_the_connection_may_not_see_are_not_told() -> None:
    async with listening(hidden_categories=["fixings"]) as (caller, listener):
        await register(caller, listener)
        await caller.act("set_enabled", product="HP-1001", enabled=False)  # only in fixings
        await caller.act("set_enabled", product="HP-1002", enabled=False)
        (event,) = await every(caller, listener, 1)
        assert event["data"]["resource"]["identifier"] == "HP-1002"
