"""Events: genuine, fresh, and read for their keys alone."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from crossdock.connectors.akeneo.events import digest, to_event
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent
from tests.connectors.akeneo.bodies import OTHER, UUID
from tests.connectors.akeneo.stub import pim

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp()) - 1
SECRETS = {"event_secret": "shh-1", "event_secret_secondary": "shh-2", "status_secret": "shh-3"}


def legacy_event(action: str = "product.updated", resource: Any = None, **changes: Any) -> dict[str, Any]:
    given = {"uuid": UUID, "identifier": "NSC-1"} if resource is None else resource
    return {
        "action": action, "event_id": "0c7f0a3e", "event_datetime": "2026-03-02T08:59:44+00:00", "author": "erp_0001",
        "author_type": "api", "pim_source": "https://pim.norrsken.example", "data": {"resource": given},
    } | changes  # fmt: skip


def legacy(*events: Any) -> bytes:
    return orjson.dumps({"events": list(events or [legacy_event()])})


def platform(kind: str = "product.updated", data: Any = None, **changes: Any) -> bytes:
    given = {"product": {"uuid": UUID}, "author": {"identifier": "5761", "type": "user"}} if data is None else data
    return orjson.dumps({
        "specversion": "1.0", "id": "0193f2c4", "source": "akeneo-event-platform", "type": f"com.akeneo.pim.v1.{kind}",
        "subject": "0192ab10", "time": "2026-03-02T08:59:45.1234567Z", "data": given,
    } | changes)  # fmt: skip


def mac(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def legacy_signed(raw: bytes, secret: str = "shh-1", stamp: Any = STAMP) -> dict[str, str]:
    return {"X-Akeneo-Request-Signature": mac(secret, f"{stamp}.".encode() + raw),
            "X-Akeneo-Request-Timestamp": str(stamp)}  # fmt: skip


def signed(raw: bytes, *secrets: str, algorithm: str = "HmacSHA256") -> dict[str, str]:
    names = ("X-AKENEO-SIGNATURE-PRIMARY", "X-AKENEO-SIGNATURE-SECONDARY")
    found = {name: mac(secret, raw) for name, secret in zip(names, secrets or ("shh-1",), strict=False)}
    return {**found, "X-AKENEO-SIGNATURE-ALGORITHM": algorithm}


async def test_a_legacy_call_holds_up_to_ten_events() -> None:
    raw = legacy(legacy_event(), legacy_event("product_model.removed", {"code": "mdl"}, event_id="b"),
                 legacy_event(event_id="c"))  # fmt: skip
    async with pim(**SECRETS) as (connector, _):
        found = connector.read_webhook(legacy_signed(raw), raw)
        assert found.subjects == (("product", UUID), ("product-model", "mdl"))
        assert (found.topic, found.sent_at) == ("events", datetime.fromtimestamp(STAMP, UTC))
        assert found.key == connector.read_webhook(legacy_signed(raw, stamp=STAMP - 9), raw).key
        lower = {name.lower(): value for name, value in legacy_signed(raw, "shh-2").items()}
        assert connector.read_webhook(lower, raw) == found


async def test_a_platform_event_is_read_under_either_secret() -> None:
    raw = platform()
    async with pim(**SECRETS) as (connector, _):
        found = connector.read_webhook(signed(raw), raw)
        assert found == WebhookEvent(key="0193f2c4", topic="product.updated",
                                     sent_at=datetime(2026, 3, 2, 8, 59, 45, 123456, tzinfo=UTC),
                                     subjects=(("product", UUID),))  # fmt: skip
        for headers in (signed(raw, "shh-2"), signed(raw, "old", "shh-1"), signed(raw, "shh-2", "new")):
            assert connector.read_webhook(headers, raw) == found


async def test_a_late_retry_is_the_same_event_and_a_very_late_one_is_none() -> None:
    raw = platform()
    async with pim(**SECRETS) as (connector, _):
        clock = connector._session.clock
        clock.forward(35 * 60)  # type: ignore[attr-defined]
        assert connector.read_webhook(signed(raw), raw).key == "0193f2c4"
        clock.forward(30 * 60)  # type: ignore[attr-defined]
        with pytest.raises(DataFault) as caught:
            connector.read_webhook(signed(raw), raw)
        assert caught.value.place == "time"


LEGACY, STAMPED = "X-Akeneo-Request-Signature", "X-Akeneo-Request-Timestamp"
PRIMARY = "X-AKENEO-SIGNATURE-PRIMARY"
FUTURE = (NOW + timedelta(hours=1)).isoformat()


@pytest.mark.parametrize(
    ("raw", "headers", "place"),
    [
        (legacy(), legacy_signed(legacy(), "other"), LEGACY),
        (legacy(), legacy_signed(b"{}"), LEGACY),
        (legacy(), {**legacy_signed(legacy()), STAMPED: str(STAMP + 1)}, LEGACY),
        (legacy(), {**legacy_signed(legacy()), LEGACY: "é\udc80"}, LEGACY),
        (legacy(), {LEGACY: legacy_signed(legacy())[LEGACY]}, LEGACY),
        (legacy(), legacy_signed(legacy(), stamp=STAMP - 600), STAMPED),
        (legacy(), legacy_signed(legacy(), stamp=STAMP + 600), STAMPED),
        (legacy(), legacy_signed(legacy(), stamp="noon"), STAMPED),
        (legacy(), legacy_signed(legacy(), stamp=10**30), STAMPED),
        (platform(), {}, PRIMARY),
        (platform(), {PRIMARY: ""}, PRIMARY),
        (platform(), signed(platform(), "other"), PRIMARY),
        (platform("product.deleted"), signed(platform()), PRIMARY),
        (platform(), signed(platform(), algorithm="none"), "X-AKENEO-SIGNATURE-ALGORITHM"),
        (platform(time=FUTURE), signed(platform(time=FUTURE)), "time"),
    ],
)
async def test_anything_else_is_turned_away(raw: bytes, headers: dict[str, str], place: str) -> None:
    async with pim(**SECRETS) as (connector, _):
        with pytest.raises(DataFault) as caught:
            connector.read_webhook(headers, raw)
        assert caught.value.place == place
        assert "shh" not in str(caught.value)


async def test_without_a_secret_nothing_is_believed() -> None:
    async with pim() as (connector, _):
        for headers, raw in (
            (signed(platform()), platform()),
            (legacy_signed(legacy(), ""), legacy()),
            ({}, platform()),
        ):
            with pytest.raises(DataFault):
                connector.read_webhook(headers, raw)


@pytest.mark.parametrize("author", ["1_norrsken", "o2c", "o2c_5512"])
async def test_our_own_echo_names_nothing(author: str) -> None:
    async with pim(**SECRETS, connection_code="o2c") as (connector, _):
        raw = platform(data={"product": {"uuid": UUID}, "author": {"identifier": author, "type": "api"}})
        assert connector.read_webhook(signed(raw), raw).subjects == ()
        raw = legacy(legacy_event(author=author), legacy_event(resource={"uuid": OTHER}))
        assert connector.read_webhook(legacy_signed(raw), raw).subjects == (("product", OTHER),)
        raw = platform(data={"product": {"uuid": UUID}, "author": {"identifier": author, "type": "user"}})
        assert connector.read_webhook(signed(raw), raw).subjects == (("product", UUID),)
    async with pim(**SECRETS, connection_code="o2c", skip_own_events=False) as (connector, _):
        raw = legacy(legacy_event(author=author))
        assert connector.read_webhook(legacy_signed(raw), raw).subjects == (("product", UUID),)


@pytest.mark.parametrize("raw", [b"", b'{"events":[]}', b"[]"])
async def test_a_test_message_is_taken_and_names_nothing(raw: bytes) -> None:
    async with pim(**SECRETS) as (connector, _):
        found = connector.read_webhook(legacy_signed(raw), raw)
        assert (found.topic, found.subjects, found.key) == ("test", (), digest(raw))
        assert connector.read_webhook(signed(raw), raw).topic == "test"


async def test_a_status_notification_is_taken() -> None:
    raw = orjson.dumps({"notification_type": "subscription.suspended.system", "timestamp": "2026-03-02T08:59:50Z",
                        "subscription_id": "0192ab10", "events": []})  # fmt: skip
    async with pim(**SECRETS) as (connector, _):
        found = connector.read_webhook(signed(raw, "shh-3"), raw)
        assert (found.topic, found.subjects) == ("subscription.suspended.system", ())
        connector._session.clock.forward(600)  # type: ignore[attr-defined]
        with pytest.raises(DataFault):
            connector.read_webhook(signed(raw, "shh-3"), raw)


@pytest.mark.parametrize(
    ("kind", "data", "subjects"),
    [
        ("product.deleted", {"product": {"uuid": UUID}}, (("product", UUID),)),
        ("product.became-complete", {"product": {"uuid": UUID, "complete_on": []}}, (("product", UUID),)),
        ("product-model.updated.delta", {"product_model": {"code": "mdl"}}, (("product-model", "mdl"),)),
        ("attribute-option.updated", {"attribute_option": {"code": "red"}}, (("attribute-option", "red"),)),
        ("family.deleted", {"family": {"code": "helmets"}}, (("family", "helmets"),)),
        ("category.updated", {"category": {}}, ()),
        ("asset.updated", None, ()),
        ("job.export.status-changed", {"job": {"code": "x"}}, ()),
        ("connection.deleted", {}, ()),
        ("something.new", {"something": {"code": "x"}}, ()),
    ],
)
def test_what_a_platform_event_speaks_of(kind: str, data: Any, subjects: Any) -> None:
    assert to_event(platform(kind, data={} if data is None else data)).subjects == subjects


def test_by_identifier_the_identifier_is_the_key() -> None:
    assert to_event(legacy(), by="identifier").subjects == (("product", "NSC-1"),)
    assert to_event(legacy(legacy_event(resource={"identifier": "NSC-1"}))).subjects == (("product", "NSC-1"),)
    assert to_event(legacy(legacy_event(resource={"uuid": UUID, "identifier": None})), by="identifier").subjects == ()
    with pytest.raises(DataFault) as caught:
        to_event(platform(), by="identifier")
    assert caught.value.place == "data.product.identifier"


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"<html>", "body"),
        (b"[1]", "body"),
        (b"{}", "id"),
        (legacy(*[legacy_event()] * 11), "events"),
        (orjson.dumps({"events": {}}), "events"),
        (legacy(7), "events[0]"),
        (legacy(legacy_event(action=None)), "events[0].action"),
        (legacy(legacy_event(event_id=7)), "events[0].event_id"),
        (legacy(legacy_event(event_datetime="2026-03-02T08:59:44")), "events[0].event_datetime"),
        (legacy(legacy_event(resource={})), "events[0].data.resource.identifier"),
        (legacy(legacy_event(data=None)), "events[0].data.resource"),
        (platform(id=""), "id"),
        (platform(type=None), "type"),
        (platform(time="yesterday"), "time"),
        (platform(data={}), "data.product"),
        (platform("product-model.created", data={"product_model": {}}), "data.product_model.code"),
        (orjson.dumps({"notification_type": "subscription.resumed"}), "timestamp"),
    ],
)
def test_a_body_that_is_no_event_is_named(raw: bytes, place: str) -> None:
    with pytest.raises(DataFault) as caught:
        to_event(raw)
    assert caught.value.place == place
