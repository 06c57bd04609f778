"""Orders placed in the shop, until the shop knows the ERP's number of each: ours against bare loops and the queue."""

import asyncio
import contextlib
import time
from pathlib import Path

import asyncpg

from benchmarks.child import child
from benchmarks.database import Server
from benchmarks.measure import Run
from benchmarks.merchant import set_up
from benchmarks.simulators import Simulators
from crossdock.store.migrate import migrate

CONCURRENCY = 32
MILESTONES = """
select extract(epoch from max(captured_at) - min(captured_at)) as captured_in,
       extract(epoch from max(posted_at) - min(captured_at)) as posted_in,
       extract(epoch from max(acknowledged_at) - min(captured_at)) as told_in
from sales_order
"""
LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 600


async def bare(there: Simulators, folder: Path, *, mode: str, orders: int, seed: int, latency: float = 0.0) -> Run:
    await there.reset(orders=orders, seed=seed, erp_latency=latency)
    settings = set_up(folder, shop=there.shop, erp=there.erp, concurrency=CONCURRENCY)
    async with child("bare_loop", settings, mode, CONCURRENCY) as loop:
        await loop.line()
        far = there.cpu()
        await loop.tell("go")
        used = await loop.line()
        far = there.cpu() - far
    await check(there, orders)
    return Run(orders, used["wall"], used["cpu"], used["peak_mb"], far_cpu=far)


async def crossdock(
    there: Simulators,
    server: Server,
    folder: Path,
    *,
    orders: int,
    seed: int,
    workers: int = 1,
    in_flight: int = 0,
    latency: float = 0.0,
) -> Run:
    """From the moment the workers start until the last order is acknowledged."""
    await there.reset(orders=orders, seed=seed, erp_latency=latency)
    async with server.fresh() as url:
        await migrate(url)
        settings = set_up(folder, shop=there.shop, erp=there.erp, concurrency=CONCURRENCY, in_flight=in_flight)
        run = await _work(there, server, settings, url, orders=orders, workers=workers)
    await check(there, orders)
    return run


async def _work(there: Simulators, server: Server, settings: Path, url: str, *, orders: int, workers: int) -> Run:
    async with contextlib.AsyncExitStack() as stack:
        crew = [
            await stack.enter_async_context(child("worker_process", settings, environ={"CROSSDOCK_DATABASE_URL": url}))
            for _ in range(workers)
        ]
        for one in crew:
            await one.line()
        await crew[0].tell("prepare")
        await crew[0].line()
        watch = await asyncpg.connect(url)
        far, near = there.cpu(), server.cpu()
        began = time.perf_counter()
        for one in crew:
            await one.tell("go")
        await _until_told(watch, orders, began)
        wall = time.perf_counter() - began
        far, near = there.cpu() - far, (server.cpu() or 0.0) - (near or 0.0)
        for one in crew:
            await one.tell("stop")
        used = [await one.line() for one in crew]
        notes = dict(await watch.fetchrow(MILESTONES))
        await watch.close()
    return Run(
        orders, wall, sum(one["cpu"] for one in used), max(one["peak_mb"] for one in used), far_cpu=far,
        server_cpu=near, notes={name: float(value) for name, value in notes.items()},
    )  # fmt: skip


async def _until_told(watch: asyncpg.Connection, orders: int, began: float) -> None:
    while await watch.fetchval("select count(*) from sales_order where acknowledged_at is not null") < orders:
        if time.perf_counter() - began > PATIENCE_SECONDS:
            states = await watch.fetch("select state, count(*) from sales_order group by 1")
            raise RuntimeError(f"not done after {PATIENCE_SECONDS} s: {states}")
        await asyncio.sleep(LOOK_SECONDS)


async def check(there: Simulators, orders: int) -> None:
    """Every order once in the ERP, and its number in the shop. Raises RuntimeError: a fast wrong run is no run."""
    refs = await there.orders_in_erp()
    if len(refs) != orders or len(set(refs)) != orders:
        raise RuntimeError(f"the ERP holds {len(refs)} orders, {len(set(refs))} different ones, of {orders}")
    if (told := await there.told()) != orders:
        raise RuntimeError(f"the shop was told of {told} orders of {orders}")


async def empty_handler(server: Server, *, jobs: int) -> Run:
    async with server.fresh() as url, child("empty_handler", url, jobs, CONCURRENCY) as queue:
        await queue.line()
        near = server.cpu()
        await queue.tell("go")
        used = await queue.line()
        near = (server.cpu() or 0.0) - (near or 0.0)
        if used["done"] != jobs:
            raise RuntimeError(f"{used['done']} jobs were done of {jobs}")
    return Run(jobs, used["wall"], used["cpu"], used["peak_mb"], server_cpu=near)
