"""The audit trail: nobody edits it unseen (law L11)."""

import asyncio

import asyncpg
import pytest

from crossdock.store.audit import seal, seal_all, verify
from crossdock.store.database import Pool
from tests.store.books import TENANT

ADD = "insert into audit_entry (tenant, actor, action, subject, detail) values ($1, 'mary', $2, 'order', '{\"n\": 1}')"


async def add(pool: Pool, count: int = 3) -> None:
    for number in range(count):
        await pool.execute(ADD, TENANT, f"act-{number}")


async def sealed(pool: Pool) -> None:
    """Three seals over seven entries."""
    for count in (3, 2, 2):
        await add(pool, count)
        await seal(pool, TENANT)


async def as_a_forger(pool: Pool, statement: str) -> None:
    """Somebody with every right over the database, who knows how to switch triggers off."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(statement)


async def test_an_entry_restored_from_a_busier_server_is_sealed(pool: Pool) -> None:
    """Its transaction number is one this server has yet to give."""
    await pool.execute(
        ADD.replace("detail)", "detail, xid)").replace("'{\"n\": 1}')", "'{}', '99999999999')"), TENANT, "old"
    )
    await add(pool, 1)
    assert await seal_all(pool, TENANT) == 2
    assert (await verify(pool, TENANT)).unsealed == 0


async def test_a_whole_chain_is_found_whole(pool: Pool) -> None:
    await sealed(pool)
    await add(pool, 1)
    verdict = await verify(pool, TENANT)
    assert (verdict.seals, verdict.entries, verdict.unsealed, verdict.problem) == (3, 7, 1, "")


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set actor = 'nobody' where id = 4",
        "update audit_entry set seal_id = null where id = 1",
        "delete from audit_entry where id = 4",
        "truncate audit_entry",
        "delete from audit_seal where number = 3",
        "update audit_seal set hash = previous",
        "truncate audit_seal",
    ],
)
async def test_the_trail_takes_additions_and_nothing_else(pool: Pool, statement: str) -> None:
    await sealed(pool)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await pool.execute(statement)
    assert (await verify(pool, TENANT)).problem == ""


async def test_even_an_unsealed_entry_cannot_be_reworded_while_it_is_sealed(pool: Pool) -> None:
    await add(pool, 1)
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        await pool.execute("update audit_entry set seal_id = 1, actor = 'nobody'")


@pytest.mark.parametrize(
    ("forgery", "problem"),
    [
        ("update audit_entry set actor = 'nobody' where id = 4", "seal 2: an entry was changed"),
        ("update audit_entry set at = at + interval '1 microsecond' where id = 4", "seal 2: an entry was changed"),
        ("update audit_entry set detail = '{\"n\": 2}' where id = 1", "seal 1: an entry was changed"),
        ("delete from audit_entry where id = 4", "seal 2: held 2 entries when sealed, holds 1"),
        (
            "insert into audit_entry (tenant, actor, action, subject, seal_id) values ('main', 'me', 'x', 'order', 2)",
            "seal 2: held 2 entries when sealed, holds 3",
        ),
        ("delete from audit_seal where number = 2", "seal 3: does not follow"),
        ("update audit_seal set number = number + 10", "does not follow"),
        ("delete from audit_seal where number = 3", "2 sealed entries point at a seal that is gone"),
    ],
)
async def test_whoever_forges_it_all_the_same_is_found_out(pool: Pool, forgery: str, problem: str) -> None:
    await sealed(pool)
    await as_a_forger(pool, forgery)
    assert problem in (await verify(pool, TENANT)).problem


async def test_what_is_not_committed_is_not_sealed_past(pool: Pool) -> None:
    """A later entry waits for the earlier one's transaction, so that none slips in behind a seal."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(ADD, TENANT, "slow")
        await add(pool, 2)
        assert await seal_all(pool, TENANT) == 0
        await transaction.commit()
    assert await seal_all(pool, TENANT) == 3
    assert (await verify(pool, TENANT)).problem == ""


async def test_two_sealers_at_once_make_one_chain(pool: Pool) -> None:
    await add(pool, 5)
    counts = await asyncio.gather(*(seal(pool, TENANT) for _ in range(4)))
    assert sum(counts) == 5
    verdict = await verify(pool, TENANT)
    assert (verdict.seals, verdict.entries, verdict.problem) == (1, 5, "")


async def test_tenants_have_chains_of_their_own(pool: Pool) -> None:
    await sealed(pool)
    await pool.execute(ADD, "other", "x")
    assert await seal(pool, "other") == 1
    assert [(await verify(pool, tenant)).seals for tenant in (TENANT, "other")] == [3, 1]
