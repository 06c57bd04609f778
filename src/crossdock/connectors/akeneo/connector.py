"""The live connection: every capability on one object, and the look that tells whether it works."""

from collections.abc import Sequence

from crossdock.connectors.akeneo.client import Api
from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.probe import Probe
from crossdock.connectors.akeneo.session import Session
from crossdock.connectors.akeneo.sink import ProductWrites
from crossdock.connectors.akeneo.source import ProductReads
from crossdock.connectors.akeneo.source_structure import StructureReads
from crossdock.connectors.akeneo.webhook import Webhooks
from crossdock.ports.runtime import Clock, Gate
from crossdock.ports.systems import ProbeLine

CAPABILITIES = frozenset({"ProductSource", "ProductModelSource", "StructureSource", "ProductSink", "WebhookReceiver"})


class Akeneo(ProductReads, StructureReads, ProductWrites, Webhooks):
    """One PIM. Makes no call before it is asked something."""

    def __init__(self, settings: AkeneoSettings, gate: Gate, clock: Clock) -> None:
        self._session = Session(settings, Api(settings, gate, clock), clock)
        for part in (ProductReads, StructureReads, ProductWrites, Webhooks):
            part.__init__(self, self._session)

    async def close(self) -> None:
        await self._session.api.close()

    async def probe(self) -> Sequence[ProbeLine]:
        return await Probe(self._session).lines()


async def connect(settings: AkeneoSettings, gate: Gate, clock: Clock) -> Akeneo:
    return Akeneo(settings, gate, clock)


def narrowed(settings: AkeneoSettings) -> frozenset[str]:
    """Without a secret no event can be proven genuine, so none is taken."""
    return CAPABILITIES if settings.event_secret else CAPABILITIES - {"WebhookReceiver"}
