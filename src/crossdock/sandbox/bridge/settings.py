"""The knobs every bridge server shares, and the credentials it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from crossdock.sandbox.kernel import ActError

SCHEMES = ("none", "basic", "api_key", "bearer_static", "oauth2_client_credentials", "password_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """scheme: one of SCHEMES. token: the static bearer token or API key. key_in, key_name: where an API key travels
    (`header` or `query`). username, password: of basic and password_token. client_id, client_secret: of OAuth.
    token_path: where a token is asked for. token_seconds: its life. token_field, lifetime_field: names in the
    password_token answer. static_headers: headers every call must carry, with these values.
    """

    scheme: str = "bearer_static"
    token: str = "sandbox-token"  # noqa: S105 the made-up merchant's
    key_in: str = "header"
    key_name: str = "X-Api-Key"
    username: str = "crossdock"
    password: str = "sandbox-password"  # noqa: S105
    client_id: str = "crossdock"
    client_secret: str = "sandbox-secret"  # noqa: S105
    token_path: str = "/v1/token"  # noqa: S105
    token_seconds: int = 3600
    token_field: str = "access_token"  # noqa: S105
    lifetime_field: str = "expires_in"
    static_headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: object) -> "AuthSettings":
        """given: a scheme's name, or an object of these fields. Raises ActError."""
        raw = {"scheme": given} if isinstance(given, str) else given
        if not isinstance(raw, Mapping):
            raise ActError(f"setting auth: {given!r} is neither a scheme's name nor an object")
        if unknown := set(raw) - {one.name for one in fields(cls)}:
            raise ActError(f"setting auth: unknown {sorted(unknown)}; known {sorted(one.name for one in fields(cls))}")
        if raw.get("scheme", "bearer_static") not in SCHEMES:
            raise ActError(f"setting auth: scheme {raw['scheme']!r} is none of {', '.join(SCHEMES)}")
        if raw.get("key_in", "header") not in ("header", "query"):
            raise ActError(f"setting auth: key_in {raw['key_in']!r} is neither header nor query")
        return cls(**raw)


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeKnobs:
    """What the contract leaves open, with what is played when nobody says otherwise.

    auth: the credentials asked for. problem_base: prefix of problem types. default_limit: rows of a page when the
    caller names none. page_totals: whether `page.total` is told. since_inclusive: whether a row stamped exactly
    updated_since is in. cursor_seconds: a cursor's life. idempotency_days: how long keys are kept.
    idempotency_min_length: shorter keys cannot hold 128 bits of chance. idempotency_keeps_refusals: a 4xx is replayed
    too, as the IETF draft says; otherwise a refused request may be sent again with its key. work_seconds: how long a
    creating call takes inside the server. max_concurrent: calls at a time before 429, 0 for no limit.
    webhooks: offered at all. webhook_http_hosts: where plain http will do; elsewhere https. webhook_retry_seconds: the
    first pause before a retry, doubled each time. webhook_attempts: in all. webhook_workers: deliveries at a time.
    """

    auth: AuthSettings = AuthSettings()
    problem_base: str = "https://bridge.example/problems"
    default_limit: int = 100
    page_totals: bool = True
    since_inclusive: bool = True
    cursor_seconds: float = 3600
    idempotency_days: float = 7
    idempotency_min_length: int = 20
    idempotency_keeps_refusals: bool = False
    work_seconds: float = 0.0
    max_concurrent: int = 0
    webhooks: bool = True
    webhook_http_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")
    webhook_retry_seconds: float = 0.2
    webhook_attempts: int = 8
    webhook_workers: int = 2

    @classmethod
    def names(cls) -> frozenset[str]:
        """The settings this class takes out of a simulator's settings."""
        return frozenset(one.name for one in fields(cls))

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> "BridgeKnobs":
        """From a simulator's settings; those of other names are left to the simulator. Raises ActError."""
        taken = {name: value for name, value in settings.items() if name in cls.names()}
        if "auth" in taken:
            taken["auth"] = AuthSettings.read(taken["auth"])
        if "webhook_http_hosts" in taken:
            taken["webhook_http_hosts"] = tuple(taken["webhook_http_hosts"])
        knobs = cls(**taken)
        if not 1 <= knobs.default_limit <= 500:
            raise ActError(f"setting default_limit: {knobs.default_limit} is not between 1 and 500")
        return knobs
