"""One id for all that follows from one request or one job: it is in every log line, and goes along with the jobs asked
for on the way."""

import contextlib
import re
import secrets
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from crossdock.telemetry import tracing

HEADER = "X-Request-ID"
IN_JOB, TRACE_IN_JOB = "correlation", "otel"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")

_current: ContextVar[str] = ContextVar("correlation", default="")


def current() -> str:
    """The id of what is being done now; "" outside any request and job."""
    return _current.get()


def accepted(given: object) -> str:
    """The id somebody else gave, when it may stand in a log line and a header; else a new one."""
    return given if isinstance(given, str) and _SAFE.fullmatch(given) else secrets.token_hex(8)


@contextlib.contextmanager
def under(given: object = None) -> Iterator[str]:
    """What is done inside goes by this id, or by a new one."""
    own = accepted(given)
    token = _current.set(own)
    try:
        yield own
    finally:
        _current.reset(token)


def for_job() -> dict[str, Any] | None:
    """What a job asked for now takes along; None when there is nothing to tell."""
    told: dict[str, Any] = {IN_JOB: own} if (own := _current.get()) else {}
    if trace := tracing.context():
        told[TRACE_IN_JOB] = trace
    return told or None


def trace_of(headers: Mapping[str, Any] | None) -> Mapping[str, str] | None:
    """The trace that a job belongs to, as `for_job` noted it."""
    trace = (headers or {}).get(TRACE_IN_JOB)
    return trace if isinstance(trace, dict) else None
