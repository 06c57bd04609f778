"""Cases as they are remembered, and the records that each holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from crossdock.cases.kind import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case as it stands. records: how many are held. value: what they are worth, by currency."""

    id: int
    pairing: str
    kind: str
    subject: str
    state: str
    desk: str
    severity: str
    cause: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None
    records: int = 0
    value: Mapping[str, Decimal] = field(default_factory=dict)
    evidence: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    assignee: str = ""
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One record a case holds. sticky: only a person's remedy lets it go, not a re-check alone."""

    record: str
    record_id: int
    ref: str
    sticky: bool
    cause: str


class CaseBook(Protocol):
    async def raise_case(
        self,
        finding: Finding,
        *,
        record: str,
        record_id: int = 0,
        ref: str = "",
        evidence: str = "",
        sticky: bool = False,
        currency: str = "",
    ) -> int:
        """Open the case or let it grow by this record; other cases of the record stay as they are. currency: of the
        finding's value."""
        ...

    async def settle(self, kind: str, subject: str, *, record: str, record_id: int = 0, reason: str) -> None:
        """The cause is gone for this record; the case closes itself when it holds nothing more."""
        ...

    async def hold_only(self, findings: Sequence[Finding], *, record: str, record_id: int, ref: str) -> None:
        """The record stands in these findings' cases and in no other."""
        ...

    async def let_go(
        self, record: str, record_ids: Sequence[int], *, reason: str, actor: str, keep: Sequence[str] = ()
    ) -> None:
        """These records leave every case they are in, but those of the kinds to keep."""
        ...

    async def holding(self, record: str, record_ids: Sequence[int]) -> frozenset[int]:
        """Those of the records that stand in an open case."""
        ...

    async def open_subjects(self, kind: str) -> frozenset[str]: ...

    async def open_about(self, kinds: Sequence[str], subjects: Sequence[str]) -> Sequence[int]:
        """Open cases of one of these kinds about one of these subjects."""
        ...

    async def standing(self, kind: str, record: str) -> frozenset[tuple[int, str]]:
        """(record id, subject) of every record of that name that an open case of this kind holds."""
        ...

    async def open_records(self, kind: str, prefix: str) -> frozenset[str]:
        """Records held by open cases of this kind, of those whose name begins so."""
        ...

    async def find_case(self, case_id: int) -> CaseRow | None: ...

    async def held(self, case_id: int) -> Sequence[Held]: ...

    async def unstick(self, case_id: int) -> None:
        """A person asked to look again: what was held for a person's word is free to go."""
        ...

    async def to_recheck(
        self, limit: int, *, older_than_seconds: float | None, records: Sequence[str]
    ) -> Sequence[int]:
        """Open cases that hold a record of these kinds which a re-check may free, the longest unchecked first."""
        ...

    async def checked(self, case_id: int) -> None: ...

    async def note(self, case_id: int, action: str, detail: Mapping[str, Any], *, actor: str) -> None: ...
