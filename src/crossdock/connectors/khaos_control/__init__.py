"""Khaos Control over its SOAP service IKosWeb: orders in; order status, stock, items, companies and prices out."""

from pathlib import Path

from crossdock.connectors.khaos_control.config import KhaosControlSettings
from crossdock.connectors.khaos_control.connector import connect
from crossdock.connectors.khaos_control.translations import TRANSLATIONS
from crossdock.ports.systems import System

SYSTEM = System(
    kind="khaos_control",
    title="Khaos Control (SOAP IKosWeb)",
    role="erp",
    settings=KhaosControlSettings,
    capabilities=frozenset(
        {"OrderSink", "FulfilmentSource", "StockSource", "ItemSource", "AccountSource", "PriceSource"}
    ),
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).with_name("manifest.toml"),
)
