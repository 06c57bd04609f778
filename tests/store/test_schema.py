"""Migrations: once, from many sides at once, and to the schema that is written down."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from crossdock.store import sql
from crossdock.store.migrate import head, migrate
from crossdock.store.sql import statements
from tests.store.schema_dump import SCHEMA, describe

ROOMS = sorted(path.stem for path in Path(sql.__file__).parent.glob("*.sql"))
PACKAGE = Path(sql.__file__).parents[2]


async def described(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return await describe(connection)
    finally:
        await connection.close()


async def test_the_schema_that_is_written_down_is_what_the_migrations_make(database: str) -> None:
    assert await described(database) == SCHEMA.read_text("utf-8"), "run `python -m tests.store.schema_dump`"


async def test_the_schema_that_is_written_down_can_be_run(bare_database: str) -> None:
    connection = await asyncpg.connect(bare_database)
    try:
        await connection.execute(SCHEMA.read_text("utf-8"))
        assert await describe(connection) == SCHEMA.read_text("utf-8")
    finally:
        await connection.close()


async def test_migrating_twice_is_migrating_once(bare_database: str) -> None:
    await migrate(bare_database)
    before = await described(bare_database)
    await migrate(bare_database)
    connection = await asyncpg.connect(bare_database)
    try:
        assert await described(bare_database) == before
        assert await connection.fetchval("select version_num from crossdock_schema") == head()
        assert await connection.fetchval("select count(*) from pgqueuer") == 0
    finally:
        await connection.close()


async def test_many_that_start_at_once_migrate_once(bare_database: str) -> None:
    await asyncio.gather(*(migrate(bare_database) for _ in range(5)))
    assert await described(bare_database) == SCHEMA.read_text("utf-8")


@pytest.mark.parametrize("room", ROOMS)
async def test_every_statement_can_be_prepared_on_the_real_schema(database: str, room: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        for text in [*statements("offers").values(), *statements(room).values()]:  # others ask of its table
            await (connection.execute if "create temporary table" in text else connection.prepare)(text)
    finally:
        await connection.close()


@pytest.mark.parametrize("room", ROOMS)
def test_every_statement_is_asked_for_by_somebody(room: str) -> None:
    code = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    unused = [name for name in statements(room) if not re.search(rf"""["']{name}["']""", code)]
    assert unused == []
