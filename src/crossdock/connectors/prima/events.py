"""What an event of a bridge speaks of. Only keys are taken from it; what changed is read again."""

from collections.abc import Mapping

from crossdock.connectors.bridge import Event
from crossdock.ports.systems import WebhookEvent

SUBJECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "stock.changed": (("stock-level", "sku"),),
    "order.status_changed": (("order-status", "external_ref"),),
    "order.rejected": (("order-status", "external_ref"),),
    "shipment.created": (("order-status", "external_ref"), ("despatch", "shipment_id")),
    "shipment.amended": (("order-status", "external_ref"), ("despatch", "shipment_id")),
    "invoice.issued": (("invoice", "number"),),
    "customer.changed": (("account", "account_code"),),
    "item.changed": (("stock-item", "sku"),),
    "price_list.changed": (("price-list", "code"),),
}
"""Type of event → kinds of record, and the member of `data` that holds their key. Another type speaks of nothing."""


def to_webhook_event(event: Event) -> WebhookEvent:
    wanted = SUBJECTS.get(event.type, ())
    subjects = tuple((kind, event.text(member)) for kind, member in wanted if event.text(member))
    return WebhookEvent(key=event.key, topic=event.type, sent_at=event.sent_at, subjects=subjects)
