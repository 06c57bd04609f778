"""Events the shop sends: proven genuine and fresh, then read as a hint of what to look at.

The payload may be a step old and the order of delivery is not kept, so nothing is taken from it but keys. The
signature is over the raw body and holds no time: the body's own timestamp is checked instead, and the body's
messageId is the key, because the header that repeats it is not signed.
Source: oroinc/platform, IntegrationBundle, webhook delivery; vendor documentation webhooks.rst.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson

from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent

ALGORITHM = "HMAC-SHA256"


class Webhooks:
    """Implements WebhookReceiver."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_webhook(self, headers: Mapping[str, str], raw: bytes) -> WebhookEvent:
        """headers: in any case. raw: the body as it came, byte for byte."""
        given = {name.lower(): value for name, value in headers.items()}
        settings = self._session.settings
        if settings.webhook_secret is not None:
            check_signature(given, raw, settings.webhook_secret.get_secret_value())
        event = to_event(raw)
        if (header := given.get("webhook-id", event.key)) != event.key:
            raise DataFault("Webhook-Id", f"must repeat the body's messageId {event.key!r:.80}, was {header!r:.80}")
        if event.sent_at is not None:
            age = (self._session.clock.now() - event.sent_at).total_seconds()
            if abs(age) > settings.webhook_max_age_seconds:
                allowed = f"{settings.webhook_max_age_seconds:g} seconds"
                raise DataFault("timestamp", f"is {age:.0f} seconds ago; at most {allowed} are allowed either way")
        return event if settings.webhook_secret is not None else replace(event, proven=False)


def check_signature(headers: Mapping[str, str], raw: bytes, secret: str) -> None:
    """headers: with lower-case names. Raises DataFault."""
    algorithm = headers.get("webhook-signature-algorithm", ALGORITHM)
    if algorithm != ALGORITHM:
        raise DataFault("Webhook-Signature-Algorithm", f"must be {ALGORITHM}, was {algorithm!r:.80}")
    signature = headers.get("webhook-signature", "")
    if not signature:
        raise DataFault("Webhook-Signature", "is missing; this webhook was given a secret and must sign")
    wanted = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise DataFault("Webhook-Signature", "is not that of the body; the secrets differ or the body was changed")


def to_event(raw: bytes) -> WebhookEvent:
    """`{"topic", "eventData", "timestamp", "messageId"}`. Raises DataFault naming what is wrong."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise DataFault("body", f"is no whole JSON document: {error}") from error
    if not isinstance(body, dict):
        raise DataFault("body", f"must be a JSON object, was {type(body).__name__}")
    topic, key, stamp = body.get("topic"), body.get("messageId"), body.get("timestamp")
    if not isinstance(topic, str) or not topic:
        raise DataFault("topic", "is missing; the document must give it")
    if not isinstance(key, str) or not key:
        raise DataFault("messageId", "is missing; the document must give it")
    try:
        sent_at = datetime.fromtimestamp(float(stamp), UTC) if not isinstance(stamp, bool | None) else None
    except (TypeError, ValueError, OverflowError, OSError):
        sent_at = None
    if sent_at is None:
        raise DataFault("timestamp", f"must be a time in seconds since 1970, was {stamp!r:.80}")
    return WebhookEvent(key=key, topic=topic, sent_at=sent_at, order_refs=_order_refs(topic, body.get("eventData")))


def _order_refs(topic: str, event_data: Any) -> tuple[str, ...]:
    """The order an event speaks of. Its id may be a number, and its type a PHP class when it could not be written."""
    data = event_data.get("data") if isinstance(event_data, dict) else None
    identity = data.get("id") if isinstance(data, dict) else None
    if not isinstance(data, dict) or isinstance(identity, bool) or not isinstance(identity, str | int) or not identity:
        return ()
    return (str(identity),) if data.get("type") == "orders" or topic.startswith("order.") else ()
