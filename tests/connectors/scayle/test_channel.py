"""The addresses SCAYLE calls: a yes only after the desk has stored it, and the same yes for a repeat."""

from typing import Any

import orjson
import pytest

from crossdock.model.faults import DataFault, Transient
from crossdock.ports.channel import ChannelReply, ChannelRequest, Decision
from crossdock.ports.systems import WebhookEvent
from tests.connectors.scayle.desk import Desk, delegated
from tests.connectors.scayle.orders import item, order, shipped
from tests.connectors.scayle.stub import ORDERS, error, shop
from tests.connectors.scayle.test_webhook import GUARDED, KEY, basic, event

REFERENCE = f"{ORDERS}/key%3Dnbde-1001-880001"


def request(tail: str, body: Any, *, method: str = "POST", headers: dict[str, str] | None = None) -> ChannelRequest:
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return ChannelRequest(method=method, tail=tail, headers=basic() if headers is None else headers, body=raw)


def said(reply: ChannelReply) -> tuple[int, Any]:
    return reply.status, orjson.loads(reply.body)


def wish(**changes: Any) -> dict[str, Any]:
    return {
        "orderReferenceKey": "nbde-1001-880001", "fulfillingMerchantKey": "north", "merchantKey": "north",
        "companyId": 1, "warehouseIds": [], **changes,
    }  # fmt: skip


async def test_a_delegated_order_is_stored_and_then_answered_the_same_however_often() -> None:
    desk = Desk()
    async with shop(**GUARDED, merchant="north") as (connector, stub):
        replies = [await connector.answer_channel(request("orders", delegated()), desk) for _ in range(3)]
        assert {said(reply)[0] for reply in replies} == {201}
        assert orjson.loads(replies[0].body) == {
            "orderReferenceKey": "nbde-1001-880001", "referenceKey": 880001, "orderDelegationResult": "acknowledged",
        }  # fmt: skip
        assert len({reply.body for reply in replies}) == 1
        first = WebhookEvent(key="delegation/880001/north", topic="order-delegated", order_refs=("880001",))
        assert set(desk.events) == {first}
        assert desk.raws[0] == orjson.dumps(delegated())
        assert stub.asked == []  # it is fetched afterwards; the answer is due in 15 seconds


async def test_an_order_of_two_merchants_is_two_delegations() -> None:
    desk = Desk()
    async with shop(**GUARDED) as (connector, _):
        for merchant in ("north", "south"):
            body = delegated(fulfillingMerchantKey=merchant)
            assert (await connector.answer_channel(request("orders", body), desk)).status == 201
        assert [one.key for one in desk.events] == ["delegation/880001/north", "delegation/880001/south"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "no whole JSON"),
        ([], "must be an object"),
        (delegated(orderId=None), "orderId"),
        (delegated(orderId="x1"), "orderId"),
        (delegated(items=[]), "at least one unit"),
        (delegated(items=[{"id": 1}]), "items[0].orderItemId"),
        (delegated(fulfillingMerchantKey="south"), "fulfillingMerchantKey"),
        (delegated(shopKey="xy"), "shopKey"),
        (delegated(countryCode="AT"), "shopKey"),
    ],
)
async def test_a_delegation_that_is_wrong_is_said_so_and_not_stored(body: Any, problem: str) -> None:
    desk = Desk()
    async with shop(**GUARDED, merchant="north") as (connector, _):
        status, answer = said(await connector.answer_channel(request("orders", body), desk))
        assert (status, answer["statusCode"], answer["errorKey"]) == (400, 400, "validation_error")
        assert problem in answer["message"]
        assert desk.events == []


@pytest.mark.parametrize(
    ("trouble", "status"),
    [(Transient("the database does not answer"), 503), (DataFault("key", "holds a NUL character"), 400)],
)
async def test_what_is_not_stored_is_not_acknowledged(trouble: Exception, status: int) -> None:
    async with shop(**GUARDED) as (connector, _):
        for tail, body in (("orders", delegated()), ("events/order-confirmed", event())):
            reply = await connector.answer_channel(request(tail, body), Desk(trouble=trouble))
            assert (reply.status, orjson.loads(reply.body)["statusCode"]) == (status, status)


@pytest.mark.parametrize(
    ("tail", "method", "headers", "status"),
    [
        ("orders", "POST", {}, 401),
        ("orders", "POST", basic(password="wrong"), 401),
        ("", "POST", basic(), 404),
        ("invoices", "POST", basic(), 404),
        ("orders", "GET", basic(), 405),
        ("cancellations", "DELETE", basic(), 405),
    ],
)
async def test_wrong_calls(tail: str, method: str, headers: dict[str, str], status: int) -> None:
    desk = Desk()
    async with shop(**GUARDED) as (connector, _):
        reply = await connector.answer_channel(request(tail, delegated(), method=method, headers=headers), desk)
        assert (reply.status, orjson.loads(reply.body)["statusCode"]) == (status, status)
        assert ("WWW-Authenticate" in reply.headers) is (status == 401)
        assert desk.events == desk.cancellations == []


async def test_a_secret_part_of_the_address() -> None:
    async with shop(webhook_path_secret="s3gment") as (connector, _):
        for tail, status in (
            ("orders/s3gment", 201), ("orders/other", 401), ("orders", 401), ("s3gment", 401),
            ("events/order-confirmed", 401), ("cancellations/s3gment/x", 401),
        ):  # fmt: skip
            reply = await connector.answer_channel(request(tail, delegated(), headers={}), Desk())
            assert reply.status == status, tail
            assert b"s3gment" not in reply.body
        desk = Desk()
        nameless = event(type=...)
        reply = await connector.answer_channel(request("events/order-confirmed/s3gment", nameless, headers={}), desk)
        assert (reply.status, desk.events[0].topic) == (200, "order-confirmed")


