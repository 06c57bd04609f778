"""`search`: every property and operator a delta or a look-up needs, and what is refused."""

from typing import Any

import pytest

from tests.sandbox.akeneo_caller import Caller, cell, pim


async def skus(caller: Caller, search: Any, path: str = "/products", **params: Any) -> set[str]:
    rows = await caller.everything(path, limit=100, search=search, **params)
    return {one.get("identifier") or one["code"] for one in rows}


def one(operator: str, value: Any = None, **more: Any) -> list[Any]:
    return [{"operator": operator, "value": value, **more}]


OSLO = {"OSLO-S-BLK", "OSLO-S-WHT", "OSLO-L-BLK", "OSLO-L-WHT"}


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        ({"sku": one("IN", ["HP-1001", "hp-1002", "NOPE"])}, {"HP-1001", "HP-1002"}),
        ({"sku": one("=", "hp-1001")}, {"HP-1001"}),
        ({"sku": one("STARTS WITH", "OSLO")}, OSLO),
        ({"sku": one("CONTAINS", "-s-")}, {"OSLO-S-BLK", "OSLO-S-WHT"}),
        ({"sku": one("NOT IN", ["OSLO-S-BLK"]), "family": one("IN", ["handles"])}, OSLO - {"OSLO-S-BLK"}),
        ({"family": one("IN", ["handles"])}, OSLO),
        ({"parent": one("=", "OSLO")}, OSLO),
        ({"parent": one("IN", ["OSLO-BLK"])}, {"OSLO-S-BLK", "OSLO-L-BLK"}),
        ({"parent": one("IN", ["OSLO"])}, set()),
        ({"parent": one("NOT EMPTY")}, OSLO),
        ({"categories": one("IN", ["handles"])}, OSLO),
        ({"categories": one("IN CHILDREN", ["hardware"]), "family": one("IN", ["handles"])}, OSLO),
        ({"categories": one("IN", ["hardware"])}, set()),
        ({"categories": one("UNCLASSIFIED")}, {"HP-1016"}),
        ({"enabled": one("=", False)}, {"HP-1022"}),
        ({"enabled": one("!=", True)}, {"HP-1022"}),
        ({"name": one("CONTAINS", "OSLO", locale="en_GB")}, OSLO),
        ({"colour": one("IN", ["BLK"])}, {"OSLO-S-BLK", "OSLO-L-BLK"}),
        ({"tax_class": one("IN", ["ZER"])}, {"HP-1005", "HP-1016", "HP-1027"}),
        ({"hazardous": one("=", True)}, {"HP-1003"}),
        ({"weight": one("<=", {"amount": "0.155", "unit": "KILOGRAM"})}, {"HP-1000", "HP-1001"}),
        ({"case_quantity": one("NOT EMPTY"), "sku": one("IN", ["HP-1000", "HP-1001"])}, {"HP-1000"}),
        ({"max_load": one("BETWEEN", [10, "10.5"])}, {"HP-1001"}),
        ({"price": one(">", {"amount": 1, "currency": "EUR"})}, set()),
        ({"available_from": one("=", "2025-01-06"), "sku": one("=", "HP-1001")}, {"HP-1001"}),
        ({"commodity_code": one("EMPTY"), "enabled": one("=", True)}, {"HP-1008", "HP-1017", "HP-1026"}),
    ],
)  # fmt: skip
async def test_filters_on_products(search: Any, wanted: set[str]) -> None:
    async with pim(items=29, variant_levels=2) as caller:
        found = await skus(caller, search)
        extra = {"KIT-DOOR", "BLD-SHELF", "GHOST-01"}
        assert found - extra == wanted - extra


