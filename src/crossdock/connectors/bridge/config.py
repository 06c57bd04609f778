"""Settings every bridge-v1 server shares: how to sign in, how lists are read, how events are proven."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from crossdock.connectors.bridge.hosts import is_private
from crossdock.ports.config import REPLAY_SECONDS_MAX, FileName, Secret, SystemSettings

AuthScheme = Literal["none", "basic", "api_key", "bearer_static", "oauth2_client_credentials", "password_token"]
SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
SECRET_BYTES_MIN = 24

NEEDS: Mapping[AuthScheme, tuple[str, ...]] = {
    "none": (),
    "basic": ("username", "password"),
    "api_key": ("api_key",),
    "bearer_static": ("bearer_token",),
    "oauth2_client_credentials": ("client_id", "client_secret"),
    "password_token": ("username", "password"),
}


def secret_bytes(secret: str) -> bytes:
    """The key inside `whsec_<base64>`. Raises ValueError, which does not repeat the secret."""
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError(f"a webhook secret begins with {SECRET_PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"what follows {SECRET_PREFIX} must be base64") from None
    if len(key) < SECRET_BYTES_MIN:
        raise ValueError(f"a webhook secret holds at least {SECRET_BYTES_MIN} bytes")
    return key


def _webhook_secret(secret: Secret) -> Secret:
    secret_bytes(secret.get_secret_value())
    return secret


class BridgeSettings(SystemSettings):
    """How to reach and sign in to one bridge-v1 server."""

    auth: AuthScheme = Field("none", description="how calls are signed in; none is refused for a public address")
    private_hosts: tuple[str, ...] = Field(
        (), description="host names that lie in a private network though they do not look it; auth none may use them"
    )
    username: str = Field("", description="user, for basic and password_token")
    password: Secret | None = Field(None, description="that user's password")
    api_key: Secret | None = Field(None, description="the key, for api_key")
    api_key_in: Literal["header", "query"] = Field("header", description="where the key travels")
    api_key_name: str = Field("X-Api-Key", min_length=1, description="name of the key's header or query parameter")
    bearer_token: Secret | None = Field(None, description="the token, for bearer_static")
    client_id: str = Field("", description="OAuth client, for oauth2_client_credentials")
    client_secret: Secret | None = Field(None, description="that client's secret")
    scope: str = Field("", description="OAuth scope to ask for; empty asks for none")
    token_url: str = Field("/v1/token", min_length=1, description="where tokens are given: a path, or a whole address")
    token_field: str = Field("access_token", min_length=1, description="name of the token in that answer")
    token_lifetime_field: str = Field(
        "expires_in", min_length=1, description="name of its lifetime in seconds in that answer"
    )
    static_headers: Mapping[str, Secret] = Field(
        default_factory=dict, description="headers sent with every call, a tenant's name for one"
    )
    client_certificate: FileName | None = Field(None, description="PEM file of our certificate, where TLS asks for one")
    client_key: FileName | None = Field(
        None, description="PEM file of its key; none when the certificate's file holds it"
    )
    client_key_password: Secret | None = Field(None, description="password of that key")
    page_size: int = Field(200, ge=1, le=500, description="records asked for in one page")
    webhook_secrets: tuple[Annotated[Secret, AfterValidator(_webhook_secret)], ...] = Field(
        (), max_length=2, description="secrets of the events' signatures, two while they are changed over"
    )
    webhook_max_age_seconds: float = Field(
        300.0, gt=0, le=REPLAY_SECONDS_MAX, description="an event signed longer ago, or ahead, is refused"
    )

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        lacking = [name for name in NEEDS[self.auth] if not getattr(self, name)]
        if lacking:
            raise ValueError(f"auth {self.auth} needs {' and '.join(lacking)}")
        known_by_certificate = self.client_certificate is not None and self.base_url.startswith("https://")
        if self.auth == "none" and not known_by_certificate and not is_private(self.base_url, self.private_hosts):
            raise ValueError(
                "auth none is for a private network, and base_url does not lie in one; choose another auth, or name "
                "the host in private_hosts"
            )
        if self.client_key and not self.client_certificate:
            raise ValueError("client_key needs client_certificate")
        return self

    def secrets(self) -> Iterator[str]:
        """Every secret text, so that it can be taken out of what is shown."""
        single = (self.password, self.api_key, self.bearer_token, self.client_secret, self.client_key_password)
        for secret in (*single, *self.static_headers.values(), *self.webhook_secrets):
            if secret is not None and secret.get_secret_value():
                yield secret.get_secret_value()
