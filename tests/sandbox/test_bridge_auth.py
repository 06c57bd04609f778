"""Every authentication scheme: let in, kept out, expired."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from crossdock.sandbox.kernel import ActError
from tests.sandbox.bridge_caller import BEARER, notes

BASIC = "Basic " + base64.b64encode(b"crossdock:sandbox-password").decode()
CLIENT = {"grant_type": "client_credentials", "client_id": "crossdock", "client_secret": "sandbox-secret"}
USER = {"username": "crossdock", "password": "sandbox-password"}


@pytest.mark.parametrize(
    ("auth", "path", "headers"),
    [
        ("none", "/v1/notes", {}),
        ("basic", "/v1/notes", {"Authorization": BASIC}),
        ("bearer_static", "/v1/notes", BEARER),
        ("api_key", "/v1/notes", {"X-Api-Key": "sandbox-token"}),
        ({"scheme": "api_key", "key_in": "query", "key_name": "code"}, "/v1/notes?code=sandbox-token", {}),
    ],
)
async def test_the_schemes_without_a_token_call(auth: Any, path: str, headers: Mapping[str, str]) -> None:
    async with notes(auth=auth) as client:
        assert (await client.get(path, headers=headers)).status == 200
        stranger = await client.get("/v1/notes", headers={"Authorization": "Bearer stranger"})
        if auth == "none":
            assert stranger.status == 200
        else:
            assert (stranger.status, stranger.json["code"], stranger.json["retryable"]) == (401, "unauthorised", True)
            assert stranger.headers["WWW-Authenticate"].startswith("Basic" if auth == "basic" else "Bearer")


@pytest.mark.parametrize(
    ("scheme", "sent", "wrong", "field", "lifetime"),
    [
        ("oauth2_client_credentials", {"data": CLIENT}, {"data": {**CLIENT, "client_secret": "x"}},
         "access_token", "expires_in"),
        ("password_token", {"json": USER}, {"json": {**USER, "password": "x"}}, "access_token", "expires_in"),
    ],
)  # fmt: skip
async def test_the_schemes_with_a_token_call(
    scheme: str, sent: dict[str, Any], wrong: dict[str, Any], field: str, lifetime: str
) -> None:
    async with notes(auth={"scheme": scheme, "token_path": "/token", "token_seconds": 60}) as client:
        assert (await client.call("POST", "/token", headers={}, **wrong)).status == 401
        told = (await client.call("POST", "/token", headers={}, **sent)).json
        assert told[lifetime] == 60
        bearer = {"Authorization": f"Bearer {told[field]}"}
        assert (await client.get("/v1/notes", headers=bearer)).status == 200
        assert (await client.get("/v1/notes")).status == 401
        client.simulator.skew = timedelta(seconds=61)
        assert (await client.get("/v1/notes", headers=bearer)).status == 401


@pytest.mark.parametrize(
    ("scheme", "sent"),
    [
        ("oauth2_client_credentials", {"data": {**CLIENT, "grant_type": "password"}}),
        ("oauth2_client_credentials", {"data": {"grant_type": "client_credentials"}}),
        ("password_token", {"data": USER}),
        ("password_token", {"data": b"{", "headers": {"Content-Type": "application/json"}}),
        ("password_token", {"json": ["crossdock"]}),
    ],
)
async def test_token_calls_that_are_refused(scheme: str, sent: dict[str, Any]) -> None:
    async with notes(auth=scheme) as client:
        answer = await client.call("POST", "/v1/token", **{"headers": {}, **sent})
        assert (answer.status, answer.json["code"]) == (401, "unauthorised")


async def test_a_client_may_show_itself_by_basic() -> None:
    async with notes(auth="oauth2_client_credentials") as client:
        basic = "Basic " + base64.b64encode(b"crossdock:sandbox-secret").decode()
        grant = {"grant_type": "client_credentials"}
        told = await client.call("POST", "/v1/token", headers={"Authorization": basic}, data=grant)
        assert (told.status, told.headers["Cache-Control"]) == (200, "no-store")
        broken = await client.call("POST", "/v1/token", headers={"Authorization": "Basic !"}, data=grant)
        assert broken.status == 401


async def test_an_expired_token_is_gone_for_good_and_a_static_one_is_not() -> None:
    async with notes(auth={"scheme": "password_token"}) as client:
        token = (await client.call("POST", "/v1/token", headers={}, json=USER)).json["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        client.simulator.faults.set([{"kind": "expired_token", "count": 1}])
        assert [(await client.get("/v1/notes", headers=bearer)).status for _ in range(2)] == [401, 401]
    async with notes() as client:
        client.simulator.faults.set([{"kind": "expired_token", "count": 1}])
        assert [(await client.get("/v1/notes")).status for _ in range(2)] == [401, 200]
        assert (await client.call("POST", "/v1/token", json=USER)).status == 404


async def test_static_headers_are_asked_for_on_the_token_call_too() -> None:
    settings = {"scheme": "password_token", "static_headers": {"X-Tenant": "acme"}}
    async with notes(auth=settings) as client:
        refused = await client.call("POST", "/v1/token", headers={}, json=USER)
        assert (refused.status, refused.json["code"]) == (403, "forbidden")
        tenant = {"X-Tenant": "acme"}
        token = (await client.call("POST", "/v1/token", headers=tenant, json=USER)).json["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert (await client.get("/v1/notes", headers=bearer)).status == 403
        assert (await client.get("/v1/notes", headers={**bearer, **tenant})).status == 200


@pytest.mark.parametrize(
    ("auth", "told"),
    [("magic", "none of"), ({"sceme": "none"}, "unknown"), (7, "neither"), ({"key_in": "body"}, "key_in")],
)
async def test_settings_that_are_refused(auth: Any, told: str) -> None:
    with pytest.raises(ActError, match=told):
        async with notes(auth=auth):
            raise AssertionError("the server started")
