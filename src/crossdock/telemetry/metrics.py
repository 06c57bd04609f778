"""Figures of this process, for Prometheus. Labels come from the settings, the routes and our own tables of words, so
there are never more series than those allow: no SKU, no order, no address of a caller."""

import contextlib
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
LONG = (0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0)

_A_WORD = re.compile(r"[a-z][a-z_-]{0,39}")  # what a flow calls its counts; no sentence, no code of a merchant's

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

BUILD = Gauge("crossdock_build_info", "The release that runs; always 1.", ["version"], registry=REGISTRY)
HTTP = Counter(
    "crossdock_http_requests", "Requests answered.", ["route", "method", "status"], registry=REGISTRY
)  # fmt: skip
HTTP_SECONDS = Histogram(
    "crossdock_http_request_seconds", "How long a request took.", ["route", "method"], buckets=QUICK, registry=REGISTRY
)
CALLS = Counter(
    "crossdock_remote_calls", "Calls to remote systems, by what came of them.",
    ["system", "outcome"], registry=REGISTRY,
)  # fmt: skip
CALL_SECONDS = Histogram(
    "crossdock_remote_call_seconds", "How long a remote system took.", ["system"], buckets=QUICK, registry=REGISTRY
)
JOBS = Counter("crossdock_jobs", "Jobs that ended: done or failed.", ["kind", "outcome"], registry=REGISTRY)
JOB_SECONDS = Histogram("crossdock_job_seconds", "How long a job took.", ["kind"], buckets=LONG, registry=REGISTRY)
JOBS_RUNNING = Gauge("crossdock_jobs_running", "Jobs under way in this process.", ["kind"], registry=REGISTRY)
FLOWS = Counter(
    "crossdock_flow_runs", "Runs of a flow: done, stopped by a remote system, or failed by our own mistake.",
    ["pairing", "flow", "outcome"], registry=REGISTRY,
)  # fmt: skip
FLOW_SECONDS = Histogram(
    "crossdock_flow_seconds", "How long one run of a flow took.", ["flow"], buckets=LONG, registry=REGISTRY
)
FLOW_RECORDS = Counter(
    "crossdock_flow_records", "What runs of a flow counted: orders read, levels written, and so on.",
    ["pairing", "flow", "what"], registry=REGISTRY,
)  # fmt: skip
HOOKS = Counter(
    "crossdock_hooks", "Webhooks: taken, repeated, refused or not stored.", ["system", "outcome"], registry=REGISTRY
)
POOL = Gauge(
    "crossdock_database_connections", "Connections of this process to the database.", ["state"], registry=REGISTRY
)


def text() -> bytes:
    """The figures of this process in the format Prometheus reads."""
    return generate_latest(REGISTRY)


def flow_ended(pairing: str, flow: str, outcome: str, seconds: float, result: Mapping[str, Any]) -> None:
    FLOWS.labels(pairing, flow, outcome).inc()
    FLOW_SECONDS.labels(flow).observe(seconds)
    for what, count in result.items():
        if isinstance(count, int) and not isinstance(count, bool) and count > 0 and _A_WORD.fullmatch(what):
            FLOW_RECORDS.labels(pairing, flow, what).inc(count)


@contextlib.contextmanager
def job(kind: str) -> Iterator[None]:
    """Counts and times one job."""
    began, outcome = time.perf_counter(), "failed"
    JOBS_RUNNING.labels(kind).inc()
    try:
        yield
        outcome = "done"
    finally:
        JOBS_RUNNING.labels(kind).dec()
        JOBS.labels(kind, outcome).inc()
        JOB_SECONDS.labels(kind).observe(time.perf_counter() - began)
