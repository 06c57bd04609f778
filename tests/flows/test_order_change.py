"""A cancellation or amendment of a posted order is decided by where the order stands in the ERP (law L6)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows.order_change import look_at_change
from crossdock.flows.wish import RemedyRefused
from crossdock.store.lookups import find_stories
from tests.flows.conftest import Opener
from tests.world import GHOST, PLENTY, UNTAXED, World

BOTH = {"amend_order": True, "cancel_order": True}
SERVER = {"optional_operations": ["AmendOrder", "CancelOrder"]}
CANCEL, AMEND = "SOAP CancelOrder", "SOAP AmendOrder"


@pytest.fixture
async def able(opened: Opener) -> AsyncIterator[World]:
    """A Khaos Control that lets us cancel and amend."""
    async with opened(erp=SERVER, system={"khaos": {"optional": BOTH}}) as one:
        yield one


async def posted(world: World, *lines: tuple[str, int]) -> str:
    ref = await world.sell(*(lines or [(PLENTY, 2)]))
    await world.deliver()
    assert await world.state(ref) == "posted"
    return ref


async def changes(world: World) -> list[tuple[str, str]]:
    """(state, what) of every change, oldest first."""
    rows = await world.here.pool.fetch("select state, document ->> 'what' as what from order_change order by id")
    return [(row["state"], row["what"]) for row in rows]


def quantities(world: World, ref: str) -> dict[str, int]:
    (order,) = world.posted(ref)
    return {line["sku"]: line["quantity"] for line in order["lines"]}


# before the floor began


async def test_an_order_cancelled_at_the_shop_before_picking_is_cancelled_in_the_erp_once(able: World) -> None:
    ref = await posted(able)
    await able.shop.act("cancel_order", {"order": ref})
    for _ in range(3):
        await able.deliver()
        await able.pass_time(600)
    assert (able.posted(ref)[0]["cancelled"] is not None, await able.state(ref)) == (True, "cancelled")
    assert (able.erp.calls[CANCEL], await changes(able), await able.cases()) == (1, [("applied", "cancelled")], [])
    assert await able.broken_laws() == {}


async def test_the_story_of_an_order_tells_what_was_asked_for_and_what_became_of_it(able: World) -> None:
    ref = await posted(able)
    await able.shop.act("cancel_order", {"order": ref})
    for _ in range(3):
        await able.deliver()
        await able.pass_time(600)
    (story,) = await find_stories(able.here.pool, able.here.tenant, ref)
    (wish,) = story.changes
    assert (wish.what, wish.state, wish.answered_at is not None) == ("cancelled", "applied", True)


async def test_fewer_and_other_goods_are_amended_as_the_shop_has_them_to_the_penny(able: World) -> None:
    ref = await posted(able, (PLENTY, 5))
    await able.shop.act("change_order", {"order": ref, "quantity": 2, "add": {"sku": UNTAXED, "quantity": 3}})
    await able.deliver()
    assert (quantities(able, ref), able.erp.calls[AMEND]) == ({PLENTY: 2, UNTAXED: 3}, 1)
    assert able.posted(ref)[0]["gross_total"] == f"{float(able.sold(ref)['total']):.2f}"
    assert (await able.state(ref), await able.cases()) == ("posted", [])
    await able.run("despatches")
    assert await able.cases() == []
    assert await able.broken_laws() == {}


async def test_what_was_amended_is_in_the_trail_as_more_and_less(able: World) -> None:
    ref = await posted(able, (PLENTY, 5))
    await able.shop.act("change_order", {"order": ref, "quantity": 2})
    await able.deliver()
    rows = await able.here.pool.fetch(
        "select detail ->> 'delta' as delta from audit_entry where action = 'change_send'"
    )
    assert [row["delta"].partition(", total")[0] for row in rows] == [f"3 fewer of {PLENTY}"]


async def test_two_changes_in_a_row_leave_the_erp_with_the_last_word(able: World) -> None:
    ref = await posted(able, (PLENTY, 5))
    for quantity in (4, 7, 3):
        await able.shop.act("change_order", {"order": ref, "quantity": quantity})
        await able.run("orders")
    for _ in range(3):  # one after the other
        await able.pass_time(60)
    assert quantities(able, ref) == {PLENTY: 3}
    assert {state for state, _ in await changes(able)} <= {"applied", "moot"}
    assert (able.erp.calls[AMEND], await able.cases()) == (1, [])


async def test_a_change_taken_back_before_it_was_looked_at_touches_nothing(able: World) -> None:
    ref = await posted(able, (PLENTY, 5))
    for quantity in (4, 5):
        await able.shop.act("change_order", {"order": ref, "quantity": quantity})
        await able.run("orders")
    await able.work()
    await able.pass_time(60)
    assert (quantities(able, ref), able.erp.calls[AMEND]) == ({PLENTY: 5}, 0)
    assert {state for state, _ in await changes(able)} == {"moot"}


async def test_a_change_to_goods_the_erp_does_not_hold_waits_for_them_and_is_then_made(able: World) -> None:
    ref = await posted(able)
    await able.shop.act("change_order", {"order": ref, "add": {"sku": GHOST, "quantity": 1}})
    await able.deliver()
    assert (await able.the_case("stock-code-unknown")).subject == GHOST
    assert quantities(able, ref) == {PLENTY: 2}
    await able.erp.act("create_item", {"sku": GHOST, "name": "Lantern", "net_price": "24", "on_hand": 50})
    await able.settle(await able.the_case("stock-code-unknown"), Remedy.RETRY)
    await able.work()
    assert (quantities(able, ref), await able.cases()) == ({PLENTY: 2, GHOST: 1}, [])


async def test_an_erp_order_that_is_no_longer_what_was_posted_is_never_overwritten(able: World) -> None:
    ref = await posted(able, (PLENTY, 5))
    able.erp.store.orders_by_ref[ref].delivery = (
        able.erp.store.orders_by_ref[ref].lines[0].amount
    )  # the desk charged more
    await able.shop.act("change_order", {"order": ref, "quantity": 2})
    await able.deliver()
    case = await able.the_case("order-changed-after-posting")
    assert "is not as it was posted" in case.cause
    assert (quantities(able, ref), able.erp.calls[AMEND]) == ({PLENTY: 5}, 0)


# once it began


async def test_once_picking_began_a_cancellation_is_refused_and_the_desk_is_told(able: World) -> None:
    ref = await posted(able)
    await able.erp.act("pick", {"ref": ref})
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    case = await able.the_case("change-refused-picking")
    assert ("Picking" in case.cause, case.desk) == (True, "operations")
    assert (able.posted(ref)[0]["cancelled"], able.erp.calls[CANCEL]) == (None, 0)
    assert (await changes(able), await able.state(ref)) == ([("refused", "cancelled")], "posted")
    assert await able.broken_laws() == {}


@pytest.mark.parametrize("stage", [12, 13, 14, 15, 16, 20])
async def test_no_stage_of_the_floor_lets_a_change_through_even_where_the_erp_would(opened: Opener, stage: int) -> None:
    everywhere = {**SERVER, "editable_stages": [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21]}
    async with opened(erp=everywhere, system={"khaos": {"optional": BOTH}}) as world:
        ref = await posted(world, (PLENTY, 5))
        await world.erp.act("stage", {"ref": ref, "stage_id": stage})
        await world.shop.act("change_order", {"order": ref, "quantity": 2})
        await world.deliver()
        await world.shop.act("cancel_order", {"order": ref})
        await world.deliver()
        assert (quantities(world, ref), world.posted(ref)[0]["cancelled"]) == ({PLENTY: 5}, None)
        assert {state for state, _ in await changes(world)} == {"refused"}
        assert (await world.the_case("change-refused-picking")).records == 2


async def test_an_order_whose_first_box_left_is_refused_whole(able: World) -> None:
    ref = await posted(able, (PLENTY, 5))
    await able.erp.act("despatch", {"ref": ref, "lines": [{"sku": PLENTY, "quantity": 2}]})
    await able.run("despatches")
    await able.work()
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    assert (await able.the_case("change-refused-picking")).subject == ref
    assert (await able.state(ref), able.erp.calls[CANCEL]) == ("part_despatched", 0)


async def test_a_cancellation_after_everything_left_is_refused_too_and_does_not_vanish(able: World) -> None:
    ref = await posted(able)
    await able.erp.act("despatch", {"ref": ref})
    await able.run("despatches")
    await able.work()
    assert await able.state(ref) == "despatched"
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    assert (await able.the_case("change-refused-picking")).subject == ref


async def test_the_shop_closing_an_order_that_left_is_no_change(able: World) -> None:
    ref = await posted(able)
    await able.erp.act("despatch", {"ref": ref})
    await able.run("despatches")
    await able.work()
    await able.shop.act("close_order", {"order": ref})
    await able.deliver()
    assert ([state for state, _ in await changes(able)], await able.cases()) == (["moot"], [])


async def test_the_shop_shows_why_where_it_has_a_field_for_it(opened: Opener) -> None:
    shop, field = {"order_fields": {"change_answer": "string"}}, {"change_refusal_field": "change_answer"}
    async with opened(shop=shop, erp=SERVER, system={"khaos": {"optional": BOTH}, "shop": field}) as world:
        ref = await posted(world, (PLENTY, 5))
        await world.erp.act("pick", {"ref": ref})
        await world.shop.act("change_order", {"order": ref, "quantity": 2})
        await world.deliver()
        assert "the storefront shows why" in (await world.the_case("change-refused-picking")).cause
        assert "Picking" in world.sold(ref)["fields"]["change_answer"]
        await world.deliver()
        assert len(await changes(world)) == 1  # our own note is no change of the customer's


async def test_a_refused_cancellation_closes_itself_once_the_floor_stopped_the_order(able: World) -> None:
    ref = await posted(able)
    await able.erp.act("pick", {"ref": ref})
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    await able.erp.act("cancel", {"ref": ref, "reason": "stopped at the bench"})
    await able.pass_time(3600)
    await able.run("recheck")
    assert (await able.state(ref), await able.cases()) == ("cancelled", [])


async def test_what_was_refused_is_accepted_with_a_reason_and_the_trail_says_who(able: World) -> None:
    ref = await posted(able)
    await able.erp.act("pick", {"ref": ref})
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    case = await able.the_case("change-refused-picking")
    with pytest.raises(RemedyRefused, match="needs a reason"):
        await able.settle(case, Remedy.ACCEPT)
    told = await able.settle(case, Remedy.ACCEPT, "the customer will send it back")
    assert ("1 would be taken as they are" in str(told), await able.cases()) == (True, [])
    await able.deliver()
    assert (await able.state(ref), await able.cases()) == ("posted", [])


async def test_a_retry_after_the_floor_let_go_applies_it(able: World) -> None:
    ref = await posted(able)
    await able.erp.act("pick", {"ref": ref})
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    await able.erp.act("stage", {"ref": ref, "stage_id": 10})
    await able.pass_time(3600)
    await able.run("recheck")
    assert len(await able.cases()) == 1  # only a person says that the floor may be overtaken after all
    await able.settle(await able.the_case("change-refused-picking"), Remedy.RETRY)
    assert (await able.state(ref), await able.cases()) == ("cancelled", [])


# an ERP that lets nobody change orders


async def test_without_the_ability_a_person_makes_the_change_and_says_so(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("cancel_order", {"order": ref})
    await world.deliver()
    case = await world.the_case("order-changed-after-posting")
    assert "by hand" in case.cause
    with pytest.raises(RemedyRefused, match="does not show the change yet"):
        await world.settle(case, Remedy.APPLY, "done")
    await world.erp.act("cancel", {"ref": ref, "reason": "web cancellation"})
    told = await world.settle(case, Remedy.APPLY, "done in the ERP")
    assert ("1 would be taken as made in the ERP" in str(told)) is True
    assert (await world.state(ref), await world.cases()) == ("cancelled", [])


async def test_a_change_made_by_hand_closes_its_case_by_itself(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("cancel_order", {"order": ref})
    await world.deliver()
    await world.erp.act("cancel", {"ref": ref, "reason": "web cancellation"})
    await world.run("despatches")  # the sweep leaves an order alone that a change is about
    await world.pass_time(3600)
    await world.run("recheck")
    assert (await world.state(ref), await world.cases()) == ("cancelled", [])


async def test_an_amendment_made_by_hand_closes_its_case_and_is_what_was_posted_from_then_on(world: World) -> None:
    ref = await posted(world, (PLENTY, 5))
    await world.shop.act("change_order", {"order": ref, "quantity": 2})
    await world.deliver()
    case = await world.the_case("order-changed-after-posting")
    with pytest.raises(RemedyRefused, match="does not show the change yet"):
        await world.settle(case, Remedy.APPLY, "done")
    by_hand(world, ref, 2)
    await world.pass_time(3600)
    await world.run("recheck")
    assert (await world.cases(), [state for state, _ in await changes(world)]) == ([], ["applied"])
    await world.run("despatches")
    assert await world.cases() == []  # the total read back is the one that was agreed
    assert await world.broken_laws() == {}


def by_hand(world: World, ref: str, quantity: int) -> None:
    """The desk types another quantity into the order."""
    line = world.erp.store.orders_by_ref[ref].lines[0]
    share = Decimal(quantity) / line.quantity
    line.amount = replace(line.amount, net=line.amount.net * share, tax=line.amount.tax * share)
    line.quantity = Decimal(quantity)


async def test_a_person_refuses_a_change_and_the_order_goes_out_as_it_is(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("change_order", {"order": ref, "quantity": 5})
    await world.deliver()
    case = await world.the_case("order-changed-after-posting")
    await world.settle(case, Remedy.REFUSE, "made to order")
    assert ([state for state, _ in await changes(world)], await world.cases()) == (["refused"], [])
    await world.erp.act("despatch", {"ref": ref})
    await world.run("despatches")
    await world.work()
    assert await world.state(ref) == "despatched"
    assert await world.broken_laws() == {}


async def test_a_person_may_not_apply_what_the_floor_has_begun(world: World) -> None:
    ref = await posted(world)
    await world.shop.act("cancel_order", {"order": ref})
    await world.deliver()
    case = await world.the_case("order-changed-after-posting")
    await world.erp.act("pick", {"ref": ref})
    with pytest.raises(RemedyRefused, match="the floor has begun"):
        await world.settle(case, Remedy.APPLY, "quickly")
    await world.pass_time(3600)
    await world.run("recheck")
    assert [one.kind for one in await world.cases()] == ["change-refused-picking"]


# trouble on the way


@pytest.mark.parametrize("knob", ["lost_reply", "html_page", "lost_request", "truncated_body"])
async def test_a_lost_answer_is_looked_up_and_the_cancellation_made_once(able: World, knob: str) -> None:
    ref = await posted(able)
    able.erp.faults.set([{"kind": knob, "match": CANCEL, "count": 1}])
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    assert (await changes(able))[0][0] == "sending"
    for _ in range(3):
        await able.pass_time(10)
    assert (able.posted(ref)[0]["cancelled"] is not None, await able.state(ref)) == (True, "cancelled")
    assert (await changes(able), await able.cases()) == ([("applied", "cancelled")], [])


@pytest.mark.parametrize("knob", ["lost_reply", "lost_request"])
async def test_a_lost_answer_to_an_amendment_is_looked_up_too(able: World, knob: str) -> None:
    ref = await posted(able, (PLENTY, 5))
    able.erp.faults.set([{"kind": knob, "match": AMEND, "count": 1}])
    await able.shop.act("change_order", {"order": ref, "quantity": 2})
    await able.deliver()
    for _ in range(3):
        await able.pass_time(10)
    assert (quantities(able, ref), await able.cases()) == ({PLENTY: 2}, [])
    assert able.erp.calls[AMEND] == (1 if knob == "lost_reply" else 2)


async def test_what_nobody_can_say_ends_before_a_person_who_may_send_it_again(able: World) -> None:
    ref = await posted(able)
    able.erp.faults.set([{"kind": "lost_request", "match": CANCEL}])
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    for _ in range(12):
        await able.pass_time(30)
    case = await able.the_case("order-changed-after-posting")
    assert "nobody can say whether it was made" in case.cause
    tried = able.erp.calls[CANCEL]
    assert tried == 5
    await able.pass_time(3600)
    await able.run("recheck")
    await able.work()
    assert able.erp.calls[CANCEL] == tried  # a re-check looks; it does not send
    able.erp.faults.set([])
    await able.settle(case, Remedy.APPLY, "the line is up again")
    assert (await able.state(ref), await able.cases()) == ("cancelled", [])


async def test_the_lights_going_out_after_the_send_was_recorded_loses_nothing(able: World, monkeypatch: Any) -> None:
    ref = await posted(able)

    async def lights_out(_: Any) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as dark:
        dark.setattr(able.pairing.erp, "cancel_order", lights_out)
        await able.shop.act("cancel_order", {"order": ref})
        await able.deliver()
    assert (await changes(able))[0][0] == "sending"
    await able.pass_time(30)
    assert (await able.state(ref), await able.cases()) == ("cancelled", [])


async def test_two_workers_at_one_change_make_it_once(able: World) -> None:
    ref = await posted(able)
    await able.shop.act("cancel_order", {"order": ref})
    await able.run("orders")
    (row,) = await able.here.pool.fetch("select id from order_change")
    await asyncio.gather(*(look_at_change(able.pairing, row["id"]) for _ in range(8)))
    await able.work()
    assert (able.erp.calls[CANCEL], await able.state(ref)) == (1, "cancelled")


async def test_an_order_cancelled_while_it_is_being_posted_is_posted_then_cancelled(able: World) -> None:
    able.erp.faults.set([{"kind": "lost_reply", "match": "SOAP ImportOrders", "count": 1}])
    ref = await able.sell()
    await able.deliver()
    assert await able.state(ref) == "posting"
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    for _ in range(3):
        await able.pass_time(10)
    assert (await able.state(ref), able.posted(ref)[0]["cancelled"] is not None) == ("cancelled", True)
    assert await able.broken_laws() == {}


async def test_an_order_cancelled_before_it_was_posted_is_withdrawn_as_ever(able: World) -> None:
    ref = await able.sell((GHOST, 1))
    await able.deliver()
    await able.shop.act("cancel_order", {"order": ref})
    await able.deliver()
    assert (await able.state(ref), await changes(able), await able.cases()) == ("withdrawn", [], [])
