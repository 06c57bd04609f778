"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for whoever lost it.

The secret is sealed under the key of the archive; of recovery codes only a keyed hash is kept. A code opens one thing,
once, and guesses are counted with those at passwords.
"""

import hmac
import io
import secrets
import time
from collections.abc import Callable, Sequence

import pyotp
import segno

from crossdock.decide.rights import Person
from crossdock.decide.second_factor import (
    RECOVERY_ALPHABET,
    RECOVERY_LENGTH,
    FactorPolicy,
    code_as_typed,
    is_recovery,
    needs_factor,
)
from crossdock.store.archive import Vault
from crossdock.store.factors import Factor, PgFactors, Step
from crossdock.store.proof import Proof
from crossdock.wiring.account import Account
from crossdock.wiring.people import People, PersonRefused, SignedIn, SignInRefused, digest_of

PERIOD_SECONDS = 30  # pyotp's own, and that of every app
RECOVERY_CODES = 10
WRONG = "That code is not right, or was used before."
GONE = "That took too long. Sign in again."
HAS_ONE = "You have a second factor. Turn it off before you begin another."
NOT_BEGUN = "Begin again: there is no second factor to confirm."


class SecondFactor:
    """now: the clock, in seconds since 1970."""

    def __init__(
        self, account: Account, people: People, vault: Vault, policy: FactorPolicy, now: Callable[[], float] = time.time
    ) -> None:
        self._account, self._people, self._vault, self._policy, self._now = account, people, vault, policy, now
        self._store = PgFactors(people.pool, people.tenant)

    def is_missing(self, me: SignedIn) -> bool:
        """Whether this person must set one up before anything else. A provider that signs people in has its own."""
        return me.way == "password" and not me.factor and needs_factor(self._policy, me.person)

    async def begin(self, me: SignedIn, password: str, *, address: str) -> None:
        """Make a secret, which is not asked for before it was confirmed. Raises PersonRefused, SignInRefused."""
        _, attempt = await self._account.proven(me, password, address=address)
        sealed = self._vault.seal(pyotp.random_base32().encode())
        if not await self._store.begin(me.person, sealed, attempt=attempt):
            raise PersonRefused(HAS_ONE)

    async def waiting(self, me: SignedIn) -> str:
        """The secret that waits to be confirmed; "" when none does."""
        factor = await self._store.find(me.person)
        return "" if factor is None or factor.confirmed else self._opened(factor)

    async def picture(self, me: SignedIn) -> bytes:
        """The same for a camera, as SVG; b"" when none waits."""
        if not (secret := await self.waiting(me)):
            return b""
        address, drawn = pyotp.TOTP(secret).provisioning_uri(name=me.person.name, issuer_name="Crossdock"), io.BytesIO()
        segno.make(address, error="m").save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff")
        return drawn.getvalue()

    async def confirm(self, me: SignedIn, code: str) -> Sequence[str]:
        """Ask for it from now on. Returns the recovery codes, which are kept nowhere. Raises PersonRefused."""
        factor = await self._store.find(me.person)
        if factor is None or factor.confirmed:
            raise PersonRefused(NOT_BEGUN)
        counter = counter_of(self._opened(factor), code_as_typed(code), self._now())
        if counter is None:
            raise PersonRefused(WRONG)
        codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
        digests = [self._digest(me.person, code_as_typed(one)) for one in codes]
        if not await self._store.confirm(
            me.person, factor.sealed, counter=counter, digests=digests, session=me.session
        ):
            raise PersonRefused(NOT_BEGUN)
        return codes

    async def codes_left(self, me: SignedIn) -> int:
        return await self._store.codes_left(me.person)

    async def turn_off(self, me: SignedIn, code: str, *, address: str) -> None:
        """With a code, as at the door. Raises PersonRefused, SignInRefused."""
        if needs_factor(self._policy, me.person):
            raise PersonRefused("The settings ask you for a second factor: it stays.")
        attempt = await self._people.attempt(me.person.name.lower(), address)
        proof = await self._proof(me.person, code)
        if proof is None or not await self._store.forget(me.person, proof, attempt=attempt):
            raise PersonRefused(WRONG)

    async def step(self, token: str) -> Step | None:
        """The sign-in that waits for a code."""
        return await self._store.step(digest_of(token))

    async def enter(self, token: str, code: str, *, address: str, agent: str) -> tuple[SignedIn, str]:
        """Go on with a sign-in whose password was right; returns the session, and where to. Raises SignInRefused."""
        if (step := await self.step(token)) is None:
            raise SignInRefused(GONE)
        known = step.known
        attempt = await self._people.attempt(known.person.name.lower(), address)
        proof = await self._proof(known.person, code)
        if proof is not None:
            begun = await self._people.begin(
                known, address=address, agent=agent, attempt=attempt, proof=proof, step=digest_of(token)
            )
            if begun is not None:
                return begun, step.next
        await self._people.refused(known, reason="wrong code", address=address)
        raise SignInRefused(WRONG)

    async def _proof(self, person: Person, code: str) -> Proof | None:
        typed = code_as_typed(code)
        if is_recovery(typed):
            return Proof(recovery=self._digest(person, typed))
        factor = await self._store.find(person)
        if factor is None or not factor.confirmed:
            return None
        counter = counter_of(self._opened(factor), typed, self._now())
        return None if counter is None else Proof(counter=counter)

    def _opened(self, factor: Factor) -> str:
        return self._vault.open(factor.sealed).decode()

    def _digest(self, person: Person, code: str) -> bytes:
        return self._vault.digest(f"recovery code of {person.id}: {code}".encode())


def counter_of(secret: str, code: str, at: float) -> int | None:
    """Which code of the secret it is: that of now, or of half a minute before or after, for clocks that differ."""
    totp, now = pyotp.TOTP(secret), int(at // PERIOD_SECONDS)
    near = (now, now - 1, now + 1)
    return next((one for one in near if hmac.compare_digest(totp.generate_otp(one).encode(), code.encode())), None)


def _recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
    return "-".join(letters[at : at + 4] for at in range(0, RECOVERY_LENGTH, 4))
