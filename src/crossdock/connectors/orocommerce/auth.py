"""The access token: fetched once, shared, renewed before it runs out.

Source: oroinc/oauth2-server, Tests/Functional: the token endpoint is `/oauth2-token` without the back-office prefix;
a wrong client, a disabled one and a switched-off API all answer 401 `invalid_client`.
"""

from typing import Any

import orjson

from crossdock.connectors.http import HttpClient, Reply
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.faults import moved
from crossdock.connectors.tokens import SharedToken, Token
from crossdock.model.faults import ConfigFault, Transient
from crossdock.ports.runtime import Clock, Priority

TOKEN_PATH = "/oauth2-token"  # noqa: S105 - an address

BLAMED = {  # OAuth error → the setting that is wrong, and what would be right
    "invalid_client": (
        "client_secret",
        "the client id or secret is wrong, or the OAuth application is inactive, or the API is switched off",
    ),
    "invalid_request": ("client_id", "the request lacks something; check the client id"),
    "invalid_grant": ("password", "the user's name or password is wrong, or the user is locked or disabled"),
    "unsupported_grant_type": ("grant", "the OAuth application does not allow this grant"),
    "unauthorized_client": ("grant", "the OAuth application does not allow this grant"),
}


class TokenSource:
    """Gives the current token of one OAuth application."""

    def __init__(self, http: HttpClient, settings: OroCommerceSettings, clock: Clock) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._shared = SharedToken(self._fetch, clock)

    async def current(self, *, refused: str = "") -> str:
        """A token that should work. refused: one the API just turned away; if it is still ours, it is replaced.

        Raises ConfigFault when the credentials are wrong, Transient when the endpoint gives no usable answer.
        """
        return await self._shared.current(refused=refused)

    async def _fetch(self, _: Token | None) -> Token:
        asked_at = self._clock.now()
        reply = await self._http.read(
            "POST",
            TOKEN_PATH,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=orjson.dumps(self._request()),
            priority=Priority.ORDER,
        )
        if reply.status != 200:
            raise self._fault(reply)
        try:
            body = orjson.loads(reply.body)
            value, seconds = str(body["access_token"]), float(body.get("expires_in", 3600))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise Transient(f"sign-in: HTTP 200 {reply.media_type} without an access token") from error
        return Token.lasting(value, seconds, since=asked_at)

    def _request(self) -> dict[str, str]:
        settings = self._settings
        request = {
            "grant_type": settings.grant,
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
        }
        if settings.grant == "password" and settings.username and settings.password:
            request |= {"username": settings.username, "password": settings.password.get_secret_value()}
        return request

    def _fault(self, reply: Reply) -> ConfigFault:
        if 300 <= reply.status < 400:
            return moved("sign-in", reply)
        said = _said(reply)
        setting, advice = BLAMED.get(
            str(said.get("error")), ("base_url", f"no token endpoint answers at {TOKEN_PATH}; check base_url")
        )
        hint = " ".join(str(said[name]) for name in ("error_description", "hint") if said.get(name))
        text = f"sign-in refused with HTTP {reply.status}{': ' + hint if hint else ''}; {advice}"
        return ConfigFault(text, setting=setting, evidence=reply.evidence())


def _said(reply: Reply) -> dict[str, Any]:
    try:
        said = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}
