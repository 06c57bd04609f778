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
    """Walk the whole chain, as it stands at one moment, seal by seal: it may be longer than memory."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        previous, count, at, problem = GENESIS, 0, 0, ""
        async for one in connection.cursor(SQL["seals"], tenant, prefetch=500):
            at += 1
            entries = await connection.fetch(SQL["sealed_entries"], one["id"])
            count += len(entries)
            if problem := _wrong_with(one, at, previous, entries):
                break
            previous = one["hash"]
        if not problem and (orphans := await connection.fetchval(SQL["count_orphans"], tenant)):
            problem = f"{orphans} sealed entries point at a seal that is gone"
        seals = int(await connection.fetchval(SQL["count_seals"], tenant))
        unsealed = int(await connection.fetchval(SQL["count_unsealed"], tenant))
    return AuditVerdict(seals=seals, entries=count, unsealed=unsealed, problem=problem)


def _wrong_with(seal: Any, at: int, previous: bytes, entries: Sequence[Any]) -> str:
    """at: its place in the chain, as counted. "" when all is well with it."""
    if seal["number"] != at or seal["previous"] != previous:
        return f"seal {seal['number']}: does not follow the one before it"
    if len(entries) != seal["entries"]:
        return f"seal {seal['number']}: held {seal['entries']} entries when sealed, holds {len(entries)}"
    if batch_hash(previous, entries) != seal["hash"]:
        return f"seal {seal['number']}: an entry was changed after it was sealed"
    return ""
