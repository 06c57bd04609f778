"""The real worker, for as long as a block lasts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from crossdock.engine.worker import Worker
from crossdock.wiring.installation import Installation
from crossdock.wiring.work import worker

STOP_SECONDS = 60


@contextlib.asynccontextmanager
async def working(here: Installation) -> AsyncIterator[Worker]:
    """Stopped in an orderly way at the end: what it had begun is finished."""
    one = worker(here)
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        one.stop()
        await asyncio.wait_for(task, STOP_SECONDS)
