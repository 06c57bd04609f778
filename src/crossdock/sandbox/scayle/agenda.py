"""What is due later: delegation a minute after confirmation, a retry after two hours, a reservation's end.

Waits pass in real time, divided by `speed`; `pass_time` lets them pass at once, in their order. The clock that stamps
records is another one and does not move.
"""

import asyncio
import heapq
import inspect
import itertools
import time
from collections.abc import Callable
from typing import Any

Job = Callable[[], Any]


class Agenda:
    def __init__(self) -> None:
        self.speed = 1.0
        self._queue: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._ahead = 0.0
        self._wake: asyncio.Event | None = None
        self._loop: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()

    def now(self) -> float:
        """Seconds on the agenda's own dial."""
        return time.monotonic() * self.speed + self._ahead

    def after(self, seconds: float, job: Job) -> None:
        """Do it in so many seconds. A plain function that is due at once is done before this returns."""
        if seconds <= 0 and not inspect.iscoroutinefunction(job):
            job()
            return
        heapq.heappush(self._queue, (self.now() + max(0.0, seconds), next(self._order), job))
        if self._wake is not None:
            self._wake.set()

    def clear(self, speed: float) -> None:
        """Forget everything; what is being done now is broken off."""
        self._queue.clear()
        for task in self._running:
            task.cancel()
        self.speed, self._ahead = speed, 0.0

    async def start(self) -> None:
        self._wake = asyncio.Event()
        self._loop = asyncio.create_task(self._run(self._wake))

    async def stop(self) -> None:
        tasks = [*self._running, *([self._loop] if self._loop else [])]
        for task in tasks:
            task.cancel()
        _raise_first(await asyncio.gather(*tasks, return_exceptions=True))
        self._loop = self._wake = None

    async def pass_time(self, seconds: float) -> int:
        """Let that much time go by: everything due by then is done, one after the other. Returns how many were."""
        done, until = 0, self.now() + seconds
        await self.quiet()
        while self._queue and self._queue[0][0] <= max(until, self.now()):
            self._ahead += max(0.0, self._queue[0][0] - self.now())
            self._start(heapq.heappop(self._queue)[2])
            done += 1
            await self.quiet()
        self._ahead += max(0.0, until - self.now())
        return done

    async def quiet(self) -> None:
        """Wait until nothing is being done."""
        while self._running:
            _raise_first(await asyncio.gather(*self._running, return_exceptions=True))

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def _run(self, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            while self._queue and self._queue[0][0] <= self.now():
                self._start(heapq.heappop(self._queue)[2])
            left = (self._queue[0][0] - self.now()) / self.speed if self._queue else None
            try:
                await asyncio.wait_for(wake.wait(), None if left is None else max(0.0, left))
            except TimeoutError:
                continue

    def _start(self, job: Job) -> None:
        if not inspect.iscoroutinefunction(job):
            job()
            return
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(job())
        self._running.add(task)
        task.add_done_callback(self._running.discard)


def _raise_first(results: list[BaseException | None]) -> None:
    """A job that broke is a fault of the simulator: it must not pass unseen. Being cancelled is none."""
    for result in results:
        if isinstance(result, Exception):
            raise result
