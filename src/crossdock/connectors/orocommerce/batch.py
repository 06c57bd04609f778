"""Many records of one type changed with few calls, and what became of each one.

Three ways: a synchronous list (6.0 and later) is atomic, ordered and answers with the records; an asynchronous one is
queued, saves what it can and is asked how it went; a single call a record always works. A synchronous list that is not
worked off in 25 seconds answers like an asynchronous one. Without a running message queue consumer a queued list
stays `new` for ever. Source: oroinc/platform, ApiBundle/Processor/UpdateList, Tests/Functional/RestJsonApiBatch;
vendor documentation api/batch-api, api/sync-batch-api.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from crossdock.connectors.orocommerce.client import Answer, Api
from crossdock.connectors.orocommerce.faults import refused, turned_down
from crossdock.connectors.orocommerce.jsonapi import Resource, WireError, attributes, body, wire_error
from crossdock.connectors.orocommerce.paging import Listing, read_all
from crossdock.model.faults import Refused, RemoteFault, Unanswered, Unknown
from crossdock.ports.runtime import Priority

SYNC_MAX = 100  # records in one synchronous list
SYNC_SECONDS = 60.0  # the server itself waits up to 25 before it falls back
ROUNDS_MAX = 4  # synchronous lists tried, each without what was refused before, until it is one call a record
SINGLES_AT_ONCE = 8
STALLED = "is a message queue consumer running?"
POINTER = re.compile(r"^/data/(\d+)(?:/|$)")

Mode = Literal["sync", "async", "single"]


@dataclass(frozen=True, slots=True)
class Done:
    """Saved. record: as the shop holds it now; None when a queued list does not tell."""

    record: Resource | None


End = Done | Refused | Unknown
Ends = dict[int, End]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one type, changed or made. timeout_seconds, poll_seconds: for a queued list."""

    api: Api
    timeout_seconds: float
    poll_seconds: float
    priority: Priority = Priority.BULK

    async def save(self, kind: str, records: Sequence[Resource], *, mode: Mode) -> list[End]:
        """One ending a record, in order. records: type, id and what changes, or all of a new one without an id; at most
        SYNC_MAX in a sync list.

        Raises Transient and ConfigFault only when nothing at all was changed.
        """
        ends: Ends = {}
        if mode == "sync":
            await self._sync(kind, records, ends)
        elif mode == "async":
            await self._async(kind, records, ends)
        await self._singles(kind, records, ends)
        return [ends[at] for at in range(len(records))]

    async def _sync(self, kind: str, records: Sequence[Resource], ends: Ends) -> None:
        """Atomic, so what a list names as wrong is taken out and the rest is sent again. Leaves open what should go
        one by one."""
        for _ in range(ROUNDS_MAX):
            at = [index for index in range(len(records)) if index not in ends]
            if not at:
                return
            chosen = [records[index] for index in at]
            answer = await self._send_list(kind, chosen, at, ends, {"X-Mode": "sync"})
            if answer is None:
                return
            if answer.status == 202:
                ends.update(zip(at, await self._worked_off(answer, len(at)), strict=True))
            elif answer.ok:
                ends.update(zip(at, _answered(answer, chosen), strict=True))
            else:
                named = _by_record(answer.errors, len(at))
                if answer.status != 400 or not named:
                    return
                for index, errors in named.items():
                    ends[at[index]] = refused(400, errors, evidence=answer.evidence)

    async def _async(self, kind: str, records: Sequence[Resource], ends: Ends) -> None:
        at = list(range(len(records)))
        answer = await self._send_list(kind, records, at, ends, {})
        if answer is not None and answer.status == 202:
            ends.update(zip(at, await self._worked_off(answer, len(at)), strict=True))
        elif answer is not None and answer.ok:
            ends.update(zip(at, _answered(answer, records), strict=True))

    async def _send_list(
        self, kind: str, records: Sequence[Resource], at: Sequence[int], ends: Ends, headers: Mapping[str, str]
    ) -> Answer | None:
        """None when no usable answer came; every record is then Unknown."""
        listed = [{**record, "meta": {"update": True}} if "id" in record else record for record in records]
        try:
            return await self.api.write(
                "PATCH", kind, body(listed), headers=headers, priority=self.priority, timeout_seconds=SYNC_SECONDS
            )
        except Unanswered as fault:
            ends.update({index: Unknown(str(fault), fault.evidence) for index in at})
            return None

    async def _singles(self, kind: str, records: Sequence[Resource], ends: Ends) -> None:
        """Those still open, one call each. When none could be sent at all, says why by raising it."""
        left = [at for at in range(len(records)) if at not in ends]
        room = asyncio.Semaphore(SINGLES_AT_ONCE)

        async def send(at: int) -> End | RemoteFault:
            async with room:
                return await self._single(kind, records[at])

        found = await asyncio.gather(*(send(at) for at in left))
        unsent = [end for end in found if isinstance(end, RemoteFault)]
        if unsent and len(unsent) == len(records):
            raise unsent[0]
        for at, end in zip(left, found, strict=True):
            ends[at] = Unknown(f"not sent: {end}", end.evidence) if isinstance(end, RemoteFault) else end

    async def _single(self, kind: str, record: Resource) -> End | RemoteFault:
        method, path = ("PATCH", f"{kind}/{quote(str(record['id']), safe='')}") if "id" in record else ("POST", kind)
        try:
            answer = await self.api.write(method, path, body(record), priority=self.priority)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        except RemoteFault as fault:  # Transient or ConfigFault: nothing was done
            return fault
        if not answer.ok:
            return turned_down(f"{method} {path}", answer.status, answer.errors, evidence=answer.evidence)
        return Done(answer.doc.data if answer.doc and isinstance(answer.doc.data, dict) else None)

    async def _worked_off(self, answer: Answer, count: int) -> list[End]:
        """Wait for a queued list. It has been taken in, so whatever cannot be learned now is Unknown."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.timeout_seconds
        data = answer.doc.data if answer.doc else None
        record = data if isinstance(data, dict) else {}
        identity = str(record.get("id") or answer.headers.get("Content-Location", "").rpartition("/")[2])
        if not identity:
            return [Unknown("HTTP 202 without an asynchronous operation", answer.evidence)] * count
        path, trouble = f"asyncoperations/{quote(identity, safe='')}", ""
        while (status := str(attributes(record).get("status"))) not in ("success", "failed", "cancelled"):
            if loop.time() >= deadline:
                waited = f"{path} is still {status} after {self.timeout_seconds:g} s{trouble}"
                return [Unknown(f"{waited}; {STALLED}", answer.evidence)] * count
            await asyncio.sleep(self.poll_seconds)
            try:
                found = (await self.api.read(path, priority=self.priority)).doc
                record = found.data if found and isinstance(found.data, dict) else {}
            except RemoteFault as fault:
                trouble = f" ({fault})"
        try:
            errors = await self._errors(path)
        except RemoteFault as fault:
            return [Unknown(f"{path}: {status}, but its errors could not be read: {fault}", answer.evidence)] * count
        return _worked_off_ends(path, record, errors, count, answer.evidence)

    async def _errors(self, path: str) -> list[WireError]:
        listing = Listing(self.api, f"{path}/errors", {}, priority=self.priority)
        return [wire_error(attributes(row)) async for rows, _ in read_all(listing) for row in rows]


def stalled(ends: Sequence[End]) -> bool:
    """Lists are queued and nobody works them off, so it had better be one call a record from now on."""
    return any(isinstance(end, Unknown) and end.reason.endswith(STALLED) for end in ends)


def _worked_off_ends(path: str, record: Resource, errors: Sequence[WireError], count: int, evidence: str) -> list[End]:
    """Those named are refused. The others are saved if every error names its record and the counts agree."""
    named = _by_record(errors, count)
    status, summary = attributes(record).get("status"), attributes(record).get("summary")
    written = summary.get("writeCount") if isinstance(summary, dict) else None
    nameless = [error for error in errors if not POINTER.match(error.place)]
    whole = status == "success" and not nameless and written in (None, count - len(named))
    said = "; ".join(str(error) for error in nameless[:3])
    unclear = Unknown(f"{path}: {status}, {written} of {count} written{': ' + said if said else ''}", evidence)
    return [
        refused(400, named[at], evidence=evidence) if at in named else Done(None) if whole else unclear
        for at in range(count)
    ]


def _by_record(errors: Sequence[WireError], count: int) -> dict[int, list[WireError]]:
    """Errors by the place of their record in the list that was sent."""
    named: dict[int, list[WireError]] = {}
    for error in errors:
        if (pointer := POINTER.match(error.place)) and int(pointer[1]) < count:
            named.setdefault(int(pointer[1]), []).append(error)
    return named


def _answered(answer: Answer, records: Sequence[Resource]) -> list[End]:
    """By id; new records, and those whose id changed when they were saved, by their place in the list."""
    rows = answer.doc.rows if answer.doc else []
    by_id = {str(row.get("id")): row for row in rows}
    asked = {str(record["id"]) for record in records if "id" in record}
    strangers = [None if str(row.get("id")) in asked else row for row in rows]
    if len(rows) != len(records):
        strangers = [None] * len(records)
    missing = Unknown("the answer to the list does not hold this record", answer.evidence)
    found = [by_id.get(str(record.get("id"))) or strangers[at] for at, record in enumerate(records)]
    return [missing if row is None else Done(row) for row in found]
