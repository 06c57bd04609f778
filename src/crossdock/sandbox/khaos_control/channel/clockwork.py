"""Rounds by the intervals of the channel, in the background."""

import asyncio
import contextlib

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.channel.calls import CALLS
from crossdock.sandbox.khaos_control.channel.poller import Poller


class Clockwork:
    """Makes rounds by the intervals, in the background."""

    def __init__(self, poller: Poller) -> None:
        self.poller = poller
        self.wake = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.last: dict[str, float] = {}

    async def start(self) -> None:
        self.task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.task
        self.task = None

    def again(self) -> None:
        """Intervals may have changed."""
        self.wake.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self.wake.clear()
            due = self._due(loop.time())
            waits = [at - loop.time() for at in due.values()]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.wake.wait(), max(0, min(waits)) if waits else None)
            for name, at in due.items():
                if at <= loop.time():
                    self.last[name] = loop.time()
                    await self._make(name)

    def _due(self, now: float) -> dict[str, float]:
        """What is made next and when; "" is the sending again of whatever waits."""
        seconds = {call: self._seconds(call) for call in CALLS} | {"": self.poller.book.settings.retry_seconds}
        if not self.poller.book.settings.url:
            return {}
        return {name: self.last.setdefault(name, now) + every for name, every in seconds.items() if every > 0}

    def _seconds(self, call: str) -> float:
        every = self.poller.book.settings.interval(call)
        if every >= 0:
            return every
        endpoint = (self.poller.book.endpoints or {}).get(call)
        return 60 * endpoint.minutes if endpoint else 1  # not known before the file is read, which a round does

    async def _make(self, name: str) -> None:
        with contextlib.suppress(ActError):  # the screen was emptied meanwhile
            if name:
                await self.poller.round(name)
                return
            for call in dict.fromkeys(one.call for one in list(self.poller.book.waiting)):
                await self.poller.upload(call, new=False)
