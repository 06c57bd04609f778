"""Events SCAYLE sends: read as a hint of what to look at.

Three envelopes exist and which belongs to which version is not public, so all are taken. Deliveries repeat, come late
and out of order: nothing is taken from an event but keys. `key` is the same for every delivery of one event.
Source: SCAYLE documentation, Webhooks.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crossdock.connectors.scayle.guard import proves, trouble
from crossdock.connectors.scayle.session import Part
from crossdock.connectors.scayle.wire import At, Malformed, Map, Text, Wire, parse, read
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent

OF_ORDERS = ("order-", "payment-")
SPELLINGS: Mapping[str, str] = {
    "order-canceled": "order-cancelled",
    "order-item-canceled": "order-item-cancelled",
    "package-undeliverable": "order-package-undeliverable",
}
SUBJECTS: Mapping[str, tuple[str, str]] = {  # topic begins with → (field of the payload that holds the record, kind)
    "customer-": ("customer", "account"),
    "product-variant-": ("productVariant", "product"),
    "product-": ("product", "product"),
}


class Envelope(Wire):
    """type: the event's name, missing in one of the three forms."""

    key: Text
    type: Text | None = None
    occurred_at: At | None = None
    payload: Map


class Webhooks(Part):
    """Implements WebhookReceiver."""

    def read_webhook(self, headers: Mapping[str, str], raw: bytes) -> WebhookEvent:
        """headers: in any case. raw: the body as it came."""
        if problem := trouble(headers, self._session.settings, last_part=None):
            raise DataFault("Authorization", problem)
        event = self.fresh(to_event(raw))
        return event if proves(self._session.settings, last_part=None) else replace(event, proven=False)

    def fresh(self, event: WebhookEvent) -> WebhookEvent:
        """Raises DataFault for an event that is older than the setting allows."""
        oldest = self._session.settings.webhook_max_age_seconds
        if oldest and event.sent_at is not None:
            age = (self._session.clock.now() - event.sent_at).total_seconds()
            if age > oldest:
                raise DataFault("occurredAt", f"is {age:.0f} seconds ago; at most {oldest:g} are allowed")
        return event


def to_event(raw: bytes, *, name: str = "") -> WebhookEvent:
    """name: of the event by the address it came to, where the body does not tell. Raises DataFault."""
    try:
        value = parse(raw)
    except Malformed as error:
        raise DataFault("body", str(error)) from error
    envelope = read(Envelope, value, "")
    if not envelope.key:
        raise DataFault("key", "is empty; an event must have one")
    said = envelope.type or name
    topic = SPELLINGS.get(said, said)
    return WebhookEvent(
        key=envelope.key,
        topic=topic or "unnamed",
        sent_at=envelope.occurred_at,
        order_refs=_order_refs(topic, envelope.payload),
        subjects=_subjects(topic, envelope.payload),
    )


def _order_refs(topic: str, payload: dict[str, Any]) -> tuple[str, ...]:
    """payload.order.id, else payload.id where the event is of an order, or of nobody knows what."""
    order = payload.get("order")
    found = _key(order.get("id")) if isinstance(order, dict) else ""
    if not found and (not topic or topic.startswith(OF_ORDERS)):
        found = _key(payload.get("id"))
    return (found,) if found else ()


def _subjects(topic: str, payload: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    for start, (name, kind) in SUBJECTS.items():
        if topic.startswith(start):
            there = payload.get(name)
            found = _key((there if isinstance(there, dict) else payload).get("id"))
            return ((kind, found),) if found else ()
    return ()


def _key(value: Any) -> str:
    """An id is a number, or its digits as text."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value) if str(value).isascii() and str(value).isdecimal() else ""
