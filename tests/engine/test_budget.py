"""One budget per remote system, however many workers share it."""

import asyncio
import json
import sys
from typing import Any

import asyncpg
import pytest

from crossdock.engine import budget
from crossdock.model.faults import Transient
from crossdock.ports.runtime import Priority, calling
from crossdock.store.database import Pool
from tests.engine.gates import SYSTEM, TENANT, Remote, gates, pass_through, row
from tests.eventually import eventually


@pytest.mark.parametrize("workers", [1, 2, 5])
async def test_no_more_calls_are_under_way_than_allowed(pool: Pool, remote: Remote, workers: int) -> None:
    async with gates(pool, workers, concurrency=3) as ours:
        await asyncio.gather(*(pass_through(ours[at % workers], remote) for at in range(60)))
    assert len(remote.begun) == 60
    assert remote.most <= 3


async def test_a_second_worker_that_comes_while_all_slots_are_in_use_takes_none_of_them(
    pool: Pool, remote: Remote
) -> None:
    """Its coming halves the first one's share; what is under way keeps its slots until it ends."""
    async with gates(pool, 2, concurrency=4) as (first, second):
        release = asyncio.Event()

        async def hold() -> None:
            async with first.call(Priority.READ):
                with remote.call():
                    await release.wait()

        holding = [asyncio.create_task(hold()) for _ in range(4)]
        await eventually(lambda: remote.inside == 4)
        waiting = asyncio.create_task(pass_through(second, remote))
        wishes = "select count(*) from remote_wish where until > now()"
        await eventually(lambda: _is(pool, wishes, 2))
        for _ in range(3):  # both renew their leases a few times
            before = await pool.fetchval("select max(until) from remote_slot where holder = 'worker 0'")
            newer = "select max(until) > $1 from remote_slot where holder = 'worker 0'"
            await eventually(lambda before=before: pool.fetchval(newer, before))
        assert (remote.most, len(remote.begun)) == (4, 4)
        release.set()
        await asyncio.gather(waiting, *holding)
    assert (remote.most, len(remote.begun)) == (4, 5)


async def _is(pool: Pool, question: str, answer: Any) -> bool:
    return bool(await pool.fetchval(question) == answer)


CALLER = """
import asyncio, json, sys
import asyncpg
from crossdock.engine.budget import SharedGate
from crossdock.ports.config import Budget
from crossdock.ports.runtime import Priority

async def main(url, holder, calls, budget):
    pool = await asyncpg.create_pool(url, min_size=1, max_size=4)
    gate = SharedGate(pool, tenant="main", system="khaos", budget=Budget(**json.loads(budget)), holder=holder)
    async def one():
        async with gate.call(Priority.READ):
            await pool.execute("insert into inside (who) values ($1)", holder)
            await asyncio.sleep(0.005)
            await pool.execute(
                "update inside set ended = clock_timestamp() where id = "
                "(select id from inside where who = $1 and ended is null limit 1 for update skip locked)",
                holder,
            )
    await asyncio.gather(*(one() for _ in range(int(calls))))
    await gate.close()
    await pool.close()

asyncio.run(main(*sys.argv[1:]))
"""
MOST_INSIDE = """
select max(inside) from (
    select sum(step) over (order by at, step) as inside from (
        select began as at, 1 as step from inside union all select ended, -1 from inside) edges) counted
"""


async def test_two_processes_together_stay_within_concurrency_and_rate(pool: Pool, database: str) -> None:
    """Counted by the database's clock: never more calls than the bucket held and was filled with meanwhile."""
    await pool.execute(
        "create table inside (id bigint generated always as identity, who text, "
        "began timestamptz default clock_timestamp(), ended timestamptz)"
    )
    rate, calls = 40.0, 45
    settings = json.dumps({"requests_per_second": rate, "concurrency": 3})
    children = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", CALLER, database, holder, str(calls), settings)
        for holder in ("left", "right")
    ]
    assert [await child.wait() for child in children] == [0, 0]
    assert await pool.fetchval("select count(*) from inside where ended is not null") == 2 * calls
    assert await pool.fetchval(MOST_INSIDE) <= 3
    lasted = await pool.fetchval("select extract(epoch from max(began) - min(began)) from inside")
    assert 2 * calls <= rate + rate * float(lasted) + 1
    assert {record["who"] for record in await pool.fetch("select distinct who from inside")} == {"left", "right"}


async def test_calls_take_tokens_and_those_not_used_are_given_back(pool: Pool, remote: Remote) -> None:
    async with gates(pool, 1, requests_per_second=0.001, concurrency=8) as (gate,):
        await pool.execute(budget.ENSURE, TENANT, SYSTEM, 5.0, 8)
        await pass_through(gate, remote)
        with pytest.raises(asyncio.TimeoutError):  # the bucket holds one, and a second is a quarter of an hour away
            await asyncio.wait_for(pass_through(gate, remote), 0.5)
    assert len(remote.begun) == 1


async def test_when_one_worker_is_told_too_many_the_others_wait_as_well(pool: Pool) -> None:
    async with gates(pool, 2) as (first, second):
        async with first.call(Priority.ORDER) as permit:
            permit.throttled(1.0)
        async with second.call(Priority.ORDER):
            now = await row(pool)
            assert now["now"] >= now["blocked_until"]


