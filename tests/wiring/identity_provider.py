"""A small conforming identity provider that lies where it is told to: authorization code with PKCE, RS256."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "crossdock", "a client secret of the tests"


@dataclass
class ProviderActor:
    """lie: what is done to the claims before they are signed. sign: who signs. wrong: what is done to answers."""

    url: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}, auto_kid=False))
    shown: list[RSAKey] = field(default_factory=list)
    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "s-1", "preferred_username": "mary", "name": "Mary H."}
    )
    lie: Callable[[dict[str, Any]], dict[str, Any]] = dict
    sign: Callable[[dict[str, Any]], str] | None = None
    document: dict[str, Any] = field(default_factory=dict)
    token_answer: Callable[[], web.Response] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def signed(self, claims: dict[str, Any], key: Any = None, **header: Any) -> str:
        return jwt.encode({"alg": "RS256", "kid": "first", **header}, claims, key or self.key)

    def agree(self, url: str) -> tuple[str, str]:
        """The person says yes: the state and the code that the browser brings back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return asked["state"], code

    async def discovery(self, _: web.Request) -> web.Response:
        self.asked.append("discovery")
        told = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/keys", **self.document,
        }  # fmt: skip
        return web.json_response(told)

    async def keys(self, _: web.Request) -> web.Response:
        self.asked.append("keys")
        return web.json_response({"keys": [one.as_dict(private=False) for one in self.shown or [self.key]]})

    async def token(self, request: web.Request) -> web.Response:
        self.asked.append("token")
        if self.token_answer is not None:
            return self.token_answer()
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        proven = asked is not None and (
            request.headers.get("Authorization") == f"Basic {basic}"
            and challenge.rstrip(b"=").decode() == asked["code_challenge"]
            and form["redirect_uri"] == asked["redirect_uri"]
        )
        if not proven or asked is None:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims
        }  # fmt: skip
        claims = self.lie(claims)
        told = self.sign(claims) if self.sign else self.signed(claims)
        return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": told})


def unsigned(claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def by_public_key(actor: ProviderActor) -> Callable[[dict[str, Any]], str]:
    """The old trick: the public key, which everybody has, as the secret of an HMAC."""
    key = actor.key.as_pem(private=False)

    def sign(claims: dict[str, Any]) -> str:
        said = f"{_part({'alg': 'HS256', 'kid': 'first'})}.{_part(claims)}"
        return f"{said}.{_text(hmac.digest(key, said.encode(), hashlib.sha256))}"

    return sign


def _part(value: Any) -> str:
    return _text(json.dumps(value).encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@contextlib.asynccontextmanager
async def provider() -> AsyncIterator[ProviderActor]:
    actor, app = await asyncio.to_thread(ProviderActor), web.Application()
    app.add_routes([
        web.get("/.well-known/openid-configuration", actor.discovery), web.get("/keys", actor.keys),
        web.post("/token", actor.token),
    ])  # fmt: skip
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    actor.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield actor
    finally:
        await runner.cleanup()
