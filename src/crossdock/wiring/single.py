"""One configured system, connected without a database."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from crossdock.engine.clock import SystemClock
from crossdock.engine.local_gate import LocalGate
from crossdock.ports.config import SystemSettings
from crossdock.ports.runtime import Gate
from crossdock.ports.systems import Connector, System
from crossdock.settings.tree import Project


@contextlib.asynccontextmanager
async def connected(project: Project, kinds: Mapping[str, System], name: str) -> AsyncIterator[Connector]:
    """The live connection for the length of the block, within the system's own budget."""
    settings = project.systems[name]
    async with connection(kinds[settings.kind], settings, LocalGate(settings.budget)) as connector:
        yield connector


@contextlib.asynccontextmanager
async def connection(kind: System, settings: SystemSettings, gate: Gate) -> AsyncIterator[Connector]:
    """The same, through this gate."""
    connector = await kind.connect(settings, gate, SystemClock())
    try:
        yield connector
    finally:
        await connector.close()
