"""Tokens: what each is worth, when it ends, and what wrong ones do to right ones."""

import asyncio
from typing import Any

import pytest

from crossdock.decide.rights import Grant, Role
from crossdock.decide.scopes import Scope
from crossdock.store.database import Pool
from crossdock.store.tokens import REFUSALS_MAX
from crossdock.wiring.people import People
from crossdock.wiring.tokens import PREFIX, SHAPE, NewToken, NoSuchToken, TokenRefused, Tokens, WrongToken

ADMIN, VIEWER = Grant(role=Role.ADMIN), Grant(role=Role.VIEWER)
FINANCE = Grant(role=Role.OPERATOR, desk="finance")
HERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
NOBODY = PREFIX + "x" * 43


@pytest.fixture
def tokens(pool: Pool) -> Tokens:
    return Tokens(pool, "main")


async def mary(pool: Pool, *grants: Grant) -> People:
    people = People(pool, "main")
    await people.add("mary", display="", password="seven green bottles", grants=grants or [FINANCE], actor="test")
    return people


async def made(tokens: Tokens, name: str = "nightly", **more: Any) -> NewToken:
    given = {"scopes": [Scope.READ], "days": 90, "actor": "test", **({} if "person" in more else {"grants": [VIEWER]})}
    return await tokens.add(name, **{**given, **more})


async def refusal(tokens: Tokens, secret: str, address: str = HERE) -> int | None:
    """Until when the caller is told to wait."""
    with pytest.raises(WrongToken) as refused:
        await tokens.who(secret, address=address)
    return refused.value.retry_after_seconds


async def trail(pool: Pool) -> list[tuple[str, str]]:
    rows = await pool.fetch("select actor, action from audit_entry where subject = 'token' order by id")
    return [(row["actor"], row["action"]) for row in rows]


async def test_a_token_is_known_by_its_digest_alone(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens)
    assert SHAPE.fullmatch(new.secret)
    assert new.secret not in repr(new)
    for table in ("api_token", "audit_entry"):
        rows = await pool.fetch(f"select * from {table}")
        assert rows
        assert new.secret not in str(rows)
    assert (await tokens.who(new.secret, address=HERE)).person.grants == (VIEWER,)


async def test_made_and_revoked_stand_in_the_trail_and_a_revoked_one_is_nobody_s(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens)
    await tokens.revoke("Nightly", actor="jane")
    assert await refusal(tokens, new.secret) is None
    assert await trail(pool) == [("test", "token_made"), ("jane", "token_revoked")]
    with pytest.raises(NoSuchToken):
        await tokens.revoke("nightly", actor="jane")
    with pytest.raises(NoSuchToken):
        await tokens.revoke_number(new.id, actor="jane")
    assert (await made(tokens)).secret != new.secret  # the name is free again


async def test_one_that_ran_out_is_nobody_s(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens)
    await pool.execute("update api_token set expires_at = clock_timestamp()")
    assert await refusal(tokens, new.secret) is None


async def test_one_that_never_runs_out_lives_on(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens, days=None)
    assert (await tokens.list())[0].expires_at is None
    assert (await tokens.who(new.secret, address=HERE)).token == "nightly"


async def test_a_person_s_token_is_worth_what_the_person_is_worth_now(pool: Pool, tokens: Tokens) -> None:
    people = await mary(pool, ADMIN, VIEWER)
    new = await made(tokens, person="mary")
    assert (await tokens.who(new.secret, address=HERE)).person.grants == (ADMIN, VIEWER)
    await people.revoke("mary", ADMIN, actor="test")
    found = await tokens.who(new.secret, address=HERE)
    assert (found.person.name, found.person.grants) == ("mary by token nightly", (VIEWER,))
    await people.disable("mary", actor="test")
    assert await refusal(tokens, new.secret) is None
    await people.enable("mary", actor="test")
    assert (await tokens.who(new.secret, address=HERE)).person.grants == (VIEWER,)


