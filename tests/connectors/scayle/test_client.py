"""Calls: signed with the key, patient with quotas, and sorted by whether anything was done."""

from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.scayle.client import by_key
from crossdock.connectors.scayle.limits import Limits, route
from crossdock.model.faults import Accepted, ConfigFault, ReadIncomplete, Refused, Transient, Unknown
from crossdock.ports.systems import Acknowledgement
from tests.connectors.gate import HandClock
from tests.connectors.scayle.orders import order
from tests.connectors.scayle.stub import ORDERS, error, page, said, shop

ACK = Acknowledgement(storefront_id="880001", order_ref="100-880001", erp_ref="SO-1")
KEY_PATH = f"{ORDERS}/880001/reference-key"


async def read_all(connector: Any) -> list[Any]:
    return [one async for rows in connector.read_orders(None) for one in rows]


async def test_the_key_goes_with_every_call_and_nothing_else_does() -> None:
    async with shop(company_id=3) as (connector, stub):
        stub.on("GET", ORDERS, page(order()))
        assert len(await read_all(connector)) == 1
        (call,) = stub.asked
        assert call.headers["X-Access-Token"] == "t0ken"
        assert call.headers["Accept"] == "application/json"
        assert "X-Company-Id" not in call.headers
        assert call.query == {"with": "legacyCustomData,items.legacyCustomData", "limit": "100"}


def test_a_reference_key_fills_one_slot_of_the_path() -> None:
    assert by_key("SKU/1 ä") == "key%3DSKU%2F1%20%C3%A4"


@pytest.mark.parametrize(
    ("answer", "setting"),
    [
        (error(401, "UNAUTHORIZED"), "access_token"),
        (error(403, "FORBIDDEN", "no ordersRead"), "access_token"),
        (error(405, "METHOD_NOT_ALLOWED"), "api_path"),
        (web.Response(status=404, text="<html>nothing here</html>"), "api_path"),
        (web.Response(status=302, headers={"Location": "https://elsewhere.example"}), "base_url"),
        (error(400, "BAD_REQUEST"), "base_url"),
    ],
)
async def test_a_read_that_can_never_be_answered_is_the_operators(answer: web.Response, setting: str) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, answer)
        with pytest.raises(ConfigFault) as caught:
            await read_all(connector)
        assert caught.value.setting == setting
        assert "t0ken" not in str(caught.value) + caught.value.evidence


@pytest.mark.parametrize(
    "answer",
    [
        web.Response(status=200, text="<html>hello</html>"),
        web.Response(status=200, body=b'{"entities": ['),
        web.Response(status=200, body=b'{"entities": [NaN], "cursor": {"next": null}}'),
        web.Response(status=200, body=b"\xff\xfe"),
        web.Response(status=204),
    ],
)
async def test_what_is_no_document_is_no_read(answer: web.Response) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, lambda asked: web.Response(status=answer.status, body=answer.body))
        with pytest.raises(ReadIncomplete):
            await read_all(connector)
        assert len(stub.asked) == 3


async def test_a_document_that_comes_at_the_second_try_is_read() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", ORDERS, web.Response(status=200, text="oops"), page(order()))
        assert len(await read_all(connector)) == 1


@pytest.mark.parametrize("status", [400, 403, 429])
async def test_too_many_is_told_by_its_key_under_any_status(status: int) -> None:
    """A read waits as long as the headers say and goes on; the gate learns of it."""
    async with shop() as (connector, stub):
        limited = error(status, "RATE_LIMIT_EXCEED", headers={"x-ratelimit-reset": "0.05"})
        stub.on("GET", ORDERS, limited, page(order()))
        assert len(await read_all(connector)) == 1
        assert stub.gate.waits == [0.05]


async def test_a_write_does_not_wait_for_its_quota() -> None:
    async with shop() as (connector, stub):
        stub.on("PUT", KEY_PATH, error(403, "RATE_LIMIT_EXCEED", headers={"x-ratelimit-reset": "41"}))
        with pytest.raises(Transient) as caught:
            await connector.write_acknowledgements([ACK])
        assert (caught.value.throttled, caught.value.retry_after_seconds) == (True, 41.0)


