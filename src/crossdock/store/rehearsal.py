"""A pool that forgets: everything done through it happens in one transaction, and is rolled back at the end."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from crossdock.store.database import Connection, Pool


class ForgetfulPool:
    """Looks like a pool; is one connection in a transaction. Nested transactions become savepoints."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextlib.asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        yield self._connection

    async def fetch(self, query: str, *args: Any) -> Any:
        return await self._connection.fetch(query, *args)

    async def fetchrow(self, query: str, *args: Any) -> Any:
        return await self._connection.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: Any) -> Any:
        return await self._connection.fetchval(query, *args)

    async def execute(self, query: str, *args: Any) -> Any:
        return await self._connection.execute(query, *args)


@contextlib.asynccontextmanager
async def forgetting(pool: Pool) -> AsyncIterator[Any]:
    """Whatever is written inside the block never was."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        try:
            yield ForgetfulPool(connection)
        finally:
            await transaction.rollback()
