"""Variants and product models: axes, levels, inheritance, and turning one into the other."""

from typing import Any

import pytest

from tests.sandbox.akeneo_caller import Caller, cell, pim

AXES = {"size": cell("S"), "colour": cell("BLK")}


async def extended(caller: Caller) -> None:
    """A third size, so that there is room below OSLO."""
    await caller.act("add_option", attribute="size", option="XL")


async def test_a_variant_shows_what_it_inherits() -> None:
    async with pim(variant_levels=2) as caller:
        variant = await caller.product("OSLO-S-BLK")
        assert (variant["parent"], variant["family"], variant["categories"]) == ("OSLO-BLK", "handles", ["handles"])
        assert {"name", "colour", "size", "image", "price", "gallery"} <= set(variant["values"])
        model = (await caller.get("/product-models/OSLO-BLK")).json
        assert set(model) == {
            "code", "family", "family_variant", "parent", "categories", "values", "created", "updated",
            "associations", "quantified_associations",
        }  # fmt: skip
        assert (model["parent"], model["family_variant"]) == ("OSLO", "handles_by_colour_then_size")
        assert "size" not in model["values"]
        assert (await caller.get("/product-models/OSLO")).json["parent"] is None


async def test_values_of_an_ancestor_are_dropped_without_a_word() -> None:
    async with pim() as caller:
        before = await caller.product("OSLO-S-BLK")
        body = {"values": {"name": cell("Mine", "en_GB"), "supplier": cell("RIDING_TOOLS")}}
        assert (await caller.patch("/products/OSLO-S-BLK", body)).status == 204
        assert await caller.product("OSLO-S-BLK") == before
        sibling = await caller.product("OSLO-L-WHT")
        path = "/products/OSLO-S-BLK?update_parent_values=true"
        assert (await caller.patch(path, body)).status == 204
        other = await caller.product("OSLO-L-WHT")
        assert (other["values"]["name"][1]["data"], other["updated"]) == ("Mine", sibling["updated"])
        assert (await caller.get("/product-models/OSLO")).json["updated"] > before["updated"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"parent": "OSLO", "values": {"size": cell("S")}},
         {"property": "attribute",
          "message": 'Attribute "colour" cannot be empty, as it is defined as an axis for this entity'}),
        ({"parent": "OSLO", "values": AXES},
         {"property": "attribute",
          "message": 'Cannot set value "[S,BLK]" for the attribute axis "size,colour" on variant product "NEW", as the '
                     'variant product "OSLO-S-BLK" already has this value'}),
        ({"parent": "OSLO", "family": "trade_goods", "values": {"size": cell("XL"), "colour": cell("BLK")}},
         {"property": "family", "message": "The variant product family must be the same than its parent"}),
        ({"parent": "OSLO", "family": None, "values": {"size": cell("XL"), "colour": cell("BLK")}},
         {"property": "family",
          "message": 'The family cannot be "null" because your product with the NEW identifier is a variant product.'}),
    ],
)  # fmt: skip
async def test_variants_that_may_not_be(body: Any, error: Any) -> None:
    async with pim() as caller:
        await extended(caller)
        body["values"]["sku"] = cell("NEW")
        answer = await caller.post("/products-uuid", body)
        assert (answer.status, answer.json["errors"]) == (422, [error])


async def test_a_variant_takes_its_family_from_the_model() -> None:
    async with pim() as caller:
        await extended(caller)
        body = {"parent": "OSLO", "values": {**AXES, "size": cell("XL"), "sku": cell("NEW")}}
        assert (await caller.post("/products-uuid", body)).status == 201
        assert (await caller.product("NEW"))["family"] == "handles"
        stranger = await caller.patch("/products/NEW", {"values": {"max_load": cell(1)}})
        assert stranger.json["errors"] == [
            {"property": "attribute", "message": 'Attribute "max_load" does not belong to the family "handles"'}
        ]