async def test_a_quota_known_to_be_used_up_is_left_alone() -> None:
    async with shop(throttle_wait_seconds=1) as (connector, stub):
        used_up = {"x-ratelimit-scope": "ordersWrite", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30"}
        stub.on("PUT", KEY_PATH, said({"referenceKey": "SO-1"}, headers=used_up))
        assert list(await connector.write_acknowledgements([ACK])) == [Accepted("SO-1", "880001")]
        with pytest.raises(Transient) as caught:
            await connector.write_acknowledgements([ACK])
        assert caught.value.throttled
        assert len(stub.asked) == 1
        stub.clock.forward(31)
        await connector.write_acknowledgements([ACK])
        assert len(stub.asked) == 2


async def test_a_read_does_not_wait_longer_than_it_may() -> None:
    async with shop(throttle_wait_seconds=1) as (connector, stub):
        stub.on("GET", ORDERS, error(429, "RATE_LIMIT_EXCEED", headers={"x-ratelimit-reset": "30"}))
        with pytest.raises(Transient) as caught:
            await read_all(connector)
        assert caught.value.retry_after_seconds == 30


def test_a_scope_is_learned_from_the_answers() -> None:
    clock, limits = HandClock(), Limits()
    headers = {"x-ratelimit-scope": "stocksWrite", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "12"}
    limits.note("POST", "/variants/401/stocks", headers, clock.now())
    assert limits.wait("POST", "/variants/key%3DTEE-RED-M/stocks", clock.now()) == 12
    assert limits.wait("GET", "/variants/401/stocks", clock.now()) == 0
    clock.forward(12)
    assert limits.wait("POST", "/variants/401/stocks", clock.now()) == 0
    limits.note("POST", "/variants/401/stocks", {"x-ratelimit-scope": "stocksWrite"}, clock.now())
    limits.note("POST", "/companies", {}, clock.now())
    assert limits.wait("POST", "/companies", clock.now()) == 0
    assert route("GET", "/shops/nb/countries/DE/orders/880001?with=x") == "GET /shops/nb/countries/DE/orders/{}"


@pytest.mark.parametrize("answer", [5.0, ConnectionResetError(), web.Response(status=500), web.Response(status=504),
                                    error(408, "TIMEOUT"), web.Response(status=200, text="what?")])  # fmt: skip
async def test_a_write_without_a_usable_answer_is_unknown(answer: Any) -> None:
    async with shop(timeout_seconds=0.2) as (connector, stub):
        stub.on("PUT", KEY_PATH, answer)
        (end,) = await connector.write_acknowledgements([ACK])
        assert isinstance(end, Unknown)
        assert {call.body["referenceKey"] for call in stub.asked} == {"SO-1"}


async def test_nobody_there_is_transient() -> None:
    async with shop(base_url="http://127.0.0.1:9") as (connector, _):
        with pytest.raises(Transient):
            await connector.write_acknowledgements([ACK])


# acknowledgements


async def test_the_erps_number_becomes_the_reference_key_however_often() -> None:
    async with shop() as (connector, stub):
        stub.on("PUT", KEY_PATH, order(referenceKey="SO-1"))
        for _ in range(2):
            assert list(await connector.write_acknowledgements([ACK])) == [Accepted("SO-1", "880001")]
        assert [call.body for call in stub.asked] == [{"referenceKey": "SO-1"}] * 2


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(404, "ORDER_NOT_FOUND"), "not-found"),
        (error(409, "CONFLICT"), "conflict"),
        (error(400, "INVALID"), "invalid"),
        (said({"referenceKey": "OTHER"}), "ignored"),
        (said([]), "ignored"),
    ],
)
async def test_an_acknowledgement_that_is_not_in_is_refused(answer: web.Response, code: str) -> None:
    async with shop() as (connector, stub):
        stub.on("PUT", KEY_PATH, answer)
        (end,) = await connector.write_acknowledgements([ACK])
        assert isinstance(end, Refused)
        assert end.code == code


async def test_one_refusal_does_not_stop_its_neighbours() -> None:
    async with shop() as (connector, stub):
        stub.on("PUT", KEY_PATH, order(referenceKey="SO-1"))
        other = Acknowledgement(storefront_id="880002", order_ref="100-880002", erp_ref="SO-2")
        ends = await connector.write_acknowledgements([ACK, other])
        assert [type(end) for end in ends] == [Accepted, Refused]


async def test_acknowledging_can_be_switched_off() -> None:
    async with shop(acknowledge="none") as (connector, stub):
        assert list(await connector.write_acknowledgements([ACK])) == [Accepted("SO-1", "880001")]
        assert stub.asked == []
