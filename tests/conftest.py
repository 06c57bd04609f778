"""One PostgreSQL per test process, and a fresh, migrated database for whoever asks: a quick copy of a template."""

import asyncio
import contextlib
import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from hypothesis import settings

from crossdock.store.database import Pool, open_database, remove_embedded, start_embedded
from crossdock.store.migrate import migrate

# How long an example takes says more of the machine than of the rule.
settings.register_profile("crossdock", deadline=None)
settings.load_profile("crossdock")

TEMPLATE = "crossdock_template"
SETTINGS = {
    # These tests never pull the plug of this server.
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    "deadlock_timeout": "50ms",
}  # fmt: skip
numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of the server's own database; nothing of it is left behind."""
    with throwaway_folder() as folder:
        url = start_embedded(folder)
        try:
            asyncio.run(_prepare(url))
            yield url
        finally:
            remove_embedded(folder)


@contextlib.contextmanager
def throwaway_folder() -> Iterator[Path]:
    """Where a server may keep its data. Not under pytest's own folder: that is closed to other users each time a
    session starts, and for root the server runs as one."""
    with tempfile.TemporaryDirectory(prefix="crossdock-tests-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


async def _prepare(url: str) -> None:
    for name, value in SETTINGS.items():
        await _admin(url, f"alter system set {name} = '{value}'")
    await _admin(url, "select pg_reload_conf()")
    await _admin(url, f"create database {TEMPLATE}")
    await migrate(in_database(url, TEMPLATE))


async def _admin(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def in_database(url: str, name: str) -> str:
    """The same server, another database."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"


async def _make(server: str, template: str) -> AsyncIterator[str]:
    name = f"test_{next(numbers)}"
    await _admin(server, f"create database {name} template {template} strategy file_copy")
    yield in_database(server, name)
    await _admin(server, f"drop database {name} with (force)")


@pytest.fixture
async def database(server: str) -> AsyncIterator[str]:
    """The URL of a database with our schema and nothing in it."""
    async for url in _make(server, TEMPLATE):
        yield url


@pytest.fixture
async def bare_database(server: str) -> AsyncIterator[str]:
    """The URL of a database without any schema."""
    async for url in _make(server, "template0"):
        yield url


@pytest.fixture
async def pool(database: str, tmp_path: Path) -> AsyncIterator[Pool]:
    async with open_database(database, tmp_path, pool_max=10) as opened:
        yield opened
