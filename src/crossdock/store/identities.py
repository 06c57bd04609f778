"""Whom an identity provider means, by issuer and subject, and the roles that its groups give."""

from collections.abc import Iterable, Sequence

import orjson

from crossdock.decide.rights import Grant, Person
from crossdock.store.database import Connection, Pool
from crossdock.store.people import columns
from crossdock.store.sql import statements

SQL, PEOPLE, STEPS = statements("identities"), statements("people"), statements("factors")
HIMSELF = "crossdock"


class PgIdentities:
    def __init__(self, pool: Pool, tenant: str) -> None:
        self._pool = pool
        self._tenant = tenant

    async def is_new(self, digest: bytes, *, seconds: float) -> bool:
        """False: this answer was taken before."""
        await self._pool.execute(STEPS["forget_steps"])
        return bool(await self._pool.fetchval(SQL["used"], digest, self._tenant, seconds))

    async def find(self, issuer: str, subject: str) -> str | None:
        """The name of the person it means."""
        name = await self._pool.fetchval(SQL["find"], self._tenant, issuer, subject)
        return None if name is None else str(name)

    async def take_in(
        self, issuer: str, subject: str, *, names: Iterable[str], display: str, grants: Sequence[Grant]
    ) -> str | None:
        """The name of a new person, without a password, whom it means from now on; of the one it means already, when
        another was quicker. None: every name is taken."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["one_at_a_time"], f"{self._tenant} {issuer} {subject}")
            known = await connection.fetchval(SQL["find"], self._tenant, issuer, subject)
            if known is not None:
                return str(known)
            for name in names:
                number = await connection.fetchval(PEOPLE["add"], self._tenant, name, display or name, "")
                if number is not None:
                    await connection.execute(SQL["bind"], self._tenant, issuer, subject, number)
                    await connection.execute(PEOPLE["grant"], number, *columns(grants))
                    await self._trail(connection, "person_taken_in", number, name, issuer=issuer, subject=subject)
                    return name
        return None

    async def set_group_roles(self, person: Person, grants: Sequence[Grant]) -> None:
        """The roles that groups give are these; those that people gave stay."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(PEOPLE["one_change_at_a_time"], self._tenant, person.id)
            taken = await connection.fetch(SQL["take_group_roles"], person.id, *columns(grants))
            given = await connection.fetch(SQL["give_group_roles"], person.id, *columns(grants))
            if taken or given:
                said = {"taken": [dict(row) for row in taken], "given": [dict(row) for row in given]}
                await self._trail(connection, "roles_by_groups", person.id, person.name, **said)

    async def _trail(self, connection: Connection, action: str, number: int, name: str, **detail: object) -> None:
        text = orjson.dumps({"name": name, **detail}).decode()
        await connection.execute(PEOPLE["trail"], self._tenant, HIMSELF, action, number, text)
