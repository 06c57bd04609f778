"""What tests stand on: a database is handed on empty, and never when it is no longer as it was."""

import asyncpg

from tests.conftest import TEMPLATE
from tests.databases import Databases

ADD = "insert into person (tenant, name, password_hash) values ('main', 'ada', '') returning id"


async def _said(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_database_is_handed_on_empty_and_counts_from_one_again(server: str) -> None:
    databases = Databases(server, TEMPLATE)
    async with databases.lend() as first:
        assert await _said(first, ADD) == 1
        left_open = await asyncpg.connect(first)
    async with databases.lend() as second:
        assert (second, await _said(second, "select count(*) from person")) == (first, 0)
        assert await _said(second, ADD) == 1
    left_open.terminate()


async def test_a_database_that_was_changed_is_thrown_away(server: str) -> None:
    databases = Databases(server, TEMPLATE)
    changes = ("alter table person add odd int", "alter table audit_entry disable trigger all", "analyze person")
    for change in changes:
        async with databases.lend() as url:
            await _said(url, ADD)
            await _said(url, change)
        async with databases.lend() as another:
            assert (change, another == url) == (change, False)
