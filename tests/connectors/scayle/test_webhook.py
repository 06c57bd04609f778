"""Events: from whoever may send them, in all three envelopes, read for their keys alone."""

import base64
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from crossdock.connectors.scayle.webhook import to_event
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent
from tests.connectors.scayle.stub import NOW, shop

KEY = "7b0e0f5e-3c34-4a4d-9a53-6a1d3c6f0a01"
AT = datetime(2026, 7, 1, 9, 29, 2, tzinfo=UTC)


def event(**changes: Any) -> bytes:
    body: dict[str, Any] = {
        "key": KEY, "type": "order-confirmed", "version": 2, "occurredAt": "2026-07-01T09:29:02+00:00",
        "meta": {"tenantKey": "acme", "xRequestId": "req-1"}, "payload": {"id": 880001, "status": "payment_reserved"},
    }  # fmt: skip
    return orjson.dumps({name: value for name, value in (body | changes).items() if value is not ...})


def basic(user: str = "hook", password: str = "pa55") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


GUARDED = {"webhook_username": "hook", "webhook_password": "pa55"}


async def test_a_proven_event_is_read() -> None:
    async with shop(**GUARDED) as (connector, _):
        found = connector.read_webhook(basic(), event())
        assert found == WebhookEvent(key=KEY, topic="order-confirmed", sent_at=AT, order_refs=("880001",))
        lower = {name.lower(): value for name, value in basic().items()}
        assert connector.read_webhook(lower, event()) == found


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        (GUARDED, {}),
        (GUARDED, basic("hook", "pa56")),
        (GUARDED, basic("other")),
        (GUARDED, {"Authorization": "Bearer pa55"}),
        (GUARDED, {"Authorization": "Basic %%%"}),
        (GUARDED, {"Authorization": "Basic /w=="}),
        ({"webhook_header": "X-Integration-Id", "webhook_header_value": "h3ader"}, {"X-Integration-Id": "other"}),
        ({"webhook_header": "X-Integration-Id", "webhook_header_value": "h3ader"}, {}),
        ({**GUARDED, "webhook_header": "X-Id", "webhook_header_value": "h3ader"}, basic()),
        ({"webhook_path_secret": "s3gment"}, {}),
        ({}, basic()),
    ],
)
async def test_anybody_else_is_turned_away(settings: dict[str, Any], headers: dict[str, str]) -> None:
    async with shop(**settings) as (connector, _):
        with pytest.raises(DataFault) as caught:
            connector.read_webhook(headers, event())
        assert caught.value.place == "Authorization"
        assert not [secret for secret in ("pa55", "h3ader", "s3gment") if secret in str(caught.value)]


@pytest.mark.parametrize(
    ("settings", "headers"),
    [
        ({"webhook_header": "X-Id", "webhook_header_value": "h3ader"}, {"x-id": "h3ader"}),
        ({**GUARDED, "webhook_path_secret": "s3gment"}, basic()),
        ({"unguarded": True}, {}),
    ],
)
async def test_other_ways_to_prove_oneself(settings: dict[str, Any], headers: dict[str, str]) -> None:
    async with shop(**settings) as (connector, _):
        assert connector.read_webhook(headers, event()).key == KEY


async def test_an_event_may_be_too_old() -> None:
    async with shop(unguarded=True, webhook_max_age_seconds=60) as (connector, _):
        with pytest.raises(DataFault) as caught:
            connector.read_webhook({}, event())
        assert caught.value.place == "occurredAt"
        assert connector.read_webhook({}, event(occurredAt=NOW.isoformat())).sent_at == NOW


@pytest.mark.parametrize(
    ("changes", "topic", "refs", "subjects"),
    [
        ({}, "order-confirmed", ("880001",), ()),
        ({"type": ..., "meta": ..., "locale": {"appId": 1001}, "payload": {"id": 880001, "customData": []}},
         "unnamed", ("880001",), ()),
        ({"type": "order-item-returned", "payload": {"order": {"id": "880001"}, "items": [{"id": 990002}]}},
         "order-item-returned", ("880001",), ()),
        ({"type": "order-canceled"}, "order-cancelled", ("880001",), ()),
        ({"type": "package-undeliverable"}, "order-package-undeliverable", ("880001",), ()),
        ({"type": "payment-refund", "payload": {"id": 880001, "transaction": {}}}, "payment-refund", ("880001",), ()),
        ({"type": "customer-created", "payload": {"id": 5501}}, "customer-created", (), (("account", "5501"),)),
        ({"type": "product-variant-stock-updated", "payload": {"productVariant": {"id": 40210}}},
         "product-variant-stock-updated", (), (("product", "40210"),)),
        ({"type": "product-updated", "payload": {"product": {"id": 301}}},
         "product-updated", (), (("product", "301"),)),
        ({"type": "newsletter-subscribed", "payload": {"id": 1}}, "newsletter-subscribed", (), ()),
        ({"payload": []}, "order-confirmed", (), ()),
        ({"payload": {"id": True}}, "order-confirmed", (), ()),
        ({"payload": {"id": "../1"}}, "order-confirmed", (), ()),
        ({"type": "product-deleted", "payload": {}}, "product-deleted", (), ()),
    ],
)  # fmt: skip
def test_what_an_event_speaks_of(changes: dict[str, Any], topic: str, refs: Any, subjects: Any) -> None:
    found = to_event(event(**changes))
    assert (found.topic, found.order_refs, found.subjects) == (topic, refs, subjects)


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b"\xff", "body"),
        (b'{"key": "\\ud800", "payload": {}}', "body"),
        (event(key=None), "key"),
        (event(key=""), "key"),
        (event(key=7), "key"),
        (event(payload=None), "payload"),
        (event(payload=...), "payload"),
        (event(occurredAt="2026-07-01 09:29:02"), "occurredAt"),
        (event(type=5), "type"),
    ],
)
def test_a_body_that_is_no_event_is_named(raw: bytes, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        to_event(raw)
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("settings", "headers", "proven"), [(GUARDED, basic(), True), ({"unguarded": True}, {}, False)]
)
async def test_an_event_is_proven_only_where_a_secret_had_to_be_shown(
    settings: dict[str, Any], headers: dict[str, str], proven: bool
) -> None:
    async with shop(**settings) as (connector, _):
        assert connector.read_webhook(headers, event()).proven is proven
