"""One order is one trace and goes by one id: from the webhook over its capture to the ERP and back."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from crossdock.api.server import HttpDoor, listen
from crossdock.cli.logs import configure
from crossdock.connectors.http import HttpClient
from crossdock.engine.clock import SystemClock
from crossdock.engine.local_gate import LocalGate
from crossdock.engine.worker import Worker
from crossdock.ports.config import Budget
from crossdock.ports.runtime import calling
from crossdock.settings.scaffold import SANDBOX_CREDENTIAL
from crossdock.telemetry import tracing
from crossdock.wiring.work import handlers
from tests.api.calling import Calls, event, serving
from tests.eventually import eventually
from tests.serving import served
from tests.world import World, open_world

SECRET = SANDBOX_CREDENTIAL
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01", "X-Request-ID": "order-17.a"}
STEPS = {
    "POST /hooks/{system}", "job fetch", "capture order", "GET shop", "job order", "post order", "POST khaos",
    "read order back",
}  # fmt: skip


@contextlib.asynccontextmanager
async def working(database: str, folder: Path) -> AsyncIterator[tuple[World, Calls]]:
    """A world whose worker does what it is asked, and nothing by the clock."""
    async with open_world(
        database,
        folder,
        system={"shop": {"webhook_secret": "${SHOP_SECRET}"}},
        pairing={"orders": {"authority": "erp"}},
    ) as world:
        await world.learn()
        here = world.here
        one = Worker(here.pool, handlers=handlers(here), cadences=[], book=here.runs, jobs=here.jobs)
        task = asyncio.create_task(one.run())
        try:
            async with serving(HttpDoor(here, listen("127.0.0.1", 0))) as url, aiohttp.ClientSession() as session:
                yield world, Calls(session, url)
        finally:
            one.stop()
            await asyncio.wait_for(task, 30)


async def an_order_comes_in(world: World, calls: Calls) -> str:
    ref = await world.sell()
    status, text = await calls.hook("shop", event("e-1", order=world.sold(ref)["id"]), secret=SECRET, **GIVEN)
    assert status == 204, text
    await eventually(lambda: _is_through(world, ref))
    return ref


async def _is_through(world: World, ref: str) -> bool:
    order = await world.order(ref)
    waits = await world.here.pool.fetchval("select count(*) from pgqueuer")
    return order.get("state") == "posted" and order["look_at"] is None and waits == 0


async def test_hook_capture_post_and_read_back_share_one_trace_at_a_real_collector(
    database: str, tmp_path: Path
) -> None:
    spans: list[Any] = []
    services: set[str] = set()

    async def collect(request: web.Request) -> web.Response:
        assert (request.path, request.headers["x-tenant"]) == ("/v1/traces", "ours")
        for resource in ExportTraceServiceRequest.FromString(await request.read()).resource_spans:
            services.update(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            spans.extend(span for scope in resource.scope_spans for span in scope.spans)
        return web.Response(content_type="application/x-protobuf")

    async with served(collect) as url:
        tracing.begin(version="0", endpoint=url, headers={"x-tenant": "ours"})
        try:
            async with working(database, tmp_path) as (world, calls):
                await an_order_comes_in(world, calls)
        finally:
            await asyncio.to_thread(tracing.end)
    ours = [span for span in spans if span.trace_id.hex() == TRACE]
    assert services == {"crossdock"}
    assert {span.name for span in ours} >= STEPS
    ids = {span.span_id for span in ours}
    assert [s.name for s in ours if s.parent_span_id not in ids] == ["POST /hooks/{system}"]
    assert SECRET not in str(spans)


async def test_the_id_of_the_request_is_in_every_line_of_what_follows_from_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CROSSDOCK_LOG", "debug")
    async with working(database, tmp_path) as (world, calls):
        configure()
        try:
            await an_order_comes_in(world, calls)
        finally:
            monkeypatch.undo()
            configure()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    hers = [line for line in lines if line.get("correlation") == GIVEN["X-Request-ID"]]
    said = {(line["event"], line.get("system")) for line in hers}
    assert {("webhook", "shop"), ("remote call", "shop"), ("remote call", "khaos")} <= said
    assert {line["job"].partition(" ")[0] for line in hers if "job" in line} == {"fetch", "order"}
    assert SECRET not in str(lines)


async def test_a_remote_system_is_told_the_trace_only_when_it_was_named() -> None:
    heard: list[str | None] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(request.headers.get("traceparent"))
        return web.Response()

    tracing.begin(version="0", propagate_to=["khaos"], exporter=InMemorySpanExporter())
    try:
        async with served(hear) as url, HttpClient(url, gate=LocalGate(Budget()), clock=SystemClock()) as client:
            for name in ("shop", "khaos"):
                calling.set(name)
                with tracing.span("job order", parent=GIVEN):
                    await client.send("GET", "/")
    finally:
        tracing.end()
    assert heard[0] is None
    assert heard[1] is not None
    assert heard[1].split("-")[1] == TRACE


async def test_when_nobody_collects_them_no_span_is_made_and_opentelemetry_stays_away() -> None:
    assert tracing.span("a") is tracing.span("b")
    assert (tracing.context(), tracing.trace_id(), tracing.is_on()) == ({}, "", False)
    code = "import sys; from crossdock.wiring.work import worker; print('opentelemetry.trace' in sys.modules)"
    import sys

    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0] == b"False\n"


async def test_of_an_error_a_trace_tells_the_type_and_not_the_text() -> None:
    exporter = InMemorySpanExporter()
    tracing.begin(version="0", exporter=exporter)
    try:
        with pytest.raises(ValueError, match="hunter2"), tracing.span("step", crossdock_what="x"):
            raise ValueError("hunter2")
    finally:
        tracing.end()
    (span,) = exporter.get_finished_spans()
    assert "hunter2" not in span.to_json()
    assert dict(span.attributes or {}) == {"crossdock.what": "x", "error.type": "ValueError"}
    assert not span.status.is_ok


@pytest.mark.parametrize(
    ("endpoint", "environ", "wanted"),
    [
        (None, {}, False),
        ("http://c:4318", {}, True),
        (None, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, True),
        (None, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, True),
        ("http://c:4318", {"OTEL_SDK_DISABLED": "true"}, False),
        ("http://c:4318", {"OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_traces_are_sent_only_when_somebody_is_named(
    endpoint: str | None, environ: dict[str, str], wanted: bool
) -> None:
    assert tracing.is_wanted(endpoint, environ) is wanted


def test_a_share_of_none_keeps_none_even_when_the_caller_wishes_for_one() -> None:
    exporter = InMemorySpanExporter()
    tracing.begin(version="0", share=0.0, exporter=exporter)
    try:
        with tracing.span("step", parent={"traceparent": GIVEN["traceparent"]}):
            pass
    finally:
        tracing.end()
    assert exporter.get_finished_spans() == ()
