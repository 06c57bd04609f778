"""A send that nobody can vouch for is looked up, never guessed (law L10)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.order_entry import look_at_order
from crossdock.flows.wish import RemedyRefused
from crossdock.model.faults import DataFault
from tests.eventually import eventually
from tests.world import World

SENDS = "SOAP ImportOrders"
SETTLED = 10.0


def sends(world: World, ref: str) -> int:
    return int(world.erp.state()["imports_by_ref"].get(ref, 0))


async def lose(world: World, **knob: Any) -> None:
    world.erp.faults.set([{"match": SENDS, **knob}])


async def test_a_lost_reply_is_found_by_a_look_up_and_not_sent_again(world: World) -> None:
    await lose(world, kind="lost_reply", count=1)
    ref = await world.sell()
    await world.deliver()
    assert await world.state(ref) == "posting"
    await world.pass_time(SETTLED)
    assert (await world.state(ref), len(world.posted(ref)), sends(world, ref)) == ("posted", 1, 1)
    assert await world.broken_laws() == {}


async def test_a_lost_request_is_sent_again_only_once_the_erp_has_settled(world: World) -> None:
    await lose(world, kind="lost_request", count=1)
    ref = await world.sell()
    await world.deliver()
    row = await world.order(ref)
    await look_at_order(world.pairing, row["id"])  # too soon: "not found" proves nothing yet
    assert (await world.state(ref), sends(world, ref)) == ("posting", 0)
    await world.pass_time(SETTLED)
    assert (await world.state(ref), len(world.posted(ref)), sends(world, ref)) == ("posted", 1, 1)
    assert await world.actions(ref) == ["capture", "send", "send_again", "accept"]


async def test_a_page_instead_of_an_answer_proves_nothing_either(world: World) -> None:
    await lose(world, kind="html_page", count=1)
    ref = await world.sell()
    await world.deliver()
    assert await world.state(ref) == "posting"
    await world.pass_time(SETTLED)
    assert (await world.state(ref), sends(world, ref)) == ("posted", 1)


async def test_a_crash_between_the_record_and_the_send_is_made_good(world: World, monkeypatch: Any) -> None:
    async def lights_out(_: Any) -> None:
        raise asyncio.CancelledError

    ref = await world.sell()
    await world.run("orders")
    with monkeypatch.context() as dark:
        dark.setattr(world.pairing.erp, "create_order", lights_out)
        with pytest.raises(asyncio.CancelledError):
            await look_at_order(world.pairing, (await world.order(ref))["id"])
    assert (await world.state(ref), sends(world, ref)) == ("posting", 0)
    await world.pass_time(SETTLED)
    assert (await world.state(ref), len(world.posted(ref))) == ("posted", 1)


async def test_while_a_send_is_under_way_nobody_looks_and_nobody_sends_again(world: World) -> None:
    """It takes far longer than the ERP takes to settle: a look would find nothing, and that would prove nothing."""
    await lose(world, kind="latency", seconds=3600.0)
    ref = await world.sell()
    await world.run("orders")
    order_id = (await world.order(ref))["id"]
    sending = asyncio.create_task(look_at_order(world.pairing, order_id))
    await eventually(lambda: world.erp.calls[SENDS])
    await world.here.pool.execute("update sales_order set look_at = now() - interval '1 s', sent_at = '2020-01-01'")
    overdue = "select look_at < now() or sent_at < now() - interval '1 day' from sales_order"
    await eventually(lambda: world.here.pool.fetchval(f"select not ({overdue})"))  # the sender said: still at it
    assert await world.pairing.orders.due(10) == []
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert world.erp.calls[SENDS] == 1


async def test_a_slow_reply_is_waited_for(world: World) -> None:
    await lose(world, kind="slow_reply", seconds=0.3, count=1)
    ref = await world.sell()
    await world.deliver()
    assert (await world.state(ref), sends(world, ref)) == ("posted", 1)


async def test_too_many_is_obeyed_and_tried_again_without_a_look_up(world: World) -> None:
    await lose(world, kind="status", status=429, retry_after=0.05, count=3)
    ref = await world.sell()
    await world.deliver()
    for _ in range(3):
        await world.pass_time(SETTLED)
    row = await world.order(ref)
    assert (row["state"], row["attempts"], sends(world, ref)) == ("posted", 1, 1)
    assert world.erp.calls["SOAP ExportOrderStatusEx"] == 0


async def test_an_order_sent_too_often_waits_for_a_person_and_one_who_finds_it_adopts_it(opened: Any) -> None:
    async with opened(pairing={"orders": {"attempts_max": 2}}) as world:
        await lose(world, kind="lost_request")
        ref = await world.sell()
        await world.deliver()
        for _ in range(3):
            await world.pass_time(SETTLED)
        row = await world.order(ref)
        case = await world.the_case("order-outcome-unknown")
        assert (row["state"], row["attempts"], row["look_at"], case.subject) == ("posting", 2, None, ref)
        await world.settle(case, Remedy.ADOPT, "found as SO777 by its telephone number", erp_ref="SO777")
        assert (await world.state(ref), (await world.order(ref))["erp_ref"]) == ("posted", "SO777")
        assert await world.cases() == []


async def test_a_look_up_that_cannot_be_made_now_is_made_later(world: World) -> None:
    world.erp.faults.set(
        [
            {"match": SENDS, "kind": "lost_reply", "count": 1},
            {"match": "ExportOrderStatusEx", "kind": "status", "status": 503, "count": 4},
        ]
    )
    ref = await world.sell()
    await world.deliver()
    await world.pass_time(SETTLED)
    assert await world.state(ref) == "posting"
    await world.pass_time(SETTLED)
    assert (await world.state(ref), sends(world, ref)) == ("posted", 1)


async def test_a_person_asks_to_look_again_and_then_to_send_again(opened: Any) -> None:
    async with opened(pairing={"orders": {"attempts_max": 1}}) as world:
        await lose(world, kind="lost_request", count=1)
        ref = await world.sell()
        await world.deliver()
        await world.pass_time(SETTLED)
        await world.settle(await world.the_case("order-outcome-unknown"), Remedy.RETRY)
        await world.work()
        assert (await world.state(ref), sends(world, ref)) == ("posting", 0)  # asked, and still not to be found
        await world.settle(await world.the_case("order-outcome-unknown"), Remedy.SEND_AGAIN, "they searched, it is not")
        await world.pass_time(0)
        assert (await world.state(ref), sends(world, ref)) == ("posted", 1)
        assert await world.cases() == []


async def test_an_order_given_up_for_lost_that_turns_up_is_accepted_when_a_person_asks(opened: Any) -> None:
    async with opened(pairing={"orders": {"attempts_max": 1}}) as world:
        await lose(world, kind="lost_request", count=1)
        ref = await world.sell()
        await world.deliver()
        await world.pass_time(SETTLED)
        resolved = (await world.pairing.orders.load((await world.order(ref))["id"])).resolved
        assert resolved is not None
        await world.pairing.erp.create_order(resolved)  # the lost request arrives after all
        await world.settle(await world.the_case("order-outcome-unknown"), Remedy.RETRY)
        await world.work()
        assert (await world.state(ref), sends(world, ref), await world.cases()) == ("posted", 1, [])


async def test_send_again_needs_a_reason(opened: Any) -> None:
    async with opened(pairing={"orders": {"attempts_max": 1}}) as world:
        await lose(world, kind="lost_request")
        await world.sell()
        await world.deliver()
        await world.pass_time(SETTLED)
        with pytest.raises(RemedyRefused, match="needs a reason"):
            await world.settle(await world.the_case("order-outcome-unknown"), Remedy.SEND_AGAIN)


async def test_a_different_order_under_our_number_is_a_case_and_is_left_alone(world: World) -> None:
    seen = await world.sell()
    await world.deliver()
    resolved = (await world.pairing.orders.load((await world.order(seen))["id"])).resolved
    assert resolved is not None
    await world.pairing.erp.create_order(replace(resolved, ref="4711"))  # by somebody else's hand
    ref = await world.sell(("HP-1002", 9), identifier="4711")
    await world.deliver()
    case = await world.the_case("duplicate-order-ref")
    assert (ref, await world.state(ref), case.subject, len(world.posted(ref))) == ("4711", "waiting", "4711", 1)
    assert "total" in case.cause
    await world.pass_time(3600)
    await world.run("recheck")
    assert (await world.state(ref), len(await world.cases())) == ("waiting", 1)  # a re-check alone does not free it
    await world.settle(case, Remedy.ADOPT, "it is the one, re-priced by phone", erp_ref=world.posted(ref)[0]["code"])
    assert (await world.state(ref), await world.cases()) == ("posted", [])


async def test_an_order_that_changed_while_it_was_being_sent_keeps_its_case_when_the_answer_comes(world: World) -> None:
    await lose(world, kind="lost_reply", count=1)
    ref = await world.sell()
    await world.deliver()
    await world.shop.act("change_order", {"order": ref, "po_number": "PO-LATE"})
    await world.run("orders")
    for _ in range(2):  # the answer, and then the change
        await world.pass_time(SETTLED)
    assert await world.state(ref) == "posted"
    assert (await world.the_case("order-changed-after-posting")).subject == ref


async def test_what_the_erp_says_and_nobody_understands_is_a_case_and_is_asked_again(
    world: World, monkeypatch: Any
) -> None:
    async def riddle(_: str) -> None:
        raise DataFault("INVOICE_STAGE", "stage 99 is none we know")

    await lose(world, kind="lost_reply", count=1)
    ref = await world.sell()
    await world.deliver()
    with monkeypatch.context() as odd:
        odd.setattr(world.pairing.erp, "find_order", riddle)
        await world.pass_time(SETTLED)
    assert (await world.the_case("schema-surprise")).records == 1
    await world.pass_time(61)
    assert (await world.state(ref), await world.cases()) == ("posted", [])
