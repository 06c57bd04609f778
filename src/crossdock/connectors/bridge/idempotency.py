"""Idempotency keys that need no memory: the same write has the same key, on every machine, for ever.

Source: draft-ietf-httpapi-idempotency-key-header; the value is a structured-field string (RFC 9651), so it is quoted.
A key is made of what is done, to which reference, and the very body, because the same key with another body is an
error (422). A server may also keep a refusal under its key; the same order, sent again once the reason is gone, would
be refused for days by an answer out of the drawer. So a refusal that came under a key makes the next send use a new
one: `Refusals` counts them. It forgets with the process, which costs one more refusal and never a second order.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field

REMEMBERED_MAX = 10_000


def idempotency_key(operation: str, ref: str, body: bytes, *, refusals: int = 0) -> str:
    """128 bits of SHA-256, as hexadecimal digits. operation: "orders.create" or the like."""
    parts = (operation.encode(), ref.encode(), hashlib.sha256(body).digest(), str(refusals).encode())
    whole = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(whole).hexdigest()[:32]


@dataclass(slots=True)
class Refusals:
    """How often one write was certainly refused."""

    _counts: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def of(self, key: str) -> int:
        return self._counts.get(key, 0)

    def add(self, key: str) -> None:
        self._counts[key] = self._counts.pop(key, 0) + 1
        while len(self._counts) > REMEMBERED_MAX:
            self._counts.popitem(last=False)
