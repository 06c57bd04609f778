"""Local people on a real database: signed in, kept out, throttled, signed out; all of it in the audit trail."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher

from crossdock.decide.rights import Grant, Role
from crossdock.store.audit import seal_all, verify
from crossdock.store.database import Pool
from crossdock.store.people import SQL
from crossdock.wiring import hashing
from crossdock.wiring.people import NoSuchPerson, People, PersonRefused, SignedIn, SignInRefused
from tests.eventually import eventually

PASSWORD, OTHER = "seven green bottles", "eight green bottles"
DESK = "203.0.113.7"
AGENT = "Mozilla/5.0 (X11)"


class Counting(PasswordHasher):
    """A real one, of a light profile, that counts."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.calls: Counter[str] = Counter()

    def hash(self, *given: Any, **more: Any) -> str:
        self.calls["hash"] += 1
        return super().hash(*given, **more)

    def verify(self, *given: Any) -> bool:
        self.calls["verify"] += 1
        return super().verify(*given)


@pytest.fixture
def argon(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setattr(hashing, "HASHER", counting)
    hashing._nobodys.cache_clear()
    return counting


@pytest.fixture
def people(pool: Pool, argon: Counting) -> People:
    return People(pool, "main")


async def add(people: People, name: str = "mary", *grants: Grant) -> None:
    given = grants or (Grant(role=Role.OPERATOR, desk="finance", pairing="oro-khaos"),)
    await people.add(name, display="", password=PASSWORD, grants=given, actor="root")


async def sign_in(people: People, name: str = "mary", password: str = PASSWORD, address: str = DESK) -> SignedIn:
    return await people.sign_in(name, password, address=address, agent=AGENT)


async def refusal(people: People, name: str = "mary", password: str = OTHER, address: str = DESK) -> SignInRefused:
    with pytest.raises(SignInRefused) as refused:
        await sign_in(people, name, password, address)
    return refused.value


async def trail(pool: Pool) -> list[tuple[str, str]]:
    rows = await pool.fetch("select actor, action from audit_entry where subject = 'person' order by id")
    return [(row["actor"], row["action"]) for row in rows]


async def test_a_person_is_added_and_signs_in_however_the_name_is_written(people: People) -> None:
    assert await people.any() is False
    two = (Grant(role=Role.OPERATOR, desk="finance", pairing="oro-khaos"), Grant(role=Role.VIEWER))
    await add(people, "Mary", *two)
    assert await people.any() is True
    signed_in = await sign_in(people, " mARY ")
    assert (signed_in.person.name, signed_in.person.display, signed_in.person.grants) == ("Mary", "Mary", two)
    assert await people.who(signed_in.token) == signed_in
    (row,) = await people.list()
    assert (row.name, row.grants, row.sessions, row.disabled_at) == ("Mary", two, 1, None)


@pytest.mark.parametrize(
    ("name", "password", "problem"),
    [
        ("MARY", PASSWORD, "already"),
        ("ma ry", PASSWORD, "no name"),
        ("john", "short", "fewer than 12"),
        ("john.hartley.7", "John.Hartley.7", "is the name"),
    ],
)
async def test_who_may_not_be_added(people: People, pool: Pool, name: str, password: str, problem: str) -> None:
    await add(people)
    with pytest.raises(PersonRefused, match=problem) as refused:
        await people.add(name, display="", password=password, grants=[Grant(role=Role.VIEWER)], actor="root")
    assert password not in str(refused.value)
    assert await trail(pool) == [("root", "person_added")]
    with pytest.raises(PersonRefused, match="role"):
        await people.add("john", display="", password=PASSWORD, grants=[], actor="root")


async def test_a_wrong_name_and_a_wrong_password_get_the_same_words_after_the_same_work(
    people: People, argon: Counting
) -> None:
    await add(people)
    await add(people, "gone")
    await people.disable("gone", actor="root")
    await refusal(people, "warm-up")
    said = []
    for name, password in (
        ("mary", OTHER), ("nobody", OTHER), ("ma ry\0", OTHER), ("mary", "x" * 5_000), ("mary", "\ud800" * 12),
        ("gone", PASSWORD), ("gone", OTHER),
    ):  # fmt: skip
        argon.calls.clear()
        refused = await refusal(people, name, password)
        said.append((str(refused), refused.retry_after_seconds, dict(argon.calls)))
    assert said == [("The name or the password is not right.", None, {"verify": 1})] * 7


async def test_ten_thousand_bad_sign_ins_cost_a_handful_of_hashes_and_of_entries(
    people: People, pool: Pool, argon: Counting
) -> None:
    await add(people)
    argon.calls.clear()
    for at in range(0, 10_000, 50):  # from everywhere, and many at the same moment
        said = await asyncio.gather(*(refusal(people, "mary", OTHER, f"10.0.{one // 250}.{one % 250}")
                                      for one in range(at, at + 50)))  # fmt: skip
        assert [one.retry_after_seconds for one in said].count(None) == (0 if at else 5)
    assert argon.calls["verify"] == 5
    right = await refusal(people, "Mary", PASSWORD)
    assert "Try again in 15 min" in str(right)
    assert right.retry_after_seconds is not None
    assert 0 < right.retry_after_seconds <= 900
    assert argon.calls["verify"] == 5
    assert Counter(action for _, action in await trail(pool)) == {"person_added": 1, "sign_in_refused": 5}
    details = await pool.fetch("select detail::text from audit_entry where action = 'sign_in_refused' order by id")
    assert orjson.loads(details[-1]["detail"])["closed_for_seconds"] > 0
    await pool.execute("update sign_in_attempt set at = at - interval '15 minutes'")
    assert await sign_in(people)


async def test_an_address_is_closed_after_twenty_names_and_an_own_account_does_not_open_it_again(
    people: People, argon: Counting
) -> None:
    await add(people)
    argon.calls.clear()
    for number in range(19):
        assert (await refusal(people, f"name-{number}")).retry_after_seconds is None
    await sign_in(people)
    await refusal(people, "name-19")
    assert argon.calls["verify"] == 21
    assert (await refusal(people, "mary", PASSWORD)).retry_after_seconds
    assert argon.calls["verify"] == 21
    assert await sign_in(people, address="203.0.113.8")


async def test_four_slips_and_a_success_are_forgiven(people: People) -> None:
    await add(people)
    for _ in range(3):
        for _ in range(4):
            assert (await refusal(people)).retry_after_seconds is None
        await sign_in(people)


async def test_what_nobody_needs_to_know_of_attempts_is_forgotten_after_a_day(people: People, pool: Pool) -> None:
    await refusal(people, "nobody")
    await pool.execute("update sign_in_attempt set at = at - interval '25 hours'")
    await refusal(people, "nobody")
    assert await pool.fetchval("select count(*) from sign_in_attempt") == 1


async def test_a_browser_may_say_of_itself_what_it_likes(people: People, pool: Pool) -> None:
    await add(people)
    await people.sign_in("mary", PASSWORD, address="::1\0\ud800", agent="<b>\0\n\ud800" * 1_000)
    assert await pool.fetchval("select agent from person_session") == ("<b>" * 67)[:200]
    assert await pool.fetchval("select address from sign_in_attempt") == "::1"


async def test_every_sign_in_has_a_token_of_its_own(people: People) -> None:
    await add(people)
    first, second = await sign_in(people), await sign_in(people)
    assert len({first.token, second.token, first.csrf, second.csrf}) == 4
    await people.sign_out(first.token)
    await people.sign_out(first.token)
    assert await people.who(first.token) is None
    assert await people.who(second.token) == second


async def test_no_secret_is_in_the_database_nor_printed(people: People, pool: Pool) -> None:
    await add(people)
    signed_in = await sign_in(people)
    await refusal(people, OTHER, PASSWORD)  # a password in the wrong field
    everything = ""
    for table in ("person", "person_grant", "person_session", "sign_in_attempt", "audit_entry"):
        rows = await pool.fetch(f"select t::text as text from {table} t")
        everything += "".join(row["text"] for row in rows)
    for secret in (signed_in.token, signed_in.token.encode().hex(), PASSWORD, OTHER):
        assert secret not in everything
    assert "$argon2id$" in everything
    assert signed_in.token not in repr(signed_in)
    assert signed_in.csrf not in repr(signed_in)


PAST = {
    "unused for 12 hours": "update person_session set seen_at = clock_timestamp() - interval '12 hours'",
    "seven days old": "update person_session set begun_at = begun_at - interval '7 days', "
    "expires_at = expires_at - interval '7 days'",
}


@pytest.mark.parametrize("move", PAST.values(), ids=PAST)
async def test_a_session_runs_out(people: People, pool: Pool, move: str) -> None:
    await add(people)
    signed_in = await sign_in(people)
    span = "select extract(epoch from expires_at - begun_at)::int from person_session"
    assert await pool.fetchval(span) == 7 * 86_400
    await pool.execute(move)
    assert await people.who(signed_in.token) is None
    assert [row.sessions for row in await people.list()] == [0]


async def test_a_session_in_use_goes_on_and_is_written_at_most_once_a_minute(people: People, pool: Pool) -> None:
    await add(people)
    signed_in = await sign_in(people)
    seen = "select xmin::text || seen_at from person_session"
    before = await pool.fetchval(seen)
    assert await people.who(signed_in.token)
    assert await pool.fetchval(seen) == before
    await pool.execute("update person_session set seen_at = seen_at - interval '11 hours'")
    assert await people.who(signed_in.token)
    assert await pool.fetchval("select clock_timestamp() - seen_at < interval '1 hour' from person_session")


async def test_a_disabled_persons_session_is_dead_at_once(people: People, pool: Pool) -> None:
    await add(people)
    signed_in = await sign_in(people)
    await people.disable("MARY", actor="root")
    assert await people.who(signed_in.token) is None
    await pool.execute("update person_session set ended_at = null")  # and the person alone is enough for that
    assert await people.who(signed_in.token) is None
    await refusal(people, "mary", PASSWORD)
    with pytest.raises(PersonRefused, match="disabled already"):
        await people.disable("mary", actor="root")
    assert await people.any() is True


async def test_a_new_password_ends_the_sessions_of_the_old_one(people: People) -> None:
    await add(people)
    await add(people, "john")
    marys, johns = await sign_in(people), await sign_in(people, "john")
    with pytest.raises(PersonRefused, match="fewer than 12"):
        await people.set_password("mary", "short", actor="root")
    assert await people.who(marys.token)
    await people.set_password("mary", OTHER, actor="root")
    assert (await people.who(marys.token), await people.who(johns.token)) == (None, johns)
    await refusal(people, "mary", PASSWORD)
    assert await sign_in(people, "mary", OTHER)


WAITING = "select count(*) from pg_locks where not granted"
CHANGES: dict[str, Callable[[People], Awaitable[None]]] = {
    "password": lambda people: people.set_password("mary", OTHER, actor="root"),
    "disable": lambda people: people.disable("mary", actor="root"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_session_begun_while_the_change_waits_for_it_ends_with_the_others(
    people: People, pool: Pool, change: Callable[[People], Awaitable[None]]
) -> None:
    await add(people)
    row = await pool.fetchrow("select id, password_hash from person")
    assert row is not None

    async def is_waiting() -> bool:
        return bool(await pool.fetchval(WAITING))

    async with pool.acquire() as connection, connection.transaction():
        said = ("main", row["id"], row["password_hash"], b"digest", "csrf", AGENT, 0, DESK, "password")
        assert await connection.fetchval(SQL["begin_session"], *said) == row["id"]
        changing = asyncio.ensure_future(change(people))
        await eventually(is_waiting)
    await changing
    assert await pool.fetchval("select ended_at is not null from person_session")


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_change_while_the_password_is_checked_lets_nobody_in(
    people: People, monkeypatch: pytest.MonkeyPatch, change: Callable[[People], Awaitable[None]]
) -> None:
    await add(people)
    checked = hashing.verified

    async def slow(*given: Any) -> bool:
        right = await checked(*given)
        await change(people)
        return right

    monkeypatch.setattr(hashing, "verified", slow)
    await refusal(people, "mary", PASSWORD)
    assert [row.sessions for row in await people.list()] == [0]


async def test_a_persons_sessions_are_ended_by_name(people: People) -> None:
    await add(people)
    one, other = await sign_in(people), await sign_in(people)
    assert await people.end_sessions("Mary", actor="root") == 2
    assert [await people.who(each.token) for each in (one, other)] == [None, None]
    assert await people.end_sessions("Mary", actor="root") == 0


async def test_nobody_is_told_so(people: People) -> None:
    for work in (
        people.end_sessions("nobody", actor="root"), people.disable("nobody", actor="root"),
        people.set_password("nobody", PASSWORD, actor="root"),
    ):  # fmt: skip
        with pytest.raises(NoSuchPerson, match="there is no person 'nobody'"):
            await work
    assert await people.who("") is None
    assert await people.who("\ud800\0") is None
    await people.sign_out("nonesuch")


async def test_another_tenants_people_and_sessions_are_unknown(people: People, pool: Pool) -> None:
    await add(people)
    signed_in = await sign_in(people)
    theirs = People(pool, "other")
    assert (await theirs.any(), await theirs.list(), await theirs.who(signed_in.token)) == (False, [], None)
    await theirs.sign_out(signed_in.token)
    assert await people.who(signed_in.token) == signed_in
    await refusal(theirs, "mary", PASSWORD)
    with pytest.raises(NoSuchPerson):
        await theirs.disable("mary", actor="root")
    await add(theirs, "mary")
    assert len(await theirs.list()) == 1


async def test_a_role_is_given_and_taken_from_the_next_request_on(people: People, pool: Pool) -> None:
    first, second = Grant(role=Role.VIEWER, desk="finance"), Grant(role=Role.OPERATOR, pairing="oro-khaos")
    await add(people, "mary", first)
    signed_in = await sign_in(people)
    assert (await people.grant("Mary", second, actor="root")).grants == (second, first)
    seen = await people.who(signed_in.token)
    assert seen is not None
    assert seen.person.grants == (second, first)
    with pytest.raises(PersonRefused, match="already"):
        await people.grant("mary", second, actor="root")
    await people.revoke("mary", first, actor="root")
    seen = await people.who(signed_in.token)
    assert seen is not None
    assert seen.person.grants == (second,)
    with pytest.raises(PersonRefused, match="no such role"):
        await people.revoke("mary", first, actor="root")
    with pytest.raises(PersonRefused, match="no other role"):
        await people.revoke("mary", second, actor="root")
    assert await trail(pool) == [
        ("root", "person_added"), ("mary", "signed_in"), ("root", "role_given"), ("root", "role_taken"),
    ]  # fmt: skip


async def test_two_who_take_the_last_two_roles_at_once_leave_one(people: People, pool: Pool) -> None:
    two = [Grant(role=Role.VIEWER, desk="finance"), Grant(role=Role.VIEWER, desk="data")]
    await add(people, "mary", *two)
    (mary,) = await people.list()

    async def has_come() -> bool:
        return taking.done() or bool(await pool.fetchval(WAITING))

    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(SQL["one_change_at_a_time"], "main", mary.id)
        assert await connection.fetch(SQL["revoke"], mary.id, "viewer", "finance", "")
        taking = asyncio.create_task(people.revoke("mary", two[1], actor="root"))
        await eventually(has_come)
    with pytest.raises(PersonRefused, match="no other role"):
        await taking
    assert [row.grants for row in await people.list()] == [(two[1],)]


async def test_a_person_enabled_again_signs_in_again_and_no_old_session_lives(people: People, pool: Pool) -> None:
    await add(people)
    signed_in = await sign_in(people)
    await people.disable("mary", actor="root")
    await people.enable("mary", actor="root")
    assert await people.who(signed_in.token) is None
    assert await sign_in(people)
    with pytest.raises(PersonRefused, match="not disabled"):
        await people.enable("mary", actor="root")
    assert ("root", "person_enabled") in await trail(pool)


async def test_a_password_of_an_older_profile_is_hashed_anew_when_its_person_signs_in(
    people: People, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(people)
    hashes = "select password_hash from person"
    before = await pool.fetchval(hashes)
    await sign_in(people)
    assert await pool.fetchval(hashes) == before
    monkeypatch.setattr(hashing, "HASHER", PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    await sign_in(people)
    after = await pool.fetchval(hashes)
    assert ("t=1," in before, "t=2," in after) == (True, True)
    assert await sign_in(people)


async def test_each_change_is_in_the_audit_trail_with_who_made_it(people: People, pool: Pool) -> None:
    await add(people)
    await refusal(people)
    signed_in = await sign_in(people)
    await people.sign_out(signed_in.token)
    await sign_in(people)
    await people.end_sessions("mary", actor="root")
    await people.set_password("mary", OTHER, actor="jane")
    await people.disable("mary", actor="jane")
    assert await trail(pool) == [
        ("root", "person_added"), ("crossdock", "sign_in_refused"), ("mary", "signed_in"), ("mary", "signed_out"),
        ("mary", "signed_in"), ("root", "sessions_ended"), ("jane", "password_set"), ("jane", "person_disabled"),
    ]  # fmt: skip
    ids = await pool.fetch("select distinct subject_id from audit_entry where subject = 'person'")
    assert [row["subject_id"] for row in ids] == [(await people.list())[0].id]
    await seal_all(pool, "main")
    assert (await verify(pool, "main")).problem == ""


def test_the_profile_is_argon2id_and_the_librarys_own() -> None:
    real, default = hashing.HASHER, PasswordHasher()
    assert real.hash(PASSWORD).startswith("$argon2id$")
    assert (real.time_cost, real.memory_cost, real.parallelism) == (
        default.time_cost, default.memory_cost, default.parallelism,
    )  # fmt: skip


async def test_no_more_than_two_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch, argon: Counting) -> None:
    at_work, most, lock, both = 0, 0, threading.Lock(), threading.Barrier(2)

    def slow(*_: Any) -> str:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        both.wait(timeout=10)
        with lock:
            at_work -= 1
        return "hash"

    monkeypatch.setattr(argon, "hash", slow)
    await asyncio.gather(*(hashing.hashed(PASSWORD) for _ in range(8)))
    assert most == 2
