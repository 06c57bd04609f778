"""Reconciliation by the clock: once a night, everything that can be compared, whatever one side's trouble."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crossdock.flows.pairing import Pairing
from crossdock.flows.reconciliation import RECONCILERS, reconcile_nightly
from crossdock.model.faults import RemoteFault
from crossdock.model.reconciliation import Subject
from tests.reconciliation.shop import open_cases, open_shop
from tests.world import PLENTY, World


@dataclass
class Watch:
    at: datetime

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def world(database: str, tmp_path: Path) -> AsyncIterator[World]:
    async with open_shop(database, tmp_path) as one:
        yield one


def by_the_clock(world: World) -> tuple[Pairing, Watch]:
    """The pairing with a watch of its own, a day slow; tonight began ten minutes ago."""
    now = datetime.now(UTC)
    policy = replace(world.pairing.reconciliation_policy, at=(now - timedelta(minutes=10)).time(), zone="UTC")
    watch = Watch(now - timedelta(days=1))
    return replace(world.pairing, clock=watch, reconciliation_policy=policy), watch


async def runs(world: World) -> list[tuple[str, str, bool]]:
    rows = await world.here.pool.fetch("select object, period, ended_at from reconciliation_run order by id")
    return [(row["object"], row["period"], row["ended_at"] is not None) for row in rows]


async def test_the_first_night_is_waited_for_and_then_everything_is_compared_once(world: World) -> None:
    pairing, watch = by_the_clock(world)
    assert "skipped" in await reconcile_nightly(pairing)
    watch.at += timedelta(hours=23, minutes=45)
    assert "skipped" in await reconcile_nightly(pairing)
    assert await runs(world) == []
    watch.at += timedelta(minutes=15)
    await reconcile_nightly(pairing)
    done = await runs(world)
    can = [subject for subject in Subject if not RECONCILERS[subject].lacking(pairing)]
    assert {name for name, _, _ in done} == {str(one) for one in can} - {"orders"}  # money looks at every order too
    assert [ended for _, _, ended in done] == [True] * len(done)
    assert [period for name, period, _ in done if name == "money"] == sorted(
        period for name, period, _ in done if name == "money"
    )
    assert "skipped" in await reconcile_nightly(pairing)
    assert await runs(world) == done


async def test_one_sides_trouble_stops_no_other_compare_and_is_made_up_for(world: World) -> None:
    pairing, watch = by_the_clock(world)
    await reconcile_nightly(pairing)
    watch.at += timedelta(days=1)
    await world.shop.act("set_stock", {"sku": PLENTY, "quantity": 9999})
    world.erp.faults.set([{"kind": "status", "match": "Compan"}])
    with pytest.raises(RemoteFault):
        await reconcile_nightly(pairing)
    first = await runs(world)
    assert [name for name, _, ended in first if not ended] == ["accounts"]
    assert ("stock-drift", f"shop {PLENTY}/each") in await open_cases(world)
    world.erp.faults.reset()
    assert (await reconcile_nightly(pairing))["runs"] == 1
    assert sorted(await runs(world)) == sorted((name, period, True) for name, period, _ in first)


async def test_a_month_with_a_difference_that_stands_is_looked_at_every_night(world: World) -> None:
    pairing, watch = by_the_clock(world)
    await reconcile_nightly(pairing)
    await world.here.pool.execute(
        "insert into reconciliation_held (tenant, pairing, object, period, kind, subject, run_id, ours, theirs) "
        "values ($1, $2, 'money', '2024-03', 'reconciliation-difference', 'x', 1, '', '')",
        world.here.tenant, pairing.name,
    )  # fmt: skip
    watch.at += timedelta(days=1)
    await reconcile_nightly(pairing)
    assert "2024-03" in [period for name, period, _ in await runs(world) if name == "money"]
    watch.at += timedelta(days=1)
    before = len(await runs(world))
    await reconcile_nightly(pairing)
    assert "2024-03" not in [period for name, period, _ in (await runs(world))[before:] if name == "money"]
