"""Akeneo PIM 6.0 and later, Community, Enterprise and SaaS, through its REST API."""

from pathlib import Path

from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.connector import CAPABILITIES, connect, narrowed
from crossdock.connectors.akeneo.translations import TRANSLATIONS
from crossdock.ports.systems import Sample, System

SYSTEM = System(
    kind="akeneo",
    title="Akeneo PIM",
    role="pim",
    settings=AkeneoSettings,
    capabilities=CAPABILITIES,
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).parent / "manifest.toml",
    narrowed=narrowed,
    samples={
        "akeneo": Sample(
            note="A PIM.",
            settings={
                "base_url": "http://127.0.0.1:8804",
                "client_id": "crossdock",
                "client_secret": "file:secrets/akeneo-client-secret",
                "username": "crossdock",
                "password": "file:secrets/akeneo-password",
                "locales": ["en_GB"],
            },
            files={"secrets/akeneo-client-secret": "sandbox-secret", "secrets/akeneo-password": "sandbox-password"},
        )
    },
)
