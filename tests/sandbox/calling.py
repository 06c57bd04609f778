"""What the simulators' tests share: somebody who calls a running simulator, its control room, and whom it calls."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import aiohttp
import pytest
from aiohttp import web

from crossdock.sandbox.kernel import Simulator, running
from tests.serving import served

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "fixtures"
S = TypeVar("S", bound=Simulator)
V = TypeVar("V", bound="Visitor[Any]")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str

    @classmethod
    async def of(cls, response: aiohttp.ClientResponse) -> Self:
        return cls(response.status, response.headers, await response.text())

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Visitor(Generic[S]):
    """Somebody at a running simulator's address."""

    simulator: S
    url: str
    session: aiohttp.ClientSession


class Caller(Visitor[S]):
    """Somebody who is let into the control room too."""

    async def act(self, act: str, **params: Any) -> Any:
        async with self.session.post(f"{self.url}/_sandbox/act", json={"act": act, **params}) as response:
            told = await response.json()
            assert response.status == 200, told
            return told

    async def refused_act(self, act: str, **params: Any) -> str:
        async with self.session.post(f"{self.url}/_sandbox/act", json={"act": act, **params}) as response:
            assert response.status == 400
            return str((await response.json())["error"])

    async def fault(self, **knob: Any) -> None:
        await self.faults(knob)

    async def faults(self, *knobs: Mapping[str, Any], **more: Any) -> None:
        async with self.session.post(f"{self.url}/_sandbox/faults", json={"faults": list(knobs), **more}) as response:
            assert response.status == 200, await response.text()

    async def state(self) -> Any:
        async with self.session.get(f"{self.url}/_sandbox/state") as response:
            return await response.json()


@contextlib.asynccontextmanager
async def visiting(simulator: S, visitor: Callable[[S, str, aiohttp.ClientSession], V]) -> AsyncIterator[V]:
    """The simulator, running, and somebody at its address."""
    async with running(simulator) as url, aiohttp.ClientSession() as session:
        yield visitor(simulator, url, session)


@dataclass
class Listener:
    """A receiver that answers with the given statuses in turn, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    retry_after: str | None = None
    hold_seconds: float = 0.0
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, request: web.Request) -> web.Response:
        self.received.append((dict(request.headers), await request.read()))
        self.arrived.set()
        await asyncio.sleep(self.hold_seconds)
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Retry-After": self.retry_after} if self.retry_after else {}
        return web.Response(status=status, headers={**headers, "Location": "/"} if 300 <= status < 400 else headers)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _, body in self.received]

    async def wait(self, count: int, wanted: Callable[[Any], bool] = lambda body: True) -> list[Any]:
        """The wanted bodies once there are `count`; fails when they do not come."""
        async with asyncio.timeout(5):
            while len(found := [body for body in self.bodies if wanted(body)]) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return found


@contextlib.asynccontextmanager
async def hearing() -> AsyncIterator[Listener]:
    """A listener that can be reached at its `url`."""
    listener = Listener()
    async with served(listener.hear) as base:
        listener.url = f"{base}/hook"
        yield listener


def captured(system: str, name: str) -> Any:
    """A wire body harvested from the vendor's own tests or SDK; skips where they are not at hand."""
    path = FIXTURES / system / name
    if not path.exists():
        pytest.skip(f"harvested wire bodies are not at hand: {path}")
    return json.loads(path.read_text())
