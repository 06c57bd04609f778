"""Writing products: both doors, the merge rules, values of every type, and what is refused in which shape."""

from typing import Any

import pytest

from tests.sandbox.akeneo_caller import cell, pim

UUID = "1f0a6a6e-5d0b-4f43-8a0a-3f8f7d2a9e01"
CHECK = " Check the expected format on the API documentation."
PATCH = "http://api.akeneo.com/api-reference.html#patch_products_uuid__uuid_"
POST = "http://api.akeneo.com/api-reference.html#post_products_uuid"


async def test_the_shape_of_a_product_through_both_doors() -> None:
    async with pim() as caller:
        old = await caller.product("KIT-DOOR")
        new = (await caller.get(f"/products-uuid/{old['uuid']}")).json
        assert list(old)[:2] == ["uuid", "identifier"]
        assert "identifier" not in new
        keys = {
            "uuid", "family", "parent", "groups", "categories", "enabled", "values", "created", "updated",
            "associations", "quantified_associations", "metadata",
        }  # fmt: skip
        assert set(new) == keys
        assert new["associations"] == {
            "SUBSTITUTION": {"products": [], "product_models": [], "groups": []},
            "X_SELL": {"products": [], "product_models": [], "groups": []},
        }
        parts = old["quantified_associations"]["KIT"]["products"]
        assert parts == [{"identifier": "HP-1000", "quantity": 1}, {"identifier": "HP-1001", "quantity": 3}]
        uuids = [one["uuid"] for one in new["quantified_associations"]["KIT"]["products"]]
        assert uuids == [await caller.uuid("HP-1000"), await caller.uuid("HP-1001")]


async def test_creating_with_a_uuid_of_ones_own_or_without() -> None:
    async with pim() as caller:
        made = await caller.patch(f"/products-uuid/{UUID}", {"values": {"sku": cell("NEW-1")}})
        assert (made.status, made.text) == (201, "")
        assert made.headers["Location"] == f"{caller.url}/api/rest/v1/products-uuid/{UUID}"
        twice = await caller.post("/products-uuid", {"uuid": UUID})
        assert (twice.status, twice.json["errors"]) == (
            422, [{"property": "uuid", "message": f"The {UUID} uuid is already used for another product."}],
        )  # fmt: skip
        given = await caller.post("/products-uuid", {"values": {"sku": cell("NEW-2")}})
        assert given.status == 201
        assert (await caller.api("GET", given.headers["Location"])).json["values"]["sku"][0]["data"] == "NEW-2"
        same = await caller.post("/products-uuid", {"values": {"sku": cell("new-2")}})
        message = "The new-2 identifier is already used for another product."
        assert same.json["errors"] == [{"property": "identifier", "message": message}]


async def test_the_identifier_belongs_to_one_door_only() -> None:
    async with pim() as caller:
        there = await caller.post("/products-uuid", {"identifier": "X"})
        assert (there.status, there.json["message"]) == (422, f'Property "identifier" does not exist.{CHECK}')
        assert there.json["_links"]["documentation"]["href"] == POST
        here = await caller.post("/products", {"family": "trade_goods"})
        assert here.json["message"].startswith("Validation failed. The identifier field is required")
        assert here.json["_links"]["documentation"]["href"] == PATCH
        assert (await caller.post("/products", {"identifier": "X", "family": "trade_goods"})).status == 201
        assert (await caller.patch("/products/X", {"identifier": "Y"})).status == 204
        assert (await caller.product("Y"))["values"]["sku"][0]["data"] == "Y"
        other = await caller.patch("/products/foo", {"identifier": "bar"})
        text = 'The identifier "bar" provided in the request body must match the identifier "foo" provided in the url.'
        assert (other.status, other.json) == (422, {"code": 422, "message": text})


async def test_uuids_must_be_uuids_and_the_same() -> None:
    async with pim() as caller:
        wrong = await caller.patch("/products-uuid/122345", {})
        assert (wrong.status, wrong.json["message"]) == (422, f"This is not a valid UUID.{CHECK}")
        other = UUID.replace("1f", "2f")
        answer = await caller.patch(f"/products-uuid/{UUID}", {"uuid": other})
        text = f'The uuid "{other}" provided in the request body must match the uuid "{UUID}" provided in the url.'
        assert answer.json == {"code": 422, "message": text}
        gone = await caller.get(f"/products-uuid/{UUID}")
        assert gone.json["message"] == f'Product "{UUID}" does not exist or you do not have permission to access it.'


