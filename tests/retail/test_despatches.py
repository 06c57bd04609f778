"""What leaves a shop for an order of the ERP is booked there: each once, whole or in part, in one parcel or several."""

from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from tests.retail.conftest import Opener
from tests.retail.shops import OTHER, PLENTY, YORK, Shops


async def sold(shops: Shops, quantity: int = 2, sku: str = PLENTY, **more: Any) -> str:
    """An order by telephone that the shop in York shall send."""
    shelf = shops.on_shelf(YORK, sku)
    if shelf < 20:
        await shops.retail.act("receive_goods", {"location": YORK, "sku": sku, "quantity": 20})
        await shops.book()
    order = await shops.erp.act("sell", {"sku": sku, "quantity": quantity, "site": "York", **more})
    return str(order["code"])


async def left(shops: Shops, order: str, quantity: int = 2, sku: str = PLENTY, **more: Any) -> str:
    """It leaves the shop; returns the despatch's number."""
    lines = [{"sku": sku, "quantity": quantity}]
    told = await shops.retail.act("dispatch_order", {"order_ref": order, "lines": lines, **more})
    return str(told["dispatch_id"])


async def take(shops: Shops) -> None:
    await shops.pass_time(60)
    await shops.well("retail-despatches")
    await shops.work()


def order_of(shops: Shops, code: str) -> dict[str, Any]:
    return next(one for one in shops.erp.state()["orders"] if one["code"] == code)


def boxes(shops: Shops, code: str) -> list[str]:
    return [box["consignment"] for invoice in order_of(shops, code)["invoices"] for box in invoice["boxes"]]


async def states(shops: Shops) -> dict[str, str]:
    rows = await shops.here.pool.fetch("select key, state from retail_despatch")
    return {row["key"]: row["state"] for row in rows}


async def test_a_despatch_closes_the_erps_order_with_its_courier_and_its_number(desks: Shops) -> None:
    code = await sold(desks)
    number = await left(desks, code, tracking_numbers=["1Z-1"])
    await take(desks)
    assert (order_of(desks, code)["complete"], boxes(desks, code)) == (True, ["1Z-1"])
    assert order_of(desks, code)["invoices"][0]["boxes"][0]["courier"] == "DPD"
    assert (await states(desks), await desks.cases()) == ({number: "closed"}, [])


async def test_a_part_and_the_rest_are_booked_each_once_in_their_own_parcels(desks: Shops) -> None:
    code = await sold(desks, 5)
    await left(desks, code, 2, part=True, tracking_numbers=["1Z-1", "1Z-2"])
    await take(desks)
    assert (order_of(desks, code)["complete"], sorted(boxes(desks, code))) == (False, ["1Z-1", "1Z-2"])
    await left(desks, code, 3, tracking_numbers=["1Z-3"])
    await take(desks)
    await take(desks)
    assert (order_of(desks, code)["complete"], sorted(boxes(desks, code))) == (True, ["1Z-1", "1Z-2", "1Z-3"])


async def test_goods_that_left_for_an_order_are_taken_off_the_ledger_once(desks: Shops) -> None:
    """The shelf falls at once, the ERP's order goes on holding the goods: they must not be taken off twice."""
    code = await sold(desks)
    before = desks.in_ledger()
    await left(desks, code)
    await desks.book()
    assert desks.in_ledger() == before  # the order holds two of them, so both are still there for the ERP
    await desks.work()
    assert (order_of(desks, code)["complete"], desks.in_ledger()) == (True, before - 2)
    await desks.book()
    assert desks.in_ledger() == desks.on_shelf() == before - 2


async def test_a_shelf_booked_before_its_despatch_was_heard_comes_out_right(desks: Shops) -> None:
    code = await sold(desks)
    desks.retail.faults.set([{"kind": "status", "match": "GET /v1/dispatches"}])
    await left(desks, code)
    await desks.pass_time(60)
    await desks.run("retail-stock")
    desks.retail.faults.set([])
    await take(desks)
    await desks.book()
    await desks.book()
    assert (order_of(desks, code)["complete"], desks.in_ledger()) == (True, desks.on_shelf())


async def test_a_courier_that_nobody_mapped_leaves_the_order_open_and_a_mapping_frees_it(desks: Shops) -> None:
    code = await sold(desks)
    await left(desks, code, carrier="pigeon", service="loft")
    await take(desks)
    case = await desks.the_case("carrier-unmapped")
    assert (case.subject, boxes(desks, code)) == ("pigeon/loft", [])
    await desks.settle(case, Remedy.MAP_CODE, code="PFW")
    await desks.work()
    assert (order_of(desks, code)["complete"], await desks.cases()) == (True, [])


