"""What shops tell becomes counts in the ERP: the newest of each shelf, once, place by place (laws L4, L8)."""

from decimal import Decimal

import pytest

from crossdock.cases.kind import Remedy
from tests.retail.conftest import Opener
from tests.retail.shops import HULL, LEEDS, MAIN, OTHER, PLENTY, SIZED, THIRD, YORK, Shops


async def test_every_shelf_is_booked_as_the_shop_counted_it(shops: Shops) -> None:
    assert shops.booked_as_told()
    assert await shops.cases() == []


async def test_a_sale_in_a_shop_lowers_the_erps_count_of_that_shop_alone(shops: Shops) -> None:
    before, leeds, main = shops.in_ledger(YORK), shops.in_ledger(LEEDS), shops.in_ledger(MAIN)
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    await shops.retail.act("sell", {"location": YORK, "sku": PLENTY, "quantity": 2})
    await shops.book()
    assert (shops.in_ledger(YORK), shops.in_ledger(LEEDS), shops.in_ledger(MAIN)) == (before + 7, leeds, main)


async def test_what_a_shop_sets_aside_is_not_taken_off_the_count(shops: Shops) -> None:
    """The ERP takes its own allocations off; what stands on the shelf is what is booked."""
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    await shops.retail.act("set_aside", {"location": YORK, "sku": PLENTY, "quantity": 4})
    await shops.book()
    assert shops.in_ledger() == shops.on_shelf()


async def test_an_available_figure_is_booked_as_what_stands_on_the_shelf(opened: Opener) -> None:
    async with opened(retail={"stock_basis_emitted": "available"}) as shops:
        await shops.well("items")
        await shops.book_all()
        assert shops.booked_as_told()


async def test_a_quiet_look_writes_nothing(shops: Shops) -> None:
    before = shops.writes()
    result = await shops.book()
    assert (shops.writes(), result["newer"]) == (before, 0)


async def test_an_older_telling_that_arrives_last_changes_nothing(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 5})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 6})
    await shops.book()
    before, writes = shops.in_ledger(), shops.writes()
    await shops.retail.act("publish_stale", {"location": YORK, "sku": PLENTY})
    result = await shops.book()
    assert (result["older"] >= 1, shops.in_ledger(), shops.writes()) == (True, before, writes)


async def test_a_parents_total_is_never_added_to_its_sub_items(opened: Opener) -> None:
    async with opened(retail={"emit_parents": True}) as shops:
        await shops.well("items")
        await shops.book_all()
        assert shops.booked_as_told()
        assert all(one["on_hand"] == 0 for one in shops.erp.state()["stock"] if one["sku"] == "OSLO")
        case = await shops.the_case("schema-surprise")
        assert ("parent-stock-refused" in case.cause, case.records) == (True, 3)


async def test_a_code_the_erp_does_not_hold_waits_alone_and_a_mapping_frees_it(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": YORK, "sku": "LEGACY-9", "quantity": 4})
    await shops.retail.act("receive_goods", {"location": LEEDS, "sku": "LEGACY-9", "quantity": 5})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 1})
    await shops.book()
    assert shops.in_ledger() == shops.on_shelf()
    case = await shops.the_case("stock-code-unknown")
    assert (case.subject, case.records) == ("LEGACY-9", 2)
    await shops.erp.act("create_item", {"sku": "NEW-9", "name": "Lamp", "net_price": "9.00"})
    rehearsal = await shops.settle(case, Remedy.MAP_CODE, code="NEW-9")
    assert str(rehearsal) == "Of 2 held: 2 would be looked at again."
    await shops.book()
    ledger = {one["site"]: one["on_hand"] for one in shops.erp.state()["stock"] if one["sku"] == "NEW-9"}
    assert (ledger["York"], ledger["Leeds"], await shops.cases()) == (4, 5, [])


