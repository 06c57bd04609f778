"""The token endpoint and what a call without a good token meets."""

import base64
import json
from typing import Any

import pytest

from tests.sandbox.orocommerce_caller import CREDENTIALS, JSON_API, Caller, shop


async def token(caller: Caller, **fields: Any) -> tuple[int, dict[str, Any]]:
    async with caller.session.post(f"{caller.url}/oauth2-token", json=fields) as response:
        return response.status, await response.json()


async def test_client_credentials_give_a_bearer_token_and_no_refresh_token() -> None:
    async with shop() as caller:
        async with caller.session.post(f"{caller.url}/oauth2-token", json=CREDENTIALS) as response:
            assert response.status == 200
            assert response.headers["Content-Type"] == "application/json; charset=UTF-8"
            body = await response.json()
        assert body["token_type"] == "Bearer"
        assert body["expires_in"] == 3600
        assert "refresh_token" not in body


async def test_the_form_and_basic_ways_work_too() -> None:
    async with shop() as caller:
        async with caller.session.post(f"{caller.url}/oauth2-token", data=CREDENTIALS) as response:
            assert response.status == 200
        basic = base64.b64encode(b"crossdock:sandbox-secret").decode()
        sent = {"Authorization": f"Basic {basic}"}
        url, data = f"{caller.url}/oauth2-token", {"grant_type": "client_credentials"}
        async with caller.session.post(url, data=data, headers=sent) as response:
            assert response.status == 200


@pytest.mark.parametrize(
    ("fields", "status", "error", "hint"),
    [
        ({**CREDENTIALS, "client_secret": "wrong"}, 401, "invalid_client", None),
        ({**CREDENTIALS, "client_id": "nobody"}, 401, "invalid_client", None),
        ({"grant_type": "client_credentials"}, 400, "invalid_request", "Check the `client_id` parameter"),
        ({"client_id": "crossdock"}, 400, "invalid_request", "Check the `grant_type` parameter"),
        ({**CREDENTIALS, "grant_type": "password", "username": "admin", "password": "x"}, 400, "invalid_grant", None),
        (
            {**CREDENTIALS, "grant_type": "refresh_token", "refresh_token": "x"},
            401, "invalid_request", "Cannot decrypt the refresh token",
        ),
    ],
)  # fmt: skip
async def test_refused_token_requests(fields: dict[str, Any], status: int, error: str, hint: str | None) -> None:
    async with shop() as caller:
        answered, body = await token(caller, **fields)
        assert (answered, body["error"]) == (status, error)
        assert body["message"] == body["error_description"]
        assert body.get("hint") == hint


async def test_after_a_refresh_the_old_access_token_is_rejected() -> None:
    async with shop() as caller:
        secret = {**CREDENTIALS, "username": "admin", "password": "sandbox-password"}
        _, first = await token(caller, **{**secret, "grant_type": "password"})
        caller.token = first["access_token"]
        assert (await caller.get("/orders")).status == 200
        again = {**CREDENTIALS, "grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        status, second = await token(caller, **again)
        assert status == 200
        assert (await caller.get("/orders")).status == 401
        caller.token = second["access_token"]
        assert (await caller.get("/orders")).status == 200
        assert (await token(caller, **again))[0] == 401  # a refresh token works once


async def test_a_bad_token_is_401_with_an_empty_body() -> None:
    async with shop() as caller:
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic abc"}):
            answer = await caller.call("GET", "/admin/api/orders", None, Accept=JSON_API, **headers)
            assert (answer.status, answer.text) == (401, "")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_tokens_expire() -> None:
    async with shop(token_seconds=-1) as caller:
        assert (await caller.get("/orders")).status == 401


async def test_a_drawn_expiry_ends_the_token_for_good() -> None:
    async with shop() as caller:
        await caller.fault(kind="expired_token", match="orders", count=1)
        assert (await caller.get("/customers")).status == 200
        assert (await caller.get("/orders")).status == 401
        assert (await caller.get("/customers")).status == 401
        await caller.sign_in()
        assert (await caller.get("/orders")).status == 200


async def test_a_body_may_carry_the_token_and_the_url_may_not() -> None:
    async with shop() as caller:
        term = {"type": "paymentterms", "attributes": {"label": "net 7"}}
        body = json.dumps({"access_token": caller.token, "data": term})
        sent = {"Accept": JSON_API, "Content_Type": JSON_API}
        assert (await caller.call("POST", "/admin/api/paymentterms", body.encode(), **sent)).status == 201
        assert (await caller.call("GET", f"/admin/api/orders?access_token={caller.token}", None, **sent)).status == 401


async def test_the_api_switched_off_gives_no_token_and_no_api() -> None:
    async with shop() as caller:
        held = caller.token
        async with caller.session.post(f"{caller.url}/_sandbox/reset", json={"settings": {"api_enabled": False}}):
            pass
        assert (await token(caller, **CREDENTIALS))[1]["error"] == "invalid_client"
        caller.token = held
        assert (await caller.get("/orders")).status == 401
