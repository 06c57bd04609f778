"""kill -9 at any moment loses nothing and repeats nothing (law L10)."""

import asyncio
import os
import signal

import psutil
import pytest

from crossdock.store.database import start_embedded
from tests.chaos.estate import REST_SECONDS, START_SECONDS, Estate, estate, hook_up, parted, servers
from tests.eventually import eventually

pytestmark = pytest.mark.chaos

ORDERS, KILLS = 1_000, 20


async def open_doors(one: Estate) -> None:
    await eventually(one.is_open, deadline_seconds=START_SECONDS)
    await one.trouble(on=True)


async def sell(one: Estate, count: int, wave: int) -> int:
    """Shoppers come; those who find nothing are turned away. Some of what was sold before leaves the warehouse."""
    placed = await one.act("shop", "place_orders", count=count, seed=wave)
    await one.act("khaos", "despatch_some", seed=wave, share=0.2, partial_share=0.3, boxes=2)
    return int(placed["placed"])


async def some_progress(one: Estate, sold: int, count: int) -> None:
    """Until as many orders more are in the ERP as chance will have it: the moment is drawn, not the seconds."""
    already = await one.posted()
    wanted = one.rng.randint(0, min(count, sold - already))
    await eventually(lambda: _reached(one, already + wanted), deadline_seconds=REST_SECONDS)


async def _reached(one: Estate, count: int) -> bool:
    return await one.posted() >= count


async def test_one_process_killed_twenty_times_under_a_thousand_orders() -> None:
    async with estate() as one:
        process = one.start("run")
        await open_doors(one)
        await hook_up(one)
        sold = 0
        for wave, count in enumerate(parted(ORDERS, KILLS)):
            sold += await sell(one, count, wave)
            await some_progress(one, sold, count)
            one.kill(process)
            process = one.start("run")
        await one.keeps_the_laws()
        assert (sold, await one.ask("select count(*) from sales_order")) == (ORDERS, ORDERS)


async def test_two_workers_on_a_postgresql_of_its_own_killed_in_turn_and_together() -> None:
    with servers() as (_, url):
        async with estate(external=url) as one:
            workers = [one.start("worker"), one.start("worker")]
            await open_doors(one)
            sold = 0
            for wave, count in enumerate(parted(ORDERS, KILLS)):
                sold += await sell(one, count, wave)
                await some_progress(one, sold, count)
                for at in one.rng.choice([(0,), (1,), (0, 1)]):
                    one.kill(workers[at])
                    workers[at] = one.start("worker")
            await one.keeps_the_laws()
            assert (sold, await one.ask("select count(*) from sales_order")) == (ORDERS, ORDERS)


async def test_a_postgresql_killed_in_the_middle_of_it_all_is_waited_for() -> None:
    with servers() as (folder, url):
        async with estate(external=url) as one:
            worker = one.start("worker")
            await open_doors(one)
            sold = await sell(one, 200, 1)
            await eventually(lambda: _reached(one, 20), deadline_seconds=REST_SECONDS)
            postmaster = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]))
            os.kill(postmaster.pid, signal.SIGKILL)
            psutil.wait_procs([postmaster], timeout=30)
            sold += await sell(one, 100, 2)  # shoppers do not wait for our database
            await asyncio.to_thread(start_embedded, folder)
            await one.keeps_the_laws()
            assert (worker.poll(), await one.ask("select count(*) from sales_order")) == (None, sold)
