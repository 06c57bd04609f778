"""Calls: signed in, keyed, and never believed when they are not understood."""

import asyncio
import base64
from typing import Any

import pytest
from aiohttp import web

from crossdock.connectors.bridge import Capabilities, read_capabilities
from crossdock.connectors.bridge.client import Answer, segment
from crossdock.model.faults import ConfigFault, ReadIncomplete, Refused, Transient, Unknown, Unsupported
from tests.connectors.bridge.stub import Asked, json_answer, problem
from tests.connectors.bridge.support import bridge
from tests.connectors.gate import HandClock

CREATE: dict[str, Any] = {"operation": "orders.create", "ref": "A-1"}
ORDER = {"external_ref": "A-1"}


@pytest.mark.parametrize(
    ("settings", "header", "value"),
    [
        ({"auth": "basic", "username": "ü", "password": "p:w"}, "Authorization",
         "Basic " + base64.b64encode("ü:p:w".encode()).decode()),
        ({"auth": "api_key", "api_key": "k-1"}, "X-Api-Key", "k-1"),
        ({"auth": "api_key", "api_key": "k-1", "api_key_name": "apikey"}, "apikey", "k-1"),
        ({"auth": "bearer_static", "bearer_token": "b-1"}, "Authorization", "Bearer b-1"),
        ({"static_headers": {"X-Tenant": "t-1"}}, "X-Tenant", "t-1"),
    ],
)  # fmt: skip
async def test_every_call_is_signed_in(settings: dict[str, Any], header: str, value: str) -> None:
    async with bridge(**settings) as (api, stub):
        stub.on("GET", "/v1/items/A", {})
        await api.read("/v1/items/A")
        assert stub.asked[0].headers[header] == value
        assert len(stub.asked[0].headers["X-Correlation-Id"]) == 32


async def test_a_key_in_the_query_is_not_shown() -> None:
    async with bridge(auth="api_key", api_key="k&1", api_key_in="query", api_key_name="key") as (api, stub):
        stub.on("GET", "/v1/items/A", web.Response(status=500, text="you sent k&1"))
        with pytest.raises(Transient) as caught:
            await api.read("/v1/items/A")
        assert stub.asked[0].query["key"] == "k&1"
        assert "k&1" not in str(caught.value) + caught.value.evidence


OAUTH = {"auth": "oauth2_client_credentials", "client_id": "us", "client_secret": "s3cret", "scope": "erp"}


def token(number: int, seconds: Any = 3600) -> dict[str, Any]:
    return {"access_token": f"token-{number}", "expires_in": seconds}


async def test_a_token_is_fetched_once_and_renewed_in_time() -> None:
    clock = HandClock()
    async with bridge(clock=clock, **OAUTH) as (api, stub):
        stub.on("POST", "/v1/token", token(1), token(2))
        stub.on("GET", "/v1/items/A", {})
        await asyncio.gather(*(api.read("/v1/items/A") for _ in range(5)))
        clock.forward(3500)
        await api.read("/v1/items/A")
        clock.forward(60)
        await api.read("/v1/items/A")
        used = [call.headers["Authorization"] for call in stub.calls("GET", "/v1/items/A")]
        assert used == ["Bearer token-1"] * 6 + ["Bearer token-2"]
        form = stub.calls("POST", "/v1/token")[0].raw.decode()
        assert form == "grant_type=client_credentials&client_id=us&client_secret=s3cret&scope=erp"


async def test_credentials_for_a_token_elsewhere() -> None:
    settings = {"auth": "password_token", "username": "u", "password": "s3cret", "token_url": ":///Token",
                "token_field": "accessToken", "token_lifetime_field": "expiresIn",
                "static_headers": {"X-Tenant": "t"}}  # fmt: skip
    async with bridge(**settings) as (api, stub):
        stub.on("POST", "/Token", {"accessToken": "t-9", "expiresIn": 60})
        stub.on("GET", "/v1/items/A", {})
        await api.sign_in()
        await api.read("/v1/items/A")
        assert stub.asked[0].body == {"username": "u", "password": "s3cret"}
        assert stub.asked[0].headers["X-Tenant"] == "t"
        assert stub.asked[1].headers["Authorization"] == "Bearer t-9"