async def test_a_token_of_another_tenant_is_nobody_s(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens)
    assert await refusal(Tokens(pool, "other"), new.secret) is None
    with pytest.raises(NoSuchToken):
        await Tokens(pool, "other").revoke_number(new.id, actor="test")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"name": "a b"}, "is no name"),
        ({"grants": []}, "needs a role of its own"),
        ({"scopes": []}, "without a scope"),
        ({"scopes": [Scope.READ, Scope.CASES_SETTLE]}, "leave nothing to cases:settle"),
        ({"person": "mary", "scopes": [Scope.ADMIN], "grants": [ADMIN]}, "leave nothing to admin"),
        ({"person": "nobody"}, "there is no person"),
        ({"person": "<b>"}, "there is no person"),
        ({"days": 0}, "from 1 to"),
        ({"days": 4_000}, "from 1 to"),
    ],
)
async def test_what_would_be_no_token_is_not_made(pool: Pool, tokens: Tokens, asked: dict[str, Any], why: str) -> None:
    await mary(pool)
    with pytest.raises(TokenRefused, match=why):
        await made(tokens, **{"name": "nightly", **asked})
    assert await tokens.list() == []


async def test_a_disabled_person_gets_none(pool: Pool, tokens: Tokens) -> None:
    await (await mary(pool)).disable("mary", actor="test")
    with pytest.raises(TokenRefused, match="mary is disabled"):
        await made(tokens, person="mary")


async def test_of_those_made_at_once_under_one_name_one_lives(tokens: Tokens) -> None:
    results = await asyncio.gather(*(made(tokens) for _ in range(5)), return_exceptions=True)
    assert [type(one) for one in results if isinstance(one, Exception)] == [TokenRefused] * 4
    assert len(await tokens.list()) == 1


async def test_use_is_written_down_coarsely(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens)
    assert (await tokens.list())[0].used_at is None
    await tokens.who(new.secret, address=HERE)
    first = (await tokens.list())[0].used_at
    assert first is not None
    await tokens.who(new.secret, address=HERE)
    assert (await tokens.list())[0].used_at == first
    await pool.execute("update api_token set used_at = used_at - interval '6 minutes'")
    await tokens.who(new.secret, address=HERE)
    assert (await tokens.list())[0].used_at > first  # type: ignore[operator]


async def test_wrong_ones_are_told_to_wait_and_right_ones_are_heard_all_the_same(pool: Pool, tokens: Tokens) -> None:
    new = await made(tokens)
    waits = [await refusal(tokens, NOBODY) for _ in range(REFUSALS_MAX + 3)]
    assert waits[:REFUSALS_MAX] == [None] * REFUSALS_MAX
    assert all(wait is not None and 0 < wait <= 900 for wait in waits[REFUSALS_MAX:])
    assert await pool.fetchval("select count(*) from api_refusal") == REFUSALS_MAX
    assert await trail(pool) == [("test", "token_made"), ("crossdock", "tokens_refused")]
    assert (await tokens.who(new.secret, address=HERE)).token == "nightly"
    assert await refusal(tokens, NOBODY, ELSEWHERE) is None


async def test_wrong_tokens_keep_nobody_from_signing_in(pool: Pool, tokens: Tokens) -> None:
    people = await mary(pool)
    for _ in range(REFUSALS_MAX + 3):
        await refusal(tokens, NOBODY)
    assert await people.sign_in("mary", "seven green bottles", address=HERE, agent="")


async def test_what_has_not_the_shape_of_a_token_costs_no_look(pool: Pool, tokens: Tokens) -> None:
    for secret in ("", "x", "xdk_", NOBODY + "x", "xdk_" + "é" * 43, "\0", "\udc80"):
        assert await refusal(tokens, secret) is None
    assert await pool.fetchval("select count(*) from api_refusal") == 0


async def test_wrong_ones_are_forgotten_after_a_day_and_heard_after_a_quarter_of_an_hour(
    pool: Pool, tokens: Tokens
) -> None:
    for _ in range(REFUSALS_MAX):
        await refusal(tokens, NOBODY)
    await pool.execute("update api_refusal set at = at - interval '16 minutes'")
    assert await refusal(tokens, NOBODY) is None
    await pool.execute("update api_refusal set at = at - interval '1 day'")
    await refusal(tokens, NOBODY)
    assert await pool.fetchval("select count(*) from api_refusal") == 1
