"""OroCommerce 5.1 to 7.x, through its back-office JSON:API."""

from pathlib import Path

from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.connector import connect
from crossdock.connectors.orocommerce.translations import TRANSLATIONS
from crossdock.ports.systems import System

ALWAYS = frozenset(
    {
        "OrderSource", "OrderIndex", "OrderNumberIndex", "OrderAcknowledger", "DespatchSink", "StockSink", "PriceSink",
        "WebhookReceiver", "CompanySource", "AccountLinkSink",
    }
)  # fmt: skip


def narrowed(settings: OroCommerceSettings) -> frozenset[str]:
    """Why a change was not made can be shown only where the site has a place for it."""
    return ALWAYS | {"ChangeRefusalSink"} if settings.shows_refusals else ALWAYS


SYSTEM = System(
    kind="orocommerce",
    title="OroCommerce",
    role="storefront",
    settings=OroCommerceSettings,
    capabilities=ALWAYS | {"ChangeRefusalSink"},
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).parent / "manifest.toml",
    narrowed=narrowed,
)
