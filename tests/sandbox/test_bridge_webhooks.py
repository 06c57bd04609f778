"""Webhook endpoints and deliveries: signed, retried, rotated, lost, doubled, swapped."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from crossdock.sandbox.bridge import signature
from tests.sandbox import calling
from tests.sandbox.bridge_caller import BEARER, Client, fresh_key, notes
from tests.sandbox.calling import Listener


@contextlib.asynccontextmanager
async def listening(**settings: Any) -> AsyncIterator[tuple[Client, Listener]]:
    settings = {"webhook_retry_seconds": 0.01, "webhook_workers": 1, **settings}
    async with calling.hearing() as listener, notes(**settings) as client:
        yield client, listener


async def register(client: Client, url: str, *event_types: str) -> Any:
    headers = {**BEARER, "Idempotency-Key": fresh_key()}
    body = {"url": url, "event_types": list(event_types or ("note.added",))}
    return await client.call("POST", "/v1/webhook-endpoints", json=body, headers=headers)


def ids(listener: Listener) -> list[str]:
    return [headers["webhook-id"] for headers, _ in listener.received]


async def test_an_endpoint_is_told_its_secret_once_and_signed_for_with_it() -> None:
    async with listening() as (client, listener):
        made = await register(client, listener.url)
        assert made.status == 201
        secret = made.json["secret"]
        assert secret.startswith("whsec_")
        (shown,) = (await client.get("/v1/webhook-endpoints")).json["data"]
        assert shown == {name: value for name, value in made.json.items() if name != "secret"}
        await client.add("A")
        (body,) = await listener.wait(1)
        assert list(body) == ["type", "timestamp", "data"]
        assert (body["type"], body["data"]) == ("note.added", {"key": "A"})
        headers, raw = listener.received[0]
        moment = int(headers["webhook-timestamp"])
        assert headers["webhook-signature"] == signature(secret, headers["webhook-id"], moment, raw)


async def test_two_signatures_while_rotating() -> None:
    async with listening() as (client, listener):
        made = (await register(client, listener.url)).json
        new = (await client.simulator.act("rotate_webhook_secret", {"endpoint": made["id"]}))["secret"]
        await client.add("A")
        await listener.wait(1)
        await client.simulator.act("finish_webhook_rotation", {"endpoint": made["id"]})
        await client.add("B")
        await listener.wait(2)
        for (headers, raw), secrets in zip(listener.received, ([new, made["secret"]], [new]), strict=True):
            wanted = [signature(one, headers["webhook-id"], int(headers["webhook-timestamp"]), raw) for one in secrets]
            assert headers["webhook-signature"].split(" ") == wanted


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
async def test_anything_but_a_2xx_is_tried_again_under_the_same_id(status: int) -> None:
    async with listening() as (client, listener):
        await register(client, listener.url)
        listener.statuses = [status, status]
        await client.add("A")
        await listener.wait(3)
        assert len(set(ids(listener))) == 1


async def test_a_receiver_says_when_to_come_back() -> None:
    async with listening(webhook_retry_seconds=3600) as (client, listener):
        await register(client, listener.url)
        listener.statuses, listener.retry_after = [503], "0"
        await client.add("A")
        await listener.wait(2)
        assert len(set(ids(listener))) == 1


async def test_nobody_there_is_tried_again_too() -> None:
    async with listening(webhook_attempts=2) as (client, _):
        await register(client, "http://127.0.0.1:9/hook")
        await client.add("A")
        async with asyncio.timeout(5):
            while len(log := client.simulator.state()["deliveries"]) < 2:
                await asyncio.sleep(0)
        assert [one["attempt"] for one in log] == [1, 2]
        assert all(isinstance(one["outcome"], str) for one in log)


async def test_tries_end_and_gone_ends_the_endpoint() -> None:
    async with listening(webhook_attempts=2) as (client, listener):
        await register(client, listener.url)
        listener.statuses = [500, 500, 200, 410]
        for key in ("A", "B"):
            await client.add(key)
            await listener.wait(2 if key == "A" else 3)
        await client.add("C")
        await listener.wait(4)
        while (await client.get("/v1/webhook-endpoints")).json["data"]:
            await asyncio.sleep(0)
        outcomes = [(one["attempt"], one["outcome"]) for one in client.simulator.state()["deliveries"]]
        assert outcomes == [(1, 500), (2, 500), (1, 200), (1, 410)]


async def test_messages_are_lost_doubled_and_swapped_on_request() -> None:
    async with listening() as (client, listener):
        await register(client, listener.url)
        for kind, key in (("lose_webhook", "LOST"), ("duplicate_webhook", "TWICE"), ("reorder_webhooks", "LATE")):
            client.simulator.faults.set([{"kind": kind, "match": "WEBHOOK note.added", "count": 1}])
            await client.add(key)
        await client.add("EARLY")
        bodies = await listener.wait(4)
        assert [body["data"]["key"] for body in bodies] == ["TWICE", "TWICE", "EARLY", "LATE"]
        assert ids(listener)[0] == ids(listener)[1]


async def test_an_event_can_be_sent_for_nothing_and_an_endpoint_deleted() -> None:
    async with listening() as (client, listener):
        made = (await register(client, listener.url, "note.changed")).json
        await client.add("A")
        await client.simulator.act("send_event", {"type": "note.changed", "data": {"key": "N1"}})
        (body,) = await listener.wait(1)
        assert body["type"] == "note.changed"
        path = f"/v1/webhook-endpoints/{made['id']}"
        assert [(await client.call("DELETE", path)).status for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(
    ("url", "types", "pointer"),
    [
        ("http://example.com/w", ["note.added"], "/url"),
        ("example.com/w", ["note.added"], "/url"),
        ("https://example.com/w", ["note.gone"], "/event_types/0"),
    ],
)
async def test_refused_endpoints(url: str, types: list[str], pointer: str) -> None:
    async with notes() as client:
        answer = await register(client, url, *types)
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, pointer)
