"""Akeneo with Khaos Control: what the PIM describes becomes a stock item, sold once the ERP has confirmed it."""

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.wish import RemedyRefused
from tests.pairings.studio import CATALOGUE, PROVIDED, Opener, Studio, new_product

TOLD = {
    "families": ["trade_goods"],
    "release": {"status_attribute": "erp_status", "reasons_attribute": "erp_reasons"},
}


def told(studio: Studio, sku: str, attribute: str) -> str:
    cells = studio.product(sku)["values"].get(attribute) or [{"data": ""}]
    return str(cells[0]["data"])


async def test_a_new_product_goes_to_the_erp_and_is_enabled_once_it_is_confirmed_there(opened: Opener) -> None:
    async with opened(pairing={"catalogue": TOLD}) as studio:
        await new_product(studio, "NEW-1", values={"ean": "5012345678900"})
        await studio.run("products")
        await studio.run("net")
        assert (await studio.state("NEW-1"), studio.product("NEW-1")["enabled"]) == ("put_out", False)
        assert (told(studio, "NEW-1", "erp_status"), studio.item("NEW-1")) == ("sent to the ERP", {})
        await studio.fetch()
        made = studio.item("NEW-1")
        assert (made["name"], made["barcode"], made["tax_code"]) == ("Lantern NEW-1", "5012345678900", 1)
        assert studio.product("NEW-1")["enabled"] is False
        await studio.pass_time(10)
        assert (await studio.state("NEW-1"), studio.product("NEW-1")["enabled"]) == ("released", True)
        assert told(studio, "NEW-1", "erp_status") == "in the ERP"
        await studio.round()  # our own writing comes back as a change, and is none
        assert (await studio.state("NEW-1"), await studio.cases()) == ("released", [])


async def test_an_invalid_product_is_told_every_reason_and_goes_on_once_it_is_mended(opened: Opener) -> None:
    async with opened(pairing={"catalogue": TOLD}) as studio:
        await new_product(studio, "BAD#1", values={"name": [{"locale": "en_GB", "scope": None, "data": "No #"}]})
        await studio.round()
        case = await studio.the_case("item-invalid-for-erp")
        assert (case.subject, case.records) == ("BAD#1", 1)
        assert "its SKU holds #" in case.cause
        assert "its description holds #" in case.cause
        assert (await studio.state("BAD#1"), studio.product("BAD#1")["enabled"]) == ("waiting", False)
        assert "its SKU holds #" in told(studio, "BAD#1", "erp_reasons")
        await studio.pim.act("rename_sku", {"product": "BAD#1", "sku": "GOOD-1"})
        name = {"product": "GOOD-1", "attribute": "name", "value": "Lantern", "locale": "en_GB"}
        await studio.pim.act("edit_value", name)
        await studio.round()
        assert await studio.cases() == []
        await studio.round()
        assert (await studio.state("GOOD-1"), studio.product("GOOD-1")["enabled"]) == ("released", True)
        assert told(studio, "GOOD-1", "erp_reasons") == ""


async def test_what_the_erp_owns_stays_the_erps_whatever_the_pim_says_later(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "NEW-1", values={"tax_class": "RED"})
        await studio.round()
        made = studio.item("NEW-1")
        assert made["tax_code"] == 4
        await studio.erp.act("set_price", {"sku": "NEW-1", "net_price": "12.50"})
        await studio.erp.act("adjust", {"sku": "NEW-1", "on_hand": 9})
        studio.erp.store.find_item("NEW-1").tax_code = 1  # type: ignore[union-attr]
        edits = {"tax_class": "ZER", "price": [{"amount": "1.00", "currency": "GBP"}]}
        await studio.pim.act("edit_values", {"product": "NEW-1", "values": edits})
        name = {"product": "NEW-1", "attribute": "name", "value": "Lamp", "locale": "en_GB"}
        await studio.pim.act("edit_value", name)
        await studio.round()
        await studio.erp.act("reload_config", {})
        studio.erp.poller.book.continuations.clear()  # the channel was set up anew: everything is fetched again
        await studio.fetch()
        after = studio.item("NEW-1")
        assert (after["name"], after["tax_code"], after["net_price"]) == ("Lamp", 1, "12.50")
        assert studio.stock("NEW-1")["Main Warehouse"] == (9, 0)
        assert after["stock_id"] == made["stock_id"]


