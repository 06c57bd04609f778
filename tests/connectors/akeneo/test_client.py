"""Signing in, and telling a document from what only looks like an answer."""

import asyncio
import base64
from urllib.parse import parse_qs

import orjson
import pytest
from aiohttp import web

from crossdock.connectors.akeneo.client import quoted
from crossdock.connectors.akeneo.faults import Denied
from crossdock.model.faults import ConfigFault, ReadIncomplete, Transient, Unanswered
from tests.connectors.akeneo.stub import lines, pim, refusal

TOKEN = "/api/oauth/v1/token"


async def test_one_token_serves_many_callers() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families/a", {"code": "a"})
        await asyncio.gather(*(connector._session.api.read("families/a") for _ in range(12)))
        assert stub.tokens == ["token-1"]
        (asked,) = stub.calls("POST", TOKEN)
        assert base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")) == b"1_norrsken:s3cr3t"
        assert orjson.loads(asked.raw) == {"grant_type": "password", "username": "o2c_5512", "password": "k9fh27ab"}
        assert {call.headers["Accept"] for call in stub.calls("GET", "families/a")} == {"application/json"}


async def test_a_token_is_refreshed_before_it_runs_out() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families/a", {"code": "a"})
        api, clock = connector._session.api, connector._session.clock
        await api.read("families/a")
        clock.forward(3541)  # type: ignore[attr-defined]
        await api.read("families/a")
        await api.read("families/a")
        assert (stub.tokens, stub.grants) == (["token-1", "token-2"], ["password", "refresh_token"])
        assert orjson.loads(stub.calls("POST", TOKEN)[1].raw)["refresh_token"] == "refresh-1"


async def test_many_refused_at_once_refresh_once() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families/a", {"code": "a"})
        await connector._session.api.sign_in()
        stub.refused_tokens.add("token-1")
        await asyncio.gather(*(connector._session.api.read("families/a") for _ in range(8)))
        assert stub.tokens == ["token-1", "token-2"]


async def test_a_refused_refresh_is_followed_by_a_sign_in() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families/a", {"code": "a"})
        await connector._session.api.sign_in()
        stub.refused_tokens.add("token-1")
        stub.token_answers.append(refusal(422, "Refresh token is invalid or has expired"))
        await connector._session.api.read("families/a")
        assert stub.grants == ["password", "refresh_token", "password"]


async def test_a_write_whose_token_died_is_sent_once_more_and_done_once() -> None:
    async with pim() as (connector, stub):
        stub.on("PATCH", "products-uuid", lines())
        await connector._session.api.sign_in()
        stub.refused_tokens.add("token-1")
        await connector._session.api.write("PATCH", "products-uuid", b"{}")
        assert [call.headers["Authorization"] for call in stub.calls("PATCH", "products-uuid")] == [
            "Bearer token-1",
            "Bearer token-2",
        ]


async def test_new_tokens_that_are_refused_too_are_the_operators() -> None:
    async with pim() as (connector, stub):
        stub.refused_tokens.update(f"token-{number}" for number in range(9))
        api = connector._session.api
        for call in (api.read("families/a"), api.write("PATCH", "families", b"{}")):
            with pytest.raises(ConfigFault) as caught:
                await call
            assert caught.value.setting == "client_secret"
            assert "s3cr3t" not in str(caught.value) + caught.value.evidence


@pytest.mark.parametrize(
    ("status", "message", "setting"),
    [
        (422, 'Parameter "client_id" is missing or does not match any client, or secret is invalid', "client_secret"),
        (422, "No user found for the given username and password", "password"),
        (422, "This grant type is not authorized for this client", "client_secret"),
        (404, "no route", "base_url"),
        (415, "no such media type", "base_url"),
        (302, "", "base_url"),
        (403, "You are not allowed to access the web API.", "client_id"),
    ],
)
async def test_a_refused_sign_in_names_its_setting(status: int, message: str, setting: str) -> None:
    async with pim() as (connector, stub):
        stub.token_answers.append(refusal(status, message))
        with pytest.raises(ConfigFault) as caught:
            await connector._session.api.sign_in()
        assert caught.value.setting == setting
        assert "s3cr3t" not in str(caught.value) + caught.value.evidence


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"access_token":1}', b'{"access_token":"t","expires_in":"soon"}'])
async def test_a_sign_in_without_a_token_may_pass(body: bytes) -> None:
    async with pim() as (connector, stub):
        stub.token_answers.append(web.Response(body=body))
        with pytest.raises(Transient):
            await connector._session.api.sign_in()


