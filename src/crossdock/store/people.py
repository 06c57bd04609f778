"""People in the store: who there is, what each may do, who is signed in, who tried.

Times are the database's alone, so that all workers agree on when a session ends. A change and its audit entry are one
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from crossdock.decide.rights import Grant, Person, Role
from crossdock.store.database import Connection, Pool
from crossdock.store.proof import Proof, take
from crossdock.store.sorting import ByName
from crossdock.store.sql import statements

SQL = statements("people")
STEPS = statements("factors")
LISTS = {ByName.A_TO_Z: "list_a_z", ByName.Z_TO_A: "list_z_a"}
STEP_SECONDS = 300.0
NAME_FAILURES_MAX, ADDRESS_FAILURES_MAX = 5, 20  # within 15 minutes, see people.sql


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """sessions: how many are alive. seen_at: when the person last did anything. has_password: false for one whom an
    identity provider names. factor: whether a second one is asked for."""

    id: int
    name: str
    display: str
    grants: tuple[Grant, ...]
    created_at: datetime
    disabled_at: datetime | None
    sessions: int
    seen_at: datetime | None
    has_password: bool
    factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person with what a password is checked against."""

    person: Person
    password_hash: str = field(repr=False)
    disabled: bool
    factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """number: to speak of it by. way: password, or oidc."""

    person: Person
    csrf: str = field(repr=False)
    number: int
    way: str
    has_password: bool
    factor: bool