async def test_filters_on_models() -> None:
    async with pim(variant_levels=2) as caller:
        path = "/product-models"
        assert await skus(caller, {"parent": one("EMPTY")}, path) == {"OSLO"}
        assert await skus(caller, {"parent": one("IN", ["OSLO"])}, path) == {"OSLO-BLK", "OSLO-WHT"}
        assert await skus(caller, {"identifier": one("IN", ["OSLO-BLK"])}, path) == {"OSLO-BLK"}
        place = {"scope": "ecommerce", "locale": "en_GB"}
        all_of_them = {"OSLO", "OSLO-BLK", "OSLO-WHT"}
        assert await skus(caller, {"completeness": one("ALL COMPLETE", **place)}, path) == all_of_them
        await caller.act("edit_value", product="OSLO-S-BLK", attribute="price")
        assert await skus(caller, {"completeness": one("ALL COMPLETE", **place)}, path) == {"OSLO-WHT"}
        assert await skus(caller, {"completeness": one("AT LEAST COMPLETE", **place)}, path) == all_of_them
        assert await skus(caller, {"completeness": one("AT LEAST INCOMPLETE", **place)}, path) == {"OSLO", "OSLO-BLK"}


async def test_completeness_and_the_publish_gate() -> None:
    async with pim(items=20) as caller:
        done = await skus(caller, {"completeness": one("=", 100, scope="ecommerce", locale="de_DE")})
        any_locale = await skus(caller, {"completeness": one("=", 100, scope="ecommerce")})
        assert "HP-1003" not in done  # no German name
        assert "HP-1003" in any_locale
        assert "HP-1008" not in any_locale  # no commodity code
        word = "GREATER OR EQUALS THAN ON ALL LOCALES"
        gate = {
            "enabled": one("=", True), "completeness": one(word, 100, scope="ecommerce", locales=["en_GB", "de_DE"]),
        }  # fmt: skip
        assert await skus(caller, gate) == done
        assert await skus(caller, {"quality_score": one("IN", ["A"], scope="ecommerce", locale="de_DE")}) == done


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ({"name": {"operator": "="}},
         ('Structure of filter "name" should respect this structure: '
          '{"name":[{"operator": "my_operator", "value": "my_value"}]}')),
        ({"name": [{"value": "x"}]}, 'Operator is missing for the property "name".'),
        ({"name": [{"operator": ["="]}]}, 'Operator has to be a string, "array" given.'),
        ({"name": one("BETWEEN", "x")},
         'Filter on property "name" is not supported or does not support operator "BETWEEN"'),
        ({"name": one("=", "x")}, 'Attribute "name" expects a locale, none given.'),
        ({"description": one("=", "x", locale="en_GB")}, 'Attribute "description" expects a scope, none given.'),
        ({"description": one("=", "x", locale="en_GB", scope="no")},
         'Attribute "description" expects an existing scope, "no" given.'),
        ({"categories": one("IN", ["not_found"])}, 'Category "not_found" does not exist.'),
        ({"completeness": one(">", 1)}, 'Property "completeness" expects a valid scope.'),
        ({"completeness": one("GREATER THAN ON ALL LOCALES", 1, scope="ecommerce")},
         'Property "completeness" expects an array with the key "locales".'),
        ({"uuid": one("IN", [{}])}, 'Property "uuid" expects an array of scalars as data.'),
        ({"family": one("IN", "handles")}, 'Property "family" expects an array as data, "string" given.'),
        ({"completeness": one(">", None, scope="ecommerce")},
         'Property "completeness" expects a numeric as data, "NULL" given.'),
        ({"updated": one(">", "2026-01-01")},
         'Property "updated" expects a string with the format "yyyy-mm-dd H:i:s" as data, "2026-01-01" given.'),
        ({"sku": one("IN", [f"X{n}" for n in range(101)])}, "You cannot filter on more than 100 identifiers."),
    ],
)  # fmt: skip
async def test_searches_that_are_refused(search: Any, message: str) -> None:
    async with pim() as caller:
        answer = await caller.get("/products-uuid", search=search)
        assert (answer.status, answer.json) == (422, {"code": 422, "message": message})


async def test_text_that_is_no_json_and_properties_that_are_none() -> None:
    async with pim() as caller:
        for path, status in (("/products", 400), ("/products-uuid", 400), ("/product-models", 422)):
            answer = await caller.get(path, search="string")
            assert (answer.status, answer.json["message"]) == (status, "Search query parameter should be valid JSON.")
        unknown = {"wrong": one("=", "x")}
        for path, status in (("/products", 404), ("/products-uuid", 422), ("/product-models", 422)):
            answer = await caller.get(path, search=unknown)
            text = '"wrong" does not exist or you do not have permission to access it.'
            assert (answer.status, answer.json["message"]) == (status, text)


