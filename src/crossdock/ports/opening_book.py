"""What is remembered of ERP accounts that a named person said shall be opened. The store implements it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crossdock.model.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """An account that is being opened for a company. ref: ours, by which the ERP finds it again. actor: who said so.

    attempts: sends so far; sent_at: of the last one.
    """

    company_ref: str
    ref: str
    currency: str
    actor: str
    attempts: int = 0
    sent_at: datetime | None = None


class OpeningBook(Protocol):
    async def begin(self, opening: Opening, *, reason: str) -> bool:
        """Remember the wish, before anything is sent. False when one is under way or done already for the company."""
        ...

    async def under_way(self, limit: int) -> Sequence[Opening]: ...

    async def find(self, company_ref: str) -> Opening | None:
        """One that is under way."""
        ...

    async def sending(self, opening: Opening) -> bool:
        """About to be sent once more; False when somebody else is at it."""
        ...

    async def opened(self, opening: Opening, account: Account) -> None: ...

    async def refused(self, opening: Opening, problem: str) -> None:
        """It is certainly not there; a person may say so once more."""
        ...
