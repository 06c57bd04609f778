"""Comparing on somebody's wish: asked for here, done by a worker, watched from wherever."""

import asyncio
import contextlib
from types import TracebackType

import structlog

from crossdock.decide.period import read_period
from crossdock.decide.reconciling import Stands, standing_of, why_not_now
from crossdock.flows.pairing import Pairing
from crossdock.flows.reconciliation import reconcile_again
from crossdock.model.faults import RemoteFault
from crossdock.model.reconciliation import PERIODIC, Period, Subject, zone_of
from crossdock.ports.busy import Busy
from crossdock.store import compared
from crossdock.store.compared import RunLine
from crossdock.store.database import Pool
from crossdock.wiring.comparing import lacking
from crossdock.wiring.installation import Installation

log = structlog.get_logger()
TELL_SECONDS = 1.0  # between two notes of how far a run is


class StartRefused(Exception):
    """It was not begun; the text says why."""


def comparable(pairing: Pairing) -> list[Subject]:
    """What the systems of a pairing can tell, so that it can be asked for."""
    return [one for one in Subject if not lacking(pairing, one)]


def stands(line: RunLine) -> Stands:
    return standing_of(line.run, held=line.held, asked=line.asked)


async def start(here: Installation, name: str, subject: Subject, period: str, *, actor: str) -> int:
    """Ask for one run of a pairing's object, or for the one of that name that was broken off; returns its number.

    period: as people write it; for objects that are compared as they are now it says nothing. Raises StartRefused, and
    InvalidValue for what is no period.
    """
    pairing = here.pairings[name]
    zone = pairing.reconciliation_policy.zone
    wanted: Period | None = read_period(period, zone) if subject in PERIODIC and period.strip() else None
    today = pairing.clock.now().astimezone(zone_of(zone)).date()
    async with compared.starting(here.pool, here.tenant, name, subject) as wish:
        going = [(one.run, stands(one)) for one in await wish.under_way()]
        problem = why_not_now(subject, wanted, today=today, lacking=lacking(pairing, subject), under_way=going)
        if problem:
            raise StartRefused(problem)
        return await wish.ask(wanted, actor=actor)


async def compare_asked(here: Installation, pairing: Pairing, key: str) -> None:
    """The job. What stopped it is told on the run, which the next wish or the next night takes up where it was."""
    subject, _, period = key.partition("/")
    run = here.pool, here.tenant, pairing.name, (subject, period)
    try:
        async with Watch(*run) as watch:
            await reconcile_again(pairing, key, tell=watch.tell)
    except Busy:
        log.info("somebody is at this run already", run=key)
    except RemoteFault as fault:
        await compared.note_trouble(*run, f"{type(fault).__name__}: {fault}")
        log.warning("a comparison was broken off", run=key, error=str(fault))


class Watch:
    """Writes down how far a run is, at most once a second, while it goes on."""

    def __init__(self, pool: Pool, tenant: str, pairing: str, key: tuple[str, str]) -> None:
        self._run = pool, tenant, pairing, key
        self._last: tuple[str, int, int | None] = ("", 0, None)
        self._news = asyncio.Event()

    def tell(self, step: str, done: int, whole: int | None = None, /) -> None:
        self._last = step, done, whole
        self._news.set()

    async def __aenter__(self) -> "Watch":
        self._writer = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer
        if error is not None:
            await self._note()

    async def _write(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await self._note()
            await asyncio.sleep(TELL_SECONDS)

    async def _note(self) -> None:
        step, done, whole = self._last
        await compared.tell(*self._run, step=step, done=done, whole=whole)
