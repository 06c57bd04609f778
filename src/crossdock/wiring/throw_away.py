"""A pairing in a database that is gone afterwards: real systems, read only, and today's mappings if there are any."""

import contextlib
import os
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from crossdock.engine.clock import SystemClock
from crossdock.engine.local_gate import LocalGate
from crossdock.flows.pairing import Pairing
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
    settings = project.sales[name]
    with tempfile.TemporaryDirectory(prefix="crossdock-rehearsal-") as folder:
        home = Path(folder)
        try:
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
        finally:
            remove_embedded(home)


async def _looking(project: Project, kinds: Mapping[str, System], name: str) -> Connector:
    settings = project.systems[name]
    connector = await kinds[settings.kind].connect(settings, LocalGate(settings.budget), SystemClock())
    return cast("Connector", ReadOnly(connector))


async def _learn(project: Project, pairing: str, pool: Pool) -> int:
    """What people mapped and linked since the installation began; a new installation has nothing to tell."""
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
