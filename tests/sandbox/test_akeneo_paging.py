"""Lists: both ways of paging, links, reducers, limits, and an index that lags."""

import json
from typing import Any

import pytest

from tests.sandbox.akeneo_caller import Caller, cell, pim

WINDOW = (
    'You have reached the maximum number of pages you can retrieve with the "page" pagination type. '
    "Please use the search after pagination type instead"
)


async def test_pages_to_the_end() -> None:
    async with pim(items=21) as caller:  # 28 products
        first = await caller.get("/products-uuid", limit=10, with_count="true")
        assert set(first.json["_links"]) == {"self", "first", "next"}
        assert (first.json["current_page"], first.json["items_count"], len(first.items)) == (1, 28, 10)
        last = await caller.get("/products-uuid", limit=10, page=3)
        assert set(last.json["_links"]) == {"self", "first", "previous"}
        assert "items_count" not in last.json
        everything = await caller.everything("/products-uuid", limit=10)
        uuids = [one["uuid"] for one in everything]
        assert len(set(uuids)) == len(uuids) == 28
        assert uuids == sorted(uuids)
        assert everything[0]["_links"]["self"]["href"] == f"{caller.url}/api/rest/v1/products-uuid/{uuids[0]}"


@pytest.mark.parametrize("mode", ["page", "search_after"])
async def test_a_last_full_page_is_followed_by_an_empty_one(mode: str) -> None:
    async with pim(items=23) as caller:  # 30 products
        answer = await caller.get("/products-uuid", limit=10, pagination_type=mode)
        pages = [len(answer.items)]
        while answer.next:
            answer = await caller.api("GET", answer.next)
            pages.append(len(answer.items))
        assert pages == [10, 10, 10, 0]


async def test_search_after_has_no_count_no_page_and_no_previous() -> None:
    async with pim() as caller:
        first = await caller.get("/products-uuid", limit=3, pagination_type="search_after", with_count="true")
        assert set(first.json) == {"_links", "_embedded"}
        assert set(first.json["_links"]) == {"self", "first", "next"}
        base = f"{caller.url}/api/rest/v1/products-uuid?with_count=true&pagination_type=search_after&limit=3"
        assert first.json["_links"]["first"]["href"] == base
        assert first.next == f"{base}&search_after={first.keys[-1]}"
        assert (await caller.api("GET", first.next)).keys[0] > first.keys[-1]


@pytest.mark.parametrize(("path", "key"), [("/products", "identifier"), ("/product-models", "code")])
async def test_the_cursor_is_the_key_and_case_does_not_count(path: str, key: str) -> None:
    async with pim(variant_levels=2) as caller:
        first = await caller.get(path, limit=2, pagination_type="search_after")
        cursor = first.items[-1][key]
        assert first.next is not None
        assert first.next.endswith(f"search_after={cursor.lower()}")
        rest = await caller.get(path, limit=100, pagination_type="search_after", search_after=cursor.upper())
        assert cursor not in [one[key] for one in rest.items]
        assert len(rest.items) == len(await caller.everything(path, limit=100)) - 2


async def test_links_repeat_their_parameters_in_order_but_forget_search_locale() -> None:
    search = '{"name":[{"operator":"CONTAINS","value":"a/b"}]}'
    for kept in (False, True):
        async with pim(links_drop_search_locale=not kept) as caller:
            answer = await caller.get(
                "/products-uuid", search=search, search_locale="en_GB", locales="en_GB", with_completenesses="true",
                scope="ecommerce",
            )  # fmt: skip
            link = answer.json["_links"]["self"]["href"].partition("?")[2]
            names = [part.partition("=")[0] for part in link.split("&")]
            middle = ["search", "scope", *(["search_locale"] if kept else []), "locales", "with_completenesses"]
            assert names == ["page", "with_count", "pagination_type", "limit", *middle]
            encoded = "%7B%22name%22:%5B%7B%22operator%22:%22CONTAINS%22,%22value%22:%22a/b%22%7D%5D%7D"
            assert f"search={encoded}&" in link


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/products-uuid?limit=101", "You cannot request more than 100 items."),
        ("/products?page=string", '"string" is not a valid page number.'),
        ("/families?limit=x", '"x" is not a valid limit number.'),
        ("/products-uuid?pagination_type=unknown", "Pagination type does not exist."),
        ("/families?pagination_type=search_after", "Pagination type is not supported."),
        ("/products-uuid?page=101&limit=100", WINDOW),
        ("/product-models?page=1001", WINDOW),
        ("/products-uuid?attributes=x,y", 'Attributes "x, y" do not exist.'),
        ("/products-uuid?attributes=x", 'Attribute "x" does not exist.'),
        ("/products-uuid?scope=x", 'Scope "x" does not exist.'),
        ("/products-uuid?locales=x", 'Locale "x" does not exist or is not activated.'),
        ("/products-uuid?locales=x,sv_SE", 'Locales "x, sv_SE" do not exist or are not activated.'),
        ("/products-uuid?scope=print&locales=de_DE", 'Locale "de_DE" is not activated for the scope "print".'),
    ],
)
async def test_what_a_list_refuses(path: str, message: str) -> None:
    async with pim() as caller:
        answer = await caller.get(path)
        assert (answer.status, answer.json["code"], answer.json["message"]) == (422, 422, message)
        assert ("_links" in answer.json) is (message == WINDOW)


