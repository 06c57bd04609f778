"""Sign in with an identity provider: authorization code, PKCE, state and nonce, each made anew and taken once.

What the answer is held against travels with the browser, sealed, so that nothing is stored for whoever only knocks. A
person is the issuer and the subject, and never an e-mail address or a name.
"""

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from cryptography.exceptions import InvalidTag

from crossdock.decide.identity import grants_of, groups_in, names_for
from crossdock.settings.sign_in import Oidc
from crossdock.store.archive import Vault
from crossdock.store.identities import PgIdentities
from crossdock.store.people import Known
from crossdock.wiring.people import DISPLAY_MAX, People, SignedIn, SignInRefused, plain
from crossdock.wiring.provider import Provider, ProviderRefused

log = structlog.get_logger()

BACK = "/sign-in/oidc/back"
STEP_SECONDS = 600
PURPOSE = "sign in with oidc"
NOT_TAKEN = "That sign-in was not finished, or was finished before. Begin again."
NOT_BELIEVED = "The identity provider's answer was not taken. Begin again, or ask an administrator."
NO_ROLE = "You are known now, but have no role yet. An administrator gives you one."
DISABLED = "You may no longer sign in here."
NOT_THERE = "The identity provider does not answer. Try again, or sign in with a password."


@dataclass(frozen=True, slots=True, kw_only=True)
class Knock:
    """url: where the browser goes. kept: what it keeps meanwhile, sealed, in a cookie."""

    url: str
    kept: str = field(repr=False)


class OidcDoor:
    """now: the clock, in seconds since 1970."""

    def __init__(self, settings: Oidc, people: People, vault: Vault, now: Callable[[], float] = time.time) -> None:
        self._settings, self._people, self._vault, self._now = settings, people, vault, now
        self._provider = Provider(settings)
        self._store = PgIdentities(people.pool, people.tenant)

    @property
    def button(self) -> str:
        return self._settings.button

    async def begin(self, next_path: str) -> Knock:
        """Raises SignInRefused."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        try:
            url = await self._provider.address(state=state, nonce=nonce, verifier=verifier, redirect_uri=self._back)
        except ProviderRefused as refusal:
            log.warning("the identity provider does not answer", problem=str(refusal))
            raise SignInRefused(NOT_THERE) from None
        told = {
            "for": PURPOSE, "state": state, "nonce": nonce, "verifier": verifier, "next": next_path,
            "until": self._now() + STEP_SECONDS,
        }  # fmt: skip
        return Knock(url=url, kept=urlsafe_b64encode(self._vault.seal(orjson.dumps(told))).decode())

    async def finish(
        self, kept: str, *, state: str, code: str, problem: str, address: str, agent: str
    ) -> tuple[SignedIn, str]:
        """Begin a session; returns it, and where to. Raises SignInRefused."""
        told = self._opened(kept)
        if told is None or not hmac.compare_digest(str(told["state"]).encode(), state.encode()):
            raise SignInRefused(NOT_TAKEN)
        if not await self._store.is_new(hashlib.sha256(state.encode()).digest(), seconds=STEP_SECONDS):
            raise SignInRefused(NOT_TAKEN)
        attempt = await self._people.attempt(f"?oidc {address}", address)
        if problem or not code:
            raise await self._refusal(None, "the provider refused", address, NOT_TAKEN)
        try:
            claims = await self._provider.claims(
                code, nonce=told["nonce"], verifier=told["verifier"], redirect_uri=self._back
            )
        except ProviderRefused as refusal:
            raise await self._refusal(None, f"identity provider: {refusal}", address, NOT_BELIEVED) from None
        return await self._let_in(claims, address=address, agent=agent, attempt=attempt), str(told["next"])

    async def _let_in(self, claims: Mapping[str, Any], *, address: str, agent: str, attempt: int) -> SignedIn:
        known = await self._known(claims)
        if known is None:
            raise await self._refusal(None, "every name is taken", address, NO_ROLE)
        if known.disabled:
            raise await self._refusal(known, "disabled", address, DISABLED)
        if not known.person.grants:
            raise await self._refusal(known, "no role yet", address, NO_ROLE)
        begun = await self._people.begin(known, address=address, agent=agent, attempt=attempt, way="oidc")
        if begun is None:
            raise await self._refusal(known, "changed meanwhile", address, NOT_TAKEN)
        return begun

    async def _known(self, claims: Mapping[str, Any]) -> Known | None:
        """The person that the issuer means by the subject, taken in when there is none, with its groups' roles."""
        issuer, subject = str(claims["iss"]), str(claims["sub"])
        if "\0" in subject:
            return None
        name = await self._store.find(issuer, subject)
        if name is None:
            shown = claims.get(self._settings.display_claim)
            name = await self._store.take_in(
                issuer, subject, names=names_for(claims.get(self._settings.name_claim)),
                display=plain(shown, DISPLAY_MAX) if isinstance(shown, str) else "",
                grants=[one.grant() for one in self._settings.take_in],
            )  # fmt: skip
        known = await self._people.find(name) if name else None
        if known is None or known.disabled:
            return known
        given = {group: [one.grant() for one in roles] for group, roles in self._settings.groups.items()}
        mine = grants_of(groups_in(claims.get(self._settings.groups_claim)), given)
        await self._store.set_group_roles(known.person, mine)
        return await self._people.find(known.person.name)

    async def _refusal(self, known: Known | None, reason: str, address: str, text: str) -> SignInRefused:
        await self._people.refused(known, reason=reason, address=address)
        return SignInRefused(text)

    def _opened(self, kept: str) -> dict[str, Any] | None:
        """What the browser kept, if it is ours, of this door, and not too old."""
        try:
            told = orjson.loads(self._vault.open(urlsafe_b64decode(kept.encode("ascii", "replace"))))
        except (InvalidTag, ValueError):
            return None
        ours = isinstance(told, dict) and told.get("for") == PURPOSE and told["until"] > self._now()
        return told if ours else None

    @property
    def _back(self) -> str:
        return self._settings.public_url + BACK
