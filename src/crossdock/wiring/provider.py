"""What an identity provider is asked: where its doors are, its keys, and an id token for a code.

OpenID Connect Core and Discovery 1.0. Every answer is small, comes from where the settings or the discovery point, and
is never followed on to another place.
"""

import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from crossdock.settings.sign_in import LOOPBACK, Oidc

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")  # never none, never HS
ANSWER_MAX = 512 * 1024
KEPT_SECONDS, AGAIN_SECONDS, LEEWAY_SECONDS = 3600.0, 60.0, 60


class ProviderRefused(Exception):
    """The provider's answer cannot be believed, or there is none; the text says which, and holds no secret."""


@dataclass(slots=True)
class _Kept:
    value: Any = None
    until: float = 0.0
    asked: float = field(default=float("-inf"))


class Provider:
    def __init__(self, settings: Oidc) -> None:
        self._settings = settings
        self._doors, self._keys = _Kept(), _Kept()

    async def address(self, *, state: str, nonce: str, verifier: str, redirect_uri: str) -> str:
        """Where the browser goes. Raises ProviderRefused."""
        doors = await self.doors()
        return str(
            prepare_grant_uri(
                doors["authorization_endpoint"], client_id=self._settings.client_id, response_type="code",
                redirect_uri=redirect_uri, scope=" ".join(self._settings.scopes), state=state, nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier), code_challenge_method="S256",
            )
        )  # fmt: skip

    async def doors(self) -> dict[str, Any]:
        """The discovery document, an hour long. Raises ProviderRefused."""
        if self._doors.until < time.monotonic():
            found = await self._get(f"{self._settings.issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self._settings.issuer:
                raise ProviderRefused("its discovery document names another issuer")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                _checked(found.get(name), name)
            self._doors = _Kept(found, time.monotonic() + KEPT_SECONDS)
        return dict(self._doors.value)

    async def claims(self, code: str, *, nonce: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """Who it is, by the id token that the code is worth. Raises ProviderRefused."""
        answer = await self._exchange(code, verifier=verifier, redirect_uri=redirect_uri)
        if not isinstance(told := answer.get("id_token"), str):
            raise ProviderRefused("its answer holds no id token")
        token = await self._opened(told)
        doors = await self.doors()
        claims = CodeIDToken(
            token.claims, token.header,
            options={
                "iss": {"essential": True, "value": doors["issuer"]},
                "aud": {"essential": True, "value": self._settings.client_id},
                "sub": {"essential": True}, "exp": {"essential": True}, "nonce": {"essential": True},
            },
            params={"nonce": nonce, "client_id": self._settings.client_id, "access_token": answer.get("access_token")},
        )  # fmt: skip
        try:
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderRefused(f"its id token will not do: {_why(error)}") from None
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
            raise ProviderRefused("its id token names nobody")
        return {**claims, "iss": doors["issuer"]}

    async def _opened(self, told: str) -> jwt.Token:
        """The token, its signature proved; with keys read anew, at most once a minute, when none fits."""
        try:
            return jwt.decode(told, await self._key_set(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            if time.monotonic() - self._keys.asked < AGAIN_SECONDS:
                raise ProviderRefused(f"its id token is not signed as it should be: {_why(error)}") from None
        self._keys.until = 0.0
        try:
            return jwt.decode(told, await self._key_set(), algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderRefused(f"its id token is not signed as it should be: {_why(error)}") from None

    async def _key_set(self) -> KeySet:
        if self._keys.until < time.monotonic():
            first = self._keys.value is None
            found = await self._get((await self.doors())["jwks_uri"])
            try:
                keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
            except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
                raise ProviderRefused(f"its keys cannot be read: {_why(error)}") from None
            asked = float("-inf") if first else time.monotonic()
            self._keys = _Kept(keys, time.monotonic() + KEPT_SECONDS, asked)
        found_keys: KeySet = self._keys.value
        return found_keys

    async def _exchange(self, code: str, *, verifier: str, redirect_uri: str) -> dict[str, Any]:
        doors = await self.doors()
        known = doors.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        way = "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"
        secret = self._settings.client_secret.get_secret_value()
        body = prepare_token_request("authorization_code", "", redirect_uri, code=code, code_verifier=verifier)
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        uri, headers, body = ClientAuth(self._settings.client_id, secret, way).prepare(
            "POST", doors["token_endpoint"], headers, body
        )
        return await self._call("POST", uri, headers=headers, data=body)

    async def _get(self, url: str) -> dict[str, Any]:
        return await self._call("GET", url, headers={"Accept": "application/json"})

    async def _call(self, method: str, url: str, **more: Any) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        bundle = self._settings.ca_bundle
        trusted: ssl.SSLContext | bool = ssl.create_default_context(cafile=bundle) if bundle else True
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, url, allow_redirects=False, ssl=trusted, **more) as answer,
            ):
                raw = await answer.content.read(ANSWER_MAX + 1)
                while len(raw) <= ANSWER_MAX and (part := await answer.content.read(ANSWER_MAX)):
                    raw += part
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise ProviderRefused(f"it does not answer: {type(error).__name__}") from None
        if status != 200 or len(raw) > ANSWER_MAX:
            raise ProviderRefused(f"it answered {status}" if status != 200 else "its answer is too long")
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise ProviderRefused("its answer is no JSON") from None
        if not isinstance(found, dict):
            raise ProviderRefused("its answer is no object")
        return found


def _checked(url: Any, name: str) -> None:
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or (parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise ProviderRefused(f"its {name} is not https")


def _why(error: Exception) -> str:
    """A kind of trouble, never what was sent."""
    claim = getattr(error, "claim", "") or ""
    return f"{type(error).__name__} {claim}".strip()