async def test_other_resources_have_no_window() -> None:
    async with pim() as caller:
        far = await caller.get("/families?page=500&limit=100")
        assert (far.status, far.items) == (200, [])
        link = f"{caller.url}/api/rest/v1/families?page=499&limit=100&with_count=false"
        assert far.json["_links"]["previous"]["href"] == link


async def test_reducers() -> None:
    async with pim() as caller:
        whole = await caller.product("HP-1000")
        less = await caller.product("HP-1000", attributes="name,description,price", locales="de_DE")
        assert set(less["values"]) == {"name", "description", "price"}
        assert {one["locale"] for one in less["values"]["description"]} == {"de_DE"}
        assert less["values"]["price"] == whole["values"]["price"]
        scoped = await caller.product("HP-1000", scope="print")
        assert [one["scope"] for one in scoped["values"]["description"]] == ["print"]
        assert len(scoped["values"]["name"]) == 2


async def test_opt_ins() -> None:
    async with pim(variant_levels=2) as caller:
        bare = await caller.product("OSLO-S-BLK")
        opted = ("root_parent", "completenesses", "quality_scores", "workflow_execution_statuses")
        assert not set(opted) & set(bare)
        flags: dict[str, Any] = {f"with_{name}": "true" for name in (*opted, "attribute_options", "asset_share_links")}
        full = await caller.product("OSLO-S-BLK", **flags)
        assert full["root_parent"] == "OSLO"
        assert {"scope": "ecommerce", "locale": "en_GB", "data": 100} in full["completenesses"]
        assert {"scope": "ecommerce", "locale": "en_GB", "data": "A"} in full["quality_scores"]
        linked = full["values"]["colour"][0]["linked_data"]
        assert linked == {"attribute": "colour", "code": "BLK", "labels": {"en_GB": "Black"}}
        (share,) = full["values"]["gallery"][0]["linked_data"]["oslo_front"]["share_links"]
        public = await caller.call("GET", share["_links"]["self"]["href"])
        assert (public.status, public.headers["Content-Type"]) == (200, "image/png")
        kilos = await caller.product("OSLO-S-BLK", scope="ecommerce", convert_measurements="true")
        grams = bare["values"]["weight"][0]["data"]
        assert (kilos["values"]["weight"][0]["data"]["unit"], grams["unit"]) == ("KILOGRAM", "GRAM")
        assert float(kilos["values"]["weight"][0]["data"]["amount"]) == float(grams["amount"]) / 1000


async def test_scope_silently_cuts_to_the_channels_tree() -> None:
    async with pim() as caller:
        everything = await caller.everything("/products-uuid", limit=100)
        shown = await caller.everything("/products-uuid", limit=100, scope="ecommerce")
        lost = {one["uuid"] for one in everything} - {one["uuid"] for one in shown}
        assert lost == {one["uuid"] for one in everything if not one["categories"]}
        assert lost
        printed = await caller.everything("/products-uuid", limit=100, scope="print")
        assert all("print_spring" in one["categories"] for one in printed)
        own = {"categories": [{"operator": "IN", "value": ["tools"]}]}
        tools = await caller.everything("/products-uuid", limit=100, scope="print", search=own)
        assert not all("print_spring" in one["categories"] for one in tools)


async def test_the_index_lags_behind_the_store() -> None:
    async with pim(index_delay_seconds=60) as caller:
        uuid = "1f0a6a6e-5d0b-4f43-8a0a-3f8f7d2a9e01"
        body = {"uuid": uuid, "family": "trade_goods", "values": {"sku": cell("LAG-1")}}
        assert (await caller.post("/products-uuid", body)).status == 201
        assert (await caller.get(f"/products-uuid/{uuid}")).status == 200
        assert not await found(caller)
        await caller.act("pass_time", seconds=61)
        assert await found(caller) == [uuid]
        assert (await caller.api("DELETE", f"/products-uuid/{uuid}")).status == 204
        assert await found(caller) == []  # still in the index, and no longer in the store
        await caller.post("/products-uuid", {**body, "values": {"sku": cell("LAG-1")}})
        await caller.act("refresh_index")
        assert await found(caller) == [uuid]


async def found(caller: Caller) -> list[str]:
    search = {"sku": [{"operator": "IN", "value": ["LAG-1"]}]}
    return (await caller.get("/products-uuid", search=search)).keys


async def test_search_by_post() -> None:
    async with pim() as caller:
        search = json.dumps({"sku": [{"operator": "IN", "value": ["HP-1000", "HP-1001"]}]})
        answer = await caller.post("/products-uuid/search", {"search": search, "attributes": ["sku"], "limit": 1})
        assert answer.status == 200
        assert list(answer.items[0]["values"]) == ["sku"]
        assert answer.next is not None
        many = json.dumps({"enabled": [{"operator": "=", "value": True}] * 21})
        assert (await caller.post("/products-uuid/search", {"search": many})).status == 422
