"""What every simulator shares: one HTTP server, the `/_sandbox/` control room, and faults struck around each call."""

import asyncio
import contextlib
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web
from aiohttp.typedefs import Middleware

from crossdock.sandbox.estate import Estate
from crossdock.sandbox.faults import KINDS, Fault, FaultError, FaultPlan

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HTML_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class ActError(ValueError):
    """An act that cannot be played; the text names the act, the value and what would do."""


class Simulator(ABC):
    """One remote system: stateful, single-threaded, deterministic from its seed and the calls it gets.

    A subclass brings its wire (`routes`), everything it holds as plain JSON (`state`) and what people may do to it
    (`acts`: name → method taking the act's parameters as keywords). served: its settings where nobody gives it any.

    The rest is for the reference page. sheets: the dataclasses that its settings are read into. labels: what a call is
    called in a knob's `match`. troubles: the fault kinds it strikes itself. scene: settings, an act and its parameters
    after which the lists of its state hold something.
    """

    kind: ClassVar[str]
    default_port: ClassVar[int]
    served: ClassVar[Mapping[str, Any]] = {}
    sheets: ClassVar[tuple[type, ...]] = ()
    labels: ClassVar[str] = "`METHOD /path`"
    troubles: ClassVar[frozenset[str]] = frozenset()
    scene: ClassVar[tuple[Mapping[str, Any], str, Mapping[str, Any]]] = ({}, "", {})

    def __init__(self, estate: Estate, *, seed: int = 0, settings: Mapping[str, Any] | None = None) -> None:
        self.estate = estate
        self.seed = seed
        self.settings = dict(settings or {})
        self.faults = FaultPlan(seed)
        self.calls: Counter[str] = Counter()
        self.skew = timedelta()
        self.base_url = ""
        self.load()

    def now(self) -> datetime:
        """The remote system's own idea of the time: ours plus the skew knob."""
        return datetime.now(UTC) + self.skew

    @abstractmethod
    def load(self) -> None:
        """(Re)build everything held from `self.estate`, `self.seed` and `self.settings`."""

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """The system's real paths."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Everything the system holds, as JSON."""

    @abstractmethod
    def acts(self) -> Mapping[str, Callable[..., Any]]:
        """What people (and the world) can do here, by name."""

    def label(self, request: web.Request) -> str:
        """What fault knobs match against."""
        return f"{request.method} {request.path}"

    async def started(self, base_url: str) -> None:
        """Called once the server listens; background work may begin."""
        self.base_url = base_url

    async def stopped(self) -> None:
        """Called before the server closes."""
        self.base_url = ""

    async def act(self, name: str, params: Mapping[str, Any]) -> Any:
        play = self.acts().get(name)
        if play is None:
            raise ActError(f"{self.kind} has no act {name!r}; it has {', '.join(sorted(self.acts()))}")
        try:
            result = play(**params)
        except (TypeError, KeyError, ArithmeticError) as error:
            raise ActError(f"act {name}: {type(error).__name__}: {error}") from error
        return await result if asyncio.iscoroutine(result) else result


def application(simulator: Simulator) -> web.Application:
    """The simulator as an aiohttp application."""
    app = web.Application(middlewares=[_trouble(simulator)], client_max_size=256 * 1024 * 1024)
    app.add_routes(_control_room(simulator))
    app.add_routes(simulator.routes())
    return app


@contextlib.asynccontextmanager
async def running(simulator: Simulator, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the simulator for the length of the block; yields its base URL. port 0 takes any free one."""
    runner = web.AppRunner(application(simulator), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=1024)
        await site.start()
        url = f"http://{host}:{runner.addresses[0][1]}"
        await simulator.started(url)
        yield url
        await simulator.stopped()
    finally:
        await runner.cleanup()


def _trouble(simulator: Simulator) -> Middleware:
    @web.middleware
    async def strike(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/_sandbox/"):
            return await handler(request)
        label = simulator.label(request)
        simulator.calls[label.split("?")[0]] += 1
        if not simulator.faults.faults:
            return await handler(request)
        return await _struck(simulator, request, handler, label)

    return strike


async def _struck(simulator: Simulator, request: web.Request, handler: Handler, label: str) -> web.StreamResponse:
    draw = simulator.faults.draw
    if fault := draw("latency", label):
        await asyncio.sleep(fault.seconds)
    if draw("lost_request", label):
        return _drop(request)
    if fault := draw("status", label):
        return _status(fault)
    if draw("html_page", label):
        return web.Response(text=HTML_PAGE, content_type="text/html")
    response = await handler(request)
    if draw("lost_reply", label):
        return _drop(request)
    if fault := draw("slow_reply", label):
        await asyncio.sleep(fault.seconds)
    if draw("truncated_body", label):
        return _cut(response)
    if draw("wrong_media_type", label) and isinstance(response, web.Response):
        return web.Response(status=response.status, body=response.body, content_type="text/plain")
    return response


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _status(fault: Fault) -> web.Response:
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    return web.Response(status=fault.status, text=f"status {fault.status}", headers=headers)


def _cut(response: web.StreamResponse) -> web.StreamResponse:
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return response
    headers = {name: value for name, value in response.headers.items() if name.lower() != "content-length"}
    return web.Response(status=response.status, body=response.body[: len(response.body) // 2], headers=headers)


def _control_room(simulator: Simulator) -> list[web.RouteDef]:
    """The `/_sandbox/` doors: outside the system's own wire, never struck by faults."""

    async def state(_: web.Request) -> web.Response:
        return web.json_response({"kind": simulator.kind, "calls": dict(simulator.calls), **simulator.state()})

    async def read_faults(_: web.Request) -> web.Response:
        return web.json_response({**simulator.faults.public(), "kinds": dict(KINDS)})

    async def set_faults(request: web.Request) -> web.Response:
        body = await _body(request)
        simulator.faults.set(body.get("faults", []), seed=body.get("seed"))
        simulator.skew = timedelta(seconds=float(body.get("clock_skew_seconds", 0)))
        return web.json_response(simulator.faults.public())

    async def acts(_: web.Request) -> web.Response:
        return web.json_response({name: (play.__doc__ or "").strip() for name, play in simulator.acts().items()})

    async def act(request: web.Request) -> web.Response:
        body = await _body(request)
        if not isinstance(body.get("act"), str):
            raise ActError('an act is {"act": NAME, ...parameters}; GET /_sandbox/act lists the names')
        params = {name: value for name, value in body.items() if name != "act"}
        return web.json_response(await simulator.act(body["act"], params))

    async def reset(request: web.Request) -> web.Response:
        body = await _body(request)
        simulator.seed = int(body.get("seed", simulator.seed))
        simulator.settings.update(body.get("settings", {}))
        simulator.faults.reset(simulator.seed)
        simulator.calls.clear()
        simulator.skew = timedelta()
        simulator.load()
        return web.json_response({"reset": True, "seed": simulator.seed})

    return [
        web.get("/_sandbox/state", _plain(state)),
        web.get("/_sandbox/faults", _plain(read_faults)),
        web.post("/_sandbox/faults", _plain(set_faults)),
        web.get("/_sandbox/act", _plain(acts)),
        web.post("/_sandbox/act", _plain(act)),
        web.post("/_sandbox/reset", _plain(reset)),
    ]


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except json.JSONDecodeError as error:
        raise ActError(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ActError("the body must be a JSON object")
    return body


def _plain(handler: Handler) -> Handler:
    """Mistakes at the control room are 400 with a text that helps."""

    async def wrapped(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (ActError, FaultError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return wrapped
