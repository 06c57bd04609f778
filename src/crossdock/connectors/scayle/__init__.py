"""SCAYLE Commerce Engine, through its Admin API and the addresses it calls."""

from decimal import Decimal
from pathlib import Path

from crossdock.connectors.scayle.config import ScayleSettings
from crossdock.connectors.scayle.connector import connect
from crossdock.connectors.scayle.translations import TRANSLATIONS
from crossdock.ports.systems import Sample, System

SYSTEM = System(
    kind="scayle",
    title="SCAYLE",
    role="storefront",
    settings=ScayleSettings,
    capabilities=frozenset(
        {
            "OrderSource",
            "OrderIndex",
            "OrderAcknowledger",
            "DespatchSink",
            "StockSink",
            "WebhookReceiver",
            "Channel",
            "OrderCanceller",
            "ReturnSink",
            "ReturnSource",
            "BillingSink",
            "ProductSource",
        }
    ),
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).parent / "manifest.toml",
    channel="scayle",
    stock_buffer=Decimal(1),  # an order is blocked over there about a minute before it can be read
    samples={
        "scayle": Sample(
            note="A storefront: one shop country of SCAYLE. The simulator's orders can be read at once, so "
            "changed_at_lag_seconds is nought; leave it out for a real one.",
            settings={
                "base_url": "http://127.0.0.1:8803",
                "access_token": "file:secrets/scayle-access-token",
                "shop_key": "hp",
                "country_code": "GB",
                "merchant": "default",
                "warehouses": ["MAIN-WAREHOUSE"],
                "changed_at_lag_seconds": 0,
            },
            files={"secrets/scayle-access-token": "sandbox-token"},
        )
    },
)
