"""Plain fields of records that are there, written and read back.

The shop answers 200 to a write of a field that is read-only as it is configured, and keeps what it has. So what it
holds afterwards is compared with what was sent. Source: oroinc/orocommerce, OrderBundle, OrderTest (status ignored).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from crossdock.connectors.orocommerce.batch import SYNC_MAX, Batch, End, stalled
from crossdock.connectors.orocommerce.jsonapi import Resource, attributes
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import Refused, RemoteFault, Unknown
from crossdock.ports.runtime import Priority

IGNORED = "the shop answered 200 and left {field} at {kept!r}, which shall be {sent!r}: may the API user edit it?"


@dataclass(frozen=True, slots=True)
class Kept:
    """The shop holds what was sent."""


Written = Kept | Refused | Unknown


class FieldWriter:
    """Writes attributes of one kind of record."""

    def __init__(self, session: Session, kind: str, priority: Priority) -> None:
        self._session = session
        self._kind = kind
        self._priority = priority
        self._lists_work = True  # until a queued list is never worked off

    async def write(self, records: Sequence[tuple[str, Resource]]) -> list[Written]:
        """records: (id, attributes). One ending each, in order. Raises Transient and ConfigFault when nothing at all
        was written."""
        written: list[Written] = []
        for start in range(0, len(records), SYNC_MAX):
            part = records[start : start + SYNC_MAX]
            try:
                written += await self._write_part(part)
            except RemoteFault as fault:
                if not written:
                    raise
                written += [Unknown(f"not sent: {fault}", fault.evidence) for _ in part]
        return written

    async def _write_part(self, part: Sequence[tuple[str, Resource]]) -> list[Written]:
        settings = self._session.settings
        batch = Batch(
            self._session.api, settings.async_timeout_seconds, settings.async_poll_seconds, priority=self._priority
        )
        lists = self._lists_work and len(part) > 1 and await self._session.version() >= (6, 0)
        rows = [{"type": self._kind, "id": identity, "attributes": sent} for identity, sent in part]
        ends = await batch.save(self._kind, rows, mode="sync" if lists else "single")
        self._lists_work = self._lists_work and not stalled(ends)
        return [await self._judge(identity, sent, end) for (identity, sent), end in zip(part, ends, strict=True)]

    async def _judge(self, identity: str, sent: Resource, end: End) -> Written:
        if isinstance(end, Refused | Unknown):
            return end
        kept = end.record if end.record is not None else await self._look(identity)
        if kept is None:
            return Unknown(f"{self._kind} {identity}: written by a queued list and not found since")
        held = attributes(kept)
        for field, value in sent.items():
            if not same_value(value, held.get(field)):
                return Refused("ignored", IGNORED.format(field=field, kept=held.get(field), sent=value))
        return Kept()

    async def _look(self, identity: str) -> Resource | None:
        """The record as it is, or None when that cannot be learned now."""
        try:
            answer = await self._session.api.read(f"{self._kind}/{quote(identity, safe='')}", priority=self._priority)
        except RemoteFault:
            return None
        return answer.doc.data if answer.doc and isinstance(answer.doc.data, dict) else None


def same_value(sent: Any, kept: Any) -> bool:
    """Money comes back with four decimals, a blank as null."""
    if sent in (None, "") or kept in (None, ""):
        return sent in (None, "") and kept in (None, "")
    if isinstance(sent, bool) or isinstance(kept, bool):
        return sent is kept
    try:
        return Decimal(str(sent)) == Decimal(str(kept))
    except InvalidOperation:
        return str(sent) == str(kept)