async def test_a_despatch_without_a_number_waits_until_it_is_put_right(desks: Shops) -> None:
    code = await sold(desks)
    number = await left(desks, code, tracked="missing")
    await take(desks)
    case = await desks.the_case("despatch-incomplete")
    assert (case.subject, "no parcel has a tracking number" in case.cause, boxes(desks, code)) == (code, True, [])
    await desks.retail.act("amend_dispatch", {"dispatch_id": number, "tracking_numbers": ["1Z-9"]})
    await take(desks)
    assert (boxes(desks, code), await desks.cases()) == (["1Z-9"], [])


async def test_what_will_never_be_traceable_is_booked_under_our_key(desks: Shops) -> None:
    code = await sold(desks)
    number = await left(desks, code, tracked="untracked")
    await take(desks)
    assert (order_of(desks, code)["complete"], boxes(desks, code)) == (True, [number])


async def test_an_order_that_the_erp_does_not_know_waits(desks: Shops) -> None:
    await left(desks, "SO999999")
    await take(desks)
    case = await desks.the_case("despatch-incomplete")
    assert "khaos knows no such order" in case.cause
    await desks.settle(case, Remedy.ACCEPT, "it was a test of the till")
    assert (set((await states(desks)).values()), await desks.cases()) == ({"dropped"}, [])


async def test_an_order_cancelled_in_the_erp_whose_goods_left_is_told(desks: Shops) -> None:
    code = await sold(desks)
    await left(desks, code)
    await desks.erp.act("cancel", {"ref": code})
    await take(desks)
    case = await desks.the_case("despatch-missed")
    assert f"its goods left {YORK}, and it is cancelled there" in case.cause


async def test_an_order_closed_by_hand_meanwhile_is_booked_no_second_time(desks: Shops) -> None:
    code = await sold(desks)
    await left(desks, code)
    await desks.erp.act("despatch", {"ref": code, "consignment": "BY-HAND"})
    await take(desks)
    assert (boxes(desks, code), set((await states(desks)).values())) == (["BY-HAND"], {"closed"})


async def test_a_despatch_called_off_before_it_was_booked_is_not_booked(desks: Shops) -> None:
    code = await sold(desks)
    number = await left(desks, code, carrier="pigeon")
    await take(desks)
    await desks.retail.act("cancel_dispatch", {"dispatch_id": number})
    await take(desks)
    await desks.pass_time(3600)
    await desks.well("recheck")
    assert (await states(desks), boxes(desks, code), await desks.cases()) == ({number: "called_off"}, [], [])
    await desks.book()
    assert desks.in_ledger() == desks.on_shelf()


async def test_a_despatch_amended_after_it_was_booked_is_a_case_and_never_a_second_booking(desks: Shops) -> None:
    code = await sold(desks)
    number = await left(desks, code, tracking_numbers=["1Z-1"])
    await take(desks)
    await desks.retail.act("amend_dispatch", {"dispatch_id": number, "tracking_numbers": ["1Z-2"]})
    await take(desks)
    case = await desks.the_case("despatch-incomplete")
    assert ("its parcels are 1Z-2 now" in case.cause, boxes(desks, code)) == (True, ["1Z-1"])
    await desks.retail.act("amend_dispatch", {"dispatch_id": number, "tracking_numbers": ["1Z-1"]})
    await take(desks)
    assert (await desks.cases(), boxes(desks, code)) == ([], ["1Z-1"])


async def test_a_lost_answer_is_looked_for_and_never_booked_twice(desks: Shops) -> None:
    code = await sold(desks, 4)
    await left(desks, code, 2, part=True, tracking_numbers=["1Z-1"])
    desks.erp.faults.set([{"kind": "lost_reply", "match": "ImportDespatches", "count": 1}])
    await take(desks)
    assert (boxes(desks, code), set((await states(desks)).values())) == (["1Z-1"], {"closing"})
    await desks.pass_time(3600)
    await desks.well("net")
    await desks.work()
    assert (boxes(desks, code), set((await states(desks)).values())) == (["1Z-1"], {"closed"})


async def test_an_erp_that_never_answers_is_asked_a_few_times_and_then_somebody_is(desks: Shops) -> None:
    code = await sold(desks)
    await left(desks, code)
    desks.erp.faults.set([{"kind": "lost_request", "match": "ImportDespatches"}])
    await take(desks)
    for _ in range(8):
        await desks.pass_time(60)
        await desks.well("net")
        await desks.work()
    case = await desks.the_case("despatch-incomplete")
    assert "6 times no answer" in case.cause
    desks.erp.faults.set([])
    await desks.settle(case, Remedy.RETRY)
    await desks.work()
    assert (order_of(desks, code)["complete"], await desks.cases()) == (True, [])