async def test_an_unmapped_supplier_waits_and_one_mapping_frees_every_product_after_a_rehearsal(opened: Opener) -> None:
    attributes = {**CATALOGUE["attributes"], "supplier": "supplier"}
    async with opened(pairing={"catalogue": {"attributes": attributes, "mapped": ["supplier"]}}) as studio:
        await studio.pim.act("add_option", {"attribute": "supplier", "option": "MOON"})
        for at in range(6):
            await new_product(studio, f"NEW-{at}", values={"supplier": "MOON"})
        await new_product(studio, "BAD#9", values={"supplier": "MOON"})
        await studio.round()
        cases = {case.subject: case for case in await studio.cases("attribute-unmapped")}
        case = cases["supplier/MOON"]
        assert (case.records, case.cause) == (7, "MOON of attribute supplier has no counterpart in the ERP.")
        rehearsed = await studio.rehearse(case, Remedy.MAP_CODE, code="MOO01")
        assert str(rehearsed) == "Of 7 held: 6 would go on to the ERP, 1 would wait for item-invalid-for-erp."
        assert await studio.state("NEW-0") == "waiting"
        await studio.settle(case, Remedy.MAP_CODE, code="MOO01")
        assert (await studio.the_case("item-invalid-for-erp")).records == 1
        assert "supplier/MOON" not in {one.subject for one in await studio.cases("attribute-unmapped")}
        await studio.run("net")
        await studio.fetch()
        await studio.pass_time(10)
        assert {await studio.state(f"NEW-{at}") for at in range(6)} == {"released"}
        assert studio.item("NEW-3")["details"]["SupplierInfo"] == [{"URN": "MOO01", "IsPreferred": True}]


async def test_five_hundred_products_of_one_bad_family_are_one_case(opened: Opener) -> None:
    async with opened(pairing={"catalogue": {"rules": {"required_channel": "ecommerce"}}}) as studio:
        for at in range(500):
            await new_product(studio, f"NEW-{at:03}", without=["supplier"])
        await studio.run("products")
        await studio.run("net")
        (case,) = [one for one in await studio.cases("item-invalid-for-erp") if "supplier" in one.subject]
        assert (case.records, case.subject) == (500, "products of family trade_goods: supplier is missing")
        required = {"family": "trade_goods", "channel": "ecommerce", "attributes": ["sku", "name"]}
        await studio.pim.act("require_attributes", required)
        await studio.run("shapes")  # no product's date moved
        await studio.run("net")
        assert [one for one in await studio.cases() if "trade_goods" in one.subject] == []
        assert (await studio.states())["put_out"] >= 500


async def test_a_template_goes_before_its_items_and_they_keep_their_place_in_it(opened: Opener) -> None:
    async with opened() as studio:
        values = {"name": [{"locale": "en_GB", "scope": None, "data": "Riga handle"}], "supplier": "ACME_TRADE"}
        model = {"code": "RIGA", "family_variant": "handles_by_size_and_colour", "values": values}
        await studio.pim.act("create_model", model)
        for size in ("S", "L"):
            axes = {"size": size, "colour": "BLK"}
            await studio.pim.act("create_product", {"sku": f"RIGA-{size}", "parent": "RIGA", "values": axes})
        await studio.run("products")
        await studio.run("net")
        assert (await studio.state("RIGA", "model"), await studio.state("RIGA-S")) == ("put_out", "ready")
        await studio.fetch()
        assert (studio.item("RIGA")["controlled"], studio.item("RIGA-S")) == (False, {})
        await studio.pass_time(10)
        assert (await studio.state("RIGA", "model"), await studio.state("RIGA-S")) == ("released", "put_out")
        await studio.fetch()
        await studio.pass_time(10)
        assert {await studio.state(f"RIGA-{size}") for size in "SL"} == {"released"}
        item = studio.item("RIGA-L")
        assert (item["name"], item["parent"], item["option"]) == ("Riga handle L BLK", "RIGA", ["L", "BLK"])
        assert studio.item("RIGA")["headings"] == ["Size", "Colour"]


async def test_a_model_that_changes_has_its_variants_laid_out_anew(opened: Opener) -> None:
    async with opened() as studio:
        before = studio.item("OSLO-S-BLK")
        edit = {"model": "OSLO", "attribute": "name", "value": "Oslo grip", "locale": "en_GB"}
        await studio.pim.act("edit_model_value", edit)
        await studio.round()
        await studio.round()
        assert studio.item("OSLO-S-BLK") == {**before, "name": "Oslo grip S BLK"}
        assert await studio.state("OSLO-S-BLK") == "released"


async def test_the_catalogue_that_is_there_already_is_taken_over_and_nobody_is_switched_off(unread: Opener) -> None:
    async with unread() as studio:
        await studio.pim.act("set_enabled", {"product": "HP-1001", "enabled": False})
        before = {one["identifier"]: one["enabled"] for one in studio.pim.state()["products"]}
        stock, items = studio.erp.state()["stock"], len(studio.erp.state()["items"])
        await studio.learn()
        for _ in range(3):
            await studio.round()
        after = {one["identifier"]: one["enabled"] for one in studio.pim.state()["products"]}
        assert after == before  # and GHOST-01, which the ERP never had, is made, and then sold
        assert {sku: await studio.state(sku) for sku in before} == dict.fromkeys(before, "released")
        assert (studio.erp.state()["stock"][: len(stock)], len(studio.erp.state()["items"])) == (stock, items + 1)


