"""Sign-in with an identity provider: the honest one, and every lie that one could tell."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from aiohttp import web
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError

from crossdock.decide.rights import Grant, Role
from crossdock.settings.sign_in import GivenRole, Oidc
from crossdock.store.archive import Vault
from crossdock.store.database import Pool
from crossdock.wiring.oidc import OidcDoor
from crossdock.wiring.people import People, SignedIn, SignInRefused
from tests.wiring.identity_provider import CLIENT, SECRET, ProviderActor, by_public_key, provider, unsigned

VIEWER = GivenRole(role=Role.VIEWER)
AWAY = "http://127.0.0.1:9/console"


@dataclass
class Clock:
    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class House:
    actor: ProviderActor
    people: People
    pool: Pool
    clock: Clock

    def door(self, **more: Any) -> OidcDoor:
        given = {
            "issuer": self.actor.url, "client_id": CLIENT, "client_secret": SecretStr(SECRET), "public_url": AWAY,
            "take_in": (VIEWER,), **more,
        }  # fmt: skip
        return OidcDoor(Oidc(**given), self.people, Vault(b"k" * 32), self.clock)

    async def come(self, door: OidcDoor | None = None, **more: str) -> SignedIn:
        door = door or self.door()
        knock = await door.begin("/cases")
        state, code = self.actor.agree(knock.url)
        return (await finish(door, knock.kept, **{"state": state, "code": code, **more}))[0]

    async def refusals(self) -> list[str]:
        rows = await self.pool.fetch("select detail::text as d from audit_entry where action = 'sign_in_refused'")
        return [orjson.loads(row["d"])["reason"] for row in rows]


async def finish(door: OidcDoor, kept: str, *, state: str, code: str, problem: str = "") -> tuple[SignedIn, str]:
    return await door.finish(kept, state=state, code=code, problem=problem, address="203.0.113.7", agent="Mozilla")


@pytest.fixture
async def house(pool: Pool) -> AsyncIterator[House]:
    async with provider() as actor:
        yield House(actor, People(pool, "main"), pool, Clock())


async def test_a_person_comes_in_by_the_provider_and_is_the_same_the_next_time(house: House) -> None:
    door = house.door()
    first = await house.come(door)
    assert (first.person.name, first.person.display, first.way, first.has_password) == (
        "mary",
        "Mary H.",
        "oidc",
        False,
    )
    assert first.person.grants == (Grant(role=Role.VIEWER),)
    house.actor.claims = {"sub": "s-1", "preferred_username": "maria", "email": "other@firm.example"}
    again = await house.come(door)
    assert (again.person.id, again.person.name) == (first.person.id, "mary")
    assert again.token != first.token
    assert house.actor.asked.count("discovery") == house.actor.asked.count("keys") == 1


async def test_a_name_or_an_address_never_makes_anybody_somebody_else(house: House) -> None:
    """The provider's people choose their own names: whoever calls himself ada is not our ada."""
    grant = Grant(role=Role.ADMIN)
    await house.people.add("ada", display="Ada", password="a long enough password", grants=[grant], actor="root")
    house.actor.claims = {"sub": "s-9", "preferred_username": "ada", "email": "ada", "name": "Ada"}
    came = await house.come()
    assert (came.person.name, came.person.grants) == ("ada-2", (Grant(role=Role.VIEWER),))
    house.actor.claims = {"sub": "s-10", "preferred_username": "ada"}
    assert (await house.come()).person.name == "ada-3"


async def test_the_same_subject_of_another_issuer_is_another_person(house: House, pool: Pool) -> None:
    mine = await house.come()
    async with provider() as other:
        there = House(other, house.people, pool, house.clock)
        assert (await there.come()).person.id != mine.person.id


async def test_who_is_not_known_waits_until_an_administrator_gives_a_role(house: House) -> None:
    door = house.door(take_in=())
    with pytest.raises(SignInRefused, match="no role yet"):
        await house.come(door)
    (row,) = await house.people.list()
    assert (row.name, row.grants, row.sessions, row.has_password) == ("mary", (), 0, False)
    await house.people.grant("mary", Grant(role=Role.OPERATOR, desk="finance"), actor="ada")
    assert (await house.come(door)).person.grants == (Grant(role=Role.OPERATOR, desk="finance"),)
    assert "no role yet" in await house.refusals()


