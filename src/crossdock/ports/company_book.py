"""What the account flows need remembered of storefront companies. The store implements it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crossdock.decide.account_match import Candidate, KnownLink
from crossdock.model.account import Account, AccountLink
from crossdock.model.company import Company
from crossdock.ports.systems import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFile:
    """One company as we remember it. company: None while it cannot be read. known: its link, None while it has none."""

    id: int
    ref: str
    state: str
    company: Company | None
    known: KnownLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What came of looking at one company. state: linked, review or guest. review: what a person reads of it."""

    id: int
    state: str
    review: str = ""
    candidates: tuple[Candidate, ...] = ()


class CompanyBook(Protocol):
    """The storefront companies of one pairing."""

    async def store(self, documents: Sequence[Document[Company]]) -> Mapping[str, tuple[int, str]]:
        """Store one page. Returns the new and changed ones: ref → (id, state)."""
        ...

    async def now(self) -> datetime:
        """The time by the clock that changes are noted by."""
        ...

    async def to_match(self, limit: int, *, after_id: int = 0) -> Sequence[CompanyFile]:
        """Those nobody has looked at since they, or what they may be linked to, changed; in order of id."""
        ...

    async def find(self, ref: str) -> CompanyFile | None:
        """By the storefront's key."""
        ...

    async def load(self, company_ids: Sequence[int]) -> Sequence[CompanyFile]: ...

    def accounts(self) -> AsyncIterator[Sequence[Account]]:
        """Every account of the ERP that we know of."""
        ...

    async def matched(self, found: Sequence[Matched], *, at: datetime) -> None:
        """at: when the accounts they were compared with were read from memory."""
        ...

    async def want_codes(self, links: Sequence[AccountLink]) -> None:
        """The storefront shall hold these account codes."""
        ...

    async def untold(self, limit: int, *, attempts_max: int, after: str = "") -> Sequence[AccountLink]:
        """Links the storefront has not been told of, by company, beginning behind `after`."""
        ...

    async def told(self, links: Sequence[AccountLink], problems: Sequence[str | None]) -> None:
        """The storefront was told of these: "", or why it would not hear; None when nobody can say."""
        ...

    async def set_aside(self, company_ids: Sequence[int]) -> None:
        """A person took these out; they come back when they change."""
        ...

    async def look_again(self, company_ids: Sequence[int]) -> None: ...
