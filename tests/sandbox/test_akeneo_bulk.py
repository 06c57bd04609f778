"""Bulk PATCH: a line in, a line out, one by one, and nothing that holds them together."""

import json

import aiohttp
import pytest

from tests.sandbox.akeneo_caller import COLLECTION, cell, pim

NEW = "8d0c1d2e-77aa-4f0a-9c55-0c6f0f6a1b02"
LINKS = {"documentation": {"href": "http://api.akeneo.com/api-reference.html#patch_products_uuid__uuid_"}}


async def test_lines_are_answered_in_order_and_one_by_one() -> None:
    async with pim() as caller:
        known = await caller.uuid("HP-1001")
        answer = await caller.bulk(
            "/products-uuid",
            {"uuid": known, "enabled": False},
            {"uuid": NEW, "family": "trade_goods", "values": {"sku": cell("NEW")}},
            {"uuid": NEW, "enabled": False},
            {"uuid": known, "colour": "red"},
        )
        assert (answer.status, answer.headers["Content-Type"]) == (200, COLLECTION)
        message = 'Property "colour" does not exist. Check the expected format on the API documentation.'
        assert answer.lines == [
            {"line": 1, "uuid": known, "status_code": 204},
            {"line": 2, "uuid": NEW, "status_code": 201},
            {"line": 3, "uuid": NEW, "status_code": 204},
            {"line": 4, "uuid": known, "status_code": 422, "message": message, "_links": LINKS},
        ]
        assert not answer.text.endswith("\n")
        assert (await caller.product("HP-1001"))["enabled"] is False


async def test_lines_refused_before_anything_is_looked_at_carry_no_key() -> None:
    async with pim() as caller:
        long = json.dumps({"uuid": NEW, "values": {"x" * 1_000_001: []}})
        answer = await caller.bulk(
            "/products-uuid", "{nope", "", "[]", long, {"uuid": ""}, {}, {"uuid": 1}, {"uuid": "1"}
        )
        bad = {"status_code": 400, "message": "Invalid json message received"}
        missing = {"status_code": 422, "message": "Uuid is missing."}
        assert answer.lines[:7] == [
            {"line": 1, **bad},
            {"line": 2, **bad},
            {"line": 3, **bad},
            {"line": 4, "status_code": 413, "message": "Line is too long."},
            {"line": 5, **missing},
            {"line": 6, **missing},
            {"line": 7, "status_code": 422, "message": "uuid must be of type string."},
        ]
        assert (answer.lines[7]["uuid"], answer.lines[7]["status_code"]) == ("1", 422)
        assert answer.lines[7]["message"].startswith("This is not a valid UUID.")


@pytest.mark.parametrize(
    ("path", "key"), [("/products", "Identifier"), ("/product-models", "Code"), ("/families", "Code")]
)
async def test_each_resource_names_its_key(path: str, key: str) -> None:
    async with pim() as caller:
        answer = await caller.bulk(path, {"other": 1}, {key.lower(): True})
        messages = [one["message"] for one in answer.lines]
        assert messages == [f"{key} is missing.", f"{key.lower()} must be of type string."]


async def test_line_101_refuses_the_whole_request() -> None:
    async with pim() as caller:
        lines = [{"identifier": f"BULK-{number}"} for number in range(101)]
        over = await caller.bulk("/products", *lines)
        text = "Too many resources to process, 100 is the maximum allowed."
        assert (over.status, over.json) == (413, {"code": 413, "message": text})
        assert (await caller.get("/products/BULK-0")).status == 404
        whole = await caller.bulk("/products", *lines[:100], "")
        assert [one["status_code"] for one in whole.lines] == [201] * 100


async def test_an_axis_taken_by_an_earlier_line_is_caught_on_the_later() -> None:
    async with pim() as caller:
        await caller.act("add_option", attribute="size", option="XL")
        lines = [
            {"identifier": sku, "parent": "OSLO", "values": {"size": cell("XL"), "colour": cell("BLK")}}
            for sku in ("ONE", "TWO")
        ]
        answer = await caller.bulk("/products", *lines)
        assert [one["status_code"] for one in answer.lines] == [201, 422]
        (error,) = answer.lines[1]["errors"]
        assert error["message"].endswith('as the variant product "ONE" already has this value')


async def test_a_stream_that_breaks_off_leaves_what_was_done() -> None:
    async with pim() as caller:
        await caller.act("cut_bulk", after=2)
        lines = [{"identifier": sku, "enabled": False} for sku in ("HP-1000", "HP-1001", "HP-1002", "HP-1003")]
        received = b""
        body = "\n".join(map(json.dumps, lines)).encode()
        headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": COLLECTION}
        async with caller.session.patch(f"{caller.url}/api/rest/v1/products", data=body, headers=headers) as response:
            assert response.status == 200
            with pytest.raises(aiohttp.ClientPayloadError):
                while chunk := await response.content.readany():
                    received += chunk
        assert [json.loads(one)["line"] for one in received.split(b"\n")] == [1, 2]
        enabled = [(await caller.product(str(one["identifier"])))["enabled"] for one in lines]
        assert enabled == [False, False, True, True]
        again = await caller.bulk("/products", *lines)
        assert [one["status_code"] for one in again.lines] == [204] * 4


async def test_structure_in_bulk() -> None:
    async with pim(options_per_second=100) as caller:
        answer = await caller.bulk("/categories", {"code": "a", "parent": "master"}, {"code": "b,", "parent": "a"})
        assert answer.lines[0] == {"line": 1, "code": "a", "status_code": 201}
        error = {"property": "code", "message": "Category code may contain only letters, numbers and underscores"}
        assert answer.lines[1] == {
            "line": 2, "code": "b,", "status_code": 422, "message": "Validation failed.", "errors": [error]
        }  # fmt: skip
        options = await caller.bulk(
            "/attributes/colour/options", {"code": "RED", "labels": {"en_GB": "Red"}}, {"code": "RED"}
        )
        assert [one["status_code"] for one in options.lines] == [201, 204]
        variants = await caller.bulk("/families/handles/variants", {"code": "v", "variant_attribute_sets": []})
        assert variants.lines[0]["status_code"] == 422
        models = await caller.bulk("/product-models", {"code": "M", "family_variant": "handles_by_size_and_colour"})
        assert models.lines == [{"line": 1, "code": "M", "status_code": 201}]