async def test_search_locale_stands_in_for_a_filters_own() -> None:
    async with pim() as caller:
        search = {"name": one("CONTAINS", "(DE)")}
        german = await skus(caller, search, search_locale="de_DE")
        assert german
        assert await skus(caller, {"name": one("CONTAINS", "(DE)", locale="en_GB")}, search_locale="de_DE") == set()


async def test_dates_are_strict_to_the_second_and_in_the_servers_zone() -> None:
    async with pim(items=10) as caller:
        body = await caller.product("HP-1003")
        assert body["updated"] == "2025-01-06T08:03:00+00:00"
        only = {"sku": one("=", "HP-1003")}
        exact = {"updated": one(">", "2025-01-06 08:03:00"), **only}
        before = {"updated": one(">", "2025-01-06 08:02:59"), **only}
        assert (await skus(caller, exact), await skus(caller, before)) == (set(), {"HP-1003"})
        assert await skus(caller, {"updated": one("=", "2025-01-06 08:03:00")}) == {"HP-1003"}
        span = ["2025-01-06 08:01:00", "2025-01-06 08:03:00"]
        assert await skus(caller, {"updated": one("BETWEEN", span)}) == {"HP-1001", "HP-1002", "HP-1003"}
        await caller.act("set_enabled", product="HP-1005", enabled=False)
        assert await skus(caller, {"updated": one("SINCE LAST N DAYS", 2)}) == {"HP-1005"}
    async with pim(items=10, server_timezone="Europe/Berlin") as caller:
        assert (await caller.product("HP-1003"))["updated"] == "2025-01-06T09:03:00+01:00"
        assert await skus(caller, {"updated": one("=", "2025-01-06 09:03:00")}) == {"HP-1003"}


async def test_products_without_identifier_are_invisible_through_the_old_door() -> None:
    async with pim() as caller:
        made = await caller.post("/products-uuid", {"family": "trade_goods", "values": {"tax_class": cell("STD")}})
        uuid = made.headers["Location"].rpartition("/")[2]
        assert uuid in [row["uuid"] for row in await caller.everything("/products-uuid", limit=100)]
        assert uuid not in [row["uuid"] for row in await caller.everything("/products", limit=100)]
        search = {"uuid": one("IN", [uuid]), "sku": one("EMPTY")}
        assert (await caller.get("/products-uuid", search=search)).keys == [uuid]


@pytest.mark.parametrize(
    ("path", "search", "wanted"),
    [
        ("/families", {"code": one("IN", ["handles", "x"])}, {"handles"}),
        ("/families", {"has_products": one("=", True)}, {"handles", "trade_goods"}),
        ("/attributes", {"type": one("IN", ["pim_catalog_metric", "pim_catalog_date"])}, {"weight", "available_from"}),
        ("/attributes", {"is_main_identifier": one("=", True)}, {"sku"}),
        ("/categories", {"parent": one("=", "hardware")}, {"handles", "fixings"}),
        ("/categories", {"is_root": one("=", True)}, {"master", "print_catalogue"}),
        ("/locales", {"enabled": one("=", True)}, {"de_DE", "en_GB"}),
        ("/categories", {"updated": one(">", "2025-01-06T08:00:00Z")}, set()),
    ],
)
async def test_filters_on_structure(path: str, search: Any, wanted: set[str]) -> None:
    async with pim() as caller:
        assert await skus(caller, search, path) == wanted


async def test_structure_dates_are_iso_and_lists_must_be_lists() -> None:
    async with pim() as caller:
        await caller.act("rename_category", category="tools", label="Power tools")
        after = {"updated": one(">", "2025-01-06T08:00:00Z")}
        assert await skus(caller, after, "/categories") == {"tools"}
        answer = await caller.get("/categories", search={"code": one("IN", 3)})
        text = "In order to search on category codes you must send an array of category codes as value, integer given."
        assert (answer.status, answer.json["message"]) == (400, f"{text} This value should be of type iterable.")
        assert (await caller.get("/families", search={"labels": one("=", "x")})).status == 422
