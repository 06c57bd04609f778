"""What is kept of calls that failed: the newest few of each system, without secrets and without a round trip more."""

import asyncio

import pytest

from crossdock.engine.budget import KEPT_FAILURES, SharedGate
from crossdock.engine.trial_gate import TrialGate
from crossdock.model.faults import Transient
from crossdock.ports.config import Budget
from crossdock.ports.runtime import Priority
from crossdock.store.database import Pool
from crossdock.store.systems import FailedCall, read_remotes
from crossdock.telemetry.hiding import hider
from tests.engine.gates import SYSTEM, TENANT, gates
from tests.engine.test_breaker import fail


async def kept(pool: Pool) -> list[FailedCall]:
    return list((await read_remotes(pool, TENANT, [SYSTEM])).failures.get(SYSTEM, ()))


async def call(gate: SharedGate, problem: str, *, throttled: float | None = None) -> None:
    async with gate.call(Priority.READ) as permit:
        if throttled is not None:
            permit.throttled(throttled, "GET http://erp/x", problem)
        elif problem:
            permit.failed("GET http://erp/x", problem)


async def test_the_newest_failures_are_kept_and_the_oldest_go(pool: Pool) -> None:
    async with gates(pool, breaker_failures=100) as (gate,):
        await call(gate, "")
        assert await kept(pool) == []
        for number in range(KEPT_FAILURES + 3):
            await call(gate, f"failure {number}")
        await call(gate, "")
    found = await kept(pool)
    assert [one.problem for one in found] == [f"failure {number}" for number in range(KEPT_FAILURES + 2, 2, -1)]
    assert {one.call for one in found} == {"GET http://erp/x"}


async def test_being_turned_away_takes_the_place_of_no_failure(pool: Pool) -> None:
    async with gates(pool, breaker_failures=100) as (gate,):
        for number in range(KEPT_FAILURES):
            await call(gate, f"failure {number}")
        for number in range(3):
            await call(gate, f"too many, {number}", throttled=0.0)
    problems = [one.problem for one in await kept(pool)]
    assert (len(problems), problems[0]) == (KEPT_FAILURES + 1, "too many, 2")


async def test_what_is_kept_holds_no_secret_and_nothing_that_the_database_cannot(pool: Pool) -> None:
    gate = SharedGate(
        pool, tenant=TENANT, system=SYSTEM, budget=Budget(), holder="w", hide=hider(["grEEn bottles", "tiny"])
    )
    try:
        await call(gate, "said: grEEn bottles, grEEn%20bottles, http://joe:other@erp/ \0 \udcff" + "x" * 1000)
    finally:
        await gate.close()
    (found,) = await kept(pool)
    assert found.problem.startswith("said: ***, ***, http://joe:***@erp/  ?xxx")
    assert len(found.problem) == 300


def trial(pool: Pool, **budget: object) -> TrialGate:
    settings = Budget(**{"requests_per_second": 1000.0, "concurrency": 4, **budget})  # type: ignore[arg-type]
    return TrialGate(pool, tenant=TENANT, system=SYSTEM, budget=settings, holder="somebody's trial")


async def test_a_person_s_trial_goes_through_an_open_circuit_and_closes_it_when_it_goes_well(pool: Pool) -> None:
    async with gates(pool, breaker_failures=2, breaker_seconds=600) as (gate,):
        await fail(gate, 2)
        tried = trial(pool, breaker_failures=2, breaker_seconds=600)
        try:
            await call(tried, "")
        finally:
            await tried.close()
        assert await pool.fetchval("select failures from remote_budget") == 0
        assert await pool.fetchval("select open_until < now() from remote_budget")


async def test_a_trial_gives_up_after_four_failures(pool: Pool) -> None:
    tried = trial(pool, breaker_failures=2, breaker_seconds=600)
    try:
        assert await fail(tried, 10) == 4
        with pytest.raises(Transient, match="did not answer before"):
            await call(tried, "")
    finally:
        await tried.close()


async def test_a_trial_waits_for_its_place_like_everybody_and_obeys_a_pause_that_was_asked_for(pool: Pool) -> None:
    async with gates(pool, concurrency=1) as (gate,):
        tried = trial(pool, concurrency=1)
        try:
            async with gate.call(Priority.READ):
                waits = asyncio.create_task(call(tried, ""))
                before = await pool.fetchval("select max(until) from remote_slot")
                while not await pool.fetchval("select max(until) > $1 from remote_slot", before):
                    await asyncio.sleep(0.01)
                assert not waits.done()
            await waits
            await call(gate, "too many", throttled=60.0)
            with pytest.raises(Transient, match=r"asked us to wait another \d+ s") as caught:
                await call(tried, "")
            assert caught.value.throttled
        finally:
            await tried.close()
