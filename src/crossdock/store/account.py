"""A person's own account: the sessions that are alive, and the password, changed by its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from crossdock.decide.rights import Person
from crossdock.store.database import Connection, Pool
from crossdock.store.people import Known
from crossdock.store.sql import statements

SQL = statements("account")
SESSIONS_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """id: to speak of it by; it opens nothing. way: password, or oidc."""

    id: int
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str
    address: str
    way: str


class PgAccount:
    def __init__(self, pool: Pool, tenant: str) -> None:
        self.pool = pool
        self.tenant = tenant

    async def sessions(self, person: Person) -> Sequence[SessionRow]:
        return [SessionRow(**dict(row)) for row in await self.pool.fetch(SQL["sessions"], person.id, SESSIONS_MAX)]

    async def end_session(self, person: Person, number: int, *, actor: str) -> bool:
        """False: it is not alive, or somebody else's."""
        return bool(await self.pool.fetchval(SQL["end_session"], self.tenant, person.id, number, actor))

    async def end_others(self, person: Person, number: int) -> int:
        """End all sessions but one; returns how many."""
        async with self.pool.acquire() as connection, connection.transaction():
            ended = int(await connection.fetchval(SQL["end_others"], person.id, number))
            if ended:
                await self.trail(connection, person, "sessions_ended", sessions=ended)
        return ended

    async def change_password(self, known: Known, password_hash: str, *, session: int, attempt: int) -> bool:
        """With the end of all other sessions. False: somebody changed it meanwhile, or disabled the person."""
        person = known.person
        async with self.pool.acquire() as connection, connection.transaction():
            said = (self.tenant, person.id, known.password_hash, password_hash)
            if await connection.fetchval(SQL["change_password"], *said) is None:
                return False
            ended = int(await connection.fetchval(SQL["end_others"], person.id, session))
            await connection.execute(SQL["attempt_was_right"], attempt)
            await self.trail(connection, person, "password_changed", sessions_ended=ended)
        return True

    async def trail(self, connection: Pool | Connection, person: Person, action: str, **detail: object) -> None:
        text = orjson.dumps({"name": person.name, **detail}).decode()
        await connection.execute(SQL["trail"], self.tenant, person.name, action, person.id, text)
