"""`crossdock users`, as a person would type it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from crossdock.cli import passwords
from crossdock.wiring.people import People, SignedIn, SignInRefused
from tests.cli.world import Cli, Said

PASSWORD, OTHER = "seven green bottles", "eight green bottles"

Users = Callable[..., Said]


@pytest.fixture
def users(home: Path, cli: Cli, database: str, monkeypatch: pytest.MonkeyPatch) -> Users:
    monkeypatch.setenv("CROSSDOCK_DATABASE_URL", database)
    monkeypatch.setenv("USER", "jane")

    def run(*words: str, stdin: str | None = None) -> Said:
        return cli("users", *words, "--config", str(home / "crossdock.yaml"), stdin=stdin)

    return run


def with_people(database: str, work: Callable[[People, asyncpg.Pool], Any]) -> Any:
    async def run() -> Any:
        async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
            return await work(People(pool, "main"), pool)

    return asyncio.run(run())


def sign_in(database: str, name: str, password: str) -> SignedIn:
    return with_people(database, lambda people, _: people.sign_in(name, password, address="::1", agent=""))


def is_alive(database: str, signed_in: SignedIn) -> bool:
    return with_people(database, lambda people, _: people.who(signed_in.token)) is not None


def actors(database: str) -> list[tuple[str, str]]:
    async def read(_: People, pool: asyncpg.Pool) -> list[tuple[str, str]]:
        rows = await pool.fetch("select action, actor from audit_entry where subject = 'person' order by id")
        return [(row["action"], row["actor"]) for row in rows]

    return with_people(database, read)


def test_from_the_first_person_to_the_disabled_one(users: Users, database: str) -> None:
    assert "There is nobody yet" in users("list").err
    added = users("add", "mary", "--role", "admin", "--password-stdin", "--json", stdin=f"{PASSWORD}\n")
    assert (added.code, added.json["grants"]) == (0, [{"role": "admin", "desk": "", "pairing": ""}])
    assert "password" not in added.json
    first = sign_in(database, "mary", PASSWORD)
    (row,) = users("list", "--json").json["people"]
    assert (row["name"], row["display"], row["sessions"], row["disabled_at"]) == ("mary", "mary", 1, None)
    assert "admin of every desk in every pairing" in users("list").out
    assert "1 session of mary ended" in users("sign-out", "mary").err
    assert not is_alive(database, first)

    second = sign_in(database, "mary", PASSWORD)
    changed = users("password", "mary", "--password-stdin", "--actor", "root", stdin=OTHER)
    assert (changed.code, changed.out) == (0, "")
    assert not is_alive(database, second)
    third = sign_in(database, "mary", OTHER)
    assert users("disable", "MARY", "--json").json == {"name": "MARY", "disabled": True}
    assert not is_alive(database, third)
    with pytest.raises(SignInRefused):
        sign_in(database, "mary", OTHER)
    assert "disabled" in users("list").out
    assert [one for one in actors(database) if one[1] not in ("mary", "crossdock")] == [
        ("person_added", "jane"), ("sessions_ended", "jane"), ("password_set", "root"), ("person_disabled", "jane"),
    ]  # fmt: skip


def test_a_desk_and_a_pairing_must_be_there(users: Users) -> None:
    words = ("add", "john", "--role", "Operator", "--generate")
    added = users(*words, "--desk", "Finance", "--pairing", "oro_khaos", "--display", "John H.", "--json").json
    assert added["grants"] == [{"role": "operator", "desk": "finance", "pairing": "oro-khaos"}]
    assert added["display"] == "John H."
    for wrong in (
        ("--desk", "financ"),
        ("--pairing", "oro-kaos"),
        ("--role", "king"),
        ("--desk", ""),
        ("--pairing", ""),
    ):
        said = users("add", "jim", "--generate", *wrong)
        assert (said.code, f"there is no {wrong[0][2:]}" in said.err) == (2, True), wrong
    assert [row["name"] for row in users("list", "--json").json["people"]] == ["john"]


def test_a_role_is_given_and_taken_and_a_disabled_person_enabled(users: Users) -> None:
    assert users("add", "john", "--role", "operator", "--desk", "finance", "--generate").code == 0
    given = users("grant", "john", "--role", "viewer", "--pairing", "oro-khaos", "--json").json["grants"]
    finance = {"role": "operator", "desk": "finance", "pairing": ""}
    assert given == [finance, {"role": "viewer", "desk": "", "pairing": "oro-khaos"}]
    assert "there is no pairing" in users("grant", "john", "--role", "viewer", "--pairing", "oro-kaos").err
    assert users("revoke", "john", "--role", "viewer").code == 2
    taken = users("revoke", "john", "--role", "viewer", "--pairing", "oro-khaos")
    assert "john is operator of finance in every pairing" in taken.err
    assert users("disable", "john").code == 0
    assert users("enable", "john", "--json").json == {"name": "john", "disabled": False}
    assert users("list", "--json").json["people"][0]["disabled_at"] is None


def test_a_generated_password_is_shown_once_and_lets_its_person_in(users: Users, database: str) -> None:
    made = users("add", "mary", "--generate").out.strip()
    assert len(made) == 24
    assert sign_in(database, "mary", made).person.name == "mary"
    anew = users("password", "mary", "--generate", "--json").json["password"]
    assert anew != made
    assert sign_in(database, "mary", anew)
    assert anew not in users("list").out


def test_the_password_is_asked_for_twice_and_not_shown(
    users: Users, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "at_a_terminal", lambda: True)
    said = users("add", "mary", stdin=f"{PASSWORD}\n{OTHER}\n{PASSWORD}\n{PASSWORD}\n")
    assert (said.code, said.out.strip()) == (0, "")
    assert said.err.count("Password:") == 2
    assert "do not match" in said.err
    assert PASSWORD not in said.out + said.err
    assert sign_in(database, "mary", PASSWORD)


@pytest.mark.parametrize(
    ("words", "stdin", "code", "kind", "text"),
    [
        (("add", "mary"), None, 2, "bad-input", "--password-stdin"),
        (("add", "mary", "--generate", "--password-stdin"), PASSWORD, 2, "bad-input", "Take one"),
        (("add", "mary", "--password-stdin"), "", 2, "bad-input", "fewer than 12"),
        (("add", "mary hartley", "--generate"), None, 2, "bad-input", "is no name"),
        (("add", "JANE", "--generate"), None, 2, "bad-input", "already"),
        (("password", "mary", "--generate"), None, 1, "not-found", "users list"),
        (("password", "jane", "--password-stdin"), "short", 2, "bad-input", "fewer than 12"),
        (("disable", "mary"), None, 1, "not-found", "users list"),
        (("sign-out", "mary"), None, 1, "not-found", "users list"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_way_on(
    users: Users, words: tuple[str, ...], stdin: str | None, code: int, kind: str, text: str
) -> None:
    assert users("add", "jane", "--generate").code == 0
    said = users(*words, "--json", stdin=stdin)
    assert (said.code, said.json["error"]["kind"], text in said.json["error"]["text"]) == (code, kind, True), said.err
    assert [row["name"] for row in users("list", "--json").json["people"]] == ["jane"]


def test_sessions_are_listed_and_a_lost_second_factor_is_forgotten(users: Users, database: str) -> None:
    users("add", "mary", "--password-stdin", stdin=PASSWORD)
    assert users("sessions", "mary", "--json").json == {"name": "mary", "sessions": []}
    assert "signed in nowhere" in users("sessions", "mary").err
    signed_in = sign_in(database, "mary", PASSWORD)
    (row,) = users("sessions", "MARY", "--json").json["sessions"]
    assert (row["address"], row["way"], row["id"]) == ("::1", "password", signed_in.session)
    assert "password" in users("sessions", "mary").out
    assert signed_in.token not in users("sessions", "mary", "--json").out

    assert users("reset-factor", "mary").code == 2

    async def confirmed(_: People, pool: asyncpg.Pool) -> None:
        await pool.execute(
            "insert into person_factor (person_id, sealed, confirmed_at) select id, '', now() from person"
        )

    with_people(database, confirmed)
    assert users("list", "--json").json["people"][0]["factor"] is True
    assert users("reset-factor", "mary", "--json").json == {"name": "mary", "factor": False}
    assert not is_alive(database, signed_in)
    assert ("factor_reset", "jane") in actors(database)
    assert (users("sessions", "nobody").code, users("reset-factor", "nobody").code) == (1, 1)
