"""Traces, when somebody collects them: OpenTelemetry is imported then, and only then.

When nobody does, a span is one comparison and one object that is there already.
"""

import contextlib
import functools
import os
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from typing import Any, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

ENVIRONMENT = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
FLUSH_MILLISECONDS = 5_000


class Span(Protocol):
    def set_attribute(self, key: str, value: Any) -> None: ...

    def update_name(self, name: str) -> None: ...


class _Nothing:
    """A span that nobody looks at."""

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def set_attribute(self, key: str, value: Any) -> None:
        pass

    def update_name(self, name: str) -> None:
        pass


_NOTHING = _Nothing()
_provider: Any = None
_tracer: Any = None
_propagated: Collection[str] = ()


def is_on() -> bool:
    return _tracer is not None


def span(
    name: str, *, kind: str = "internal", parent: Mapping[str, str] | None = None, **attributes: Any
) -> contextlib.AbstractContextManager[Span]:
    """One step of a trace. parent: W3C headers that say what it belongs to; without, what is being done now.

    An attribute's name is written with _ for a dot. Of an error only its type is told: its text may quote a document.
    """
    return _NOTHING if _tracer is None else _span(name, kind, parent, attributes)


def traced(name: str) -> Callable[[Callable[P, Awaitable[T]]], Callable[P, Awaitable[T]]]:
    """A step of its own for each call."""

    def wrap(do: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        @functools.wraps(do)
        async def call(*args: P.args, **named: P.kwargs) -> T:
            if _tracer is None:
                return await do(*args, **named)
            with _span(name, "internal", None, {}):
                return await do(*args, **named)

        return call

    return wrap


def context() -> dict[str, str]:
    """What is being done now as W3C headers, for whoever goes on with it; {} when nobody collects traces."""
    if _tracer is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier


def context_for(system: str) -> dict[str, str]:
    """The same for a remote system: only for those that were named."""
    return context() if system in _propagated else {}


def trace_id() -> str:
    """The trace of what is being done now, in hex; ""."""
    if _tracer is None:
        return ""
    from opentelemetry import trace

    found = trace.get_current_span().get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else ""


@contextlib.contextmanager
def _span(name: str, kind: str, parent: Mapping[str, str] | None, attributes: Mapping[str, Any]) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind, Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    belongs = TraceContextTextMapPropagator().extract(dict(parent)) if parent else None
    told = {key.replace("_", "."): value for key, value in attributes.items()}
    with _tracer.start_as_current_span(
        name, context=belongs, kind=SpanKind[kind.upper()], attributes=told, record_exception=False,
        set_status_on_exception=False,
    ) as one:  # fmt: skip
        try:
            yield one
        except BaseException as error:
            one.set_attribute("error.type", type(error).__name__)
            one.set_status(Status(StatusCode.ERROR))
            raise


def is_wanted(endpoint: str | None, environ: Mapping[str, str]) -> bool:
    """Whether traces are collected: by our setting, or by the variables that every OpenTelemetry program obeys."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or environ.get("OTEL_TRACES_EXPORTER") == "none":
        return False
    return bool(endpoint) or any(environ.get(name) for name in ENVIRONMENT)


def begin(
    *,
    version: str,
    endpoint: str | None = None,
    headers: Mapping[str, str] | None = None,
    share: float = 1.0,
    propagate_to: Collection[str] = (),
    exporter: Any = None,
) -> None:
    """Send spans from now on. endpoint: without /v1/traces; None takes the OTEL_* variables. exporter: another way
    out, one span at a time. A caller's wish to be sampled is not obeyed: a share is a share."""
    global _provider, _tracer, _propagated  # noqa: PLW0603 - like logging, it is one for the process
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased

    one = TraceIdRatioBased(share)
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or "crossdock",
                                "service.version": version})  # fmt: skip
    _provider = TracerProvider(
        resource=resource,
        sampler=ParentBased(root=one, remote_parent_sampled=one, remote_parent_not_sampled=one),
        shutdown_on_exit=False,
    )
    if exporter is None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        where = f"{endpoint.rstrip('/')}/v1/traces" if endpoint else None
        _provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(where, headers=dict(headers or {}) or None)))
    else:
        _provider.add_span_processor(SimpleSpanProcessor(exporter))
    _tracer, _propagated = _provider.get_tracer("crossdock", version), frozenset(propagate_to)


def end() -> None:
    """Send what is still to be sent, within a few seconds, and stop."""
    global _provider, _tracer, _propagated
    provider, _provider, _tracer, _propagated = _provider, None, None, ()
    if provider is not None:
        provider.force_flush(FLUSH_MILLISECONDS)
        provider.shutdown()
