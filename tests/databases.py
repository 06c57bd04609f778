"""Databases for tests: copies of a template, wiped after a test for the next one, for a new copy takes far longer.

What is wiped: every row, every identity's count, every session. A test that left its database otherwise than the
template (another column, a trigger that is off, statistics) has it thrown away.
"""

import contextlib
import itertools
from collections.abc import AsyncIterator

import asyncpg

USES = 50  # wiping leaves dead rows in the catalogue
numbers = itertools.count(1)

# pg_relation_size: a table that was ever written to has a page, whoever took its rows away again.
TOUCHED = """
select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname = 'public' and c.relname <> 'crossdock_schema' and (
    pg_relation_size(c.oid) > 0 or exists (
        select from pg_depend d join pg_class s on s.oid = d.objid
        where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
          and case when s.relkind = 'S' then pg_sequence_last_value(s.oid) is not null end))
"""

LOOK = """
with ours as (
    select c.* from pg_class c where c.relnamespace not in ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace,
        'information_schema'::regnamespace)
), said (word) as (
    select concat_ws(' ', oid, relname, relkind, relacl, reloptions, relhastriggers, relrowsecurity,
                     case when relkind = 'r' then concat_ws(' ', relpages, reltuples) end)
    from ours
    union all
    select concat_ws(' ', attrelid, attname, atttypid, attnotnull, atthasdef, attidentity, attacl, attisdropped)
    from pg_attribute where attrelid in (select oid from ours)
    union all select concat_ws(' ', oid, tgname, tgenabled) from pg_trigger where tgrelid in (select oid from ours)
    union all
    select concat_ws(' ', oid, conname, convalidated) from pg_constraint where conrelid in (select oid from ours)
    union all
    select concat_ws(' ', oid, proname, md5(prosrc), proacl) from pg_proc
    where pronamespace = 'public'::regnamespace
    union all select concat_ws(' ', oid, nspname, nspacl) from pg_namespace where nspname not like 'pg\\_temp%'
              and nspname not like 'pg\\_toast\\_temp%'
    union all
    select concat_ws(' ', 'statistics', starelid, staattnum) from pg_statistic
    where starelid in (select oid from ours)
    union all select concat_ws(' ', 'extension', extname) from pg_extension
    union all select concat_ws(' ', 'setting', setrole, setconfig) from pg_db_role_setting s
              join pg_database d on d.oid = s.setdatabase where d.datname = current_database()
    union all select concat_ws(' ', 'migrations', t) from crossdock_schema t
)
select md5(string_agg(word, e'\\n' order by word)) from said
"""


class Databases:
    """server: URL of its own database. template: the name of what is copied."""

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template = server, template
        self._idle: list[tuple[str, int]] = []  # name, how often it was used
        self._look: str | None = None

    @contextlib.asynccontextmanager
    async def lend(self) -> AsyncIterator[str]:
        """The URL of a database with the template's schema and nothing in it, until whoever asked is done."""
        name, uses = self._idle.pop() if self._idle else (await self._copy(), 0)
        try:
            yield in_database(self.server, name)
        finally:
            if uses < USES and await self._wipe(name):
                self._idle.append((name, uses + 1))
            else:
                await admin(self.server, f"drop database if exists {name} with (force)")

    async def _copy(self) -> str:
        name = f"test_{next(numbers)}"
        await admin(self.server, f"create database {name} template {self.template} strategy wal_log")
        if self._look is None:
            connection = await asyncpg.connect(in_database(self.server, name))
            try:
                self._look = await connection.fetchval(LOOK)
            finally:
                await connection.close()
        return name

    async def _wipe(self, name: str) -> bool:
        """Whether it is as the template again."""
        try:
            connection = await asyncpg.connect(in_database(self.server, name))
        except asyncpg.PostgresError:
            return False  # the test took it away
        try:
            await connection.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
            # The audit trail lets nobody truncate it.
            await connection.execute("set session_replication_role = replica")
            if touched := [row["name"] for row in await connection.fetch(TOUCHED)]:
                await connection.execute(f"truncate {', '.join(touched)} restart identity cascade")
            return bool(await connection.fetchval(LOOK) == self._look)
        finally:
            await connection.close()


async def admin(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def in_database(url: str, name: str) -> str:
    """The same server, another database."""
    head, _, query = url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}?{query}"
