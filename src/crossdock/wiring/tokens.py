"""Tokens of the HTTP API: made and shown once, known by their digest, never worth more than whose they are."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from crossdock.decide.passwords import name_key, name_problem
from crossdock.decide.rights import Grant, Person
from crossdock.decide.scopes import Bearer, Scope, bearer, idle
from crossdock.store.database import Pool
from crossdock.store.people import PgPeople
from crossdock.store.tokens import PgTokens, TokenRow

PREFIX, SECRET_BYTES = "xdk_", 32
SHAPE = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}")
DAYS_MAX = 3_650


class TokenRefused(Exception):
    """It was not done; the text says why, and never holds a secret."""


class NoSuchToken(TokenRefused):
    """No token that lives goes by that name."""


class WrongToken(Exception):
    """Nobody's, revoked or run out. retry_after_seconds: set when too many came from there before."""

    def __init__(self, *, retry_after_seconds: int | None = None) -> None:
        super().__init__("the token is nobody's, was revoked or ran out")
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """secret: what its holder sends; it is kept nowhere."""

    id: int
    name: str
    secret: str = field(repr=False)


class Tokens:
    """The tokens of one tenant."""

    def __init__(self, pool: Pool, tenant: str) -> None:
        self._store = PgTokens(pool, tenant)
        self._people = PgPeople(pool, tenant)

    async def add(
        self, name: str, *, scopes: Sequence[Scope], person: str = "", grants: Sequence[Grant] = (),
        days: int | None, actor: str,
    ) -> NewToken:  # fmt: skip
        """person: whose it is; "" for a service, which needs grants. Raises TokenRefused."""
        if problem := name_problem(name):
            raise TokenRefused(problem)
        owner = await self._owner(person) if person else None
        if owner is None and not grants:
            raise TokenRefused("a token that is no person's needs a role of its own")
        if days is not None and not 1 <= days <= DAYS_MAX:
            raise TokenRefused(f"a token lasts from 1 to {DAYS_MAX} days, or until it is revoked")
        _check(scopes, bearer(token_id=0, token=name, owner=owner, grants=grants, scopes=scopes))
        secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        number = await self._store.add(
            name, digest=_digest(secret), owner=owner, grants=grants, scopes=scopes, days=days, actor=actor
        )
        if number is None:
            raise TokenRefused(f"there is a token named {name!r} already; revoke it first")
        return NewToken(id=number, name=name, secret=secret)

    async def list(self, *, before: int | None = None, limit: int = 1_000) -> Sequence[TokenRow]:
        """Newest first, the revoked too."""
        return await self._store.list(before=before, limit=limit)

    async def revoke(self, name: str, *, actor: str) -> None:
        """From the next call on. Raises NoSuchToken."""
        rows = await self._store.list(name=name)
        if not rows or not await self._store.revoke(rows[0].id, actor=actor):
            raise NoSuchToken(f"there is no token {name!r} that lives")

    async def revoke_number(self, token_id: int, *, actor: str) -> str:
        """The same by its number. Returns its name. Raises NoSuchToken."""
        if (name := await self._store.revoke(token_id, actor=actor)) is None:
            raise NoSuchToken(f"there is no token {token_id} that lives")
        return name

    async def who(self, secret: str, *, address: str) -> Bearer:
        """Who calls. Raises WrongToken.

        However many wrong ones came from an address, a right one is heard: nobody can shut another one out.
        """
        if not SHAPE.fullmatch(secret):
            raise WrongToken
        if (found := await self._store.bearer(_digest(secret))) is not None:
            return found
        raise WrongToken(retry_after_seconds=await self._store.refused(address))

    async def _owner(self, name: str) -> Person:
        known = await self._people.find(key) if (key := name_key(name)) else None
        if known is None:
            raise TokenRefused(f"there is no person {name!r}")
        if known.disabled:
            raise TokenRefused(f"{known.person.name} is disabled")
        return known.person


def _check(scopes: Sequence[Scope], asked: Bearer) -> None:
    if not scopes:
        raise TokenRefused("a token without a scope may do nothing: give at least one")
    if unused := idle(scopes, asked.person):
        raise TokenRefused(f"the roles given leave nothing to {', '.join(unused)}")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
