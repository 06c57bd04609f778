"""The second factor on a real database: set up, asked for, taken once, guessed at, lost, reset."""

import asyncio
import os
from dataclasses import dataclass

import pyotp
import pytest
from argon2 import PasswordHasher

from crossdock.decide.rights import Grant, Role
from crossdock.decide.second_factor import FactorPolicy
from crossdock.store.archive import Vault
from crossdock.store.database import Pool
from crossdock.wiring import hashing
from crossdock.wiring.account import Account
from crossdock.wiring.people import CodeAwaited, People, PersonRefused, SignedIn, SignInRefused
from crossdock.wiring.second_factor import PERIOD_SECONDS, SecondFactor

PASSWORD, DESK, AGENT = "seven green bottles", "203.0.113.7", "Mozilla/5.0"


@dataclass
class Clock:
    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Door:
    people: People
    factors: SecondFactor
    clock: Clock
    pool: Pool

    async def password(self) -> SignedIn | CodeAwaited:
        return await self.people.sign_in("mary", PASSWORD, address=DESK, agent=AGENT)

    async def enter(self, awaited: CodeAwaited, code: str) -> SignedIn:
        return (await self.factors.enter(awaited.token, code, address=DESK, agent=AGENT))[0]

    async def set_up(self) -> tuple[pyotp.TOTP, list[str], SignedIn]:
        me = await self.password()
        assert isinstance(me, SignedIn)
        await self.factors.begin(me, PASSWORD, address=DESK)
        app = pyotp.TOTP(await self.factors.waiting(me))
        return app, list(await self.factors.confirm(me, app.at(int(self.clock.at)))), me

    async def half_way(self) -> CodeAwaited:
        awaited = await self.password()
        assert isinstance(awaited, CodeAwaited)
        return awaited

    def later(self) -> None:
        self.clock.at += PERIOD_SECONDS


def factors(people: People, clock: Clock, policy: FactorPolicy = FactorPolicy.OPTIONAL) -> SecondFactor:
    return SecondFactor(Account(people), people, Vault(b"k" * 32), policy, clock)


