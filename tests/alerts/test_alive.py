"""A worker says that it is alive, and says good-bye when it stops of its own will; one that is killed does not."""

import asyncio
from unittest import mock

import pytest

from crossdock.engine.worker import Worker
from crossdock.store.alerts import PgAlerts
from crossdock.store.database import Pool
from crossdock.store.jobs import PoolJobs
from crossdock.store.runs import RunBook
from crossdock.wiring.alive import LivingWorker, beat
from tests.eventually import eventually


async def test_a_worker_is_seen_while_it_works_and_has_left_when_it_was_stopped(pool: Pool) -> None:
    worker = LivingWorker(pool, handlers={}, cadences=[], book=RunBook(pool, "main"), jobs=PoolJobs(pool))
    worker.alerts = PgAlerts(pool, "main")
    working = asyncio.create_task(worker.run())
    await eventually(lambda: pool.fetchval("select count(*) from worker_seen where left_at is null"))
    worker.stop()
    await working
    assert await pool.fetchval("select count(*) from worker_seen where left_at is not null") == 1


async def test_a_worker_that_fails_has_not_left(pool: Pool) -> None:
    worker = LivingWorker(pool, handlers={}, cadences=[], book=RunBook(pool, "main"), jobs=PoolJobs(pool))
    worker.alerts = PgAlerts(pool, "main")

    async def fails(_: Worker) -> None:
        await eventually(lambda: pool.fetchval("select count(*) from worker_seen"))
        raise RuntimeError("killed")

    with mock.patch.object(Worker, "run", fails), pytest.raises(RuntimeError):
        await worker.run()
    assert await pool.fetchval("select count(*) from worker_seen where left_at is null") == 1


async def test_a_database_that_is_away_is_waited_for() -> None:
    tries: list[str] = []

    class Away:
        async def seen(self, holder: str) -> None:
            tries.append(holder)
            if len(tries) == 1:
                raise ConnectionRefusedError

    beating = asyncio.create_task(beat(Away(), "box/1", every_seconds=0))  # type: ignore[arg-type]
    await eventually(lambda: len(tries) > 1)
    beating.cancel()
    with pytest.raises(asyncio.CancelledError):
        await beating
