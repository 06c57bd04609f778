"""A worker: jobs off the queue, flows when they fall due, and what happens when something dies."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from crossdock.engine import worker as engine
from crossdock.engine.worker import Cadence, Worker, prune_log
from crossdock.ports.runtime import Job
from crossdock.store.database import Pool
from crossdock.store.jobs import PoolJobs
from crossdock.store.runs import RunBook
from tests.eventually import eventually

TENANT = "main"
Handler = Callable[[str], Awaitable[None]]


@contextlib.asynccontextmanager
async def working(
    pool: Pool, handle: Handler, *, cadences: tuple[Cadence, ...] = (), in_flight: int = 8
) -> AsyncIterator[Worker]:
    one = Worker(
        pool, handlers={"order": handle, "flow": handle}, cadences=list(cadences), book=RunBook(pool, TENANT),
        jobs=PoolJobs(pool), in_flight=in_flight,
    )  # fmt: skip
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        one.stop()
        await asyncio.wait_for(task, 30)


async def ask(pool: Pool, *subjects: str, key: str | None = None) -> None:
    await PoolJobs(pool).ask([Job(entrypoint="order", subject=one, key=key) for one in subjects])


async def left(pool: Pool) -> int:
    return int(await pool.fetchval("select count(*) from pgqueuer"))


async def test_a_job_that_fails_stops_none_of_its_neighbours_and_is_gone_afterwards(pool: Pool) -> None:
    done: list[str] = []

    async def handle(subject: str) -> None:
        if subject == "bad":
            raise ZeroDivisionError("by nothing")
        done.append(subject)

    await ask(pool, "one", "bad", "two", "bad", "three")
    async with working(pool, handle):
        await eventually(lambda: sorted(done) == ["one", "three", "two"])
        await eventually(lambda: _none_left(pool))


async def _none_left(pool: Pool) -> bool:
    return await left(pool) == 0


async def test_a_key_that_waits_is_asked_for_once_and_one_that_runs_is_left_alone(pool: Pool) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    seen: list[str] = []

    async def handle(subject: str) -> None:
        seen.append(subject)
        begun.set()
        await go_on.wait()

    await ask(pool, "first", "again", key="order/1/1")
    async with working(pool, handle):
        await begun.wait()
        await ask(pool, "while it runs", key="order/1/1")
        await ask(pool, "of a newer version", key="order/1/2")
        await eventually(lambda: len(seen) == 2)
        go_on.set()
        await eventually(lambda: _none_left(pool))
    assert seen == ["first", "of a newer version"]


async def test_stopping_finishes_what_is_under_way_and_gives_back_what_was_not_begun(pool: Pool) -> None:
    begun: list[str] = []
    ended: list[str] = []
    go_on = asyncio.Event()

    async def handle(subject: str) -> None:
        begun.append(subject)
        await go_on.wait()
        ended.append(subject)

    await ask(pool, *(str(number) for number in range(12)))
    async with working(pool, handle, in_flight=4) as worker:
        await eventually(lambda: len(begun) == 4)
        worker.stop()
        go_on.set()
    assert (sorted(ended), await left(pool)) == (sorted(begun), 12 - len(begun))
    async with working(pool, handle):
        await eventually(lambda: _none_left(pool))
    assert sorted(ended) == sorted(str(number) for number in range(12))


DIES = """
import asyncio, os, signal, sys
import asyncpg
from crossdock.engine.worker import Worker
from crossdock.store.jobs import PoolJobs
from crossdock.store.runs import RunBook

async def main(url):
    pool = await asyncpg.create_pool(url, min_size=2, max_size=5)
    async def handle(subject):
        os.kill(os.getpid(), signal.SIGKILL)
    worker = Worker(pool, handlers={"order": handle}, cadences=[], book=RunBook(pool, "main"), jobs=PoolJobs(pool))
    await worker.run()

