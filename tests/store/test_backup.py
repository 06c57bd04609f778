"""A backup is of one moment, whole or not there; a restore is into nothing, all of it or none."""

import asyncio
import io
import os
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from crossdock.store import backup as backups
from crossdock.store import pg_programs
from crossdock.store.archive import Vault, archive
from crossdock.store.audit import seal_all, verify
from crossdock.store.backup import BackupRefused, put_back, read_manifest, take
from crossdock.store.database import Pool, open_database
from crossdock.store.migrate import head, migrate
from crossdock.store.pg_programs import ProgramFailed, find_program
from tests.databases import in_database
from tests.store.test_upgrade import at_revision, fill

VAULT, ANOTHER = Vault(b"k" * 32), Vault(b"x" * 32)
ROWS = """
insert into sales_order (tenant, pairing, storefront_id, ref, state) values ('main', 'p', '1', 'A-1', 'waiting');
insert into desk_case (tenant, pairing, kind, subject, desk, severity, cause, due_at)
values ('main', 'p', 'k', 's', 'erp', 'normal', 'because', now());
insert into stock_published (tenant, pairing, ref, quantity, published_at) values ('main', 'p', 'r', 3, now());
insert into audit_entry (tenant, actor, action, subject)
select 'main', 'mary', 'looked', 'case' from generate_series(1, 50)
"""


@pytest.fixture
async def filled(pool: Pool, database: str) -> str:
    await pool.execute(ROWS)
    async with pool.acquire() as connection:
        await archive(connection, VAULT, tenant="main", source="shop", kind="order", documents=[("A-1", b"<order/>")])
    await seal_all(pool, "main")
    return database


async def taken(url: str, folder: Path) -> Path:
    file = folder / "one.backup"
    await take(url, file, vault=VAULT, version="0.1.0")
    return file


async def asked(url: str, question: str) -> Any:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_what_was_backed_up_is_back(filled: str, bare_database: str, tmp_path: Path) -> None:
    file = await taken(filled, tmp_path)
    done = await put_back(bare_database, file, vault=VAULT, actor="mary")
    assert (done.schema, done.audit_problem, done.audit_entries, done.forgotten) == (head(), "", 50, 1)
    assert await asked(bare_database, "select ref || state from sales_order") == "A-1waiting"
    sealed = await asked(bare_database, "select body from raw_document")
    assert VAULT.open(sealed) == b"<order/>"
    async with open_database(bare_database, tmp_path) as pool:
        await seal_all(pool, "main")
        verdict = await verify(pool, "main")
    assert (verdict.problem, verdict.entries) == ("", 51)
    assert await asked(bare_database, "select actor from audit_entry where action = 'database restored'") == "mary"


async def test_what_the_shop_shows_is_shown_anew_and_nobody_stays_signed_in(
    filled: str, bare_database: str, tmp_path: Path
) -> None:
    await asked(filled, PERSON)
    done = await put_back(bare_database, await taken(filled, tmp_path), vault=VAULT, actor="mary")
    assert (done.forgotten, done.signed_out) == (1, 1)
    assert await asked(bare_database, "select count(*) from stock_published") == 0
    assert await asked(bare_database, "select count(*) from person_session where ended_at is null") == 0


PERSON = """
with one as (insert into person (tenant, name, password_hash) values ('main', 'mary', '-') returning id)
insert into person_session (digest, person_id, csrf, expires_at) select 'd', id, 'c', now() + interval '1 hour' from one
"""


async def test_it_is_of_one_moment_however_much_is_written_meanwhile(
    filled: str, bare_database: str, tmp_path: Path, pool: Pool
) -> None:
    over = asyncio.Event()

    async def go_on() -> None:
        while not over.is_set():
            async with pool.acquire() as connection, connection.transaction():
                await connection.execute("insert into sales_order (tenant, pairing, storefront_id, ref, state) "
                                         "select 'main', 'p', gen_random_uuid()::text, 'B', 'captured'")  # fmt: skip
                await connection.execute("insert into audit_entry (tenant, actor, action, subject) "
                                         "values ('main', 'crossdock', 'captured', 'order')")  # fmt: skip
            await seal_all(pool, "main")

    writing = asyncio.create_task(go_on())
    try:
        file = await taken(filled, tmp_path)
    finally:
        over.set()
        await writing
    done = await put_back(bare_database, file, vault=VAULT, actor="mary")
    assert done.audit_problem == ""
    orders = await asked(bare_database, "select count(*) from sales_order where ref = 'B'")
    entries = await asked(bare_database, "select count(*) from audit_entry where action = 'captured'")
    assert orders == entries == done.backup.rows["sales_order"] - 1


