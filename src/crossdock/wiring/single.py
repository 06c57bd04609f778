"""One configured system, connected without a database."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from crossdock.engine.clock import SystemClock
from crossdock.engine.local_gate import LocalGate
from crossdock.ports.systems import Connector, System
from crossdock.settings.tree import Project


@contextlib.asynccontextmanager
async def connected(project: Project, kinds: Mapping[str, System], name: str) -> AsyncIterator[Connector]:
    """The live connection for the length of the block, within the system's own budget."""
    settings = project.systems[name]
    connector = await kinds[settings.kind].connect(settings, LocalGate(settings.budget), SystemClock())
    try:
        yield connector
    finally:
        await connector.close()