asyncio.run(main(sys.argv[1]))
"""


async def test_the_jobs_of_a_worker_that_was_killed_come_back(
    pool: Pool, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "HEARTBEAT_SECONDS", 0.5)
    await ask(pool, "one", "two")
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", DIES, database)
    assert await child.wait() < 0
    assert await left(pool) == 2
    done: list[str] = []

    async def handle(subject: str) -> None:
        done.append(subject)

    async with working(pool, handle):
        await eventually(lambda: sorted(done) == ["one", "two"])


async def test_a_job_that_takes_long_is_not_given_to_another(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "HEARTBEAT_SECONDS", 0.4)
    go_on = asyncio.Event()
    seen: list[str] = []

    async def handle(subject: str) -> None:
        seen.append(subject)
        await go_on.wait()

    await ask(pool, "long")
    async with working(pool, handle), working(pool, handle):
        await eventually(lambda: seen)
        first = await pool.fetchval("select heartbeat from pgqueuer")
        beats = "select heartbeat > $1::timestamptz + interval '1 second' from pgqueuer"
        await eventually(
            lambda: pool.fetchval(beats, first)
        )  # well beyond the time after which it would be taken for dead
        assert seen == ["long"]
        go_on.set()


async def test_a_flow_that_falls_due_runs_once_for_two_workers_and_again_when_its_time_comes(pool: Pool) -> None:
    runs: list[str] = []

    async def handle(subject: str) -> None:
        runs.append(subject)

    seldom = Cadence(pairing="oro-khaos", flow="items", every_seconds=3600)
    often = Cadence(pairing="oro-khaos", flow="orders", every_seconds=0.05)
    async with working(pool, handle, cadences=(seldom, often)), working(pool, handle, cadences=(seldom, often)):
        await eventually(lambda: runs.count("oro-khaos/orders") >= 3)
    assert runs.count("oro-khaos/items") == 1


async def test_flows_go_before_a_backlog_of_orders(pool: Pool) -> None:
    seen: list[str] = []

    async def handle(subject: str) -> None:
        seen.append(subject)
        await asyncio.sleep(0)

    await ask(pool, *(f"order {number}" for number in range(50)))
    await PoolJobs(pool).ask([Job(entrypoint="flow", subject="a flow", priority=engine.FLOW_PRIORITY)])
    async with working(pool, handle, in_flight=2):
        await eventually(lambda: "a flow" in seen)
    assert seen.index("a flow") <= 8


async def test_connections_that_break_are_made_anew(pool: Pool) -> None:
    done: list[str] = []

    async def handle(subject: str) -> None:
        done.append(subject)

    async with working(pool, handle):
        await ask(pool, "before")
        await eventually(lambda: "before" in done)
        await cut(pool)
        await eventually(lambda: _asked(pool, "after"))
        await eventually(lambda: "after" in done)


async def cut(pool: Pool) -> None:
    """What a restart of the server does to every connection, the listener's too."""
    with contextlib.suppress(Exception):
        await pool.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()")


async def _asked(pool: Pool, subject: str) -> bool:
    try:
        await ask(pool, subject)
    except Exception:  # noqa: BLE001 - the pool finds out one connection after the other
        return False
    return True


async def test_a_ticker_outlives_a_book_that_cannot_be_read(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    calls: list[Any] = []
    claim = RunBook.claim

    async def claim_or_fail(*args: Any, **given: Any) -> bool:
        calls.append(args)
        if len(calls) == 1:
            raise OSError("away")
        return await claim(*args, **given)

    async def handle(subject: str) -> None:
        runs.append(subject)

    monkeypatch.setattr(RunBook, "claim", claim_or_fail)
    async with working(pool, handle, cadences=(Cadence(pairing="p", flow="f", every_seconds=3600),)):
        await eventually(lambda: runs == ["p/f"])


async def test_the_log_of_the_queue_is_kept_two_days(pool: Pool) -> None:
    for age in ("1 hour", "3 days"):
        await pool.execute(
            "insert into pgqueuer_log (created, job_id, status, priority, entrypoint) "
            f"values (now() - interval '{age}', 1, 'successful', 0, 'order')"
        )
    assert (await prune_log(pool), await pool.fetchval("select count(*) from pgqueuer_log")) == (1, 1)
