"""OroCommerce 5.1 to 7.x, through its back-office JSON:API."""

from pathlib import Path

from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.connector import connect
from crossdock.connectors.orocommerce.translations import TRANSLATIONS
from crossdock.ports.systems import System

ALWAYS = frozenset(
    {
        "OrderSource", "OrderIndex", "OrderNumberIndex", "OrderAcknowledger", "DespatchSink", "StockSink", "PriceSink",
        "SaleSwitch", "WebhookReceiver", "CompanySource", "AccountLinkSink",
    }
)  # fmt: skip

OPTIONAL = frozenset({"AccountStatusSink", "OrderStateSink", "ChangeRefusalSink", "BareProductSink"})


def narrowed(settings: OroCommerceSettings) -> frozenset[str]:
    """What every shop can; and what can be shown only where the site has a place for it."""
    has = {
        "AccountStatusSink": bool(settings.account_fields.named),
        "OrderStateSink": bool(settings.order_state_field),
        "ChangeRefusalSink": settings.shows_refusals,
        "BareProductSink": bool(settings.product_family),
    }
    return ALWAYS | {name for name, place in has.items() if place}


SYSTEM = System(
    kind="orocommerce",
    title="OroCommerce",
    role="storefront",
    settings=OroCommerceSettings,
    capabilities=ALWAYS | OPTIONAL,
    connect=connect,
    translations=TRANSLATIONS,
    manifest=Path(__file__).parent / "manifest.toml",
    narrowed=narrowed,
)