async def test_the_parent_must_be_a_leaf() -> None:
    async with pim(variant_levels=2) as caller:
        body = {"parent": "OSLO", "values": {"size": cell("S"), "sku": cell("NEW")}}
        answer = await caller.post("/products-uuid", body)
        messages = [one["message"] for one in answer.json["errors"]]
        text = 'The variant product cannot have product model "OSLO" as parent, '
        assert f"{text}(this product model can only have other product models as children)" in messages
        assert 'Cannot set the property "sku" to this entity as it is not in the attribute set' in messages


async def simple(caller: Caller) -> str:
    """A simple handle with a name and supplier of its own; its uuid."""
    await extended(caller)
    made = await caller.act(
        "create_product", sku="PLAIN", family="handles", categories=["tools"], values={"colour": "BLK"}
    )
    return str(made["uuid"])


CONVERT = {"parent": "OSLO", "values": {"size": cell("XL"), "supplier": cell("RIDING_TOOLS")}}


async def test_simple_to_variant_by_identifier_is_201_and_loses_what_the_model_owns() -> None:
    async with pim() as caller:
        await simple(caller)
        assert (await caller.patch("/products/PLAIN", CONVERT)).status == 201
        after = await caller.product("PLAIN")
        model = (await caller.get("/product-models/OSLO")).json
        for name in ("name", "supplier", "commodity_code"):
            assert after["values"][name] == model["values"][name]
        assert after["values"]["price"][0]["data"] == [{"amount": "10.00", "currency": "GBP"}]
        assert after["categories"] == ["handles", "tools"]
        missing = await caller.patch("/products/HP-1001", {"parent": "nope"})
        assert missing.json == {"code": 422, "message": 'The given product model "nope" does not exist'}


async def test_simple_to_variant_by_uuid_refuses_leftovers() -> None:
    async with pim() as caller:
        uuid = await simple(caller)
        refused = await caller.patch(f"/products-uuid/{uuid}", CONVERT)
        names = [one["message"].split('"')[1] for one in refused.json["errors"]]
        assert (refused.status, sorted(names)) == (422, ["commodity_code", "name", "supplier"])
        assert (await caller.product("PLAIN"))["parent"] is None
        clear = {"values": {"commodity_code": cell(None), "name": cell(None, "en_GB"), "supplier": cell(None)}}
        assert (await caller.patch(f"/products-uuid/{uuid}", clear)).status == 204
        assert (await caller.patch(f"/products-uuid/{uuid}", CONVERT)).status == 204
        assert (await caller.product("PLAIN"))["parent"] == "OSLO"


async def test_what_the_uuid_door_does_on_conversion_is_a_setting() -> None:
    async with pim(leftover_values="drop", uuid_conversion_status=201) as caller:
        uuid = await simple(caller)
        assert (await caller.patch(f"/products-uuid/{uuid}", CONVERT)).status == 201
        other = await caller.patch(f"/products-uuid/{uuid}", {"enabled": False})
        assert other.status == 204


async def test_conversion_in_bulk() -> None:
    async with pim() as caller:
        await simple(caller)
        answer = await caller.bulk(
            "/products", {"identifier": "PLAIN", **CONVERT}, {"identifier": "PLAIN", "parent": None}
        )
        assert [one["status_code"] for one in answer.lines] == [201, 204]
        assert (await caller.product("PLAIN"))["parent"] is None


async def test_variant_to_simple_copies_down_first() -> None:
    async with pim() as caller:
        before = await caller.product("OSLO-S-BLK")
        body = {"parent": None, "values": {"name": cell("Alone", "en_GB")}}
        assert (await caller.patch("/products/OSLO-S-BLK", body)).status == 204
        after = await caller.product("OSLO-S-BLK")
        assert (after["parent"], after["categories"]) == (None, before["categories"])
        assert after["values"]["supplier"] == before["values"]["supplier"]
        assert {one["data"] for one in after["values"]["name"]} >= {"Alone"}
        assert (await caller.patch("/products/HP-1001", {"parent": None})).status == 204
        assert (await caller.patch("/products/OSLO-L-BLK", {"parent": ""})).status == 422


