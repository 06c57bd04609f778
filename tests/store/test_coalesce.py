"""Group commit: many wishes, one statement; and one bad wish spoils no other."""

import asyncio
from collections.abc import Sequence

import pytest

from crossdock.store.coalesce import Coalesce


class Ledger:
    """Doubles numbers and remembers in which batches they came. 13 is refused."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def double(self, numbers: Sequence[int]) -> Sequence[int]:
        self.batches.append(list(numbers))
        await self.gate.wait()
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]


async def test_who_asks_together_shares_a_statement_and_each_gets_its_own_answer() -> None:
    ledger = Ledger()
    double = Coalesce(ledger.double)
    assert await asyncio.gather(*(double(number) for number in range(5))) == [0, 2, 4, 6, 8]
    assert ledger.batches == [[0, 1, 2, 3, 4]]


async def test_what_arrives_during_a_batch_goes_into_the_next_and_none_is_larger_than_allowed() -> None:
    ledger = Ledger()
    ledger.gate.clear()
    double = Coalesce(ledger.double, batch_max=2)
    first = asyncio.create_task(double(0))
    while not ledger.batches:
        await asyncio.sleep(0)
    others = [asyncio.create_task(double(number)) for number in range(1, 6)]
    await asyncio.sleep(0)
    ledger.gate.set()
    assert await asyncio.gather(first, *others) == [0, 2, 4, 6, 8, 10]
    assert ledger.batches == [[0], [1, 2], [3, 4], [5]]


async def test_an_error_is_told_to_whoever_wished_for_it_and_the_neighbours_are_served() -> None:
    double = Coalesce(Ledger().double)
    answers = await asyncio.gather(*(double(number) for number in (1, 13, 2)), return_exceptions=True)
    assert (answers[0], answers[2], str(answers[1])) == (2, 4, "thirteen")


async def test_when_nothing_works_everybody_hears_of_it() -> None:
    async def away(_: Sequence[int]) -> Sequence[int]:
        raise OSError("gone")

    double = Coalesce(away)
    answers = await asyncio.gather(*(double(number) for number in range(3)), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["gone"] * 3
    assert [str(answer) for answer in await asyncio.gather(double(1), return_exceptions=True)] == ["gone"]


async def test_a_caller_that_gives_up_takes_nobody_with_it() -> None:
    ledger = Ledger()
    ledger.gate.clear()
    double = Coalesce(ledger.double)
    quits, stays = asyncio.create_task(double(1)), asyncio.create_task(double(2))
    while not ledger.batches:
        await asyncio.sleep(0)
    quits.cancel()
    ledger.gate.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await quits