async def test_an_item_that_the_erp_does_not_confirm_in_time_stands_in_one_case_until_it_does(opened: Opener) -> None:
    async with opened() as studio:
        for at in range(3):
            await new_product(studio, f"NEW-{at}")
        await studio.run("products")
        await studio.run("net")
        await studio.pass_time(7300)
        case = await studio.the_case("item-not-on-sale")
        assert (case.records, case.subject) == (3, "khaos confirmation")
        assert studio.product("NEW-0")["enabled"] is False
        await studio.fetch()
        await studio.pass_time(10)
        assert (await studio.cases(), studio.product("NEW-0")["enabled"]) == ([], True)


async def test_the_erp_refuses_an_item_and_it_stays_off_sale(opened: Opener) -> None:
    """A tax rate that the ERP does not have: what fails there is told nobody, so it is found by reading."""
    provided = {**PROVIDED, "tax_rates": {20: "Code=9", 5: "Code=4", 0: "Code=2"}}
    channel = {"username": "khaos", "password": "${SECRET}", "provided": provided}
    async with opened(khaos={"channel": channel}) as studio:
        await new_product(studio, "NEW-1")
        await studio.round()
        rows = {one["ref"]: one["reason"] for one in studio.erp.state()["channel"]["imported_stock"]}
        assert rows["NEW-1"] == "TaxRate not found: 9"
        await studio.pass_time(7300)
        assert "khaos does not show it yet" in (await studio.the_case("item-not-on-sale")).cause
        assert (await studio.state("NEW-1"), studio.product("NEW-1")["enabled"]) == ("put_out", False)


async def test_what_the_channel_cannot_hold_is_told_before_anything_is_laid_out(opened: Opener) -> None:
    attributes = {**CATALOGUE["attributes"], "commodity_code": "commodity_code"}
    channel = {
        "username": "khaos", "password": "${SECRET}",
        "provided": {name: value for name, value in PROVIDED.items() if name != "commodity_code_field"},
    }  # fmt: skip
    async with opened(khaos={"channel": channel}, pairing={"catalogue": {"attributes": attributes}}) as studio:
        await new_product(studio, "NEW-1")
        await studio.round()
        causes = [one.cause for one in await studio.cases("item-invalid-for-erp") if one.subject == "NEW-1"]
        (cause,) = causes
        assert "channel.provided.commodity_code_field names no user-defined field for it" in cause


async def test_without_a_door_every_item_is_made_by_hand_and_goes_on_once_it_is_found(opened: Opener) -> None:
    async with opened(khaos={"channel": {}}, fetches=False) as studio:
        await new_product(studio, "NEW-1")
        await new_product(studio, "NEW-2")
        await studio.run("net")
        await studio.run("products")
        await studio.run("net")
        case = await studio.the_case("item-not-on-sale")
        assert case.subject == "khaos items"
        held = {one.ref for one in await studio.pairing.cases.held(case.id)}
        assert {"NEW-1", "NEW-2"} <= held
        assert studio.product("NEW-1")["enabled"] is False
        await studio.pass_time(400)
        await studio.run("recheck")
        assert (await studio.the_case("item-not-on-sale")).id == case.id  # it neither closes nor opens again meanwhile
        made = {"sku": "NEW-1", "name": "Lantern NEW-1", "net_price": "9.00", "barcode": "-"}
        await studio.erp.act("create_item", made)
        await studio.run("items")
        await studio.pass_time(400)
        await studio.run("recheck")
        await studio.run("net")
        assert (await studio.state("NEW-1"), studio.product("NEW-1")["enabled"]) == ("released", True)
        assert "NEW-2" in {one.ref for one in await studio.pairing.cases.held(case.id)}


async def test_a_lost_reply_of_the_pim_is_said_again_and_does_no_harm(opened: Opener) -> None:
    async with opened(pairing={"catalogue": TOLD}) as studio:
        await new_product(studio, "NEW-1")
        await studio.run("products")
        studio.pim.faults.set([{"kind": "lost_reply", "match": "^PATCH", "count": 2}])
        await studio.run("net", well=False)
        studio.pim.faults.set([])
        await studio.fetch()
        for _ in range(3):
            await studio.pass_time(60)
        assert (await studio.state("NEW-1"), studio.product("NEW-1")["enabled"]) == ("released", True)
        assert await studio.cases() == []


