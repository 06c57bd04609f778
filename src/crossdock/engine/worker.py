"""A worker: takes jobs off the queue and runs flows when they fall due. Any number of them share one database."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import structlog
from pgqueuer import PgQueuer
from pgqueuer.models import Job as QueuedJob

from crossdock.ports.runtime import Job, Jobs

log = structlog.get_logger()

HEARTBEAT_SECONDS = 4.0  # a dead worker's jobs come back after this long
TICK_SECONDS = 0.2
LOG_KEPT_HOURS = 48


class Cadences(Protocol):
    """When flows fall due, remembered where all workers see it."""

    async def claim(self, pairing: str, flow: str, *, every_seconds: float) -> bool: ...

    async def ensure(self, pairing: str, flow: str) -> None: ...


Handler = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """A flow of a pairing and how often it runs."""

    pairing: str
    flow: str
    every_seconds: float

    @property
    def subject(self) -> str:
        return f"{self.pairing}/{self.flow}"


class Worker:
    """handlers: entrypoint → what to do with a job's subject. A handler never raises for trouble that has an owner."""

    def __init__(
        self,
        pool: Any,
        *,
        handlers: Mapping[str, Handler],
        cadences: list[Cadence],
        book: Cadences,
        jobs: Jobs,
        in_flight: int = 64,
    ) -> None:
        self._pool = pool
        self._cadences = cadences
        self._book = book
        self._jobs = jobs
        self._in_flight = in_flight
        self._queue = PgQueuer.from_asyncpg_pool(pool)
        logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)  # what fails here is logged here, once
        for entrypoint, handler in handlers.items():
            self._queue.entrypoint(entrypoint)(_entry(entrypoint, handler))

    async def run(self) -> None:
        """Until `stop`; jobs under way are finished first."""
        for one in self._cadences:
            await self._book.ensure(one.pairing, one.flow)
        ticker = asyncio.create_task(self._tick())
        try:
            await self._queue.qm.run(
                dequeue_timeout=timedelta(seconds=1),
                batch_size=max(1, self._in_flight // 2),
                max_concurrent_tasks=max(2, self._in_flight),
                heartbeat_timeout=timedelta(seconds=HEARTBEAT_SECONDS),
                log_aggregation_interval=timedelta(0),
            )
        finally:
            ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticker

    def stop(self) -> None:
        self._queue.shutdown.set()

    async def _tick(self) -> None:
        while True:
            try:
                for one in self._cadences:
                    if await self._book.claim(one.pairing, one.flow, every_seconds=one.every_seconds):
                        await self._jobs.ask(
                            [Job(entrypoint="flow", subject=one.subject, key=f"flow/{one.subject}", priority=5)]
                        )
            except Exception as error:  # noqa: BLE001 - the ticker outlives a database that was away
                log.warning("tick failed", error=str(error))
                await asyncio.sleep(1)
            await asyncio.sleep(TICK_SECONDS)


def _entry(entrypoint: str, handler: Handler) -> Callable[[QueuedJob], Awaitable[None]]:
    async def handle(job: QueuedJob) -> None:
        subject = (job.payload or b"").decode()
        with structlog.contextvars.bound_contextvars(job=f"{entrypoint} {subject}"):
            try:
                await handler(subject)
            except Exception:  # the one broad catch of this door: a defect is told loudly, its neighbours go on
                log.exception("job failed", entrypoint=entrypoint, subject=subject)
                raise

    return handle


async def prune_log(pool: Any) -> int:
    """The queue's log grows with every job; what is older than two days goes."""
    text = await pool.execute(
        "delete from pgqueuer_log where created < now() - $1::float8 * interval '1 hour'", float(LOG_KEPT_HOURS)
    )
    return int(str(text).rpartition(" ")[2] or 0)
