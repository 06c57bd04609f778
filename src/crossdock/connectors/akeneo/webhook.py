"""Events proven genuine and fresh before they are believed. Cheap: half a second is all a legacy sender waits.

Legacy: HMAC-SHA256 over time and body, the time in a header. Event Platform: over the raw body alone, with one or two
secrets while one is being replaced; its age is that of the signed `time` inside, and it comes again after 5, 10 and 20
minutes if we did not answer. One that comes twice has the same key, which is how a replay is known for what it is.
Source: Akeneo Events API, "Security"; Akeneo Event Platform, "Webhook", "Key platform behaviors"; pim-community-dev,
Signature.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pydantic import SecretStr

from crossdock.connectors.akeneo.config import AkeneoSettings
from crossdock.connectors.akeneo.events import to_event
from crossdock.connectors.akeneo.session import Session
from crossdock.model.faults import DataFault
from crossdock.ports.systems import WebhookEvent

LEGACY, LEGACY_TIME = "X-Akeneo-Request-Signature", "X-Akeneo-Request-Timestamp"
PRIMARY, SECONDARY = "X-AKENEO-SIGNATURE-PRIMARY", "X-AKENEO-SIGNATURE-SECONDARY"
ALGORITHM_NAME, ALGORITHM = "X-AKENEO-SIGNATURE-ALGORITHM", "HmacSHA256"


class Webhooks:
    """Implements WebhookReceiver."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read_webhook(self, headers: Mapping[str, str], raw: bytes) -> WebhookEvent:
        """headers: in any case. raw: the body as it came, byte for byte."""
        given = {name.lower(): value for name, value in headers.items()}
        settings = self._session.settings
        if LEGACY.lower() in given:
            return self._legacy(given, raw)
        _check(given, raw, [*_secrets(settings), *_values(settings.status_secret)])
        event = to_event(raw, own=self._own, by=settings.product_by)
        if event.sent_at is not None:
            notification = event.topic.startswith("subscription.")
            allowed = settings.event_max_age_seconds if notification else settings.platform_event_max_age_seconds
            self._check_age("timestamp" if notification else "time", event.sent_at, allowed)
        return event

    def _legacy(self, given: Mapping[str, str], raw: bytes) -> WebhookEvent:
        settings = self._session.settings
        stamp = given.get(LEGACY_TIME.lower(), "")
        signed = f"{stamp}.".encode() + raw
        if not any(_matches(given[LEGACY.lower()], signed, secret) for secret in _secrets(settings)):
            raise DataFault(LEGACY, "is not that of time and body; the secrets differ or either was changed")
        try:
            sent_at = datetime.fromtimestamp(int(stamp), UTC)
        except (ValueError, OverflowError, OSError):
            raise DataFault(LEGACY_TIME, f"must be a time in seconds since 1970; was {stamp!r:.40}") from None
        self._check_age(LEGACY_TIME, sent_at, settings.event_max_age_seconds)
        event = to_event(raw, own=self._own, by=settings.product_by)
        return replace(event, sent_at=sent_at)

    def _check_age(self, place: str, sent_at: datetime, allowed: float) -> None:
        age = (self._session.clock.now() - sent_at).total_seconds()
        if not -self._session.settings.event_max_age_seconds <= age <= allowed:
            raise DataFault(place, f"is {age:.0f} seconds ago; at most {allowed:g} are allowed")

    def _own(self, kind: str, name: str) -> bool:
        """Whether we caused it. An author is named by client id in one place, by connection code in another."""
        settings = self._session.settings
        ours = {settings.client_id, settings.connection_code, settings.username}
        return settings.skip_own_events and kind == "api" and name in ours - {""}


def _secrets(settings: AkeneoSettings) -> list[str]:
    return _values(settings.event_secret, settings.event_secret_secondary)


def _values(*secrets: SecretStr | None) -> list[str]:
    return [secret.get_secret_value() for secret in secrets if secret is not None and secret.get_secret_value()]


def _matches(signature: str, signed: bytes, secret: str) -> bool:
    wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted.encode(), signature.strip().encode("utf-8", "surrogateescape"))


def _check(given: Mapping[str, str], raw: bytes, secrets: list[str]) -> None:
    """The platform's signatures. Raises DataFault."""
    if not secrets:
        raise DataFault("event_secret", "is not set, so that no event can be proven genuine")
    algorithm = given.get(ALGORITHM_NAME.lower(), ALGORITHM)
    if algorithm != ALGORITHM:
        raise DataFault(ALGORITHM_NAME, f"must be {ALGORITHM}; was {algorithm!r:.40}")
    signatures = [given[name.lower()] for name in (PRIMARY, SECONDARY) if given.get(name.lower())]
    if not signatures:
        raise DataFault(PRIMARY, "is missing; the subscription was given a secret and must sign")
    if not any(_matches(signature, raw, secret) for signature in signatures for secret in secrets):
        raise DataFault(PRIMARY, "is not that of the body; the secrets differ or the body was changed")
