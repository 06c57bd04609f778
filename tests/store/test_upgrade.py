"""From every older schema to this one, with rows in every table: nothing is lost, and the work goes on."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command

from crossdock.store import migrate as migrating
from crossdock.store.audit import verify
from crossdock.store.database import open_database
from crossdock.store.migrate import MIGRATIONS, SchemaTooNew, head, migrate
from crossdock.wiring.installation import open_installation
from crossdock.wiring.work import worker
from tests.cli.world import Cli
from tests.eventually import eventually
from tests.store.schema_dump import SCHEMA, describe
from tests.world import NAME, load_project, settings_tree

REVISIONS = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
ROWS = 3
CHAINED = {"audit_seal", "crossdock_schema"}  # a seal of nothing would be a broken chain
COLUMNS = """
select c.relname as "table", a.attname as name, format_type(a.atttypid, null) as type
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname !~ '^pgqueuer'
  and a.attnotnull and not a.atthasdef and a.attidentity = ''
order by c.relname, a.attnum
"""
TABLES = """
select relname from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r' and relname !~ '^(pgqueuer|crossdock_schema)' order by 1
"""
VALUES = {
    "text": "'{column}-' || n", "bigint": "n", "integer": "n", "numeric": "n", "double precision": "n",
    "boolean": "false", "jsonb": "'{{}}'", "bytea": "decode(lpad(n::text, 64, '0'), 'hex')",
    "timestamp with time zone": "now() - n * interval '1 hour'", "date": "date '2026-01-01' + n", "text[]": "'{{}}'",
}  # fmt: skip


async def at_revision(url: str, revision: str) -> None:
    """A database as the release that had this schema made it."""
    await asyncio.to_thread(command.upgrade, migrating._config(url), revision)


async def fill(connection: asyncpg.Connection) -> dict[str, int]:
    """Some rows in every table there is, whatever its columns are; returns how many each has."""
    wanted = {row["relname"]: [] for row in await connection.fetch(TABLES) if row["relname"] not in CHAINED}
    for row in await connection.fetch(COLUMNS):
        if row["table"] in wanted:
            wanted[row["table"]].append((row["name"], row["type"]))
    while wanted:
        done = [name for name, columns in wanted.items() if await _filled(connection, name, columns)]
        assert done, f"nothing can be put into {sorted(wanted)}"
        for name in done:
            del wanted[name]
    return await counts(connection)


async def _filled(connection: asyncpg.Connection, table: str, columns: list[tuple[str, str]]) -> bool:
    values = [_value(name, kind) for name, kind in columns]
    names = ", ".join(f'"{name}"' for name, _ in columns)
    try:
        async with connection.transaction():
            await connection.execute(
                f'insert into "{table}" ({names}) select {", ".join(values)} from generate_series(1, {ROWS}) n'
            )
    except asyncpg.ForeignKeyViolationError:
        return False
    return True


def _value(column: str, kind: str) -> str:
    return "'main'" if column == "tenant" else VALUES[kind].format(column=column)


async def counts(connection: asyncpg.Connection) -> dict[str, int]:
    names = [row["relname"] for row in await connection.fetch(TABLES)]
    return {name: await connection.fetchval(f'select count(*) from "{name}"') for name in names}


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_every_older_schema_is_brought_up_to_date_with_its_rows(revision: str, bare_database: str) -> None:
    await at_revision(bare_database, revision)
    connection = await asyncpg.connect(bare_database)
    try:
        before = await fill(connection)
        await migrate(bare_database)
        after = await counts(connection)
        assert {name: after.get(name) for name in before} == before
        assert before["sales_order"] == before["audit_entry"] == ROWS
        assert await describe(connection) == SCHEMA.read_text("utf-8")
    finally:
        await connection.close()


async def test_an_upgraded_database_is_worked_on_by_the_new_release(bare_database: str, tmp_path: Path) -> None:
    await at_revision(bare_database, "0001")
    connection = await asyncpg.connect(bare_database)
    await fill(connection)
    await connection.close()
    tree = settings_tree("http://127.0.0.1:1", "http://127.0.0.1:1")
    async with open_installation(load_project(tmp_path, tree, database=bare_database)) as here:
        working = worker(here)
        task = asyncio.create_task(working.run())

        async def worked() -> Any:
            return await here.pool.fetchval(WORKED, NAME)

        try:
            await eventually(worked)
        finally:
            working.stop()
            await asyncio.wait_for(task, 30)
        assert await here.pool.fetchval("select count(*) from audit_entry where action like 'action-%'") == ROWS
        assert (await verify(here.pool, "main")).problem == ""


WORKED = """
select exists (select from audit_seal)
   and exists (select from cadence where pairing = $1 and flow = 'orders' and ended_at is not null)
"""
MIGRATES = "import asyncio, sys; from crossdock.store.migrate import migrate; asyncio.run(migrate(sys.argv[1]))"


async def test_two_processes_that_start_at_once_migrate_once(bare_database: str) -> None:
    await at_revision(bare_database, REVISIONS[0])
    connection = await asyncpg.connect(bare_database)
    before = await fill(connection)

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", MIGRATES, bare_database], stderr=subprocess.PIPE)

    both = [start(), start()]
    for one in both:
        _, err = await asyncio.to_thread(one.communicate, timeout=120)
        assert one.returncode == 0, err
    after = await counts(connection)
    assert {name: after[name] for name in before} == before
    assert await connection.fetchval("select version_num from crossdock_schema") == head()
    await connection.close()


async def test_an_older_release_refuses_a_newer_schema_and_changes_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("update crossdock_schema set version_num = '9999'")
    before = await describe(connection)
    with pytest.raises(SchemaTooNew, match=rf"schema 9999, and this release knows no later one than {head()}"):
        await migrate(database)
    with pytest.raises(SchemaTooNew):
        async with open_database(database, tmp_path):
            pass
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    assert Cli()("init", str(tmp_path / "new")).code == 0
    for words in (("status",), ("trace", "A-1"), ("cases", "list")):
        said = await asyncio.to_thread(Cli(), *words, "--config", str(tmp_path / "new/crossdock.yaml"))
        assert (said.code, "a newer release has been at work there" in said.err) == (2, True), said.err
        assert "Traceback" not in said.err
    assert await describe(connection) == before
    assert await connection.fetchval("select version_num from crossdock_schema") == "9999"
    await connection.close()
