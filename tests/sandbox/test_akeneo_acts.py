"""What people do, what they are refused, and that the same play runs the same way twice."""

from typing import Any

import pytest

from crossdock.sandbox.akeneo import AkeneoSimulator
from crossdock.sandbox.akeneo.knobs import Knobs
from crossdock.sandbox.estate import build_estate
from crossdock.sandbox.kernel import ActError
from tests.sandbox.akeneo_caller import Caller, pim


async def test_the_room_lists_every_act_with_a_text() -> None:
    async with pim() as caller:
        async with caller.session.get(f"{caller.url}/_sandbox/act") as response:
            acts = await response.json()
        assert len(acts) == 55
        assert all(acts.values())


async def test_a_day_of_an_editor() -> None:
    async with pim() as caller:
        await caller.act("edit_values", product="HP-1000", values={"ean": "1", "weight": {"amount": 5, "unit": "GRAM"}})
        await caller.act("set_enabled", product="HP-1000", enabled=False)
        await caller.act("set_categories", product="HP-1000", categories=["safety"])
        await caller.act("associate", product="HP-1000", association="X_SELL", products=["HP-1001"])
        await caller.act("set_parts", product="HP-1000", association="KIT", parts={"HP-1001": 4})
        await caller.act("rename_sku", product="HP-1000", sku="HP-X")
        product = await caller.product("HP-X")
        assert (product["enabled"], product["categories"]) == (False, ["safety"])
        assert product["values"]["weight"][0]["data"]["amount"] == "5.0000"
        assert product["associations"]["X_SELL"]["products"] == ["HP-1001"]
        assert product["quantified_associations"]["KIT"]["products"] == [{"identifier": "HP-1001", "quantity": 4}]
        assert (await caller.get("/products/HP-1000")).status == 404
        await caller.act("set_family", product="HP-X", family=None)
        assert (await caller.product("HP-X", with_completenesses="true"))["completenesses"] == []


async def test_creating_with_and_without_what_is_required() -> None:
    async with pim() as caller:
        await caller.act("create_product", sku="GOOD", categories=["tools"])
        await caller.act("create_product", sku="POOR", without=["supplier", "price"])
        percents = {}
        for sku in ("GOOD", "POOR"):
            body = await caller.product(sku, with_completenesses="true")
            percents[sku] = {(one["scope"], one["locale"]): one["data"] for one in body["completenesses"]}
        assert percents["GOOD"]["ecommerce", "en_GB"] == 100
        assert percents["POOR"]["ecommerce", "en_GB"] == 60
        nameless = await caller.act("create_product", sku=None)
        assert nameless["sku"] is None


async def test_simple_to_variant_and_back() -> None:
    async with pim(variant_levels=2) as caller:
        await caller.act("add_option", attribute="colour", option="RED")
        await caller.act("create_model", code="OSLO-RED", family_variant="handles_by_colour_then_size", parent="OSLO",
                         values={"colour": "RED"})  # fmt: skip
        await caller.act("convert_to_variant", product="HP-1001", parent="OSLO-RED", values={"size": "L"})
        variant = await caller.product("HP-1001", with_root_parent="true")
        assert (variant["family"], variant["parent"], variant["root_parent"]) == ("handles", "OSLO-RED", "OSLO")
        assert "max_load" not in variant["values"]
        await caller.act("detach_variant", product="HP-1001")
        assert (await caller.product("HP-1001"))["values"]["colour"][0]["data"] == "RED"
        assert (await caller.act("delete_model", model="OSLO-RED"))["deleted"] == ["OSLO-RED"]


