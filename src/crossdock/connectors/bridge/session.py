"""One bridge, connected, and what it says it can do."""

import asyncio
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from crossdock.connectors.bridge.capabilities import Capabilities, read_capabilities
from crossdock.connectors.bridge.client import BridgeApi
from crossdock.connectors.bridge.config import BridgeSettings
from crossdock.model.faults import Unsupported
from crossdock.ports.runtime import Clock

S = TypeVar("S", bound=BridgeSettings)
C = TypeVar("C", bound=Capabilities)


@dataclass(slots=True)
class BridgeSession(Generic[S, C]):
    """What the parts of a connector share. model: the capabilities told, asked for once, before all else."""

    settings: S
    api: BridgeApi
    clock: Clock
    model: type[C]
    _known: C | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def capabilities(self) -> C:
        """Raises ConfigFault: another major version, or what `check` refuses; and what a read raises."""
        if self._known is not None:
            return self._known
        async with self._lock:
            if self._known is None:
                found = await read_capabilities(self.api, self.model)
                self.check(found)
                self._known = found
        return self._known

    def check(self, found: C) -> None:
        """What the connector asks of them besides. Raises ConfigFault; they are then asked for again the next time."""

    async def need(self, operation: str) -> C:
        """Raises Unsupported where the server says it does not do that."""
        can = await self.capabilities()
        if not can.offers(operation):
            raise Unsupported(operation, f"this server says it is {can.operations.get(operation)}")
        return can
