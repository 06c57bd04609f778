"""What the parts of the retail-stock profile share: the API, the settings, the clock, and what the server can do."""

import asyncio
from dataclasses import dataclass, field

from crossdock.connectors.bridge import BridgeApi, read_capabilities
from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.owners import check_claims
from crossdock.connectors.wair.wire import RetailCapabilities
from crossdock.model.faults import Unsupported
from crossdock.ports.runtime import Clock


@dataclass(slots=True)
class Session:
    """One bridge, connected. Its capabilities are asked for once, before anything else is."""

    settings: WairSettings
    api: BridgeApi
    clock: Clock
    _known: RetailCapabilities | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def capabilities(self) -> RetailCapabilities:
        """Raises ConfigFault: another major version, or a location that both sides own; and what a read raises."""
        if self._known is not None:
            return self._known
        async with self._lock:
            if self._known is None:
                found = await read_capabilities(self.api, RetailCapabilities)
                check_claims(self.settings, found.locations_owned)
                self._known = found
        return self._known

    async def need(self, operation: str) -> RetailCapabilities:
        """Raises Unsupported where the server says it does not do that."""
        can = await self.capabilities()
        if not can.offers(operation):
            raise Unsupported(operation, f"this server says it is {can.operations.get(operation)}")
        return can
