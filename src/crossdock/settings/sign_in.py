"""How people sign in."""

from urllib.parse import urlsplit

from pydantic import Field, field_validator

from crossdock.cases.kind import Desk
from crossdock.decide.rights import Grant, Role
from crossdock.decide.second_factor import FactorPolicy
from crossdock.ports.config import FileName, Secret, Settings, Url

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class GivenRole(Settings):
    """A role, at one desk or all, in one pairing or all."""

    role: Role = Field(description="viewer, operator, admin or auditor")
    desk: Desk | None = Field(None, description="only at this desk")
    pairing: str = Field("", description="only in this pairing, by its name under pairings")

    def grant(self) -> Grant:
        return Grant(role=self.role, desk=self.desk or "", pairing=self.pairing)


class Oidc(Settings):
    """An identity provider that people sign in with, by OpenID Connect: authorization code with PKCE."""

    issuer: Url = Field(description="whose word counts, as its own discovery document names it; https")
    client_id: str = Field(min_length=1, description="what the provider knows Crossdock by")
    client_secret: Secret = Field(description="the secret that goes with it")
    public_url: Url = Field(description="where browsers reach this console; the provider sends them back to it")
    button: str = Field("Sign in with your organisation", min_length=1, max_length=80, description="what it says")
    scopes: tuple[str, ...] = Field(("openid", "profile", "email"), description="what is asked for")
    name_claim: str = Field("preferred_username", description="the claim a new person's name is made of")
    display_claim: str = Field("name", description="the claim that says how others see a new person")
    groups_claim: str = Field("groups", description="the claim that lists a person's groups")
    groups: dict[str, tuple[GivenRole, ...]] = Field(
        default_factory=dict, description="group → the roles it gives, from each sign-in to the next"
    )
    take_in: tuple[GivenRole, ...] = Field(
        (), description="roles of whoever signs in for the first time; without any they wait for an administrator"
    )
    timeout_seconds: float = Field(10.0, gt=0, le=60, description="longest wait for an answer of the provider")
    ca_bundle: FileName | None = Field(None, description="PEM file of the authority that signed its certificate")

    @field_validator("issuer", "public_url")
    @classmethod
    def _nobody_listens_in(cls, url: str) -> str:
        """In clear only within the machine: whoever reads or changes the answers signs in as anybody."""
        if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in LOOPBACK:
            raise ValueError("must begin with https://, unless it is on this machine")
        return url

    @field_validator("scopes")
    @classmethod
    def _asks_who_it_is(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes:
            raise ValueError("must hold openid, or the provider does not say who it is")
        return scopes


class SignIn(Settings):
    """How people sign in, beside the passwords that `crossdock users` and the console give."""

    second_factor: FactorPolicy = Field(
        FactorPolicy.OPTIONAL,
        description="who must have a second factor beside the password: optional, nobody; admins; everybody",
    )
    oidc: Oidc | None = Field(None, description="an identity provider that people may sign in with")
