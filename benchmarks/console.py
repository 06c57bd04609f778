"""Every list of the console over a merchant's year, asked for as a browser asks: one page after the other, again and
again. The time is what a caller waits on this machine, client and database included."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import psutil

from benchmarks.console_rows import fill
from benchmarks.database import Server
from benchmarks.measure import Run
from benchmarks.report import Row, Table
from crossdock.api.server import HttpDoor, listen
from crossdock.decide.rights import Grant, Role
from crossdock.settings.load import load
from crossdock.settings.scaffold import create
from crossdock.wiring.installation import Installation, open_installation
from crossdock.wiring.people import People
from crossdock.wiring.systems import known_systems

WORD = "a password for this run"
LISTS = {
    "nothing but the door": "/healthz",
    "overview": "/",
    "cases, soonest due": "/cases",
    "cases of a desk": "/cases?desk=finance",
    "cases of a kind, newest": "/cases?kind=total-conflict&sort=newest",
    "cases, closed": "/cases?state=closed",
    "cases, closed, oldest": "/cases?state=closed&sort=oldest",
    "cases, a page in the middle": "/cases?sort=oldest&after={case}",
    "orders, newest": "/orders",
    "orders, a page in the middle": "/orders?before={order}",
    "orders that wait": "/orders?state=waiting",
    "orders, oldest": "/orders?sort=oldest",
    "orders by number": "/orders?q={ref}",
    "orders by the best-sold SKU": "/orders?q=SKU-BEST",
    "orders by the best-sold SKU, oldest": "/orders?q=SKU-BEST&sort=oldest",
    "orders by company": "/orders?q=abc",
    "stock": "/stock",
    "stock, from the last SKU": "/stock?sort=z-a",
    "stock, told longest ago": "/stock?sort=told-first",
    "stock, told last": "/stock?sort=told-last",
    "stock that is sold beyond what there is": "/stock?only=oversold",
    "stock, movers": "/stock/movers",
    "accounts": "/accounts",
    "accounts, newest": "/accounts?sort=newest",
    "accounts by name": "/accounts?sort=a-z",
    "mappings": "/mappings",
    "mappings, from the last key": "/mappings?sort=z-a",
    "mappings, changed last": "/mappings?sort=newest",
    "mappings, retired": "/mappings?state=retired",
    "systems": "/systems",
    "comparisons": "/reconciliation",
    "comparisons, oldest": "/reconciliation?sort=oldest",
    "month-end": "/month-end",
    "handbook": "/handbook/oro-khaos",
    "people": "/settings/people",
    "schedules": "/settings/schedules",
    "alerts": "/settings/alerts",
    "audit trail": "/audit",
    "audit trail, oldest": "/audit?sort=oldest",
    "audit trail of one": "/audit?actor=mary",
    "audit trail, everything": "/audit?everything=1",
}


async def console(database: Server, *, orders: int, cases: int, rounds: int) -> Table:
    async with database.fresh() as url, _installed(url) as here:
        await fill(here.pool, orders=orders, cases=cases)
        people = People(here.pool, here.tenant)
        await people.add("bench", display="Bench", password=WORD, grants=(Grant(role=Role.ADMIN),), actor="benchmark")
        async with _serving(here) as door, _signed_in(door) as session:
            rows, worst = [], {}
            for name, path in LISTS.items():
                whole = door + path.format(case=cases // 2, order=orders // 2, ref=100_000 + orders // 3)
                run, times = await _asked(session, whole, rounds)
                rows.append(Row(name, [run]))
                worst[f"p95 ms, {name} (median {median(times):.1f})"] = [quantiles(times, n=20)[-1]]
    return Table(f"Console: {orders:,} orders, {cases:,} cases", "page", rows, worst)


async def _asked(session: aiohttp.ClientSession, url: str, rounds: int) -> tuple[Run, list[float]]:
    process, times = psutil.Process(), []
    before, began = process.cpu_times(), time.perf_counter()
    for _ in range(rounds):
        at = time.perf_counter()
        async with session.get(url, allow_redirects=False) as answer:
            await answer.read()
            assert answer.status == 200, (url, answer.status)
        times.append((time.perf_counter() - at) * 1000)
    wall, used = time.perf_counter() - began, process.cpu_times()
    cpu = used.user + used.system - before.user - before.system
    return Run(things=rounds, wall=wall, cpu=cpu, peak_mb=process.memory_info().rss / 2**20), times


@contextlib.asynccontextmanager
async def _installed(url: str) -> AsyncIterator[Installation]:
    """The settings that `init` writes; no system is ever called."""
    with tempfile.TemporaryDirectory(prefix="crossdock-benchmark-") as folder:
        home = Path(folder) / "merchant"
        create(home, known_systems(), pairings=("oro-khaos", "scayle-khaos"))
        settings = home / "crossdock.yaml"
        settings.write_text(settings.read_text("utf-8") + "\ndatabase_url: ${DATABASE}\n", "utf-8")
        project = load(settings, systems=known_systems(), environ={"DATABASE": url, "HOOK_SECRET": WORD})
        async with open_installation(project) as here:
            yield here


@contextlib.asynccontextmanager
async def _serving(here: Installation) -> AsyncIterator[str]:
    door = HttpDoor(here, listen("127.0.0.1", 0))
    task = asyncio.create_task(door.run())
    await door.started()
    yield door.url
    door.stop()
    await task


@contextlib.asynccontextmanager
async def _signed_in(door: str) -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)  # for an address without a name
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        async with session.post(f"{door}/sign-in", data={"name": "bench", "password": WORD}, allow_redirects=False):
            pass
        yield session