class PgPeople:
    def __init__(self, pool: Pool, tenant: str) -> None:
        self.pool = pool
        self.tenant = tenant

    async def any(self) -> bool:
        return bool(await self.pool.fetchval(SQL["any"], self.tenant))

    async def find(self, key: str) -> Known | None:
        row = await self.pool.fetchrow(SQL["find"], self.tenant, key)
        if row is None:
            return None
        return Known(
            person=_person(row), password_hash=row["password_hash"], disabled=row["disabled"], factor=row["factor"]
        )

    async def list(
        self, *, sort: ByName = ByName.A_TO_Z, after: str | None = None, limit: int | None = None
    ) -> Sequence[PersonRow]:
        """By name. after: the name that the page before ended with."""
        rows = await self.pool.fetch(SQL[LISTS[sort]], self.tenant, after and after.lower(), limit)
        return [_row(row) for row in rows]

    async def one(self, number: int) -> PersonRow | None:
        row = await self.pool.fetchrow(SQL["one"], self.tenant, number)
        return _row(row) if row else None

    async def add(
        self, name: str, *, display: str, password_hash: str, grants: Sequence[Grant], actor: str
    ) -> Person | None:
        """None: the name is somebody's."""
        async with self.pool.acquire() as connection, connection.transaction():
            number = await connection.fetchval(SQL["add"], self.tenant, name, display, password_hash)
            if number is None:
                return None
            await connection.execute(SQL["grant"], number, *columns(grants))
            given = [_detail(one) for one in grants]
            await self._trail(connection, actor, "person_added", number, name=name, grants=given)
            row = await connection.fetchrow(SQL["find"], self.tenant, name.lower())
        assert row is not None  # it was put there a moment ago, in this transaction
        return _person(row)

    async def grant(self, person: Person, grant: Grant, *, actor: str) -> bool:
        """False: the person had it already."""
        async with self.pool.acquire() as connection, connection.transaction():
            if not await connection.fetch(SQL["grant"], person.id, *columns([grant])):
                return False
            await self._trail(connection, actor, "role_given", person.id, name=person.name, **_detail(grant))
        return True

    async def revoke(self, person: Person, grant: Grant, *, actor: str) -> bool:
        """False: the person had it not, or had nothing else."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["one_change_at_a_time"], self.tenant, person.id)
            if not await connection.fetch(SQL["revoke"], person.id, *_detail(grant).values()):
                return False
            await self._trail(connection, actor, "role_taken", person.id, name=person.name, **_detail(grant))
        return True

    async def set_password(self, person: Person, password_hash: str, *, actor: str) -> int:
        """Returns how many sessions it ended."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["set_password"], self.tenant, person.id, password_hash)
            # Apart from the line above: a session that was begun while that one waited is seen only now.
            ended = int(await connection.fetchval(SQL["end_sessions"], person.id))
            await self._trail(connection, actor, "password_set", person.id, name=person.name, sessions_ended=ended)
        return ended

    async def disable(self, person: Person, *, actor: str) -> bool:
        """False: the person was disabled already."""
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(SQL["disable"], self.tenant, person.id) is None:
                return False
            ended = int(await connection.fetchval(SQL["end_sessions"], person.id))
            await self._trail(connection, actor, "person_disabled", person.id, name=person.name, sessions_ended=ended)
        return True

    async def enable(self, person: Person, *, actor: str) -> bool:
        """False: the person was not disabled."""
        async with self.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(SQL["enable"], self.tenant, person.id) is None:
                return False
            await self._trail(connection, actor, "person_enabled", person.id, name=person.name)
        return True

    async def end_sessions(self, person: Person, *, actor: str) -> int:
        async with self.pool.acquire() as connection, connection.transaction():
            ended = int(await connection.fetchval(SQL["end_sessions"], person.id))
            if ended:
                await self._trail(connection, actor, "sessions_ended", person.id, name=person.name, sessions=ended)
        return ended

    async def closed_for(self, key: str, address: str) -> int | None:
        """For how many seconds neither is listened to; None: they are."""
        return await self._closed_for(self.pool, key, address)

    async def attempt(self, key: str, address: str) -> int | None:
        """Count an attempt, as one that fails until `begin_session` says better; None: too many failed before it.

        One at a time: those that come together do not all find the door open.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["one_at_a_time"], f"sign in {self.tenant}")
            if await self._closed_for(connection, key, address) is not None:
                return None
            await connection.execute(SQL["forget_attempts"], self.tenant)
            return int(await connection.fetchval(SQL["attempt"], self.tenant, key, address))

    async def refused(self, known: Known | None, *, reason: str, address: str, closed_for: int | None) -> None:
        """Write down a failure. A name that is nobody's is left out: people type passwords into the wrong field."""
        number, name = (known.person.id, known.person.name) if known else (0, "")
        said = {"name": name, "reason": reason, "address": address, "closed_for_seconds": closed_for}
        await self._trail(self.pool, "crossdock", "sign_in_refused", number, **said)

    async def begin_session(
        self,
        known: Known,
        *,
        digest: bytes,
        csrf: str,
        agent: str,
        address: str,
        attempt: int | None,
        way: str = "password",
        proof: Proof | None = None,
        step: bytes = b"",
    ) -> bool:
        """False: the password is no longer this one, the person was disabled meanwhile, or the code taken before.

        proof: the second factor, taken here. step: the sign-in under way that this ends."""
        person = known.person
        async with self.pool.acquire() as connection, connection.transaction():
            if proof is not None and not await take(connection, person.id, proof):
                return False
            if step and await connection.fetchval(STEPS["step_done"], step, self.tenant) is None:
                return False
            said = (known.password_hash, digest, csrf, agent, attempt, address, way)
            if await connection.fetchval(SQL["begin_session"], self.tenant, person.id, *said) is None:
                return False
            detail = {"address": address, "agent": agent, **({} if way == "password" else {"way": way})}
            await self._trail(connection, person.name, "signed_in", person.id, **detail)
        return True

    async def wait_for_code(self, known: Known, digest: bytes, *, attempt: int, next_path: str) -> None:
        """The password was right: the code is asked for now, for a while."""
        await self.pool.execute(STEPS["forget_steps"])
        said = (digest, self.tenant, known.person.id, attempt, next_path, STEP_SECONDS)
        await self.pool.execute(STEPS["begin_step"], *said)

    async def reset_factor(self, person: Person, *, actor: str) -> bool:
        """With the end of the person's sessions. False: there is none."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(STEPS["forget_codes"], person.id)
            if await connection.fetchval(STEPS["forget"], person.id) is None:
                return False
            ended = int(await connection.fetchval(SQL["end_sessions"], person.id))
            await self._trail(connection, actor, "factor_reset", person.id, name=person.name, sessions_ended=ended)
        return True

    async def rehashed(self, known: Known, password_hash: str) -> None:
        """The same password under today's profile, unless it was changed meanwhile."""
        told = (known.person.id, known.password_hash, password_hash)
        await self.pool.execute(SQL["rehashed"], self.tenant, *told)

    async def session(self, digest: bytes) -> Session | None:
        row = await self.pool.fetchrow(SQL["session"], self.tenant, digest)
        if row is None:
            return None
        if row["unseen"]:
            await self.pool.execute(SQL["seen"], digest)
        return Session(
            person=_person(row), csrf=row["csrf"], number=row["session"], way=row["way"],
            has_password=row["has_password"], factor=row["factor"],
        )  # fmt: skip

    async def sign_out(self, digest: bytes) -> None:
        await self.pool.execute(SQL["sign_out"], self.tenant, digest)

    async def _closed_for(self, connection: Pool | Connection, key: str, address: str) -> int | None:
        said = (self.tenant, key, address, NAME_FAILURES_MAX, ADDRESS_FAILURES_MAX)
        seconds = await connection.fetchval(SQL["closed_for"], *said)
        return None if seconds is None else max(1, int(seconds))

    async def _trail(
        self, connection: Pool | Connection, actor: str, action: str, person_id: int, **detail: Any
    ) -> None:
        text = orjson.dumps(detail).decode()
        await connection.execute(SQL["trail"], self.tenant, actor, action, person_id, text)


def _row(row: Any) -> PersonRow:
    return PersonRow(**{**dict(row), "grants": _grants(row)})


def _person(row: Any) -> Person:
    return Person(id=row["id"], name=row["name"], display=row["display"], grants=_grants(row))


def _grants(row: Any) -> tuple[Grant, ...]:
    return tuple(
        Grant(role=Role(one["role"]), desk=one["desk"], pairing=one["pairing"]) for one in orjson.loads(row["grants"])
    )


def _detail(grant: Grant) -> dict[str, str]:
    return {"role": str(grant.role), "desk": grant.desk, "pairing": grant.pairing}


def columns(grants: Sequence[Grant]) -> list[list[str]]:
    """The roles, the desks, the pairings."""
    return [[_detail(one)[name] for one in grants] for name in ("role", "desk", "pairing")]
