"""`crossdock run` and `crossdock worker`: the work itself, until stopped."""

import asyncio
import os
from typing import TYPE_CHECKING, Annotated

import typer

from crossdock.cli.logs import configure, keep_out
from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import say, show_json
from crossdock.cli.signals import stop_asked
from crossdock.cli.told import Stop
from crossdock.engine.process import settle_memory

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from crossdock.api.server import HttpDoor
    from crossdock.engine.worker import Worker
    from crossdock.settings.tree import Project
    from crossdock.wiring.installation import Installation

MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port", min=0, max=65535,
        help="Port for /metrics, /healthz and /readyz of this process, in place of metrics.port; 0 takes a free one.",
    ),
]  # fmt: skip


async def run(metrics_port: MetricsPort = None, config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Run everything in one process: the work, the console, and the door for webhooks and health checks."""
    await _live(config, as_json=as_json, with_http=True, metrics_port=metrics_port)


async def worker(metrics_port: MetricsPort = None, config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Run the work alone. Any number of these share one database."""
    await _live(config, as_json=as_json, with_http=False, metrics_port=metrics_port)


async def _live(config: "Path", *, as_json: bool, with_http: bool, metrics_port: int | None) -> None:
    from crossdock.settings.notes import notes
    from crossdock.settings.secrets import secret_texts
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.watched import traces
    from crossdock.wiring.work import worker as make_worker

    project, kinds = load_project(config)
    configure("info", level=project.logs.level, form=project.logs.format)
    keep_out(secret_texts(project))
    for note in notes(project, kinds):
        say(note)
    asked = stop_asked()
    sockets = _listen(project, config, with_http=with_http, metrics_port=metrics_port)
    with traces(project):
        async with open_installation(project) as here:
            doors = _doors(here, sockets, with_database=with_http)
            await _work(here, make_worker(here), doors, asked, as_json=as_json)
    say("stopped")


def _listen(
    project: "Project", config: "Path", *, with_http: bool, metrics_port: int | None
) -> "dict[str, socket.socket]":
    """The sockets of this process by the setting that names them, taken before anything else is begun."""
    port = project.metrics.port if metrics_port is None else metrics_port
    wanted = {"http": (project.http.host, project.http.port)} if with_http else {}
    if port is not None:
        wanted["metrics"] = (project.metrics.host, port)
    if not wanted:
        return {}
    from crossdock.api.server import CannotListen, listen

    taken = {}
    for name, (host, number) in wanted.items():
        try:
            taken[name] = listen(host, number)
        except CannotListen as error:
            raise Stop(f"{error} Set {name}.host and {name}.port in {config}.") from error
    return taken


def _doors(here: "Installation", sockets: "dict[str, socket.socket]", *, with_database: bool) -> "dict[str, HttpDoor]":
    if not sockets:
        return {}
    from crossdock.api.metrics import metrics_app
    from crossdock.api.server import HttpDoor

    apps = {"metrics": metrics_app(here, with_database=with_database)} if "metrics" in sockets else {}
    return {name: HttpDoor(here, one, apps.get(name)) for name, one in sockets.items()}


async def _work(
    here: "Installation", working: "Worker", doors: "dict[str, HttpDoor]", asked: asyncio.Event, *, as_json: bool
) -> None:
    work = asyncio.create_task(working.run())
    tasks = [work, *(asyncio.create_task(door.run()) for door in doors.values())]
    settle_memory()
    _ready(here, {name: door.url for name, door in doors.items()}, as_json=as_json)
    waiting = asyncio.create_task(asked.wait())
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    here.leaving = True
    if asked.is_set():
        say("stopping: what is under way is finished first; once more to stop at once")
        if doors:  # who sends calls here learns by /readyz that it should not, before anything else ends
            await asyncio.wait(tasks, timeout=here.project.http.leave_seconds)
    given_up = await _finish(working, work, here.project.workers.stop_seconds)
    for door in doors.values():
        door.stop()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, BaseException) and not (given_up and isinstance(ended, asyncio.CancelledError)):
            raise ended


async def _finish(working: "Worker", work: "asyncio.Task[None]", seconds: float) -> bool:
    """Let what is under way come to its end; True when it took too long and was given up."""
    working.stop()
    if (await asyncio.wait([work], timeout=seconds))[0]:
        return False
    say(f"jobs are still under way after {seconds:g} s (workers.stop_seconds): they are given up, and taken up again "
        "by another process or the next start")  # fmt: skip
    work.cancel()
    await asyncio.wait([work])
    return True


def _ready(here: "Installation", urls: dict[str, str], *, as_json: bool) -> None:
    said = [f"ready: {', '.join(here.project.pairings) or 'no pairing'}"]
    said += [f"console, webhooks and health at {urls['http']}"] if "http" in urls else []
    said += [f"figures at {urls['metrics']}/metrics"] if "metrics" in urls else []
    say("; ".join(said))
    if as_json:
        document = {"ready": True, "url": urls.get("http"), "metrics": urls.get("metrics")}
        show_json({**document, "pairings": list(here.project.pairings), "pid": os.getpid()})
