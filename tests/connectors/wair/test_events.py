"""Events of a retail-stock bridge: genuine, fresh, and a hint of what to look at."""

from datetime import UTC, datetime

import pytest

from crossdock.connectors.wair import SYSTEM
from crossdock.connectors.wair.bridge_system import RetailBridge
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent, WebhookReceiver
from tests.connectors.gate import FreeGate, HandClock
from tests.connectors.wair.support import bridge_settings

# The test vector of the contract.
BODY = (
    b'{"type":"dispatch.confirmed","timestamp":"2026-01-01T00:00:00Z",'
    b'"data":{"dispatch_id":"D-1001","order_ref":"SO12345","revision":1}}'
)
HEADERS = {
    "Webhook-Id": "evt_01JTESTVECTOR0002",
    "Webhook-Timestamp": "1767225600",
    "Webhook-Signature": "v1,QYlKAYBy+Db5l9JzOxre8Ft+OMTyMSy+OoRwJf7GCU8=",
}
SENT = datetime(2026, 1, 1, tzinfo=UTC)


async def bridge(seconds: float = 0) -> RetailBridge:
    clock = HandClock(SENT)
    clock.forward(seconds)
    connector = await SYSTEM.connect(bridge_settings(), FreeGate(), clock)
    assert isinstance(connector, RetailBridge)
    assert isinstance(connector, WebhookReceiver)
    return connector


@pytest.mark.parametrize("seconds", [0, 299, -299])
async def test_the_test_vector_is_understood(seconds: float) -> None:
    event = (await bridge(seconds)).read_webhook(HEADERS, BODY)
    assert event == WebhookEvent(
        key="evt_01JTESTVECTOR0002", topic="dispatch.confirmed", sent_at=SENT,
        subjects=(("retail-despatch", "D-1001"), ("sales-order", "SO12345")),
    )  # fmt: skip


async def test_a_repeated_delivery_has_the_same_key() -> None:
    connector = await bridge()
    assert connector.read_webhook(HEADERS, BODY).key == connector.read_webhook(HEADERS, BODY).key


@pytest.mark.parametrize(
    ("headers", "body", "seconds", "told"),
    [
        (HEADERS, BODY, 301, "webhook-timestamp: is 301 seconds ago"),
        (HEADERS, BODY, -301, "webhook-timestamp: is -301 seconds ago"),
        (HEADERS, BODY + b"\n", 0, "webhook-signature"),
        (HEADERS, BODY.replace(b"D-1001", b"D-1002"), 0, "webhook-signature"),
        ({**HEADERS, "Webhook-Id": "evt_other"}, BODY, 0, "webhook-signature"),
        ({**HEADERS, "Webhook-Timestamp": "1767225601"}, BODY, 0, "webhook-signature"),
        ({**HEADERS, "Webhook-Signature": "v1,AAAA"}, BODY, 0, "webhook-signature"),
        ({}, BODY, 0, "webhook-id: is missing"),
    ],
)
async def test_what_is_old_or_forged_is_refused(
    headers: dict[str, str], body: bytes, seconds: float, told: str
) -> None:
    with pytest.raises(DataFault) as caught:
        (await bridge(seconds)).read_webhook(headers, body)
    assert str(caught.value).startswith(told)


def event(topic: str, data: str) -> WebhookEvent:
    read = SYSTEM.translations["event"].read
    assert read is not None
    raw = f'{{"type":"{topic}","timestamp":"2026-01-01T00:00:00Z","data":{data}}}'
    (found,) = read(raw.encode())
    assert isinstance(found, WebhookEvent)
    return found


@pytest.mark.parametrize(
    ("topic", "data", "subjects"),
    [
        ("stock.level_changed", '{"location_code":"SOHO","sku":"A"}', (("stock-level", "SOHO/A"),)),
        ("stock.level_changed", '{"sku":"A"}', ()),
        ("stock.movement", '{"movement_id":"M-1"}', (("stock-movement", "M-1"),)),
        ("dispatch.amended", '{"dispatch_id":"D-1"}', (("retail-despatch", "D-1"),)),
        ("dispatch.cancelled", '{"dispatch_id":7}', ()),
        ("transfer.recommended", '{"reference_id":"R-1"}', (("transfer-proposal", "R-1"),)),
        ("item.rejected", '{"sku":"A"}', (("stock-item", "A"),)),
        ("item.readiness_changed", '{"sku":"A"}', (("stock-item", "A"),)),
        ("something.new", '{"sku":"A"}', ()),
    ],
)
def test_an_event_names_what_to_look_at(topic: str, data: str, subjects: tuple[tuple[str, str], ...]) -> None:
    found = event(topic, data)
    assert (found.subjects, found.order_refs) == (subjects, ())
