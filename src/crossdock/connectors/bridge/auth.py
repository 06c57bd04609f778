"""How a call is signed in, by every scheme of the contract. Tokens are fetched once, shared, and renewed in time."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from crossdock.connectors.bridge.config import AuthScheme, BridgeSettings
from crossdock.connectors.bridge.faults import read_problem
from crossdock.connectors.bridge.http import BridgeHttp
from crossdock.connectors.bridge.json_text import dumps, loads
from crossdock.connectors.http import HttpClient, Reply
from crossdock.connectors.tokens import SharedToken, Token
from crossdock.model.faults import ConfigFault, Transient
from crossdock.ports.config import Secret
from crossdock.ports.runtime import Clock, Gate, Priority

LIFETIME_SECONDS = 3600.0  # when the answer does not say
LIFETIME_MAX = 10 * 365 * 86_400.0

BLAMED: Mapping[AuthScheme, str] = {
    "none": "auth",
    "basic": "password",
    "api_key": "api_key",
    "bearer_static": "bearer_token",
    "oauth2_client_credentials": "client_secret",
    "password_token": "password",
}
"""Scheme → the setting to look at when the server does not know us."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What to add to a call. token: of a scheme that renews, "" otherwise."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    token: str = field(default="", repr=False)


class Auth:
    """Signs calls to one server."""

    def __init__(self, settings: BridgeSettings, http: HttpClient, *, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._shared = SharedToken(self._fetch, clock)
        self._elsewhere: BridgeHttp | None = None
        self._http, self._path = http, settings.token_url
        if "://" in settings.token_url and not settings.token_url.startswith(settings.base_url + "/"):
            parts = urlsplit(settings.token_url)
            base = f"{parts.scheme}://{parts.netloc}"
            self._elsewhere = BridgeHttp(settings, gate=gate, clock=clock, base_url=base)
            self._http = self._elsewhere

    @property
    def renews(self) -> bool:
        """Whether a 401 may only mean that the token ran out."""
        return self._settings.auth in ("oauth2_client_credentials", "password_token")

    @property
    def shown_nowhere(self) -> tuple[str, ...]:
        """The token in use, to be taken out of evidence."""
        return (self._shared.held.value,) if self._shared.held is not None else ()

    async def close(self) -> None:
        if self._elsewhere is not None:
            await self._elsewhere.close()

    async def sign(self, *, refused: str = "") -> Signature:
        """refused: a token that was just turned away; if it is still ours, it is replaced.

        Raises ConfigFault when the credentials are wrong, Transient when no token can be had now.
        """
        settings, steady = self._settings, self._static_headers()
        match settings.auth:
            case "none":
                return Signature(steady)
            case "basic":
                pair = f"{settings.username}:{_text(settings.password)}".encode()
                return Signature({**steady, "Authorization": f"Basic {base64.b64encode(pair).decode()}"})
            case "api_key":
                named = {settings.api_key_name: _text(settings.api_key)}
                return Signature(steady, named) if settings.api_key_in == "query" else Signature({**steady, **named})
            case "bearer_static":
                return Signature({**steady, "Authorization": f"Bearer {_text(settings.bearer_token)}"})
        token = await self._shared.current(refused=refused)
        return Signature({**steady, "Authorization": f"Bearer {token}"}, token=token)

    def refused(self, what: str, *, evidence: str = "") -> ConfigFault:
        """For a 401 that no new token mends."""
        auth = self._settings.auth
        text = f"{what}: HTTP 401, the credentials of auth {auth} are refused"
        return ConfigFault(text, setting=BLAMED[auth], evidence=evidence)

    async def _fetch(self, _: Token | None) -> Token:
        asked_at = self._clock.now()
        headers, body = self._request()
        reply = await self._http.read("POST", self._path, headers=headers, body=body, priority=Priority.ORDER)
        if not 200 <= reply.status < 300:
            raise self._fault(reply)
        try:
            said = loads(reply.body)
        except ValueError:
            said = None
        token = said.get(self._settings.token_field) if isinstance(said, dict) else None
        if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
            raise Transient(f"sign-in: HTTP {reply.status} without a usable {self._settings.token_field}")
        seconds = _seconds(said.get(self._settings.token_lifetime_field))
        return Token.lasting(token, seconds, since=asked_at)

    def _request(self) -> tuple[dict[str, str], bytes]:
        settings = self._settings
        headers = {**self._static_headers(), "Accept": "application/json"}
        if settings.auth == "password_token":
            credentials = {"username": settings.username, "password": _text(settings.password)}
            return {**headers, "Content-Type": "application/json"}, dumps(credentials)
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": _text(settings.client_secret),
            **({"scope": settings.scope} if settings.scope else {}),
        }
        return {**headers, "Content-Type": "application/x-www-form-urlencoded"}, urlencode(form).encode()

    def _static_headers(self) -> dict[str, str]:
        return {name: value.get_secret_value() for name, value in self._settings.static_headers.items()}

    def _fault(self, reply: Reply) -> ConfigFault:
        """The answer is not repeated: it may hold what was sent."""
        problem = read_problem(reply.body, reply.status)
        named = "token_url" if reply.status in (404, 405) or reply.status < 400 else BLAMED[self._settings.auth]
        return ConfigFault(f"sign-in refused with HTTP {reply.status} ({problem.code})", setting=named)


def _seconds(said: Any) -> float:
    """A lifetime that is none counts as an hour."""
    try:
        seconds = float(Decimal(str(said)))
    except (ArithmeticError, ValueError):
        return LIFETIME_SECONDS
    return seconds if 0 < seconds <= LIFETIME_MAX else LIFETIME_SECONDS


def _text(secret: Secret | None) -> str:
    return "" if secret is None else secret.get_secret_value()
