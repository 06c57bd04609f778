"""Orders that wait are shown as waiting in the storefront, in plain words, and released again; once per change."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.flows.conftest import Opener
from tests.world import GHOST, NAME, ON_STOP, PLENTY, World

SHOP_HAS = {"order_fields": {"waitsFor": "string"}}
OURS = {"shop": {"order_state_field": "waitsFor"}}


@pytest.fixture
async def world(opened: Opener) -> AsyncIterator[World]:
    async with opened(shop=SHOP_HAS, system=OURS) as one:
        yield one


def shown(world: World, ref: str) -> str | None:
    found: str | None = world.sold(ref)["fields"]["waitsFor"]
    return found


async def show(world: World) -> Mapping[str, Any]:
    result = await world.run("order-states")
    assert "problem" not in result, result
    return result


def writes(world: World) -> int:
    return sum(count for label, count in world.shop.calls.items() if label.startswith("PATCH /admin/api/orders"))


async def test_a_credit_blocked_order_is_shown_with_the_reason_and_released_when_it_goes_on(world: World) -> None:
    ref, fine = await world.sell(customer=ON_STOP, po_number="X"), await world.sell((PLENTY, 1))
    await world.deliver()
    assert await show(world) == {"waiting": 1, "released": 0, "not_shown": 0}
    case = await world.the_case("account-on-stop")
    said = "Waits for finance: Account HPT1017 is on stop in the ERP: no sales orders are allowed"
    assert shown(world, ref) == f"{said} (case {case.id})."
    assert shown(world, fine) is None
    await world.erp.act("unlock_company", {"code": "HPT1017"})
    await world.run("accounts")
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert await world.state(ref) == "posted"
    assert (await show(world))["released"] == 1
    assert shown(world, ref) is None


async def test_each_change_is_told_once_and_the_order_is_not_taken_for_changed(world: World) -> None:
    ref = await world.sell((GHOST, 1))
    await world.deliver()
    await show(world)
    before = writes(world)
    for _ in range(3):
        await show(world)
        await world.deliver()  # the shop says the order changed: it did not
    assert writes(world) == before
    assert await world.state(ref) == "waiting"
    assert (await world.actions(ref)).count("read_again") == 0


async def test_several_reasons_are_all_told_and_what_does_not_fit_is_cut(world: World) -> None:
    ref = await world.sell((GHOST, 1), customer=ON_STOP)
    await world.deliver()
    await show(world)
    told = shown(world, ref) or ""
    assert "GHOST-01" in told
    assert "on stop" in told
    assert len(told) <= 255


async def test_an_order_closed_at_the_storefront_is_nobodys_to_tell(world: World) -> None:
    ref = await world.sell((GHOST, 1))
    await world.deliver()
    await world.shop.act("close_order", {"order": ref})
    assert (await show(world))["not_shown"] == 1
    assert "frozen" in (await world.order(ref))["shown_problem"]
    before = writes(world)
    await show(world)
    assert writes(world) == before


async def test_a_field_the_shop_drops_is_one_case_and_orders_go_on(opened: Opener) -> None:
    async with opened(shop={**SHOP_HAS, "read_only_fields": ["waitsFor"]}, system=OURS) as world:
        await world.sell((GHOST, 1))
        fine = await world.sell((PLENTY, 1))
        await world.deliver()
        for _ in range(2):
            assert "left waitsFor at None" in (await world.run("order-states"))["problem"]
        case = await world.the_case("credentials-rejected")
        assert "order_state_field" in case.cause
        assert await world.state(fine) == "posted"


@pytest.mark.parametrize("kind", ["lost_reply", "lost_request", "truncated_body"])
async def test_whatever_reply_is_lost_the_shop_ends_with_the_reason(world: World, kind: str) -> None:
    ref = await world.sell((GHOST, 1))
    await world.deliver()
    world.shop.faults.set([{"kind": kind, "match": "PATCH /admin/api/orders", "count": 1}])
    await world.run("order-states")
    await show(world)
    assert "GHOST-01" in (shown(world, ref) or "")


async def test_what_nobody_can_answer_for_is_not_written_for_ever(world: World) -> None:
    ref = await world.sell((GHOST, 1))
    await world.deliver()
    world.shop.faults.set([{"kind": "lost_reply", "match": "PATCH /admin/api/orders"}])
    for _ in range(8):
        await world.run("order-states")
    before = writes(world)
    await world.run("order-states")
    assert writes(world) == before
    assert "nobody can say" in (await world.order(ref))["shown_problem"]


async def test_many_orders_are_told_in_few_calls(world: World) -> None:
    await world.shop.act("set_stock", {"sku": GHOST, "quantity": 1000})
    refs = [await world.sell((GHOST, 1)) for _ in range(120)]
    await world.deliver()
    before = writes(world)
    assert (await show(world))["waiting"] == 120
    assert writes(world) - before == 2
    assert all(shown(world, ref) for ref in refs)


async def test_without_a_named_field_the_flow_is_not_there(opened: Opener) -> None:
    async with opened() as world:
        assert "order-state" not in world.project.sales[NAME].flows
