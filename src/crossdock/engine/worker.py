"""A worker: takes jobs off the queue and runs flows when they fall due. Any number of them share one database."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job as QueuedJob

from crossdock.ports.runtime import Job, Jobs
from crossdock.telemetry import correlation, metrics, tracing

log = structlog.get_logger()

HEARTBEAT_SECONDS = 4.0  # a dead worker's jobs come back after this long
TICK_SECONDS = 0.2
TAKEN_AHEAD = 4  # times what is worked on at once: a taken job begins in no time, one in the queue after a round trip
FULL_SECONDS = 0.02  # how soon a worker that had its hands full asks for more
FLOW_PRIORITY = 20  # flows are few, and the clock has called them: a backlog of orders must not hold up stock
LOG_KEPT_HOURS = 48
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
AWAY_SECONDS = 1.0


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
        self._handlers = handlers
        self._stopping = asyncio.Event()
        self._queue: PgQueuer | None = None
        logging.getLogger("pgqueuer").setLevel(logging.CRITICAL)  # what fails here is logged here, once

    async def run(self) -> None:
        """Until `stop`; jobs under way are finished first, those taken and not begun go back.

        A database that goes away is waited for.
        """
        for one in self._cadences:
            await self._book.ensure(one.pairing, one.flow)
        ticker = asyncio.create_task(self._tick())
        try:
            while not self._stopping.is_set():
                try:
                    await self._take_jobs()
                except AWAY as error:
                    log.warning("the database does not answer", error=f"{type(error).__name__}: {error}")
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._stopping.wait(), AWAY_SECONDS)
        finally:
            ticker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await ticker

    async def _take_jobs(self) -> None:
        """Until `stop`, or until the database is gone: then a new listener and a new queue are needed."""
        self._queue = queue = PgQueuer.from_asyncpg_pool(self._pool)
        queue.qm.min_dequeue_poll_interval = timedelta(seconds=FULL_SECONDS)
        for entrypoint, handler in self._handlers.items():
            queue.entrypoint(entrypoint)(self._entry(entrypoint, handler))
        await queue.qm.run(
            dequeue_timeout=timedelta(seconds=1),
            batch_size=max(1, self._in_flight),
            max_concurrent_tasks=max(2, self._in_flight * TAKEN_AHEAD),
            heartbeat_timeout=timedelta(seconds=HEARTBEAT_SECONDS),
            log_aggregation_interval=timedelta(0),
        )

    def stop(self) -> None:
        self._stopping.set()
        if self._queue is not None:
            self._queue.qm.shutdown.set()

    async def _tick(self) -> None:
        while True:
            try:
                for one in self._cadences:
                    if await self._book.claim(one.pairing, one.flow, every_seconds=one.every_seconds):
                        await self._jobs.ask(
                            [
                                Job(
                                    entrypoint="flow",
                                    subject=one.subject,
                                    key=f"flow/{one.subject}",
                                    priority=FLOW_PRIORITY,
                                )
                            ]
                        )
            except Exception as error:  # noqa: BLE001 - the ticker outlives a database that was away
                log.warning("tick failed", error=str(error))
                await asyncio.sleep(1)
            await asyncio.sleep(TICK_SECONDS)

    def _entry(self, entrypoint: str, handler: Handler) -> Callable[[QueuedJob], Awaitable[None]]:
        room = asyncio.Semaphore(self._in_flight)  # of each kind: a thousand orders do not keep a flow waiting

        async def handle(job: QueuedJob) -> None:
            subject = (job.payload or b"").decode()
            async with room:
                if self._stopping.is_set():
                    raise RetryRequested(timedelta(0), "the worker stops")
                with _known(entrypoint, subject, job.headers):
                    try:
                        await handler(subject)
                    except Exception:  # the one broad catch of this door: a defect is told loudly, its neighbours go on
                        log.exception("job failed", entrypoint=entrypoint, subject=subject)
                        raise

        return handle


@contextlib.contextmanager
def _known(entrypoint: str, subject: str, headers: Mapping[str, Any] | None) -> Iterator[None]:
    """One job, as it is logged, counted and traced: under the id, and in the trace, of what asked for it."""
    with (
        correlation.under((headers or {}).get(correlation.IN_JOB)),
        structlog.contextvars.bound_contextvars(job=f"{entrypoint} {subject}"),
        metrics.job(entrypoint),
        tracing.span(
            f"job {entrypoint}", kind="consumer", parent=correlation.trace_of(headers), crossdock_subject=subject
        ),
    ):
        yield


async def prune_log(pool: Any, *, kept_hours: float = LOG_KEPT_HOURS) -> int:
    """The queue's log grows with every job; what is older goes."""
    text = await pool.execute(
        "delete from pgqueuer_log where created < now() - $1::float8 * interval '1 hour'", float(kept_hours)
    )
    return int(str(text).rpartition(" ")[2] or 0)
