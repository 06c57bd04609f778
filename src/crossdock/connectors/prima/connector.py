"""Which Prima it is: its own SOAP service, or a bridge beside it."""

from crossdock.connectors.prima.bridge_system import PrimaBridge
from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.soap_system import PrimaSoap
from crossdock.ports.runtime import Clock, Gate

BRIDGE = frozenset(
    {
        "OrderSink", "FulfilmentSource", "DespatchFeed", "StockSource", "ItemSource", "AccountSource", "PriceSource",
        "OrderCanceller", "LedgerSource", "WebhookReceiver",
    }
)  # fmt: skip


def narrowed(settings: PrimaSettings) -> frozenset[str]:
    """A bridge's capabilities, without events where there is no secret to check them by; of the SOAP service those that
    its mapping file supports."""
    if settings.profile == "bridge-v1":
        return BRIDGE if settings.webhook_secrets else BRIDGE - {"WebhookReceiver"}
    return settings.mapped().capabilities


async def connect(settings: PrimaSettings, gate: Gate, clock: Clock) -> PrimaBridge | PrimaSoap:
    """Opens nothing yet: the first call does."""
    if settings.profile == "bridge-v1":
        return PrimaBridge(settings, gate=gate, clock=clock)
    return PrimaSoap(settings, gate=gate, clock=clock)
