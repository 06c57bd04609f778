"""Events of a bridge: genuine, fresh, and believed in nothing but their keys."""

import base64
import hashlib
import hmac
from typing import Any

import orjson
import pytest

from crossdock.connectors.bridge.config import secret_bytes
from crossdock.model.faults import DataFault
from tests.connectors.bridge.support import WEBHOOK_SECRET
from tests.connectors.gate import HandClock
from tests.connectors.prima.support import over_bridge


def signed(body: bytes, *, at: int, key: str = "evt_1") -> dict[str, str]:
    signature = hmac.digest(secret_bytes(WEBHOOK_SECRET), f"{key}.{at}.".encode() + body, hashlib.sha256)
    return {"Webhook-Id": key, "Webhook-Timestamp": str(at),
            "Webhook-Signature": f"v1,{base64.b64encode(signature).decode()}"}  # fmt: skip


def body_of(kind: str, data: Any) -> bytes:
    return orjson.dumps({"type": kind, "timestamp": "2026-03-02T09:00:00Z", "data": data})


NOW = int(HandClock().now().timestamp())
EVENTS = [
    ("stock.changed", {"sku": "A", "warehouse_code": "MAIN"}, (("stock-level", "A"),)),
    ("order.status_changed", {"external_ref": "B2B-1", "erp_order_number": "S"}, (("order-status", "B2B-1"),)),
    ("order.rejected", {"external_ref": "B2B-1"}, (("order-status", "B2B-1"),)),
    ("shipment.created", {"external_ref": "B2B-1", "shipment_id": "S1"},
     (("order-status", "B2B-1"), ("despatch", "S1"))),
    ("shipment.amended", {"shipment_id": "S1"}, (("despatch", "S1"),)),
    ("invoice.issued", {"number": "INV1"}, (("invoice", "INV1"),)),
    ("customer.changed", {"account_code": "FOOT01"}, (("account", "FOOT01"),)),
    ("item.changed", {"sku": "A"}, (("stock-item", "A"),)),
    ("price_list.changed", {"code": "TRADE"}, (("price-list", "TRADE"),)),
    ("weather.changed", {"sku": "A"}, ()),
    ("stock.changed", {"sku": 7}, ()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "subjects"), EVENTS)
async def test_an_event_says_what_to_look_at(kind: str, data: Any, subjects: Any) -> None:
    body = body_of(kind, data)
    async with over_bridge(webhook_secrets=[WEBHOOK_SECRET]) as (prima, _):
        event = prima.read_webhook(signed(body, at=NOW), body)
        assert (event.key, event.topic, event.subjects, event.order_refs) == ("evt_1", kind, subjects, ())


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (body_of("stock.changed", {"sku": "A"}), NOW - 301),
        (body_of("stock.changed", []), NOW),
        (b"{}", NOW),
        (b"", NOW),
        (b"\xff", NOW),
    ],
)
async def test_what_is_old_or_no_event_is_turned_away(body: bytes, at: int) -> None:
    async with over_bridge(webhook_secrets=[WEBHOOK_SECRET]) as (prima, _):
        with pytest.raises(DataFault):
            prima.read_webhook(signed(body, at=at), body)


async def test_without_a_secret_no_event_is_believed() -> None:
    body = body_of("stock.changed", {"sku": "A"})
    async with over_bridge() as (prima, _):
        with pytest.raises(DataFault):
            prima.read_webhook(signed(body, at=NOW), body)
