"""What every part of the connector shares: the API, the settings, the clock, and what was learned of the shop."""

import asyncio
from dataclasses import dataclass, field

from crossdock.connectors.orocommerce.client import Api
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.ports.runtime import Clock

Version = tuple[int, int]

# Resources that first appeared with a version, newest first: where one answers, the shop is at least that.
MARKS: tuple[tuple[str, Version], ...] = (("ordershippingstatuses", (6, 1)), ("orderstatuses", (6, 0)))
OLDEST: Version = (5, 1)


@dataclass(slots=True)
class Session:
    """One shop, connected."""

    settings: OroCommerceSettings
    api: Api
    clock: Clock
    _version: Version | None = None
    _learning: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def version(self) -> Version:
        """As set, or the least that fits what the server answers. Raises Transient, ConfigFault."""
        if self.settings.version != "auto":
            major, _, minor = self.settings.version.partition(".")
            return int(major), int(minor)
        async with self._learning:
            if self._version is None:
                self._version = await self._learn()
            return self._version

    async def _learn(self) -> Version:
        for resource, version in MARKS:
            answer = await self.api.read(resource, {"page[size]": "1"}, expect=frozenset({403, 404}))
            if answer.status != 404:  # a 403 is there too, only not for us
                return version
        return OLDEST
