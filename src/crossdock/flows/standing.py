"""Cases of records that have no row of their own: what a whole look found stands in cases, and nothing else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from crossdock.cases.kind import CaseKind, Finding
from crossdock.flows.pairing import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One record and what is wrong with it. key: the record's, within its pairing. ref: how people know it."""

    key: tuple[str, ...]
    ref: str
    finding: Finding
    evidence: str = ""


def number_of(pairing: str, key: Sequence[str]) -> int:
    """The same for the same record, for ever; another for any other."""
    digest = blake2b("\x1f".join((pairing, *key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


async def keep_told(
    ground: Ground, kind: CaseKind, record: str, found: Sequence[Told], *, whole: bool, reason: str
) -> None:
    """Raise what is new and settle what is gone. whole: everything was looked at, so what was not found is gone.

    record: the name these records go by in cases of this kind, and nobody else's do.
    """
    standing = await ground.cases.standing(kind.code, record)
    there = set()
    for one in found:
        at = (number_of(ground.name, one.key), one.finding.subject)
        there.add(at)
        if at not in standing:
            await ground.cases.raise_case(
                one.finding, record=record, record_id=at[0], ref=one.ref, evidence=one.evidence
            )
    if whole:
        for record_id, subject in sorted(standing - there):
            await ground.cases.settle(kind.code, subject, record=record, record_id=record_id, reason=reason)
