"""One PostgreSQL per test process, and a migrated database with nothing in it for whoever asks."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import settings

from crossdock.store.database import Pool, open_database, remove_embedded, start_embedded
from crossdock.store.migrate import migrate
from crossdock.wiring import hashing
from tests.databases import Databases, admin, in_database, numbers

# How long an example takes says more of the machine than of the rule.
settings.register_profile("crossdock", deadline=None)
settings.load_profile("crossdock")

TEMPLATE = "crossdock_template"
SETTINGS = {
    # These tests never pull the plug of this server.
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
    "deadlock_timeout": "50ms",
}  # fmt: skip


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
        await admin(url, f"alter system set {name} = '{value}'")
    await admin(url, "select pg_reload_conf()")
    await admin(url, f"create database {TEMPLATE}")
    await migrate(in_database(url, TEMPLATE))


@pytest.fixture(scope="session")
def databases(server: str) -> Databases:
    return Databases(server, TEMPLATE)


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """The URL of a database with our schema and nothing in it."""
    async with databases.lend() as url:
        yield url


@pytest.fixture(scope="module")
def quick_hashes() -> Iterator[None]:
    """Passwords that cost next to nothing, where they are not what is tested."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(hashing, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        hashing._nobodys.cache_clear()
        yield
    hashing._nobodys.cache_clear()


@pytest.fixture
async def bare_database(server: str) -> AsyncIterator[str]:
    """The URL of a database without any schema."""
    name = f"test_{next(numbers)}"
    await admin(server, f"create database {name} template template0 strategy file_copy")
    yield in_database(server, name)
    await admin(server, f"drop database {name} with (force)")


@pytest.fixture
async def pool(database: str, tmp_path: Path) -> AsyncIterator[Pool]:
    async with open_database(database, tmp_path, pool_max=10) as opened:
        yield opened
