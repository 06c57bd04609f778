"""What left the warehouse is told to the shop: each despatch once, and in order (law L5)."""

import asyncio
from dataclasses import replace
from typing import Any

from crossdock.cases.kind import Remedy
from crossdock.flows.despatch import publish_despatch
from tests.eventually import eventually
from tests.flows.conftest import Opener
from tests.world import PLENTY, UNTAXED, World

TELLS = "^POST /admin/api/ordershippingtrackings"


async def posted(world: World, *lines: tuple[str, int]) -> str:
    ref = await world.sell(*(lines or ((PLENTY, 4), (UNTAXED, 2))))
    await world.deliver()
    assert await world.state(ref) == "posted"
    return ref


async def sweep(world: World) -> None:
    """As much later as it takes for every order to be asked about again."""
    await world.pass_time(60)
    await world.run("despatches")
    await world.work()


def told(world: World, ref: str) -> list[str]:
    return [one["number"] for one in world.sold(ref)["trackings"]]


async def test_an_order_that_left_in_one_box_is_told_once_with_its_carrier(world: World) -> None:
    ref = await posted(world)
    await world.erp.act("despatch", {"ref": ref, "consignment": "DPD-1", "courier": "DPD"})
    for _ in range(3):
        await sweep(world)
    sold = world.sold(ref)
    assert (told(world, ref), sold["trackings"][0]["method"]) == (["DPD-1"], "DPD Local")
    assert (await world.state(ref), sold["shipping_status"]) == ("despatched", "shipped")
    assert await world.broken_laws() == {}


async def test_a_part_is_told_when_it_leaves_and_the_rest_when_it_does(world: World) -> None:
    ref = await posted(world)
    await world.erp.act("despatch", {"ref": ref, "lines": [{"sku": PLENTY, "quantity": 1}], "consignment": "CN-A"})
    await sweep(world)
    assert (told(world, ref), await world.state(ref)) == (["CN-A"], "part_despatched")
    assert world.sold(ref)["shipping_status"] == "partially_shipped"
    await world.erp.act("despatch", {"ref": ref, "consignment": "CN-B"})
    await sweep(world)
    assert (told(world, ref), await world.state(ref)) == (["CN-A", "CN-B"], "despatched")
    assert await world.broken_laws() == {}


async def test_several_boxes_are_several_despatches(world: World) -> None:
    ref = await posted(world)
    await world.erp.act("despatch", {"ref": ref, "boxes": 3})
    for _ in range(3):
        await sweep(world)
    assert (len(told(world, ref)), len(set(told(world, ref)))) == (3, 3)
    assert await world.broken_laws() == {}


async def test_an_invoice_that_gets_another_code_is_not_told_again(world: World) -> None:
    ref = await posted(world)
    await world.erp.act("despatch", {"ref": ref, "lines": [{"sku": PLENTY, "quantity": 4}], "consignment": "CN-A"})
    await sweep(world)
    for index in range(len(world.posted(ref)[0]["invoices"])):
        await world.erp.act("rename_invoice", {"ref": ref, "code": f"NEW-{index}", "invoice": index})
    await sweep(world)
    assert told(world, ref) == ["CN-A"]


async def test_a_lost_reply_to_the_telling_is_not_told_twice(world: World) -> None:
    ref = await posted(world)
    world.shop.faults.set([{"kind": "lost_reply", "match": TELLS, "count": 1}])
    await world.erp.act("despatch", {"ref": ref, "consignment": "CN-A"})
    await sweep(world)
    await sweep(world)
    assert (told(world, ref), await world.cases()) == (["CN-A"], [])
    assert await world.broken_laws() == {}


async def test_a_lost_telling_is_told_again(world: World) -> None:
    ref = await posted(world)
    world.shop.faults.set([{"kind": "lost_request", "match": TELLS, "count": 1}])
    await world.erp.act("despatch", {"ref": ref, "consignment": "CN-A"})
    await sweep(world)
    assert told(world, ref) == []
    await sweep(world)
    assert told(world, ref) == ["CN-A"]


