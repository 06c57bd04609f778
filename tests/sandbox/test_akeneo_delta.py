"""What moves `updated`, what a delta read finds, and which events tell of it: the table every sync falls over."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.sandbox.akeneo_caller import Caller, pim

SINCE = "2025-06-01 00:00:00"
PREFIX = "com.akeneo.pim.v1."


async def found(caller: Caller, path: str = "/products-uuid") -> set[str]:
    search = {"updated": [{"operator": ">", "value": SINCE}]}
    rows = await caller.everything(path, limit=100, search=search)
    return {row.get("code") or row["values"]["sku"][0]["data"] for row in rows}


OSLO = {"OSLO-S-BLK", "OSLO-S-WHT", "OSLO-L-BLK", "OSLO-L-WHT"}
NAME = {"attribute": "name", "value": "New", "locale": "en_GB"}
TABLE: list[tuple[str, Mapping[str, Any], bool, set[str], set[str]]] = [
    ("edit_value", {"product": "HP-1000", **NAME}, True, {"HP-1000"}, {"product.updated", "product.updated.delta"}),
    ("set_categories", {"product": "HP-1000", "categories": ["tools", "safety"]}, True, {"HP-1000"},
     {"product.updated", "product.updated.delta"}),
    ("set_enabled", {"product": "HP-1000", "enabled": False}, True, {"HP-1000"},
     {"product.updated", "product.updated.delta"}),
    ("set_enabled", {"product": "HP-1000", "enabled": True}, False, set(), set()),
    ("edit_model_value", {"model": "OSLO", **NAME}, False, OSLO,
     {"product-model.updated", "product-model.updated.delta"}),
    ("set_model_categories", {"model": "OSLO", "categories": ["tools"]}, False, OSLO,
     {"product-model.updated", "product-model.updated.delta"}),
    ("rename_category", {"category": "tools", "label": "T"}, False, set(), {"category.updated"}),
    ("move_category", {"category": "tools", "parent": "supplies"}, False, set(), {"category.updated"}),
    ("delete_category", {"category": "tools"}, False, set(), {"category.deleted"}),
    ("rename_option", {"attribute": "supplier", "option": "ACME_TRADE", "label": "A"}, False, set(),
     {"attribute-option.updated"}),
    ("rename_attribute", {"attribute": "supplier", "label": "S"}, False, set(), {"attribute.updated"}),
    ("replace_asset", {"asset": "oslo_front", "filename": "new.png"}, False, set(), {"asset.updated"}),
    ("upload_image", {"product": "HP-1000", "filename": "hp-1000.png"}, True, {"HP-1000"},
     {"product.updated", "product.updated.delta"}),
]  # fmt: skip


@pytest.mark.parametrize(("act", "params", "moves", "in_delta", "events"), TABLE)
async def test_what_each_change_moves(
    act: str, params: Mapping[str, Any], moves: bool, in_delta: set[str], events: set[str]
) -> None:
    async with pim() as caller:
        sku = "OSLO-S-BLK" if in_delta == OSLO else "HP-1000"
        told: list[str] = []
        platform = caller.simulator.office.platform
        caller.simulator.pim.listeners.append(
            lambda change: told.extend(one.type for one in platform.maker.events(change))
        )
        before = await caller.product(sku)
        await caller.act(act, **params)
        after = await caller.product(sku)
        assert (after["updated"] > before["updated"]) is moves
        assert await found(caller) == in_delta
        assert {one.removeprefix(PREFIX) for one in told} == events


async def test_a_models_new_value_shows_in_its_variants_without_their_date() -> None:
    async with pim(variant_levels=2) as caller:
        await caller.act("edit_model_value", model="OSLO-BLK", attribute="image", value=None)
        assert await found(caller) == {"OSLO-S-BLK", "OSLO-L-BLK"}
        assert await found(caller, "/product-models") == {"OSLO-BLK"}
        await caller.act("edit_model_value", model="OSLO", **NAME)
        assert await found(caller, "/product-models") == {"OSLO", "OSLO-BLK", "OSLO-WHT"}
        assert (await caller.product("OSLO-L-WHT"))["values"]["name"][1]["data"] == "New"


async def test_a_deleted_category_is_gone_from_products_at_once() -> None:
    async with pim() as caller:
        held = await caller.product("HP-1000")
        assert held["categories"] == ["print_spring", "tools"]
        await caller.act("delete_category", category="tools")
        assert (await caller.product("HP-1000"))["categories"] == ["print_spring"]
        search = {"categories": [{"operator": "UNCLASSIFIED"}]}
        rows = await caller.everything("/products", limit=100, search=search)
        assert "HP-1004" in {row["identifier"] for row in rows}


async def test_new_requirements_change_completeness_and_no_date() -> None:
    async with pim() as caller:
        before = await caller.product("HP-1000", with_completenesses="true")
        attributes = ["sku", "name", "price", "case_quantity", "max_load", "available_from"]
        await caller.act("require_attributes", family="trade_goods", channel="ecommerce", attributes=attributes)
        after = await caller.product("HP-1000", with_completenesses="true")
        percent = {(one["scope"], one["locale"]): one["data"] for one in after["completenesses"]}
        assert percent["ecommerce", "en_GB"] == 83  # five of six, rounded down
        assert after["updated"] == before["updated"]
        assert await found(caller) == set()
        complete = {"completeness": [{"operator": "=", "value": 100, "scope": "ecommerce"}]}
        rows = await caller.everything("/products", limit=100, search=complete)
        assert "HP-1000" not in {row["identifier"] for row in rows}


async def test_a_deletion_is_never_in_a_delta() -> None:
    async with pim() as caller:
        await caller.act("delete_product", product="HP-1000")
        assert await found(caller) == set()
        assert len(await caller.everything("/products-uuid", limit=100)) == 36


async def test_a_gone_option_and_a_sleeping_locale_take_values_out_of_bodies() -> None:
    async with pim() as caller:
        assert "supplier" in (await caller.product("HP-1000"))["values"]
        await caller.act("delete_option", attribute="supplier", option="ACME_TRADE")
        assert "supplier" not in (await caller.product("HP-1000"))["values"]
        await caller.act("set_channel", channel="ecommerce", changes={"locales": ["en_GB"]})
        assert [one["locale"] for one in (await caller.product("HP-1000"))["values"]["name"]] == ["en_GB"]


async def test_quality_scores_wait_for_their_job() -> None:
    async with pim() as caller:
        await caller.act("create_product", sku="FRESH")
        assert (await caller.product("FRESH", with_quality_scores="true"))["quality_scores"] == []
        await caller.act("run_quality_job")
        assert (await caller.product("FRESH", with_quality_scores="true"))["quality_scores"] != []