@pytest.fixture
async def door(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Door:
    monkeypatch.setattr(hashing, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    hashing._nobodys.cache_clear()
    people, clock = People(pool, "main"), Clock()
    await people.add("mary", display="", password=PASSWORD, grants=[Grant(role=Role.ADMIN)], actor="root")
    return Door(people, factors(people, clock), clock, pool)


async def test_a_code_is_asked_for_beside_the_password_and_opens_one_session(door: Door) -> None:
    app, codes, me = await door.set_up()
    assert (len(codes), len(set(codes))) == (10, 10)
    awaited = await door.half_way()
    assert await door.people.who(awaited.token) is None  # the password alone is no session
    door.later()
    signed_in = await door.enter(awaited, app.at(int(door.clock.at)))
    assert (signed_in.person.name, signed_in.factor) == ("mary", True)
    assert await door.people.who(me.token)
    with pytest.raises(SignInRefused, match="too long"):  # what was half-way is over
        await door.enter(awaited, app.at(int(door.clock.at)))


async def test_no_code_is_taken_twice_not_even_at_the_same_moment(door: Door) -> None:
    app, _, _ = await door.set_up()
    code = app.at(int(door.clock.at))
    with pytest.raises(SignInRefused):  # the one that set it up
        await door.enter(await door.half_way(), code)
    door.later()
    code = app.at(int(door.clock.at))
    both = [await door.half_way(), await door.half_way()]
    came = await asyncio.gather(*(door.enter(one, code) for one in both), return_exceptions=True)
    assert sorted(type(one).__name__ for one in came) == ["SignInRefused", "SignedIn"]


async def test_clocks_may_differ_by_half_a_minute_and_no_more(door: Door) -> None:
    app, _, _ = await door.set_up()
    for steps, right in ((2, True), (1, True), (-2, False), (4, False)):
        at = door.clock.at + 90 + steps * PERIOD_SECONDS
        ahead = Clock(door.clock.at + 90 + PERIOD_SECONDS)
        at_door = factors(door.people, ahead)
        awaited = await door.half_way()
        try:
            await at_door.enter(awaited.token, app.at(int(at)), address=DESK, agent=AGENT)
            came = True
        except SignInRefused:
            came = False
        assert (steps, came) == (steps, right and steps == 2)  # 1 is older than 2, which was taken
        await door.pool.execute("delete from sign_in_attempt")


async def test_a_recovery_code_stands_in_once(door: Door) -> None:
    _, codes, me = await door.set_up()
    assert await door.enter(await door.half_way(), codes[3].replace("-", " ").upper())
    with pytest.raises(SignInRefused, match="not right, or was used"):
        await door.enter(await door.half_way(), codes[3])
    assert await door.factors.codes_left(me) == 9


async def test_a_recovery_code_is_one_persons_own(door: Door) -> None:
    _, codes, _ = await door.set_up()
    grant = Grant(role=Role.VIEWER)
    await door.people.add("john", display="", password=PASSWORD, grants=[grant], actor="root")
    john = await door.people.sign_in("john", PASSWORD, address=DESK, agent=AGENT)
    assert isinstance(john, SignedIn)
    await door.factors.begin(john, PASSWORD, address=DESK)
    app = pyotp.TOTP(await door.factors.waiting(john))
    await door.factors.confirm(john, app.at(int(door.clock.at)))
    awaited = await door.people.sign_in("john", PASSWORD, address=DESK, agent=AGENT)
    assert isinstance(awaited, CodeAwaited)
    with pytest.raises(SignInRefused):
        await door.enter(awaited, codes[0])


async def test_guesses_at_the_code_are_counted_and_the_right_password_forgives_none(door: Door) -> None:
    app, _, _ = await door.set_up()
    door.later()
    wrong = "000000" if app.at(int(door.clock.at)) != "000000" else "111111"
    guesses, said = 0, ""
    while "Try again in" not in said:
        try:
            awaited = await door.half_way()
            guesses += 1
            await door.enter(awaited, wrong)
        except SignInRefused as refusal:
            said = str(refusal)
    assert guesses <= 5
    with pytest.raises(SignInRefused, match="Try again in"):
        await door.enter(awaited, app.at(int(door.clock.at)))
    refused = await door.pool.fetchval("select count(*) from audit_entry where action = 'sign_in_refused'")
    assert 0 < refused <= guesses


async def test_signing_in_with_a_code_leaves_no_failure_behind(door: Door) -> None:
    """A whole office behind one address would be closed out by its own successes."""
    app, _, _ = await door.set_up()
    for _ in range(25):
        door.later()
        await door.enter(await door.half_way(), app.at(int(door.clock.at)))
    assert await door.pool.fetchval("select count(*) from sign_in_attempt where not ok") == 0


async def test_who_takes_too_long_begins_again(door: Door) -> None:
    app, _, _ = await door.set_up()
    awaited = await door.half_way()
    await door.pool.execute("update sign_in_step set expires_at = clock_timestamp()")
    door.later()
    with pytest.raises(SignInRefused, match="too long"):
        await door.enter(awaited, app.at(int(door.clock.at)))


@pytest.mark.parametrize("change", ["password", "disable"])
async def test_a_change_between_password_and_code_lets_nobody_in(door: Door, change: str) -> None:
    app, _, _ = await door.set_up()
    awaited = await door.half_way()
    if change == "password":
        await door.people.set_password("mary", "eight green bottles", actor="root")
    else:
        await door.people.disable("mary", actor="root")
    door.later()
    with pytest.raises(SignInRefused):
        await door.enter(awaited, app.at(int(door.clock.at)))


async def test_setting_it_up_ends_other_sessions_and_needs_the_password(door: Door) -> None:
    other = await door.password()
    assert isinstance(other, SignedIn)
    with pytest.raises(PersonRefused, match="not right"):
        await door.factors.begin(other, "not the password", address=DESK)
    assert await door.factors.waiting(other) == ""
    _, _, me = await door.set_up()
    assert (await door.people.who(other.token), (await door.people.who(me.token)) is not None) == (None, True)
    with pytest.raises(PersonRefused, match="You have"):
        await door.factors.begin(me, PASSWORD, address=DESK)
    assert (await door.factors.waiting(me), await door.factors.picture(me)) == ("", b"")


async def test_a_wrong_code_confirms_nothing(door: Door) -> None:
    me = await door.password()
    assert isinstance(me, SignedIn)
    with pytest.raises(PersonRefused, match="Begin again"):
        await door.factors.confirm(me, "123456")
    await door.factors.begin(me, PASSWORD, address=DESK)
    for code in ("", "abc", "12345", "00000a"):
        with pytest.raises(PersonRefused, match="not right"):
            await door.factors.confirm(me, code)
    assert isinstance(await door.password(), SignedIn)  # it is not asked for before it was confirmed


async def test_it_is_turned_off_with_a_code_unless_the_settings_ask_for_it(door: Door) -> None:
    app, codes, me = await door.set_up()
    with pytest.raises(PersonRefused, match="it stays"):
        await factors(door.people, door.clock, FactorPolicy.ADMINS).turn_off(me, codes[0], address=DESK)
    with pytest.raises(PersonRefused, match="not right"):
        await door.factors.turn_off(me, app.at(int(door.clock.at)), address=DESK)  # taken when it was set up
    await door.factors.turn_off(me, codes[1], address=DESK)
    assert isinstance(await door.password(), SignedIn)


async def test_an_administrator_resets_it_for_whoever_lost_everything(door: Door) -> None:
    _, _, me = await door.set_up()
    await door.people.reset_factor("mary", actor="root")
    assert await door.people.who(me.token) is None
    assert isinstance(await door.password(), SignedIn)
    with pytest.raises(PersonRefused, match="no second factor"):
        await door.people.reset_factor("mary", actor="root")
    actions = await door.pool.fetch("select actor, action from audit_entry where action like 'factor_%' order by id")
    assert [(row["actor"], row["action"]) for row in actions] == [
        ("mary", "factor_begun"), ("mary", "factor_added"), ("root", "factor_reset"),
    ]  # fmt: skip


async def test_it_is_missing_for_those_the_settings_ask_for_one(door: Door) -> None:
    me = await door.password()
    assert isinstance(me, SignedIn)
    assert [factors(door.people, door.clock, one).is_missing(me) for one in FactorPolicy] == [False, True, True]
    app, _, _ = await door.set_up()
    door.later()
    with_code = await door.enter(await door.half_way(), app.at(int(door.clock.at)))
    assert not factors(door.people, door.clock, FactorPolicy.EVERYBODY).is_missing(with_code)


async def test_neither_secret_nor_recovery_code_is_in_the_database(door: Door) -> None:
    app, codes, me = await door.set_up()
    everything = ""
    for table in ("person", "person_factor", "recovery_code", "sign_in_step", "audit_entry"):
        rows = await door.pool.fetch(f"select t::text as text from {table} t")
        everything += "".join(row["text"] for row in rows)
    plain = [app.secret, *codes, *(one.replace("-", "") for one in codes)]
    for secret in (*plain, *(one.encode().hex() for one in plain)):
        assert secret not in everything
    other = SecondFactor(Account(door.people), door.people, Vault(os.urandom(32)), FactorPolicy.OPTIONAL, door.clock)
    awaited = await door.half_way()
    with pytest.raises(SignInRefused):  # without the key no recovery code is known again either
        await other.enter(awaited.token, codes[0], address=DESK, agent=AGENT)
    assert me


async def test_the_picture_is_an_svg_of_the_secret_and_runs_no_script(door: Door) -> None:
    me = await door.password()
    assert isinstance(me, SignedIn)
    await door.factors.begin(me, PASSWORD, address=DESK)
    drawn = await door.factors.picture(me)
    assert (b"<svg" in drawn, b"<script" in drawn, b"style=" in drawn) == (True, False, False)
