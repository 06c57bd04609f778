"""A system that is down: its breaker opens, one case says so, and all of it comes back by itself."""

from typing import Any

import pytest

from crossdock.model.faults import Transient
from crossdock.ports.runtime import Priority
from crossdock.wiring import work
from tests.eventually import eventually
from tests.flows.conftest import Opener
from tests.world import World

QUICK = {"budget": {"concurrency": 8, "requests_per_second": 400, "breaker_failures": 4, "breaker_seconds": 0.3}}
ERP_FLOWS = ("items", "accounts", "despatches", "stock")


async def fails(world: World, flow: str) -> bool:
    return "problem" in await world.run(flow)


async def closed_circuit(world: World) -> Any:
    """Whether the breaker lets a call through: polled, for it opens by the clock."""

    async def calls() -> bool:
        try:
            async with world.here.gates["khaos"].call(Priority.READ):
                return True
        except Transient:
            return False

    return await eventually(calls)


@pytest.mark.parametrize("kind", ["lost_request", "status"])
async def test_an_erp_that_is_down_is_one_case_and_everything_comes_back_by_itself(opened: Opener, kind: str) -> None:
    async with opened(system={"khaos": QUICK}) as world:
        await world.sell()
        await world.deliver()  # so that there is something to ask about
        world.erp.faults.set([{"kind": kind}])
        refs = [await world.sell() for _ in range(3)]
        await world.run("orders")
        for _ in range(3):
            for flow in ERP_FLOWS:
                assert await fails(world, flow), flow
            await world.work()
        for _ in range(15):
            await world.pass_time(60)
        case = await world.the_case("system-unreachable")
        assert (case.subject, {one.kind for one in await world.cases()}) == ("khaos", {"system-unreachable"})
        world.erp.faults.reset()
        await closed_circuit(world)
        for flow in ERP_FLOWS:
            assert not await fails(world, flow), flow
        for _ in range(3):
            await world.pass_time(3600)
            await world.run("recheck")
            await world.work()
        assert {await world.state(ref) for ref in refs} == {"posted"}
        assert await world.cases() == []
        assert await world.broken_laws() == {}


async def test_while_the_circuit_is_open_nothing_is_called(opened: Opener) -> None:
    slow = {"budget": {**QUICK["budget"], "breaker_seconds": 600}}
    async with opened(system={"khaos": slow}) as world:
        world.erp.faults.set([{"kind": "status", "status": 500, "match": "Import"}, {"kind": "lost_request"}])
        await world.run("items")
        await world.run("items")
        made = sum(world.erp.calls.values())
        ref = await world.sell()
        await world.deliver()
        assert await fails(world, "items")
        assert (sum(world.erp.calls.values()), await world.state(ref)) == (made, "captured")


async def test_a_rejected_credential_is_a_case_at_once_that_names_the_setting(opened: Opener) -> None:
    async with opened() as world:
        world.shop.faults.set([{"kind": "status", "status": 403, "match": "^GET /admin/api"}])
        assert await fails(world, "orders")
        case = await world.the_case("credentials-rejected")
        assert (case.subject, "client_id" in case.cause) == ("shop", True)
        world.shop.faults.reset()
        assert not await fails(world, "orders")
        assert await world.cases() == []


async def test_a_defect_of_ours_is_tried_a_few_times_then_told_and_stops_nobody_else(
    world: World, monkeypatch: Any
) -> None:
    mine = await world.sell()
    await world.run("orders")
    stumbles = int((await world.order(mine))["id"])
    look = work.look_at_order

    async def stumble(pairing: Any, order_id: int) -> None:
        if order_id == stumbles:
            raise ZeroDivisionError("by nothing")
        await look(pairing, order_id)

    monkeypatch.setattr(work, "look_at_order", stumble)
    neighbour = await world.sell()
    await world.run("orders")
    await world.work()
    assert (await world.state(neighbour), await world.cases()) == ("posted", [])
    for _ in range(5):
        await world.pass_time(60)
    case = await world.the_case("crossdock-defect")
    assert (case.records, "ZeroDivisionError" in case.cause) == (1, True)
    monkeypatch.undo()
    await world.pass_time(3600)
    await world.run("recheck")
    await world.work()
    assert (await world.state(mine), await world.cases()) == ("posted", [])
