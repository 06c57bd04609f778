"""The HTTP door of a bridge server: credentials, correlation, idempotency, back-pressure, problems, JSON in and out."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from crossdock.sandbox.bridge.auth import Gate
from crossdock.sandbox.bridge.deliveries import Postman
from crossdock.sandbox.bridge.endpoints import Endpoints
from crossdock.sandbox.bridge.idempotency import IdempotencyStore, Stored
from crossdock.sandbox.bridge.paging import Feeds
from crossdock.sandbox.bridge.problems import MEDIA_TYPE, Kind, Problem, ProblemTable
from crossdock.sandbox.bridge.settings import BridgeKnobs
from crossdock.sandbox.bridge.values import Json
from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.kernel import ActError

CORRELATION = "X-Correlation-Id"
PRESSURE = {429: "rate-limited", 503: "backend-unavailable"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call that was let in. label: what faults match, `METHOD /path`. parts: the path's placeholders."""

    method: str
    path: str
    label: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body. Raises Problem request-invalid: when it is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Problem("request-invalid", f"the body is not JSON: {error}") from error


@dataclass(frozen=True, slots=True)
class Reply:
    """What a handler answers when plain 200 and JSON will not do. body None: none is sent."""

    status: int = 200
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Json | Reply
BridgeHandler = Callable[[Call], Answer | Awaitable[Answer]]


class Bridge:
    """What one server holds of the kit between two resets; build a new one in `Simulator.load`.

    Gate, IdempotencyStore, Feeds, Endpoints and ProblemTable are its parts; `postman` is shared over resets.
    extra: further problem codes. event_types: what webhooks can tell of.
    """

    def __init__(
        self,
        knobs: BridgeKnobs,
        *,
        clock: Callable[[], datetime],
        faults: FaultPlan,
        seed: int,
        postman: Postman,
        event_types: tuple[str, ...] = (),
        extra: Mapping[str, Kind] | None = None,
    ) -> None:
        self.knobs = knobs
        self.clock = clock
        self.faults = faults
        self.gate = Gate(knobs.auth, clock, seed)
        self.idempotency = IdempotencyStore(knobs, clock)
        self.feeds = Feeds(knobs, clock, faults, seed)
        self.endpoints = Endpoints(knobs, event_types, seed)
        self.problems = ProblemTable(knobs.problem_base, extra)
        self.postman = postman
        self.unsupported: set[str] = set()
        self.pressure: list[tuple[int, float]] = []
        self.running = 0
        self.correlations: list[Json] = []
        postman.bind(knobs, self.endpoints)

    def back_pressure(self, status: int = 503, count: int = 1, retry_after: float = 1) -> None:
        """The next `count` calls are answered 429 or 503 with Retry-After. Raises ActError: for another status."""
        if status not in PRESSURE:
            raise ActError(f"back pressure: status {status!r} is neither 429 nor 503")
        self.pressure += [(status, retry_after)] * count

    def admit(self, call: Call) -> None:
        """Raises Problem: unauthorised, forbidden, rate-limited, backend-unavailable."""
        self.gate.check(call.headers, call.query)
        if self.knobs.auth.scheme != "none" and self.faults.draw("expired_token", call.label):
            raise self.gate.expire(call.headers)
        if self.pressure:
            status, after = self.pressure.pop(0)
            raise Problem(PRESSURE[status], "come back later", headers={"Retry-After": f"{after:g}"})
        if 0 < self.knobs.max_concurrent <= self.running:
            text = f"at most {self.knobs.max_concurrent} calls at a time"
            raise Problem("rate-limited", text, headers={"Retry-After": "1"})


