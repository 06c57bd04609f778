"""The nightly comparison: what moves no date in the PIM, and what somebody did in the ERP."""

from typing import Any

from crossdock.cases.kind import Remedy
from tests.pairings.studio import CATALOGUE, Opener, Studio, new_product

PATHS = {"attributes": {**CATALOGUE["attributes"], "@category_paths": "custom:Category"}}


def custom(studio: Studio, sku: str) -> dict[str, Any]:
    fields = studio.item(sku)["details"].get("UserDefinedFields", [])
    return {one["Name"]: one["Value"] for one in fields}


async def night(studio: Studio) -> dict[str, Any]:
    result = await studio.run("compare")
    await studio.round()
    return result


async def test_a_category_that_moves_or_goes_has_its_products_laid_out_anew(opened: Opener) -> None:
    """Neither moves the date of a product, so that no look for changes finds it."""
    async with opened(pairing={"catalogue": PATHS}) as studio:
        await new_product(studio, "NEW-1", categories=["fixings"])
        await studio.round()
        assert custom(studio, "NEW-1") == {"Category": "master/hardware/fixings"}
        await studio.pim.act("move_category", {"category": "fixings", "parent": "supplies"})
        assert (await night(studio))["judged_anew"] >= 1
        assert custom(studio, "NEW-1") == {"Category": "master/supplies/fixings"}
        await studio.pim.act("delete_category", {"category": "fixings"})
        await night(studio)
        product = await studio.row("NEW-1")
        assert (product["state"], list(product["categories"])) == ("released", [])


async def test_a_product_moved_to_another_category_is_found_by_the_ordinary_look(opened: Opener) -> None:
    async with opened(pairing={"catalogue": PATHS}) as studio:
        await studio.pim.act("set_categories", {"product": "HP-1001", "categories": ["safety"]})
        await studio.round()
        assert custom(studio, "HP-1001") == {"Category": "master/supplies/safety"}


async def test_what_somebody_changed_in_the_erp_is_put_right_and_told_when_it_stays_so(opened: Opener) -> None:
    async with opened() as studio:
        item = studio.erp.store.find_item("HP-1001")
        assert item is not None
        name, price = item.name, item.net_price
        item.name = "Somebody's own words"
        assert (await night(studio))["different"] == 1
        assert (item.name, item.net_price) == (name, price)
        assert await studio.cases() == []
        for _ in range(3):
            item.name = "Somebody's own words"
            await night(studio)
        case = await studio.the_case("reconciliation-difference")
        assert (case.subject, case.records) == ("HP-1001", 1)
        assert "Somebody's own words" in case.cause
        assert item.name == name
        await night(studio)
        assert await studio.cases() == []  # both sides agree


async def test_a_difference_that_a_person_accepts_is_left_until_either_side_changes(opened: Opener) -> None:
    async with opened() as studio:
        item = studio.erp.store.find_item("HP-1001")
        assert item is not None
        item.discontinued = True  # the ERP owns that: laying it out again would change nothing
        await night(studio)
        case = await studio.the_case("reconciliation-difference")
        assert "discontinued: 'no' here, 'yes' there" in case.cause
        await studio.settle(case, Remedy.ACCEPT, "sold out for good, the PIM follows in spring")
        result = await night(studio)
        assert (result["different"], await studio.cases(), await studio.state("HP-1001")) == (0, [], "released")
        item.name = "Something else"
        assert (await night(studio))["different"] == 1


async def test_an_editor_who_enables_what_the_erp_does_not_hold_is_corrected(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "NEW-1")
        await studio.run("products")
        await studio.run("net")
        assert studio.product("NEW-1")["enabled"] is False
        await studio.pim.act("set_enabled", {"product": "NEW-1", "enabled": True})
        await studio.run("products")
        await studio.run("net")
        assert studio.product("NEW-1")["enabled"] is False
        await studio.round()
        await studio.pim.act("set_enabled", {"product": "NEW-1", "enabled": False})
        await studio.round()
        assert (studio.product("NEW-1")["enabled"], await studio.state("NEW-1")) == (False, "released")


async def test_an_item_that_is_gone_from_the_erp_is_off_sale_until_it_is_there_again(opened: Opener) -> None:
    async with opened() as studio:
        item = studio.erp.store.find_item("HP-1001")
        assert item is not None
        del studio.erp.store.items[item.stock_id]
        del studio.erp.store.items_by_code["hp-1001"]
        assert (await night(studio))["missing"] == 1
        case = await studio.the_case("item-not-on-sale")
        assert "the ERP holds it no more" in case.cause
        assert studio.product("HP-1001")["enabled"] is False
        rehearsed = await studio.rehearse(case, Remedy.SEND_AGAIN, "deleted by mistake")
        assert str(rehearsed) == "Of 1 held: 1 would be made in the ERP anew."
        await studio.settle(case, Remedy.SEND_AGAIN, "deleted by mistake")
        await studio.run("net")
        await studio.fetch()
        await studio.pass_time(10)
        assert (await studio.cases(), studio.product("HP-1001")["enabled"]) == ([], True)
        assert studio.item("HP-1001")["stock_id"] != item.stock_id


async def test_a_product_deleted_in_the_pim_is_told_and_its_item_stays(opened: Opener) -> None:
    async with opened() as studio:
        await studio.pim.act("delete_product", {"product": "HP-1002"})
        assert (await night(studio))["gone"] == 1
        assert await studio.state("HP-1002") == "gone"
        case = await studio.the_case("reconciliation-difference")
        assert "HP-1002 in the PIM differs: no longer there here, HP-1002 in the ERP there" in case.cause
        stock = studio.stock("HP-1002")
        await studio.erp.act("discontinue", {"sku": "HP-1002"})
        await studio.run("items")
        await studio.settle(case, Remedy.RETRY)
        assert await studio.cases() == []
        assert studio.stock("HP-1002") == stock


async def test_a_quiet_night_writes_nothing(opened: Opener) -> None:
    async with opened() as studio:
        out = await studio.here.pool.fetchval("select max(position) from channel_out")
        writes = studio.pim.calls["PATCH /api/rest/v1/products-uuid"]
        result = await night(studio)
        assert (result["different"], result["missing"], result["gone"]) == (0, 0, 0)
        assert result["read"] == 11 + 1  # products and the model
        assert await studio.here.pool.fetchval("select max(position) from channel_out") == out
        assert studio.pim.calls["PATCH /api/rest/v1/products-uuid"] == writes