async def test_maps_merge_and_lists_replace() -> None:
    async with pim() as caller:
        before = await caller.product("HP-1000")
        body = {
            "categories": ["safety"],
            "values": {"name": cell("Neu", "de_DE"), "certifications": cell(["rohs"]), "weight": cell(None)},
        }
        assert (await caller.patch("/products/HP-1000", body)).status == 204
        after = await caller.product("HP-1000")
        assert after["categories"] == ["safety"]
        names = {one["locale"]: one["data"] for one in after["values"]["name"]}
        assert names == {"de_DE": "Neu", "en_GB": before["values"]["name"][1]["data"]}
        assert after["values"]["certifications"][0]["data"] == ["rohs"]
        assert "weight" not in after["values"]
        assert after["values"]["price"] == before["values"]["price"]
        assert after["family"] == before["family"]


async def test_writing_nothing_new_does_not_move_the_date() -> None:
    async with pim() as caller:
        before = await caller.product("HP-1001")
        same = {"enabled": True, "categories": before["categories"], "values": before["values"]}
        assert (await caller.patch("/products/HP-1001", {**before, **same})).status == 204
        assert (await caller.product("HP-1001")) == before
        assert (await caller.patch("/products/HP-1001", {"enabled": False})).status == 204
        assert (await caller.product("HP-1001"))["updated"] > before["updated"]


async def test_values_of_every_type_as_written_and_as_shown() -> None:
    async with pim() as caller:
        sent: dict[str, Any] = {
            "case_quantity": ("6", 6), "max_load": (12.5, "12.5000"), "hazardous": (False, False),
            "weight": ({"amount": 1, "unit": "POUND"}, {"amount": "1.0000", "unit": "POUND", "symbol": "lb"}),
            "price": ([{"amount": "9.5", "currency": "GBP"}, {"amount": 11, "currency": "EUR"}],
                      [{"amount": "9.50", "currency": "GBP"}, {"amount": "11.00", "currency": "EUR"}]),
            "supplier": ("ACME_TRADE", "ACME_TRADE"), "certifications": (["ce", "ce", "ukca"], ["ce", "ukca"]),
            "available_from": ("2026-03-01", "2026-03-01T00:00:00+00:00"), "ean": ("0012", "0012"),
        }  # fmt: skip
        body = {"values": {code: cell(data) for code, (data, _) in sent.items()}}
        assert (await caller.patch("/products/HP-1002", body)).status == 204
        shown = (await caller.product("HP-1002"))["values"]
        assert {code: shown[code][0]["data"] for code in sent} == {code: data for code, (_, data) in sent.items()}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"extra_property": 1}, 'Property "extra_property" does not exist.'),
        ({"family": []}, 'Property "family" expects a scalar as data, "array" given.'),
        ({"family": "x"}, 'Property "family" expects a valid family code. The family does not exist, "x" given.'),
        ({"enabled": None}, 'Property "enabled" expects a boolean as data, "NULL" given.'),
        ({"categories": None}, 'Property "categories" expects an array as data, "NULL" given.'),
        ({"categories": ["x"]},
         'Property "categories" expects a valid category code. The category does not exist, "x" given.'),
        ({"values": None}, 'Property "values" expects an array as data, "NULL" given.'),
        ({"values": {"nope": cell(1)}}, "The nope attribute does not exist in your PIM."),
        ({"values": {"ean": [{"locale": None, "data": "1"}]}}, 'Property "ean" expects an array with the key "scope".'),
        ({"values": {"ean": cell(["1"])}}, "The ean attribute requires a string, a array was detected."),
        ({"values": {"ean": cell("1") + cell("2")}},
         'You cannot update the same product value on the "ean" attribute twice, with the same scope and locale.'),
        ({"values": {"price": cell(["x"])}},
         'Property "price" expects an array with valid data, one of the values is not an array.'),
        ({"parent": "mayonnaise"},
         'Property "parent" expects a valid parent code. The parent product model does not exist, "mayonnaise" given.'),
        ({"associations": {"X_SELL": {"products": ["nope"]}}},
         ('Property "associations" expects an array with valid data, association format is not valid for the '
          'association type "X_SELL", "product_uuids" expects an array of valid uuids..')),
        ({"associations": {"X_SELL": {"products": [UUID]}}},
         f'Property "associations" expects a valid product uuid. The product does not exist, "{UUID}" given.'),
        ({"associations": {"X_SELL": {"product_models": ["x"]}}},
         ('Property "associations" expects a valid product model identifier. '
          'The product model does not exist, "x" given.')),
    ],
)  # fmt: skip
async def test_wrong_forms_point_to_the_documentation(body: Any, message: str) -> None:
    async with pim() as caller:
        uuid = await caller.uuid("HP-1001")
        before = (await caller.get(f"/products-uuid/{uuid}")).json
        answer = await caller.patch(f"/products-uuid/{uuid}", {"enabled": False, **body})
        links = {"documentation": {"href": PATCH}}
        assert answer.json == {"code": 422, "message": message + CHECK, "_links": links}
        assert (await caller.get(f"/products-uuid/{uuid}")).json == before


