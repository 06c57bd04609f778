"""The simulator held against wire bodies harvested from Akeneo's own tests and its official client's.

Bodies: the same keys, with values of the same kind. Errors: the same shape, and for the same mistake the same words.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.akeneo_caller import COLLECTION, FIXTURES, Answer, Caller, captured, cell, pim

CORE = "pim-community-dev"
"""Only these are bodies of a server; the client's tests feed themselves invented ones."""
ITEMS = {
    "products-uuid": "/products-uuid", "products": "/products", "product-models": "/product-models",
    "families": "/families", "attributes": "/attributes", "categories": "/categories", "channels": "/channels",
    "attribute-groups": "/attribute-groups", "association-types": "/association-types", "currencies": "/currencies",
    "attribute-options": "/attributes/supplier/options", "family-variants": "/families/handles/variants",
    "media-files": "/media-files",
}  # fmt: skip
LATER = {
    "attributes": {"is_mandatory", "decimal_places_strategy", "decimal_places", "is_main_identifier", "group_labels"},
    "families": {"parent"},
    "family-variants": {"common_attributes"},
    "products-uuid": {"metadata"},
    "products": {"metadata"},
}
"""What SaaS shows and the open core of 2024 does not, or does only in some tests."""
OPTED = frozenset({
    "quality_scores", "completenesses", "position", "values", "table_configuration", "_links", "is_read_only",
    "is_main_identifier",
})  # fmt: skip
"""Opt-ins, and keys of attribute types that are not played."""


def index() -> list[Any]:
    path = FIXTURES / "index.json"
    if not path.exists():
        pytest.skip(f"harvested wire bodies are not at hand: {path}")
    rows: list[Any] = json.loads(path.read_text())
    return [row for row in rows if CORE in row["repo"]]


def pages() -> Iterator[tuple[str, Any]]:
    for row in index():
        if row["kind"] == "list-response" and row["resource"] in ITEMS:
            body = captured(row["file"])
            if isinstance(body, dict) and "_embedded" in body:
                yield row["resource"], body


def same_kind(ours: Any, theirs: Any) -> bool:
    """null tells nothing, and PHP's empty map is an empty list."""
    if ours is None or theirs is None or ours in ([], {}) or theirs in ([], {}):
        return True
    return isinstance(ours, type(theirs)) or isinstance(theirs, type(ours))


async def test_every_harvested_item_has_our_keys_and_kinds() -> None:
    listed = list(pages())
    strange: list[str] = []
    async with pim() as caller:
        for resource in sorted({one for one, _ in listed}):
            theirs = [item for name, body in listed if name == resource for item in body["_embedded"]["items"]]
            ours = (await caller.get(ITEMS[resource], limit=100)).items
            our_keys, later = set().union(*ours), LATER.get(resource, set())
            for item in theirs:
                strange += [f"{resource}: they have {key}" for key in set(item) - our_keys - OPTED]
                strange += [f"{resource}: we have {key}" for key in our_keys - set(item) - later - OPTED]
                strange += [
                    f"{resource}.{key}: {item[key]!r} is not like {ours[0][key]!r}"
                    for key in set(item) & set(ours[0]) if key != "values" and not same_kind(ours[0][key], item[key])
                ]  # fmt: skip
    assert len(listed) > 20
    assert sorted(set(strange)) == []


async def test_every_harvested_page_has_our_links() -> None:
    """Links repeat the same parameters in the same order."""
    seen = 0
    async with pim() as caller:
        for resource, body in pages():
            self_link = body["_links"]["self"]["href"]
            path = self_link.partition("/api/rest/v1")[2]
            if re.search(r"[?&](search|scope|locales|attributes)=", path):
                continue  # they name attributes and channels of another catalogue
            path = re.sub(r"/attributes/[^/]+/options|/families/[^/]+/variants", ITEMS[resource], path)
            ours = await caller.get(path)
            assert ours.status == 200, (path, ours.text)
            assert ours.json["_links"]["self"]["href"].partition("/api/rest/v1")[2] == path
            assert set(ours.json) == set(body)
            seen += 1
    assert seen > 20


CELL_KEYS = {"locale", "scope", "data"}


async def test_values_have_the_shapes_of_theirs() -> None:
    """Each cell is (locale, scope, data), and data goes by the type of the attribute."""
    shapes: dict[str, set[str]] = {}
    for resource, body in pages():
        if not resource.startswith("product"):
            continue
        for item in body["_embedded"]["items"]:
            for code, cells in (item["values"] or {}).items():
                assert all(set(one) >= CELL_KEYS for one in cells), code
                shapes.setdefault(code, set()).update(type(one["data"]).__name__ for one in cells)
    assert shapes["a_price"] == {"list"}
    assert shapes["a_number_float"] == {"str"}
    async with pim() as caller:
        values = (await caller.product("HP-1001"))["values"]
        assert isinstance(values["price"][0]["data"], list)
        assert re.fullmatch(r"\d+\.\d{2}", values["price"][0]["data"][0]["amount"])
        assert re.fullmatch(r"\d+\.\d{4}", values["max_load"][0]["data"])


