"""Which products are sold: none the ERP does not hold, none that lacks something; and never a word of them changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.wish import RemedyRefused
from crossdock.model.code_map import MapKind
from crossdock.store.item_offers import PgOfferRun, list_offers
from tests.flows.conftest import Opener
from tests.world import BY_CASE, GHOST, NAME, PLENTY, World

HIDE = {"items": {"unknown": "hide", "blocked": "hide", "ready": "offer"}}
FLOWS = {
    "flows": ["order-entry", "stock-publication", "product-introduction"],
    "items": {"unknown": "report", "blocked": "report"},
}
NOT_HELD = "the ERP does not hold it"
NO_WORD = f"Each product held here may not be sold yet: {NOT_HELD}."


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened(pairing=FLOWS) as one:
        yield one


@pytest.fixture
async def strict(opened: Opener) -> AsyncIterator[World]:
    async with opened(pairing={**FLOWS, **HIDE}) as one:
        yield one


async def look(world: World) -> dict[str, Any]:
    result = await world.run("product-introduction")
    assert "problem" not in result, result
    return result


def products(world: World) -> dict[str, dict[str, Any]]:
    return {one["sku"]: one for one in world.shop.state()["products"]}


def on_sale(world: World, sku: str) -> bool:
    return bool(products(world)[sku]["status"] == "enabled")


async def offers(world: World) -> dict[str, dict[str, Any]]:
    rows = await list_offers(world.here.pool, world.here.tenant, NAME, limit=10_000)
    return {row["sku"]: row for row in rows}


async def causes(world: World) -> set[str]:
    return {case.cause for case in await world.cases("item-not-on-sale")}


async def trail(world: World) -> list[tuple[str, str]]:
    """What the audit trail says was done to products, in order."""
    query = "select action, detail ->> 'sku' as sku from audit_entry where subject = 'offer' order by id"
    return [(row["action"], row["sku"]) for row in await world.here.pool.fetch(query)]


async def refusal(world: World, sku: str) -> str:
    """What a shopper hears who would buy it."""
    placed = await world.shop.act("place_order", {"lines": [{"sku": sku, "quantity": 1}], "force": True})
    return str(placed.get("refused"))


async def test_what_the_erp_does_not_hold_is_told_and_left_alone(world: World) -> None:
    before = products(world)
    result = await look(world)
    assert products(world) == before
    row = (await offers(world))[GHOST]
    assert (row["state"], row["missing"], result["taken_off_sale"]) == ("lacking", [NOT_HELD], 0)
    assert NO_WORD in await causes(world)


async def test_what_the_erp_does_not_hold_goes_off_sale_where_the_policy_says_so(strict: World) -> None:
    world = strict
    before = products(world)
    assert (await look(world))["taken_off_sale"] == 1
    assert products(world) == {**before, GHOST: {**before[GHOST], "status": "disabled"}}
    refused = await refusal(world, GHOST)
    assert refused == f"{GHOST} is not on sale"
    assert ((await offers(world))[GHOST]["state"], await causes(world)) == ("hidden", {NO_WORD})
    again = await look(world)
    assert (again["taken_off_sale"], again["hidden"]) == (0, 1)


async def test_what_was_taken_off_comes_back_once_the_erp_holds_it(strict: World) -> None:
    world = strict
    await look(world)
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24.00"})
    await world.run("items")
    assert (await look(world))["put_on_sale"] == 1
    assert (on_sale(world, GHOST), (await offers(world))[GHOST]["state"], await causes(world)) == (
        True,
        "on-sale",
        set(),
    )
    assert await trail(world) == [("take_off_sale", GHOST), ("put_on_sale", GHOST)]


async def test_nothing_goes_off_sale_because_we_forgot_it(strict: World) -> None:
    world = strict
    await world.here.pool.execute("delete from stock_item where code_key = $1", PLENTY.lower())
    await look(world)
    assert (on_sale(world, PLENTY), (await offers(world))[PLENTY]["state"]) == (True, "on-sale")


async def test_a_discontinued_item_goes_off_sale_and_a_whole_one_comes_on(strict: World) -> None:
    world = strict
    await world.shop.act("switch_product", {"sku": BY_CASE, "on": False})
    await world.erp.act("discontinue", {"sku": PLENTY})
    await world.run("items")
    result = await look(world)
    assert (result["put_on_sale"], result["taken_off_sale"]) == (1, 2)
    assert (on_sale(world, BY_CASE), on_sale(world, PLENTY)) == (True, False)
    assert "Each product held here may not be sold yet: the ERP has discontinued it." in await causes(world)


async def test_what_a_merchant_took_off_stays_off_where_nobody_says_otherwise(world: World) -> None:
    await world.shop.act("switch_product", {"sku": PLENTY, "on": False})
    await world.shop.act("switch_product", {"sku": GHOST, "on": False})
    await look(world)
    found = await offers(world)
    assert (on_sale(world, PLENTY), found[PLENTY]["state"], found[GHOST]["state"]) == (False, "ready", "blocked")
    assert await causes(world) == set()  # nobody wants them sold


async def test_an_unconfirmed_unit_blocks_and_one_case_holds_all_that_it_blocks(opened: Opener) -> None:
    async with opened(pairing={**FLOWS, "orders": {"unit_source": "map"}}) as world:
        for sku in (PLENTY, BY_CASE):
            await world.shop.act("add_unit", {"sku": sku, "unit": "pallet", "holds": 480})
        await world.run("targets")
        await look(world)
        missing = "nobody has confirmed what its pallet holds"
        (case,) = [one for one in await world.cases("item-not-on-sale") if one.subject == missing]
        assert {one.ref for one in await world.pairing.cases.held(case.id)} == {PLENTY, BY_CASE}
        await world.pairing.reference.map_code(MapKind.UNIT, f"{PLENTY}/pallet", {"units": "480"}, actor="mary")
        await look(world)
        assert {one.ref for one in await world.pairing.cases.held(case.id)} == {BY_CASE}
        await world.pairing.reference.map_code(MapKind.UNIT, "pallet", {"units": "480"}, actor="mary")
        await look(world)
        assert missing not in {one.subject for one in await world.cases("item-not-on-sale")}


async def test_a_product_without_a_tax_code_the_erp_knows_is_told(world: World) -> None:
    await world.shop.act("add_product", {"sku": "NEW-1", "tax": "LUX", "in_erp": False})
    await world.erp.act("create_item", {"sku": "NEW-1", "name": "New", "net_price": "5.00"})
    for feed in ("items", "targets"):
        await world.run(feed)
    await look(world)
    assert (await offers(world))["NEW-1"]["missing"] == ["it has no tax code"]
    await world.erp.act("create_item", {"sku": "NEW-2", "name": "New", "net_price": "5.00", "tax": "RED"})
    await world.shop.act("add_product", {"sku": "NEW-2", "tax": "STD", "in_erp": False})
    for feed in ("items", "targets"):
        await world.run(feed)
    await look(world)
    (missing,) = (await offers(world))["NEW-2"]["missing"]
    assert missing == "its tax code STD stands for 20 %, and the ERP taxes it at 5 %"


async def test_a_product_whose_units_were_not_read_is_not_judged_yet(strict: World) -> None:
    world = strict
    await world.shop.act("add_product", {"sku": "NEW-1", "in_erp": False})
    await look(world)
    assert ("NEW-1" in await offers(world), on_sale(world, "NEW-1")) == (False, True)
    await world.run("targets")
    await look(world)
    assert ((await offers(world))["NEW-1"]["state"], on_sale(world, "NEW-1")) == ("hidden", False)


@pytest.mark.parametrize("kind", ["truncated_body", "html_page", "lost_reply"])
async def test_a_read_that_was_not_whole_changes_nothing(opened: Opener, kind: str) -> None:
    async with opened(pairing={**FLOWS, **HIDE}, system={"shop": {"page_size": 5}}) as world:
        world.shop.faults.set([{"kind": kind, "match": "^GET /admin/api/products", "after": 3}])
        before = products(world)
        assert "problem" in await world.run("product-introduction")
        assert (products(world), await offers(world), await causes(world)) == (before, {}, set())
        world.shop.faults.reset()
        await look(world)
        assert not on_sale(world, GHOST)


async def test_it_waits_for_the_lists_it_judges_by(opened_unread: World) -> None:
    world = opened_unread
    before = products(world)
    assert (await world.run("product-introduction"))["skipped"] == "items have not been read yet"
    assert (products(world), await offers(world)) == (before, {})
    asked = await world.here.pool.fetchval("select count(*) from pgqueuer where entrypoint = 'flow'")
    assert asked == 1


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request"])
async def test_a_lost_answer_is_made_up_for_by_the_next_look(strict: World, kind: str) -> None:
    world = strict
    world.shop.faults.set([{"kind": kind, "match": "PATCH /admin/api/products", "count": 1}])
    await look(world)
    assert ((await offers(world))[GHOST]["state"], await causes(world)) == ("hidden", {NO_WORD})
    await look(world)
    assert (on_sale(world, GHOST), (await offers(world))[GHOST]["on_sale"]) == (False, False)
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24.00"})
    await world.run("items")
    world.shop.faults.set([{"kind": kind, "match": "PATCH /admin/api/products", "count": 1}])
    await look(world)
    await look(world)
    assert (on_sale(world, GHOST), (await offers(world))[GHOST]["state"]) == (True, "on-sale")


async def test_what_was_taken_off_by_a_run_that_died_comes_back_too(strict: World, monkeypatch: Any) -> None:
    world = strict

    async def lights_out(self: PgOfferRun, changes: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(PgOfferRun, "switched", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await world.run("product-introduction")
    assert (on_sale(world, GHOST), await causes(world)) == (False, set())
    assert await trail(world) == [("take_off_sale", GHOST)]  # the trail has it although nobody lived to hear the answer
    await look(world)
    assert ((await offers(world))[GHOST]["state"], await causes(world)) == ("hidden", {NO_WORD})
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24.00"})
    await world.run("items")
    with monkeypatch.context() as patch:
        patch.setattr(PgOfferRun, "switched", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await world.run("product-introduction")
    await world.shop.act("switch_product", {"sku": GHOST, "on": False})  # as if the call had never got through
    await look(world)
    assert on_sale(world, GHOST)


async def test_a_switch_that_is_refused_is_told_in_the_shop_s_words(strict: World) -> None:
    world = strict
    world.shop.faults.set([{"kind": "status", "status": 400, "match": "PATCH /admin/api/products"}])
    await look(world)
    row = (await offers(world))[GHOST]
    assert (row["state"], on_sale(world, GHOST)) == ("lacking", True)
    (words,) = [one for one in row["missing"] if "would not take it off sale" in one]
    assert any(words in cause for cause in await causes(world))
    assert await trail(world) == [("take_off_sale", GHOST), ("refuse_offer", GHOST)]
    world.shop.faults.reset()
    await look(world)
    assert (on_sale(world, GHOST), await causes(world)) == (False, {NO_WORD})


async def test_so_many_at_once_are_taken_for_a_mistake(opened: Opener) -> None:
    hide = {"items": {"unknown": "hide", "blocked": "hide", "hide_max": 3}}
    async with opened(pairing={**FLOWS, **hide}) as world:
        skus = sorted(products(world))[2:6]
        for sku in skus:
            await world.erp.act("discontinue", {"sku": sku})
        await world.run("items")
        assert (await look(world))["taken_off_sale"] == 0
        assert all(on_sale(world, sku) for sku in (*skus, GHOST))
        brake = (
            "Each of 5 products may not be sold yet: to take so many off sale in one run is more than "
            "items.hide_max (3) allows, and none was."
        )
        assert brake in await causes(world)
        await world.shop.act("switch_product", {"sku": skus[0], "on": False})
        await world.shop.act("switch_product", {"sku": skus[1], "on": False})
        assert (await look(world))["taken_off_sale"] == 3
        assert brake not in await causes(world)


async def test_a_product_that_is_gone_leaves_its_case(world: World) -> None:
    await look(world)
    await world.shop.act("remove_product", {"sku": GHOST})
    await look(world)
    assert (GHOST in await offers(world), await causes(world)) == (False, set())


async def test_a_named_person_may_leave_it_as_it_is(world: World) -> None:
    await look(world)
    case = await world.the_case("item-not-on-sale")
    told = await world.settle(case, Remedy.SET_ASIDE, reason="a gift wrap, sold without stock")
    assert told.would == {"be left as they are": 1}
    await look(world)
    assert ((await offers(world))[GHOST]["state"], await causes(world)) == ("lacking", set())
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24.00"})
    await world.run("items")
    await look(world)
    await world.erp.act("discontinue", {"sku": GHOST})
    await world.run("items")
    await look(world)
    assert await causes(world) == {"Each product held here may not be sold yet: the ERP has discontinued it."}


async def test_what_a_person_can_ask_for_from_the_case(world: World) -> None:
    await look(world)
    case = await world.the_case("item-not-on-sale")
    with pytest.raises(RemedyRefused, match="complete what is missing"):
        await world.settle(case, Remedy.SEND_AGAIN, reason="again")
    await world.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24.00"})
    await world.run("items")
    await world.settle(case, Remedy.RETRY)
    await world.work()
    assert await causes(world) == set()


async def test_two_runs_at_once_are_one(strict: World) -> None:
    world = strict
    results = await asyncio.gather(look(world), look(world))
    assert sorted("skipped" in one for one in results) == [False, True]
    assert not on_sale(world, GHOST)
