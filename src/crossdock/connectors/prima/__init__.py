"""Prima: Prima Solutions' SOAP service through a mapping file, or a bridge-v1 server beside whichever Prima it is."""

from pathlib import Path

from crossdock.connectors.prima.config import PrimaSettings
from crossdock.connectors.prima.connector import BRIDGE, connect, narrowed
from crossdock.connectors.prima.samples import SAMPLES
from crossdock.connectors.prima.translations import TRANSLATIONS
from crossdock.ports.systems import System

SYSTEM = System(
    kind="prima",
    title="Prima",
    role="erp",
    settings=PrimaSettings,
    capabilities=BRIDGE,
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).parent / "manifest.toml",
    narrowed=narrowed,
    samples=SAMPLES,
)
