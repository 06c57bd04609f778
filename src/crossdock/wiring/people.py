"""Local people: added, signed in, and out. argon2id for passwords; a token is known to the browser alone."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from crossdock.decide.passwords import as_typed, name_key, name_problem, password_problem
from crossdock.decide.rights import Grant, Person
from crossdock.store.account import PgAccount, SessionRow
from crossdock.store.database import Pool
from crossdock.store.people import Known, PersonRow, PgPeople
from crossdock.store.proof import Proof
from crossdock.store.sorting import ByName
from crossdock.wiring import hashing

TOKEN_BYTES, PASSWORD_BYTES = 32, 18
AGENT_MAX, ADDRESS_MAX, DISPLAY_MAX = 200, 100, 100

WRONG = "The name or the password is not right."
TOO_MANY = "Too many sign-ins failed. Try again in {minutes} min."


class PersonRefused(Exception):
    """It was not done; the text says why, and never holds a password."""


class NoSuchPerson(PersonRefused):
    """Nobody goes by that name."""


class SignInRefused(Exception):
    """retry_after_seconds: set when too many failed before; the password was not looked at."""

    def __init__(self, text: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(text)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """token: for the cookie, and nowhere else. csrf: what every form of this session carries. session: its number.
    way: how it was begun, by password or oidc. has_password: false for one whom an identity provider names. factor:
    whether a second one is asked for at the door."""

    person: Person
    token: str = field(repr=False)
    csrf: str = field(repr=False)
    session: int = 0
    way: str = "password"
    has_password: bool = True
    factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAwaited:
    """The password was right; the second factor is still to come. token: for a cookie, and nowhere else."""

    token: str = field(repr=False)


class People:
    """The people of one tenant."""

    def __init__(self, pool: Pool, tenant: str) -> None:
        self.pool, self.tenant = pool, tenant
        self._store = PgPeople(pool, tenant)

    async def any(self) -> bool:
        """Whether there is a person at all; on the first run there is none."""
        return await self._store.any()

    async def add(self, name: str, *, display: str, password: str, grants: Sequence[Grant], actor: str) -> Person:
        """Raises PersonRefused: for a name that is taken or none, a password that will not do, or without any grant."""
        if problem := name_problem(name) or password_problem(password, name=name):
            raise PersonRefused(problem)
        if not grants:
            raise PersonRefused("whoever has no role may see nothing: give at least one")
        shown = plain(display, DISPLAY_MAX) or name
        hashed = await hashing.hashed(as_typed(password))
        made = await self._store.add(name, display=shown, password_hash=hashed, grants=grants, actor=actor)
        if made is None:
            raise PersonRefused(f"there is a person named {name!r} already")
        return made

    async def sign_in(
        self, name: str, password: str, *, address: str, agent: str, next_path: str = "/"
    ) -> SignedIn | CodeAwaited:
        """Begin a session, or say that the second factor is asked for. Raises SignInRefused."""
        address, agent = plain(address, ADDRESS_MAX), plain(agent, AGENT_MAX)
        known = await self.find(name)
        key = known.person.name.lower() if known else _mark(name)
        attempt = await self.attempt(key, address)
        right = await hashing.verified(known.password_hash if known else None, as_typed(password))
        if known and right and known.factor and not known.disabled:
            token = secrets.token_urlsafe(TOKEN_BYTES)
            await self._store.wait_for_code(known, digest_of(token), attempt=attempt, next_path=next_path)
            return CodeAwaited(token=token)
        if known and right:
            begun = await self.begin(known, address=address, agent=agent, attempt=attempt)
            if begun is not None:
                if hashing.is_old(known.password_hash):
                    await self._store.rehashed(known, await hashing.hashed(as_typed(password)))
                return begun
        await self.refused(known, reason="wrong password", address=address, key=key)
        raise SignInRefused(WRONG)

    async def begin(
        self, known: Known, *, address: str, agent: str, attempt: int | None, way: str = "password",
        proof: Proof | None = None, step: bytes = b"",
    ) -> SignedIn | None:  # fmt: skip
        """A session, always under a new token. None: disabled, or changed, while that was checked; or the code was
        taken before. proof: the second factor. step: the sign-in under way that this ends."""
        token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        if not await self._store.begin_session(
            known, digest=digest_of(token), csrf=csrf, agent=plain(agent, AGENT_MAX),
            address=plain(address, ADDRESS_MAX), attempt=attempt, way=way, proof=proof, step=step,
        ):  # fmt: skip
            return None
        return await self.who(token)

    async def refused(self, known: Known | None, *, reason: str, address: str, key: str = "") -> None:
        """Write a failure down."""
        key, address = key or (known.person.name.lower() if known else ""), plain(address, ADDRESS_MAX)
        why = "unknown name" if not known else "disabled" if known.disabled else reason
        closed_for = await self._store.closed_for(key, address)
        await self._store.refused(known, reason=why, address=address, closed_for=closed_for)

    async def who(self, token: str) -> SignedIn | None:
        """Whose session it is; None when it ended, ran out, or is nobody's."""
        session = await self._store.session(digest_of(token))
        if session is None:
            return None
        return SignedIn(
            person=session.person, token=token, csrf=session.csrf, session=session.number, way=session.way,
            has_password=session.has_password, factor=session.factor,
        )  # fmt: skip

    async def sign_out(self, token: str) -> None:
        await self._store.sign_out(digest_of(token))

    async def end_sessions(self, name: str, *, actor: str) -> int:
        """Returns how many were alive. Raises NoSuchPerson."""
        return await self._store.end_sessions((await self._known(name)).person, actor=actor)

    async def sessions(self, name: str) -> Sequence[SessionRow]:
        """Those that are alive. Raises NoSuchPerson."""
        return await PgAccount(self.pool, self.tenant).sessions((await self._known(name)).person)

    async def list(
        self, *, sort: ByName = ByName.A_TO_Z, after: str | None = None, limit: int | None = None
    ) -> Sequence[PersonRow]:
        """All of them by name, the disabled too. after: the name that the page before ended with."""
        return await self._store.list(sort=sort, after=after, limit=limit)

    async def one(self, number: int) -> PersonRow:
        """Raises NoSuchPerson."""
        if (row := await self._store.one(number)) is None:
            raise NoSuchPerson("there is no such person")
        return row

    async def set_password(self, name: str, password: str, *, actor: str) -> None:
        """And end the person's sessions. Raises PersonRefused, NoSuchPerson."""
        person = (await self._known(name)).person
        if problem := password_problem(password, name=person.name):
            raise PersonRefused(problem)
        await self._store.set_password(person, await hashing.hashed(as_typed(password)), actor=actor)

    async def reset_factor(self, name: str, *, actor: str) -> None:
        """For one whose app and recovery codes are lost; ends the sessions too. Raises NoSuchPerson, PersonRefused."""
        person = (await self._known(name)).person
        if not await self._store.reset_factor(person, actor=actor):
            raise PersonRefused(f"{person.name} has no second factor")

    async def disable(self, name: str, *, actor: str, actor_id: int = 0) -> None:
        """And end the person's sessions. actor_id: who asks, 0 for none of the people. Raises NoSuchPerson,
        PersonRefused when the person is disabled already, or is the one who asks."""
        person = (await self._known(name)).person
        if person.id == actor_id:
            raise PersonRefused("Nobody disables their own account: another administrator does.")
        if not await self._store.disable(person, actor=actor):
            raise PersonRefused(f"{person.name} is disabled already")

    async def enable(self, name: str, *, actor: str) -> None:
        """With the password of before. Raises NoSuchPerson, PersonRefused when the person is not disabled."""
        person = (await self._known(name)).person
        if not await self._store.enable(person, actor=actor):
            raise PersonRefused(f"{person.name} is not disabled")

    async def grant(self, name: str, grant: Grant, *, actor: str) -> Person:
        """From the next request on. Raises NoSuchPerson, PersonRefused when the person has it already."""
        person = (await self._known(name)).person
        if not await self._store.grant(person, grant, actor=actor):
            raise PersonRefused(f"{person.name} has that role already")
        return (await self._known(name)).person

    async def revoke(self, name: str, grant: Grant, *, actor: str) -> Person:
        """From the next request on. Raises NoSuchPerson, PersonRefused: for the only role, or one they have not."""
        person = (await self._known(name)).person
        if not await self._store.revoke(person, grant, actor=actor):
            only = "has no other role: disable the person instead" if grant in person.grants else "has no such role"
            raise PersonRefused(f"{person.name} {only}")
        return (await self._known(name)).person

    async def attempt(self, key: str, address: str) -> int:
        """The number of this attempt, as one that fails. Raises SignInRefused before anything dear is done."""
        closed_for = await self._store.closed_for(key, address)
        if closed_for is None:
            attempt = await self._store.attempt(key, address)
            if attempt is not None:
                return attempt
            closed_for = await self._store.closed_for(key, address) or 1
        text = TOO_MANY.format(minutes=-(-closed_for // 60))
        raise SignInRefused(text, retry_after_seconds=closed_for)

    async def find(self, name: str) -> Known | None:
        key = name_key(name)
        return await self._store.find(key) if key else None

    async def _known(self, name: str) -> Known:
        if (known := await self.find(name)) is None:
            raise NoSuchPerson(f"there is no person {name!r}")
        return known


def new_password() -> str:
    """One that nobody guesses: 144 bits, 24 characters."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="backslashreplace")).digest()


def _mark(name: str) -> str:
    """What is kept of a name that is nobody's, to count its failures: too little to tell what was typed."""
    folded = name.strip().lower().encode(errors="backslashreplace")
    return f"?{hashlib.sha256(folded).hexdigest()[:8]}"


def plain(text: str, length_max: int) -> str:
    """What a browser says of itself, as a database can hold it."""
    return "".join(one for one in text if one.isprintable())[:length_max].strip()
