"""All that `/metrics` says: this process's own figures, and those of the database, read once in a while."""

import asyncio
import importlib.metadata
import time
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from crossdock.store.gauges import read_gauges
from crossdock.telemetry import metrics
from crossdock.telemetry.database import as_text
from crossdock.wiring.installation import Installation
from crossdock.wiring.work import cadences

AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Gauges:
    """However often and by however many it is asked, the database is asked once in `metrics.database_seconds`."""

    def __init__(self, here: Installation, *, with_database: bool) -> None:
        self._here = here
        self._with_database = with_database
        self._reading = asyncio.Lock()
        self._read_at = float("-inf")
        self._kept = b""
        metrics.BUILD.labels(importlib.metadata.version("crossdock")).set(1)

    async def text(self) -> bytes:
        pool = self._here.pool
        size, idle = pool.get_size(), pool.get_idle_size()
        metrics.POOL.labels("busy").set(size - idle)
        metrics.POOL.labels("idle").set(idle)
        metrics.POOL.labels("most").set(pool.get_max_size())
        return metrics.text() + (await self._of_database() if self._with_database else b"")

    async def _of_database(self) -> bytes:
        """A database that is away leaves its figures out and says so: old ones would look like new ones."""
        async with self._reading:
            if time.monotonic() - self._read_at >= self._here.project.metrics.database_seconds:
                try:
                    self._kept = as_text(await self._read())
                except AWAY:
                    self._kept = as_text(None)
                self._read_at = time.monotonic()
            return self._kept

    async def _read(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Without what is no longer in the settings: a pairing that was taken out is not late for ever."""
        rows, here = await read_gauges(self._here.pool, self._here.tenant), self._here
        clock = {(one.pairing, one.flow) for one in cadences(here)}
        now = {
            "flows": lambda row: (row["pairing"], row["flow"]) in clock,
            "watermarks": lambda row: row["pairing"] in here.project.pairings,
            "budgets": lambda row: row["system"] in here.project.systems,
        }
        return {name: [row for row in found if now.get(name, bool)(row)] for name, found in rows.items()}
