"""Which WAIR it is: wair.ai itself, or a bridge beside whatever holds the shops' stock."""

from crossdock.connectors.wair.bridge_system import RetailBridge
from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.native_system import WairAi
from crossdock.ports.runtime import Clock, Gate

NATIVE = frozenset(
    {
        "RetailItemSink", "LocationSink", "OnHandSink", "CommitmentSink", "RetailSaleSink", "TransferSink",
        "ProposalSource",
    }
)  # fmt: skip
BRIDGE = NATIVE | {
    "RetailItemSource", "LocationSource", "RetailStockSource", "MovementSource", "RetailDespatchSource",
    "WebhookReceiver",
}  # fmt: skip


def narrowed(settings: WairSettings) -> frozenset[str]:
    """Those of the profile; of a bridge no events where there is no secret to check them by."""
    if settings.profile == "wair-ai":
        return NATIVE
    return BRIDGE if settings.webhook_secrets else BRIDGE - {"WebhookReceiver"}


async def connect(settings: WairSettings, gate: Gate, clock: Clock) -> WairAi | RetailBridge:
    """Opens nothing yet: the first call does."""
    if settings.profile == "wair-ai":
        return WairAi(settings, gate=gate, clock=clock)
    return RetailBridge(settings, gate=gate, clock=clock)