async def test_an_item_that_the_erp_gets_later_is_booked_by_itself(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": YORK, "sku": "LATE-1", "quantity": 4})
    await shops.book()
    assert await shops.kinds() == {"stock-code-unknown": 1}
    await shops.erp.act("create_item", {"sku": "LATE-1", "name": "Lamp", "net_price": "9.00"})
    await shops.pass_time(3600)
    await shops.well("recheck")
    await shops.book()
    assert (await shops.cases(), [one["on_hand"] for one in shops.erp.state()["stock"] if one["sku"] == "LATE-1"]) == (
        [], [0, 0, 4, 0, 0, 0],
    )  # fmt: skip


async def test_two_codes_mapped_to_one_item_never_overwrite_each_other(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": HULL, "sku": "LEGACY-9", "quantity": 4})
    await shops.book()
    before = shops.in_ledger(HULL, OTHER)
    await shops.settle(await shops.the_case("stock-code-unknown"), Remedy.MAP_CODE, code=OTHER)
    await shops.book()
    case = await shops.the_case("stock-write-rejected")
    assert ("would overwrite the other" in case.cause, shops.in_ledger(HULL, OTHER)) == (True, before)


async def test_a_pack_is_not_counted_with_what_is_in_it(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": YORK, "sku": "KIT-DOOR", "quantity": 3})
    await shops.book()
    assert "it is a pack" in (await shops.the_case("stock-write-rejected")).cause


async def test_less_than_nothing_is_booked_as_nothing_and_told(shops: Shops) -> None:
    await shops.retail.act("correct_stock", {"location": YORK, "sku": PLENTY, "quantity": -99})
    await shops.book()
    assert shops.in_ledger() == 0
    assert "which no shelf can hold" in (await shops.the_case("stock-write-rejected")).cause
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 120})
    await shops.book()
    assert (shops.in_ledger(), await shops.cases()) == (shops.on_shelf(), [])


async def test_a_count_the_erp_refuses_waits_alone_and_goes_once_it_takes_it(shops: Shops) -> None:
    await shops.well("items")
    await shops.here.pool.execute(
        "update stock_item set document = jsonb_set(document, '{stock_controlled}', 'true') where code = 'KIT-DOOR'"
    )
    await shops.here.pool.execute(
        "update stock_item set document = jsonb_set(document, '{components}', '[]') where code = 'KIT-DOOR'"
    )
    await shops.retail.act("receive_goods", {"location": YORK, "sku": "KIT-DOOR", "quantity": 3})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 1})
    result = await shops.book()
    case = await shops.the_case("stock-write-rejected")
    assert (result["booked"], result["refused"], shops.in_ledger()) == (1, 1, shops.on_shelf())
    assert "Item not stock controlled: KIT-DOOR" in case.cause
    assert (await shops.book())["refused"] == 0  # it is not asked again for the same


async def test_a_place_that_nobody_owns_is_written_nowhere_and_told_once(opened: Opener) -> None:
    from tests.retail.shops import LOCATIONS

    without = {code: one for code, one in LOCATIONS.items() if code != HULL}
    async with opened(pairing={"locations": without}) as shops:
        await shops.well("items")
        await shops.book_all()
        case = await shops.the_case("stock-write-rejected")
        assert (case.subject, case.records) == (f"nobody owns {HULL}", 1)
        assert all(one["on_hand"] == 0 for one in shops.erp.state()["stock"] if one["site"] == "Hull")


async def test_an_erp_that_takes_no_counts_is_a_case_for_each_place_until_it_does(opened: Opener) -> None:
    async with opened(system_of={"khaos": {"optional": {"import_stock_status": False}}}) as shops:
        await shops.well("items")
        await shops.book()
        case = await shops.the_case("stock-write-rejected")
        assert (case.subject, case.records, shops.writes()) == ("khaos takes no counts", 3, 0)


async def test_a_telling_that_contradicts_itself_is_unknown_and_not_nothing(shops: Shops) -> None:
    before = shops.in_ledger()
    await shops.retail.act("publish_wrong", {"location": YORK, "sku": PLENTY, "available": 77})
    await shops.book()
    assert (shops.in_ledger(), "figure-inconsistent" in (await shops.the_case("schema-surprise")).cause) == (
        before,
        True,
    )
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 1})
    await shops.pass_time(3600)  # a look at everything says that it can be read again
    await shops.book()
    assert (shops.in_ledger(), await shops.cases()) == (shops.on_shelf(), [])


@pytest.mark.parametrize("kind", ["short_list", "truncated_body", "html_page", "lost_reply", "status"])
async def test_a_look_that_was_not_whole_changes_nothing(shops: Shops, kind: str) -> None:
    before = {(one["site"], one["sku"]): one["on_hand"] for one in shops.erp.state()["stock"]}
    await shops.retail.act("sell", {"location": YORK, "sku": PLENTY, "quantity": 1})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": THIRD, "quantity": 5})
    shops.retail.faults.set([{"kind": kind, "match": "GET /v1/stock-levels"}])
    await shops.pass_time(3600)
    result = await shops.run("retail-stock")
    assert "problem" in result
    assert {(one["site"], one["sku"]): one["on_hand"] for one in shops.erp.state()["stock"]} == before
    shops.retail.faults.set([])
    await shops.book()
    assert shops.booked_as_told()


