"""Events, by Standard Webhooks 1.0.0: proven genuine and fresh over the raw bytes, then read as a hint.

Signed is `id.timestamp.body`, HMAC-SHA256, base64, as `v1,<signature>`; several signatures, separated by a blank, stand
side by side while secrets are changed over. Nothing is taken from a body but keys: the resource is read again.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crossdock.connectors.bridge.config import BridgeSettings, secret_bytes
from crossdock.connectors.bridge.json_text import loads
from crossdock.connectors.bridge.wire import Code, Ts, Wire, take
from crossdock.model.faults import DataFault

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
KEY_MAX = 256


@dataclass(frozen=True, slots=True)
class Event:
    """key: the same for every delivery. type: the contract's word. data: keys of what it speaks of."""

    key: str
    type: str
    sent_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """One of the keys in data; "" when it is not given as text."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""


class _Body(Wire):
    type: Code
    timestamp: Ts
    data: dict[str, Any]


def verify(headers: Mapping[str, str], raw: bytes, settings: BridgeSettings, now: datetime) -> Event:
    """headers: in any case. raw: the body as it came. Raises DataFault: unsigned, forged, old, or no event."""
    given = {name.lower(): value for name, value in headers.items()}
    key, stamp = _header(given, ID), _header(given, TIMESTAMP)
    sent_at = _moment(stamp)
    keys = [secret_bytes(secret.get_secret_value()) for secret in settings.webhook_secrets]
    if not keys:
        raise DataFault("webhook_secrets", "no secret is set, so that no event can be told from a forged one")
    check_signature(_header(given, SIGNATURE), f"{key}.{stamp}.".encode() + raw, keys)
    age = (now - sent_at).total_seconds()
    if abs(age) > settings.webhook_max_age_seconds:
        allowed = f"{settings.webhook_max_age_seconds:g} seconds"
        raise DataFault(TIMESTAMP, f"is {age:.0f} seconds ago; at most {allowed} are allowed either way")
    return read_event(raw, key=key, sent_at=sent_at)


def check_signature(header: str, signed: bytes, keys: Sequence[bytes]) -> None:
    """One good signature of any key suffices. Signatures of other versions are passed over. Raises DataFault."""
    wanted = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in keys]
    offered = [one.removeprefix("v1,").encode() for one in header.split(" ") if one.startswith("v1,")]
    matches = [hmac.compare_digest(one, other) for one in wanted for other in offered]
    if not any(matches):
        raise DataFault(SIGNATURE, "is not that of the body; the secrets differ or the body was changed")


def read_event(raw: bytes, *, key: str = "", sent_at: datetime | None = None) -> Event:
    """`{"type", "timestamp", "data"}`. key, sent_at: as signed, where the headers are known. Raises DataFault."""
    try:
        body = take(_Body, loads(raw))
    except ValueError as error:
        raise DataFault("document", f"is no whole JSON document: {error}") from error
    return Event(key, body.type, sent_at or body.timestamp, body.data)


def _header(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if not value or len(value) > (KEY_MAX if name == ID else 4096):
        raise DataFault(name, "is missing, empty or far too long; every event must carry it")
    return value


def _moment(stamp: str) -> datetime:
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11):
        raise DataFault(TIMESTAMP, f"must be whole seconds since 1970, was {stamp!r:.40}")
    return datetime.fromtimestamp(int(stamp), UTC)
