"""Events: genuine, fresh, and read for their keys alone."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from crossdock.connectors.orocommerce.webhook import to_event
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent
from tests.connectors.orocommerce.stub import shop

SENT = int(datetime(2026, 3, 2, 8, 59, tzinfo=UTC).timestamp())  # a minute before the clock's nine o'clock
ORDER = {"data": {"type": "orders", "id": "812", "attributes": {"identifier": "B2B-812"}}}


def event(**changes: Any) -> bytes:
    return orjson.dumps(
        {"topic": "order.created", "eventData": ORDER, "timestamp": SENT, "messageId": "0d3c9a52", **changes}
    )


def signed(raw: bytes, secret: str = "shh", **more: str) -> dict[str, str]:
    signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return {
        "Webhook-Signature": signature,
        "Webhook-Id": "0d3c9a52",
        "Webhook-Signature-Algorithm": "HMAC-SHA256",
    } | more


async def test_a_genuine_event_is_read() -> None:
    async with shop(webhook_secret="shh") as (connector, _):
        found = connector.read_webhook(signed(event()), event())
        assert found == WebhookEvent(
            key="0d3c9a52", topic="order.created", sent_at=datetime.fromtimestamp(SENT, UTC), order_refs=("812",)
        )
        lower = {name.lower(): value for name, value in signed(event()).items()}
        assert connector.read_webhook(lower, event()) == found


@pytest.mark.parametrize(
    ("raw", "headers", "place"),
    [
        (event(), {}, "Webhook-Signature"),
        (event(), {"Webhook-Signature": ""}, "Webhook-Signature"),
        (event(), {"Webhook-Signature": "é"}, "Webhook-Signature"),
        (event(), signed(event(), "other"), "Webhook-Signature"),
        (event(topic="order.updated"), signed(event()), "Webhook-Signature"),
        (event(), {**signed(event()), "Webhook-Signature": signed(event())["Webhook-Signature"].upper()},
         "Webhook-Signature"),
        (event(), {**signed(event()), "Webhook-Signature-Algorithm": "none"}, "Webhook-Signature-Algorithm"),
        (event(), {**signed(event()), "Webhook-Id": "replayed"}, "Webhook-Id"),
        (event(timestamp=SENT - 600), signed(event(timestamp=SENT - 600)), "timestamp"),
        (event(timestamp=SENT + 600), signed(event(timestamp=SENT + 600)), "timestamp"),
    ],
)  # fmt: skip
async def test_anything_else_is_turned_away(raw: bytes, headers: dict[str, str], place: str) -> None:
    async with shop(webhook_secret="shh") as (connector, _):
        with pytest.raises(DataFault) as caught:
            connector.read_webhook(headers, raw)
        assert caught.value.place == place


async def test_without_a_secret_signatures_go_unchecked_but_age_does_not() -> None:
    async with shop() as (connector, _):
        assert connector.read_webhook({}, event()).key == "0d3c9a52"
        with pytest.raises(DataFault):
            connector.read_webhook({}, event(timestamp=SENT - 3600))


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (event(topic=None), "topic"),
        (event(messageId=""), "messageId"),
        (event(timestamp=None), "timestamp"),
        (event(timestamp="noon"), "timestamp"),
        (event(timestamp=True), "timestamp"),
        (event(timestamp=1e300), "timestamp"),
    ],
)
def test_a_body_that_is_no_event_is_named(raw: bytes, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        to_event(raw)
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("topic", "data", "refs"),
    [
        ("order.payment_status_updated", {"data": {"type": "orders", "id": 812}}, ("812",)),
        ("order.updated", {"data": {"type": "Oro\\Bundle\\OrderBundle\\Entity\\Order", "id": 812}}, ("812",)),
        ("product.updated", {"data": {"type": "products", "id": "1"}}, ()),
        ("order.deleted", {"data": None}, ()),
        ("order.deleted", None, ()),
        ("order.updated", {"data": {"type": "orders", "id": True}}, ()),
    ],
)
def test_what_an_event_speaks_of(topic: str, data: Any, refs: tuple[str, ...]) -> None:
    assert to_event(event(topic=topic, eventData=data)).order_refs == refs