async def test_groups_give_roles_and_take_them_at_the_next_sign_in_and_leave_those_that_people_gave(
    house: House,
) -> None:
    groups = {"books": (GivenRole(role=Role.OPERATOR, desk="finance"),), "bosses": (GivenRole(role=Role.ADMIN),)}
    door = house.door(take_in=(), groups=groups)
    house.actor.claims["groups"] = ["books", "golf"]
    finance = Grant(role=Role.OPERATOR, desk="finance")
    assert (await house.come(door)).person.grants == (finance,)
    await house.people.grant("mary", Grant(role=Role.AUDITOR), actor="ada")
    house.actor.claims["groups"] = ["bosses"]
    assert set((await house.come(door)).person.grants) == {Grant(role=Role.ADMIN), Grant(role=Role.AUDITOR)}
    house.actor.claims["groups"] = "nonsense"
    assert (await house.come(door)).person.grants == (Grant(role=Role.AUDITOR),)
    changes = await house.pool.fetchval("select count(*) from audit_entry where action = 'roles_by_groups'")
    assert changes == 3


async def test_a_disabled_person_stays_out_whatever_the_provider_says(house: House) -> None:
    came = await house.come()
    await house.people.disable("mary", actor="root")
    with pytest.raises(SignInRefused, match="no longer"):
        await house.come()
    assert await house.people.who(came.token) is None


async def test_nobody_signs_in_with_a_password_as_a_person_who_has_none(house: House) -> None:
    await house.come()
    for password in ("", "a long enough password"):
        with pytest.raises(SignInRefused):
            await house.people.sign_in("mary", password, address="203.0.113.8", agent="")


LIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "another nonce": lambda claims: {**claims, "nonce": "another"},
    "no nonce": lambda claims: {name: one for name, one in claims.items() if name != "nonce"},
    "another audience": lambda claims: {**claims, "aud": "another-client"},
    "two audiences and nobody authorized": lambda claims: {**claims, "aud": [CLIENT, "another"]},
    "another authorized party": lambda claims: {**claims, "azp": "another"},
    "no audience": lambda claims: {name: one for name, one in claims.items() if name != "aud"},
    "another issuer": lambda claims: {**claims, "iss": "https://elsewhere.example"},
    "no issuer": lambda claims: {name: one for name, one in claims.items() if name != "iss"},
    "run out": lambda claims: {**claims, "exp": claims["iat"] - 3_600, "iat": claims["iat"] - 7_200},
    "without an end": lambda claims: {name: one for name, one in claims.items() if name != "exp"},
    "from the future": lambda claims: {**claims, "nbf": claims["iat"] + 3_600},
    "nobody": lambda claims: {**claims, "sub": ""},
    "no subject": lambda claims: {name: one for name, one in claims.items() if name != "sub"},
    "a list as subject": lambda claims: {**claims, "sub": ["s-1"]},
    "a subject no database holds": lambda claims: {**claims, "sub": "s\0-1"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_an_id_token_that_will_not_do_lets_nobody_in(
    house: House, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    house.actor.lie = lie
    with pytest.raises(SignInRefused):
        await house.come()
    assert await house.pool.fetchval("select count(*) from person") == 0
    assert len(await house.refusals()) == 1


SIGNERS: dict[str, Callable[[ProviderActor], Callable[[dict[str, Any]], str]]] = {
    "a foreign key under the same name": lambda actor: (
        lambda claims: actor.signed(claims, RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False))
    ),
    "a key nobody knows": lambda actor: (
        lambda claims: actor.signed(claims, RSAKey.generate_key(2048, {"kid": "new"}, auto_kid=False), kid="new")
    ),
    "nobody at all": lambda _: unsigned,
    "the public key as a secret": by_public_key,
    "changed after it was signed": lambda actor: (
        lambda claims: actor.signed(claims).rsplit(".", 1)[0] + "." + actor.signed({"sub": "x"}).rsplit(".", 1)[1]
    ),
    "no token": lambda _: lambda claims: "not.a.token",
}


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
async def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    house: House, signer: Callable[[ProviderActor], Callable[[dict[str, Any]], str]]
) -> None:
    house.actor.sign = await asyncio.to_thread(signer, house.actor)
    with pytest.raises(SignInRefused, match="not taken"):
        await house.come()
    assert await house.pool.fetchval("select count(*) from person") == 0


async def test_keys_that_were_changed_are_read_anew(house: House) -> None:
    door = house.door()
    await house.come(door)
    house.actor.key = await asyncio.to_thread(RSAKey.generate_key, 2048, {"kid": "second"}, True, False)
    house.actor.sign = lambda claims: house.actor.signed(claims, kid="second")
    assert await house.come(door)
    assert house.actor.asked.count("keys") == 2


