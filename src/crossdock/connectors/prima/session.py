"""What the parts of the bridge profile share: the API, the settings, the clock, and what the bridge can do."""

from crossdock.connectors.bridge import BridgeSession
from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.mapping_order import OrderTerms
from crossdock.connectors.prima.wire import PrimaCapabilities, UomMode
from crossdock.model.faults import ConfigFault


class Session(BridgeSession[PrimaSettings, PrimaCapabilities]):
    async def uom_mode(self) -> UomMode:
        mode = self.settings.uom_mode
        return (await self.capabilities()).uom_mode if mode == "auto" else mode

    async def confirmed_stock(self) -> PrimaCapabilities:
        """Raises ConfigFault until both the bridge and the operator vouch for what `free` means."""
        can = await self.need("stock.list")
        if not can.stock.semantics_confirmed:
            raise ConfigFault(unconfirmed("the bridge itself says that it is not"), setting="stock_semantics_confirmed")
        if not self.settings.stock_semantics_confirmed:
            raise ConfigFault(unconfirmed("the setting is not true"), setting="stock_semantics_confirmed")
        return can

    async def terms(self) -> OrderTerms:
        settings, can = self.settings, await self.need("orders.create")
        return OrderTerms(
            source=settings.source,
            hold=settings.hold_orders,
            hold_reason=settings.hold_reason,
            delivery_charge_code=settings.delivery_charge_code,
            delivery_address_code=settings.delivery_address_code,
            invoice_address_code=settings.invoice_address_code,
            sends_price=can.pricing_mode != "erp_prices",
        )


def unconfirmed(why: str) -> str:
    return (
        f"`free` is not published before its meaning is confirmed, and {why}. Run the allocation probe once: a held "
        "order for n must make `free` fall by n with nothing shipped, and cancelling it must make it rise by n. Set "
        "allocation_probe_sku and allocation_probe_account and look (it writes an order), or do it by hand; then set "
        "this to true"
    )
