"""Around every request: its id, its trace, its figures. Plain ASGI, so that nothing of it costs a request a task."""

import logging
import time
from collections.abc import Mapping

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossdock.telemetry import correlation, metrics, tracing
from crossdock.telemetry.calls import FINE

log = structlog.get_logger()

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOWHERE = "(none)"


class Watching:
    """The id a caller gives in X-Request-ID is taken when it is harmless, and always said in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = {"traceparent": headers["traceparent"]} if "traceparent" in headers else None
        method = scope["method"] if scope["method"] in METHODS else "OTHER"
        with correlation.under(headers.get(correlation.HEADER)) as own:
            await self._watched(scope, receive, send, method=method, given=given, own=own)

    async def _watched(
        self, scope: Scope, receive: Receive, send: Send, *, method: str, given: Mapping[str, str] | None, own: str
    ) -> None:
        status, began = 500, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[correlation.HEADER] = own
            await send(message)

        with tracing.span(f"{method} request", kind="server", parent=given, http_request_method=method) as span:
            try:
                await self._app(scope, receive, sending)
            finally:
                route, seconds = route_of(scope), time.perf_counter() - began
                metrics.HTTP.labels(route, method, str(status)).inc()
                metrics.HTTP_SECONDS.labels(route, method).observe(seconds)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", status)
                span.set_attribute("crossdock.correlation", own)
                if status >= 500 or FINE.isEnabledFor(logging.DEBUG):
                    say = log.warning if status >= 500 else log.debug
                    say("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))


def route_of(scope: Scope) -> str:
    """The template of the route, never the path: an address nobody wrote is one of a kind with all others."""
    below, route = scope.get("root_path", ""), getattr(scope.get("route"), "path", None)
    if isinstance(route, str):
        return f"{below}{route}"
    return below if below and scope.get("endpoint") else NOWHERE