async def test_a_token_that_died_under_us_is_replaced_and_the_write_sent_once_more() -> None:
    async with bridge(**OAUTH) as (api, stub):
        stub.on("POST", "/v1/token", token(1), token(2))
        stub.on("POST", "/v1/orders", problem(401, "unauthorised"), json_answer({}, status=201))
        assert isinstance(await api.write("POST", "/v1/orders", ORDER, **CREATE), Answer)
        assert len({call.headers["Idempotency-Key"] for call in stub.calls("POST", "/v1/orders")}) == 1


async def test_new_tokens_that_are_refused_too_are_the_operators() -> None:
    async with bridge(**OAUTH) as (api, stub):
        stub.on("POST", "/v1/token", token(1), token(2), token(3))
        stub.on("GET", "/v1/items/A", problem(401, "unauthorised", "token-3 and s3cret are bad"))
        with pytest.raises(ConfigFault) as caught:
            await api.read("/v1/items/A")
        assert caught.value.setting == "client_secret"
        assert len(stub.calls("GET", "/v1/items/A")) == 3
        shown = str(caught.value) + caught.value.evidence
        assert "s3cret" not in shown
        assert "token-3" not in shown


@pytest.mark.parametrize(
    ("answer", "kind", "setting"),
    [
        (problem(401, "invalid_client", "s3cret?"), ConfigFault, "client_secret"),
        (problem(404, "not-found"), ConfigFault, "token_url"),
        (json_answer({}), Transient, ""),
        (json_answer({"access_token": "a\r\nX: y"}), Transient, ""),
        (json_answer(b"<html>"), Transient, ""),
        (web.Response(status=503), Transient, ""),
    ],
)
async def test_a_sign_in_that_fails_has_an_owner(answer: Any, kind: type, setting: str) -> None:
    async with bridge(**OAUTH) as (api, stub):
        stub.on("POST", "/v1/token", answer)
        with pytest.raises(kind) as caught:
            await api.sign_in()
        assert getattr(caught.value, "setting", "") == setting
        assert "s3cret" not in str(caught.value) + caught.value.evidence


@pytest.mark.parametrize("seconds", ["3600", 3600, None, -1, 0, "x", 1e30, [], True])
async def test_a_lifetime_that_is_none_does_no_harm(seconds: Any) -> None:
    async with bridge(**OAUTH) as (api, stub):
        stub.on("POST", "/v1/token", token(1, seconds))
        await api.sign_in()
        assert len(stub.asked) == 1


async def test_the_same_write_has_the_same_key_and_another_has_another() -> None:
    async with bridge() as (api, stub):
        stub.on("POST", "/v1/orders", json_answer({}, status=201))
        for document, call in (
            (ORDER, CREATE), (ORDER, CREATE), ({**ORDER, "x": 1}, CREATE), (ORDER, {**CREATE, "ref": "A-2"}),
            (ORDER, {**CREATE, "operation": "orders.cancel"}),
        ):  # fmt: skip
            await api.write("POST", "/v1/orders", document, **call)
        keys = [call.headers["Idempotency-Key"] for call in stub.asked]
        assert keys[0] == keys[1]
        assert len(set(keys)) == 4
        assert all(len(key) == 34 and key[0] == key[-1] == '"' for key in keys)


async def test_after_a_refusal_the_next_send_is_not_answered_out_of_the_drawer() -> None:
    drawer: dict[str, web.Response] = {}

    def answer(asked: Asked) -> web.StreamResponse:
        fresh = problem(422, "account-on-hold") if not drawer else json_answer({}, status=201)
        kept = drawer.setdefault(asked.headers["Idempotency-Key"], fresh)
        return web.Response(status=kept.status, body=kept.body, headers=kept.headers)

    async with bridge() as (api, stub):
        stub.on("POST", "/v1/orders", answer)
        assert isinstance(await api.write("POST", "/v1/orders", ORDER, **CREATE), Refused)
        assert isinstance(await api.write("POST", "/v1/orders", ORDER, **CREATE), Answer)