async def test_a_password_too_long_for_a_json_body_goes_as_a_form() -> None:
    async with pim(password="p" * 300) as (connector, stub):
        await connector._session.api.sign_in()
        (asked,) = stub.calls("POST", TOKEN)
        assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert parse_qs(asked.raw.decode())["password"] == ["p" * 300]


async def test_an_apps_token_is_used_as_it_is_and_refused_for_good() -> None:
    async with pim(auth="app", app_token="t0ken") as (connector, stub):
        stub.on("GET", "families/a", {"code": "a"})
        await connector._session.api.read("families/a")
        assert stub.calls("GET", "families/a")[0].headers["Authorization"] == "Bearer t0ken"
        assert not stub.calls("POST", TOKEN)
        stub.refused_tokens.add("t0ken")
        with pytest.raises(ConfigFault) as caught:
            await connector._session.api.read("families/a")
        assert caught.value.setting == "app_token"
        assert "t0ken" not in str(caught.value) + caught.value.evidence


@pytest.mark.parametrize(
    "body", [b"", b"<html>Log in</html>", b'{"_links":', b'{"price":NaN}', b'"\xff"', b'"\\ud800"']
)
async def test_what_is_no_document_is_no_read(body: bytes) -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families", web.Response(body=body))
        with pytest.raises(ReadIncomplete):
            await connector._session.api.read("families")


async def test_an_answer_cut_short_is_asked_for_again() -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "families/a", web.Response(body=b'{"code":'), {"code": "a"})
        assert (await connector._session.api.read("families/a")).body == {"code": "a"}


@pytest.mark.parametrize(
    ("status", "kind", "setting"),
    [
        (403, Denied, "username"),
        (404, ConfigFault, "base_url"),
        (405, ConfigFault, "base_url"),
        (406, ConfigFault, "base_url"),
        (422, ConfigFault, "sku_attribute"),
        (301, ConfigFault, "base_url"),
        (408, Transient, ""),
        (503, Transient, ""),
    ],
)
async def test_a_refused_read_has_an_owner(status: int, kind: type[Exception], setting: str) -> None:
    async with pim() as (connector, stub):
        stub.on("GET", "products-uuid", refusal(status, "said so"))
        with pytest.raises(kind) as caught:
            await connector._session.api.read("products-uuid", setting="sku_attribute" if status == 422 else "")
        assert getattr(caught.value, "setting", "") == setting
        assert "said so" in str(caught.value) or status in (301, 408, 503)


async def test_throttling_is_told_to_the_gate_with_and_without_a_time() -> None:
    async with pim() as (connector, stub):
        named = web.Response(status=429, headers={"Retry-After": "0.01"}, body=b"")
        stub.on("GET", "families/a", named, web.Response(status=429), {"code": "a"})
        assert (await connector._session.api.read("families/a")).ok
        assert connector._session.api._http._gate.waits == [0.01, None]  # type: ignore[attr-defined]
        stub.on("PATCH", "families", web.Response(status=429))
        with pytest.raises(Transient):
            await connector._session.api.write("PATCH", "families", b"{}")


@pytest.mark.parametrize("answer", [3.0, web.Response(status=502), web.Response(status=408)])
async def test_a_write_without_an_answer_is_unanswered(answer: object) -> None:
    async with pim(timeout_seconds=0.3) as (connector, stub):
        stub.on("PATCH", "families", answer)
        with pytest.raises(Unanswered):
            await connector._session.api.write("PATCH", "families", b"{}")
        assert len(stub.calls("PATCH", "families")) == 1


def test_codes_in_addresses() -> None:
    assert quoted("a b/c+d%e?") == "a%20b/c%2Bd%25e%3F"