async def test_while_a_telling_is_under_way_nobody_tells_it_too(world: World) -> None:
    ref = await posted(world)
    world.shop.faults.set([{"kind": "latency", "seconds": 3600.0, "match": TELLS}])
    await world.erp.act("despatch", {"ref": ref, "consignment": "CN-A"})
    await world.pass_time(60)
    await world.run("despatches")
    telling = asyncio.create_task(
        publish_despatch(world.pairing, await world.here.pool.fetchval("select id from despatch"))
    )
    await eventually(lambda: world.shop.calls["POST /admin/api/ordershippingtrackings"])
    await world.here.pool.execute("update despatch set look_at = now() - interval '1 s'")
    await eventually(lambda: world.here.pool.fetchval("select look_at > now() from despatch"))
    assert await world.pairing.despatches.due(10) == []
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)


async def test_despatches_of_one_order_are_told_in_the_order_they_left(world: World, monkeypatch: Any) -> None:
    ref = await posted(world)
    await world.erp.act("despatch", {"ref": ref, "lines": [{"sku": PLENTY, "quantity": 1}], "consignment": "FIRST"})
    await world.pass_time(60)
    await world.run("despatches")
    await world.erp.act("despatch", {"ref": ref, "consignment": "SECOND"})
    await world.here.pool.execute("update sales_order set checked_at = null")
    await world.run("despatches")
    ids = [row["id"] for row in await world.here.pool.fetch("select id from despatch order by id")]
    before = await world.actions(ref)
    for _ in range(3):
        await publish_despatch(world.pairing, ids[1])
    assert (told(world, ref), await world.actions(ref)) == ([], before)  # it waits, and fills no trail with waiting
    await publish_despatch(world.pairing, ids[0])
    await publish_despatch(world.pairing, ids[1])
    assert told(world, ref) == ["FIRST", "SECOND"]


async def test_a_stage_nobody_knows_is_a_case_and_the_neighbours_flow(world: World) -> None:
    odd, neighbour = await posted(world), await posted(world)
    await world.erp.act("stage", {"ref": odd, "stage_id": 4242})
    await world.erp.act("despatch", {"ref": neighbour, "consignment": "CN-N"})
    await sweep(world)
    assert (told(world, neighbour), (await world.the_case("schema-surprise")).records) == (["CN-N"], 1)
    await world.erp.act("stage", {"ref": odd, "stage_id": 9})
    await sweep(world)
    assert await world.cases() == []


async def test_an_order_cancelled_in_the_erp_is_told_to_a_person_once(world: World) -> None:
    ref = await posted(world)
    await world.erp.act("cancel", {"ref": ref, "reason": "Customer request"})
    await sweep(world)
    await sweep(world)
    case = await world.the_case("despatch-missed")
    assert (await world.state(ref), "Customer request" in case.cause) == ("cancelled", True)
    await world.settle(case, Remedy.ACCEPT, "the customer rang us")
    assert await world.cases() == []
    assert (world.sold(ref)["internal_status"], told(world, ref)) == ("open", [])


async def test_an_order_the_list_leaves_out_is_asked_for_by_name_before_anybody_is_told(
    world: World, monkeypatch: Any
) -> None:
    ref = await posted(world)

    async def forgetful(_: Any) -> dict[str, Any]:
        return {}

    monkeypatch.setattr(world.pairing.erp, "read_fulfilments", forgetful)
    await sweep(world)
    assert (await world.cases(), await world.state(ref)) == ([], "posted")


async def test_an_order_the_erp_no_longer_has_is_a_case_until_it_has_it_again_or_a_person_accepts(world: World) -> None:
    ref = await posted(world)
    order_id, order = next((key, one) for key, one in world.erp.store.orders.items() if one.associated_ref == ref)
    del world.erp.store.orders[order_id]
    index = world.erp.store.orders_by_ref.pop(ref)
    await sweep(world)
    assert (await world.the_case("despatch-missed")).subject == ref
    world.erp.store.orders[order_id], world.erp.store.orders_by_ref[ref] = order, index
    await sweep(world)
    assert await world.cases() == []
    del world.erp.store.orders[order_id], world.erp.store.orders_by_ref[ref]
    await sweep(world)
    await world.settle(await world.the_case("despatch-missed"), Remedy.ACCEPT, "deleted by hand, refunded")
    await sweep(world)
    assert await world.cases() == []


