"""Standard Webhooks 1.0.0: what is signed, and how (standardwebhooks.com)."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def new_secret(chance: bytes) -> str:
    """`whsec_` and the base64 of these bytes. Raises ValueError: for fewer than 24."""
    if len(chance) < 24:
        raise ValueError("a webhook secret has at least 24 bytes")
    return PREFIX + base64.b64encode(chance).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 HMAC-SHA256 over `id.timestamp.rawbody`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a delivery; while a secret rotates, both sign (newest first)."""
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message_id, timestamp, body) for secret in secrets),
    }
