"""Sends what is due, one after the other, and tells the sender how it went."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp

Outcome = int | str
"""An HTTP status, or the name of what broke."""
LOOK_AGAIN_SECONDS = 0.5
"""How long a wait for a due time may be before the clock, which may be moved, is looked at again."""


@dataclass(slots=True, kw_only=True)
class Parcel:
    """One POST. pack: headers and body, made when it leaves; None when there is nothing to send any more.
    done: told the outcome."""

    url: str
    pack: Callable[[], tuple[Mapping[str, str], bytes] | None]
    done: Callable[[Outcome], None]
    timeout_seconds: float
    due: datetime
    number: int = field(default=0)


class Courier:
    """A queue and one task that works it off while the server runs. Redirects are not followed."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.queue: list[Parcel] = []
        self.numbers = itertools.count(1)
        self.wake: asyncio.Event | None = None
        self.task: asyncio.Task[None] | None = None
        self.session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        self.wake = asyncio.Event()
        self.session = aiohttp.ClientSession()
        self.task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        if self.session is not None:
            await self.session.close()
        self.task = self.session = self.wake = None

    def forget(self) -> None:
        self.queue.clear()

    def send(self, parcel: Parcel) -> None:
        parcel.number = next(self.numbers)
        self.queue.append(parcel)
        self.nudge()

    def nudge(self) -> None:
        """Look at the clock again."""
        if self.wake is not None:
            self.wake.set()

    async def _work(self) -> None:
        while self.wake is not None:
            self.wake.clear()
            ready = sorted(
                (one for one in self.queue if one.due <= self.clock()), key=lambda one: (one.due, one.number)
            )
            if ready:
                self.queue.remove(ready[0])
                await self._deliver(ready[0])
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), LOOK_AGAIN_SECONDS if self.queue else None)

    async def _deliver(self, parcel: Parcel) -> None:
        packed = parcel.pack()
        if packed is None or self.session is None:
            return
        headers, body = packed
        timeout = aiohttp.ClientTimeout(total=parcel.timeout_seconds)
        outcome: Outcome
        try:
            async with self.session.post(
                parcel.url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                await response.read()
                outcome = response.status
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            outcome = type(error).__name__
        parcel.done(outcome)
