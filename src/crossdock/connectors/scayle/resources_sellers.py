"""Who sells, where and through what, and who is told of it: frozen records, read as they are written there.

Source: SCAYLE Admin API, Companies, Shops, Merchants, Warehouses, Carriers, Channels, Webhooks; its SDKs (MIT).
"""

from pydantic import field_validator

from crossdock.connectors.scayle.records import masked, record
from crossdock.connectors.scayle.wire import At, Count, Flag, Id, Text


@record
class Company:
    name: Text
    id: Id | None = None


@record
class Carrier:
    """key: what a shipment must name."""

    key: Text
    id: Id | None = None
    name: Text | None = None
    tracking_url: Text | None = None


@record
class Named:
    """A record named in another one."""

    id: Id | None = None
    reference_key: Text | None = None
    name: Text | None = None
    priority: Count | None = None


@record
class ServedCountry:
    shop_key: Text
    country_code: Text
    priority: Count | None = None


@record
class Warehouse:
    """reference_key: never changes. shop_countries: whom it serves; priority there: the higher wins."""

    reference_key: Text
    id: Id | None = None
    merchants: tuple[Named, ...] = ()
    shop_countries: tuple[ServedCountry, ...] = ()

    def serves(self, shop_key: str, country_code: str, merchant: str) -> bool:
        if merchant and not any(one.reference_key == merchant for one in self.merchants):
            return False
        return any(
            one.shop_key.lower() in (shop_key.lower(), f"{shop_key}{country_code}".lower())
            and (country_code.isdecimal() or one.country_code.lower() == country_code.lower())
            for one in self.shop_countries
        )


@record
class CarriedCountry:
    country_code: Text
    carrier: Carrier


@record
class ReturnAddress:
    """country_code: alpha-2 here."""

    id: Id | None = None
    name: Text | None = None
    street: Text | None = None
    street_no: Text | None = None
    zip_code: Text | None = None
    city: Text | None = None
    country_code: Text | None = None


@record
class Merchant:
    """order_delegation_url, cancellation_url: where SCAYLE calls; user and password are cut out of them."""

    reference_key: Text
    id: Id | None = None
    name: Text | None = None
    priority: Count | None = None
    order_delegation_url: Text | None = None
    cancellation_url: Text | None = None
    return_addresses: tuple[ReturnAddress, ...] = ()
    carriers: tuple[CarriedCountry, ...] = ()
    warehouses: tuple[Named, ...] = ()

    @field_validator("order_delegation_url", "cancellation_url")
    @classmethod
    def _masked(cls, url: str | None) -> str | None:
        return masked(url)


@record
class ShopCountry:
    country_code: Text
    id: Id | None = None
    currency_code: Text | None = None
    default_language_code: Text | None = None
    supported_language_codes: tuple[Text, ...] = ()
    url: Text | None = None
    price_group_key: Text | None = None
    active: Flag | None = None
    deleted: Flag | None = None
    warehouses: tuple[Named, ...] = ()


@record
class Shop:
    key: Text
    id: Id | None = None
    name: Text | None = None
    company_id: Id | None = None
    price_group_key: Text | None = None
    active: Flag | None = None
    deleted: Flag | None = None
    countries: tuple[ShopCountry, ...] = ()


@record
class ChannelConfigs:
    emails_enabled: Flag | None = None
    invoices_enabled: Flag | None = None
    external_price_override_enabled: Flag | None = None


@record
class SalesChannel:
    """type: marketplace or in_store. invoices_enabled: whether SCAYLE makes the invoices of its orders."""

    key: Text
    id: Id | None = None
    type: Text | None = None
    name: Text | None = None
    active: Flag | None = None
    shop_country: ShopCountry | None = None
    configs: ChannelConfigs | None = None


@record
class WebhookSubscription:
    """event or event_name: the older and the newer API. The credentials that the newer one shows are not kept."""

    url: Text
    id: Id | None = None
    event: Text | None = None
    event_name: Text | None = None
    version: Count | None = None
    external_id: Text | None = None
    enabled: Flag | None = None
    disabled_reason: Text | None = None
    suspended_until: At | None = None

    @field_validator("url")
    @classmethod
    def _masked(cls, url: str) -> str:
        return masked(url) or ""


@record
class WebhookEventType:
    """event or name: the older and the newer API."""

    event: Text | None = None
    name: Text | None = None
    version: Count | None = None
    description: Text | None = None
    is_deprecated: Flag | None = None
