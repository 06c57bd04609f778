"""Second factors in the store, and sign-ins under way. A code is taken in the transaction of what it opens."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crossdock.decide.rights import Person
from crossdock.store.account import PgAccount
from crossdock.store.people import Known
from crossdock.store.proof import Proof, take
from crossdock.store.sql import statements

SQL = statements("factors")
ACCOUNT = statements("account")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """sealed: the secret, as only the vault opens it. counter: the newest code that was taken."""

    sealed: bytes = field(repr=False)
    confirmed: bool
    counter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A sign-in under way: the password of `known` was right in that attempt. next: where it goes on to."""

    known: Known
    next: str


class PgFactors(PgAccount):
    async def find(self, person: Person) -> Factor | None:
        row = await self.pool.fetchrow(SQL["find"], person.id)
        return Factor(**dict(row)) if row else None

    async def codes_left(self, person: Person) -> int:
        return int(await self.pool.fetchval(SQL["codes_left"], person.id))

    async def begin(self, person: Person, sealed: bytes, *, attempt: int | None) -> bool:
        """Keep a secret that is not asked for yet. False: one is asked for already."""
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(SQL["begin"], person.id, sealed) is None:
                return False
            await connection.execute(ACCOUNT["attempt_was_right"], attempt)
            await self.trail(connection, person, "factor_begun")
        return True

    async def confirm(
        self, person: Person, sealed: bytes, *, counter: int, digests: Sequence[bytes], session: int
    ) -> bool:
        """From now on it is asked for; other sessions, begun without it, end. False: it is not this one any more."""
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(SQL["confirm"], person.id, sealed, counter) is None:
                return False
            await connection.execute(SQL["forget_codes"], person.id)
            await connection.execute(SQL["add_codes"], person.id, list(digests))
            ended = int(await connection.fetchval(ACCOUNT["end_others"], person.id, session))
            await self.trail(connection, person, "factor_added", sessions_ended=ended)
        return True

    async def forget(self, person: Person, proof: Proof, *, attempt: int) -> bool:
        """Its owner wants none any more. False: the code was taken before."""
        async with self.pool.acquire() as connection, connection.transaction():
            if not await take(connection, person.id, proof):
                return False
            await connection.execute(SQL["forget_codes"], person.id)
            await connection.execute(SQL["forget"], person.id)
            await connection.execute(ACCOUNT["attempt_was_right"], attempt)
            await self.trail(connection, person, "factor_removed")
        return True

    async def step(self, digest: bytes) -> Step | None:
        """The sign-in that waits for a code; None when it took too long, or is none."""
        row = await self.pool.fetchrow(SQL["step"], digest, self.tenant)
        if row is None or row["person_id"] is None:
            return None
        person = Person(id=row["person_id"], name=row["name"], display=row["display"], grants=())
        known = Known(person=person, password_hash=row["password_hash"], disabled=row["disabled"], factor=True)
        return Step(known=known, next=row["next"])
