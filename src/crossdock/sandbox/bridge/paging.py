"""Feeds in (updated_at, key) order, read a page at a time with opaque cursors.

A cursor pins `updated_since` and the place reached. Pages look at what is there now: a row that changes during a run
moves behind the place reached and is read again, so a run that ends has seen the newest state of every row.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crossdock.sandbox.bridge.problems import Problem
from crossdock.sandbox.bridge.settings import BridgeKnobs
from crossdock.sandbox.bridge.values import FieldError, Json, parse_ts
from crossdock.sandbox.faults import FaultPlan

LIMIT_MAX = 500
CURSORS_MAX = 20_000
_START = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row. key: unique in its feed. write: its JSON, written only when the row is on the page."""

    updated_at: datetime
    key: str
    write: Callable[[], Json]

    @property
    def place(self) -> tuple[datetime, str]:
        return self.updated_at, self.key


@dataclass(frozen=True, slots=True)
class _Pinned:
    feed: str
    since: datetime | None
    after: tuple[datetime, str]
    until: datetime


class Feeds:
    """Every feed of a server. clock: the server's time."""

    def __init__(self, knobs: BridgeKnobs, clock: Callable[[], datetime], faults: FaultPlan, seed: int) -> None:
        self.knobs = knobs
        self.clock = clock
        self.faults = faults
        self.seed = seed
        self.pinned: OrderedDict[str, _Pinned] = OrderedDict()
        self.cut: dict[str, int] = {}
        self._made = 0

    def expire_cursors(self) -> int:
        """Forget every cursor that is out; how many there were."""
        count = len(self.pinned)
        self.pinned.clear()
        return count

    def cut_short(self, feed: str, count: int = 1) -> None:
        """The next `count` pages that have more behind them claim to be the last; their total stays true."""
        self.cut[feed] = count

    def page(self, feed: str, rows: Iterable[FeedRow], query: Mapping[str, str], label: str) -> Json:
        """`{"data", "page"}` for a call's query (`limit`, `cursor`, `updated_since`).

        feed: names what is paged, its other filters included: a cursor of one feed is refused at another.
        Raises Problem: request-invalid, cursor-expired.
        """
        limit = self._limit(query)
        since, after = self._start(feed, query)
        inside = sorted((row for row in rows if self._is_since(row, since)), key=lambda row: row.place)
        behind = [row for row in inside if row.place > after]
        shown, more = behind[:limit], len(behind) > limit
        if more and self.cut.get(feed, 0) > 0:
            self.cut[feed] -= 1
            more = False
        page: Json = {"next_cursor": self._pin(feed, since, shown[-1].place) if more else None, "has_more": more}
        if self.knobs.page_totals:
            page["total"] = len(inside)
        return {"data": self._struck([row.write() for row in shown], label), "page": page}

    def _is_since(self, row: FeedRow, since: datetime | None) -> bool:
        return since is None or row.updated_at > since or (self.knobs.since_inclusive and row.updated_at == since)

    def _limit(self, query: Mapping[str, str]) -> int:
        given = query.get("limit")
        if given is None:
            return self.knobs.default_limit
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= LIMIT_MAX):
            raise _wrong("limit", f"limit is a number from 1 to {LIMIT_MAX}")
        return int(given)

    def _start(self, feed: str, query: Mapping[str, str]) -> tuple[datetime | None, tuple[datetime, str]]:
        if (cursor := query.get("cursor")) is None:
            return self._since(query), (_START, "")
        if "updated_since" in query:
            raise _wrong("updated_since", "updated_since belongs to the first call only; the cursor has it")
        pinned = self.pinned.get(cursor)
        if pinned is None or pinned.until <= self.clock():
            raise Problem("cursor-expired", "the cursor is no longer known; start again")
        if pinned.feed != feed:
            raise _wrong("cursor", "the cursor belongs to another list")
        return pinned.since, pinned.after

    def _since(self, query: Mapping[str, str]) -> datetime | None:
        if (given := query.get("updated_since")) is None:
            return None
        try:
            return parse_ts(given)
        except ValueError as error:
            raise _wrong("updated_since", str(error)) from error

    def _pin(self, feed: str, since: datetime | None, after: tuple[datetime, str]) -> str:
        self._made += 1
        cursor = hashlib.sha256(f"{self.seed}:{feed}:{self._made}".encode()).hexdigest()[:40]
        until = self.clock() + timedelta(seconds=self.knobs.cursor_seconds)
        self.pinned[cursor] = _Pinned(feed, since, after, until)
        while len(self.pinned) > CURSORS_MAX:
            self.pinned.popitem(last=False)
        return cursor

    def _struck(self, data: list[Json], label: str) -> list[Json]:
        """The page as the faults `short_list` and `duplicate_row` leave it."""
        if data and self.faults.draw("short_list", label):
            data = data[: len(data) - max(1, len(data) // 3)]
        if data and self.faults.draw("duplicate_row", label):
            data = [data[0], *data]
        return data


def _wrong(name: str, detail: str) -> Problem:
    return Problem("request-invalid", detail, errors=[FieldError(f"?{name}", "query", detail)])
