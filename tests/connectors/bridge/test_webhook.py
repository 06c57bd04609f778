"""Events: the contract's own test vectors, and everything that must be turned away."""

from datetime import UTC, datetime, timedelta

import pytest

from crossdock.connectors.bridge import verify
from crossdock.model.faults import DataFault
from tests.connectors.bridge.support import WEBHOOK_SECRET, settings_for

BODY = (
    b'{"type":"stock.changed","timestamp":"2026-01-01T00:00:00Z",'
    b'"data":{"sku":"ST100-F-080","warehouse_code":"MAIN","free":"7"}}'
)
HEADERS = {
    "Webhook-Id": "evt_01JTESTVECTOR0001",
    "Webhook-Timestamp": "1767225600",
    "Webhook-Signature": "v1,FfhxEQosihu5SnsVSKxxLovh6JE9NDOUVWGB9Zz//jU=",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
SETTINGS = settings_for(webhook_secrets=[WEBHOOK_SECRET])


def test_the_test_vector_is_genuine() -> None:
    event = verify(HEADERS, BODY, SETTINGS, NOW)
    assert (event.key, event.type, event.sent_at) == ("evt_01JTESTVECTOR0001", "stock.changed", NOW)
    assert event.text("sku") == "ST100-F-080"
    assert event.text("nothing") == ""


def test_the_second_test_vector_is_genuine() -> None:
    body = (
        b'{"type":"dispatch.confirmed","timestamp":"2026-01-01T00:00:00Z",'
        b'"data":{"dispatch_id":"D-1001","order_ref":"SO12345","revision":1}}'
    )
    headers = {
        "webhook-id": "evt_01JTESTVECTOR0002",
        "webhook-timestamp": "1767225600",
        "webhook-signature": "v1,QYlKAYBy+Db5l9JzOxre8Ft+OMTyMSy+OoRwJf7GCU8=",
    }
    assert verify(headers, body, SETTINGS, NOW).type == "dispatch.confirmed"


@pytest.mark.parametrize("secrets", [[WEBHOOK_SECRET, OTHER], [OTHER, WEBHOOK_SECRET]])
def test_two_secrets_stand_side_by_side_while_they_are_changed(secrets: list[str]) -> None:
    assert verify(HEADERS, BODY, settings_for(webhook_secrets=secrets), NOW).key


def test_one_good_signature_of_several_suffices() -> None:
    signature = f"v1a,whatever v1,AAAA {HEADERS['Webhook-Signature']}"
    assert verify({**HEADERS, "Webhook-Signature": signature}, BODY, SETTINGS, NOW).key


@pytest.mark.parametrize(
    ("changed", "body", "place"),
    [
        ({}, BODY + b" ", "webhook-signature"),
        ({"Webhook-Id": "evt_other"}, BODY, "webhook-signature"),
        ({"Webhook-Timestamp": "1767225601"}, BODY, "webhook-signature"),
        ({"Webhook-Signature": "v2,FfhxEQosihu5SnsVSKxxLovh6JE9NDOUVWGB9Zz//jU="}, BODY, "webhook-signature"),
        ({"Webhook-Signature": ""}, BODY, "webhook-signature"),
        ({"Webhook-Signature": "v1,é"}, BODY, "webhook-signature"),
        ({"Webhook-Id": ""}, BODY, "webhook-id"),
        ({"Webhook-Timestamp": "soon"}, BODY, "webhook-timestamp"),
        ({"Webhook-Timestamp": "-1"}, BODY, "webhook-timestamp"),
        ({"Webhook-Timestamp": "999999999999"}, BODY, "webhook-timestamp"),
    ],
)
def test_what_is_not_genuine_is_turned_away(changed: dict[str, str], body: bytes, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        verify({**HEADERS, **changed}, body, SETTINGS, NOW)
    assert caught.value.place == place


@pytest.mark.parametrize(("seconds", "fresh"), [(300, True), (301, False), (-300, True), (-301, False)])
def test_an_old_event_is_turned_away(seconds: int, fresh: bool) -> None:
    now = NOW + timedelta(seconds=seconds)
    if fresh:
        assert verify(HEADERS, BODY, SETTINGS, now).key
        return
    with pytest.raises(DataFault, match="at most 300 seconds"):
        verify(HEADERS, BODY, SETTINGS, now)


def test_without_a_secret_nothing_is_believed() -> None:
    with pytest.raises(DataFault, match="no secret is set"):
        verify(HEADERS, BODY, settings_for(), NOW)
