"""What every configured system says of itself; each connector's settings extend it."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

Secret = SecretStr  # a type that will not print; written as ${ENV_NAME} or file:/path in crossdock.yaml


class Settings(BaseModel):
    """A strict, frozen group of settings: an unknown key is a mistake, named with its line."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _http_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return url.rstrip("/")


Url = Annotated[str, AfterValidator(_http_url)]


REPLAY_SECONDS_MAX = 7 * 86_400.0  # keys of events are kept longer: one that comes again is known for what it is


class LocalFile:
    """Marks a text as the path of a file here; the loader takes it from the settings file's folder."""


FileName = Annotated[str, LocalFile()]


class Budget(Settings):
    """How hard the remote system may be worked, all workers together."""

    requests_per_second: float = Field(20.0, gt=0, description="calls started per second, over all workers")
    concurrency: int = Field(8, ge=1, le=256, description="calls under way at once, over all workers")
    breaker_failures: int = Field(8, ge=1, description="failures in a row that open the circuit")
    breaker_seconds: float = Field(15.0, gt=0, description="how long an open circuit waits before one trial call")


class SystemSettings(Settings):
    """Settings that every kind of system has."""

    kind: str = Field(description="which connector speaks to it")
    base_url: Url = Field(description="where it answers, without a trailing slash")
    timeout_seconds: float = Field(30.0, gt=0, description="longest wait for an ordinary answer")
    ca_bundle: FileName | None = Field(None, description="PEM file of the authority that signed its certificate")
    budget: Budget = Field(default_factory=Budget, description="rate, concurrency and circuit breaker")

    def looking_only(self) -> Self:
        """The same, with nothing switched on that would have a probe write over there."""
        return self
