"""WAIR For Retail: wair.ai, or a retail-stock bridge beside whatever holds the shops' stock."""

from pathlib import Path

from crossdock.connectors.wair.config import WairSettings
from crossdock.connectors.wair.connector import BRIDGE, connect, narrowed
from crossdock.connectors.wair.translations import TRANSLATIONS
from crossdock.ports.systems import Sample, System

SYSTEM = System(
    kind="wair",
    title="WAIR For Retail",
    role="retail_stock",
    settings=WairSettings,
    capabilities=BRIDGE,
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).parent / "manifest.toml",
    narrowed=narrowed,
    claims=lambda settings: {code: one.owner for code, one in settings.locations.items()},
    stands_in=lambda settings: "retail-stock" if settings.profile == "retail-stock" else "wair",
    samples={
        "wair": Sample(
            note="wair.ai: it is told stock, sales and transfers, and recommends transfers.",
            settings={
                "base_url": "http://127.0.0.1:8806",
                "tenant": "harbour-pine",
                "username": "crossdock",
                "password": "file:secrets/wair-password",
            },
            files={"secrets/wair-password": "sandbox-password"},
        ),
        "retail-stock": Sample(
            note="A retail stock system, through a bridge server beside it: it owns the shops' stock and despatches.",
            settings={
                "base_url": "http://127.0.0.1:8807",
                "profile": "retail-stock",
                "auth": "bearer_static",
                "bearer_token": "file:secrets/retail-stock-token",
            },
            files={"secrets/retail-stock-token": "sandbox-token"},
        ),
    },
)
