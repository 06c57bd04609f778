"""What never tried: every id that the shop lists is accounted for, or somebody is told (law L9)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crossdock.api.hooks import Trickle, take
from crossdock.cases.kind import Remedy
from crossdock.flows.capture import FEED
from crossdock.flows.completeness import run_completeness
from crossdock.model.faults import RemoteFault
from tests.flows.conftest import Opener
from tests.flows.test_reading import event
from tests.world import GHOST, UNLINKED, World

LIST = r"^GET /admin/api/orders"
AT_ONCE: Mapping[str, Any] = {"completeness": {"settle_seconds": 0}}
ROW = 24  # orders that make a row of numbers long enough to learn from


@pytest.fixture
async def shop(opened: Opener) -> AsyncIterator[World]:
    """A world where nothing is too young to be missing, and whose shop signs its events."""
    async with opened(system={"shop": {"webhook_secret": "${SHOP_SECRET}"}}, pairing=AT_ONCE) as world:
        yield world


async def sell(world: World, count: int) -> list[str]:
    """Shoppers order, one thing each, one after the other."""
    return [await world.sell() for _ in range(count)]


async def count(world: World) -> Mapping[str, Any]:
    report = await run_completeness(world.pairing)
    assert report is not None
    return report


def storefront(report: Mapping[str, Any], *names: str) -> list[int]:
    return [report["storefront"][name] for name in names]


async def test_a_green_light_means_that_every_id_is_accounted_for(shop: World) -> None:
    await sell(shop, 3)
    await shop.sell((GHOST, 1))
    await shop.sell(customer=UNLINKED)
    await shop.deliver()
    await shop.pass_time(60)
    report = await count(shop)
    assert report["green"]
    assert storefront(report, "listed", "settled", "in_case", "waiting", "unheld", "left_out") == [5, 3, 2, 0, 0, 0]
    assert (report["erp"]["posted"], report["erp"]["seen"], report["erp"]["missing"]) == (3, 3, 0)
    assert await shop.run("completeness") == {"green": True, "listed": 5, "never_arrived": 0}


async def test_an_order_deleted_before_it_was_ever_read_is_reported_as_never_arrived(shop: World) -> None:
    await sell(shop, ROW // 2)
    gone = await shop.sell()
    await shop.shop.act("delete_order", {"order": gone})
    await sell(shop, ROW // 2)
    await shop.deliver()
    report = await count(shop)
    assert (report["green"], report["missing"]) == (False, [gone])
    case = await shop.the_case("record-never-arrived")
    assert (case.records, case.desk, case.subject) == (1, "integration", f"shop {gone}")
    before, after = str(int(gone) - 1), str(int(gone) + 1)
    assert case.cause.startswith(f"Order {gone} of shop never arrived: its number lies between {before} (")
    assert f") and {after} (" in case.cause
    assert case.cause.endswith("and shop has no such order now.")


async def test_looked_at_again_it_is_the_same_case_and_no_second_one(shop: World) -> None:
    gone = await a_hole(shop)
    for _ in range(3):
        assert (await count(shop))["missing"] == gone
    assert len(await shop.cases("record-never-arrived", state=None)) == 1
    assert (await shop.the_case("record-never-arrived")).records == len(gone)


async def a_hole(world: World, size: int = 1) -> list[str]:
    """Orders that were deleted before anybody read them, amid others."""
    await sell(world, ROW // 2)
    gone = await sell(world, size)
    for ref in gone:
        await world.shop.act("delete_order", {"order": ref})
    await sell(world, ROW // 2)
    await world.deliver()
    return gone


async def test_a_hole_of_several_is_one_case(shop: World) -> None:
    gone = await a_hole(shop, 3)
    await count(shop)
    case = await shop.the_case("record-never-arrived")
    assert (case.records, case.subject) == (3, f"shop {gone[0]} to {gone[-1]}")
    assert case.cause.startswith(f"Orders {gone[0]} to {gone[-1]} of shop never arrived: their numbers lie between")


async def test_what_a_person_accepts_is_counted_and_told_no_more(shop: World) -> None:
    gone = await a_hole(shop, 2)
    await count(shop)
    case = await shop.the_case("record-never-arrived")
    rehearsal = await shop.settle(case, Remedy.ACCEPT, "two test orders of the agency")
    assert str(rehearsal) == "Of 2 held: 2 would be counted as left out."
    assert await shop.cases("record-never-arrived") == []
    report = await count(shop)
    assert (report["green"], report["missing"]) == (True, [])
    listed = {one.number: one.left_out for one in await shop.pairing.completeness.left_out(10)}
    assert listed == dict.fromkeys(gone, "accepted: two test orders of the agency (mary@harbour.example)")


async def test_asking_again_leaves_what_is_still_not_there(shop: World) -> None:
    await a_hole(shop)
    await count(shop)
    case = await shop.the_case("record-never-arrived")
    rehearsal = await shop.settle(case, Remedy.RETRY)
    assert str(rehearsal) == "Of 1 held: 1 would be asked for once more."
    assert (await shop.the_case("record-never-arrived")).id == case.id


async def test_an_order_the_sweep_can_no_longer_reach_is_taken(shop: World) -> None:
    """As when somebody moved the watermark, or the shop handed out a change it had made long ago."""
    first = await shop.sell()
    await shop.deliver()
    late = await shop.sell()
    await shop.pairing.reference.move_watermark(FEED, datetime.now(UTC) + timedelta(hours=1))
    await shop.run("orders")
    assert await shop.order(late) == {}
    report = await count(shop)
    assert (report["taken"], report["green"], storefront(report, "never_arrived")) == ([late], True, [0])
    assert "is yet to come" in report["notes"][0]
    await shop.work()
    assert {await shop.state(ref) for ref in (first, late)} == {"posted"}


async def test_a_record_from_the_future_does_not_make_the_sweeps_blind(shop: World) -> None:
    shop.shop.skew = timedelta(days=400)
    await shop.sell()
    await shop.run("orders")
    shop.shop.skew = timedelta(0)
    ref = await shop.sell()
    await shop.deliver()
    assert await shop.state(ref) == "posted"


async def test_an_order_the_next_sweep_still_reaches_is_left_to_it_and_is_no_green_light(shop: World) -> None:
    await shop.sell()
    await shop.run("orders")
    await shop.sell()
    report = await count(shop)
    assert (report["green"], *storefront(report, "listed", "behind")) == (False, 2, 1)
    await shop.deliver()
    assert (await count(shop))["green"]


async def test_what_is_too_young_is_on_its_way(world: World) -> None:
    await world.sell()
    report = await count(world)
    assert (report["green"], *storefront(report, "listed", "on_its_way")) == (True, 1, 1)


@pytest.mark.parametrize("page_size", [2, 100])
async def test_a_list_that_was_cut_short_is_no_count_and_the_next_run_goes_on(opened: Opener, page_size: int) -> None:
    async with opened(system={"shop": {"page_size": page_size}}, pairing=AT_ONCE) as world:
        await sell(world, 5)
        await world.deliver()
        world.shop.faults.set([{"kind": "truncated_body", "match": LIST, "after": 1 if page_size == 2 else 0}])
        with pytest.raises(RemoteFault):
            await count(world)
        assert await world.pairing.completeness.last() is None
        world.shop.faults.reset()
        report = await count(world)
        assert (report["green"], *storefront(report, "listed", "settled")) == (True, 5, 5)


async def test_a_run_that_was_killed_goes_on_from_the_part_it_had_read(opened: Opener) -> None:
    async with opened(system={"shop": {"page_size": 2}}, pairing=AT_ONCE) as world:
        refs = await sell(world, 7)
        for days, ref in enumerate(reversed(refs)):
            await world.shop.act("age_order", {"order": ref, "days": days / 10})
        await world.deliver()
        world.shop.faults.set([{"kind": "status", "status": 500, "match": LIST, "after": 3}])
        with pytest.raises(RemoteFault):
            await count(world)
        world.shop.faults.reset()
        before = sum(many for call, many in world.shop.calls.items() if call.startswith("GET /admin/api/orders"))
        report = await count(world)
        after = sum(many for call, many in world.shop.calls.items() if call.startswith("GET /admin/api/orders"))
        assert (report["green"], *storefront(report, "listed", "settled")) == (True, 7, 7)
        assert after - before <= 3


async def test_a_run_begins_where_the_last_one_ended_however_long_ago(opened: Opener) -> None:
    settings = {"completeness": {"settle_seconds": 0, "window_hours": 1}}
    async with opened(pairing=settings) as world:
        await world.sell()
        await world.deliver()
        first = await count(world)
        await world.here.pool.execute("update completeness_run set until = until - interval '9 days'")
        await world.here.pool.execute("update sales_order set changed_at = changed_at - interval '9 days'")
        second = await count(world)
        assert second["since"] == first["until"] - timedelta(days=9)
        assert any("reaches back 9 days" in note for note in second["notes"])


async def test_two_workers_do_not_count_at_once(shop: World) -> None:
    await shop.run("orders")
    await shop.sell()
    await shop.deliver()
    async with shop.pairing.completeness.run(
        now=datetime.now(UTC), window=timedelta(hours=1), settle=timedelta(0), start_from=None
    ):
        assert await shop.run("completeness") == {"skipped": "another worker is at it"}


async def test_what_filters_leave_out_is_counted_and_listed_by_the_settings_that_do(opened: Opener) -> None:
    async with opened(pairing={**AT_ONCE, "orders": {"start_from": "2026-01-01T00:00:00Z"}}) as world:
        old = await world.sell()
        await world.shop.act("age_order", {"order": old, "days": 400})
        await world.shop.act("touch_order", {"order": old})
        await world.sell()
        await world.deliver()
        report = await count(world)
        assert (report["green"], *storefront(report, "listed", "settled", "left_out")) == (True, 2, 1, 1)
        assert report["left_out"] == [{"setting": "pairings.oro-khaos.orders.start_from", "orders": 1}]
        assert [one.number for one in await world.pairing.completeness.left_out(10)] == [old]


async def test_an_order_that_waits_and_no_case_says_why_is_no_green_light(shop: World) -> None:
    ref = await shop.sell((GHOST, 1))
    await shop.deliver()
    await shop.here.pool.execute("delete from case_hold")
    report = await count(shop)
    assert (await shop.state(ref), report["green"], *storefront(report, "unheld")) == ("waiting", False, 1)


async def test_a_despatch_that_nobody_told_and_nobody_holds_is_no_green_light(shop: World) -> None:
    ref = await shop.sell()
    await shop.deliver()
    await shop.erp.act("despatch", {"ref": ref})
    await shop.run("despatches")
    report = await count(shop)
    assert (report["green"], report["despatches"]["stuck"]) == (False, 1)
    await shop.work()
    report = await count(shop)
    assert (report["green"], report["despatches"]["told"], report["despatches"]["stuck"]) == (True, 1, 0)


async def test_an_order_the_erp_lost_is_found_even_where_despatches_are_not_looked_for(opened: Opener) -> None:
    flows = {"flows": ["order-entry", "stock-publication", "completeness"], **AT_ONCE}
    async with opened(pairing=flows, system={"khaos": {"settle_seconds": 0}}) as world:
        ref = await world.sell()
        await world.deliver()
        order_id = next(key for key, one in world.erp.store.orders.items() if one.associated_ref == ref)
        del world.erp.store.orders[order_id], world.erp.store.orders_by_ref[ref]
        await world.pass_time(60)
        report = await count(world)
        assert (report["erp"]["missing"], (await world.the_case("despatch-missed")).subject) == (1, ref)


async def test_an_order_that_was_read_and_is_gone_there_is_named(shop: World) -> None:
    refs = await sell(shop, 2)
    await shop.deliver()
    await shop.shop.act("delete_order", {"order": refs[0]})
    assert (await count(shop))["gone"] == [refs[0]]


async def test_before_the_first_sweep_there_is_nothing_to_count(world: World) -> None:
    assert await world.run("completeness") == {"skipped": "the storefront's orders have not been read yet"}


# events


async def hear(world: World, ref: str) -> None:
    headers, raw = event(world, ref)
    await take(world.here, "shop", headers, raw, trickle=Trickle())


async def test_an_event_of_an_order_that_could_never_be_fetched_is_evidence(shop: World) -> None:
    ref = await shop.sell()
    identity = shop.sold(ref)["id"]
    await hear(shop, ref)
    await shop.shop.act("delete_order", {"order": ref})
    await shop.work()
    report = await count(shop)
    assert (report["missing"], report["green"]) == ([identity], False)
    case = await shop.the_case("record-never-arrived")
    assert (case.subject, case.records) == (f"shop order key {identity}", 1)
    assert "an event (order.created) spoke of it on " in case.cause


async def test_an_event_of_an_order_that_came_by_the_sweep_is_forgotten(shop: World) -> None:
    ref = await shop.sell()
    shop.shop.faults.set([{"kind": "status", "status": 503, "match": r"GET /admin/api/orders/\d"}])
    await hear(shop, ref)
    await shop.work()
    shop.shop.faults.reset()
    await shop.deliver()
    assert (await count(shop))["green"]
    assert await shop.here.pool.fetchval("select count(*) from order_hint") == 0


async def test_an_event_that_falls_into_a_hole_is_evidence_of_that_hole_and_one_case(shop: World) -> None:
    await sell(shop, ROW // 2)
    gone = await shop.sell()
    await hear(shop, gone)
    await shop.shop.act("delete_order", {"order": gone})
    await sell(shop, ROW // 2)
    await shop.deliver()
    await count(shop)
    case = await shop.the_case("record-never-arrived")
    assert (case.subject, case.records) == (f"shop {gone}", 2)
    assert "; an event (order.created) spoke of it on " in case.cause
    await shop.settle(case, Remedy.ACCEPT, "a test order")
    assert (await count(shop))["green"]
    assert len(await shop.cases("record-never-arrived", state=None)) == 1


async def test_an_event_told_of_first_keeps_its_case_when_the_hole_shows(shop: World) -> None:
    await sell(shop, ROW)
    await shop.deliver()
    gone = await shop.sell()
    await hear(shop, gone)
    await shop.shop.act("delete_order", {"order": gone})
    await count(shop)
    first = await shop.the_case("record-never-arrived")
    assert first.records == 1
    await shop.sell()
    await shop.deliver()
    await count(shop)
    case = await shop.the_case("record-never-arrived")
    assert (case.id, case.records) == (first.id, 2)
    assert f"Order {gone} of shop never arrived" in case.cause


async def test_what_was_accepted_by_its_key_is_not_told_again_by_its_number(shop: World) -> None:
    await sell(shop, ROW)
    await shop.deliver()
    gone = await shop.sell()
    await hear(shop, gone)
    await shop.shop.act("delete_order", {"order": gone})
    await count(shop)
    await shop.settle(await shop.the_case("record-never-arrived"), Remedy.ACCEPT, "a test order")
    await shop.sell()
    await shop.deliver()
    report = await count(shop)
    assert (report["green"], await shop.cases("record-never-arrived")) == (True, [])


# numbers


async def test_a_number_that_a_filter_leaves_out_is_no_hole(shop: World) -> None:
    await sell(shop, ROW // 2)
    born_elsewhere = await shop.sell()
    row = next(one for one in shop.shop.shop.store["orders"].rows.values()
               if one.attributes["identifier"] == born_elsewhere)  # fmt: skip
    row.attributes["external"] = True
    shop.shop.shop.store.touch(row)
    await sell(shop, ROW // 2)
    await shop.deliver()
    report = await count(shop)
    assert (report["green"], report["left_out"]) == (True, [{"setting": "systems.shop.skip_external", "orders": 1}])


async def test_a_hole_that_turns_out_to_be_there_is_taken_and_its_case_closes(shop: World) -> None:
    """It was out of the list for a while, as when its customer was merged."""
    await sell(shop, ROW // 2)
    hidden = await shop.sell()
    table = shop.shop.shop.store["orders"]
    row = next(one for one in table.rows.values() if one.attributes["identifier"] == hidden)
    table.remove(row)
    await sell(shop, ROW // 2)
    await shop.deliver()
    assert (await count(shop))["missing"] == [hidden]
    table.insert(row)
    report = await count(shop)
    assert (report["taken"], report["green"]) == ([hidden], True)
    assert await shop.cases("record-never-arrived") == []
    await shop.work()
    assert await shop.state(hidden) == "posted"


async def test_a_short_past_teaches_nothing(shop: World) -> None:
    await sell(shop, 3)
    gone = await shop.sell()
    await shop.shop.act("delete_order", {"order": gone})
    await sell(shop, 3)
    await shop.deliver()
    report = await count(shop)
    assert (report["green"], report["missing"]) == (True, [])
    assert "20 are needed" in report["numbers"][0]["learning"]


async def test_numbers_are_left_alone_where_the_settings_say_so(opened: Opener) -> None:
    async with opened(pairing={"completeness": {"settle_seconds": 0, "numbers": False}}) as world:
        await a_hole(world)
        report = await count(world)
        assert (report["green"], report["numbers"]) == (True, [])


async def test_what_cannot_be_asked_for_in_one_run_is_no_green_light_and_the_next_run_goes_on(
    shop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crossdock.flows.never_arrived.ASKED_MAX", 1)
    first = await a_hole(shop)
    second = await a_hole(shop)
    report = await count(shop)
    assert (report["green"], storefront(report, "never_arrived", "unasked")) == (False, [1, 1])
    await count(shop)
    assert {case.subject for case in await shop.cases("record-never-arrived")} == {
        f"shop {first[0]}",
        f"shop {second[0]}",
    }


async def test_a_shop_that_has_no_thin_list_is_read_whole_and_a_hole_is_told_unasked(shop: World) -> None:
    (gone,) = await a_hole(shop)
    heard = await shop.sell()
    identity = shop.sold(heard)["id"]
    await shop.pairing.completeness.hear([identity], topic="order.created")
    can = shop.pairing.storefront_can - {"OrderIndex", "OrderNumberIndex"}
    plain = replace(shop.pairing, storefront_can=can)
    report = await run_completeness(plain)
    assert report is not None
    assert (report["storefront"]["listed"], report["missing"], heard in report["taken"]) == (ROW + 1, [gone], True)
    assert (await shop.the_case("record-never-arrived")).cause.endswith("and shop cannot be asked for it.")
    report = await run_completeness(plain)
    assert report is not None
    assert report["storefront"]["behind"] == 0


async def test_a_hint_of_an_order_that_a_setting_leaves_out_is_forgotten(opened: Opener) -> None:
    async with opened(pairing={**AT_ONCE, "orders": {"start_from": "2026-01-01T00:00:00Z"}}) as world:
        old = await world.sell()
        identity = world.sold(old)["id"]
        await world.shop.act("age_order", {"order": old, "days": 400})
        await world.run("orders")
        await world.pairing.completeness.hear([identity], topic="order.updated")
        assert (await count(world))["green"]
        assert [one.left_out for one in await world.pairing.completeness.left_out(9)] == [
            "pairings.oro-khaos.orders.start_from"
        ]
        await count(world)
        assert await world.here.pool.fetchval("select count(*) from order_hint") == 0
