"""Every process that works says that it is alive, and says good-bye when it stops of its own will.

Whoever was killed does neither; so a rule on `worker-gone` tells of it, as long as one other process is left.
"""

import asyncio
import contextlib
import os
import socket

import asyncpg
import structlog

from crossdock.engine.worker import Worker
from crossdock.store.alerts import PgAlerts

log = structlog.get_logger()

SEEN_EVERY_SECONDS = 10.0
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class LivingWorker(Worker):
    """A worker that is seen. alerts: where it says so."""

    alerts: PgAlerts

    async def run(self) -> None:
        holder = f"{socket.gethostname()}/{os.getpid()}"
        beating = asyncio.create_task(beat(self.alerts, holder))
        try:
            await super().run()
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
        with contextlib.suppress(*AWAY):
            await self.alerts.left(holder)


async def beat(alerts: PgAlerts, holder: str, *, every_seconds: float = SEEN_EVERY_SECONDS) -> None:
    """Until it is cancelled; a database that is away is waited for."""
    while True:
        try:
            await alerts.seen(holder)
        except AWAY as error:
            log.warning("could not say that this worker is alive", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(every_seconds)
