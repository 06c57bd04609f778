"""Khaos Control: over its SOAP service IKosWeb, where we call it, and its generic channel, where it calls us."""

from pathlib import Path

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.connector import connect
from crossdock.connectors.khaos_control.translations import TRANSLATIONS
from crossdock.ports.systems import System

SOAP = frozenset({"OrderSink", "FulfilmentSource", "StockSource", "ItemSource", "AccountSource", "PriceSource"})


def can(settings: KhaosControlSettings) -> frozenset[str]:
    """The SOAP service always; the channel once it has a user name."""
    return SOAP | ({"Channel"} if settings.channel.username else frozenset())


SYSTEM = System(
    kind="khaos_control",
    title="Khaos Control",
    role="erp",
    settings=KhaosControlSettings,
    capabilities=SOAP | {"Channel"},
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).with_name("manifest.toml"),
    narrowed=can,
    channel="khaos",
)
