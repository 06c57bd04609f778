"""Tokens, their ends, the App's, and rights."""

import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.sandbox.akeneo_caller import Caller, basic, pim

BAD_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
BAD_FORM = 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'
NOBODY = "No user found for the given username and password"
LOGIN = {"grant_type": "password", "username": "crossdock", "password": "sandbox-password"}
UNKNOWN = {"code": 401, "message": "The access token provided is invalid."}


async def test_a_token_has_five_keys_and_lives_an_hour() -> None:
    async with pim() as caller:
        answer = await caller.ask_token(**LOGIN)
        assert answer.status == 200
        assert set(answer.json) == {"access_token", "expires_in", "token_type", "scope", "refresh_token"}
        assert (answer.json["expires_in"], answer.json["token_type"], answer.json["scope"]) == (3600, "bearer", None)


@pytest.mark.parametrize(
    ("authorization", "fields", "message"),
    [
        (basic("nobody"), LOGIN, BAD_CLIENT),
        (basic(secret="wrong"), LOGIN, BAD_CLIENT),
        ("", LOGIN, BAD_CLIENT),
        ("Basic not-base64", LOGIN, BAD_CLIENT),
        (None, {**LOGIN, "grant_type": ""}, BAD_FORM),
        (None, {**LOGIN, "grant_type": "magic"}, BAD_FORM),
        (None, {"grant_type": "password", "username": "crossdock"}, BAD_FORM),
        (None, {**LOGIN, "password": "wrong"}, NOBODY),
        (None, {**LOGIN, "username": "wrong"}, NOBODY),
        (None, {"grant_type": "client_credentials"}, "This grant type is not authorized for this client"),
        (None, {"grant_type": "refresh_token"}, 'Parameter "grant_type" or "refresh_token" is missing or empty'),
        (None, {"grant_type": "refresh_token", "refresh_token": "x"}, "Refresh token is invalid or has expired"),
    ],
)
async def test_wrong_credentials_are_422(authorization: str | None, fields: dict[str, Any], message: str) -> None:
    async with pim() as caller:
        answer = await caller.ask_token(authorization, **fields)
        assert (answer.status, answer.json) == (422, {"code": 422, "message": message})


async def test_the_token_route_takes_forms_refuses_other_types_and_long_json() -> None:
    async with pim() as caller:
        path, head = "/api/oauth/v1/token", {"Authorization": basic()}
        form = b"grant_type=password&username=crossdock&password=sandbox-password"
        kind = "application/x-www-form-urlencoded; charset=utf-8"
        assert (await caller.call("POST", path, form, Content_Type=kind, **head)).status == 200
        wrong = await caller.call("POST", path, b"<a/>", Content_Type="application/xml", **head)
        assert wrong.status == 415
        assert wrong.json["message"].startswith('"application/xml" in "Content-Type" header is not valid. Only "app')
        long = await caller.ask_token(**{**LOGIN, "password": "p" * 300})
        message = "Request content exceeded the maximum allowed size of 300 bytes"
        assert (long.status, long.json) == (413, {"code": 413, "message": message})


async def test_a_refresh_token_works_once_and_ends_the_old_access_token() -> None:
    async with pim() as caller:
        old = caller.token
        first = await caller.ask_token(grant_type="refresh_token", refresh_token=caller.refresh)
        assert first.status == 200
        assert first.json["access_token"] != old
        assert first.json["refresh_token"] != caller.refresh
        assert (await caller.get("/channels")).json == UNKNOWN
        again = await caller.ask_token(grant_type="refresh_token", refresh_token=caller.refresh)
        assert again.status == 422
        caller.token = first.json["access_token"]
        assert (await caller.get("/channels")).status == 200


async def test_tokens_end_with_time() -> None:
    async with pim() as caller:
        await caller.act("pass_time", seconds=3599)
        assert (await caller.get("/channels")).status == 200
        await caller.act("pass_time", seconds=2)
        assert (await caller.get("/channels")).status == 401
        renewed = await caller.ask_token(grant_type="refresh_token", refresh_token=caller.refresh)
        assert renewed.status == 200
        await caller.act("pass_time", seconds=1_209_601)
        late = await caller.ask_token(grant_type="refresh_token", refresh_token=renewed.json["refresh_token"])
        assert (late.status, late.json["message"]) == (422, "Refresh token is invalid or has expired")


async def test_regenerating_a_secret_ends_every_token_at_once() -> None:
    async with pim() as caller:
        assert await caller.act("regenerate_secret", secret="fresh") == {"ended": 1}
        assert (await caller.get("/channels")).status == 401
        assert (await caller.ask_token(**LOGIN)).json["message"] == BAD_CLIENT
        assert (await caller.ask_token(basic(secret="fresh"), **LOGIN)).status == 200
        await caller.act("regenerate_password", password="fresh")
        assert (await caller.ask_token(basic(secret="fresh"), **LOGIN)).json["message"] == NOBODY


async def test_without_a_token_and_with_a_strange_one() -> None:
    async with pim() as caller:
        assert (await caller.call("GET", "/api/rest/v1")).status == 200
        bare = await caller.call("GET", "/api/rest/v1/channels")
        assert (bare.status, bare.json) == (401, {"code": 401, "message": "Authentication is required"})
        strange = await caller.api("GET", "/channels", Authorization="Bearer strange")
        assert (strange.status, strange.json) == (401, UNKNOWN)


