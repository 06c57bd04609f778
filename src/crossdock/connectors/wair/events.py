"""What an event of a retail-stock bridge speaks of. Only keys are taken from it; what changed is read again."""

from collections.abc import Mapping

from crossdock.connectors.bridge import Event
from crossdock.ports.systems import WebhookEvent

DESPATCH = (("retail-despatch", ("dispatch_id",)),)
LEVEL = (("stock-level", ("location_code", "sku")),)
SUBJECTS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "stock.level_changed": LEVEL,
    "stock.movement": (("stock-movement", ("movement_id",)), *LEVEL),
    "dispatch.confirmed": DESPATCH,
    "dispatch.amended": DESPATCH,
    "dispatch.cancelled": DESPATCH,
    "transfer.recommended": (("transfer-proposal", ("reference_id",)),),
    "item.rejected": (("stock-item", ("sku",)),),
    "item.readiness_changed": (("stock-item", ("sku",)),),
}
"""Type of event → kinds of record, and the members of `data` that hold their key, joined by a slash. Another type
speaks of nothing."""


def to_webhook_event(event: Event) -> WebhookEvent:
    """The order that an event names is the ERP's, so it stands among the subjects: `order_refs` are a storefront's."""
    subjects = []
    for kind, members in SUBJECTS.get(event.type, ()):
        parts = [event.text(member) for member in members]
        if all(parts):
            subjects.append((kind, "/".join(parts)))
    if order := event.text("order_ref"):
        subjects.append(("sales-order", order))
    return WebhookEvent(
        key=event.key,
        topic=event.type,
        sent_at=event.sent_at,
        subjects=tuple(subjects),
    )
