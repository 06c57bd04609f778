"""What an auditor is given, read at one moment and handed on row by row."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from crossdock.decide.span import Span
from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("evidence")
PREFETCH = 1_000


@dataclass(frozen=True, slots=True)
class EvidenceBook:
    """All of it is read in one transaction: the files of one export speak of one moment."""

    connection: Connection
    tenant: str
    span: Span

    async def rows(self, name: str) -> AsyncIterator[Any]:
        """The rows of a statement of evidence.sql, never all of them in memory."""
        given = (self.tenant, self.span.since, self.span.until) if "$3" in SQL[name] else (self.tenant,)
        async for row in self.connection.cursor(SQL[name], *given, prefetch=PREFETCH):
            yield row

    async def columns(self, name: str) -> list[str]:
        statement = await self.connection.prepare(SQL[name])
        return [one.name for one in statement.get_attributes()]

    async def schema_version(self) -> str:
        return str(await self.connection.fetchval(SQL["schema_version"]))


@contextlib.asynccontextmanager
async def open_evidence(pool: Pool, tenant: str, span: Span) -> AsyncIterator[EvidenceBook]:
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        yield EvidenceBook(connection, tenant, span)


async def attest(pool: Pool, tenant: str, *, what: str, note: str, actor: str) -> None:
    """A named person says that something was done which no program can see."""
    await pool.execute(SQL["attest"], tenant, actor, what, note)


async def last_attested(pool: Pool, tenant: str, what: str) -> datetime | None:
    at: datetime | None = await pool.fetchval(SQL["last_attested"], tenant, what)
    return at


async def note_export(pool: Pool, tenant: str, *, actor: str, action: str, **detail: Any) -> None:
    """Who took what out of the books is in the books."""
    await pool.execute(SQL["told"], tenant, actor, action, orjson.dumps(detail).decode())
