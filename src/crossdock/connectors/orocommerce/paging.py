"""Lists read to their proven end. A list that cannot be proven whole raises ReadIncomplete.

Proof of a page: `X-Include: totalCount` gives the number of rows the query has; a page must hold as many different
rows as its number, its size and that total say. A row that comes twice is dropped; a row that is missing is noticed.

There is no cursor, and rows that change move to the end of a list sorted by time, so that page numbers skip what
slides into their gap. A sweep by time therefore asks "from the last time seen" again and again, where nothing can
slide, and counts pages only inside one second. Source: oroinc/platform, ApiBundle, docs on filters and paging.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crossdock.connectors.orocommerce.client import Answer, Api
from crossdock.connectors.orocommerce.faults import rule_for
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, attributes
from crossdock.model.faults import ConfigFault, ReadIncomplete
from crossdock.ports.runtime import Priority

TRIES = 3  # for a page that contradicts itself, and for a list whose rows moved under it
PAGES_MAX = 200_000
BY_CHANGE = "updatedAt,id"
SIZE_CAP = re.compile(r"less than or equals? to (\d+)")


@dataclass(frozen=True, slots=True)
class Page:
    """rows: each once. total: rows the whole query has. more: there are further pages."""

    rows: list[Resource]
    included: Included
    total: int
    more: bool


@dataclass(slots=True)
class Listing:
    """One list and how to ask for it. size: falls to what the site allows. includes: rungs of a ladder, richest first;
    a site that refuses one is asked the next, and the rung is kept."""

    api: Api
    path: str
    query: Mapping[str, str]
    size: int = 100
    includes: tuple[tuple[str, ...], ...] = ((),)
    priority: Priority = Priority.READ
    rung: int = 0

    async def page(self, number: int, extra: Mapping[str, str] | None = None) -> Page:
        """Raises ReadIncomplete when the page could not be proven whole in a few tries."""
        problem = ""
        for again in range(TRIES):
            await asyncio.sleep(0.1 * again)
            answer = await self._ask(number, extra or {})
            page = self._proven(answer, number)
            if isinstance(page, Page):
                return page
            problem = page
        raise ReadIncomplete(f"GET {self.path}, page {number}: {problem}")

    async def _ask(self, number: int, extra: Mapping[str, str]) -> Answer:
        while True:
            query = {**self.query, **extra, "page[size]": str(self.size), "page[number]": str(number)}
            if includes := self.includes[self.rung]:
                query["include"] = ",".join(includes)
            answer = await self.api.read(
                self.path,
                query,
                headers={"X-Include": "totalCount"},
                expect=frozenset({400}),
                priority=self.priority,
            )
            if answer.ok:
                return answer
            self._give_way(answer, number)

    def _give_way(self, answer: Answer, number: int) -> None:
        """Ask for less, if that is what was refused. Raises ConfigFault when it is not."""
        for error in answer.errors:
            cap = SIZE_CAP.search(error.detail)
            if cap and 0 < int(cap[1]) < self.size and number == 1:
                self.size = int(cap[1])
                return
            if "include" in error.place and self.rung + 1 < len(self.includes):
                self.rung += 1
                return
        said = "; ".join(str(error) for error in answer.errors)
        setting = rule_for(400, answer.errors).setting or "page_size"
        raise ConfigFault(f"GET {self.path}: {said}", setting=setting, evidence=answer.evidence)

    def _proven(self, answer: Answer, number: int) -> Page | str:
        assert answer.doc is not None
        if not isinstance(answer.doc.data, list):
            return "the data of a list is no list"
        said = answer.headers.get("X-Include-Total-Count", "")
        if not said.isdecimal():
            return "X-Include-Total-Count is missing, so that the end cannot be proven"
        total = int(said)
        rows = list({str(row.get("id")): row for row in answer.doc.data}.values())
        due = max(0, min(self.size, total - (number - 1) * self.size))
        if len(rows) < due:
            return f"{len(rows)} different rows where {due} of {total} were due"
        more = total > number * self.size
        if answer.doc.has_next and not more:
            return f"a next page is offered after all {total} rows"
        return Page(rows, answer.doc.included, total, more)


async def read_all(listing: Listing) -> AsyncIterator[tuple[list[Resource], Included]]:
    """Every row of a list in a stable order, once, page by page; rows of a second pass only if they are new."""
    given: set[str] = set()
    for _ in range(TRIES):
        seen: set[str] = set()
        number, total, shrunk = 1, 0, False
        while number <= PAGES_MAX:
            page = await listing.page(number)
            shrunk = shrunk or page.total < total
            total = page.total
            seen.update(str(row["id"]) for row in page.rows)
            if fresh := [row for row in page.rows if str(row["id"]) not in given]:
                given.update(str(row["id"]) for row in fresh)
                yield fresh, page.included
            if not page.more:
                break
            number += 1
        if len(seen) >= total and not shrunk:
            return
    raise ReadIncomplete(f"GET {listing.path}: {len(seen)} rows read of {total}; rows moved while they were read")


async def sweep(listing: Listing, changed_since: datetime | None) -> AsyncIterator[tuple[list[Resource], Included]]:
    """Every record changed at or after that moment, oldest change first. A record that changes meanwhile comes again.

    The listing must be sorted by BY_CHANGE; memory holds the ids of one page, however long the list is.
    """
    since = moment(changed_since) if changed_since else ""
    number, total, restarts = 1, 0, 0
    given: set[tuple[str, str]] = set()  # rows already given that the next answer may hold again
    crowd = Crowd()
    for _ in range(PAGES_MAX):
        page = await listing.page(number, {"filter[updatedAt][gte]": since} if since else {})
        if number > 1 and page.total < total:  # a row is gone, and those behind it slid into its place
            number, restarts = 1, _counted(restarts, listing)
            continue
        total = page.total
        rows = {(str(row["id"]), str(attributes(row).get("updatedAt") or "")): row for row in page.rows}
        if fresh := [row for key, row in rows.items() if key not in given]:
            yield fresh, page.included
        given.update(rows)
        crowd.meet(rows)
        last = max((changed for _, changed in rows), default="")
        if not page.more:
            if crowd.doubtful is None:
                return
            since, number, restarts, crowd = crowd.doubtful, 1, _counted(restarts, listing), Crowd()
        elif last > since:
            since, number = last, 1
            given = {key for key in given if key[1] >= last}
        else:
            number += 1
            crowd.add(rows, since)
    raise ReadIncomplete(f"GET {listing.path}: no end after {PAGES_MAX} pages")


@dataclass(slots=True)
class Crowd:
    """Rows that were read by page number. One that comes again with a later time has moved to the end, and the row
    behind it may have slid past us unseen. doubtful: from when to read again because of that; None: no need."""

    members: dict[str, tuple[str, str]] = field(default_factory=dict)
    doubtful: str | None = None

    def add(self, rows: Iterable[tuple[str, str]], since: str) -> None:
        self.members.update({identity: (changed, since) for identity, changed in rows})

    def meet(self, rows: Iterable[tuple[str, str]]) -> None:
        for identity, changed in rows:
            known = self.members.get(identity)
            if known is not None and known[0] != changed:
                since = self.members.pop(identity)[1]
                self.doubtful = since if self.doubtful is None else min(self.doubtful, since)


def moment(at: datetime) -> str:
    """A time as the API's filters take it: UTC, whole seconds, rounded down."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _counted(restarts: int, listing: Listing) -> int:
    if restarts + 1 >= TRIES:
        raise ReadIncomplete(f"GET {listing.path}: rows moved while they were read, {TRIES} times over")
    return restarts + 1
