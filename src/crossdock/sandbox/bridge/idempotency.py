"""Idempotency-Key: one key, one request, one answer (draft-ietf-httpapi-idempotency-key-header).

The header is a structured-field string, so it travels in double quotes (RFC 8941, 3.3.3).
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from crossdock.sandbox.bridge.problems import Problem
from crossdock.sandbox.bridge.settings import BridgeKnobs

_QUOTED = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was sent."""

    status: int
    body: bytes


@dataclass(slots=True)
class _Kept:
    fingerprint: str
    until: datetime
    answer: Stored | None = None


class IdempotencyStore:
    """The keys of a server. `begin`, then `finish` or `abandon`."""

    def __init__(self, knobs: BridgeKnobs, clock: Callable[[], datetime]) -> None:
        self.knobs = knobs
        self.clock = clock
        self.kept: dict[str, _Kept] = {}

    def begin(self, header: str | None, method: str, path: str, body: bytes) -> tuple[str, Stored | None]:
        """(the key, the answer to replay or None when the work is to be done now).

        Raises Problem: idempotency-key-missing (also when malformed or too short), -reused, -in-progress.
        """
        key = self._key(header)
        fingerprint = _fingerprint(method, path, body)
        kept = self.kept.get(key)
        if kept is None or kept.until <= self.clock():
            until = self.clock() + timedelta(days=self.knobs.idempotency_days)
            self.kept[key] = _Kept(fingerprint, until)
            return key, None
        if kept.fingerprint != fingerprint:
            raise Problem("idempotency-key-reused", "this key came with a different request before")
        if kept.answer is None:
            text = "the first request with this key still runs"
            raise Problem("idempotency-key-in-progress", text, headers={"Retry-After": "1"})
        return key, kept.answer

    def finish(self, key: str, answer: Stored) -> None:
        """Keep the answer; a refusal is kept only when the knob says so, trouble (429, 5xx) never."""
        refused = answer.status >= 400 and not self.knobs.idempotency_keeps_refusals
        if refused or answer.status == 429 or answer.status >= 500:
            self.abandon(key)
        else:
            self.kept[key].answer = answer

    def abandon(self, key: str) -> None:
        """The work came to nothing: the key is free again."""
        self.kept.pop(key, None)

    def _key(self, header: str | None) -> str:
        if header is None:
            raise Problem("idempotency-key-missing", "this call needs an Idempotency-Key header")
        match = _QUOTED.fullmatch(header.strip())
        if match is None:
            raise Problem("idempotency-key-missing", 'the key is a structured-field string: it stands in "quotes"')
        if len(match[1]) < self.knobs.idempotency_min_length:
            least = self.knobs.idempotency_min_length
            raise Problem("idempotency-key-missing", f"a key has at least {least} characters (128 bits of chance)")
        return match[1]


def _fingerprint(method: str, path: str, body: bytes) -> str:
    """Bodies that say the same in another order of members are the same."""
    try:
        said = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS) if body else b""
    except orjson.JSONDecodeError:
        said = body
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), said))).hexdigest()