async def test_moving_stays_within_the_family_variant() -> None:
    async with pim() as caller:
        await caller.act("create_model", code="BERGEN", family_variant="handles_by_size_and_colour")
        assert (await caller.patch("/products/OSLO-S-BLK", {"parent": "BERGEN"})).status == 204
        assert (await caller.product("OSLO-S-BLK"))["parent"] == "BERGEN"
        sets = [{"level": 1, "axes": ["colour"], "attributes": ["colour", "sku"]}]
        body = {"code": "by_colour", "variant_attribute_sets": sets}
        assert (await caller.post("/families/handles/variants", body)).status == 201
        await caller.act("create_model", code="TROMSO", family_variant="by_colour")
        assert (await caller.patch("/products/OSLO-S-BLK", {"parent": "TROMSO"})).status == 422


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"code": "N"}, "The product model family variant must not be empty."),
        ({"code": ""}, "The product model code must not be empty."),
        ({"code": "N", "family_variant": None}, 'Property "family_variant" does not expect an empty value.'),
        ({"code": "N", "family_variant": "handles_by_colour_then_size", "family": "trade_goods"},
         'The family "trade_goods" does not match the family of the variant "handles_by_colour_then_size".'),
        ({"code": "N", "parent": "OSLO-BLK"},
         'Property "parent" expects a valid parent code. The new parent of the product model must be a'),
        ({"code": "N", "parent": "OSLO"}, 'Attribute "colour" cannot be empty'),
        ({"code": "N", "parent": "OSLO", "values": {"colour": cell("BLK")}},
         'Cannot set value "[BLK]" for the attribute axis "colour" on product model "N", as the product model'),
        ({"code": "OSLO"}, "The same code is already set"),
        ({"code": "N", "parent": "OSLO", "values": {"nope": cell(1)}}, 'Property "nope" does not exist.'),
    ],
)  # fmt: skip
async def test_models_that_may_not_be(body: Any, message: str) -> None:
    async with pim(variant_levels=2) as caller:
        answer = await caller.post("/product-models", body)
        told = answer.json["errors"][0]["message"] if "errors" in answer.json else answer.json["message"]
        assert (answer.status, told[: len(message)]) == (422, message)


async def test_models_are_created_changed_and_fixed_in_their_place() -> None:
    async with pim(variant_levels=2) as caller:
        await caller.act("add_option", attribute="colour", option="RED")
        made = await caller.post(
            "/product-models", {"code": "OSLO-RED", "parent": "OSLO", "values": {"colour": cell("RED")}}
        )
        assert made.status == 201
        assert (await caller.get("/product-models/OSLO-RED")).json["family_variant"] == "handles_by_colour_then_size"
        await caller.act("create_model", code="ROOT", family_variant="handles_by_colour_then_size")
        for body, name in (({"parent": None}, "parent"), ({"family_variant": "x"}, "family_variant")):
            answer = await caller.patch("/product-models/OSLO-RED", body)
            assert answer.json["message"].startswith(f'Property "{name}" cannot be modified')
        assert (await caller.patch("/product-models/ROOT", {"parent": "OSLO"})).status == 422
        assert (await caller.patch("/product-models/OSLO-RED", {"parent": "ROOT"})).status == 204
        below = {"values": {"size": cell("S"), "name": cell("no", "en_GB")}}
        before = (await caller.get("/product-models/OSLO-RED")).json
        assert (await caller.patch("/product-models/OSLO-RED", below)).status == 204
        assert (await caller.get("/product-models/OSLO-RED")).json == before


async def test_deleting_a_model_takes_everything_below_along() -> None:
    async with pim(variant_levels=2) as caller:
        await caller.act("protect_model", model="OSLO", reason="This product model cannot be removed.")
        refused = await caller.api("DELETE", "/product-models/OSLO")
        assert (refused.status, refused.json) == (
            422,
            {"code": 422, "messages": ["This product model cannot be removed."]},
        )
        await caller.act("protect_model", model="OSLO", reason="")
        assert (await caller.api("DELETE", "/product-models/OSLO")).status == 204
        assert (await caller.get("/product-models/OSLO-BLK")).status == 404
        assert (await caller.get("/products/OSLO-S-BLK")).status == 404
