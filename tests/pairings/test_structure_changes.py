"""A simple product becomes a variant: the right sequence, and neither stock nor history is lost on the way."""

from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.wish import RemedyRefused
from tests.pairings.studio import Opener, Studio, new_product

VARIANT = "handles_by_size_and_colour"


async def make_family(studio: Studio, model: str, *skus: str, **values: Any) -> None:
    """A model, and variants of it by size, all black."""
    name = [{"locale": "en_GB", "scope": None, "data": f"{model.capitalize()} handle"}]
    given = {"name": name, "supplier": "ACME_TRADE", **values}
    await studio.pim.act("create_model", {"code": model, "family_variant": VARIANT, "values": given})
    for size, sku in zip("SL", skus, strict=False):
        axes = {"size": size, "colour": "WHT"}
        await studio.pim.act("create_product", {"sku": sku, "parent": model, "values": axes})


async def convert(studio: Studio, sku: str, model: str) -> None:
    await studio.pim.act("set_family", {"product": sku, "family": "handles"})
    axes = {"size": "S", "colour": "BLK"}
    await studio.pim.act("convert_to_variant", {"product": sku, "parent": model, "values": axes})


async def rounds(studio: Studio, count: int = 4) -> None:
    for _ in range(count):
        await studio.round()


async def test_a_simple_product_becomes_a_variant_with_its_stock_its_orders_and_its_key(opened: Opener) -> None:
    async with opened() as studio:
        await studio.erp.act("sell", {"sku": "HP-1001", "quantity": 2})
        before, stock = studio.item("HP-1001"), studio.stock("HP-1001")
        assert stock["Main Warehouse"][1] == 2
        await make_family(studio, "RIGA", "RIGA-S-WHT")
        await convert(studio, "HP-1001", "RIGA")
        await studio.run("products")
        await studio.run("net")
        assert (await studio.state("HP-1001"), (await studio.change("HP-1001"))["step"]) == ("converting", "begun")
        assert studio.item("RIGA") == {}
        await studio.fetch()
        assert studio.item("HP-1001")["parent"] is None  # first the template, and that it is there is read
        await rounds(studio)
        after = studio.item("HP-1001")
        assert (after["parent"], after["option"], after["stock_id"]) == ("RIGA", ["S", "BLK"], before["stock_id"])
        assert studio.stock("HP-1001") == stock
        assert (after["net_price"], after["tax_code"]) == (before["net_price"], before["tax_code"])
        (order,) = studio.erp.state()["orders"]
        assert [line["stock_id"] for line in order["lines"]] == [before["stock_id"]]
        assert ((await studio.change("HP-1001"))["step"], await studio.state("HP-1001")) == ("done", "released")
        assert studio.product("HP-1001")["enabled"] is True
        assert await studio.cases() == []


async def test_a_conversion_waits_for_a_person_where_the_pairing_says_so(opened: Opener) -> None:
    async with opened(pairing={"catalogue": {"structure": {"existing": "ask"}}}) as studio:
        await make_family(studio, "RIGA")
        await convert(studio, "HP-1001", "RIGA")
        await rounds(studio)
        case = await studio.the_case("structure-change-blocked")
        assert "may it go below its family?" in case.cause
        assert studio.item("HP-1001")["parent"] is None
        rehearsed = await studio.rehearse(case, Remedy.APPLY, "its stock was moved")
        assert str(rehearsed) == "Of 1 held: 1 would go on from the step it has reached."
        await studio.settle(case, Remedy.APPLY, "looked at it with the warehouse")
        await rounds(studio)
        assert (studio.item("HP-1001")["parent"], await studio.cases()) == ("RIGA", [])


async def test_a_family_whose_model_waits_holds_its_conversion_at_that_step(opened: Opener) -> None:
    async with opened() as studio:
        await make_family(studio, "RIGA")
        edit = {"model": "RIGA", "attribute": "name", "value": "Riga #1", "locale": "en_GB"}
        await studio.pim.act("edit_model_value", edit)
        await convert(studio, "HP-1001", "RIGA")
        await rounds(studio)
        assert await studio.state("RIGA", "model") == "waiting"
        assert "HP-1001" not in {case.subject for case in await studio.cases("structure-change-blocked")}
        await studio.pim.act("edit_model_value", {**edit, "value": "Riga"})
        await rounds(studio, 5)
        assert (studio.item("HP-1001")["parent"], await studio.cases()) == ("RIGA", [])


async def test_a_change_of_mind_in_the_pim_ends_the_change(opened: Opener) -> None:
    async with opened() as studio:
        await make_family(studio, "RIGA")
        await convert(studio, "HP-1001", "RIGA")
        await studio.run("products")
        await studio.run("net")
        assert await studio.state("HP-1001") == "converting"
        await studio.pim.act("detach_variant", {"product": "HP-1001"})
        await rounds(studio)
        assert (await studio.state("HP-1001"), studio.item("HP-1001")["parent"]) == ("released", None)
        assert (await studio.change("HP-1001"))["ended_at"] is not None


