"""Many records in one call: a hundred lines of JSON, answered line by line.

There is no transaction: each line ends by itself, in order, and answers are joined on their line number because a line
that was refused unread carries no key. A server error mid-stream cuts the answer short; what has none is sent once
more, for every line is an upsert.
Source: Akeneo REST API, "Update several"; pim-community-dev, StreamResourceResponse, PartialUpdateList* tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from crossdock.connectors.akeneo import wire
from crossdock.connectors.akeneo.client import BULK, JSON, Answer, Api, quoted
from crossdock.connectors.akeneo.faults import refused, to_error
from crossdock.connectors.akeneo.jsondoc import Malformed, lines, parse
from crossdock.connectors.akeneo.records import BulkAnswer
from crossdock.connectors.akeneo.wire_structure import BulkLine
from crossdock.model.faults import ConfigFault, DataFault, Refused, RemoteFault, Transient, Unanswered, Unknown

DONE = frozenset({201, 204})
OWN_MATTER = frozenset({400, 403, 404, 413, 422})  # of one record, when it is sent by itself


@dataclass(frozen=True, slots=True)
class Written:
    """The PIM says that it took the line. created: it was not there before."""

    created: bool


End = Written | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Bulk:
    """One address that takes lines. key: the name of a line's key there."""

    api: Api
    path: str
    key: str
    query: Mapping[str, str]

    async def patch(self, bodies: Sequence[Mapping[str, Any]], *, again: bool = True) -> list[End]:
        """At most a hundred, each key once; one end each, in order. again: send once more what got no answer.

        Raises Transient and ConfigFault when nothing was done.
        """
        raw = b"\n".join(orjson.dumps(body) for body in bodies)
        try:
            answer = await self.api.write("PATCH", self.path, raw, media_type=BULK, query=self.query)
        except Unanswered as fault:
            return [Unknown(str(fault), fault.evidence) for _ in bodies]
        if answer.too_large:
            return await self._halves(bodies, answer)
        if answer.status != 200:
            return self._whole(bodies, answer)
        ends = [self._end(body, found, answer.evidence) for body, found in self._joined(bodies, answer.raw)]
        open_at = [at for at, end in enumerate(ends) if isinstance(end, Unknown)]
        if open_at and again:
            for at, end in zip(open_at, await self._resent([bodies[at] for at in open_at]), strict=True):
                ends[at] = end
        return ends

    async def _resent(self, bodies: Sequence[Mapping[str, Any]]) -> Sequence[End]:
        try:
            return await self.patch(bodies, again=False)
        except RemoteFault as fault:
            return [Unknown(f"the answer was cut, and it was not sent again: {fault}", fault.evidence) for _ in bodies]

    async def _halves(self, bodies: Sequence[Mapping[str, Any]], answer: Answer) -> list[End]:
        """Nothing of it was done; it is sent in two parts. The second is unknown only if it left."""
        if len(bodies) == 1:
            return [refused(413, answer.error, evidence=answer.evidence)]
        middle = len(bodies) // 2
        first = await self.patch(bodies[:middle])
        try:
            return first + await self.patch(bodies[middle:])
        except (Transient, ConfigFault) as fault:
            return first + [Unknown(f"not sent: {fault}", fault.evidence) for _ in bodies[middle:]]

    def _whole(self, bodies: Sequence[Mapping[str, Any]], answer: Answer) -> list[End]:
        """A whole call refused. 422 is about what it says; anything else is about the address or the rights."""
        if answer.status == 422:
            return [refused(422, answer.error, evidence=answer.evidence) for _ in bodies]
        if answer.ok:
            return [Unknown(f"HTTP {answer.status} where 200 was due", answer.evidence) for _ in bodies]
        raise self.api.denial(f"PATCH {self.path}", answer)

    def _joined(self, bodies: Sequence[Mapping[str, Any]], raw: bytes
                ) -> list[tuple[Mapping[str, Any], BulkAnswer | None]]:  # fmt: skip
        found: dict[int, BulkAnswer] = {}
        for _, line in lines(raw):
            try:
                answer = to_bulk_answer(parse(line))
            except (Malformed, DataFault):  # a line that was cut in the middle
                continue
            found[answer.line] = answer
        return [(body, found.get(at)) for at, body in enumerate(bodies, 1)]

    def _end(self, body: Mapping[str, Any], found: BulkAnswer | None, evidence: str) -> End:
        key = str(body.get(self.key, ""))
        if found is None:
            return Unknown(f"{key}: no line of the answer speaks of it", evidence)
        if found.key and found.key.casefold() != key.casefold():
            return Unknown(f"{key}: its line of the answer speaks of {found.key!r:.80}", evidence)
        if found.status in DONE:
            return Written(created=found.status == 201)
        if found.status >= 500 or found.status < 400:
            return Unknown(f"{key}: answered with status {found.status}", evidence)
        return refused(found.status, found.error, evidence=evidence)

    async def patch_each(self, bodies: Sequence[Mapping[str, Any]]) -> list[End]:
        """One call each, for what only a call for one can ask. Raises as `patch`, before the first is sent."""
        ends: list[End] = []
        for body in bodies:
            try:
                ends.append(await self._patch_one(body))
            except (Transient, ConfigFault) as fault:
                if not ends:
                    raise
                ends.append(Unknown(f"not sent: {fault}", fault.evidence))
        return ends

    async def _patch_one(self, body: Mapping[str, Any]) -> End:
        path = f"{self.path}/{quoted(str(body[self.key]))}"
        try:
            answer = await self.api.write("PATCH", path, orjson.dumps(body), media_type=JSON, query=self.query)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        if answer.status in DONE:
            return Written(created=answer.status == 201)
        if answer.status in OWN_MATTER and (answer.error is not None or answer.too_large):
            return refused(413 if answer.too_large else answer.status, answer.error, evidence=answer.evidence)
        if answer.ok:
            return Unknown(f"HTTP {answer.status} where 201 or 204 was due", answer.evidence)
        raise self.api.denial(f"PATCH {path}", answer)


def to_bulk_answer(body: Any, place: str = "") -> BulkAnswer:
    """One line of an answer. Raises DataFault."""
    found = wire.take(BulkLine, body, place)
    error = to_error(body, status_name="status_code")
    key = found.uuid or found.identifier or found.code or ""
    return BulkAnswer(line=found.line or 0, key=key, status=found.status_code, error=error)
