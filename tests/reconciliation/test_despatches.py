"""What left the warehouse and the storefront does not show."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crossdock.cases.kind import Remedy
from crossdock.flows import reconcile_despatches
from crossdock.model.reconciliation import Subject
from tests.reconciliation.shop import causes, look, open_cases, open_shop
from tests.world import PLENTY, World

AGO = timedelta(days=-3)


@pytest.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_shop(database, tmp_path) as one:
        one.shop.skew = one.erp.skew = AGO
        yield one


async def sent(world: World, number: str) -> str:
    """Sold, posted, and off in a van three days ago; we have not looked since."""
    ref = await world.sell((PLENTY, 1))
    await world.deliver()
    await world.erp.act("despatch", {"ref": ref, "consignment": number, "courier": "DPD"})
    return ref


async def tell(world: World) -> None:
    await world.run("despatches")
    await world.work()


async def test_what_was_told_is_no_difference(world: World) -> None:
    await sent(world, "CN-A")
    await tell(world)
    run, found = await look(world, Subject.DESPATCHES)
    assert (found, run.counts["orders"]) == ([], 1)


async def test_what_left_and_was_never_found_is_a_case_until_it_is_told(world: World) -> None:
    ref = await sent(world, "CN-A")
    _, found = await look(world, Subject.DESPATCHES)
    assert causes(found) == {("despatch-missed", ref)}
    assert await open_cases(world) == {("despatch-missed", ref)}
    await tell(world)
    await look(world, Subject.DESPATCHES)
    assert await open_cases(world) == set()


async def test_what_left_today_is_under_way(world: World) -> None:
    world.erp.skew = timedelta(0)
    await sent(world, "CN-A")
    _, found = await look(world, Subject.DESPATCHES)
    assert found == []


async def test_a_number_the_shop_lost_is_a_case_and_stays_accepted(world: World) -> None:
    ref = await sent(world, "CN-A")
    await tell(world)
    await world.shop.act("drop_tracking", {"order": ref, "number": "CN-A"})
    _, found = await look(world, Subject.DESPATCHES)
    assert causes(found) == {("despatch-lost", ref)}
    await world.settle(await world.the_case("despatch-missed"), Remedy.ACCEPT, "collected in person")
    assert await open_cases(world) == set()
    _, found = await look(world, Subject.DESPATCHES)
    assert [(one.cause, one.waiver is not None) for one in found] == [("despatch-lost", True)]
    assert await open_cases(world) == set()


async def test_what_the_shop_would_not_take_stands_in_its_own_case_alone(world: World) -> None:
    ref = await sent(world, "CN-A")
    world.shop.faults.set([{"kind": "status", "match": "POST /admin/api/ordershippingtrackings", "status": 400}])
    await tell(world)
    before = await open_cases(world)
    _, found = await look(world, Subject.DESPATCHES)
    assert {(one.cause, one.case_kind, one.ref) for one in found} <= {("despatch-covered", "", ref)}
    assert await open_cases(world) == before


async def test_a_run_that_was_killed_goes_on_behind_the_last_page(world: World, monkeypatch: Any) -> None:
    refs = [await sent(world, f"CN-{n}") for n in range(3)]
    monkeypatch.setattr(reconcile_despatches, "CHUNK", 1)
    asked: list[str] = []
    stands = world.pairing.erp.read_fulfilments

    async def once(wanted: Any) -> Any:
        if len(asked) == 1:
            raise asyncio.CancelledError
        asked.extend(wanted)
        return await stands(wanted)

    with monkeypatch.context() as dark:
        dark.setattr(world.pairing.erp, "read_fulfilments", once)
        with pytest.raises(asyncio.CancelledError):
            await look(world, Subject.DESPATCHES)
    seen: list[str] = []

    async def rest(wanted: Any) -> Any:
        seen.extend(wanted)
        return await stands(wanted)

    with monkeypatch.context() as light:
        light.setattr(world.pairing.erp, "read_fulfilments", rest)
        run, found = await look(world, Subject.DESPATCHES)
    assert seen == sorted(refs)[1:]
    assert {subject for _, subject in causes(found)} == set(refs)
    assert run.counts["orders"] == 3
