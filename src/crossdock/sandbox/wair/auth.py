"""The token call and the check of a caller (docs.wair.ai, POST /Token): a bearer token and X-Tenant, on every call."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crossdock.sandbox.wair.knobs import Knobs
from crossdock.sandbox.wair.wire import Json, Refused, invalid, parsed

SCOPE = "public-api"


@dataclass(slots=True)
class Auth:
    """tokens: those that are out, and until when."""

    knobs: Knobs
    clock: Callable[[], datetime]
    random: random.Random
    tokens: dict[str, datetime] = field(default_factory=dict)
    issued: int = 0

    def tenant(self, headers: Mapping[str, str]) -> None:
        """Raises Refused without an X-Tenant (the status is a setting), or with somebody else's (401)."""
        given = headers.get("X-Tenant", "")
        if not given:
            raise Refused(
                self.knobs.missing_tenant_status,
                "One or more validation errors occurred.",
                {"X-Tenant": ["The X-Tenant field is required."]},
            )
        if given != self.knobs.tenant:
            raise Refused(401, "Unauthorized")

    def token(self, headers: Mapping[str, str], body: bytes) -> Json:
        """Answer `POST /Token`. Raises Refused."""
        self.tenant(headers)
        given = parsed(body)
        fields = given if isinstance(given, dict) else {}
        missing = [name for name in ("username", "password") if not isinstance(fields.get(name), str)]
        if missing:
            raise invalid({name: [f"The {name} field is required."] for name in missing})
        if (fields["username"], fields["password"]) != (self.knobs.username, self.knobs.password):
            raise Refused(401, "Unauthorized")
        token = f"{self.random.getrandbits(320):080x}"
        self.tokens[token] = self.clock() + timedelta(seconds=self.knobs.token_seconds)
        self.issued += 1
        return {
            "accessToken": token,
            "expiresIn": int(self.knobs.token_seconds),
            "tokenType": "Bearer",
            "scope": SCOPE,
        }

    def admit(self, headers: Mapping[str, str]) -> None:
        """Raises Refused when the token is missing, unknown or too old, or the tenant is not right."""
        self.tenant(headers)
        until = self.tokens.get(_bearer(headers))
        if until is None or until <= self.clock():
            raise Refused(401, "Unauthorized")

    def expire(self, headers: Mapping[str, str]) -> None:
        """Forget the caller's token before its time (the `expired_token` fault)."""
        self.tokens.pop(_bearer(headers), None)


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
