"""HAL lists: by page number, or by the last item seen.

Akeneo REST API, "Pagination". `next` is there if and only if the page is full, so a last full page is followed by an
empty one (OffsetHalPaginator, SearchAfterHalPaginator).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, documented, invalid
from crossdock.sandbox.akeneo.wire import Call, Reply, address, encoded, json_reply
from crossdock.sandbox.faults import FaultPlan

LIMIT_DEFAULT, LIMIT_MAX = 10, 100
WINDOW_MAX = 10_000
WINDOW_HELP = "http://api.akeneo.com/documentation/pagination.html#the-search-after-method"
SHORT_BY = 2
"""Rows a `short_list` fault leaves out, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One kind of list. path: below `/api/rest/v1/`. key: what items are sorted and continued by. show: an item's
    body. url: an item's path. searchable: it knows `search_after`. by_cursor_only: it knows nothing else.
    repeated: the parameters its links carry along."""

    path: str
    rows: Sequence[Any]
    key: Callable[[Any], str]
    show: Callable[[Any], Json | None]
    url: Callable[[Any], str]
    searchable: bool = False
    by_cursor_only: bool = False
    repeated: Mapping[str, str]


def list_reply(call: Call, listing: Listing, faults: FaultPlan) -> Reply:
    mode = call.params.get("pagination_type", "search_after" if listing.by_cursor_only else "page")
    if mode not in ("page", "search_after"):
        raise invalid("Pagination type does not exist.")
    if mode == "search_after" and not (listing.searchable or listing.by_cursor_only):
        raise invalid("Pagination type is not supported.")
    limit = _limit(call)
    if mode == "search_after" or listing.by_cursor_only:
        return json_reply(_after(call, listing, limit, faults))
    return json_reply(_page(call, listing, limit, faults))


def _limit(call: Call) -> int:
    text = call.params.get("limit", str(LIMIT_DEFAULT))
    if not text.isdigit() or int(text) < 1:
        raise invalid(f'"{text}" is not a valid limit number.')
    if int(text) > LIMIT_MAX:
        raise invalid(f"You cannot request more than {LIMIT_MAX} items.")
    return int(text)


def _page(call: Call, listing: Listing, limit: int, faults: FaultPlan) -> Json:
    text = call.params.get("page", "1")
    if not text.isdigit() or int(text) < 1:
        raise invalid(f'"{text}" is not a valid page number.')
    page = int(text)
    if listing.searchable and page * limit > WINDOW_MAX:
        told = 'You have reached the maximum number of pages you can retrieve with the "page" pagination type. '
        raise documented(told + "Please use the search after pagination type instead", WINDOW_HELP)
    rows = sorted(listing.rows, key=listing.key)[(page - 1) * limit : page * limit]
    links = {"self": page, "first": 1}
    if page > 1:
        links["previous"] = page - 1
    if len(rows) == limit:
        links["next"] = page + 1
    body: Json = {
        "_links": {name: {"href": _page_link(call, listing, number, limit)} for name, number in links.items()}
    }
    body["current_page"] = page
    if call.flag("with_count"):
        body["items_count"] = len(listing.rows)
    return {**body, "_embedded": {"items": _items(call, listing, rows, faults)}}


def _page_link(call: Call, listing: Listing, page: int, limit: int) -> str:
    counted = "true" if call.flag("with_count") else "false"
    if listing.searchable:
        params = {"page": str(page), "with_count": counted, "pagination_type": "page", "limit": str(limit)}
    else:
        params = {"page": str(page), "limit": str(limit), "with_count": counted}
    return f"{address(call.base, listing.path)}?{encoded({**params, **listing.repeated})}"


def _after(call: Call, listing: Listing, limit: int, faults: FaultPlan) -> Json:
    """The cursor is the last item's key; case does not count."""
    cursor = call.params.get("search_after")
    rows = sorted(listing.rows, key=lambda row: listing.key(row).lower())
    if cursor is not None:
        rows = [row for row in rows if listing.key(row).lower() > cursor.lower()]
    rows = rows[:limit]
    links = {"self": cursor, "first": None}
    if len(rows) == limit:
        links["next"] = listing.key(rows[-1]).lower()
    found = {name: {"href": _after_link(call, listing, at, limit)} for name, at in links.items()}
    return {"_links": found, "_embedded": {"items": _items(call, listing, rows, faults)}}


def _after_link(call: Call, listing: Listing, cursor: str | None, limit: int) -> str:
    counted = "true" if call.flag("with_count") else "false"
    params = {"with_count": counted, "pagination_type": "search_after", "limit": str(limit), **listing.repeated}
    if cursor is not None:
        params["search_after"] = cursor
    return f"{address(call.base, listing.path)}?{encoded(params)}"


def _items(call: Call, listing: Listing, rows: Sequence[Any], faults: FaultPlan) -> list[Json]:
    """Bodies come from the store, so a row the index still has and the store has not is missing."""
    items = []
    for row in rows:
        body = listing.show(row)
        if body is not None:
            items.append({"_links": {"self": {"href": address(call.base, listing.url(row))}}, **body})
    if faults.faults and items:
        if faults.draw("short_list", call.label):
            del items[-SHORT_BY:]
        elif faults.draw("duplicate_row", call.label):
            items.append(items[-1])
    return items
