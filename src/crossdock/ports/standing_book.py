"""What is remembered of what the storefront shows: of companies' accounts, and of orders that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from crossdock.decide.standing import Waiting
from crossdock.model.account import AccountStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAccount:
    """A linked company with its account as it stands and as it is shown; None: nothing was shown yet."""

    id: int
    name: str
    status: AccountStatus
    shown: AccountStatus | None
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOrder:
    """An order whose cases are not those that the storefront tells of. key: a fingerprint of them, "" for none."""

    id: int
    storefront_id: str
    order_ref: str
    waits: tuple[Waiting, ...]
    key: str
    attempts: int = 0


class StandingBook(Protocol):
    async def accounts(self, limit: int, *, after_id: int, shape: str) -> Sequence[ShownAccount]:
        """Linked companies whose account was read, or that were linked, since they were last compared, and those that
        were shown in another shape; by id."""
        ...

    async def account_shown(self, rows: Sequence[tuple[ShownAccount, str]], *, at: datetime, shape: str) -> None:
        """The storefront shows these as they stand; or the text says why it would not, and it is not asked again until
        they change."""
        ...

    async def account_unsure(self, rows: Sequence[ShownAccount]) -> None:
        """Nobody can say whether it was heard: written once more at the next look."""
        ...

    async def orders(self, limit: int, *, after_id: int) -> Sequence[ShownOrder]:
        """By id."""
        ...

    async def order_shown(self, rows: Sequence[tuple[ShownOrder, str, str]]) -> None:
        """With the words shown, and "" or why they would not be."""
        ...

    async def order_unsure(self, rows: Sequence[ShownOrder]) -> None: ...
