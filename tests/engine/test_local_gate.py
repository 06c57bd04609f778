"""The budget of one command: as many calls at once as configured, and no waiting for what is away."""

import asyncio

import pytest

from crossdock.engine.local_gate import GIVE_UP_AFTER, LocalGate
from crossdock.model.faults import Transient
from crossdock.ports.config import Budget
from crossdock.ports.runtime import Priority


async def test_no_more_calls_at_once_than_configured() -> None:
    gate, at_once, most = LocalGate(Budget(concurrency=3, requests_per_second=10_000)), 0, 0

    async def call() -> None:
        nonlocal at_once, most
        async with gate.call(Priority.READ):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.01)
            at_once -= 1

    await asyncio.gather(*(call() for _ in range(12)))
    assert most == 3


async def test_calls_are_spaced_by_the_rate_and_by_what_the_other_side_asks() -> None:
    gate, began = LocalGate(Budget(requests_per_second=50)), asyncio.get_running_loop().time()
    for _ in range(3):
        async with gate.call(Priority.READ) as permit:
            pass
    assert asyncio.get_running_loop().time() - began >= 0.039
    async with gate.call(Priority.READ) as permit:
        permit.throttled(0.1)
    told = asyncio.get_running_loop().time()
    async with gate.call(Priority.READ):
        pass
    assert asyncio.get_running_loop().time() - told >= 0.09


async def test_what_does_not_answer_is_not_waited_for_again() -> None:
    gate = LocalGate(Budget(requests_per_second=10_000))

    async def fail() -> None:
        async with gate.call(Priority.READ) as permit:
            permit.failed()
            raise OSError

    for _ in range(GIVE_UP_AFTER):
        with pytest.raises(OSError):
            await fail()
    with pytest.raises(Transient, match="no call was made"):
        async with gate.call(Priority.READ):
            raise AssertionError("it was let through")


async def test_one_good_answer_makes_up_for_failures() -> None:
    gate = LocalGate(Budget(requests_per_second=10_000))
    for fails in (True, True, True, False, True, True, True, False):
        async with gate.call(Priority.READ) as permit:
            if fails:
                permit.failed()
