"""Telemetry as the settings want it."""

import contextlib
import importlib.metadata
import os
from collections.abc import Iterator

from crossdock.settings.tree import Project
from crossdock.telemetry import tracing


@contextlib.contextmanager
def traces(project: Project) -> Iterator[None]:
    """Traces are sent inside the block, when the settings or the OTEL_* variables name a collector."""
    settings = project.tracing
    if not tracing.is_wanted(settings.endpoint, os.environ):
        yield
        return
    tracing.begin(
        version=importlib.metadata.version("crossdock"), endpoint=settings.endpoint, share=settings.share,
        headers={name: one.get_secret_value() for name, one in settings.headers.items()},
        propagate_to=settings.propagate_to,
    )  # fmt: skip
    try:
        yield
    finally:
        tracing.end()
