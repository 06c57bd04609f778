"""How the processes are watched and stopped: logs, figures, traces, and how long an orderly end may take."""

from typing import Literal

from pydantic import Field

from crossdock.ports.config import Secret, Settings, Url
from crossdock.settings.names import Slug


class Logs(Settings):
    """What is written to stderr."""

    level: Literal["debug", "info", "warning", "error"] | None = Field(
        None, description="least that is worth a line; CROSSDOCK_LOG outranks it; without both, the command's own"
    )
    format: Literal["auto", "json", "console"] = Field(
        "auto", description="json: one JSON object a line; console: for people; auto: console on a terminal, else json"
    )


class Metrics(Settings):
    """Who may read the figures for Prometheus. Nobody, until there is a token or a port."""

    token: Secret | None = Field(
        None,
        min_length=16,
        description="bearer token that /metrics asks for; with it, /metrics is on the address of http",
    )
    host: str = Field("127.0.0.1", min_length=1, description="address of the door for figures, when it has a port")
    port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description="port of a door of its own for /metrics, /healthz and /readyz; 0 takes a free one",
    )
    database_seconds: float = Field(
        10.0, ge=1, le=3600, description="how long figures read from the database are shown before they are read again"
    )


class Tracing(Settings):
    """Where traces go. The OTEL_* variables of OpenTelemetry do the same without a setting."""

    endpoint: Url | None = Field(None, description="OTLP over HTTP, without /v1/traces; without it no trace is made")
    headers: dict[str, Secret] = Field(default_factory=dict, description="headers the collector asks for")
    share: float = Field(1.0, ge=0, le=1, description="part of all traces that is kept")
    propagate_to: tuple[Slug, ...] = Field(
        (), description="systems that are told the trace their call belongs to (header traceparent)"
    )
