"""The audit trail: append-only entries, sealed in batches that are chained by hash.

Entries are written by the very statements that make a change, so none can be made without one. Sealing comes after, in
batches, so that the chain never makes two changes wait for each other.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from crossdock.store.database import Pool
from crossdock.store.sql import statements

SQL = statements("audit")
GENESIS = b"\0" * 32
BATCH_MAX = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditVerdict:
    """Whether the chain is whole. problem: "" when it is, else the first thing that is wrong."""

    seals: int
    entries: int
    unsealed: int
    problem: str = ""


def batch_hash(previous: bytes, entries: Sequence[Any]) -> bytes:
    """SHA-256 over the previous seal's hash and each entry, one JSON line apiece, in order of id."""
    digest = hashlib.sha256(previous)
    for entry in entries:
        digest.update(
            orjson.dumps(
                [entry["id"], entry["at"].isoformat(), entry["actor"], entry["action"], entry["subject"],
                 entry["subject_id"], orjson.loads(entry["detail"])],
                option=orjson.OPT_SORT_KEYS,
            )
        )  # fmt: skip
        digest.update(b"\n")
    return digest.digest()


async def seal(pool: Pool, tenant: str) -> int:
    """Seal what is unsealed; returns how many entries. One sealer at a time; a second one finds nothing to do."""
    async with pool.acquire() as connection, connection.transaction():
        if not await connection.fetchval("select pg_try_advisory_xact_lock(hashtext($1))", f"audit seal {tenant}"):
            return 0
        entries = await connection.fetch(SQL["unsealed"], tenant, BATCH_MAX)
        if not entries:
            return 0
        last = await connection.fetchrow(SQL["last_seal"], tenant)
        number, previous = (last["number"] + 1, last["hash"]) if last else (1, GENESIS)
        seal_id = await connection.fetchval(
            SQL["add_seal"], tenant, number, len(entries), previous, batch_hash(previous, entries)
        )
        await connection.execute(SQL["mark"], [entry["id"] for entry in entries], seal_id)
        return len(entries)


async def seal_all(pool: Pool, tenant: str) -> int:
    """Seal until little is left unsealed; returns how many entries."""
    total = 0
    while count := await seal(pool, tenant):
        total += count
        if count < BATCH_MAX:
            break
    return total


async def verify(pool: Pool, tenant: str) -> AuditVerdict:
    """Walk the whole chain."""
    previous, count, problem = GENESIS, 0, ""
    seals = await pool.fetch(SQL["seals"], tenant)
    for at, one in enumerate(seals, start=1):
        entries = await pool.fetch(SQL["sealed_entries"], one["id"])
        count += len(entries)
        if one["number"] != at or one["previous"] != previous:
            problem = f"seal {one['number']}: does not follow the one before it"
        elif len(entries) != one["entries"]:
            problem = f"seal {one['number']}: held {one['entries']} entries when sealed, holds {len(entries)}"
        elif batch_hash(previous, entries) != one["hash"]:
            problem = f"seal {one['number']}: an entry was changed after it was sealed"
        if problem:
            break
        previous = one["hash"]
    if not problem and (orphans := await pool.fetchval(SQL["count_orphans"], tenant)):
        problem = f"{orphans} sealed entries point at a seal that is gone"
    unsealed = int(await pool.fetchval(SQL["count_unsealed"], tenant))
    return AuditVerdict(seals=len(seals), entries=count, unsealed=unsealed, problem=problem)
