"""Headers, routes, limits, and the troubles of a wire."""

import asyncio
import contextlib
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.sandbox.akeneo_caller import COLLECTION, pim

EXCEEDED = {"code": 429, "message": "You have exceeded the limit of API requests per second."}


@pytest.mark.parametrize(
    ("method", "path", "kind", "message"),
    [
        ("PATCH", "/families", "application/json",
         f'"application/json" in "Content-Type" header is not valid. Only "{COLLECTION}" is allowed.'),
        ("POST", "/families", COLLECTION,
         f'"{COLLECTION}" in "Content-Type" header is not valid. Only "application/json" is allowed.'),
        ("POST", "/products-uuid", "",
         'The "Content-Type" header is missing. "application/json" has to be specified as value.'),
    ],
)  # fmt: skip
async def test_a_body_of_the_wrong_type_is_415(method: str, path: str, kind: str, message: str) -> None:
    async with pim() as caller:
        headers = {"Content_Type": kind} if kind else {}
        answer = await caller.api(method, path, b"{}", **headers)
        assert (answer.status, answer.json) == (415, {"code": 415, "message": message})


async def test_parameters_of_a_media_type_do_not_count() -> None:
    async with pim() as caller:
        kind = "application/json; charset=utf-8"
        assert (await caller.api("PATCH", "/products/HP-1001", b"{}", Content_Type=kind)).status == 204


@pytest.mark.parametrize(
    ("accept", "status"),
    [("", 200), ("application/json", 200), ("text/plain, */*", 200), ("application/json, text/plain", 406),
     ("text/plain, application/json", 406), ("text/html", 406)],
)  # fmt: skip
async def test_accept_is_optional_and_strict(accept: str, status: int) -> None:
    async with pim() as caller:
        headers = {"Accept": accept} if accept else {}
        assert (await caller.api("GET", "/channels", **headers)).status == status


async def test_bad_json_brackets_and_strange_routes() -> None:
    async with pim() as caller:
        bad = await caller.api("POST", "/categories", b"{nope", Content_Type="application/json")
        assert (bad.status, bad.json) == (400, {"code": 400, "message": "Invalid json message received"})
        brackets = await caller.api("GET", "/categories?array_parameter[]=bad")
        assert (brackets.status, brackets.json["message"]) == (
            400, "Bracket syntax is not supported in query parameters.",
        )  # fmt: skip
        assert (await caller.get("/nothing")).status == 404
        assert (await caller.call("GET", "/api/rest/v2/channels")).status == 404
        wrong = await caller.post("/currencies", {})
        assert (wrong.status, wrong.headers["Allow"]) == (405, "GET")
        assert wrong.json["message"].endswith('/api/rest/v1/currencies": Method Not Allowed (Allow: GET)')


async def test_slashes_in_keys_are_literal() -> None:
    async with pim() as caller:
        assert (await caller.patch("/products/HP/10 A", {"enabled": False})).status == 201
        assert (await caller.product("HP/10%20A"))["identifier"] == "HP/10 A"
        # yarl would decode the percent sign away if it were not told
        url = URL(f"{caller.url}/api/rest/v1/products/HP%2F10%20A", encoded=True)
        async with caller.session.get(url, headers={"Authorization": f"Bearer {caller.token}"}) as response:
            assert response.status == 404


async def test_five_calls_at_once_are_one_too_many() -> None:
    async with pim() as caller:
        await caller.act("other_traffic", connection=3)
        assert (await caller.get("/channels")).status == 200
        await caller.act("other_traffic", connection=4)
        over = await caller.get("/channels")
        assert (over.status, over.headers["Retry-After"], over.json) == (429, "1", EXCEEDED)
        await caller.act("other_traffic", connection=0, elsewhere=10)
        assert (await caller.get("/channels")).status == 429
        await caller.act("other_traffic")
        assert (await caller.get("/channels")).status == 200
        assert (await caller.state())["refused_for_limits"] == 2


async def test_calls_under_way_take_slots_of_their_connection_and_of_the_pim() -> None:
    async with pim(instance_calls=6) as caller:
        limits = caller.simulator.office.limits
        async with contextlib.AsyncExitStack() as under_way:
            for _ in range(4):
                await under_way.enter_async_context(limits.slot("crossdock"))
            assert (await caller.get("/channels")).status == 429
            caller.token = "sandbox-app-token"
            assert (await caller.get("/channels")).status == 200
            for _ in range(2):
                await under_way.enter_async_context(limits.slot("another"))
            assert (await caller.get("/channels")).status == 429
        assert (await caller.get("/channels")).status == 200