async def test_a_worker_that_is_told_too_many_waits_itself(pool: Pool) -> None:
    async with gates(pool) as (gate,):
        async with gate.call(Priority.ORDER) as permit:
            permit.throttled(None)
        async with gate.call(Priority.ORDER):
            now = await row(pool)
            assert now["now"] >= now["blocked_until"]


async def test_the_slots_of_a_worker_that_died_come_back(pool: Pool, remote: Remote) -> None:
    async with gates(pool, concurrency=2) as (gate,):
        await pool.execute(budget.ENSURE, TENANT, SYSTEM, 100.0, 2)
        await pool.execute("update remote_slot set holder = 'dead', until = now() + interval '1 second'")
        await pass_through(gate, remote)
        assert await pool.fetchval("select count(*) from remote_slot where holder = 'dead' and until > now()") == 0


async def test_a_lease_that_lapsed_unnoticed_lets_nobody_through(pool: Pool, remote: Remote) -> None:
    """A process that stood still for seconds may not go on with slots that are somebody else's by now."""
    async with gates(pool, concurrency=1) as (gate,):
        await pass_through(gate, remote)
        gate._leased_until = 0.0
        await pool.execute("update remote_slot set holder = 'other', until = now() + interval '1 hour'")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(pass_through(gate, remote), 0.3)
        assert len(remote.begun) == 1


async def test_orders_go_before_despatches_and_both_before_bulk(pool: Pool, remote: Remote) -> None:
    async with gates(pool, concurrency=1) as (gate,):
        async with gate.call(Priority.READ):
            order = (Priority.BULK, Priority.READ, Priority.ORDER, Priority.DESPATCH, Priority.ORDER)
            calls = []
            for at, priority in enumerate(order):
                calls.append(
                    asyncio.create_task(pass_through(gate, remote, who=f"{priority.name} {at}", priority=priority))
                )
                await eventually(lambda at=at: len(gate._waiters) == at + 1)
        await asyncio.gather(*calls)
    assert remote.begun == ["ORDER 2", "ORDER 4", "DESPATCH 3", "READ 1", "BULK 0"]


async def test_more_workers_than_slots_take_turns(pool: Pool, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "TURN_SECONDS", 0.1)
    async with gates(pool, 3, concurrency=1) as ours:
        go_on = asyncio.Event()

        async def busy(who: int) -> None:
            while not go_on.is_set():
                await pass_through(ours[who], remote, who=str(who))

        tasks = [asyncio.create_task(busy(who)) for who in range(3)]
        await eventually(lambda: {"0", "1", "2"} <= set(remote.begun))
        go_on.set()
        await asyncio.gather(*tasks)
    assert remote.most == 1


async def test_a_caller_that_gives_up_leaves_its_place(pool: Pool, remote: Remote) -> None:
    async with gates(pool, concurrency=1) as (gate,):
        async with gate.call(Priority.READ):
            quits = asyncio.create_task(pass_through(gate, remote))
            await eventually(lambda: gate._waiters)
            quits.cancel()
        await pass_through(gate, remote)
        await asyncio.gather(quits, return_exceptions=True)
    assert len(remote.begun) == 1


async def test_a_database_that_is_away_fails_those_who_wait_and_covers_up_no_answer(database: str) -> None:
    pool = await asyncpg.create_pool(database, min_size=1, max_size=2)
    async with gates(pool) as (gate,):
        async with gate.call(Priority.ORDER) as permit:
            permit.failed()
            await pool.close()
        # the answer of that call came through; the next one cannot be let in by anybody
        gate._slots = 0
        with pytest.raises(Transient, match="the budget of khaos cannot be read"):
            async with gate.call(Priority.ORDER):
                raise AssertionError("no call may begin")
        assert gate._slots == 0


async def test_idle_a_worker_holds_nothing_back(pool: Pool, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "IDLE_SECONDS", 0.05)
    async with gates(pool) as (gate,):
        await pass_through(gate, remote)
        await eventually(lambda: _is(pool, "select count(*) from remote_slot where holder <> ''", 0))
        assert await pool.fetchval("select count(*) from remote_wish") == 0


async def test_whose_fault_it_was_is_known_afterwards(pool: Pool, remote: Remote) -> None:
    async with gates(pool) as (gate,):
        await pass_through(gate, remote)
        assert calling.get() == SYSTEM


async def test_fewer_slots_after_the_settings_changed(pool: Pool, remote: Remote) -> None:
    async with gates(pool, concurrency=6) as (before,):
        await pass_through(before, remote)
    async with gates(pool, concurrency=2) as (after,):
        await asyncio.gather(*(pass_through(after, remote) for _ in range(12)))
    assert remote.most == 2


async def test_no_call_begins_while_the_share_is_being_weighed(
    pool: Pool, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is told how many are under way; one more that began meanwhile would be counted by nobody."""
    async with gates(pool) as (gate,):
        weighing, weighed, end = asyncio.Event(), asyncio.Event(), asyncio.Event()
        weigh = gate._weigh

        async def slowly() -> bool:
            weighing.set()
            await weighed.wait()
            return await weigh()

        async def long_call() -> None:
            async with gate.call(Priority.READ):
                await end.wait()

        await pass_through(gate, remote)
        monkeypatch.setattr(gate, "_weigh", slowly)
        keeps_it_busy = asyncio.create_task(long_call())
        await weighing.wait()
        late = asyncio.create_task(pass_through(gate, remote, who="late"))
        await eventually(lambda: gate._waiters)
        assert "late" not in remote.begun
        weighed.set()
        await late
        end.set()
        await keeps_it_busy
