"""The access token: fetched once, shared, renewed before it runs out; or an app's token, which never does.

A connection's token lives an hour and comes with a refresh token that works once, for fourteen days. A refused refresh
is followed by a fresh sign-in. Wrong credentials are 422, never 401.
Source: Akeneo REST API, "Authentication"; pim-community-dev, GetAccessTokenIntegration, RefreshTokenIntegration.
"""

import base64
from urllib.parse import urlencode

import orjson

from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.faults import config_fault, error_in
from crossdock.connectors.akeneo.jsondoc import Malformed, parse
from crossdock.connectors.http import HttpClient, Reply
from crossdock.connectors.tokens import SharedToken, Token
from crossdock.model.faults import ConfigFault, Transient
from crossdock.ports.runtime import Clock, Priority

TOKEN_PATH = "/api/oauth/v1/token"  # noqa: S105 - an address
JSON_MAX = 300  # bytes; a longer body is sent as a form, which has no such limit


class TokenSource:
    """Gives the current token of a connection, or the app's."""

    def __init__(self, http: HttpClient, settings: AkeneoSettings, clock: Clock) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._shared = SharedToken(self._renewed, clock)

    async def current(self, *, refused: str = "") -> str:
        """A token that should work. refused: one the API just turned away; if it is still ours, it is replaced.

        Raises ConfigFault when the credentials are wrong, Transient when the endpoint gives no usable answer.
        """
        if self._settings.auth == "app":
            return self._apps(refused)
        return await self._shared.current(refused=refused)

    def _apps(self, refused: str) -> str:
        assert self._settings.app_token is not None
        if refused:
            text = "the app's token is refused; a person who may open the PIM must connect the app again"
            raise ConfigFault(text, setting="app_token")
        return self._settings.app_token.get_secret_value()

    async def _renewed(self, old: Token | None) -> Token:
        if old is not None and old.refresh:
            reply = await self._ask({"grant_type": "refresh_token", "refresh_token": old.refresh})
            if reply.status == 200:
                return self._token_in(reply)
        settings = self._settings
        password = settings.password.get_secret_value() if settings.password else ""
        reply = await self._ask({"grant_type": "password", "username": settings.username, "password": password})
        if reply.status != 200:
            raise self._fault(reply)
        return self._token_in(reply)

    async def _ask(self, body: dict[str, str]) -> Reply:
        settings = self._settings
        secret = settings.client_secret.get_secret_value() if settings.client_secret else ""
        basic = base64.b64encode(f"{settings.client_id}:{secret}".encode()).decode()
        raw, media_type = orjson.dumps(body), "application/json"
        if len(raw) > JSON_MAX:
            raw, media_type = urlencode(body).encode(), "application/x-www-form-urlencoded"
        headers = {"Authorization": f"Basic {basic}", "Content-Type": media_type, "Accept": "application/json"}
        return await self._http.read("POST", TOKEN_PATH, headers=headers, body=raw, priority=Priority.ORDER)

    def _token_in(self, reply: Reply) -> Token:
        try:
            body = parse(reply.body)
            value, seconds, refresh = body["access_token"], body.get("expires_in", 3600), body.get("refresh_token")
            life = float(seconds)
        except (Malformed, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Transient(f"sign-in: HTTP 200 {reply.media_type} without an access token") from error
        if not isinstance(value, str) or not value:
            raise Transient("sign-in: HTTP 200 without an access token")
        kept = refresh if isinstance(refresh, str) else ""
        return Token.lasting(value, life, since=self._clock.now(), refresh=kept)

    def _fault(self, reply: Reply) -> ConfigFault | Transient:
        if reply.status == 408:
            return Transient("sign-in: HTTP 408")
        error = error_in(reply.body)
        if reply.status not in (400, 401, 422):
            return config_fault("sign-in", reply, blamed="client_id")
        said = str(error) if error else f"HTTP {reply.status}"
        client = "client_id" in said or "client" in said.lower() or reply.status == 401
        setting = "client_secret" if client else "password"  # a hint for a person; both are named
        advice = "check client_id and client_secret" if client else "check username and password"
        return ConfigFault(f"sign-in refused: {said}; {advice}", setting=setting)
