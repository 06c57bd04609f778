"""Webhooks: registering, signing, retrying, removal, and the troubles a delivery can meet."""

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.eventually import eventually
from tests.sandbox import calling
from tests.sandbox.calling import Listener
from tests.sandbox.orocommerce_caller import Caller, order, ref, shop


@contextlib.asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[Caller, Listener]]:
    async with calling.hearing() as listener, shop(webhook_retry_seconds=0.02, **settings) as caller:
        yield caller, listener


def hook(url: str, topic: str = "order.created", format_: str = "default", **attributes: Any) -> dict[str, Any]:
    relations = {"topic": ref("webhooktopics", topic), "format": ref("webhookformats", format_)}
    return {
        "data": {"type": "webhooks", "attributes": {"notificationUrl": url, **attributes}, "relationships": relations}
    }


async def register(caller: Caller, *args: Any, **kwargs: Any) -> str:
    answer = await caller.post("/webhooks", hook(*args, **kwargs))
    assert answer.status == 201, answer.text
    return str(answer.data["id"])


async def outcomes(caller: Caller, *wanted: Any) -> list[Any]:
    """Of each try, once all that are wanted have come."""

    async def found() -> Any:
        log = [one["outcome"] for one in (await caller.state())["deliveries"]]
        return log if set(wanted) <= set(log) else None

    return list(await eventually(found))


async def test_a_delivery_is_the_document_signed() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url, secret="s3cret")
        placed = await caller.act("place_order", customer="101")
        (body,) = await listener.wait(1)
        headers, raw = listener.received[0]
        assert list(body) == ["topic", "eventData", "timestamp", "messageId"]
        assert body["topic"] == headers["Webhook-Topic"] == "order.created"
        assert body["messageId"] == headers["Webhook-Id"]
        assert headers["Content-Type"] == "application/json"
        assert headers["Webhook-Signature-Algorithm"] == "HMAC-SHA256"
        assert headers["Webhook-Signature"] == hmac.new(b"s3cret", raw, hashlib.sha256).hexdigest()
        assert body["eventData"]["data"] == (await caller.get(f"/orders/{placed['id']}")).data
        assert isinstance(body["timestamp"], int)


async def test_formats_topics_and_switched_off_hooks() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url, format_="thin")
        await register(caller, listener.url, topic="order.updated")
        off = await register(caller, listener.url, enabled=False)
        answer = await caller.post("/orders", order())
        (thin,) = await listener.wait(1)
        assert thin["eventData"] == {"data": {"type": "orders", "id": answer.data["id"]}}
        assert "Webhook-Signature" not in listener.received[0][0]
        await caller.act("cancel_order", order=answer.data["id"])
        bodies = await listener.wait(2)
        status = bodies[1]["eventData"]["data"]["relationships"]["internalStatus"]["data"]["id"]
        assert (bodies[1]["topic"], status) == ("order.updated", "cancelled")
        assert (await caller.get(f"/webhooks/{off}")).data["attributes"]["enabled"] is False
        await caller.delete(f"/orders/{answer.data['id']}")
        await asyncio.sleep(0.05)
        assert len(listener.received) == 2  # deleted is never delivered: the record is gone when it is looked up


@pytest.mark.parametrize("status", [423, 425, 429, 502, 503])
async def test_retried_answers(status: int) -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url)
        listener.statuses = [status, status]
        await caller.act("place_order")
        bodies = await listener.wait(3)
        assert len(bodies) == 3
        assert len({body["messageId"] for body in bodies}) == 1
        assert await outcomes(caller, status, 200) == [status, status, 200]
        assert [one["attempt"] for one in (await caller.state())["deliveries"]] == [1, 2, 3]


async def test_retry_after_is_obeyed() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url)
        listener.statuses, listener.retry_after = [503], "0.2"
        await caller.act("place_order")
        await asyncio.sleep(0.12)
        assert len(listener.received) == 1
        assert len(await listener.wait(2)) == 2


@pytest.mark.parametrize("status", [302, 400, 404, 500, 504])
async def test_answers_that_lose_the_message(status: int) -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url)
        listener.statuses = [status]
        await caller.act("place_order")
        await listener.wait(1)
        await asyncio.sleep(0.1)
        assert len(listener.received) == 1
        assert len((await caller.get("/webhooks")).data) == 1


async def test_gone_removes_the_webhook_and_a_dead_receiver_does_not() -> None:
    async with listening() as (caller, listener):
        gone = await register(caller, listener.url)
        dead = await register(caller, "http://127.0.0.1:9/hook")
        listener.statuses = [410]
        await caller.act("place_order")
        await listener.wait(1)
        await outcomes(caller, 410, "ClientConnectorError")
        assert (await caller.get("/webhooks")).ids == [dead]
        assert (await caller.get(f"/webhooks/{gone}")).status == 404


