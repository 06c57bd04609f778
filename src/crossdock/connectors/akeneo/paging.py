"""Lists read to their proven end. A list that cannot be proven whole raises ReadIncomplete.

Proof: the PIM names a next page after every full one and after no other. So a page that names none must not be full,
and a page that names one must be; a last full page is followed by an empty one. No count is believed. Cursors are
opaque: only `_links.next.href` is followed, and of it only path and query, because a proxy may stand between.
What this cannot show: a row that is missing from the last page.
Source: Akeneo REST API, "Pagination"; pim-community-dev, OffsetHalPaginator, SearchAfterHalPaginator.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote

from crossdock.connectors.akeneo.client import Api
from crossdock.connectors.akeneo.jsondoc import dump
from crossdock.connectors.akeneo.value_readers import API_PATH
from crossdock.model.faults import ReadIncomplete

PAGES_MAX = 100_000
TRIES = 3  # for a page that contradicts itself
SEARCH_AFTER = {"pagination_type": "search_after"}


@dataclass(frozen=True, slots=True)
class Page:
    """rows: each once. next: path and query of the next page below /api/rest/v1/, "" at the end.

    number: of the page, where it says so. size: how many rows a page may have, where it says so.
    """

    rows: list[Any]
    next: str
    number: int | None
    size: int | None

    def doubt(self, size: int, turn: int, *, thinned: bool) -> str:
        """What of it cannot be; "" when all is well. size: as asked for. thinned: pages may lack rows."""
        full = len(self.rows) >= (self.size or size)
        if self.number is not None and self.number != turn:
            return f"page {self.number} came where page {turn} was due"
        if full and not self.next:
            return "a full page names no next one, so that its end is not proven"
        if self.next and not full and not thinned:
            return f"a page of {len(self.rows)} rows names a next one, where {self.size or size} were due first"
        return ""


async def read_pages(
    api: Api,
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    size: int = 100,
    nothing_on: frozenset[int] = frozenset(),
    setting: str = "",
    pages_max: int = PAGES_MAX,
) -> AsyncIterator[list[Any]]:
    """Every page of a list. nothing_on: statuses of the first page that mean there is nothing. setting: to blame."""
    listing = Listing(api, path, size, setting)
    first = {**(query or {}), "limit": str(size)}
    page = await listing.page(path, 1, first, nothing_on)
    seen = {""}
    before: list[Any] = []
    for turn in range(1, pages_max + 1):
        if page is None:
            return
        if page.rows and page.rows == before:
            raise ReadIncomplete(f"GET {path}: the same page came twice, the cursor does not move")
        before = page.rows
        yield page.rows
        if not page.next:
            return
        if page.next in seen:
            raise ReadIncomplete(f"GET {path}: the next page is one that was read already")
        seen.add(page.next)
        page = await listing.page(page.next, turn + 1)
    raise ReadIncomplete(f"GET {path}: no end after {pages_max} pages")


@dataclass(frozen=True, slots=True)
class Listing:
    """One list, as it was asked for."""

    api: Api
    path: str
    size: int
    setting: str

    async def page(
        self, address: str, turn: int, query: Mapping[str, str] | None = None, nothing_on: frozenset[int] = frozenset()
    ) -> Page | None:
        """None where there is nothing. One that contradicts itself is asked for again. Raises ReadIncomplete."""
        doubt = ""
        for again in range(TRIES):
            await asyncio.sleep(0.1 * again)
            answer = await self.api.read(address, query, expect=nothing_on, setting=self.setting)
            if not answer.ok:
                return None
            page = page_in(answer.body, self.path)
            doubt = page.doubt(self.size, turn, thinned=self.api.follows_short_pages)
            if not doubt:
                return page
        raise ReadIncomplete(f"GET {self.path}: {doubt}")


def page_in(body: Any, path: str) -> Page:
    """Raises ReadIncomplete when it is no page of that list."""
    embedded = body.get("_embedded") if isinstance(body, dict) else None
    rows = embedded.get("items", embedded.get("_items")) if isinstance(embedded, dict) else None
    links = body.get("_links") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not isinstance(links, dict):
        raise ReadIncomplete(f"GET {path}: no page of a list, which has _links and _embedded.items")
    number = body.get("current_page")
    distinct = list({dump(row): row for row in rows}.values())
    return Page(distinct, _next(links, path), number if isinstance(number, int) else None, _size(links))


def _size(links: Mapping[str, Any]) -> int | None:
    said = parse_qs(_href(links.get("self")).partition("?")[2]).get("limit", [""])[0]
    return int(said) if said.isdecimal() and 0 < int(said) <= 1000 else None


def _next(links: Mapping[str, Any], path: str) -> str:
    if links.get("next") is None:
        return ""
    href = _href(links["next"])
    if not href:
        raise ReadIncomplete(f"GET {path}: a next page is named without its address")
    _, found, rest = href.partition(API_PATH)
    if not found or unquote(rest.partition("?")[0]).rstrip("/") != unquote(path).rstrip("/"):
        raise ReadIncomplete(f"GET {path}: the next page is of another list: {href:.200}")
    return rest


def _href(link: Any) -> str:
    href = link.get("href") if isinstance(link, dict) else None
    return href if isinstance(href, str) else ""
