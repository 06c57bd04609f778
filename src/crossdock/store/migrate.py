"""Bring a database to the newest schema. Safe to call from many processes at once."""

import asyncio
import re
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_233_410_551  # any number of ours: one migration at a time on one database


async def migrate(url: str) -> None:
    """Run our migrations, then the job engine's own. Does nothing when both are up to date."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        if await _ours_is_old(connection):
            await asyncio.to_thread(_upgrade, url)
        queue = Queries(AsyncpgDriver(connection))
        if not await queue.schema_is_installed():
            await queue.install()
        elif (await queue.plan_upgrade()).statements:
            await queue.upgrade()
    finally:
        await connection.close()


async def _ours_is_old(connection: asyncpg.Connection) -> bool:
    if not await connection.fetchval("select to_regclass('crossdock_schema')"):
        return True
    return bool(await connection.fetchval("select version_num from crossdock_schema") != head())


def head() -> str:
    """The newest revision."""
    from alembic.script import ScriptDirectory  # only a migration pays for this import

    return str(ScriptDirectory.from_config(_config("")).get_current_head())


def statements(sql: str) -> list[str]:
    """The statements of a migration's SQL file: each ends with a semicolon before an empty line."""
    return [one.strip() for one in re.split(r";\n\n", sql) if one.strip()]


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["url"] = url
    return config


def _upgrade(url: str) -> None:
    command.upgrade(_config(url), "head")
