"""Gates of several workers over one database, and a remote system that counts who is inside."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from crossdock.engine.budget import SharedGate
from crossdock.ports.config import Budget
from crossdock.ports.runtime import Priority
from crossdock.store.database import Pool

TENANT, SYSTEM = "main", "khaos"


class Remote:
    """inside: calls under way now; most: the most there ever were at once; begun: how many in all, in order."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self.begun: list[str] = []

    @contextlib.contextmanager
    def call(self, who: str = "") -> Any:
        self.begun.append(who)
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            yield
        finally:
            self.inside -= 1


@contextlib.asynccontextmanager
async def gates(pool: Pool, count: int = 1, **budget: Any) -> AsyncIterator[list[SharedGate]]:
    """That many workers' gates to one system."""
    settings = Budget(**{"requests_per_second": 1000.0, "concurrency": 4, **budget})
    made = [
        SharedGate(pool, tenant=TENANT, system=SYSTEM, budget=settings, holder=f"worker {number}")
        for number in range(count)
    ]
    try:
        yield made
    finally:
        for gate in made:
            await gate.close()


async def pass_through(
    gate: SharedGate, remote: Remote, *, turns: int = 3, who: str = "", priority: Priority = Priority.READ
) -> None:
    """One call, which lasts so many turns of the loop."""
    async with gate.call(priority):
        with remote.call(who):
            for _ in range(turns):
                await asyncio.sleep(0.002)


async def row(pool: Pool) -> Any:
    return await pool.fetchrow(
        "select *, now() as now from remote_budget where tenant = $1 and system = $2", TENANT, SYSTEM
    )
