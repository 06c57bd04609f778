"""The bodies one round of an upload posts. What is in them counts as sent from then on."""

from collections.abc import Callable, Mapping
from typing import Any

from crossdock.sandbox.khaos_control.channel.book import Book
from crossdock.sandbox.khaos_control.channel.calls import LEVELS, PRICES, STATUSES, STOCK
from crossdock.sandbox.khaos_control.channel.statuses import status_entries
from crossdock.sandbox.khaos_control.channel.stock import level_entries, price_entries, stock_entries

Post = tuple[dict[str, Any], int]
Only = frozenset[str] | None


def posts_of(book: Book, call: str, everything: bool | None, only: Only) -> list[Post]:
    """(body, entries) of each post. everything: changed or not; None is as the channel's mode says."""
    settings = book.settings
    modes = {STOCK: settings.stock_mode, LEVELS: settings.level_mode, STATUSES: settings.status_mode}
    return _POSTS[call](book, modes.get(call) == "all" if everything is None else everything, only)


def _stock(book: Book, everything: bool, only: Only) -> list[Post]:
    """Items in pages; those taken off the channel stand in the last one."""
    pages = _pages(stock_entries(book, everything=everything, only=only), book.settings.stock_page)
    gone, book.deleted = [{"StockID": str(one)} for one in book.deleted], []
    if gone and not pages:
        pages = [[]]
    return [
        ({"Items": page, "Deleted": left}, len(page) + len(left))
        for place, page in enumerate(pages, start=1)
        for left in [gone if place == len(pages) else []]
    ]


def _levels(book: Book, everything: bool, only: Only) -> list[Post]:
    """A post is of one site. Nothing changed: one without entries, where the channel is set so."""
    sites = [level_entries(book, site, everything=everything, only=only) for site in book.store.sites]
    pages = [page for entries in sites for page in _pages(entries, book.settings.level_page)]
    if not pages and book.settings.empty_level_posts and only is None:
        pages = [[]]
    return [({"Statuses": page}, len(page)) for page in pages]


def _statuses(book: Book, everything: bool, only: Only) -> list[Post]:
    entries = status_entries(book, everything=everything, only=only)
    return [({"Statuses": page}, len(page)) for page in _pages(entries, book.settings.status_page)]


def _prices(book: Book, everything: bool, _: Only) -> list[Post]:
    entries = price_entries(book, everything=everything)
    return [({"UploadPriceLists": entries}, len(entries))] if entries else []


_POSTS: Mapping[str, Callable[[Book, bool, Only], list[Post]]] = {
    STOCK: _stock, LEVELS: _levels, STATUSES: _statuses, PRICES: _prices,
}  # fmt: skip


def _pages(entries: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    return [entries[start : start + size] for start in range(0, len(entries), size)]