async def test_only_its_owner_may_read_it_and_nothing_else_is_left_behind(filled: str, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    file = await taken(filled, folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == [file.name]
    backup = read_manifest(file)
    assert (backup.schema, backup.rows["sales_order"]) == (head(), 1)
    assert backup.key not in ("", VAULT._key.hex())


async def test_a_backup_overwrites_nothing(filled: str, tmp_path: Path) -> None:
    file = await taken(filled, tmp_path)
    before = file.read_bytes()
    with pytest.raises(BackupRefused, match="is there already"):
        await taken(filled, tmp_path)
    assert file.read_bytes() == before


async def test_there_is_nothing_to_back_up_in_a_database_of_others(bare_database: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="nothing of Crossdock's"):
        await taken(bare_database, tmp_path)
    with pytest.raises(BackupRefused, match="no folder"):
        await taken(bare_database, tmp_path / "nowhere")
    assert not [one for one in os.listdir(tmp_path) if "backup" in one]  # noqa: PTH208 - a blocking look will do


@pytest.mark.parametrize(
    "statement", ["create table theirs (n int)", "create schema s; create view s.v as select 1", "create sequence q"]
)
async def test_a_database_that_is_not_empty_is_left_alone(
    statement: str, filled: str, bare_database: str, tmp_path: Path
) -> None:
    file = await taken(filled, tmp_path)
    connection = await asyncpg.connect(bare_database)
    await connection.execute(statement)
    await connection.close()
    with pytest.raises(BackupRefused, match="is not empty: it holds .*Restore into a new one"):
        await put_back(bare_database, file, vault=VAULT, actor="mary")
    assert await asked(bare_database, "select to_regclass('sales_order')") is None


async def test_into_the_database_it_came_from_it_is_refused(filled: str, tmp_path: Path) -> None:
    file = await taken(filled, tmp_path)
    with pytest.raises(BackupRefused, match="is not empty"):
        await put_back(filled, file, vault=VAULT, actor="mary")


def changed(file: Path, **manifest: Any) -> Path:
    """The same backup saying something else of itself."""
    other = file.with_name("other.backup")
    with tarfile.open(file) as source, tarfile.open(other, "w") as made:
        said = {**orjson.loads(source.extractfile("manifest.json").read()), **manifest}  # type: ignore[union-attr]
        text = orjson.dumps(said)
        info = tarfile.TarInfo("manifest.json")
        info.size = len(text)
        made.addfile(info, io.BytesIO(text))
        made.addfile(source.getmember("database.dump"), source.extractfile("database.dump"))
    return other


async def test_a_backup_of_a_newer_release_is_refused(filled: str, bare_database: str, tmp_path: Path) -> None:
    file = await taken(filled, tmp_path)
    newer = changed(file, schema="9999", crossdock="7.0")
    with pytest.raises(BackupRefused, match=r"newer release \(Crossdock 7.0, schema 9999\)"):
        await put_back(bare_database, newer, vault=VAULT, actor="mary")
    with pytest.raises(BackupRefused, match="a form that this release does not know"):
        read_manifest(changed(file, format=2))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "a byte of it is another": lambda raw: raw[:30_000] + bytes([raw[30_000] ^ 1]) + raw[30_001:],
    "its end is missing": lambda raw: raw[: len(raw) * 2 // 3],
    "it is empty": lambda _: b"",
    "it is something else": lambda _: b"-- a dump\nselect 1;\n" * 1000,
    "its beginning is missing": lambda raw: raw[700:],
}


@pytest.mark.parametrize("how", DAMAGE)
async def test_a_damaged_backup_is_refused_before_anything_is_touched(
    how: str, filled: str, bare_database: str, tmp_path: Path
) -> None:
    file = await taken(filled, tmp_path)
    file.write_bytes(DAMAGE[how](file.read_bytes()))
    with pytest.raises(BackupRefused, match="damaged|no whole backup"):
        await put_back(bare_database, file, vault=VAULT, actor="mary")
    assert await asked(bare_database, "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="cannot be read: no such file"):
        read_manifest(tmp_path / "nowhere")


async def test_with_another_key_it_is_refused_unless_that_is_wished(
    filled: str, bare_database: str, tmp_path: Path
) -> None:
    file = await taken(filled, tmp_path)
    with pytest.raises(BackupRefused, match="not the one the backup was taken with"):
        await put_back(bare_database, file, vault=ANOTHER, actor="mary")
    done = await put_back(bare_database, file, vault=None, actor="mary")
    assert done.audit_problem == ""


async def test_what_does_not_come_back_whole_is_told(filled: str, bare_database: str, tmp_path: Path) -> None:
    file = await taken(filled, tmp_path)
    rows = {**read_manifest(file).rows, "sales_order": 7}
    with pytest.raises(BackupRefused, match="not what was backed up: sales_order"):
        await put_back(bare_database, changed(file, rows=rows), vault=VAULT, actor="mary")


async def test_a_restore_that_fails_leaves_nothing(
    filled: str, bare_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await taken(filled, tmp_path)
    with tarfile.open(file) as tar:
        dump = tar.extractfile("database.dump").read()  # type: ignore[union-attr]
    cut = dump[: len(dump) - 200]
    bad = tmp_path / "bad.backup"
    import hashlib

    with tarfile.open(file) as source, tarfile.open(bad, "w") as made:
        said = orjson.loads(source.extractfile("manifest.json").read())  # type: ignore[union-attr]
        text = orjson.dumps({**said, "sha256": hashlib.sha256(cut).hexdigest()})
        for name, body in (("manifest.json", text), ("database.dump", cut)):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            made.addfile(info, io.BytesIO(body))
    with pytest.raises(ProgramFailed, match="pg_restore failed"):
        await put_back(bare_database, bad, vault=VAULT, actor="mary")
    assert await asked(bare_database, "select to_regclass('sales_order')") is None


async def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    server: str, bare_database: str, tmp_path: Path
) -> None:
    old = in_database(server, "an_older_one")
    await asked(server, "select 1")
    admin = await asyncpg.connect(server)
    await admin.execute("create database an_older_one template template0")
    try:
        await at_revision(old, "0001")
        connection = await asyncpg.connect(old)
        await fill(connection)
        await connection.close()
        file = await taken(old, tmp_path)
        assert read_manifest(file).schema == "0001"
        done = await put_back(bare_database, file, vault=VAULT, actor="mary")
        assert (done.schema, await asked(bare_database, "select version_num from crossdock_schema")) == (head(), head())
        assert await asked(bare_database, "select count(*) from sales_order") == done.backup.rows["sales_order"]
        await migrate(bare_database)
    finally:
        await admin.execute("drop database an_older_one with (force)")
        await admin.close()


async def test_whoever_starts_during_a_restore_waits_for_its_end(
    filled: str, bare_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await taken(filled, tmp_path)
    loading, order = asyncio.Event(), []
    load = backups._load

    async def slow(*given: Any, **named: Any) -> None:
        loading.set()
        while not await asked(bare_database, WAITING):
            await asyncio.sleep(0.02)
        await load(*given, **named)
        order.append("restored")

    monkeypatch.setattr(backups, "_load", slow)

    async def start() -> None:
        await loading.wait()
        await migrate(bare_database)
        order.append("started")

    await asyncio.gather(put_back(bare_database, file, vault=VAULT, actor="mary"), start())
    assert order == ["restored", "started"]
    assert await asked(bare_database, "select ref from sales_order") == "A-1"


WAITING = """
select count(*) from pg_locks where locktype = 'advisory' and not granted
and database = (select oid from pg_database where datname = current_database())
"""


async def test_a_program_too_old_for_the_server_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await find_program("pg_dump", server=14)
    with pytest.raises(ProgramFailed, match=r"pg_dump of PostgreSQL 999 or later is needed .*is of version"):
        await find_program("pg_dump", server=999)
    monkeypatch.setattr(pg_programs, "_places", lambda name: iter(()))
    with pytest.raises(ProgramFailed, match="none was found"):
        await find_program("pg_dump", server=14)


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgresql://me:p%40ss@db:5432/x?sslmode=require", "postgresql://me@db:5432/x?sslmode=require", "p@ss"),
        ("postgresql://postgres:@/x?host=/run/pg", "postgresql://postgres@/x?host=/run/pg", ""),
        ("postgresql://db/x", "postgresql://db/x", ""),
    ],
)
def test_no_argument_holds_the_password(url: str, address: str, password: str) -> None:
    assert pg_programs._apart(url) == (address, password)
