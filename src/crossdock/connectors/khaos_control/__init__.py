"""Khaos Control: over its SOAP service IKosWeb, where we call it, and its generic channel, where it calls us."""

from pathlib import Path

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.connector import connect
from crossdock.connectors.khaos_control.translations import TRANSLATIONS
from crossdock.ports.systems import System

SOAP = frozenset({"OrderSink", "FulfilmentSource", "StockSource", "ItemSource", "AccountSource", "PriceSource"})
OPTIONAL = {"OrderAmender": "amend_order", "OrderCanceller": "cancel_order", "StockCountSink": "import_stock_status"}


def can(settings: KhaosControlSettings) -> frozenset[str]:
    """The SOAP service always; what is optional in it when it is switched on; the channel once it has a user name."""
    found = {name for name, setting in OPTIONAL.items() if getattr(settings.optional, setting)}
    return SOAP | found | ({"Channel"} if settings.channel.username else set())


SYSTEM = System(
    kind="khaos_control",
    title="Khaos Control",
    role="erp",
    settings=KhaosControlSettings,
    capabilities=SOAP | frozenset(OPTIONAL) | {"Channel"},
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).with_name("manifest.toml"),
    narrowed=can,
    channel="khaos",
)
