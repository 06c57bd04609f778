"""The token endpoint and the check of a bearer token (oroinc/oauth2-server)."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.shop import Shop


class TokenError(Exception):
    """A refused token request: the status and the body to answer."""

    def __init__(self, status: int, error: str, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.body: Json = {"error": error, "error_description": text, "message": text}
        if hint:
            self.body["hint"] = hint


@dataclass(slots=True)
class Grant:
    """One access token. refresh: the refresh token given with it, "" for client credentials."""

    access: str
    refresh: str
    access_until: datetime
    refresh_until: datetime


def _missing(name: str) -> TokenError:
    text = (
        "The request is missing a required parameter, includes an invalid parameter value, or is otherwise malformed."
    )
    return TokenError(400, "invalid_request", text, f"Check the `{name}` parameter")


class Auth:
    """The tokens that are out. They are opaque here; the real ones are signed and just as opaque to a caller."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.by_access: dict[str, Grant] = {}
        self.by_refresh: dict[str, Grant] = {}

    def token(self, content_type: str, authorization: str, body: bytes) -> Json:
        """Answer `POST /oauth2-token`. Raises TokenError."""
        fields = _fields(content_type, body)
        basic = _basic(authorization)
        client_id = fields.get("client_id") or basic[0]
        secret = fields.get("client_secret") or basic[1]
        grant_type = fields.get("grant_type")
        if not grant_type:
            raise _missing("grant_type")
        if not client_id:
            raise _missing("client_id")
        knobs = self.shop.knobs
        if not knobs.api_enabled or (client_id, secret) != (knobs.client_id, knobs.client_secret):
            raise TokenError(401, "invalid_client", "Client authentication failed")
        if grant_type == "client_credentials":
            return self._answer(self._issue(refreshable=False))
        if grant_type == "password":
            return self._answer(self._password(fields))
        if grant_type == "refresh_token":
            return self._answer(self._refresh(fields))
        text = "The authorization grant type is not supported by the authorization server."
        raise TokenError(400, "unsupported_grant_type", text, "Check that all required parameters have been provided")

    def _password(self, fields: dict[str, Any]) -> Grant:
        for name in ("username", "password"):
            if not fields.get(name):
                raise _missing(name)
        if (fields["username"], fields["password"]) != (self.shop.knobs.username, self.shop.knobs.password):
            raise TokenError(400, "invalid_grant", "The user credentials were incorrect.")
        return self._issue(refreshable=True)

    def _refresh(self, fields: dict[str, Any]) -> Grant:
        given = fields.get("refresh_token")
        if not given:
            raise _missing("refresh_token")
        old = self.by_refresh.pop(given, None)
        if old is None or old.refresh_until <= self.shop.clock():
            hint = "Cannot decrypt the refresh token"
            raise TokenError(401, "invalid_request", "The refresh token is invalid.", hint)
        self.by_access.pop(old.access, None)
        return self._issue(refreshable=True)

    def _issue(self, *, refreshable: bool) -> Grant:
        now = self.shop.clock()
        grant = Grant(
            access=f"{self.shop.random.getrandbits(320):080x}",
            refresh=f"{self.shop.random.getrandbits(320):080x}" if refreshable else "",
            access_until=now + timedelta(seconds=self.shop.knobs.token_seconds),
            refresh_until=now + timedelta(seconds=self.shop.knobs.refresh_seconds),
        )
        self.by_access[grant.access] = grant
        if grant.refresh:
            self.by_refresh[grant.refresh] = grant
        return grant

    def _answer(self, grant: Grant) -> Json:
        lifetime = int(self.shop.knobs.token_seconds)
        answer: Json = {"token_type": "Bearer", "expires_in": lifetime, "access_token": grant.access}
        if grant.refresh:
            answer["refresh_token"] = grant.refresh
        return answer

    def allows(self, authorization: str) -> bool:
        """Whether a call with this Authorization header may go on."""
        scheme, _, token = authorization.partition(" ")
        grant = self.by_access.get(token.strip()) if scheme.lower() == "bearer" else None
        return grant is not None and grant.access_until > self.shop.clock()

    def expire(self, authorization: str) -> None:
        """Forget a token before its time (the `expired_token` fault)."""
        self.by_access.pop(authorization.partition(" ")[2].strip(), None)


def _fields(content_type: str, body: bytes) -> dict[str, Any]:
    if content_type.partition(";")[0].strip().lower() == "application/json":
        try:
            parsed = orjson.loads(body)
        except orjson.JSONDecodeError:
            return {}
        return parsed if isinstance(parsed, dict) else {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote(user), unquote(secret)
