"""Tokens of the HTTP API in the store. Times are the database's alone; a change and its audit entry are one
transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from crossdock.decide.rights import Grant, Person, Role
from crossdock.decide.scopes import Bearer, Scope, bearer
from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("tokens")
REFUSALS_MAX = 20  # from one address within 15 minutes, see tokens.sql


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """person: whose it is; "" for a service. used_at: to within five minutes."""

    id: int
    name: str
    person: str
    scopes: tuple[Scope, ...]
    grants: tuple[Grant, ...]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class PgTokens:
    def __init__(self, pool: Pool, tenant: str) -> None:
        self.pool = pool
        self.tenant = tenant

    async def add(
        self, name: str, *, digest: bytes, owner: Person | None, grants: Sequence[Grant], scopes: Sequence[Scope],
        days: int | None, actor: str,
    ) -> int | None:  # fmt: skip
        """Returns its number. None: a token that lives has the name. days: until it expires; None: never."""
        who = (owner.id, owner.name) if owner else (None, "")
        async with self.pool.acquire() as connection, connection.transaction():
            given = (name, digest, who[0], [str(one) for one in scopes], actor, days)
            if (row := await connection.fetchrow(SQL["add"], self.tenant, *given)) is None:
                return None
            columns = ([str(getattr(one, field)) for one in grants] for field in ("role", "desk", "pairing"))
            await connection.execute(SQL["grant"], row["id"], *columns)
            await self._trail(
                connection, actor, "token_made", row["id"], name=name, person=who[1], expires_at=row["expires_at"],
                scopes=list(scopes), grants=[_detail(one) for one in grants],
            )  # fmt: skip
        return int(row["id"])

    async def list(
        self, *, name: str | None = None, before: int | None = None, limit: int = 1_000
    ) -> Sequence[TokenRow]:
        """Newest first, the revoked too. name: only the one that lives under it."""
        rows = await self.pool.fetch(SQL["list"], self.tenant, before, name, limit)
        return [
            TokenRow(
                **{**dict(row), "grants": _grants(row["grants"]), "person": row["person"] or "",
                   "scopes": tuple(Scope(one) for one in row["scopes"])}
            )
            for row in rows
        ]  # fmt: skip

    async def revoke(self, token_id: int, *, actor: str) -> str | None:
        """Returns its name. None: there is no such token that lives."""
        async with self.pool.acquire() as connection, connection.transaction():
            name: str | None = await connection.fetchval(SQL["revoke"], self.tenant, token_id)
            if name is not None:
                await self._trail(connection, actor, "token_revoked", token_id, name=name)
        return name

    async def bearer(self, digest: bytes) -> Bearer | None:
        """Who calls; None: the token is nobody's, ran out or was revoked, or its owner may not sign in."""
        row = await self.pool.fetchrow(SQL["bearer"], self.tenant, digest)
        if row is None:
            return None
        if row["unused"]:
            await self.pool.execute(SQL["used"], row["id"])
        owner = None
        if row["person_id"] is not None:
            given = _grants(row["person_grants"])
            owner = Person(id=row["person_id"], name=row["person"], display=row["display"], grants=given)
        scopes = [Scope(one) for one in row["scopes"]]
        return bearer(token_id=row["id"], token=row["name"], owner=owner, grants=_grants(row["grants"]), scopes=scopes)

    async def refused(self, address: str) -> int | None:
        """Count a wrong token. Returns for how many seconds none is counted any more; None: it was counted."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["one_at_a_time"], f"wrong token {self.tenant} {address}")
            if (closed_for := await self._closed_for(connection, address)) is not None:
                return closed_for
            await connection.execute(SQL["forget_refusals"], self.tenant)
            await connection.execute(SQL["refused"], self.tenant, address)
            if await self._closed_for(connection, address) is not None:
                said = {"address": address, "times": REFUSALS_MAX}
                await self._trail(connection, "crossdock", "tokens_refused", 0, **said)
        return None

    async def _closed_for(self, connection: Connection, address: str) -> int | None:
        seconds = await connection.fetchval(SQL["closed_for"], self.tenant, address, REFUSALS_MAX)
        return None if seconds is None else max(1, int(seconds))

    async def _trail(self, connection: Connection, actor: str, action: str, token_id: int, **detail: Any) -> None:
        text = orjson.dumps(detail).decode()
        await connection.execute(SQL["trail"], self.tenant, actor, action, token_id, text)


def _grants(text: str) -> tuple[Grant, ...]:
    rows = orjson.loads(text)
    return tuple(Grant(role=Role(one["role"]), desk=one["desk"], pairing=one["pairing"]) for one in rows)


def _detail(grant: Grant) -> dict[str, str]:
    return {"role": str(grant.role), "desk": grant.desk, "pairing": grant.pairing}