async def test_the_fault_expires_a_token_once() -> None:
    async with pim() as caller:
        await caller.fault(kind="expired_token", match="GET /api/rest/v1/channels", count=1)
        assert (await caller.get("/channels")).json == UNKNOWN
        assert (await caller.get("/channels")).status == 401
        await caller.sign_in()
        assert (await caller.get("/channels")).status == 200


async def test_an_app_token_outlives_everything_but_its_disconnection() -> None:
    async with pim() as caller:
        caller.token = "sandbox-app-token"
        await caller.act("pass_time", seconds=10_000_000)
        assert (await caller.get("/channels")).status == 200
        await caller.act("disconnect_app")
        gone = await caller.get("/channels")
        text = "The access token provided is invalid. Your app has been disconnected from that PIM."
        assert (gone.status, gone.json["message"]) == (401, text)


async def app_token(caller: Caller, code: str, **changes: str) -> Any:
    proof = hashlib.sha256(b"abc" + b"sandbox-app-secret").hexdigest()
    fields = {
        "client_id": "crossdock-app", "code": code, "grant_type": "authorization_code", "code_identifier": "abc",
        "code_challenge": proof, **changes,
    }  # fmt: skip
    kind = "application/x-www-form-urlencoded"
    return await caller.call("POST", "/connect/apps/v1/oauth2/token", urlencode(fields).encode(), Content_Type=kind)


async def test_an_app_gets_its_token_for_a_code_of_thirty_seconds() -> None:
    async with pim(app_scopes=["read_products"]) as caller:
        code = (await caller.act("authorise_app"))["code"]
        first, second = await app_token(caller, code), await app_token(caller, code)
        assert first.json == second.json
        assert set(first.json) == {"access_token", "token_type", "scope"}
        assert first.json["scope"] == "read_products"
        assert (await app_token(caller, code, code_challenge="0" * 64)).json == {"error": "invalid_client"}
        assert (await app_token(caller, "")).json == {"error": "invalid_request"}
        await caller.act("pass_time", seconds=31)
        late = await app_token(caller, code)
        assert (late.status, late.json) == (400, {"error": "invalid_grant", "error_description": "Code has expired"})
        caller.token = first.json["access_token"]
        assert (await caller.get("/products-uuid")).status == 200


async def test_scopes_are_rights_and_writing_includes_reading() -> None:
    async with pim(app_scopes=["write_categories"]) as caller:
        caller.token = "sandbox-app-token"
        assert (await caller.get("/categories")).status == 200
        assert (await caller.patch("/categories/tools", {"labels": {"en_GB": "T"}})).status == 204
        denied = await caller.get("/products-uuid")
        message = "Access forbidden. You are not allowed to list products."
        assert (denied.status, denied.json) == (403, {"code": 403, "message": message})


@pytest.mark.parametrize(
    ("right", "method", "path", "body"),
    [
        ("create or update products", "PATCH", "/products/HP-1001", {"enabled": True}),
        ("delete products", "DELETE", "/products/HP-1001", None),
        ("list product models", "GET", "/product-models", None),
        ("create or update categories", "POST", "/categories", {"code": "x"}),
        ("list families", "GET", "/families", None),
        ("create or update attribute options", "POST", "/attributes/size/options", {"code": "XL"}),
        ("list channels", "GET", "/channels/ecommerce", None),
    ],
)
async def test_rights_that_are_missing_are_403(right: str, method: str, path: str, body: Any) -> None:
    async with pim(denied=[right]) as caller:
        answer = await caller.api(method, path, body)
        assert answer.json == {"code": 403, "message": f"Access forbidden. You are not allowed to {right}."}


async def test_a_role_without_the_api_at_all() -> None:
    async with pim() as caller:
        await caller.act("set_rights", web_api=False)
        answer = await caller.get("/channels")
        assert answer.json == {"code": 403, "message": "You are not allowed to access the web API."}


async def test_what_a_role_may_not_see_is_not_there() -> None:
    hidden: dict[str, Any] = {
        "hidden_categories": ["fixings"],
        "hidden_attribute_groups": ["erp"],
        "hidden_locales": ["de_DE"],
    }
    async with pim(**hidden) as caller:
        gone = await caller.get("/products/HP-1001")  # only in fixings
        text = 'Product "HP-1001" does not exist or you do not have permission to access it.'
        assert (gone.status, gone.json["message"]) == (404, text)
        assert "HP-1001" not in [one["identifier"] for one in await caller.everything("/products")]
        seen = (await caller.product("HP-1000"))["values"]
        assert "price" not in seen
        assert {one["locale"] for one in seen["name"]} == {"en_GB"}


async def test_without_owning_a_product_a_patch_is_a_draft() -> None:
    async with pim(owns_products=False) as caller:
        before = await caller.product("HP-1001")
        assert (await caller.patch("/products/HP-1001", {"enabled": False})).status == 204
        after = await caller.product("HP-1001")
        assert (after["enabled"], after["updated"]) == (True, before["updated"])
        assert after["metadata"] == {"workflow_status": "draft_in_progress"}
        assert (await caller.get("/products/HP-1001/draft")).json["enabled"] is False
        assert (await caller.post("/products/HP-1001/proposal", {})).status == 201
        await caller.act("approve_draft", product="HP-1001")
        assert (await caller.product("HP-1001"))["enabled"] is False
        assert (await caller.get("/products/HP-1001/draft")).status == 404