# cancellations


@pytest.mark.parametrize(
    ("decision", "settings", "status", "answer"),
    [
        (Decision(accepted=True), {}, 201,
         {"orderReferenceKey": "nbde-1001-880001", "cancellationResult": "successful"}),
        (Decision(accepted=None, reason="not looked at yet"), {}, 503, {"errorKey": "not_decided"}),
        (Decision(accepted=None), {"cancellation_undecided_status": 409}, 409, {"errorKey": "not_decided"}),
        (Decision(accepted=False, reason="it is being packed"), {}, 409,
         {"errorKey": "cancellation_refused", "message": "it is being packed"}),
        (Decision(accepted=False), {"cancellation_refused_status": 422}, 422, {"errorKey": "cancellation_refused"}),
    ],
)  # fmt: skip
async def test_a_cancellation_is_granted_when_the_desk_grants_it(
    decision: Decision, settings: dict[str, Any], status: int, answer: dict[str, Any]
) -> None:
    desk = Desk(decision=decision)
    async with shop(**GUARDED, **settings) as (connector, stub):
        stub.on("GET", REFERENCE, order())
        for _ in range(2):
            found, body = said(await connector.answer_channel(request("cancellations", wish()), desk))
            assert found == status
            assert answer.items() <= body.items()
        assert len({one.key for one in desk.cancellations}) == 1
        told = desk.cancellations[0]
        assert (told.order_ref, told.storefront_id, told.lines) == ("100-880001", "880001", ())


async def test_an_order_that_is_not_found_by_its_key_is_named_as_it_was() -> None:
    desk = Desk(decision=Decision(accepted=True))
    async with shop(**GUARDED) as (connector, _):
        assert (await connector.answer_channel(request("cancellations", wish()), desk)).status == 201
        assert (desk.cancellations[0].order_ref, desk.cancellations[0].storefront_id) == ("nbde-1001-880001", "")
        elsewhere = request("cancellations", wish(warehouseIds=[7]))
        assert (await connector.answer_channel(elsewhere, desk)).status == 400


@pytest.mark.parametrize(
    ("reference", "settings", "found"),
    [
        ("nbde-1001-880001", {}, "880001"),
        ("nbde-1001-880001", {"reference_names_order": False}, ""),
        ("nbde-1002-880001", {}, ""),
        ("xyde-1001-880001", {}, ""),
        ("nbde-1001-880009", {}, ""),
        ("880001", {}, ""),
    ],
)
async def test_what_a_reference_says_of_its_order_is_believed_when_the_order_agrees(
    reference: str, settings: dict[str, Any], found: str
) -> None:
    desk = Desk(decision=Decision(accepted=True))
    async with shop(**GUARDED, **settings) as (connector, stub):
        stub.on("GET", f"{ORDERS}/880001", order())
        await connector.answer_channel(request("cancellations", wish(orderReferenceKey=reference)), desk)
        assert desk.cancellations[0].storefront_id == found


async def test_the_delegation_tells_which_order_a_reference_means() -> None:
    desk = Desk(decision=Decision(accepted=True))
    async with shop(**GUARDED) as (connector, stub):
        stub.on("GET", f"{ORDERS}/880001", order())
        await connector.answer_channel(request("orders", delegated(orderReferenceKey="any word")), desk)
        await connector.answer_channel(request("cancellations", wish(orderReferenceKey="any word")), desk)
        assert (desk.cancellations[0].storefront_id, desk.cancellations[0].order_ref) == ("880001", "100-880001")


async def test_only_what_lies_in_the_named_warehouses() -> None:
    desk = Desk(decision=Decision(accepted=True))
    there = order(880001, item(3), item(4, warehouseId=8), shipped(item(5)))
    async with shop(**GUARDED) as (connector, stub):
        stub.on("GET", REFERENCE, there)
        await connector.answer_channel(request("cancellations", wish(warehouseIds=[7])), desk)
        assert [(line.sku, line.line_ref) for line in desk.cancellations[0].lines] == [("TEE-RED-M", "3")]
        assert desk.cancellations[0].key == "cancellation/nbde-1001-880001/north/7"
        none = request("cancellations", wish(warehouseIds=[9]))
        assert (await connector.answer_channel(none, desk)).status == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (wish(orderReferenceKey=""), 400),
        (wish(orderReferenceKey=None), 400),
        (wish(warehouseIds="7"), 400),
        (wish(fulfillingMerchantKey="south"), 400),
    ],
)
async def test_a_wrong_cancellation_is_not_stored(body: Any, status: int) -> None:
    desk = Desk(decision=Decision(accepted=True))
    async with shop(**GUARDED, merchant="north") as (connector, _):
        assert (await connector.answer_channel(request("cancellations", body), desk)).status == status
        assert desk.cancellations == []


async def test_when_the_order_cannot_be_looked_up_it_is_asked_again() -> None:
    desk = Desk(decision=Decision(accepted=True))
    async with shop(**GUARDED) as (connector, stub):
        stub.on("GET", REFERENCE, error(403, "FORBIDDEN"))
        assert (await connector.answer_channel(request("cancellations", wish()), desk)).status == 503
        assert desk.cancellations == []


# events


async def test_an_event_at_its_own_address() -> None:
    desk = Desk()
    async with shop(**GUARDED) as (connector, _):
        for _ in range(2):
            reply = await connector.answer_channel(request("events/order-confirmed", event(type=...)), desk)
            assert reply.status == 200
        assert {(one.key, one.topic, one.order_refs) for one in desk.events} == {(KEY, "order-confirmed", ("880001",))}
        wrong = request("events/order-confirmed", event(payload=None))
        assert (await connector.answer_channel(wrong, desk)).status == 400