async def test_a_slow_receiver_never_holds_up_the_api() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url)
        listener.hold_seconds = 0.5
        started = asyncio.get_running_loop().time()
        await caller.act("place_order")
        assert (await caller.get("/orders")).status == 200
        assert asyncio.get_running_loop().time() - started < 0.4


async def test_without_a_consumer_nothing_is_sent() -> None:
    async with listening(mq_running=False) as (caller, listener):
        await register(caller, listener.url)
        await caller.act("place_order")
        await asyncio.sleep(0.05)
        assert listener.received == []


async def test_messages_are_lost_doubled_and_swapped_on_request() -> None:
    async with listening(webhook_workers=1) as (caller, listener):
        await register(caller, listener.url)
        await caller.fault(kind="lose_webhook", match="WEBHOOK order.created", count=1)
        await caller.act("place_order", identifier="LOST")
        await caller.fault(kind="duplicate_webhook", match="WEBHOOK", count=1)
        await caller.act("place_order", identifier="TWICE")
        await caller.fault(kind="reorder_webhooks", match="WEBHOOK order", count=1)
        await caller.act("place_order", identifier="LATE")
        await caller.act("place_order", identifier="EARLY")
        bodies = await listener.wait(4)
        names = [body["eventData"]["data"]["attributes"]["identifier"] for body in bodies]
        assert names == ["TWICE", "TWICE", "EARLY", "LATE"]
        assert bodies[0]["messageId"] == bodies[1]["messageId"]


async def test_a_payment_event_has_an_integer_id_and_its_own_attributes() -> None:
    async with listening() as (caller, listener):
        await register(caller, listener.url, topic="order.payment_status_updated")
        placed = await caller.act("place_order", customer="101")
        told = await caller.act("emit_webhook", order=placed["id"], topic="order.payment_status_updated")
        (body,) = await listener.wait(1)
        data = body["eventData"]["data"]
        assert body["messageId"] == told["message_id"]
        assert (data["id"], data["type"], data["attributes"]["paymentStatus"]) == (int(placed["id"]), "orders", "full")
        assert (await caller.act("emit_webhook", order=placed["id"], topic="order.updated"))["message_id"] is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"topic": "order.other"}, ("valid webhook topic constraint", "This value is not a known webhook topic.",
                                    "/data/relationships/topic/data")),
        ({"topic": "order.updated.42"}, ("valid webhook topic constraint", "This value is not a known webhook topic.",
                                         "/data/relationships/topic/data")),
        ({"topic": "customer.created"}, ("valid webhook topic constraint", "This value is not a known webhook topic.",
                                         "/data/relationships/topic/data")),
        ({"format_": "other"}, ("valid webhook format constraint", "This value is not a known webhook format.",
                                "/data/relationships/format/data")),
        ({"url": None},
         ("not blank constraint", "This value should not be blank.", "/data/attributes/notificationUrl")),
    ],
)  # fmt: skip
async def test_refused_webhooks(change: dict[str, Any], error: tuple[str, str, str]) -> None:
    async with shop() as caller:
        answer = await caller.post("/webhooks", hook(**{"url": "https://example.com/w", **change}))
        assert (answer.status, answer.errors) == (400, [error])


async def test_the_secret_is_never_told_and_topics_can_be_filtered() -> None:
    async with shop(webhook_accessible=["order"]) as caller:
        made = await caller.post("/webhooks", hook("https://example.com/w", secret="s"))
        expected = {"notificationUrl": "https://example.com/w", "enabled": True, "verifySsl": True, "system": False}
        assert made.data["attributes"] == expected
        await register(caller, "https://example.com/v", topic="order.updated")
        assert len((await caller.get("/webhooks?filter[topic]=order.created,order.updated")).data) == 2
        assert (await caller.get("/webhooks?filter[topic]=order.updated")).data[0]["relationships"]["topic"] == ref(
            "webhooktopics", "order.updated"
        )
        assert (await caller.get("/webhooks/invalid-id")).errors[0][0] == "entity identifier constraint"
        body = {"data": {"type": "webhooks", "id": made.data["id"], "attributes": {"enabled": False, "system": True}}}
        changed = (await caller.patch(f"/webhooks/{made.data['id']}", body)).data["attributes"]
        assert (changed["enabled"], changed["system"]) == (False, False)
        assert "product.created" not in (await caller.get("/webhooktopics")).ids
        assert (await caller.get("/webhookformats")).ids == ["default", "thin"]