@pytest.mark.parametrize(
    ("attribute", "cells", "message"),
    [
        ("supplier", cell("teal"), "The teal value is not in the supplier attribute option list."),
        ("certifications", cell(["ce", "a", "b"]),
         "The a, b values are not in the certifications attribute option list."),
        ("case_quantity", cell("1.5"),
         "The case_quantity attribute requires a non-decimal value, and 1.5 is not a valid"),
        ("max_load", cell("heavy"), "The max_load attribute requires a number, and the submitted heavy value is not."),
        ("name", cell("x"), "The name attribute requires a value per locale."),
        ("name", cell("x", "sv_SE"), "The name attribute requires a valid locale. The sv_SE locale does not exist."),
        ("ean", cell("x", "en_GB"),
         "The ean attribute does not require a value per locale, the en_GB locale was detected."),
        ("description", cell("x", "en_GB", "moon"),
         "The description attribute requires a value per channel. The moon channel (scope) must exist in your PIM"),
        ("description", cell("x", "de_DE", "print"), "The description attribute requires a valid locale. de_DE is not"),
        ("ean", cell("5000000000002"), "The 5000000000002 value is already set on another product for the unique ean"),
        ("image_url", cell("nowhere"), "The image_url attribute requires a valid url."),
        ("weight", cell({"amount": 1, "unit": "STONE"}), "Please specify a valid metric unit"),
        ("country_of_origin", cell("GBR"), "The country_of_origin attribute must not contain more than 2 characters."),
    ],
)  # fmt: skip
async def test_values_that_may_not_stand_are_listed(attribute: str, cells: Any, message: str) -> None:
    async with pim() as caller:
        answer = await caller.patch("/products/HP-1001", {"values": {attribute: cells}})
        assert (answer.status, answer.json["message"]) == (422, "Validation failed.")
        (error,) = answer.json["errors"]
        assert error["message"].startswith(message)
        place = {"locale": cells[0]["locale"], "scope": cells[0]["scope"]}
        assert {name: error[name] for name in ("property", "attribute")} == {
            "property": "values",
            "attribute": attribute,
        }
        if attribute != "ean" or cells[0]["locale"]:
            assert {name: error[name] for name in place} == place


async def test_associations_are_replaced_per_kind_and_two_way_ones_mirrored() -> None:
    async with pim() as caller:
        body = {
            "associations": {"X_SELL": {"products": ["HP-1001", "HP-1002"]}, "SUBSTITUTION": {"products": ["HP-1003"]}}
        }
        assert (await caller.patch("/products/HP-1000", body)).status == 204
        assert (await caller.product("HP-1003"))["associations"]["SUBSTITUTION"]["products"] == ["HP-1000"]
        more = {"associations": {"X_SELL": {"product_models": ["OSLO"]}, "SUBSTITUTION": {"products": []}}}
        assert (await caller.patch("/products/HP-1000", more)).status == 204
        held = (await caller.product("HP-1000"))["associations"]
        assert held["X_SELL"] == {"products": ["HP-1001", "HP-1002"], "product_models": ["OSLO"], "groups": []}
        assert (await caller.product("HP-1003"))["associations"]["SUBSTITUTION"]["products"] == []
        selfish = await caller.patch("/products/HP-1000", {"associations": {"SUBSTITUTION": {"products": ["HP-1000"]}}})
        assert "2-way association" in selfish.json["message"]
        assert selfish.json["_links"]["documentation"]["href"].startswith("https://help.akeneo.com/")


