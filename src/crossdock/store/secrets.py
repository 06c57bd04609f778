"""Secrets sealed in the database: set, listed without their values, removed, and sealed anew under a new key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag

from crossdock.store.archive import Vault, key_of
from crossdock.store.database import Connection, Pool
from crossdock.store.sql import statements

SQL = statements("secrets")
BATCH = 50  # a document may be 32 MB
FIRST: Mapping[str, Any] = {"secrets": "", "documents": b"", "second_factors": 0}
STATEMENTS: Mapping[str, tuple[str, str]] = {
    "secrets": ("walk_secrets", "reseal_secrets"),
    "documents": ("walk_documents", "reseal_documents"),
    "second_factors": ("walk_factors", "reseal_factors"),
}
"""What is sealed → how to walk it by key, and how to write one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretRow:
    """key: the id of the key that sealed it. opens: whether we have that key. Never the value."""

    name: str
    set_at: datetime
    set_by: str
    key: str
    opens: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """resealed, current: how many were sealed anew, or were already. unopened: under a key we do not have."""

    resealed: int = 0
    current: int = 0
    unopened: int = 0


class PgSecrets:
    def __init__(self, pool: Pool, tenant: str, vault: Vault) -> None:
        self._pool = pool
        self._tenant = tenant
        self._vault = vault

    async def set(self, name: str, value: str, *, actor: str) -> None:
        sealed = self._vault.seal(value.encode(), context=self._context(name))
        await self._pool.execute(SQL["set"], self._tenant, name, sealed, actor, self._vault.key_id.hex())

    async def list(self) -> Sequence[SecretRow]:
        rows = await self._pool.fetch(SQL["list"], self._tenant)
        return [
            SecretRow(
                name=row["name"], set_at=row["set_at"], set_by=row["set_by"], key=key_of(row["sealed"]).hex(),
                opens=self._opened(row) is not None,
            )
            for row in rows
        ]  # fmt: skip

    async def remove(self, name: str, *, actor: str) -> bool:
        """False: there is none of that name."""
        return await self._pool.fetchval(SQL["remove"], self._tenant, name, actor) is not None

    async def values(self) -> Mapping[str, str]:
        """By name; "" never stands for one that cannot be opened. Raises KeyMissing."""
        if not await self._pool.fetchval(SQL["there"]):
            return {}
        rows = await self._pool.fetch(SQL["list"], self._tenant)
        return {
            row["name"]: self._vault.open(row["sealed"], context=self._context(row["name"])).decode() for row in rows
        }

    async def rotate(self, *, actor: str) -> Mapping[str, Rotated]:
        """Seal anew what another key sealed, in batches: cut off, it goes on where it stood. What → how it went."""
        told = {what: await self._rotate(what) for what in FIRST}
        detail = {"key": self._vault.key_id.hex(), **{what: one.resealed for what, one in told.items()}}
        await self._pool.execute(SQL["trail_rotated"], self._tenant, actor, orjson.dumps(detail).decode())
        return told

    async def _rotate(self, what: str) -> Rotated:
        walk, _ = STATEMENTS[what]
        counts = dict.fromkeys(("resealed", "current", "unopened"), 0)
        last = FIRST[what]
        while True:
            async with self._pool.acquire() as connection, connection.transaction():
                rows = await connection.fetch(SQL[walk], self._tenant, last, BATCH)
                for row in rows:
                    counts[await self._reseal(connection, what, row)] += 1
            if not rows:
                return Rotated(**counts)
            last = rows[-1]["key"]

    async def _reseal(self, connection: Connection, what: str, row: Any) -> str:
        if self._vault.is_current(row["sealed"]):
            return "current"
        context = self._context(row["key"]) if what == "secrets" else b""
        try:
            opened = self._vault.open(row["sealed"], context=context)
        except InvalidTag:
            return "unopened"
        await connection.execute(
            SQL[STATEMENTS[what][1]], self._tenant, row["key"], self._vault.seal(opened, context=context)
        )
        return "resealed"

    def _opened(self, row: Any) -> bytes | None:
        try:
            return self._vault.open(row["sealed"], context=self._context(row["name"]))
        except InvalidTag:
            return None

    def _context(self, name: str) -> bytes:
        return f"secret {self._tenant} {name}".encode()
