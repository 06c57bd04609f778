"""How much may be asked at once: slots for calls under way, and calls per second.

Akeneo REST API, "Good practices": 4 concurrent calls per connection, 10 per PIM, 100 requests a second, and 3 a second
for PATCH on attribute options.
"""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from crossdock.sandbox.akeneo.errors import PimError
from crossdock.sandbox.akeneo.model import Pim

EXCEEDED = "You have exceeded the limit of API requests per second."
SECOND = timedelta(seconds=1)


class Limits:
    """Slots are counted per connection and for the whole PIM. others: calls of somebody else under way."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim
        self.busy: Counter[str] = Counter()
        self.others: Counter[str] = Counter()
        self.freed = asyncio.Event()
        self.recent: deque[datetime] = deque()
        self.recent_options: deque[datetime] = deque()
        self.refused = 0

    def count(self, *, options: bool) -> None:
        """One more request this second. Raises the 429."""
        knobs, now = self.pim.knobs, self.pim.clock()
        for times, most, counts in (
            (self.recent, knobs.calls_per_second, True),
            (self.recent_options, knobs.options_per_second, options),
        ):
            while times and now - times[0] >= SECOND:
                times.popleft()
            if counts:
                if len(times) >= most:
                    raise self._exceeded()
                times.append(now)

    @contextlib.asynccontextmanager
    async def slot(self, connection: str) -> AsyncIterator[None]:
        """Hold a slot for the length of the block. Raises the 429, or waits, as the setting says."""
        while not self._free(connection):
            if self.pim.knobs.over_limit == "refuse":
                raise self._exceeded()
            self.freed.clear()
            await self.freed.wait()
        self.busy[connection] += 1
        try:
            yield
        finally:
            self.busy[connection] -= 1
            self.freed.set()

    def occupy(self, connection: str, *, mine: int, elsewhere: int) -> None:
        """Calls that other clients have under way: on this connection, and on others."""
        self.others = Counter({connection: mine, "": elsewhere})
        self.freed.set()

    def _free(self, connection: str) -> bool:
        mine = self.busy[connection] + self.others[connection]
        everyone = self.busy.total() + self.others.total()
        return mine < self.pim.knobs.connection_calls and everyone < self.pim.knobs.instance_calls

    def _exceeded(self) -> PimError:
        self.refused += 1
        after = self.pim.knobs.retry_after
        headers = {} if after is None else {"Retry-After": f"{after:g}"}
        return PimError(429, {"message": EXCEEDED}, headers)
