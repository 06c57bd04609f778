"""Despatches into the shop: once each, found before they are sent again, and never half told in silence."""

from typing import Any

import pytest
from aiohttp import web

from crossdock.model.despatch import Despatch
from crossdock.model.faults import Accepted, ConfigFault, ReadIncomplete, Refused, Unknown
from tests.connectors.orocommerce.orders import order, ref, refs
from tests.connectors.orocommerce.stub import Stub, errors, json_api, shop
from tests.connectors.stub import Asked


def despatch(number: str = "0034", carrier: str = "DHL", *, final: bool = False) -> Despatch:
    return Despatch(key="d-1", order_ref="B2B-812", tracking_number=number, carrier=carrier, lines=(), final=final)


def shown(*trackings: tuple[str, str], status: str | None = "not_shipped", internal: str = "open") -> dict[str, Any]:
    """The order with its trackings; status None: a version that has none."""
    records = [
        {"type": "ordershippingtrackings", "id": str(at), "attributes": {"method": method, "number": number}}
        for at, (method, number) in enumerate(trackings)
    ]
    changes = {"shippingStatus": ref("ordershippingstatuses", status)} if status else {}
    record = order(
        shippingTrackings=refs("ordershippingtrackings", *(record["id"] for record in records)),
        internalStatus=ref("orderinternalstatuses", internal),
        **changes,
    )
    return {"data": record, "included": records}


def keeps(asked: Asked) -> web.StreamResponse:
    return json_api({"data": {"id": "77", **asked.body["data"]}}, status=201)


def ready(stub: Stub, document: dict[str, Any]) -> None:
    stub.on("GET", "orders/812", document)
    stub.on("POST", "ordershippingtrackings", keeps)
    stub.on("PATCH", "orders/812", keeps)


async def test_what_is_shown_is_found() -> None:
    async with shop() as (connector, stub):
        ready(stub, shown(("DHL", "0034"), ("DPD", "9")))
        assert await connector.find_despatches("812") == {("DHL", "0034"), ("DPD", "9")}
        stub.on("GET", "orders/813", lambda *_: errors(404, "not found http exception"))
        assert await connector.find_despatches("813") == frozenset()


async def test_trackings_that_are_not_all_there_are_no_read() -> None:
    async with shop() as (connector, stub):
        document = shown(("DHL", "0034"))
        stub.on("GET", "orders/812", {"data": document["data"]}, {"data": []}, {"data": {"type": "orders", "id": "1"}})
        for _ in range(3):
            with pytest.raises(ReadIncomplete):
                await connector.find_despatches("812")
        with pytest.raises(ConfigFault):
            await connector.find_despatches("unrouted")


@pytest.mark.parametrize(
    ("final", "before", "sent"),
    [
        (False, "not_shipped", "partially_shipped"),
        (True, "not_shipped", "shipped"),
        (True, "partially_shipped", "shipped"),
        (False, "partially_shipped", None),
        (False, "shipped", None),
        (True, "shipped", None),
        (True, None, None),
    ],
)
async def test_a_tracking_then_the_status_where_it_changes(final: bool, before: str | None, sent: str | None) -> None:
    async with shop() as (connector, stub):
        ready(stub, shown(status=before))
        assert await connector.create_despatch("812", despatch(final=final)) == Accepted("0034", "77")
        (post,) = stub.calls("POST", "ordershippingtrackings")
        assert post.body["data"]["attributes"] == {"method": "DHL", "number": "0034"}
        assert ("orders" in post.body["data"]["relationships"]) == (before is not None)
        patches = stub.calls("PATCH", "orders/812")
        statuses = [patch.body["data"]["relationships"]["shippingStatus"]["data"]["id"] for patch in patches]
        assert statuses == ([sent] if sent else [])


async def test_what_is_there_already_is_not_sent_again() -> None:
    async with shop() as (connector, stub):
        ready(stub, shown(("DHL", "0034"), status="shipped"))
        assert await connector.create_despatch("812", despatch(final=True)) == Accepted("0034", "0")
        assert {call.method for call in stub.asked} == {"POST", "GET"}  # the POST is the sign-in
        assert not stub.calls("POST", "ordershippingtrackings")


async def test_no_carrier_and_the_other_name_of_the_order() -> None:
    def wants_orders(asked: Asked) -> web.StreamResponse:
        if "order" in asked.body["data"]["relationships"]:
            return errors(400, "extra fields constraint", "...", pointer="/data/relationships/order")
        return keeps(asked)

    async with shop() as (connector, stub):
        ready(stub, shown(status=None))
        stub.on("POST", "ordershippingtrackings", wants_orders)
        assert isinstance(await connector.create_despatch("812", despatch(carrier="")), Accepted)
        assert stub.calls("POST", "ordershippingtrackings")[1].body["data"]["attributes"]["method"] == "Carrier"


@pytest.mark.parametrize(
    "answer",
    [
        lambda *_: web.Response(status=502),
        lambda *_: web.Response(text="<html>"),
        lambda *_: json_api({"data": {"type": "ordershippingtrackings", "id": "1", "attributes": {"method": "UPS"}}}),
    ],
)
async def test_a_lost_reply_is_unknown_and_then_found(answer: object) -> None:
    async with shop() as (connector, stub):
        ready(stub, shown())
        stub.on("POST", "ordershippingtrackings", answer)
        assert isinstance(await connector.create_despatch("812", despatch()), Unknown)
        stub.on("GET", "orders/812", shown(("DHL", "0034"), status="partially_shipped"))
        assert isinstance(await connector.create_despatch("812", despatch()), Accepted)
        assert len(stub.calls("POST", "ordershippingtrackings")) == 1


async def test_refusals() -> None:
    async with shop() as (connector, stub):
        ready(stub, shown())
        stub.on("POST", "ordershippingtrackings", lambda *_: errors(403, "access granted constraint"))
        outcome = await connector.create_despatch("812", despatch())
        assert isinstance(outcome, Refused)
        assert outcome.code == "forbidden-relation"
        stub.on("POST", "ordershippingtrackings", lambda *_: errors(405, "action not allowed exception"))
        with pytest.raises(ConfigFault):
            await connector.create_despatch("812", despatch())
        stub.on("GET", "orders/813", lambda *_: errors(404, "not found http exception"))
        outcome = await connector.create_despatch("813", despatch())
        assert isinstance(outcome, Refused)
        assert outcome.code == "not-found"


@pytest.mark.parametrize(
    ("internal", "answer", "code"),
    [
        ("closed", lambda *_: errors(403, "access denied exception", 'No access by "EDIT" permission'), "frozen"),
        ("open", lambda *_: errors(403, "access denied exception", 'No access by "EDIT" permission'), "forbidden"),
        ("open", lambda *_: json_api(shown()), "ignored"),
        ("open", lambda *_: web.Response(status=503), "unknown"),
        ("open", lambda *_: web.Response(status=429), "unknown"),
    ],
)
async def test_a_tracking_whose_status_does_not_follow_says_so(internal: str, answer: object, code: str) -> None:
    async with shop() as (connector, stub):
        ready(stub, shown(internal=internal))
        stub.on("PATCH", "orders/812", answer)
        outcome = await connector.create_despatch("812", despatch(final=True))
        if isinstance(outcome, Refused):
            assert outcome.code == code
            assert "tracking DHL 0034 is shown" in outcome.text
        else:
            assert isinstance(outcome, Unknown)
            assert (code, "is shown" in outcome.reason) == ("unknown", True)
