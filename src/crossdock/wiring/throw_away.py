"""A pairing in a database that is gone afterwards: real systems, read only, and today's mappings if there are any."""

import asyncio
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from crossdock.engine.clock import SystemClock
from crossdock.engine.local_gate import LocalGate
from crossdock.flows.pairing import Pairing
from crossdock.ports.busy import Busy
from crossdock.ports.systems import Connector, System
from crossdock.settings.tree import Project
from crossdock.store.archive import Vault
from crossdock.store.database import Pool, open_database, remove_embedded
from crossdock.store.jobs import PoolJobs
from crossdock.store.loading import PgLoadBook
from crossdock.store.runs import RunBook
from crossdock.store.sql import statements
from crossdock.wiring.installation import Installation, database_url, make_pairing
from crossdock.wiring.loading import load_book
from crossdock.wiring.read_only import ReadOnly

SQL = statements("lookups")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a rehearsal plays. learned: how many mappings and account links were taken over from the real database."""

    pairing: Pairing
    book: PgLoadBook
    pool: Pool
    tenant: str
    learned: int


@contextlib.asynccontextmanager
async def throw_away(project: Project, kinds: Mapping[str, System], name: str) -> AsyncIterator[Stage]:
    """Raises DatabaseUnavailable: also when the real database is set up and cannot be read."""
    with tempfile.TemporaryDirectory(prefix="crossdock-rehearsal-") as folder:
        home = Path(folder)
        try:
            async with _staged(project, kinds, name, home) as stage:
                yield stage
        finally:
            remove_embedded(home)


KEPT_SECONDS = 24 * 3600.0  # what was read longer ago than that is read anew


@contextlib.asynccontextmanager
async def kept(
    project: Project, kinds: Mapping[str, System], name: str, home: Path, *, fresh: bool = False
) -> AsyncIterator[Stage]:
    """The same in a folder of its own, which stays when the block is not left in peace: the next one goes on from
    there, within a day. fresh: begin anew. Raises Busy when somebody is at it."""
    with _only_one(home, fresh=fresh):
        async with _staged(project, kinds, name, home) as stage:
            yield stage
        await asyncio.to_thread(_discard, home)


@contextlib.contextmanager
def _only_one(home: Path, *, fresh: bool) -> Iterator[None]:
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(str(home)) from None
        if fresh or (home.exists() and time.time() - home.stat().st_ctime > KEPT_SECONDS):
            _discard(home)
        home.mkdir(exist_ok=True)
        yield


def _discard(home: Path) -> None:
    if home.exists():
        remove_embedded(home)
        shutil.rmtree(home, ignore_errors=True)


@contextlib.asynccontextmanager
async def _staged(project: Project, kinds: Mapping[str, System], name: str, home: Path) -> AsyncIterator[Stage]:
    settings = project.sales[name]
    async with open_database(None, home, pool_max=8) as pool:
        here = Installation(
            project=project, kinds=kinds, pool=pool, vault=Vault(os.urandom(32)),
            runs=RunBook(pool, project.tenant), jobs=PoolJobs(pool),
        )  # fmt: skip
        try:
            for side in settings.systems():
                here.connectors[side] = await _looking(project, kinds, side)
            learned = await _learn(project, name, pool)
            pairing = await make_pairing(here, name, settings)
            book = load_book(here, name)
            yield Stage(pairing=pairing, book=book, pool=pool, tenant=project.tenant, learned=learned)
        finally:
            for connector in here.connectors.values():
                await connector.close()


async def _looking(project: Project, kinds: Mapping[str, System], name: str) -> Connector:
    settings = project.systems[name]
    connector = await kinds[settings.kind].connect(settings, LocalGate(settings.budget), SystemClock())
    return cast("Connector", ReadOnly(connector))


async def _learn(project: Project, pairing: str, pool: Pool) -> int:
    """What people mapped and linked since the installation began; a new installation has nothing to tell. What a stage
    that was left behind had learned is learned anew."""
    await pool.execute(SQL["forget_maps"])
    await pool.execute(SQL["forget_links"])
    url = database_url(project)
    if url is None and not (project.data_dir / "postgres" / "PG_VERSION").exists():
        return 0
    async with open_database(url, project.data_dir, pool_max=4) as real:
        maps = await real.fetch(SQL["current_maps"], project.tenant, pairing)
        links = await real.fetch(SQL["current_links"], project.tenant, pairing)
    await pool.copy_records_to_table("code_map", records=[tuple(one) for one in maps], columns=list(MAPS))
    await pool.copy_records_to_table("account_link", records=[tuple(one) for one in links], columns=list(LINKS))
    return len(maps) + len(links)


MAPS = ("tenant", "pairing", "kind", "key", "value", "actor")
LINKS = ("tenant", "pairing", "company_ref", "account_id", "actor")