async def test_an_erp_that_takes_no_despatches_is_a_case_for_each_and_closes_when_somebody_books_it(
    opened: Opener,
) -> None:
    async with opened(pairing=COURIERS) as shops:
        await shops.well("items")
        await shops.book_all()
        code = await sold(shops)
        await left(shops, code)
        await take(shops)
        assert "khaos takes no despatches with its settings" in (await shops.the_case("despatch-incomplete")).cause
        await shops.erp.act("despatch", {"ref": code})
        await shops.pass_time(3600)
        await shops.well("recheck")
        await shops.work()
        assert (await shops.cases(), set((await states(shops)).values())) == ([], {"closed"})
        await shops.book()
        assert shops.in_ledger() == shops.on_shelf()


async def test_an_order_known_to_the_shops_by_our_reference_is_found_by_it(opened: Opener) -> None:
    from tests.connectors.khaos_control.support import PAID_ORDER

    ours = {**COURIERS, "despatch": {"order_ref": "ours"}}
    async with opened(system_of=DESKS_SYSTEM, erp=DESKS_ERP, pairing=ours) as shops:
        await shops.well("items")
        outcome = await shops.here.connectors["khaos"].create_order(PAID_ORDER)  # type: ignore[attr-defined]
        lines = [{"sku": one.stock_code, "quantity": str(one.quantity)} for one in PAID_ORDER.lines]
        told = {"order_ref": PAID_ORDER.ref, "lines": lines, "location": "Main Warehouse"}
        await shops.retail.act("dispatch_order", told)
        await take(shops)
        assert (order_of(shops, outcome.their_ref)["complete"], await shops.cases()) == (True, [])


@pytest.mark.parametrize("kind", ["short_list", "truncated_body"])
async def test_a_list_cut_short_moves_no_watermark(desks: Shops, kind: str) -> None:
    codes = [await sold(desks) for _ in range(3)]
    await take(desks)
    mark = await desks.pairing.reference.watermark("retail-despatches")
    for code in codes:
        await left(desks, code)
    desks.retail.faults.set([{"kind": kind, "match": "GET /v1/dispatches"}])
    assert "problem" in await desks.run("retail-despatches")
    assert await desks.pairing.reference.watermark("retail-despatches") == mark
    desks.retail.faults.set([])
    await take(desks)
    assert all(order_of(desks, code)["complete"] for code in codes)


async def test_a_despatch_missed_by_every_look_is_found_by_the_sweep_and_closed_once(desks: Shops) -> None:
    code = await sold(desks)
    await take(desks)
    await left(desks, code)
    await desks.here.pool.execute(
        "update watermark set at = now() + interval '2 days' where feed = 'retail-despatches'"
    )
    await desks.run("retail-despatches")
    await desks.work()
    assert boxes(desks, code) == []
    for _ in range(2):
        result = await desks.well("retail-missed")
        await desks.work()
    assert (len(boxes(desks, code)), result["missed"], await desks.cases()) == (1, 0, [])


async def test_what_both_sides_are_done_with_and_disagree_on_is_a_case_that_closes_itself(desks: Shops) -> None:
    code = await sold(desks, 3)
    await left(desks, code, 2)  # the last of it, says the shop
    await take(desks)
    await desks.well("retail-missed")
    assert await desks.cases() == []  # booked a moment ago: that proves nothing yet
    await desks.pass_time(3600)
    await desks.well("retail-missed")
    case = await desks.the_case("despatch-missed")
    assert "the ERP holds it open" in case.cause
    await desks.erp.act("despatch", {"ref": code})
    await desks.well("retail-missed")
    assert await desks.cases() == []


async def test_orders_that_are_no_trade_are_left_out_of_the_sweep_and_counted(desks: Shops) -> None:
    await desks.erp.act("create_company", {"name": "Own house", "code": "OWN1", "class_name": "Internal"})
    await sold(desks, 1, company_code="OWN1")
    await sold(desks, 1)
    result = await desks.well("retail-missed")
    assert (result["open"], result["left_out"], await desks.cases()) == (2, {"Internal": 1}, [])


async def test_an_open_order_that_cannot_be_read_is_told_and_stops_no_other(desks: Shops) -> None:
    strange, plain = await sold(desks), await sold(desks, 1, OTHER)
    await desks.erp.act("stage", {"ref": strange, "stage_id": 33})
    await left(desks, plain, 1, OTHER)
    await desks.well("retail-missed")
    await desks.work()
    assert (order_of(desks, plain)["complete"], "stage 33" in (await desks.the_case("schema-surprise")).cause) == (
        True, True,
    )  # fmt: skip
    await desks.erp.act("stage", {"ref": strange, "stage_id": 10})
    await desks.well("retail-missed")
    assert await desks.cases() == []


COURIERS: dict[str, Any] = {"maps": {"courier": {"dpd/next-day": "DPD"}}}
DESKS_SYSTEM: dict[str, Any] = {
    "khaos": {"optional": {"import_stock_status": True, "book_despatch": "ImportDespatches", "list_open_orders": True}}
}
DESKS_ERP: dict[str, Any] = {"optional_operations": ("ImportStockStatus", "ImportDespatches")}