async def test_an_erp_that_is_away_delays_and_loses_nothing(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "NEW-1")
        await studio.run("products")
        studio.erp.faults.set([{"kind": "status", "status": 503, "match": "SOAP"}])
        assert "problem" in await studio.run("net", well=False)
        assert await studio.state("NEW-1") == "captured"
        studio.erp.faults.set([])
        await studio.pass_time(60)
        await studio.fetch()
        await studio.pass_time(10)
        assert await studio.state("NEW-1") == "released"


async def test_a_list_that_is_cut_off_moves_no_watermark_and_nothing_is_taken_for_gone(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "NEW-1")
        before = await studio.pairing.reference.watermark("products")
        studio.pim.faults.set([{"kind": "truncated_body", "match": "^GET /api/rest/v1/products"}])
        for flow in ("compare", "products"):
            assert "problem" in await studio.run(flow, well=False)
        assert await studio.pairing.reference.watermark("products") == before
        studio.pim.faults.set([{"kind": "short_list", "match": "^GET", "count": 4}])  # whatever is listed first
        assert (await studio.run("compare"))["gone"] == 0
        studio.pim.faults.set([])
        held, studio.pim.pim.products = studio.pim.pim.products, {}
        studio.pim.api.desk.index.rebuild()
        emptied = await studio.run("compare", well=False)
        assert "products and models that were known" in emptied["problem"]
        studio.pim.pim.products = held
        studio.pim.api.desk.index.rebuild()
        await studio.run("compare")
        await studio.round()
        assert (await studio.state("NEW-1"), "gone" in await studio.states()) == ("released", False)
        assert await studio.state("OSLO-S-BLK") == "released"


async def test_a_product_nobody_can_read_stands_in_a_case_and_stops_no_other(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "NEW-1")
        await new_product(studio, "NEW-2")
        broken = studio.pim.pim.by_sku("NEW-1")
        assert broken is not None
        broken.values["name"] = {("en_GB", None): 5}
        await studio.round()
        case = await studio.the_case("schema-surprise")
        assert [one.ref for one in await studio.pairing.cases.held(case.id)] == ["NEW-1"]
        await studio.round()
        assert (await studio.state("NEW-1"), await studio.state("NEW-2")) == ("unreadable", "released")


async def test_a_sku_that_changes_in_the_pim_never_makes_a_second_item(opened: Opener) -> None:
    async with opened() as studio:
        await studio.pim.act("rename_sku", {"product": "HP-1001", "sku": "HP-1001-X"})
        await studio.round()
        case = await studio.the_case("structure-change-blocked")
        assert "the ERP holds it as HP-1001; rename it in the ERP" in case.cause
        assert studio.item("HP-1001-X") == {}
        with pytest.raises(RemedyRefused, match="no change of its place is under way"):
            await studio.settle(case, Remedy.APPLY, reason="go on")
        await studio.erp.act("rename_item", {"sku": "HP-1001", "new_code": "HP-1001-X"})
        await studio.run("items")
        await studio.settle(case, Remedy.RETRY)
        await studio.round()
        assert (await studio.cases(), await studio.state("HP-1001-X")) == ([], "released")


async def test_two_products_that_the_erp_takes_for_one_code_both_wait(opened: Opener) -> None:
    async with opened() as studio:
        for sku in ("NEW-1", "NEW-2"):
            await new_product(studio, sku)
        studio.pim.pim.by_sku("NEW-2").values["sku"] = {(None, None): "new-1"}  # type: ignore[union-attr]
        await studio.round()
        causes = {case.subject: case.cause for case in await studio.cases("item-invalid-for-erp")}
        assert "the ERP takes new-1 for the same code" in causes["NEW-1"]
        assert "the ERP takes NEW-1 for the same code" in causes["new-1"]
        assert studio.item("NEW-1") == {}


async def test_a_product_that_a_person_takes_out_stays_out_until_it_changes(opened: Opener) -> None:
    async with opened() as studio:
        await new_product(studio, "BAD#1")
        await studio.round()
        case = await studio.the_case("item-invalid-for-erp")
        with pytest.raises(RemedyRefused, match="needs a reason"):
            await studio.settle(case, Remedy.SET_ASIDE)
        with pytest.raises(RemedyRefused, match="correct it in the PIM"):
            await studio.settle(case, Remedy.MAP_CODE, code="HP-1000")
        done = await studio.settle(case, Remedy.SET_ASIDE, "only a draft")
        assert str(done) == "Of 1 held: 1 would be taken out, until it changes in the PIM."
        assert (await studio.cases(), await studio.state("BAD#1")) == ([], "set_aside")
        await studio.pim.act("rename_sku", {"product": "BAD#1", "sku": "GOOD-1"})
        name = {"product": "GOOD-1", "attribute": "name", "value": "Lantern", "locale": "en_GB"}
        await studio.pim.act("edit_value", name)
        await studio.round()
        assert await studio.state("GOOD-1") == "released"
