"""Asking for work in the same transaction as the data it is about."""

from collections.abc import Sequence
from datetime import timedelta

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence.queries import Queries

from crossdock.ports.runtime import Job
from crossdock.store.database import Connection, Pool
from crossdock.telemetry import correlation


async def ask_in(connection: Connection, jobs: Sequence[Job]) -> None:
    """Queue them on this connection, inside whatever transaction it is in. A key that waits already is left alone."""
    await _enqueue(Queries(AsyncpgDriver(connection)), jobs)  # type: ignore[arg-type]


class PoolJobs:
    """Jobs asked for outside any transaction."""

    def __init__(self, pool: Pool) -> None:
        self._queries = Queries(AsyncpgPoolDriver(pool))

    async def ask(self, jobs: Sequence[Job]) -> None:
        await _enqueue(self._queries, jobs)


async def _enqueue(queries: Queries, jobs: Sequence[Job]) -> None:
    if not jobs:
        return
    told = correlation.for_job()  # the same for all: one ask is one cause
    await queries.enqueue(
        [job.entrypoint for job in jobs],
        [job.subject.encode() for job in jobs],
        [job.priority for job in jobs],
        [timedelta(seconds=job.delay_seconds) for job in jobs],
        [job.key for job in jobs],
        [told for _ in jobs],
        on_conflict="skip",
    )
