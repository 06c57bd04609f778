"""To wait, within bounds, for a run that somebody else is at."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from crossdock.model.faults import Transient
from crossdock.ports.busy import Busy

LOOKS_MAX = 120

Run = TypeVar("Run")


@contextlib.asynccontextmanager
async def once_free(open_run: Callable[[], AbstractAsyncContextManager[Run]], what: str) -> AsyncIterator[Run]:
    """The run, once whoever is at it has ended; looked for once a second. what: names it in the fault.

    Raises Transient when it does not end in LOOKS_MAX seconds.
    """
    for _ in range(LOOKS_MAX):
        stack = contextlib.AsyncExitStack()
        try:
            run = await stack.enter_async_context(open_run())
        except Busy:
            await asyncio.sleep(1)
            continue
        async with stack:
            yield run
        return
    raise Transient(f"{what} has been under way for {LOOKS_MAX} seconds; compare again when it has ended")