async def test_quantified_associations() -> None:
    async with pim() as caller:
        links = {
            "products": [{"identifier": "HP-1004", "quantity": 2}],
            "product_models": [{"identifier": "OSLO", "quantity": 1}],
        }
        assert (await caller.patch("/products/HP-1000", {"quantified_associations": {"KIT": links}})).status == 204
        assert (await caller.product("HP-1000"))["quantified_associations"]["KIT"] == links
        unknown = await caller.patch("/products/HP-1000", {"quantified_associations": {"NOPE": {}}})
        (error,) = unknown.json["errors"]
        assert error["property"] == "quantifiedAssociations.NOPE"
        zero = {"KIT": {"products": [{"identifier": "HP-1004", "quantity": 0}]}}
        assert (await caller.patch("/products/HP-1000", {"quantified_associations": zero})).status == 422


async def test_missing_options_are_made_where_asked() -> None:
    async with pim() as caller:
        path = "/products/HP-1001?create_missing_options"
        assert (await caller.patch(path, {"values": {"supplier": cell("NEW_ONE")}})).status == 204
        assert (await caller.get("/attributes/supplier/options/NEW_ONE")).json["labels"] == {}


async def test_deleting() -> None:
    async with pim() as caller:
        uuid = await caller.uuid("HP-1000")
        assert (await caller.api("DELETE", f"/products-uuid/{uuid}")).status == 204
        assert (await caller.api("DELETE", f"/products-uuid/{uuid}")).status == 404
        kit = await caller.product("KIT-DOOR")
        assert [one["identifier"] for one in kit["quantified_associations"]["KIT"]["products"]] == ["HP-1001"]


async def test_empty_maps_may_be_lists() -> None:
    async with pim(empty_map_as_list=["products-uuid"]) as caller:
        await caller.patch(f"/products-uuid/{UUID}", {})
        body = (await caller.get(f"/products-uuid/{UUID}")).json
        assert (body["values"], body["quantified_associations"]) == ([], [])
    async with pim() as caller:
        await caller.patch(f"/products-uuid/{UUID}", {})
        body = (await caller.get(f"/products-uuid/{UUID}?with_completenesses=true")).json
        assert (body["values"], body["completenesses"], body["groups"]) == ({}, [], [])


async def test_the_identifier_may_not_be_taken_away_through_the_old_door() -> None:
    async with pim() as caller:
        answer = await caller.patch("/products/HP-1001", {"identifier": None})
        assert answer.status == 422
        assert answer.json["message"].startswith("Validation failed. The identifier field is required")


async def test_numbers_somebody_sent_as_numbers_survive() -> None:
    async with pim(owns_products=False) as caller:
        body = {"values": {"max_load": cell(12.75)}}
        assert (await caller.patch("/products/HP-1001", body)).status == 204
        assert (await caller.patch("/products/HP-1001", {"values": {"ean": cell("1")}})).status == 204
        values = (await caller.get("/products/HP-1001/draft")).json["values"]
        assert (values["max_load"][0]["data"], values["ean"][0]["data"]) == ("12.75", "1")
        assert len((await caller.state())["drafts"]) == 1
        await caller.act("approve_draft", product="HP-1001")
        assert (await caller.product("HP-1001"))["values"]["max_load"][0]["data"] == "12.7500"
        bounded = {"code": "depth", "type": "pim_catalog_number", "group": "technical", "number_min": 0.5}
        assert (await caller.post("/attributes", bounded)).status == 201
        assert (await caller.get("/attributes/depth")).json["number_min"] == "0.5"
        below = {"identifier": "DEEP", "values": {"depth": cell("0.25")}}
        assert (await caller.post("/products", below)).status == 422