async def test_a_page_that_comes_twice_is_taken_once(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 5})
    shops.retail.faults.set([{"kind": "duplicate_row", "match": "GET /v1/stock-levels"}])
    await shops.run("retail-stock")
    shops.retail.faults.set([])
    await shops.book()
    assert shops.booked_as_told()


async def test_figures_older_than_their_limit_are_lowered_and_never_raised(shops: Shops) -> None:
    york, leeds = shops.in_ledger(YORK), shops.in_ledger(LEEDS)
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    await shops.retail.act("count_stock", {"location": LEEDS, "sku": PLENTY, "counted": 0})
    shops.erp.faults.set([{"kind": "status", "match": "ImportStockStatus"}])
    await shops.book()  # both were heard; the batch got no answer
    shops.erp.faults.set([])
    shops.retail.faults.set([{"kind": "status", "match": "GET /v1/stock-levels"}])
    await shops.pass_time(7200)
    assert "problem" in await shops.run("retail-stock")
    assert (shops.in_ledger(YORK), shops.in_ledger(LEEDS)) == (york, 0 if leeds else leeds)
    assert "stock-stale" in await shops.kinds()
    shops.retail.faults.set([])
    await shops.book()
    await shops.pass_time(3600)
    await shops.book()
    assert (shops.booked_as_told(), await shops.cases()) == (True, [])


async def test_a_figure_that_takes_too_long_is_a_case_that_closes_itself(shops: Shops) -> None:
    await shops.pass_time(3600)
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    await shops.retail.act("sell", {"location": YORK, "sku": PLENTY, "quantity": 2, "minutes_ago": 40})
    await shops.book()
    case = await shops.the_case("stock-stale")
    assert "95 of 100 took up to" in case.cause
    await shops.pass_time(3600)
    await shops.book()
    assert await shops.cases() == []


async def test_figures_that_wait_too_long_for_the_erp_are_told_before_they_are_booked(shops: Shops) -> None:
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
    shops.erp.faults.set([{"kind": "status", "match": "ImportStockStatus", "status": 500}])
    await shops.book()
    await shops.pass_time(600)
    await shops.run("retail-stock")
    assert "1 wait to be booked, the oldest for" in (await shops.the_case("stock-stale")).cause
    shops.erp.faults.set([])
    await shops.book()
    await shops.pass_time(3600)
    await shops.book()
    assert (await shops.cases(), shops.booked_as_told()) == ([], True)


async def test_a_count_without_an_answer_is_written_again_a_few_times_and_then_waits(opened: Opener) -> None:
    async with opened(pairing={"intake": {"attempts_max": 2}}) as shops:
        await shops.well("items")
        await shops.book_all()
        await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 9})
        shops.erp.faults.set([{"kind": "lost_reply", "match": "ImportStockStatus"}])
        assert (await shops.book())["unsure"] == 1
        assert (await shops.book())["unsure"] == 1
        case = await shops.the_case("stock-write-rejected")
        assert "2 times no answer" in case.cause
        shops.erp.faults.set([])
        assert (await shops.book())["booked"] == 0  # it waits for somebody, or for the recheck
        await shops.settle(case, Remedy.RETRY)
        await shops.book()
        assert (await shops.cases(), shops.booked_as_told()) == ([], True)


async def test_one_figure_that_cannot_be_said_stops_no_other(shops: Shops) -> None:
    await shops.erp.act("create_item", {"sku": "BELL", "name": "Bell", "net_price": "9.00"})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": "BELL", "quantity": 4})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": PLENTY, "quantity": 4})
    await shops.retail.act("receive_goods", {"location": YORK, "sku": SIZED, "quantity": 4})
    await shops.well("items")
    await shops.here.pool.execute(
        "update stock_item set document = jsonb_set(document, '{code}', to_jsonb('BE' || chr(7))) where code = 'BELL'"
    )
    result = await shops.book()
    assert (result["booked"], result["refused"], shops.in_ledger()) == (2, 1, shops.on_shelf())
    assert Decimal(shops.in_ledger(YORK, SIZED)) == shops.on_shelf(YORK, SIZED)
