"""A backup in one file, taken while work goes on, and put back into an empty database.

The file is a tar of `manifest.json` (what it is, which schema, how many rows, a digest) and `database.dump`, made by
pg_dump of one snapshot. The key that seals documents is not in it: it belongs where secrets are kept.
"""

import asyncio
import contextlib
import hashlib
import os
import tarfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import asyncpg
import orjson

from crossdock.store.archive import Vault
from crossdock.store.audit import verify
from crossdock.store.migrate import LOCK, bring_up, head, schema_of
from crossdock.store.pg_programs import run_program
from crossdock.store.sql import statements

SQL = statements("backup")
FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
MARK = b"the key of a backup"
PIECE = 1024 * 1024
MANIFEST_MAX = 4 * PIECE


class BackupRefused(RuntimeError):
    """It was not done, and nothing was changed; the text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup says of itself. key: a mark by which the key that seals documents is known, and no more."""

    crossdock: str
    schema: str
    taken_at: datetime
    sha256: str
    key: str
    rows: Mapping[str, int] = field(repr=False)

    @property
    def rows_in_all(self) -> int:
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was put back, and what was found of it. forgotten: levels that will be shown anew."""

    backup: Backup
    schema: str
    audit_entries: int
    audit_problem: str
    forgotten: int
    signed_out: int


async def take(url: str, file: Path, *, vault: Vault, version: str) -> Backup:
    """Write a backup of one moment, with whoever works at work. Raises BackupRefused."""
    _check_place(file)
    dump = file.with_name(f".{file.name}.dump.{os.getpid()}")
    try:
        async with _connected(url) as connection:
            schema = await schema_of(connection)
            if schema is None:
                raise BackupRefused("the database holds nothing of Crossdock's, so there is nothing to back up")
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                snapshot = await connection.fetchval("select pg_export_snapshot()")
                rows = await _rows(connection)
                dump.touch(mode=0o600)
                await run_program(
                    "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60000",
                    f"--snapshot={snapshot}", f"--file={dump}", server=connection.get_server_version().major,
                )  # fmt: skip
        backup = Backup(
            crossdock=version, schema=schema, taken_at=datetime.now(UTC), rows=rows, key=vault.digest(MARK).hex(),
            sha256=await asyncio.to_thread(_digest_of, dump),
        )  # fmt: skip
        await asyncio.to_thread(_pack, backup, dump, file)
        return backup
    finally:
        dump.unlink(missing_ok=True)


def _check_place(file: Path) -> None:
    if file.exists():
        raise BackupRefused(f"{file} is there already; a backup overwrites nothing. Name another file")
    if not file.parent.is_dir():
        raise BackupRefused(f"there is no folder {file.parent}")


def read_manifest(file: Path) -> Backup:
    """What a file says of itself, after every byte of it was read and found to be as it was written.

    Raises BackupRefused.
    """
    try:
        with tarfile.open(file) as tar:
            said = orjson.loads(_member(tar, MANIFEST).read(MANIFEST_MAX))
            if said.get("format") != FORMAT:
                raise BackupRefused(f"{file} is of a form that this release does not know: {said.get('format')}")
            backup = Backup(
                crossdock=said["crossdock"], schema=said["schema"], sha256=said["sha256"], key=said["key"],
                taken_at=datetime.fromisoformat(said["taken_at"]), rows=said["rows"],
            )  # fmt: skip
            digest = _digest(_member(tar, DUMP))
    except OSError as error:
        raise BackupRefused(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from error
    except (tarfile.TarError, EOFError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise BackupRefused(f"{file} is no whole backup of Crossdock's: {error}") from error
    if digest != backup.sha256:
        raise BackupRefused(f"{file} is damaged: what it holds is not what was written. Take another backup")
    return backup


async def put_back(url: str, file: Path, *, vault: Vault | None, actor: str) -> Restored:
    """Restore into an empty database; all of it, or nothing. vault: None to go on with whatever key there is.

    Raises BackupRefused.
    """
    backup = await asyncio.to_thread(read_manifest, file)
    if backup.schema > head():
        raise BackupRefused(
            f"{file} was taken by a newer release (Crossdock {backup.crossdock}, schema {backup.schema}); this one "
            f"knows schema {head()}. Install that release, or a later one"
        )
    if vault is not None and vault.digest(MARK).hex() != backup.key:
        raise BackupRefused(
            "the key here is not the one the backup was taken with: no stored document could be opened. Put the right "
            "vault.key into the data folder, or set CROSSDOCK_KEY"
        )
    async with _connected(url) as connection:
        await connection.execute("select pg_advisory_lock($1)", LOCK)  # whoever starts meanwhile waits for all of it
        if found := [row["name"] for row in await connection.fetch(SQL["anything"])]:
            raise BackupRefused(f"the database is not empty: it holds {', '.join(found)}. Restore into a new one")
        await _load(url, file, server=connection.get_server_version().major)
        if (rows := await _rows(connection)) != backup.rows:
            differ = sorted(name for name in {*rows, *backup.rows} if rows.get(name) != backup.rows.get(name))
            raise BackupRefused(f"what was restored is not what was backed up: {', '.join(differ)}")
        await bring_up(connection, url)
        return await _settle(connection, url, backup, actor)


async def _settle(connection: asyncpg.Connection, url: str, backup: Backup, actor: str) -> Restored:
    """The world went on since: what was shown is forgotten, and whoever was signed in signs in again."""
    tenants = [row["tenant"] for row in await connection.fetch(SQL["tenants"])]
    entries, problem = 0, ""
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        for verdict in [await verify(pool, one) for one in tenants]:
            entries, problem = entries + verdict.entries + verdict.unsealed, problem or verdict.problem
    async with connection.transaction():
        forgotten = _count(await connection.execute(SQL["forget_shown"]))
        signed_out = _count(await connection.execute(SQL["sign_out"]))
        detail = orjson.dumps({"taken_at": backup.taken_at, "schema": backup.schema, "forgotten": forgotten}).decode()
        for tenant in tenants:
            await connection.execute(SQL["note_restore"], tenant, actor, detail)
    return Restored(
        backup=backup, schema=head(), audit_entries=entries, audit_problem=problem, forgotten=forgotten,
        signed_out=signed_out,
    )  # fmt: skip


async def _load(url: str, file: Path, *, server: int) -> None:
    with tarfile.open(file) as tar:
        await run_program(
            "pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            server=server, stdin=_member(tar, DUMP),
        )  # fmt: skip


async def _rows(connection: asyncpg.Connection) -> dict[str, int]:
    names = [row["name"] for row in await connection.fetch(SQL["tables"])]
    return {name: await connection.fetchval(f'select count(*) from "{name}"') for name in names}  # noqa: S608 - ours


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise BackupRefused(f"the database cannot be used: {error}") from error
    try:
        yield connection
    finally:
        await connection.close()


def _pack(backup: Backup, dump: Path, file: Path) -> None:
    """Whole under its name, or not there."""
    said: dict[str, Any] = {
        "format": FORMAT, "crossdock": backup.crossdock, "schema": backup.schema, "key": backup.key,
        "taken_at": backup.taken_at.isoformat(), "sha256": backup.sha256, "rows": dict(backup.rows),
    }  # fmt: skip
    text = orjson.dumps(said, option=orjson.OPT_INDENT_2)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                tar.addfile(_header(MANIFEST, len(text)), BytesIO(text))
                with dump.open("rb") as source:
                    tar.addfile(_header(DUMP, dump.stat().st_size), source)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, file)  # a link never overwrites
        except FileExistsError:
            raise BackupRefused(f"{file} came to be meanwhile; a backup overwrites nothing") from None
    finally:
        fresh.unlink(missing_ok=True)


def _header(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found


def _digest_of(path: Path) -> str:
    with path.open("rb") as source:
        return _digest(source)


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(source):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece


def _count(said: str) -> int:
    return int(said.rpartition(" ")[2] or 0)