def error_bodies() -> Iterator[tuple[str, Any]]:
    for row in index():
        if row["kind"] == "error-response":
            try:
                body = captured(row["file"])
            except json.JSONDecodeError:
                continue  # NDJSON that was filed with the errors
            if isinstance(body, dict) and "code" in body:
                yield row["file"], body


async def mistakes(caller: Caller) -> list[Answer]:
    """One of each shape."""
    uuid = await caller.uuid("HP-1001")
    await caller.act("protect_model", model="OSLO")
    return [
        await caller.get("/families/nope"),
        await caller.patch(f"/products-uuid/{uuid}", {"nope": 1}),
        await caller.patch(f"/products-uuid/{uuid}", {"values": {"supplier": cell("nope")}}),
        await caller.api("DELETE", "/product-models/OSLO"),
    ]


async def test_every_harvested_error_has_one_of_our_four_shapes() -> None:
    async with pim() as caller:
        ours = {frozenset(answer.json) for answer in await mistakes(caller)}
    inner = {"property", "message", "attribute", "locale", "scope"}
    assert len(ours) == 4
    bodies = list(error_bodies())
    assert len(bodies) > 200
    for name, body in bodies:
        assert frozenset(body) in ours, name
        assert all({"property", "message"} <= set(one) <= inner for one in body.get("errors", ())), name


SAME_WORDS: list[tuple[str, str, str, Any]] = [
    ("products-uuid", "GET", "/products-uuid?limit=101", None),
    ("products-uuid", "GET", "/products-uuid?page=string", None),
    ("products-uuid", "GET", "/products-uuid?pagination_type=unknown", None),
    ("products-uuid", "GET", "/products-uuid?page=101&limit=100", None),
    ("products-uuid", "GET", "/products-uuid?scope=not_found", None),
    ("products-uuid", "GET", "/products-uuid?locales=not_found", None),
    ("products-uuid", "GET", "/products-uuid?locales=not_found,jambon", None),
    ("products-uuid", "GET", "/products-uuid?attributes=not_found,jambon", None),
    ("products-uuid", "GET", "/products-uuid?search=string", None),
    ("products-uuid", "GET", '/products-uuid?search={"wrong_attribute":[{"operator":"="}]}', None),
    ("products-uuid", "GET", '/products-uuid?search={"categories":[{"operator":"IN","value":["not_found"]}]}', None),
    ("products-uuid", "POST", "/products-uuid", {"extra_property": ""}),
    ("products-uuid", "POST", "/products-uuid", {"identifier": "x"}),
    ("products-uuid", "POST", "/products-uuid", {"parent": "invalid"}),
    ("products", "POST", "/products", {"identifier": "x", "variant_group": "x"}),
    ("products", "PATCH", "/products/foo", {"identifier": "bar"}),
    ("families", "POST", "/families", {"code": "f", "attribute_requirements": {"ecommerce2": []}}),
    ("families", "POST", "/families", {"code": "f", "labels": {"foo": "x"}}),
    ("attributes", "POST", "/attributes", {"code": "a", "type": "pim_catalog_matrix"}),
    ("attributes", "PATCH", "/attributes/new_incomplete_text", {"labels": {}}),
    ("attribute-groups", "POST", "/attribute-groups", {"code": "g", "sort_order": "x"}),
    ("association-types", "PATCH", "/association-types/X_SELL", {"is_two_way": True}),
    ("association-types", "GET", "/association-types/not_found", None),
    ("categories", "GET", "/categories?array_parameter[]=bad", None),
    ("categories", "POST", "/categories", {}),
    ("currencies", "GET", "/currencies/not_found", None),
    ("product-models", "POST", "/product-models", {"code": "n"}),
    ("product-models", "POST", "/product-models", {"code": ""}),
    ("media-files", "GET", "/media-files/not_found/download", None),
]


@pytest.mark.parametrize(("resource", "method", "path", "body"), SAME_WORDS)
async def test_the_same_mistake_gets_the_same_body(resource: str, method: str, path: str, body: Any) -> None:
    theirs = [one for name, one in error_bodies() if name.startswith(f"{resource}/")]
    async with pim() as caller:
        ours = await caller.api(method, path, body)
        assert ours.json in theirs, ours.text


def lines(name: str) -> list[Any]:
    path: Path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"harvested wire bodies are not at hand: {path}")
    return [json.loads(line) for line in path.read_text().split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/products-uuid", "products-uuid/{}/testerrorwhenidentifierismissing-{}.ndjson"),
        ("/products", "products/{}/testerrorwhenidentifieriswrongtype-{}.ndjson"),
        ("/product-models", "product-models/{}/testerrorwhencodeismissingorinvalid-{}.ndjson"),
        ("/attributes/supplier/options", "attribute-options/{}/testerrorwhenidentifierismissing-{}.ndjson"),
    ],
)
async def test_bulk_lines_without_a_key_answer_as_theirs(path: str, name: str) -> None:
    sent, wanted = (
        lines(name.format("ndjson-request", "data")),
        lines(name.format("ndjson-response", "expectedcontent")),
    )
    async with pim() as caller:
        text = "\n".join(json.dumps(one) for one in sent).encode()
        answer = await caller.api("PATCH", path, text, Content_Type=COLLECTION)
        assert answer.lines == wanted