class Door:
    """Turns bridge handlers into routes. bridge: the present one, asked for at each call (a reset replaces it)."""

    def __init__(self, bridge: Callable[[], Bridge]) -> None:
        self.bridge = bridge

    def route(
        self, method: str, path: str, handler: BridgeHandler, *, operation: str, idempotent: bool = False
    ) -> web.RouteDef:
        """operation: its name in capabilities; 501 when `Bridge.unsupported` holds it. idempotent: the call creates or
        cancels, so it needs an Idempotency-Key and its answer is kept."""

        async def serve(request: web.Request) -> web.Response:
            bridge, call = self.bridge(), await _call(request)
            return _response(await self._answered(bridge, call, handler, operation, idempotent=idempotent), request)

        return web.route(method, path, serve)

    def token_route(self, path: str) -> web.RouteDef:
        """`POST path` for the schemes that give out tokens. Static headers are asked for here too."""

        async def serve(request: web.Request) -> web.Response:
            bridge, call = self.bridge(), await _call(request)
            try:
                body = bridge.gate.issue(call.headers, request.headers.get("Content-Type", ""), call.body)
                reply = Reply(200, body, {"Cache-Control": "no-store"})
            except Problem as problem:
                reply = _refusal(bridge, problem, call)
            return _response(_written(reply), request)

        return web.post(path, serve)

    def webhook_routes(self, prefix: str = "/v1/webhook-endpoints") -> list[web.RouteDef]:
        """POST, GET and DELETE of the endpoint registry; 501 while the knob `webhooks` is off."""

        def register(call: Call) -> Answer:
            bridge = self._with_webhooks()
            return Reply(201, bridge.endpoints.register(call.json(), bridge.clock()))

        def listed(_: Call) -> Answer:
            return self._with_webhooks().endpoints.listed()

        def delete(call: Call) -> Answer:
            self._with_webhooks().endpoints.delete(call.parts["id"])
            return Reply(204)

        name = "webhook_endpoints"
        return [
            self.route("POST", prefix, register, operation=f"{name}.create", idempotent=True),
            self.route("GET", prefix, listed, operation=f"{name}.list"),
            self.route("DELETE", prefix + "/{id}", delete, operation=f"{name}.delete"),
        ]

    def _with_webhooks(self) -> Bridge:
        bridge = self.bridge()
        if not bridge.knobs.webhooks:
            raise Problem("operation-unsupported", "this server sends no webhooks")
        return bridge

    async def _answered(
        self, bridge: Bridge, call: Call, handler: BridgeHandler, operation: str, *, idempotent: bool
    ) -> "_Written":
        bridge.correlations = [*bridge.correlations[-999:], {"label": call.label, "id": call.headers.get(CORRELATION)}]
        try:
            bridge.admit(call)
            if operation in bridge.unsupported:
                raise Problem("operation-unsupported", f"{operation} is not offered here")
            bridge.running += 1
            try:
                return await (_once(bridge, call, handler) if idempotent else _done(bridge, call, handler))
            finally:
                bridge.running -= 1
        except Problem as problem:
            return _written(_refusal(bridge, problem, call))


@dataclass(frozen=True, slots=True)
class _Written:
    status: int
    body: bytes
    headers: Mapping[str, str]


async def _done(bridge: Bridge, call: Call, handler: BridgeHandler) -> _Written:
    try:
        answer = handler(call)
        if isinstance(answer, Awaitable):
            answer = await answer
    except Problem as problem:
        return _written(_refusal(bridge, problem, call))
    return _written(answer if isinstance(answer, Reply) else Reply(200, answer))


async def _once(bridge: Bridge, call: Call, handler: BridgeHandler) -> _Written:
    """The work behind an Idempotency-Key: done at most once, its answer replayed."""
    store = bridge.idempotency
    key, kept = store.begin(call.headers.get("Idempotency-Key"), call.method, call.path, call.body)
    if kept is not None:
        return _Written(kept.status, kept.body, _media(kept.status))
    try:
        if bridge.knobs.work_seconds:
            await asyncio.sleep(bridge.knobs.work_seconds)
        written = await _done(bridge, call, handler)
    except BaseException:
        store.abandon(key)
        raise
    store.finish(key, Stored(written.status, written.body))
    return written


async def _call(request: web.Request) -> Call:
    label = f"{request.method} {request.path}"
    body = await request.read()
    return Call(request.method, request.path, label, request.match_info, request.query, request.headers, body)


def _refusal(bridge: Bridge, problem: Problem, call: Call) -> Reply:
    status = bridge.problems.status(problem)
    return Reply(status, bridge.problems.document(problem, call.path), problem.headers)


def _written(reply: Reply) -> _Written:
    if reply.body is None:
        return _Written(reply.status, b"", reply.headers)
    return _Written(reply.status, orjson.dumps(reply.body), {**_media(reply.status), **reply.headers})


def _media(status: int) -> dict[str, str]:
    return {"Content-Type": MEDIA_TYPE if status >= 400 else "application/json"}


def _response(written: _Written, request: web.Request) -> web.Response:
    headers = dict(written.headers)
    if (correlation := request.headers.get(CORRELATION)) is not None:
        headers[CORRELATION] = correlation
    return web.Response(status=written.status, body=written.body, headers=headers)
