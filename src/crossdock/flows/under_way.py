"""While a call is under way nobody else needs to look at what it is about, however long it takes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager


@asynccontextmanager
async def under_way(renew: Callable[[], Awaitable[object]], *, every_seconds: float) -> AsyncIterator[None]:
    """Call `renew` again and again during the block. If it fails, the look comes early, and looks before it acts."""
    keeper = asyncio.create_task(_keep(renew, every_seconds))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def _keep(renew: Callable[[], Awaitable[object]], every_seconds: float) -> None:
    while True:
        await asyncio.sleep(every_seconds)
        await renew()
