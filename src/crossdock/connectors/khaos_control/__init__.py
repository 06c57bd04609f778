"""Khaos Control: over its SOAP service IKosWeb, where we call it, and its generic channel, where it calls us."""

from pathlib import Path

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.connector import connect
from crossdock.connectors.khaos_control.translations import TRANSLATIONS
from crossdock.ports.systems import System

SOAP = frozenset({
    "OrderSink", "FulfilmentSource", "StockSource", "StockFinder", "ItemSource", "AccountSource", "AccountSink",
    "PriceSource", "FulfilmentFinder", "SiteStockSource",
})  # fmt: skip
OPTIONAL = {
    "OrderAmender": "amend_order",
    "OrderCanceller": "cancel_order",
    "StockCountSink": "import_stock_status",
    "OpenOrderSource": "list_open_orders",
    "DespatchBooker": "book_despatch",
}


def can(settings: KhaosControlSettings) -> frozenset[str]:
    """The SOAP service always; what is optional in it when it is switched on; the channel once it has a user name;
    returns by it once a reason is there that each can be given; items by it once it offers them and the stock types are
    there that every new item must be given."""
    found = {name for name, setting in OPTIONAL.items() if getattr(settings.optional, setting)}
    if settings.optional.list_open_orders and settings.optional.export_orders:
        found.add("ErpOrderSource")
    if settings.ledger.folder:
        found.add("LedgerSource")
    channel = settings.channel
    if channel.username:
        found.add("Channel")
        if "returns" in channel.calls and channel.return_reason:
            found.add("ReturnChannel")
        if "provided-stock" in channel.calls and channel.provided.stock_type1 and channel.provided.stock_type2:
            found.add("ItemChannel")
    return SOAP | found


SYSTEM = System(
    kind="khaos_control",
    title="Khaos Control",
    role="erp",
    settings=KhaosControlSettings,
    capabilities=SOAP
    | frozenset(OPTIONAL)
    | {"ErpOrderSource", "LedgerSource", "Channel", "ItemChannel", "ReturnChannel"},
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).with_name("manifest.toml"),
    narrowed=can,
    channel="khaos",
)
