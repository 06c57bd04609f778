"""What reconciliation needs remembered: runs that can be taken up again, what they read, and what they found."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from crossdock.model.reconciliation import Column, Difference, Dossier, Period, Run, StagedPaper, Subject, Waiver


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadOrder:
    """An order of ours that the storefront's list did not bring. placed: in the period that is looked at."""

    id: int
    ref: str
    storefront_id: str
    placed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDifference:
    """A difference that stands in a case. subject, period: of the run that found it. accepted: by a person, as it is
    now."""

    subject: str
    period: str
    accepted: bool


SideRow = tuple[str, str, str]
"""(key, what one side says of it, what else to show)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unequal:
    """A key of ours of which the other side says something else. theirs: None when it says nothing of it."""

    key: str
    ours: str
    theirs: str | None
    our_detail: str = ""
    their_detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOrder:
    """An order of the period that the ERP has. told: tracking number → state of the despatch we know under it."""

    id: int
    ref: str
    storefront_id: str
    told: Mapping[str, str]


class Tell(Protocol):
    """Somebody who wants to know how far a run has got."""

    def __call__(self, step: str, done: int, whole: int | None = None, /) -> None:
        """whole: None while nobody knows how many there are."""
        ...


class ReconciliationRun(Protocol):
    """One run under way. What a step notes is there for whoever takes the run up after a crash."""

    @property
    def run(self) -> Run: ...

    @property
    def is_resumed(self) -> bool: ...

    @property
    def is_found(self) -> bool:
        """What it found is stored; only its cases may be lacking."""
        ...

    async def note(
        self, progress: Mapping[str, str], *, ours_at: datetime | None = None, theirs_at: datetime | None = None
    ) -> None:
        """Remember how far it got. A snapshot's time is the first one told."""
        ...

    # papers about money

    async def put_papers(self, papers: Sequence[StagedPaper], *, progress: Mapping[str, str] | None = None) -> None:
        """Store one page, and how far that is, at once. The newest word on a paper counts."""
        ...

    async def forget_papers(self, kinds: Sequence[str]) -> None: ...

    async def unread_orders(self, *, placed_before: datetime, after: str) -> Sequence[UnreadOrder]:
        """The next orders of ours the period speaks of, that no list brought, by their numbers."""
        ...

    async def put_together(self) -> None:
        """Orders that share a paper become one dossier; papers find the company they belong to."""
        ...

    async def unasked(self, limit: int) -> Sequence[tuple[str, str, date]]:
        """(our reference, currency, day placed) of orders the ERP is yet to be asked for, by their numbers."""
        ...

    async def count_orders(self) -> int: ...

    def dossiers(self, *, ledger_told: bool, in_reach_from: date) -> AsyncGenerator[Dossier, None]:
        """Every order of the period whose money is not plainly right."""
        ...

    # two sides of anything

    async def put_side(self, side: str, rows: Sequence[SideRow]) -> None:
        """side: ours or theirs. A key comes once on each."""
        ...

    async def end_side(self, side: str, *, at: datetime) -> None:
        """It was read whole, as of then: whoever takes the run up need not read it again."""
        ...

    async def forget_side(self, side: str) -> None:
        """It is read anew."""
        ...

    async def sent_orders(self, limit: int, *, after: str) -> Sequence[SentOrder]:
        """The next orders of the period that the ERP has, by their numbers."""
        ...

    async def keep_found(self, rows: Sequence[SideRow], progress: Mapping[str, str]) -> None:
        """Keep what a page came to, and how far that is, at once: for compares that go order by order."""
        ...

    async def kept_found(self) -> Sequence[SideRow]:
        """All of it, by key."""
        ...

    async def put_sold(self) -> None:
        """Our side: every stock code that the storefront sells from, as it was last read; its SKUs, one a line."""
        ...

    async def put_linked(self) -> None:
        """Our side: ERP account id → its code in lower case; the companies linked to it."""
        ...

    async def put_companies(self) -> None:
        """Our side: `company REF` → the code of its account, in lower case, and as it is written."""
        ...

    def unequal(self, *, batch: int = 1000) -> AsyncGenerator[Sequence[Unequal], None]:
        """What theirs says otherwise of a key of ours, or nothing of."""
        ...

    # what was found

    async def store(
        self,
        differences: AsyncGenerator[Difference, None],
        *,
        counts: Mapping[str, int],
        unknowns: Sequence[str],
        with_columns: bool = False,
    ) -> None:
        """Store all of it, whole or not at all. with_columns: also what the columns of the period come to."""
        ...

    async def end(self) -> Run:
        """For ever."""
        ...


class ReconciliationBook(Protocol):
    def open(
        self, subject: Subject, period: Period | None, *, actor: str
    ) -> AbstractAsyncContextManager[ReconciliationRun]:
        """The run of that name under way, taken up again, or a new one. Raises Busy when somebody else has it."""
        ...

    async def newest(self) -> Sequence[Run]:
        """The newest ended run of each subject and period."""
        ...

    async def find(self, run_id: int) -> Run | None: ...

    async def differences(self, run_id: int) -> Sequence[Difference]: ...

    async def columns(self, run_id: int) -> Sequence[Column]: ...

    async def waivers(self) -> Mapping[tuple[str, str, str, str], Waiver]:
        """(case kind, subject, ours, theirs) → who accepted it."""
        ...

    async def hold(self, run: Run, difference: Difference) -> int:
        """The id under which the difference stands in its case."""
        ...

    async def let_go(self, run: Run) -> Sequence[int]:
        """Ids of what an earlier run of that name found and this one did not."""
        ...

    async def waive(self, ids: Sequence[int], *, actor: str, reason: str) -> None: ...

    async def held(self, ids: Sequence[int]) -> Mapping[int, HeldDifference]:
        """By id."""
        ...

    async def open_periods(self, subject: Subject) -> Sequence[str]:
        """Periods with a difference that stands in a case."""
        ...
