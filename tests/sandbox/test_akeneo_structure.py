"""Families, family variants, attributes, options, groups, categories, channels, association types, measures."""

from typing import Any

import pytest

from tests.sandbox.akeneo_caller import cell, pim

CHECK = " Check the expected format on the API documentation."


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/families/handles",
         {"code", "attributes", "attribute_as_label", "attribute_as_image", "attribute_requirements", "parent",
          "labels"}),
        ("/families/handles/variants/handles_by_size_and_colour",
         {"code", "variant_attribute_sets", "labels", "common_attributes"}),
        ("/attributes/supplier/options/ACME_TRADE", {"code", "attribute", "sort_order", "labels"}),
        ("/attribute-groups/erp", {"code", "sort_order", "attributes", "labels"}),
        ("/categories/tools", {"code", "parent", "updated", "labels"}),
        ("/categories/tools?with_position=true&with_enriched_attributes=true",
         {"code", "parent", "updated", "labels", "position", "values"}),
        ("/channels/ecommerce", {"code", "currencies", "locales", "category_tree", "conversion_units", "labels"}),
        ("/locales/sv_SE", {"code", "enabled"}), ("/currencies/SEK", {"code", "enabled"}),
        ("/association-types/KIT", {"code", "labels", "is_two_way", "is_quantified"}),
    ],
)  # fmt: skip
async def test_shapes(path: str, keys: set[str]) -> None:
    async with pim() as caller:
        assert set((await caller.get(path)).json) == keys


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/families/x", 'Family "x" does not exist.'),
        ("/families/trade_goods/variants/handles_by_size_and_colour",
         'Family variant "handles_by_size_and_colour" does not exist or is not a variant of the family "trade_goods".'),
        ("/families/x/variants/y", 'Family "x" does not exist.'),
        ("/attributes/x/options/y", 'Attribute "x" does not exist.'),
        ("/attributes/supplier/options/x",
         'Attribute option "x" does not exist or is not an option of the attribute "supplier".'),
        ("/attributes/sku/options/x",
         ('Attribute "sku" does not support options. Only attributes of type "pim_catalog_simpleselect", '
          '"pim_catalog_multiselect" support options.')),
        ("/attribute-groups/x", 'Attribute group "x" does not exist.'),
        ("/association-types/x", 'Association type "x" does not exist.'),
        ("/currencies/x", 'Currency "x" does not exist.'),
    ],
)  # fmt: skip
async def test_what_is_not_there(path: str, message: str) -> None:
    async with pim() as caller:
        answer = await caller.get(path)
        assert (answer.status, answer.json) == (404, {"code": 404, "message": message})


@pytest.mark.parametrize(
    ("path", "body", "message", "anchor"),
    [
        ("/families", {"code": []}, 'Property "code" expects a scalar as data, "array" given.', "post_families"),
        ("/families", {"code": "f", "x": 1}, 'Property "x" does not exist.', "post_families"),
        ("/families", {"code": "f", "labels": None}, 'Property "labels" expects an array as data, "NULL" given.',
         "post_families"),
        ("/families", {"code": "f", "attribute_requirements": {"moon": []}},
         'Property "attribute_requirements" expects a valid code. The channel does not exist, "moon" given.',
         "post_families"),
        ("/attributes", {"code": "a", "type": "pim_catalog_matrix", "group": "erp"},
         ('Property "type" expects a valid attribute type. '
          'The attribute type does not exist, "pim_catalog_matrix" given.'),
         "post_attributes"),
        ("/attributes", {"code": "a", "type": "pim_catalog_text", "group": "x"},
         'Property "group" expects a valid code. The attribute group does not exist, "x" given.', "post_attributes"),
        ("/attribute-groups", {"code": "g", "labels": {"en_GB": []}},
         'Property "labels" expects an array with valid data, one of the "labels" values is not a scalar.',
         "post_attribute_groups"),
        ("/attributes/size/options", {"code": "o", "sort_order": "1"},
         'Property "sort_order" expects an integer as data, "string" given.',
         "post_attributes__attribute_code__options"),
        ("/families/handles/variants", {"code": "v", "variant_attribute_sets": ["x"]},
         'Property "variant_attribute_sets" expects an array of objects as data.',
         "post_families__family_code__variants"),
    ],
)  # fmt: skip
async def test_wrong_forms(path: str, body: Any, message: str, anchor: str) -> None:
    async with pim() as caller:
        answer = await caller.post(path, body)
        href = f"http://api.akeneo.com/api-reference.html#{anchor}"
        links = {"documentation": {"href": href}}
        assert answer.json == {"code": 422, "message": message + CHECK, "_links": links}


