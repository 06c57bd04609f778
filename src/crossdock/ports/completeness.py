"""Accounting for every id: the thin list a storefront gives of its orders, and what completeness remembers.

Rules of reading as in `systems`. An order that a setting of the connector leaves out is in this list and nowhere else.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

ACCEPTED = "accepted: "
"""How what leaves an order out begins when it is a named person's word, not a setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEntry:
    """One order of the list. storefront_id: its key there. number: what people call it; "" where it has none.

    left_out: the setting of the system that keeps it from being read, by its name; "" when it is to be read.
    """

    storefront_id: str
    number: str = ""
    placed_at: datetime | None = None
    changed_at: datetime | None = None
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPage:
    """entries: one or more of the list; the same order may come again. proven_until: every order that changed before
    then has been given by now; None while that cannot be said."""

    entries: tuple[OrderEntry, ...]
    proven_until: datetime | None = None


class OrderIndex(Protocol):
    def read_order_index(self, changed_since: datetime | None) -> AsyncIterator[IndexPage]:
        """Every order changed at or after that moment, to the proven end of the list."""
        ...

    async def find_order_entry(self, storefront_id: str) -> OrderEntry | None:
        """One order by the storefront's key; None if it is certainly not there."""
        ...


class OrderNumberIndex(Protocol):
    async def find_order_numbers(self, numbers: Sequence[str]) -> Mapping[str, OrderEntry | None]:
        """The order that carries each number, or None if there certainly is none. One that cannot be asked for is
        absent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """An event spoke of an order that we do not have. times: how often."""

    id: int
    storefront_id: str
    topic: str
    heard_at: datetime
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A record that stands in an open case because it never arrived. record: order-number or order-hint."""

    subject: str
    record: str
    record_id: int
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A known order number. fresh: so new that its neighbours may be on their way."""

    number: str
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrder:
    """An order there is an account of. storefront_id: its key there."""

    number: str
    storefront_id: str
    placed_at: datetime | None = None


class CompletenessBook(Protocol):
    """What completeness remembers and counts. Times of the storefront's orders are the storefront's own."""

    def run(
        self, *, now: datetime, window: timedelta, settle: timedelta, start_from: datetime | None
    ) -> AbstractAsyncContextManager["CompletenessRun"]:
        """The run that a crash left open, or a new one from where the last one ended. Raises Busy when another worker
        is at it."""
        ...

    async def last(self) -> Mapping[str, Any] | None:
        """The report of the last run that came to its end; None before the first."""
        ...

    def numbers(self, *, since: datetime, fresh_since: datetime) -> AsyncIterator[Sequence[Numbered]]:
        """Every number there is an account of, taken since then: in the book, or left out and why."""
        ...

    async def known(self, numbers: Sequence[str]) -> Mapping[str, KnownOrder]: ...

    async def missing(self) -> Sequence[Missing]:
        """What stands in open cases because it never arrived."""
        ...

    async def accepted(self, storefront_ids: Sequence[str]) -> Mapping[str, str]:
        """Those of the keys whose loss a named person accepted, with their word."""
        ...

    async def leave_out(self, entries: Sequence[OrderEntry]) -> None:
        """Remember why these are not read. `left_out` here is the whole name of the setting, or a person's word."""
        ...

    async def left_out(self, limit: int) -> Sequence[OrderEntry]:
        """Orders that were left out, newest first, each with the setting by its whole name."""
        ...

    async def hints(self, *, before: datetime, limit: int) -> Sequence[Hint]:
        """Those heard before then, oldest first."""
        ...

    async def hints_left(self, hint_ids: Sequence[int]) -> frozenset[int]:
        """Those of the hints that are not forgotten yet."""
        ...

    async def case_known(self, kind: str, subject: str) -> bool:
        """Whether there ever was such a case, open or closed."""
        ...

    async def hear(self, storefront_ids: Sequence[str], *, topic: str) -> None:
        """Something spoke of these orders, and that is all there is of them."""
        ...

    async def forget_hints(self) -> None:
        """Those of orders that there is an account of by now have done their duty."""
        ...

    async def hours(self, feed: str, *, zone: str, since: datetime) -> Mapping[datetime, int]:
        """Local hour, without its zone → records of the feed in it."""
        ...

    async def newest(self, feed: str, *, until: datetime) -> datetime | None:
        """When the newest record of the feed was made, of those made until then."""
        ...


class CompletenessRun(Protocol):
    """since, until: what is accounted for, by the storefront's time. read_from: where reading of the list goes on."""

    since: datetime
    until: datetime

    @property
    def read_from(self) -> datetime: ...

    async def stage(self, page: IndexPage) -> None: ...

    async def settle_left_out(self, *, setting: str, start_from: datetime | None, start_setting: str) -> None:
        """Remember those that a setting leaves out, under its whole name; forget those it no longer does."""
        ...

    async def accounted(self) -> Sequence[tuple[str, bool, int]]:
        """(state, stands in an open case, how many) of the listed orders that are in the book."""
        ...

    async def left_out_counts(self) -> Mapping[str, int]: ...

    async def listed(self) -> int: ...

    async def unknown(self) -> Sequence[OrderEntry]:
        """Listed, to be read, and not in the book."""
        ...

    async def gone(self, limit: int) -> Sequence[KnownOrder]:
        """In the book by now, changed in this window, and not in the list."""
        ...

    async def unseen_in_erp(self, *, posted_before: datetime, limit: int) -> Sequence[int]:
        """Orders posted in this window and before then, of which the ERP was not asked since."""
        ...

    async def erp_counts(self, *, posted_before: datetime) -> Mapping[str, int]: ...

    async def despatch_counts(self) -> Mapping[str, int]: ...

    async def late(self, than: timedelta) -> tuple[int, float]:
        """Orders of this window that were taken later than that after they were placed; the worst, in seconds."""
        ...

    async def end(self, report: Mapping[str, Any]) -> None:
        """It came to its end: the next one begins where this one stopped."""
        ...
