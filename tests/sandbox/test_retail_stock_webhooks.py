"""Events out: thin, signed by Standard Webhooks, and astray in every way a hint can be."""

import json
from typing import Any

from crossdock.sandbox.bridge import signature
from crossdock.sandbox.retail_stock.events import EVENT_TYPES
from tests.sandbox.retail_stock_caller import PLACE, Caller, fresh_key, item, listening, shops

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
VECTOR = (
    b'{"type":"dispatch.confirmed","timestamp":"2026-01-01T00:00:00Z",'
    b'"data":{"dispatch_id":"D-1001","order_ref":"SO12345","revision":1}}'
)
YORK = {"location": PLACE[0], "sku": PLACE[1]}


def test_the_contracts_vector() -> None:
    signed = signature(SECRET, "evt_01JTESTVECTOR0002", 1767225600, VECTOR)
    assert signed == "v1,QYlKAYBy+Db5l9JzOxre8Ft+OMTyMSy+OoRwJf7GCU8="


async def test_a_dispatch_event_is_thin_and_signed() -> None:
    async with listening("dispatch.confirmed", "dispatch.amended", "dispatch.cancelled") as (caller, listener, secret):
        lines = [{"sku": PLACE[1], "quantity": "1"}]
        await caller.act("dispatch_order", order_ref="SO12345", lines=lines, location="Main Warehouse")
        await caller.act("amend_dispatch", dispatch_id="D-1001", service="two-day")
        await caller.act("cancel_dispatch", dispatch_id="D-1001")
        bodies = await listener.wait(3)
        keys = json.loads(VECTOR)["data"].keys()
        assert [(body["type"], body["data"]["revision"]) for body in bodies] == [
            ("dispatch.confirmed", 1),
            ("dispatch.amended", 2),
            ("dispatch.cancelled", 3),
        ]
        for (headers, raw), body in zip(listener.received, bodies, strict=True):
            assert list(body) == ["type", "timestamp", "data"]
            assert body["data"].keys() == keys
            wanted = signature(secret, headers["webhook-id"], int(headers["webhook-timestamp"]), raw)
            assert headers["webhook-signature"] == wanted


async def test_a_sale_tells_of_the_movement_and_the_level() -> None:
    async with listening("stock.movement", "stock.level_changed") as (caller, listener, _):
        told = await caller.act("receive_goods", **YORK, quantity=2)
        movement, level = await listener.wait(2)
        place = {"location_code": PLACE[0], "sku": PLACE[1], "sequence": told["sequence"]}
        assert (movement["type"], movement["data"]) == (
            "stock.movement",
            {"movement_id": told["movement_id"], **place},
        )
        assert (level["type"], level["data"]) == ("stock.level_changed", place)


async def test_the_other_events() -> None:
    types = ("transfer.recommended", "item.rejected", "item.readiness_changed")
    async with listening(*types) as (caller, listener, _):
        (reference,) = (await caller.act("recommend_transfers"))["reference_ids"]
        await caller.put("items:batch", item(sku="BAD", status=None))
        await caller.act("set_body_map", sku="OSLO-S-BLK")
        bodies = await listener.wait(3)
        assert [(body["type"], body["data"]) for body in bodies] == [
            ("transfer.recommended", {"reference_id": reference}),
            ("item.rejected", {"sku": "BAD", "code": "request-invalid"}),
            ("item.readiness_changed", {"sku": "OSLO-S-BLK"}),
        ]
    assert set(EVENT_TYPES) == {
        *types, "stock.level_changed", "stock.movement", "dispatch.confirmed", "dispatch.amended", "dispatch.cancelled",
    }  # fmt: skip


async def sold_five_times(caller: Caller) -> list[int]:
    """The sequences of five sales whose events are held back."""
    await caller.act("count_stock", **YORK, counted=20)
    await caller.act("hold_events")
    return [(await caller.act("sell", **YORK))["sequence"] for _ in range(5)]


def sequences(bodies: list[Any]) -> list[int]:
    return [body["data"]["sequence"] for body in bodies if body["type"] == "stock.level_changed"]


async def test_events_out_of_order_twice_and_lost() -> None:
    async with listening("stock.level_changed") as (caller, listener, _):
        made = await sold_five_times(caller)
        await listener.wait(1)  # the count's own
        released = await caller.act("release_events", order="reversed", copies=2, lose=2)
        assert released == {"held": 10, "sent": 16}  # a movement and a level each
        bodies = await listener.wait(9)
        assert sequences(bodies)[1:] == [*made[:4][::-1], *made[:4][::-1]]
        state = await caller.state()
        assert (state["events_held"], state["events_lost"]) == (0, 2)
        assert (await caller.level())["sequence"] == made[-1]  # the feed is the truth


async def test_shuffled_events_are_all_there() -> None:
    async with listening("stock.level_changed") as (caller, listener, _):
        made = await sold_five_times(caller)
        await caller.act("release_events", order="shuffled")
        heard = sequences(await listener.wait(6))[1:]
        assert (sorted(heard), heard == made) == (made, False)


async def test_webhook_faults_and_retries() -> None:
    async with listening("stock.level_changed", webhook_attempts=3) as (caller, listener, _):
        await caller.fault(kind="lose_webhook", match="WEBHOOK stock", count=1)
        await caller.act("receive_goods", **YORK, quantity=1)
        await caller.fault(kind="duplicate_webhook", match="WEBHOOK stock", count=1)
        listener.statuses = [503]
        await caller.act("receive_goods", **YORK, quantity=1)
        await listener.wait(3)
        ids = [headers["webhook-id"] for headers, _ in listener.received]
        assert len(set(ids)) == 1
        outcomes = [row["outcome"] for row in (await caller.state())["deliveries"]]
        assert outcomes[0] == "lost"
        assert 503 in outcomes


async def test_an_event_for_nothing_and_one_for_a_dispatch_that_is_not_there() -> None:
    async with listening("dispatch.confirmed") as (caller, listener, _):
        data = {"dispatch_id": "D-9999", "order_ref": "SO1", "revision": 1}
        await caller.act("send_event", type="dispatch.confirmed", data=data)
        (body,) = await listener.wait(1)
        assert body["data"] == data
        assert (await caller.get("dispatches/D-9999")).status == 404


async def test_an_endpoint_names_known_events_only() -> None:
    async with shops() as caller:
        body = {"url": "https://ours.example/hook", "event_types": ["stock.changed"]}
        answer = await caller.post("webhook-endpoints", body, **{"Idempotency-Key": fresh_key()})
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (400, "/event_types/0")