@pytest.mark.parametrize(
    ("path", "body", "errors"),
    [
        ("/families", {"code": "handles"}, [("code", "This value is already used.")]),
        ("/families", {"code": "a-b"}, [("code", "Family code may contain only letters, numbers and underscores")]),
        ("/families", {"code": "f", "labels": {"foo": "x"}}, [("labels", 'The locale "foo" does not exist.')]),
        ("/families", {"code": "f", "attribute_requirements": {"ecommerce": ["ean"]}},
         [("attribute_requirements",
           ('The attribute "ean" cannot be an attribute required for the channel "ecommerce" '
            "as it does not belong to this family"))]),
        ("/attributes", {"code": "a"},
         [("type", "This value should not be blank."), ("group", "This value should not be blank.")]),
        ("/channels", {"code": "c", "locales": ["en_GB"], "currencies": ["GBP"]},
         [("category_tree", "This value should not be blank.")]),
        ("/channels", {"code": "c", "locales": ["en_GB"], "currencies": ["SEK"], "category_tree": "master"},
         [("currencies", 'The currency "SEK" has to be activated.')]),
        ("/categories", {}, [("code", "This value should not be blank.")]),
        ("/attribute-groups", {"code": "g", "sort_order": "x"},
         [("sort_order", "This value should be of type numeric.")]),
        ("/families/handles/variants",
         {"code": "v", "variant_attribute_sets": [{"level": 2, "axes": ["size"], "attributes": []}]},
         [("variant_attribute_sets", 'There is no variant attribute set for level "1"')]),
        ("/families/handles/variants",
         {"code": "v", "variant_attribute_sets": [{"level": 1, "axes": ["size"], "attributes": ["sku"]},
                                                  {"level": 2, "axes": ["colour"], "attributes": ["sku"]}]},
         [("variant_attribute_sets",
           'Attributes must be unique, "sku" are used several times in variant attributes sets')]),
    ],
)  # fmt: skip
async def test_what_may_not_stand(path: str, body: Any, errors: list[tuple[str, str]]) -> None:
    async with pim() as caller:
        answer = await caller.post(path, body)
        assert (answer.status, answer.json["message"]) == (422, "Validation failed.")
        assert [(one["property"], one["message"]) for one in answer.json["errors"]] == errors


async def test_what_is_set_once_stays() -> None:
    async with pim(options_per_second=100) as caller:
        fixed = {"property": "is_two_way", "message": "This property cannot be changed."}
        assert (await caller.patch("/association-types/X_SELL", {"is_two_way": True})).json["errors"] == [fixed]
        changed = await caller.patch("/attributes/supplier", {"type": "pim_catalog_text", "scopable": True})
        assert [one["property"] for one in changed.json["errors"]] == ["type", "scopable"]
        text = 'The code "b" provided in the request body must match the code "a" provided in the url.'
        for path in ("/categories/a", "/families/a", "/attributes/a"):
            assert (await caller.patch(path, {"code": "b"})).json == {"code": 422, "message": text}
        option = await caller.patch("/attributes/size/options/S", {"attribute": "colour"})
        assert option.json["message"].startswith('The attribute code "colour" provided in the request body must match')
        sets = [{"level": 1, "axes": ["size"], "attributes": []}, {"level": 2, "axes": ["colour"], "attributes": []}]
        path = "/families/handles/variants/handles_by_size_and_colour"
        levels = await caller.patch(path, {"variant_attribute_sets": sets})
        assert levels.json["message"] == f"The number of variant attribute sets cannot be changed.{CHECK}"
        assert levels.json["_links"]["documentation"]["href"].endswith("#patch_families__family_code__variants__code__")
        axes = await caller.patch(path, {"variant_attribute_sets": sets[:1]})
        assert axes.json["errors"] == [{"property": "axes", "message": "This property cannot be changed."}]