async def test_an_order_just_posted_that_the_erp_does_not_list_yet_is_no_case(world: World, monkeypatch: Any) -> None:
    ref = await posted(world)

    async def nothing(_: Any) -> Any:
        return None

    monkeypatch.setattr(world.pairing.erp, "find_order", nothing)
    monkeypatch.setattr(world.pairing.erp, "read_fulfilments", lambda refs: _empty())
    await world.run("despatches")
    assert (await world.cases(), await world.state(ref)) == ([], "posted")


async def _empty() -> dict[str, Any]:
    return {}


async def test_a_courier_without_a_carrier_holds_the_telling_and_not_the_order_and_goes_out_once_mapped(
    opened: Opener,
) -> None:
    async with opened(pairing={"maps": {"courier": {"DPD Local": "dpd"}}}) as world:
        ref = await posted(world)
        await world.erp.act("despatch", {"ref": ref, "consignment": "PALLET-1", "courier": "PAL"})
        await sweep(world)
        case = await world.the_case("carrier-unmapped")
        assert (told(world, ref), case.subject) == ([], "Pallet network")
        await world.settle(case, Remedy.MAP_CODE, code="pallets")
        await sweep(world)
        assert (told(world, ref), await world.state(ref), await world.cases()) == (["PALLET-1"], "despatched", [])


async def test_what_the_shop_refuses_is_a_case_and_is_told_once_it_would_hear(world: World) -> None:
    """A closed order takes a tracking and no shipping status."""
    ref = await posted(world)
    await world.shop.act("close_order", {"order": ref})
    await world.erp.act("despatch", {"ref": ref, "consignment": "CN-A"})
    await sweep(world)
    case = await world.the_case("despatch-incomplete")
    assert (world.sold(ref)["shipping_status"] != "shipped", case.subject) == (True, ref)
    reopen(world, ref)
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    await world.pass_time(1)
    assert (world.sold(ref)["shipping_status"], told(world, ref)) == ("shipped", ["CN-A"])
    assert await world.cases("despatch-incomplete") == []


async def test_a_person_may_take_it_that_the_shop_is_never_told(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("close_order", {"order": ref})
    await world.erp.act("despatch", {"ref": ref, "consignment": "CN-A"})
    await sweep(world)
    await world.settle(await world.the_case("despatch-incomplete"), Remedy.ACCEPT, "the customer has it in hand")
    await sweep(world)
    state = await world.here.pool.fetchval("select state from despatch")
    assert (state, await world.cases("despatch-incomplete")) == ("dropped", [])


def reopen(world: World, ref: str) -> None:
    row = world.shop.shop.store["orders"].rows[world.sold(ref)["id"]]
    row.relations["internalStatus"] = {"type": "orderinternalstatuses", "id": "open"}


async def test_a_total_that_became_another_in_the_erp_is_a_case_before_it_leaves_and_closes_when_put_right(
    world: World,
) -> None:
    ref = await posted(world)
    order = next(one for one in world.erp.store.orders.values() if one.associated_ref == ref)
    right = order.delivery
    order.delivery = replace(right, net=right.net + 5, tax=right.tax + 1)
    await sweep(world)
    case = await world.the_case("total-conflict")
    assert (case.subject, "6.00" in case.cause) == (ref, True)
    order.delivery = right
    await sweep(world)
    assert await world.cases() == []


async def test_two_looks_at_a_despatch_whose_teller_died_tell_it_once(world: World) -> None:
    """The dead worker's job comes back from the queue just when the net asks for one of its own."""
    ref = await posted(world)
    await world.erp.act("despatch", {"ref": ref, "consignment": "DPD-1", "courier": "DPD"})
    await world.pass_time(60)
    await world.run("despatches")
    await world.here.pool.execute("update despatch set state = 'sending', look_at = now() - interval '1 second'")
    [despatch_id] = [row["id"] for row in await world.here.pool.fetch("select id from despatch")]
    world.shop.faults.set([{"kind": "latency", "match": TELLS, "seconds": 1.0}])
    first = asyncio.create_task(publish_despatch(world.pairing, despatch_id))
    await eventually(lambda: _attempts(world, 1))
    await publish_despatch(world.pairing, despatch_id)
    await first
    assert told(world, ref) == ["DPD-1"]


async def _attempts(world: World, count: int) -> bool:
    return bool(await world.here.pool.fetchval("select attempts = $1 from despatch", count))
