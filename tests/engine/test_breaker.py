"""The circuit breaker: a system that does not answer is left alone by everybody, and tried again by one."""

import asyncio
from typing import Any

import pytest

from crossdock.model.faults import Transient
from crossdock.ports.runtime import Priority
from crossdock.store.database import Pool
from tests.engine.gates import Remote, gates, pass_through, row
from tests.eventually import eventually


async def fail(gate: Any, times: int) -> int:
    """That many calls that fail; returns how many were let through."""
    made = 0
    for _ in range(times):
        try:
            async with gate.call(Priority.READ) as permit:
                made += 1
                permit.failed()
        except Transient:
            break
    return made


async def test_after_enough_failures_in_a_row_the_circuit_opens_for_everybody_and_fails_at_once(pool: Pool) -> None:
    async with gates(pool, 2, breaker_failures=3, breaker_seconds=600) as (first, second):
        assert await fail(first, 2) == 2
        async with first.call(Priority.READ):
            pass  # a good one in between: the count begins anew
        assert await fail(first, 10) == 3
        for gate in (first, second):
            with pytest.raises(Transient, match="khaos does not answer: no call for") as caught:
                async with gate.call(Priority.ORDER):
                    raise AssertionError("no call may begin")
            assert caught.value.retry_after_seconds is not None
            assert caught.value.retry_after_seconds > 500


async def test_those_who_wait_when_the_circuit_opens_are_told_and_not_let_through(pool: Pool, remote: Remote) -> None:
    async with gates(pool, concurrency=1, breaker_failures=1, breaker_seconds=600) as (gate,):
        async with gate.call(Priority.READ) as permit:
            others = [asyncio.create_task(pass_through(gate, remote)) for _ in range(3)]
            await eventually(lambda: len(gate._waiters) == 3)
            permit.failed()
        answers = await asyncio.gather(*others, return_exceptions=True)
    assert ([type(one) for one in answers], remote.begun) == ([Transient] * 3, [])


async def test_a_circuit_that_was_open_lets_one_call_try_and_closes_when_it_goes_well(
    pool: Pool, remote: Remote
) -> None:
    async with gates(pool, concurrency=4, breaker_failures=2, breaker_seconds=600) as (gate,):
        await fail(gate, 2)
        await pool.execute("update remote_budget set open_until = now()")
        gate._open_until = gate._blocked_until
        async with gate.call(Priority.READ):
            others = [asyncio.create_task(pass_through(gate, remote)) for _ in range(6)]
            await eventually(lambda: len(gate._waiters) == 6)
            before = await pool.fetchval("select max(until) from remote_slot")
            await eventually(lambda: pool.fetchval("select max(until) > $1 from remote_slot", before))
            assert remote.begun == []
        await asyncio.gather(*others)
        assert (len(remote.begun), (await row(pool))["failures"]) == (6, 0)


async def test_a_trial_that_fails_opens_it_again(pool: Pool) -> None:
    async with gates(pool, breaker_failures=2, breaker_seconds=600) as (gate,):
        await fail(gate, 2)
        await pool.execute("update remote_budget set open_until = now()")
        gate._open_until = gate._blocked_until
        assert await fail(gate, 5) == 1
        now = await row(pool)
        assert now["open_until"] > now["now"]