async def test_what_no_channel_can_undo_is_a_case_and_found_done_by_reading(opened: Opener) -> None:
    """A variant that becomes simple again: nothing takes an item out of its family but a person."""
    async with opened() as studio:
        await studio.pim.act("detach_variant", {"product": "OSLO-S-BLK"})
        await rounds(studio, 2)
        case = await studio.the_case("structure-change-blocked")
        assert "it is a simple product now, and the ERP holds it below OSLO" in case.cause
        item = studio.erp.store.find_item("OSLO-S-BLK")
        assert item is not None
        assert item.parent is not None
        item.parent.children.remove(item)
        item.parent, item.option, item.revised = None, (), studio.erp.store.wall()
        await studio.run("items")
        await studio.pass_time(400)
        await studio.run("recheck")
        await rounds(studio, 2)
        assert (await studio.cases(), await studio.state("OSLO-S-BLK")) == ([], "released")


async def test_the_items_of_a_family_take_the_place_of_a_plain_one_that_is_retired_last(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "LAMP")
        await rounds(studio, 2)
        await studio.erp.act("adjust", {"sku": "LAMP", "on_hand": 5})
        old = studio.item("LAMP")
        await studio.pim.act("delete_product", {"product": "LAMP"})
        await studio.run("compare")
        await make_family(studio, "LAMP", "LAMP-S", "LAMP-L")
        await rounds(studio, 6)
        assert {studio.item(f"LAMP-{size}")["parent"] for size in "SL"} == {"LAMP-FAMILY"}
        case = await studio.the_case("structure-change-blocked")
        assert "5 of LAMP are in stock" in case.cause
        assert ((await studio.change("LAMP"))["step"], studio.item("LAMP")["discontinued"]) == ("items", False)
        with pytest.raises(RemedyRefused, match="nobody's word makes that good"):
            await studio.settle(case, Remedy.APPLY, "never mind")
        await studio.erp.act("adjust", {"sku": "LAMP", "on_hand": 0})  # moved to the new items by the warehouse
        await studio.pass_time(400)
        await studio.run("recheck")
        await studio.run("net")
        case = await studio.the_case("structure-change-blocked")
        assert "on orders entered by hand or on purchase orders" in case.cause
        await studio.settle(case, Remedy.APPLY, "looked in Khaos: none")
        await rounds(studio, 3)
        after = studio.item("LAMP")
        assert (after["discontinued"], after["stock_id"], after["controlled"]) == (True, old["stock_id"], True)
        assert (await studio.change("LAMP"))["step"] == "done"
        assert await studio.cases("structure-change-blocked") == []


async def test_a_model_may_name_the_product_whose_place_its_variants_take(opened: Opener) -> None:
    structure = {"replaces_attribute": "erp_reasons", "unseen": "trust"}
    async with opened(pairing={"catalogue": {"structure": structure}}) as studio:
        await studio.erp.act("adjust", {"sku": "HP-1002", "on_hand": 0})
        await make_family(studio, "RIGA", "RIGA-S-WHT", erp_reasons="HP-1002")
        await rounds(studio, 6)
        assert studio.item("HP-1002")["discontinued"] is True
        assert (await studio.state("HP-1002"), studio.product("HP-1002")["enabled"]) == ("replaced", False)
        assert await studio.cases() == []


async def test_an_open_order_of_ours_keeps_the_old_item_from_being_retired(opened: Opener) -> None:
    structure = {"replaces_attribute": "erp_reasons", "unseen": "trust"}
    async with opened(pairing={"catalogue": {"structure": structure}}) as studio:
        await studio.erp.act("adjust", {"sku": "HP-1002", "on_hand": 0})
        await studio.here.pool.execute(
            "with made as (insert into sales_order (tenant, pairing, storefront_id, ref, state) "
            "values ('main', 'oro-khaos', '1', 'SO-1', 'posted') returning id, pairing) "
            "insert into sales_order_line (order_id, line_no, sku, unit, quantity, pairing) "
            "select id, 1, 'hp-1002', 'each', 1, pairing from made"
        )
        await make_family(studio, "RIGA", "RIGA-S-WHT", erp_reasons="HP-1002")
        await rounds(studio, 6)
        assert "1 open orders ask for HP-1002: SO-1" in (await studio.the_case("structure-change-blocked")).cause
        assert studio.item("HP-1002")["discontinued"] is False
        await studio.here.pool.execute("update sales_order set state = 'despatched'")
        await studio.pass_time(400)
        await rounds(studio, 3)
        assert (studio.item("HP-1002")["discontinued"], await studio.cases()) == (True, [])
