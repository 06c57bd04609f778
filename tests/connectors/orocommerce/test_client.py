"""Signing in, and telling a document from what only looks like an answer."""

import asyncio

import pytest
from aiohttp import web

from crossdock.connectors.orocommerce.jsonapi import body
from crossdock.model.faults import ConfigFault, ReadIncomplete, Transient, Unanswered
from tests.connectors.orocommerce.orders import line, order
from tests.connectors.orocommerce.stub import JSON_API, errors, json_api, page, shop
from tests.connectors.stub import Asked

EMPTY = {"data": []}


async def test_one_token_serves_many_callers_and_every_call_names_its_media_type() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders/1", {"data": {"type": "orders", "id": "1"}})
        api = connector._session.api
        await asyncio.gather(*(api.read("orders/1") for _ in range(12)))
        await api.write("PATCH", "orders/1", body({"type": "orders", "id": "1"}))
        assert stub.tokens == ["token-1"]
        assert {call.headers["Accept"] for call in stub.calls("GET", "orders/1")} == {JSON_API}
        assert "Content-Type" not in stub.calls("GET", "orders/1")[0].headers
        (sent,) = stub.calls("PATCH", "orders/1")
        assert (sent.headers["Accept"], sent.headers["Content-Type"]) == (JSON_API, JSON_API)


async def test_a_token_is_renewed_before_it_runs_out() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders/1", EMPTY)
        api, clock = connector._session.api, connector._session.clock
        await api.read("orders/1")
        clock.forward(3541)  # type: ignore[attr-defined]
        await api.read("orders/1")
        await api.read("orders/1")
        assert stub.tokens == ["token-1", "token-2"]


async def test_a_token_that_dies_between_two_pages_is_nobodys_business() -> None:
    async with shop(page_size=1) as (connector, stub):

        def first(asked: Asked) -> web.StreamResponse:
            stub.refused_tokens.add("token-1")
            return page([order("1")], [line()], total=2, more=True)(asked)

        stub.on("GET", "orders", first, page([order("2", updatedAt="2026-03-02T09:00:00Z")], [line()]))
        found = [document.ref async for documents in connector.read_orders(None) for document in documents]
        assert (found, stub.tokens) == (["1", "2"], ["token-1", "token-2"])


async def test_many_refused_at_once_renew_once() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders/1", EMPTY)
        await connector._session.api.sign_in()
        stub.refused_tokens.add("token-1")
        await asyncio.gather(*(connector._session.api.read("orders/1") for _ in range(8)))
        assert stub.tokens == ["token-1", "token-2"]


async def test_a_new_token_that_is_refused_too_is_the_operators() -> None:
    async with shop() as (connector, stub):
        stub.refused_tokens.update(f"token-{number}" for number in range(9))
        for call in (connector._session.api.read("orders/1"), connector._session.api.write("PATCH", "orders/1", b"{}")):
            with pytest.raises(ConfigFault) as caught:
                await call
            assert caught.value.setting == "client_secret"
            assert "s3cret" not in str(caught.value) + caught.value.evidence


@pytest.mark.parametrize(
    ("status", "error", "setting"),
    [
        (401, "invalid_client", "client_secret"),
        (400, "invalid_request", "client_id"),
        (400, "invalid_grant", "password"),
        (400, "unsupported_grant_type", "grant"),
        (404, "", "base_url"),
        (302, "", "base_url"),
    ],
)
async def test_a_refused_sign_in_names_its_setting(status: int, error: str, setting: str) -> None:
    async with shop() as (connector, stub):
        stub.token_answers.append(web.json_response({"error": error, "hint": "Account is locked."}, status=status))
        with pytest.raises(ConfigFault) as caught:
            await connector._session.api.sign_in()
        assert caught.value.setting == setting


async def test_a_sign_in_without_a_token_may_pass() -> None:
    async with shop() as (connector, stub):
        stub.token_answers.append(web.Response(text="<html>maintenance</html>", content_type="text/html"))
        with pytest.raises(Transient):
            await connector._session.api.sign_in()


async def test_the_password_grant_sends_its_user() -> None:
    async with shop(grant="password", username="sync", password="pw") as (connector, stub):
        await connector._session.api.sign_in()
        assert stub.asked[0].body == {
            "grant_type": "password", "client_id": "crossdock", "client_secret": "s3cret", "username": "sync",
            "password": "pw",
        }  # fmt: skip


LOOKALIKES = {
    "html with 200": lambda *_: web.Response(text="<html>Log in</html>", content_type="text/html"),
    "plain json": lambda *_: web.json_response([{"id": 1}]),
    "plain object": lambda *_: web.json_response({"data": []}),
    "truncated": lambda *_: web.Response(body=b'{"data":[{"type":"ord', headers={"Content-Type": JSON_API}),
    "no data": lambda *_: json_api({"meta": {}}),
    "nothing": lambda *_: web.Response(body=b"", headers={"Content-Type": JSON_API}),
    "no records": lambda *_: json_api({"data": [1, 2]}),
}


@pytest.mark.parametrize("lookalike", LOOKALIKES.values(), ids=LOOKALIKES)
async def test_what_is_no_document_is_no_read_and_no_refusal(lookalike: object) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders", lookalike)
        stub.on("PATCH", "orders/1", lookalike)
        with pytest.raises(ReadIncomplete):
            await connector._session.api.read("orders")
        with pytest.raises(Unanswered):
            await connector._session.api.write("PATCH", "orders/1", b"{}")


async def test_a_page_that_comes_whole_at_the_second_try() -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders", LOOKALIKES["truncated"], EMPTY)
        answer = await connector._session.api.read("orders")
        assert answer.doc is not None
        assert len(stub.calls("GET", "orders")) == 2


@pytest.mark.parametrize(
    ("answer", "setting"),
    [
        (lambda *_: web.Response(status=404, text="<html></html>", content_type="text/html"), "admin_prefix"),
        (lambda *_: web.Response(status=302, headers={"Location": "https://elsewhere/"}), "base_url"),
        (lambda *_: errors(404, "resource not accessible exception"), "version"),
        (lambda *_: errors(403, "access denied exception", "No access to this type of entities."), "client_id"),
        (lambda *_: errors(406, "not acceptable http exception"), "base_url"),
    ],
)
async def test_what_can_never_be_read_is_the_operators(answer: object, setting: str) -> None:
    async with shop() as (connector, stub):
        stub.on("GET", "orders", answer)
        with pytest.raises(ConfigFault) as caught:
            await connector._session.api.read("orders")
        assert caught.value.setting == setting


async def test_a_write_that_is_redirected_was_not_done() -> None:
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders/1", lambda *_: web.Response(status=301, headers={"Location": "https://elsewhere/"}))
        with pytest.raises(ConfigFault):
            await connector._session.api.write("PATCH", "orders/1", b"{}")


async def test_turned_away_and_broken() -> None:
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders/1", lambda *_: web.Response(status=429, headers={"Retry-After": "7"}))
        with pytest.raises(Transient) as caught:
            await connector._session.api.write("PATCH", "orders/1", b"{}")
        assert caught.value.retry_after_seconds == 7
        stub.on("PATCH", "orders/1", lambda *_: errors(500, "runtime exception"))
        with pytest.raises(Unanswered):
            await connector._session.api.write("PATCH", "orders/1", b"{}")


async def test_a_write_without_content() -> None:
    async with shop() as (connector, stub):
        stub.on("PATCH", "orders/1", lambda *_: web.Response(status=204))
        answer = await connector._session.api.write("PATCH", "orders/1", b"{}")
        assert (answer.ok, answer.doc) == (True, None)
