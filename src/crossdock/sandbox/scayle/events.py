"""The Admin webhook events there are, and the three envelopes they come in.

Which envelope belongs to which version is not published, so a setting picks. None is signed.
"""

from collections.abc import Sequence
from datetime import datetime

from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.knobs import Knobs
from crossdock.sandbox.scayle.order_view import item_row, order_row
from crossdock.sandbox.scayle.sales import Order, Unit
from crossdock.sandbox.scayle.times import iso

ORDER_EVENTS = (
    "order-confirmed", "order-delegated", "order-invoiced", "order-partially-invoiced", "order-corrective-invoiced",
    "order-cancelled", "order-custom-data-updated", "payment-capture", "payment-refund",
)  # fmt: skip
ITEM_EVENTS = (
    "order-item-out-of-stock", "order-item-returned", "order-item-cancelled", "order-item-unshippable",
    "order-package-shipped", "order-package-undeliverable",
)  # fmt: skip
OTHER_EVENTS = (
    "customer-created", "customer-updated", "customer-anonymized", "customer-address-created",
    "customer-address-updated", "customer-address-deleted", "newsletter-subscribed", "product-updated",
    "product-master-updated", "product-deleted", "product-variant-deleted", "product-variant-stock-updated",
    "product-variant-prices-updated", "product-variant-availability-updated",
)  # fmt: skip
OLD_SPELLINGS = {"order-cancelled": "order-canceled", "order-item-cancelled": "order-item-canceled"}
VERSION = 2
FORMS = ("typed", "locale", "nested")


def spelled(event: str, knobs: Knobs) -> str:
    return OLD_SPELLINGS.get(event, event) if knobs.old_spellings else event


def catalogue(knobs: Knobs) -> list[Json]:
    """What `GET /webhooks/events` lists. The catalogue's merchants filter holds for orders and items."""
    return [
        {
            "event": spelled(event, knobs), "version": version, "description": f"Called on {event}.",
            "isDeprecated": False, "isBlocking": False,
            "supportedFilters": {"merchants": event in ORDER_EVENTS + ITEM_EVENTS},
        }
        for event in ORDER_EVENTS + ITEM_EVENTS + OTHER_EVENTS for version in range(1, VERSION + 1)
    ]  # fmt: skip


class Envelopes:
    """Wraps payloads. The `mixed` setting takes the forms in turn."""

    def __init__(self, knobs: Knobs) -> None:
        self.knobs = knobs
        self._turn = 0

    def form(self, event: str) -> str:
        wanted = self.knobs.webhook_envelope
        if wanted == "mixed":
            self._turn += 1
            return FORMS[self._turn % len(FORMS)]
        if wanted == "usual":
            return "nested" if event in ITEM_EVENTS else "typed"
        return wanted

    def of_order(
        self, event: str, key: str, at: datetime, order: Order, units: Sequence[Unit], more: Json, version: int
    ) -> Json:
        """An event of an order. units: those it is about."""
        knobs, form = self.knobs, self.form(event)
        row = order_row(order, knobs, ["legacyCustomData"])
        if knobs.webhook_payload == "thin":
            row = {"id": order.id, "status": row["status"]}
        if form == "nested":
            items = [item_row(unit, order, knobs, custom=True) for unit in units]
            nested: Json = {"order": row, **({"items": items} if units else {}), **more}
            return self._nested(event, key, at, nested)
        if form == "locale":
            row = {("customData" if name == "legacyCustomData" else name): value for name, value in row.items()}
            country = order.country
            locale = {"appId": country.id, "countryCode": country.code3, "currencyCode": country.currency,
                      "languageCode": country.language}  # fmt: skip
            return {"key": key, "occurredAt": iso(at), "locale": locale, "payload": {**row, **more}}
        return self._typed(event, key, at, {**row, **more}, version)

    def of_other(self, event: str, key: str, at: datetime, payload: Json, version: int) -> Json:
        """An event of the catalogue or of a customer: there is no order to nest."""
        return self._typed(event, key, at, payload, version)

    def _typed(self, event: str, key: str, at: datetime, payload: Json, version: int) -> Json:
        meta = {"tenantKey": self.knobs.tenant, "xRequestId": f"req-{key[:8]}"}
        name = spelled(event, self.knobs)
        return {"key": key, "type": name, "version": version, "occurredAt": iso(at), "meta": meta, "payload": payload}

    def _nested(self, event: str, key: str, at: datetime, payload: Json) -> Json:
        meta = {"xRequestId": f"req-{key[:8]}"}
        return {
            "key": key, "type": spelled(event, self.knobs), "occurredAt": iso(at), "meta": meta, "payload": payload,
        }  # fmt: skip