async def test_over_the_limit_calls_may_wait_instead() -> None:
    async with pim(over_limit="queue", call_seconds=0.02) as caller:
        answers = await asyncio.gather(*(caller.get("/channels") for _ in range(9)))
        assert [one.status for one in answers] == [200] * 9


@pytest.mark.parametrize(("retry_after", "bare"), [(None, False), (2.5, True)])
async def test_a_429_may_lack_its_header_and_its_body(retry_after: float | None, bare: bool) -> None:
    async with pim(retry_after=retry_after, bare_429=bare) as caller:
        await caller.act("other_traffic", connection=4)
        over = await caller.get("/channels")
        assert over.headers.get("Retry-After") == (None if retry_after is None else "2.5")
        assert over.text == "" if bare else over.json == EXCEEDED


async def test_option_writes_have_a_rate_of_their_own() -> None:
    async with pim() as caller:
        frozen = caller.simulator.now()
        caller.simulator.pim.clock = lambda: frozen
        path, body = "/attributes/colour/options/BLK", {"labels": {"en_GB": "Black"}}
        statuses = [(await caller.patch(path, body)).status for _ in range(4)]
        assert statuses == [204, 204, 204, 429]
        assert (await caller.bulk("/attributes/colour/options", {"code": "RED"})).status == 429
        assert (await caller.get("/attributes/colour/options")).status == 200


async def test_a_hundred_calls_a_second() -> None:
    async with pim(calls_per_second=5) as caller:
        frozen = caller.simulator.now()
        caller.simulator.pim.clock = lambda: frozen
        assert [(await caller.get("/locales")).status for _ in range(6)] == [200] * 5 + [429]


async def test_too_large_a_payload_is_a_403_of_the_platform() -> None:
    async with pim(payload_max_bytes=100) as caller:
        body = {"values": {"name": [{"locale": "en_GB", "scope": None, "data": "x" * 90}]}}
        answer = await caller.patch("/products/HP-1001", body)
        assert answer.status == 403
        assert answer.headers["Content-Type"].startswith("text/html")
        assert (await caller.patch("/products/HP-1001", {"enabled": False})).status == 204


@pytest.mark.parametrize("kind", ["lost_reply", "truncated_body"])
async def test_a_write_whose_answer_is_lost_stands(kind: str) -> None:
    async with pim() as caller:
        uuid = await caller.uuid("HP-1001")
        await caller.fault(kind=kind, match="PATCH", count=1)
        line = {"uuid": uuid, "enabled": False}
        if kind == "lost_reply":
            with pytest.raises(aiohttp.ClientError):
                await caller.bulk("/products-uuid", line)
        else:
            assert len((await caller.bulk("/products-uuid", line)).text) < 40
        assert (await caller.product("HP-1001"))["enabled"] is False


async def test_lost_requests_do_nothing_and_statuses_come_with_retry_after() -> None:
    async with pim() as caller:
        await caller.fault(kind="lost_request", match="PATCH", count=1)
        with pytest.raises(aiohttp.ClientError):
            await caller.patch("/products/HP-1001", {"enabled": False})
        assert (await caller.product("HP-1001"))["enabled"] is True
        await caller.fault(kind="status", match="GET", count=1, status=503, retry_after=3)
        answer = await caller.get("/channels")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "3")


async def test_short_lists_and_repeated_rows_say_nothing() -> None:
    async with pim() as caller:
        whole = await caller.get("/products-uuid", limit=5, with_count="true")
        await caller.fault(kind="short_list", match="products-uuid", count=1)
        short = await caller.get("/products-uuid", limit=5, with_count="true")
        assert len(short.items) == 3
        assert {name: short.json[name] for name in ("_links", "items_count")} == {
            name: whole.json[name] for name in ("_links", "items_count")
        }
        await caller.fault(kind="duplicate_row", match="products-uuid", count=1)
        double = (await caller.get("/products-uuid", limit=5)).keys
        assert double == [*whole.keys, whole.keys[-1]]


@pytest.mark.parametrize(
    ("edition", "told"),
    [("saas", {"version": "20261103041500", "edition": "Serenity"}), ("ce", {"version": "7.0.96", "edition": "CE"})],
)
async def test_editions(edition: str, told: dict[str, Any]) -> None:
    async with pim(edition=edition) as caller:
        assert (await caller.get("/system-information")).json == told
        product = await caller.product("HP-1001")
        saas = edition == "saas"
        assert ("attribute_type" in product["values"]["sku"][0]) is saas
        assert ("metadata" in product) is saas
        assert ((await caller.get("/asset-families")).status == 200) is saas
        assert ("parent" in (await caller.get("/families/handles")).json) is saas
        assert ("gallery" in (await caller.get("/families/handles")).json["attributes"]) is saas