ANSWERS: dict[str, Callable[[], web.Response]] = {
    "an error": lambda: web.json_response({"error": "invalid_grant"}, status=400),
    "no id token": lambda: web.json_response({"access_token": "x"}),
    "a number": lambda: web.json_response({"id_token": 7}),
    "a list": lambda: web.json_response([]),
    "no json": lambda: web.Response(text="<html>"),
    "far too much": lambda: web.Response(body=b"x" * 2_000_000),
    "another place": lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_an_answer_that_is_none_lets_nobody_in(house: House, answer: Callable[[], web.Response]) -> None:
    house.actor.token_answer = answer
    with pytest.raises(SignInRefused, match="not taken"):
        await house.come()


DOCUMENTS: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://elsewhere.example"},
    "a token endpoint in clear": {"token_endpoint": "http://elsewhere.example/token"},
    "keys from a file": {"jwks_uri": "file:///etc/passwd"},
    "no endpoint": {"authorization_endpoint": None},
    "a script": {"authorization_endpoint": "javascript:alert(1)"},
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
async def test_a_discovery_document_that_will_not_do_leads_nowhere(house: House, document: dict[str, Any]) -> None:
    house.actor.document = document
    with pytest.raises(SignInRefused, match="does not answer"):
        await house.door().begin("/")


async def test_a_state_is_taken_once_and_only_from_the_browser_that_began(house: House) -> None:
    door = house.door()
    knock, other = await door.begin("/"), await door.begin("/")
    state, code = house.actor.agree(knock.url)
    for kept, given in (("", state), (other.kept, state), (knock.kept, "another"), (knock.kept, ""), ("x" * 50, state)):
        with pytest.raises(SignInRefused, match="not finished"):
            await finish(door, kept, state=given, code=code)
    assert (await finish(door, knock.kept, state=state, code=code))[0].person.name == "mary"
    for _ in range(2):
        with pytest.raises(SignInRefused, match="finished before"):
            await finish(door, knock.kept, state=state, code=house.actor.agree(knock.url)[1])
    assert house.actor.asked.count("token") == 1


async def test_who_takes_too_long_or_is_refused_over_there_begins_again(house: House) -> None:
    door = house.door()
    knock = await door.begin("/")
    state, code = house.actor.agree(knock.url)
    house.clock.at += 601
    with pytest.raises(SignInRefused, match="not finished"):
        await finish(door, knock.kept, state=state, code=code)
    for more in ({"problem": "access_denied"}, {"code": ""}):
        with pytest.raises(SignInRefused, match="not finished"):
            await house.come(door, **more)
    assert house.actor.asked.count("token") == 0


async def test_a_code_that_was_meant_for_another_sign_in_is_worth_nothing(house: House) -> None:
    """An attacker's code in a victim's browser: the verifier of the victim does not fit it."""
    door = house.door()
    theirs, mine = await door.begin("/"), await door.begin("/")
    _, stolen = house.actor.agree(theirs.url)
    state, _ = house.actor.agree(mine.url)
    with pytest.raises(SignInRefused, match="not taken"):
        await finish(door, mine.kept, state=state, code=stolen)


async def test_guesses_at_the_way_back_are_bounded(house: House) -> None:
    door = house.door()
    said = []
    for _ in range(8):
        with pytest.raises(SignInRefused) as refused:
            await house.come(door, code="guessed")
        said.append(str(refused.value))
    assert ["Try again" in one for one in said] == [False] * 5 + [True] * 3
    assert house.actor.asked.count("token") == 5


async def test_what_the_browser_keeps_shows_nothing_and_no_secret_is_stored(house: House) -> None:
    door = house.door()
    knock = await door.begin("/")
    state, _ = house.actor.agree(knock.url)
    assert state not in knock.kept
    assert SECRET not in repr(door.__dict__["_settings"]) + repr(knock)
    await house.come(door)
    everything = ""
    for table in ("person", "person_identity", "person_session", "sign_in_step", "audit_entry"):
        everything += "".join(row["t"] for row in await house.pool.fetch(f"select x::text as t from {table} x"))
    for secret in (SECRET, "id_token", "eyJ"):
        assert secret not in everything


@pytest.mark.parametrize(
    ("name", "value"),
    [("issuer", "http://login.firm.example"), ("public_url", "http://desk.firm.example"), ("scopes", ("profile",))],
)
def test_settings_in_which_others_could_read_along_are_refused(name: str, value: Any) -> None:
    given = {
        "issuer": "https://login.firm.example", "client_id": CLIENT, "client_secret": SecretStr(SECRET),
        "public_url": "https://desk.firm.example",
    }  # fmt: skip
    assert Oidc(**given)
    with pytest.raises(ValidationError):
        Oidc(**{**given, name: value})
