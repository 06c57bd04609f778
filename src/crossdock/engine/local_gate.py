"""A budget kept by one process alone, for a command that talks to a system without a database at hand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from crossdock.engine.budget import THROTTLED_SECONDS, CallPermit
from crossdock.model.faults import Transient
from crossdock.ports.config import Budget
from crossdock.ports.runtime import Priority

GIVE_UP_AFTER = 4  # failures in a row: one call with all its retries
NOT_AGAIN_SECONDS = 60.0


class LocalGate:
    """Implements ports.runtime.Gate: the configured concurrency and rate, and `Retry-After`.

    Once four calls in a row failed, all others fail at once: whoever waits at a prompt need not wait for each.
    """

    def __init__(self, budget: Budget) -> None:
        self._slots = asyncio.Semaphore(budget.concurrency)
        self._pause = 1.0 / budget.requests_per_second
        self._next = 0.0
        self._failures = 0

    @contextlib.asynccontextmanager
    async def call(self, priority: Priority) -> AsyncIterator[CallPermit]:
        async with self._slots:
            if self._failures >= GIVE_UP_AFTER:
                raise Transient("it did not answer before; no call was made", retry_after_seconds=NOT_AGAIN_SECONDS)
            now = asyncio.get_running_loop().time()
            wait, self._next = self._next - now, max(self._next, now) + self._pause
            if wait > 0:
                await asyncio.sleep(wait)
            permit = CallPermit()
            try:
                yield permit
            finally:
                self._learn(permit)

    def _learn(self, permit: CallPermit) -> None:
        self._failures = self._failures + 1 if permit.has_failed else 0
        if permit.was_throttled:
            pause = THROTTLED_SECONDS if permit.retry_after_seconds is None else permit.retry_after_seconds
            self._next = max(self._next, asyncio.get_running_loop().time() + pause)
