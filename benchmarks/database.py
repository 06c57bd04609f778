"""One PostgreSQL for the whole run, with a fresh database for each measurement; and what CPU it used."""

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil

from crossdock.store.database import start_embedded

_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Server:
    """url: of a database where others may be made. postmaster: its process, when it is the embedded one."""

    url: str
    postmaster: psutil.Process | None

    def cpu(self) -> float | None:
        """CPU seconds of all server processes, the ended ones too; None when the server is somebody else's."""
        if self.postmaster is None:
            return None
        own = self.postmaster.cpu_times()
        seconds = own.user + own.system + own.children_user + own.children_system
        for one in self.postmaster.children():
            with contextlib.suppress(psutil.NoSuchProcess):
                used = one.cpu_times()
                seconds += used.user + used.system
        return seconds

    @contextlib.asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """The URL of an empty database that is dropped at the end of the block."""
        name = f"crossdock_benchmark_{os.getpid()}_{next(_NUMBERS)}"
        await self._execute(f"create database {name}")
        parts = urlsplit(self.url)
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            await self._execute(f"drop database {name} with (force)")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextlib.asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Server]:
    """The embedded server under `folder`, or the one CROSSDOCK_DATABASE_URL names."""
    if url := os.environ.get("CROSSDOCK_DATABASE_URL"):
        yield Server(url, None)
        return
    url = await asyncio.to_thread(start_embedded, folder)
    pid = int((folder / "postgres" / "postmaster.pid").read_text("ascii").split()[0])
    yield Server(url, psutil.Process(pid))