@pytest.mark.parametrize(
    ("act", "params", "words"),
    [
        ("edit_value", {"product": "NOPE", "attribute": "ean"}, "there is no product 'NOPE'"),
        ("edit_value", {"product": "HP-1000", "attribute": "nope", "value": 1}, "nope attribute does not exist"),
        ("edit_value", {"product": "HP-1000"}, "missing 1 required positional argument: 'attribute'"),
        ("edit_model_value", {"model": "NOPE", "attribute": "name"}, "there is no product model 'NOPE'; there is OSLO"),
        ("set_categories", {"product": "HP-1000", "categories": ["nope"]}, "The category does not exist"),
        ("convert_to_variant", {"product": "HP-1000", "parent": "OSLO", "values": {}}, "cannot be empty"),
        ("rename_category", {"category": "nope", "label": "x"}, "categories has no 'nope'; it has fixings"),
        ("delete_category", {"category": "master"}, "is the tree of a channel"),
        ("add_option", {"attribute": "sku", "option": "x"}, "sku is no select"),
        ("replace_asset", {"asset": "nope", "filename": "x.png"}, "packshots has no asset 'nope'"),
        ("edit_many", {"count": 1, "attribute": "sku"}, "none of price, weight, name"),
        ("suspend_subscription", {"subscription": "x"}, "there is none"),
        ("test_events_api", {}, "register_events_api enters one"),
        ("subscribe", {"url": "http://x", "events": ["nope"]}, "Unknown events"),
        ("other_traffic", {"connection": -1}, "counts of calls"),
        ("approve_draft", {"product": "HP-1000"}, "has no draft"),
        ("no_such_act", {}, "akeneo has no act 'no_such_act'"),
    ],
)
async def test_acts_that_cannot_be_played(act: str, params: dict[str, Any], words: str) -> None:
    async with pim() as caller:
        before = caller.simulator.state()["products"]
        assert words in await caller.refused_act(act, **params)
        assert caller.simulator.state()["products"] == before


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"colour": "red"}, "unknown ['colour']"),
        ({"edition": "gold"}, "edition must be one of ['saas', 'paas', 'ce']"),
        ({"variant_levels": 3}, "variant_levels must be one of [1, 2]"),
        ({"server_timezone": "Mars/Base"}, "is no time zone"),
        ({"denied": "list products"}, "denied must be a list"),
        ({"connection_calls": "4"}, "connection_calls must be like 4"),
        ({"web_api_access": 1}, "web_api_access must be like True"),
    ],
)
def test_settings_that_are_none(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ActError) as refused:
        AkeneoSimulator(build_estate(items=5, companies=1), settings=settings)
    assert words in str(refused.value)


def test_null_switches_off_what_may_be_off() -> None:
    assert Knobs.read({"retry_after": None}).retry_after is None


async def played(caller: Caller) -> Any:
    await caller.act("create_product", sku="DICE")
    await caller.act("edit_many", count=12)
    await caller.act("upload_image", product="DICE", filename="dice.png")
    rows = (await caller.state())["products"]
    for row in rows:
        for name in ("created", "updated"):
            row.pop(name)
    return {row["identifier"]: {**row, "values": without_links(row["values"])} for row in rows}


def without_links(values: Any) -> Any:
    return {code: [{**one, "_links": None} for one in cells] for code, cells in values.items()}


async def test_the_same_seed_plays_the_same_day() -> None:
    days = []
    for seed in (4, 4, 5):
        async with pim(seed=seed) as caller:
            days.append(await played(caller))
    assert days[0] == days[1]
    assert days[0]["DICE"]["uuid"] != days[2]["DICE"]["uuid"]
    assert days[0]["HP-1001"]["uuid"] == days[2]["HP-1001"]["uuid"]


async def test_reset_starts_anew_with_other_settings() -> None:
    async with pim() as caller:
        await caller.act("delete_product", product="HP-1000")
        body = {"settings": {"variant_levels": 2}}
        async with caller.session.post(f"{caller.url}/_sandbox/reset", json=body) as response:
            assert response.status == 200
        assert (await caller.get("/channels")).status == 401
        await caller.sign_in()
        assert (await caller.product("HP-1000"))["enabled"] is True
        assert (await caller.product("OSLO-S-BLK"))["parent"] == "OSLO-BLK"


async def test_the_state_holds_everything() -> None:
    async with pim() as caller:
        state = await caller.state()
        assert (state["kind"], len(state["products"]), len(state["product_models"])) == ("akeneo", 37, 1)
        assert {"families", "family_variants", "categories", "attributes", "channels"} <= set(state["structure"])
        variant = next(one for one in state["products"] if one["identifier"] == "OSLO-S-BLK")
        assert "name" in variant["values"]
        assert variant["own_values"] == ["colour", "ean", "image", "price", "size", "sku", "weight"]
        assert state["tokens"] == {"issued": 1, "living": 1, "apps": 1}
        await caller.act("expire_tokens", refresh_too=True)
        assert (await caller.state())["tokens"]["living"] == 0


async def test_time_that_passed_stays_passed_when_faults_change() -> None:
    async with pim() as caller:
        later = (await caller.act("pass_time", seconds=86_400))["now"]
        await caller.fault(kind="latency", seconds=0)
        assert (await caller.act("pass_time", seconds=0))["now"] >= later
