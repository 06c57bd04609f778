"""Lists read to their proven end: `{"data": [...], "page": {"next_cursor", "has_more", "total"}}`.

A list is whole only when `has_more` is false and, where a total is given, as many different keys were read. A cursor
that has expired (410) begins the list anew, once.
"""

from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crossdock.connectors.bridge.client import BridgeApi
from crossdock.connectors.bridge.faults import Verdict
from crossdock.connectors.bridge.wire import ts
from crossdock.model.faults import ReadIncomplete
from crossdock.ports.runtime import Priority

PAGES_MAX = 100_000
IDLE_PAGES_MAX = 20  # pages in a row that bring no new key
Key = Callable[[Mapping[str, Any]], Hashable]


@dataclass(frozen=True, slots=True)
class Page:
    """rows: as they came, those given already and unchanged left out. total: what the server says there are."""

    rows: Sequence[Any]
    next_cursor: str
    total: int | None


class _Expired(Exception):
    """The cursor is too old."""


@dataclass(slots=True)
class _Proof:
    """What was read of one pass, to hold against what the server says."""

    what: str
    key: Key
    keys: set[Hashable] = field(default_factory=set)
    cursors: set[str] = field(default_factory=set)
    total: int | None = None
    idle: int = 0

    def take(self, page: Page) -> None:
        """Raises ReadIncomplete when the page contradicts those before it."""
        before = len(self.keys)
        for row in page.rows:
            self.keys.add(self.identity(row))
        self.idle = 0 if len(self.keys) > before else self.idle + 1
        if page.total is not None and self.total is not None and page.total < self.total:
            raise ReadIncomplete(f"{self.what}: the total fell from {self.total} to {page.total} while it was read")
        self.total = page.total if page.total is not None else self.total
        if not page.next_cursor:
            return
        if page.next_cursor in self.cursors:
            raise ReadIncomplete(f"{self.what}: a cursor came twice, so the list has no end")
        if self.idle >= IDLE_PAGES_MAX:
            raise ReadIncomplete(f"{self.what}: {self.idle} pages in a row brought nothing new")
        self.cursors.add(page.next_cursor)

    def close(self) -> None:
        if self.total is not None and len(self.keys) != self.total:
            raise ReadIncomplete(f"{self.what}: {len(self.keys)} different records read of {self.total}")

    def identity(self, row: Any) -> Hashable:
        """A row without a key is one of its own."""
        found = self.key(row) if isinstance(row, dict) else None
        return ("row", len(self.keys)) if found in (None, "") else ("key", found)


async def read_all(
    api: BridgeApi,
    path: str,
    *,
    key: Key,
    since: datetime | None = None,
    query: Mapping[str, str] | None = None,
    priority: Priority = Priority.READ,
) -> AsyncIterator[Page]:
    """Every row, page by page, as parsed JSON; the end of the iterator is the proof that nothing is missing.

    key: what tells a row from others, None when it cannot be read. since: sent as updated_since, on the first call.
    Raises ReadIncomplete, and what BridgeApi.read raises.
    """
    first = {**(query or {}), **({"updated_since": ts(since)} if since is not None else {})}
    given: dict[Hashable, int] = {}
    for last_try in (False, True):
        try:
            async for page in _one_pass(api, path, first, key, priority):
                fresh = [row for row in page.rows if _is_new(row, key, given)]
                yield Page(fresh, page.next_cursor, page.total)
            return
        except _Expired:
            if last_try:
                raise ReadIncomplete(f"GET {path}: the cursor expired twice while the list was read") from None


async def read_page(
    api: BridgeApi,
    path: str,
    *,
    cursor: str = "",
    query: Mapping[str, str] | None = None,
    priority: Priority = Priority.READ,
) -> Page:
    """One page, and its form proven. cursor: of the page before; the query then stays unsaid, for the cursor holds it.

    Raises ReadIncomplete, and what BridgeApi.read raises.
    """
    asked = {"limit": str(api.settings.page_size), **({"cursor": cursor} if cursor else query or {})}
    expect = frozenset({Verdict.RESTART}) if cursor else frozenset[Verdict]()
    answer = await api.read(path, asked, expect=expect, priority=priority)
    if answer.problem is not None:
        raise _Expired
    try:
        return page_of(answer.doc)
    except ValueError as error:
        raise ReadIncomplete(f"GET {path}: {error}", evidence=answer.evidence) from None


def page_of(document: Any) -> Page:
    """Raises ValueError saying what keeps the document from being a page."""
    data = document.get("data") if isinstance(document, dict) else None
    if not isinstance(data, list):
        raise ValueError("the answer holds no list `data`")
    page = document.get("page")
    if not isinstance(page, dict):
        raise ValueError("the answer holds no object `page`, so that the end cannot be proven")
    more, cursor, total = page.get("has_more"), page.get("next_cursor"), page.get("total")
    if not isinstance(more, bool):
        raise ValueError("page.has_more is not true or false, so that the end cannot be proven")
    if more and (not isinstance(cursor, str) or not cursor):
        raise ValueError("page.next_cursor is missing though there is more")
    if total is not None and (isinstance(total, bool) or not isinstance(total, int) or total < 0):
        raise ValueError("page.total is no number of records")
    return Page(data, str(cursor) if more else "", total)


async def _one_pass(
    api: BridgeApi, path: str, first: Mapping[str, str], key: Key, priority: Priority
) -> AsyncIterator[Page]:
    proof, cursor = _Proof(f"GET {path}", key), ""
    for _ in range(PAGES_MAX):
        page = await read_page(api, path, cursor=cursor, query=first, priority=priority)
        proof.take(page)
        if not page.next_cursor:
            proof.close()
        yield page
        if not page.next_cursor:
            return
        cursor = page.next_cursor
    raise ReadIncomplete(f"GET {path}: no end after {PAGES_MAX} pages")


def _is_new(row: Any, key: Key, given: dict[Hashable, int]) -> bool:
    """Not given before as it is now. A row without a key is always new."""
    identity = key(row) if isinstance(row, dict) else None
    if identity in (None, ""):
        return True
    stamp = hash(repr(row))
    known, given[identity] = given.get(identity), stamp
    return known != stamp