async def test_a_first_call_still_under_way_is_waited_for() -> None:
    async with bridge() as (api, stub):
        busy = problem(409, "idempotency-in-progress", headers={"Retry-After": "0"})
        stub.on("POST", "/v1/orders", busy, busy, {"ok": True})
        answer = await api.write("POST", "/v1/orders", ORDER, **CREATE)
        assert isinstance(answer, Answer)
        assert len(stub.asked) == 3


@pytest.mark.parametrize(
    "answer",
    [0.6, web.Response(status=200, text="<html>"), json_answer(b'{"erp_order'), web.Response(status=502)],
)
async def test_an_answer_that_cannot_be_understood_leaves_the_write_unknown(answer: Any) -> None:
    async with bridge(timeout_seconds=0.2) as (api, stub):
        stub.on("POST", "/v1/orders", answer)
        assert isinstance(await api.write("POST", "/v1/orders", ORDER, **CREATE), Unknown)
        assert len(stub.asked) == 1


async def test_a_redirect_is_the_operators() -> None:
    async with bridge() as (api, stub):
        stub.on("POST", "/v1/orders", web.Response(status=307, headers={"Location": "https://else.where/"}))
        with pytest.raises(ConfigFault, match="redirected to https://else.where/"):
            await api.write("POST", "/v1/orders", ORDER, **CREATE)


async def test_a_read_of_no_json_is_no_read() -> None:
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/items/A", web.Response(text="hello"))
        with pytest.raises(ReadIncomplete, match="text/plain, not application/json"):
            await api.read("/v1/items/A")


async def test_absent_is_an_answer_only_of_the_server_itself() -> None:
    async with bridge() as (api, stub):
        answer = await api.read("/v1/items/A")
        assert answer.problem is not None
        stub.on("GET", "/v1/items/A", web.Response(status=404, text="<html>no such page"))
        with pytest.raises(ConfigFault, match="no bridge answers"):
            await api.read("/v1/items/A")


async def test_what_is_not_offered_is_said_at_once() -> None:
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/invoices", problem(501, "operation-unsupported", "no invoices"))
        with pytest.raises(Unsupported, match="no invoices"):
            await api.read("/v1/invoices")
        assert len(stub.asked) == 1


@pytest.mark.parametrize(
    ("said", "good"),
    [("1.0", True), ("1.4.2", True), ("1.0.0-rc.1", True), ("2.0", False), ("0.9", False), ("one", False), ("", False)],
)
async def test_another_major_version_is_not_spoken_to(said: str, good: bool) -> None:
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/capabilities", {"contract_version": said, "operations": {"items.list": "unsupported"}})
        if not good:
            with pytest.raises(ConfigFault):
                await read_capabilities(api, Capabilities)
            return
        found = await read_capabilities(api, Capabilities)
        assert not found.offers("items.list")
        assert found.offers("stock.list")


@pytest.mark.parametrize("document", [{}, [], {"contract_version": 1}, {"contract_version": "1.0", "operations": []}])
async def test_capabilities_that_are_none_stop_the_start(document: Any) -> None:
    async with bridge() as (api, stub):
        stub.on("GET", "/v1/capabilities", document)
        with pytest.raises(ConfigFault, match="/v1/capabilities"):
            await read_capabilities(api, Capabilities)


@pytest.mark.parametrize(("text", "step"), [("a/b?c", "a%2Fb%3Fc"), ("..", "%2E%2E"), (".", "%2E"), ("ü", "%C3%BC")])
def test_a_key_stays_one_step_of_the_path(text: str, step: str) -> None:
    assert segment(text) == step
