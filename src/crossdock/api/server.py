"""uvicorn inside a process that has other work to do: it takes no signals, and stops when told."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from crossdock.api.app import create_app
from crossdock.wiring.installation import Installation

GRACE_SECONDS = 5


class CannotListen(Exception):
    """The address is taken, or is not ours; the text names it."""


def listen(host: str, port: int) -> socket.socket:
    """Taken before anything else is started, so that a wrong address stops the process at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        made = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise CannotListen(f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}.") from error
    # Connections inherit it. asyncio sets it only where the protocol was named, and without it the second part of an
    # answer waits 40 ms for the other side's acknowledgement of the first.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


class HttpDoor:
    def __init__(self, here: Installation, listening: socket.socket, app: FastAPI | None = None) -> None:
        config = uvicorn.Config(
            app or create_app(here), log_config=None, access_log=False, lifespan="off", server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )  # fmt: skip
        self._server = _Quiet(config)
        self._socket = listening
        host, port = listening.getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def run(self) -> None:
        """Until `stop`; calls under way are answered first."""
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        self._server.should_exit = True

    async def started(self) -> None:
        """Returns once calls are answered."""
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)


class _Quiet(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals belong to whoever started the process."""
        yield
