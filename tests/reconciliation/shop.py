"""OroCommerce with Khaos Control in one process, and one run of a compare over them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from crossdock.decide.period import read_period
from crossdock.flows.reconciliation import reconcile
from crossdock.model.reconciliation import PERIODIC, Difference, Run, Subject
from tests.world import World, open_world

MARY = "mary@harbour.example"


@asynccontextmanager
async def open_shop(database: str, folder: Path, **settings: Any) -> AsyncIterator[World]:
    """settings: of `open_world`; compares look at what is a moment old too, and no grace is given."""
    given = {"settle_seconds": 0, "grace_days": 0, **settings.pop("reconciliation", {})}
    pairing = {**settings.pop("pairing", {}), "reconciliation": given}
    async with open_world(database, folder, pairing=pairing, **settings) as one:
        await one.learn()
        yield one


async def look(world: World, subject: Subject) -> tuple[Run, list[Difference]]:
    period = None
    if subject in PERIODIC:
        today = world.pairing.clock.now().date()
        period = read_period(f"{today - timedelta(days=30)}..{today + timedelta(days=1)}", "Europe/London")
    run = await reconcile(world.pairing, subject, period, actor=MARY)
    return run, list(await world.pairing.reconciliations.differences(run.id))


def causes(found: list[Difference]) -> set[tuple[str, str]]:
    """Of those that somebody must settle: cause and subject of the case."""
    return {(one.cause, one.case_subject) for one in found if one.case_kind}


async def open_cases(world: World) -> set[tuple[str, str]]:
    return {(one.kind, one.subject) for one in await world.cases()}
