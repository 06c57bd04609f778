"""Who may call: the contract's authentication schemes, each a check of one request."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import orjson

from crossdock.sandbox.bridge.problems import Problem
from crossdock.sandbox.bridge.settings import AuthSettings
from crossdock.sandbox.bridge.values import Json


class Gate:
    """Checks credentials and gives out tokens for the two schemes that have them."""

    def __init__(self, settings: AuthSettings, clock: Callable[[], datetime], seed: int) -> None:
        self.settings = settings
        self.clock = clock
        self.seed = seed
        self.tokens: dict[str, datetime] = {}
        self._made = 0
        checks: Mapping[str, Callable[[Mapping[str, str], Mapping[str, str]], bool]] = {
            "none": lambda _headers, _query: True,
            "basic": self._basic,
            "api_key": self._api_key,
            "bearer_static": self._bearer_static,
            "oauth2_client_credentials": self._bearer_issued,
            "password_token": self._bearer_issued,
        }
        self._check = checks[settings.scheme]

    def check(self, headers: Mapping[str, str], query: Mapping[str, str]) -> None:
        """Raises Problem: unauthorised for the credentials, forbidden for a static header that is not as set."""
        if not self._check(headers, query):
            raise self._unauthorised("the credentials are missing, wrong or expired")
        self._check_static(headers)

    def _check_static(self, headers: Mapping[str, str]) -> None:
        for name, value in self.settings.static_headers.items():
            if not _same(headers.get(name, ""), value):
                raise Problem("forbidden", f"the header {name} is missing or not the one of this deployment")

    def expire(self, headers: Mapping[str, str]) -> Problem:
        """Forget the caller's token (if it was given out here) and hand back the refusal."""
        self.tokens.pop(_bearer(headers), None)
        return self._unauthorised("the token has expired")

    def issue(self, headers: Mapping[str, str], content_type: str, body: bytes) -> Json:
        """The answer to a call of `token_path`. Raises Problem: unauthorised, or not-found when the scheme has none.
        The static headers are asked for here too."""
        self._check_static(headers)
        if self.settings.scheme == "oauth2_client_credentials":
            return self._client_credentials(headers, body)
        if self.settings.scheme == "password_token":
            return self._password_token(content_type, body)
        raise Problem("not-found", "this deployment gives out no tokens")

    def _client_credentials(self, headers: Mapping[str, str], body: bytes) -> Json:
        fields = dict(parse_qsl(body.decode("utf-8", "replace")))
        user, secret = _basic_pair(headers)
        given = (fields.get("client_id") or user, fields.get("client_secret") or secret)
        if fields.get("grant_type") != "client_credentials":
            raise self._unauthorised("grant_type must be client_credentials")
        if not _pair(given, (self.settings.client_id, self.settings.client_secret)):
            raise self._unauthorised("the client is not known")
        return {"access_token": self._new(), "token_type": "Bearer", "expires_in": self.settings.token_seconds}

    def _password_token(self, content_type: str, body: bytes) -> Json:
        if not content_type.lower().startswith("application/json"):
            raise self._unauthorised("the credentials are a JSON object")
        try:
            fields = orjson.loads(body)
        except orjson.JSONDecodeError:
            fields = None
        if not isinstance(fields, dict):
            raise self._unauthorised("the credentials are a JSON object")
        given = (str(fields.get("username", "")), str(fields.get("password", "")))
        if not _pair(given, (self.settings.username, self.settings.password)):
            raise self._unauthorised("the user is not known")
        return {self.settings.token_field: self._new(), self.settings.lifetime_field: self.settings.token_seconds}

    def _new(self) -> str:
        self._made += 1
        token = hashlib.sha256(f"token:{self.seed}:{self._made}".encode()).hexdigest()
        self.tokens[token] = self.clock() + timedelta(seconds=self.settings.token_seconds)
        return token

    def _basic(self, headers: Mapping[str, str], _query: Mapping[str, str]) -> bool:
        return _pair(_basic_pair(headers), (self.settings.username, self.settings.password))

    def _api_key(self, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        place = headers if self.settings.key_in == "header" else query
        return _same(place.get(self.settings.key_name, ""), self.settings.token)

    def _bearer_static(self, headers: Mapping[str, str], _query: Mapping[str, str]) -> bool:
        return _same(_bearer(headers), self.settings.token)

    def _bearer_issued(self, headers: Mapping[str, str], _query: Mapping[str, str]) -> bool:
        until = self.tokens.get(_bearer(headers))
        return until is not None and until > self.clock()

    def _unauthorised(self, detail: str) -> Problem:
        challenge = "Basic" if self.settings.scheme == "basic" else "Bearer"
        return Problem("unauthorised", detail, headers={"WWW-Authenticate": f'{challenge} realm="bridge"'})


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _basic_pair(headers: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return user, secret


def _pair(given: tuple[str, str], wanted: tuple[str, str]) -> bool:
    return _same(given[0], wanted[0]) and _same(given[1], wanted[1])


def _same(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode(), wanted.encode())
