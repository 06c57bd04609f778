"""Telling the shop that the ERP has an order: what sticks, what is ignored, what is refused, what is not known."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web

from crossdock.model.faults import Accepted, ConfigFault, Outcome, Refused, Transient, Unknown
from crossdock.ports.systems import Acknowledgement
from tests.connectors.orocommerce.orders import order, ref
from tests.connectors.orocommerce.stub import Stub, errors, json_api, shop
from tests.connectors.stub import Asked

EDIT = 'No access by "EDIT" permission to the entity.'


def ack(identity: str = "812", erp_ref: str = "SO-1") -> Acknowledgement:
    return Acknowledgement(storefront_id=identity, order_ref=f"B2B-{identity}", erp_ref=erp_ref)


def keeps(asked: Asked) -> web.StreamResponse:
    """The shop as it should be: what is sent is kept. Lists too."""
    return json_api({"data": asked.body["data"]})


def no_field(*_: Any) -> web.StreamResponse:
    return errors(400, "extra fields constraint", "No such field.", pointer="/data/attributes/externalId")


async def acknowledged(
    *answers: Any, acks: Sequence[Acknowledgement] = (ack(),), **settings: Any
) -> tuple[Sequence[Outcome], Stub]:
    async with shop(**settings) as (connector, stub):
        stub.on("PATCH", "orders/812", *answers)
        stub.on("GET", "orders/812", {"data": order()})
        return await connector.write_acknowledgements(acks), stub


@pytest.mark.parametrize(
    ("way", "attributes", "relationships"),
    [
        ("external_id", {"externalId": "SO-1"}, None),
        ("status", None, {"status": ref("orderstatuses", "processing")}),
        ("both", {"externalId": "SO-1"}, {"status": ref("orderstatuses", "processing")}),
        ("auto", {"externalId": "SO-1"}, None),
    ],
)
async def test_each_way_sends_its_own_and_is_believed_when_it_sticks(
    way: str, attributes: object, relationships: object
) -> None:
    outcomes, stub = await acknowledged(keeps, acknowledge=way)
    assert outcomes == [Accepted("SO-1", "812")]
    (sent,) = stub.calls("PATCH", "orders/812")
    assert sent.body["data"].get("attributes") == attributes
    assert sent.body["data"].get("relationships") == relationships


async def test_none_tells_nobody() -> None:
    outcomes, stub = await acknowledged(acknowledge="none")
    assert (outcomes, stub.asked) == ([Accepted("SO-1", "812")], [])


async def test_a_write_that_is_ignored_is_refused_with_the_option_to_switch_on() -> None:
    ((outcome,), _) = await acknowledged({"data": order(status={"data": None})}, acknowledge="status")
    assert isinstance(outcome, Refused)
    assert outcome.code == "ignored"
    assert "Enable External Status Management" in outcome.text
    ((outcome,), _) = await acknowledged({"data": order(externalId=None)})
    assert isinstance(outcome, Refused)


async def test_a_number_that_is_too_long_is_not_cut() -> None:
    outcomes, stub = await acknowledged(keeps, acks=[ack(erp_ref="9" * 37), ack(erp_ref="9" * 36)])
    assert [type(outcome) for outcome in outcomes] == [Refused, Accepted]
    assert len(stub.calls("PATCH", "orders/812")) == 1


async def test_an_order_that_is_closed_is_frozen_and_an_open_one_forbidden() -> None:
    def denied(*_: Any) -> web.StreamResponse:
        return errors(403, "access denied exception", EDIT)

    for state, code in (("closed", "frozen"), ("cancelled", "frozen"), ("open", "forbidden")):
        async with shop() as (connector, stub):
            stub.on("PATCH", "orders/812", denied)
            stub.on("GET", "orders/812", {"data": order(internalStatus=ref("orderinternalstatuses", state))})
            (outcome,) = await connector.write_acknowledgements([ack()])
            assert isinstance(outcome, Refused)
            assert outcome.code == code


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (
            lambda *_: errors(400, "unique entity constraint", 'Value for field "External ID" must be unique'),
            "not-unique",
        ),
        (lambda *_: errors(404, "not found http exception"), "not-found"),
    ],
)
async def test_a_refusal_has_its_code(answer: object, code: str) -> None:
    ((outcome,), _) = await acknowledged(answer)
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.duplicate) == (code, False)


async def test_a_shop_without_external_ids_is_the_operators_or_told_by_status() -> None:
    with pytest.raises(ConfigFault) as caught:
        await acknowledged(no_field)
    assert caught.value.setting == "acknowledge"
    outcomes, stub = await acknowledged(no_field, keeps, acknowledge="auto")
    assert outcomes == [Accepted("SO-1", "812")]
    assert "status" in stub.calls("PATCH", "orders/812")[1].body["data"]["relationships"]


async def test_a_status_the_shop_does_not_have_is_the_operators() -> None:
    with pytest.raises(ConfigFault) as caught:
        await acknowledged(
            lambda *_: errors(400, "form constraint", "The entity does not exist."), acknowledge="status"
        )
    assert caught.value.setting == "acknowledged_status"


async def test_lost_replies_and_closed_doors() -> None:
    ((outcome,), _) = await acknowledged(lambda *_: web.Response(status=502))
    assert isinstance(outcome, Unknown)
    with pytest.raises(Transient):
        await acknowledged(lambda *_: web.Response(status=429))


async def test_many_go_in_one_list_and_a_bad_one_does_not_stop_the_rest() -> None:
    def second_is_taken(asked: Asked) -> web.StreamResponse:
        assert asked.headers["X-Mode"] == "sync"
        assert all(record["meta"] == {"update": True} for record in asked.body["data"])
        if any(record["id"] == "2" for record in asked.body["data"]):
            return errors(400, "unique entity constraint", "taken", pointer="/data/1/attributes/externalId")
        return keeps(asked)

    async with shop() as (connector, stub):
        stub.on("PATCH", "orders", second_is_taken)
        outcomes = await connector.write_acknowledgements([ack("1"), ack("2"), ack("3")])
        assert [type(outcome) for outcome in outcomes] == [Accepted, Refused, Accepted]
        assert len(stub.calls("PATCH", "orders")) == 2


async def test_lists_that_are_never_worked_off_are_not_used_again() -> None:
    queued = {"type": "asyncoperations", "id": "31", "attributes": {"status": "new", "summary": None}}
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders", lambda *_: json_api({"data": queued}, status=202))
        stub.on("GET", "asyncoperations/31", {"data": queued})
        for identity in ("1", "2"):
            stub.on("PATCH", f"orders/{identity}", keeps)
        first = await connector.write_acknowledgements([ack("1"), ack("2")])
        assert all(isinstance(outcome, Unknown) and "still new" in outcome.reason for outcome in first)
        second = await connector.write_acknowledgements([ack("1"), ack("2")])
        assert all(isinstance(outcome, Accepted) for outcome in second)


async def test_a_list_that_is_queued_after_all_is_looked_up() -> None:
    done = {"type": "asyncoperations", "id": "31", "attributes": {"status": "success", "summary": {"writeCount": 2}}}
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders", lambda *_: json_api({"data": done}, status=202))
        stub.on(
            "GET",
            "asyncoperations/31/errors",
            lambda *_: json_api({"data": []}, headers={"X-Include-Total-Count": "0"}),
        )
        stub.on("GET", "orders/1", {"data": order("1", externalId="SO-1")})
        stub.on("GET", "orders/2", {"data": order("2", externalId=None)})
        outcomes = await connector.write_acknowledgements([ack("1"), ack("2")])
        assert [type(outcome) for outcome in outcomes] == [Accepted, Refused]


async def test_a_door_that_closes_halfway_leaves_the_rest_unknown() -> None:
    acks = [ack(str(number)) for number in range(130)]
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders", keeps, lambda *_: web.Response(status=429))
        outcomes = await connector.write_acknowledgements(acks)
        assert [type(outcome) for outcome in outcomes] == [Accepted] * 100 + [Unknown] * 30
        stub.on("PATCH", "orders", lambda *_: web.Response(status=429))
        with pytest.raises(Transient):
            await connector.write_acknowledgements(acks)


async def test_what_a_queued_list_did_and_nobody_can_look_up_is_unknown() -> None:
    done = {"type": "asyncoperations", "id": "31", "attributes": {"status": "success", "summary": None}}
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders", lambda *_: json_api({"data": done}, status=202))
        none = {"X-Include-Total-Count": "0"}
        stub.on("GET", "asyncoperations/31/errors", lambda *_: json_api({"data": []}, headers=none))
        outcomes = await connector.write_acknowledgements([ack("1"), ack("2")])
        assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]
