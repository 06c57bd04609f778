"""Bring a database to the newest schema. Safe to call from many processes at once.

Alembic is imported only where there is something to migrate: it is 20 MB that a worker never uses.
"""

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 7_233_410_551  # any number of ours: one migration at a time on one database


class SchemaTooNew(RuntimeError):
    """The database was used by a newer release; the text names both schemas and the way on."""


async def migrate(url: str) -> None:
    """Run our migrations, then the job engine's own. Does nothing when both are up to date. Raises SchemaTooNew."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        await bring_up(connection, url)
    finally:
        await connection.close()


async def bring_up(connection: asyncpg.Connection, url: str) -> None:
    """The same for whoever holds LOCK on this connection."""
    found, newest = await schema_of(connection), head()
    if found is not None and found > newest:
        raise SchemaTooNew(
            f"the database has schema {found}, and this release knows no later one than {newest}: a newer release has "
            "been at work there. Start that release, or restore a backup that was taken before"
        )
    if found != newest:
        await asyncio.to_thread(_upgrade, url)
    queue = Queries(AsyncpgDriver(connection))
    if not await queue.schema_is_installed():
        await queue.install()
    elif (await queue.plan_upgrade()).statements:
        await queue.upgrade()


async def schema_of(connection: asyncpg.Connection) -> str | None:
    """The revision of what is there; None for a database without our tables."""
    if not await connection.fetchval("select to_regclass('crossdock_schema')"):
        return None
    return str(await connection.fetchval("select version_num from crossdock_schema") or "") or None


def head() -> str:
    """The newest revision: each file of ours begins with its own."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def statements(sql: str) -> list[str]:
    """The statements of a migration's SQL file: each ends with a semicolon before an empty line."""
    return [one.strip() for one in re.split(r";\n\n", sql) if one.strip()]


def _config(url: str) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def _upgrade(url: str) -> None:
    from alembic import command

    command.upgrade(_config(url), "head")
