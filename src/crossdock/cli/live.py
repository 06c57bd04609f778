"""`crossdock run` and `crossdock worker`: the work itself, until stopped."""

import asyncio
import os
from typing import TYPE_CHECKING

from crossdock.cli.logs import configure
from crossdock.cli.options import DEFAULT_FILE, AsJson, Config, load_project
from crossdock.cli.output import say, show_json
from crossdock.cli.signals import stop_asked
from crossdock.cli.told import Stop
from crossdock.engine.process import settle_memory

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path
    from typing import Any

    from crossdock.wiring.installation import Installation


async def run(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Run everything in one process: the work, the console, and the door for webhooks and health checks."""
    await _live(config, as_json=as_json, with_http=True)


async def worker(config: Config = DEFAULT_FILE, as_json: AsJson = False) -> None:
    """Run the work alone. Any number of these share one database."""
    await _live(config, as_json=as_json, with_http=False)


async def _live(config: "Path", *, as_json: bool, with_http: bool) -> None:
    from crossdock.settings.notes import notes
    from crossdock.wiring.installation import open_installation
    from crossdock.wiring.work import worker as make_worker

    configure("info")
    project, kinds = load_project(config)
    for note in notes(project, kinds):
        say(note)
    asked = stop_asked()
    socket = None
    if with_http:
        from crossdock.api.server import CannotListen, listen

        try:
            socket = listen(project.http.host, project.http.port)
        except CannotListen as error:
            raise Stop(f"{error} Set http.host and http.port in {config}.") from error
    async with open_installation(project) as here:
        working = make_worker(here)
        parts: list[Coroutine[Any, Any, None]] = [working.run()]
        stops = [working.stop]
        if socket is not None:
            from crossdock.api.server import HttpDoor

            http = HttpDoor(here, socket)
            parts.append(http.run())
            stops.append(http.stop)
        tasks = [asyncio.create_task(part) for part in parts]
        settle_memory()
        _ready(here, http.url if socket is not None else "", as_json=as_json)
        waiting = asyncio.create_task(asked.wait())
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if asked.is_set():
            say("stopping: what is under way is finished first; once more to stop at once")
        for stop in stops:
            stop()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, BaseException):
                raise ended
    say("stopped")


def _ready(here: "Installation", url: str, *, as_json: bool) -> None:
    what = f"ready: {', '.join(here.project.pairings) or 'no pairing'}"
    say(f"{what}; console, webhooks and health at {url}" if url else what)
    if as_json:
        show_json({"ready": True, "url": url or None, "pairings": list(here.project.pairings), "pid": os.getpid()})