async def test_a_new_family_has_the_identifier_and_labels_merge() -> None:
    async with pim() as caller:
        made = await caller.patch("/families/lamps", {"labels": {"en_GB": "Lamps", "de_DE": "Lampen"}})
        assert (made.status, made.headers["Location"]) == (201, f"{caller.url}/api/rest/v1/families/lamps")
        family = (await caller.get("/families/lamps")).json
        assert (family["attributes"], family["attribute_as_label"]) == (["sku"], "sku")
        assert family["attribute_requirements"] == {"ecommerce": ["sku"], "print": ["sku"]}
        await caller.patch("/families/lamps", {"labels": {"de_DE": "Leuchten", "en_GB": ""}})
        assert (await caller.get("/families/lamps")).json["labels"] == {"de_DE": "Leuchten"}
        assert (await caller.api("DELETE", "/families/lamps")).status == 204
        assert (await caller.api("DELETE", "/families/handles")).status == 422


async def test_a_new_attribute_can_be_used() -> None:
    async with pim() as caller:
        body = {"code": "range_km", "type": "pim_catalog_number", "group": "technical", "decimals_allowed": False}
        assert (await caller.post("/attributes", body)).status == 201
        shown = (await caller.get("/attributes/range_km")).json
        assert (shown["group_labels"], shown["allowed_extensions"], shown["number_min"]) == (
            {"en_GB": "Technical"},
            [],
            None,
        )
        assert (await caller.patch("/products/HP-1001", {"values": {"range_km": cell(7)}})).status == 204
        assert (await caller.product("HP-1001"))["values"]["range_km"][0]["data"] == 7


async def test_ten_identifier_attributes_are_enough() -> None:
    async with pim() as caller:
        lines = [{"code": f"id{n}", "type": "pim_catalog_identifier", "group": "erp"} for n in range(10)]
        answer = await caller.bulk("/attributes", *lines)
        assert [one["status_code"] for one in answer.lines] == [201] * 9 + [422]


async def test_category_trees() -> None:
    async with pim() as caller:
        assert (await caller.patch("/categories/tools", {"parent": "supplies"})).status == 204
        assert (await caller.get("/categories/tools")).json["parent"] == "supplies"
        assert (await caller.patch("/categories/supplies", {"parent": "tools"})).status == 422
        tree = await caller.patch("/categories/master", {"parent": "print_catalogue"})
        assert (tree.status, tree.json["message"]) == (422, "You can't move a category tree linked to a channel.")


async def test_measurement_families_are_arrays() -> None:
    async with pim() as caller:
        (weight,) = (await caller.get("/measurement-families")).json
        assert weight["units"]["GRAM"]["convert_from_standard"] == [{"operator": "mul", "value": "0.001"}]
        stone = {
            "code": "STONE",
            "labels": {},
            "symbol": "st",
            "convert_from_standard": [{"operator": "mul", "value": "6.35"}],
        }
        body = [
            {"code": "Weight", "units": {"STONE": stone}},
            {"code": "Length", "units": {}, "standard_unit_code": "M"},
            {},
        ]
        answer = await caller.api("PATCH", "/measurement-families", body)
        assert answer.status == 200
        assert [(one["code"], one["status_code"]) for one in answer.json] == [
            ("Weight", 204),
            ("Length", 422),
            (None, 422),
        ]
        wrong = await caller.patch("/measurement-families", {})
        assert (wrong.status, wrong.json["message"]) == (400, "The list of measurement families has an invalid format.")
        assert "STONE" in (await caller.get("/measurement-families")).json[0]["units"]
