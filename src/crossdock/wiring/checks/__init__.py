"""The checks of a pairing: asked one after the other, each answered in plain words."""

from collections.abc import AsyncIterator, Sequence

from crossdock.decide.checks import Answer
from crossdock.settings.pairing import AnyPairing
from crossdock.store.checks import CheckBook
from crossdock.wiring.checks import daily, monthly, shops, weekly
from crossdock.wiring.checks.table import CHECKS, DAILY, MONTHLY, WEEKLY, Check, CheckDesk, Often
from crossdock.wiring.installation import Installation
from crossdock.wiring.work import cadences

MODULES = (daily, shops, weekly, monthly)
"""Every module whose checks are in the table."""

__all__ = ["CHECKS", "DAILY", "MODULES", "MONTHLY", "WEEKLY", "Check", "Often", "checks_of", "run_checks"]


def checks_of(settings: AnyPairing, often: Often | None = None) -> Sequence[Check]:
    """The checks that these settings of a pairing ask for, the daily ones first."""
    asked = [one for one in CHECKS.values() if one.is_asked(settings) and often in (None, one.often)]
    return sorted(asked, key=lambda one: list(Often).index(one.often))


async def run_checks(here: Installation, name: str, checks: Sequence[Check]) -> AsyncIterator[tuple[Check, Answer]]:
    """Each check with its answer, as it comes. All of them judge the same moment."""
    settings = here.project.pairings[name]
    desk = CheckDesk(
        here=here,
        name=name,
        settings=settings,
        book=CheckBook(here.pool, here.tenant, name),
        every={one.flow: one.every_seconds for one in cadences(here) if one.pairing == name},
        now=await here.pool.fetchval("select now()"),
    )
    for one in checks:
        yield one, await one.ask(desk)
