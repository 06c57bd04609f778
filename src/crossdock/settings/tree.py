"""The whole of `crossdock.yaml` as one typed tree."""

from pathlib import Path
from typing import Self, TypeVar

from pydantic import Field, SerializeAsAny, field_validator, model_validator

from crossdock.cases.kind import Desk
from crossdock.ports.config import Secret, Settings, SystemSettings
from crossdock.settings.alerts import AlertSettings
from crossdock.settings.names import Slug
from crossdock.settings.operating import Logs, Metrics, Tracing
from crossdock.settings.pairing import AnyPairing, CataloguePairing, Pairing, RetailPairing
from crossdock.settings.retention import Retention
from crossdock.settings.sign_in import SignIn

K = TypeVar("K", bound=AnyPairing)


class Http(Settings):
    """Where Crossdock listens: webhooks come in here."""

    host: str = Field("127.0.0.1", min_length=1, description="address to listen on; 0.0.0.0 for every one")
    port: int = Field(8080, ge=1, le=65535, description="port to listen on")
    leave_seconds: float = Field(
        0.0, ge=0, le=300, description="on a stop: how long /readyz says no before anything else ends"
    )


class Workers(Settings):
    """How much one process works on at a time."""

    orders_in_flight: int = Field(
        64, ge=1, le=1024, description="jobs of one kind a process works on at once; orders are one kind"
    )
    database_connections: int = Field(16, ge=4, le=500, description="connections one process opens to the database")
    stop_seconds: float = Field(
        30.0, ge=0, le=3600, description="on a stop: how long jobs under way may take to end; then they are given up"
    )


class DeskSettings(Settings):
    """The people behind a desk that owns cases."""

    team: str = Field("", description="the team's name, as cases show it")
    people: tuple[str, ...] = Field((), description="its members, by e-mail address")
    escalation: str = Field("", description="who is told when a case of this desk is overdue")


class Project(Settings):
    """One installation: the systems it connects, and what each pair of them does together."""

    data_dir: Path = Field(Path("data"), description="folder for everything kept on disk, seen from this file")
    database_url: Secret | None = Field(
        None,
        description="PostgreSQL 14 or later; without it CROSSDOCK_DATABASE_URL, else a database under data_dir",
    )
    tenant: Slug = Field("main", description="keeps apart the installations that share one database")
    http: Http = Field(default_factory=Http, description="the address Crossdock listens on")
    workers: Workers = Field(default_factory=Workers, description="how much is worked on at once")
    logs: Logs = Field(default_factory=Logs, description="what is written to stderr")
    metrics: Metrics = Field(default_factory=Metrics, description="figures for Prometheus, and who may read them")
    tracing: Tracing = Field(default_factory=Tracing, description="traces for OpenTelemetry")
    sign_in: SignIn = Field(default_factory=SignIn, description="how people sign in to the console")
    retention: Retention = Field(default_factory=Retention, description="how long what is kept is kept")
    desks: dict[Desk, DeskSettings] = Field(
        default_factory=dict, description="who is behind each desk: " + ", ".join(Desk)
    )
    alerts: AlertSettings = Field(default_factory=AlertSettings, description="who is told of what, when and how")
    systems: dict[Slug, SerializeAsAny[SystemSettings]] = Field(
        min_length=1, description="the remote systems, each under a name of your own"
    )
    pairings: dict[Slug, SerializeAsAny[AnyPairing]] = Field(
        default_factory=dict, description="which system works with which ERP, and how"
    )

    @property
    def sales(self) -> dict[str, Pairing]:
        """The pairings of a storefront with an ERP, by name."""
        return self._of(Pairing)

    @property
    def catalogues(self) -> dict[str, CataloguePairing]:
        """The pairings of a PIM with an ERP, by name."""
        return self._of(CataloguePairing)

    @property
    def retail(self) -> dict[str, RetailPairing]:
        """The pairings of a retail stock system with an ERP, by name."""
        return self._of(RetailPairing)

    def _of(self, kind: type[K]) -> dict[str, K]:
        return {name: one for name, one in self.pairings.items() if isinstance(one, kind)}

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, url: Secret | None) -> Secret | None:
        if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://, like postgresql://user:password@host/name")
        return url

    @model_validator(mode="after")
    def _rules_name_what_is_there(self) -> Self:
        for name, rule in self.alerts.rules.items():
            if unknown := [one for one in rule.pairings if one not in self.pairings]:
                raise ValueError(f"alerts.rules.{name}: there is no pairing named {unknown[0]}")
            if unknown := [one for one in rule.systems if one not in self.systems]:
                raise ValueError(f"alerts.rules.{name}: there is no system named {unknown[0]}")
        return self
