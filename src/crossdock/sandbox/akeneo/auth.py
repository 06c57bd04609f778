"""Tokens: the connection's, which expire and are refreshed; the App's, which never do.

Akeneo REST API, "Authentication", and "Apps, Authentication and authorization". Wrong credentials are 422, not 401.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from crossdock.sandbox.akeneo.desk import Caller
from crossdock.sandbox.akeneo.errors import Json, invalid, plain
from crossdock.sandbox.akeneo.model import Author, Pim

BAD_CLIENT = 'Parameter "client_id" is missing or does not match any client, or secret is invalid'
BAD_LOGIN = 'Parameter "grant_type", "username" or "password" is missing, empty or invalid'
BAD_USER = "No user found for the given username and password"
BAD_REFRESH_FORM = 'Parameter "grant_type" or "refresh_token" is missing or empty'
BAD_REFRESH = "Refresh token is invalid or has expired"
UNAUTHORISED_GRANT = "This grant type is not authorized for this client"
UNKNOWN_TOKEN = "The access token provided is invalid."  # noqa: S105
GONE_APP = UNKNOWN_TOKEN + " Your app has been disconnected from that PIM."
BODY_MAX = 300
FORM = "application/x-www-form-urlencoded"
SCOPE_RIGHTS: Mapping[str, tuple[str, ...]] = {
    "read_products": ("list products", "list product models"),
    "write_products": ("create or update products", "create or update product models"),
    "delete_products": ("delete products", "delete product models"),
    "read_catalog_structure": (
        "list families", "list family variants", "list attributes", "list attribute groups",
        "list measurement families",
    ),
    "write_catalog_structure": (
        "create or update families", "create or update family variants", "create or update attributes",
        "create or update attribute groups", "create or update measurement families", "delete families",
    ),
    "read_attribute_options": ("list attribute options",),
    "write_attribute_options": ("create or update attribute options",),
    "read_categories": ("list categories",),
    "write_categories": ("create or update categories",),
    "read_channel_localization": ("list locales", "list currencies"),
    "read_channel_settings": ("list channels",),
    "write_channel_settings": ("create or update channels",),
    "read_association_types": ("list association types",),
    "write_association_types": ("create or update association types",),
    "read_asset_families": ("list asset families",),
    "read_assets": ("list assets",),
    "write_assets": ("create or update assets", "delete assets"),
}  # fmt: skip


class AppTokenError(Exception):
    """A 400 of the App's token endpoint, in OAuth's shape."""

    def __init__(self, error: str, description: str = "") -> None:
        super().__init__(error)
        self.body: Json = {"error": error, **({"error_description": description} if description else {})}


@dataclass(frozen=True, slots=True)
class Grant:
    access: str
    refresh: str
    until: datetime
    refresh_until: datetime


class Auth:
    """Who may call. secret and password can be regenerated, which ends every token of the connection."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim
        knobs = pim.knobs
        self.secret, self.password = knobs.client_secret, knobs.password
        self.denied = set(knobs.denied)
        self.web_api = knobs.web_api_access
        self.grants: dict[str, Grant] = {}
        self.refreshes: dict[str, Grant] = {}
        self.app_tokens: dict[str, tuple[str, ...]] = {knobs.app_token: knobs.app_scopes}
        self.gone_app_tokens: set[str] = set()
        self.codes: dict[str, tuple[datetime, str]] = {}
        self.issued = 0

    def token(self, content_type: str, authorization: str, body: bytes) -> Json:
        fields = self._fields(content_type, body)
        if _basic(authorization) != (self.pim.knobs.client_id, self.secret):
            raise invalid(BAD_CLIENT)
        grant_type = fields.get("grant_type")
        if grant_type == "refresh_token":
            return self._answer(self._refreshed(fields))
        if grant_type in ("client_credentials", "authorization_code"):
            raise invalid(UNAUTHORISED_GRANT)
        if grant_type != "password" or not fields.get("username") or not fields.get("password"):
            raise invalid(BAD_LOGIN)
        if (fields["username"], fields["password"]) != (self.pim.knobs.username, self.password):
            raise invalid(BAD_USER)
        return self._answer(self._issue())

    def _fields(self, content_type: str, body: bytes) -> dict[str, Any]:
        media = content_type.partition(";")[0].strip()
        if media == FORM:
            return dict(parse_qsl(body.decode("utf-8", "replace")))
        if media != "application/json":
            told = f'"{media}" in "Content-Type" header is not valid. '
            raise plain(415, f'{told}Only "application/json" or "{FORM}" are allowed.')
        if len(body) > BODY_MAX:
            raise plain(413, f"Request content exceeded the maximum allowed size of {BODY_MAX} bytes")
        try:
            fields = json.loads(body)
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise plain(400, "Invalid json message received") from None
        return fields if isinstance(fields, dict) else {}

    def _refreshed(self, fields: Mapping[str, Any]) -> Grant:
        """A refresh token works once."""
        given = fields.get("refresh_token")
        if not given:
            raise invalid(BAD_REFRESH_FORM)
        old = self.refreshes.pop(str(given), None)
        if old is None or old.refresh_until <= self.pim.clock():
            raise invalid(BAD_REFRESH)
        self.grants.pop(old.access, None)
        return self._issue()

    def _issue(self) -> Grant:
        now, knobs = self.pim.clock(), self.pim.knobs
        self.issued += 1
        grant = Grant(
            self._opaque(), self._opaque(), now + timedelta(seconds=knobs.token_seconds),
            now + timedelta(seconds=knobs.refresh_seconds),
        )  # fmt: skip
        self.grants[grant.access] = self.refreshes[grant.refresh] = grant
        return grant

    def _opaque(self) -> str:
        return base64.b64encode(f"{self.pim.random.getrandbits(256):064x}".encode()).decode()

    def _answer(self, grant: Grant) -> Json:
        return {
            "access_token": grant.access, "expires_in": int(self.pim.knobs.token_seconds), "token_type": "bearer",
            "scope": None, "refresh_token": grant.refresh,
        }  # fmt: skip

    def caller(self, authorization: str) -> Caller:
        """Who this is. Raises the 401s, and the 403 of a role without access to the API."""
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise plain(401, "Authentication is required")
        if token in self.app_tokens:
            return self._app(self.app_tokens[token])
        if token in self.gone_app_tokens:
            raise plain(401, GONE_APP)
        grant = self.grants.get(token)
        if grant is None or grant.until <= self.pim.clock():
            raise plain(401, UNKNOWN_TOKEN)
        if not self.web_api:
            raise plain(403, "You are not allowed to access the web API.")
        knobs = self.pim.knobs
        name = knobs.client_id if knobs.api_author == "client_id" else knobs.connection_code
        return Caller("connection", knobs.connection_code, Author(name, "api", knobs.username), frozenset(self.denied))

    def _app(self, scopes: tuple[str, ...]) -> Caller:
        """Writing includes reading."""
        held = set(scopes) | {f"read_{scope.partition('_')[2]}" for scope in scopes if scope.startswith("write_")}
        denied = {right for scope, rights in SCOPE_RIGHTS.items() if scope not in held for right in rights}
        client = self.pim.knobs.app_client_id
        return Caller("app", client, Author(client, "api", client), frozenset(denied))

    def forget(self, authorization: str) -> None:
        """End one access token before its time (the `expired_token` fault)."""
        self.grants.pop(authorization.partition(" ")[2].strip(), None)

    def expire_all(self, *, refresh_too: bool = False) -> int:
        """End every access token of the connection; how many there were."""
        ended = len(self.grants)
        self.grants.clear()
        if refresh_too:
            self.refreshes.clear()
        return ended

    def revoke_apps(self) -> None:
        self.gone_app_tokens |= set(self.app_tokens)
        self.app_tokens.clear()

    def authorise_app(self) -> str:
        """A PIM user agrees; the code goes to the App's callback and lives for seconds."""
        code = self._opaque()
        self.codes[code] = (self.pim.clock() + timedelta(seconds=self.pim.knobs.app_code_seconds), self._opaque())
        return code

    def app_token(self, fields: Mapping[str, str]) -> Json:
        """The code's token; the same again for the same code. Raises AppTokenError."""
        knobs = self.pim.knobs
        needed = ("client_id", "code", "grant_type", "code_identifier", "code_challenge")
        if any(not fields.get(name) for name in needed):
            raise AppTokenError("invalid_request")
        if fields["grant_type"] != "authorization_code":
            raise AppTokenError("unsupported_grant_type")
        proof = hashlib.sha256((fields["code_identifier"] + knobs.app_client_secret).encode()).hexdigest()
        if fields["client_id"] != knobs.app_client_id or fields["code_challenge"] != proof:
            raise AppTokenError("invalid_client")
        if fields["code"] not in self.codes:
            raise AppTokenError("invalid_grant", "Code is not valid")
        until, token = self.codes[fields["code"]]
        if until <= self.pim.clock():
            raise AppTokenError("invalid_grant", "Code has expired")
        self.app_tokens[token] = knobs.app_scopes
        return {"access_token": token, "token_type": "bearer", "scope": " ".join(sorted(knobs.app_scopes))}


def _basic(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        client, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client, secret
