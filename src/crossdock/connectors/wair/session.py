"""What the parts of the retail-stock profile share: the API, the settings, the clock, and what the server can do."""

from crossdock.connectors.bridge import BridgeSession
from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.owners import check_claims
from crossdock.connectors.wair.wire import RetailCapabilities


class Session(BridgeSession[WairSettings, RetailCapabilities]):
    def check(self, found: RetailCapabilities) -> None:
        """Raises ConfigFault for a location that both sides own."""
        check_claims(self.settings, found.locations_owned)
