"""What a channel does when its time comes, or when somebody tells it to: fetch the configuration, download, upload.

Everything goes one at a time. An upload that is not answered with 200 waits and is sent again as it was.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.channel import orders, provided, returns_in
from crossdock.sandbox.khaos_control.channel.book import Book, Waiting
from crossdock.sandbox.khaos_control.channel.calls import (
    CALLS,
    CONFIG,
    ORDERS,
    PROVIDED,
)
from crossdock.sandbox.khaos_control.channel.config_file import Endpoint, read_config
from crossdock.sandbox.khaos_control.channel.documents import MEDIA_TYPES, XML, DocumentError, read, write
from crossdock.sandbox.khaos_control.channel.posts import posts_of
from crossdock.sandbox.khaos_control.channel.reference import References
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.channel.transport import Exchange, Transport
from crossdock.sandbox.khaos_control.store import Store

CONTINUATION = "Sirion-Continuation"
Result = dict[str, Any]


class Poller:
    """It outlives resets of the database: `bind` gives it the new one."""

    def __init__(self, faults: Callable[[], FaultPlan]) -> None:
        self.transport = Transport(faults)
        self.busy = asyncio.Lock()

    def bind(self, store: Store, settings: ChannelSettings) -> None:
        """Serve this database from now on, with nothing yet downloaded or sent."""
        self.book = Book(store, settings)
        self.references = References(store, lambda: self.book.settings)

    async def round(self, call: str) -> Result:
        """One round of one call, as by its interval: what waits again, then what is new."""
        pages = self.book.settings.order_pages if call == ORDERS else 1
        return await (self.upload(call) if CALLS[call].upload else self.download(call, pages=pages))

    async def download(self, call: str, *, refs: Sequence[str] = (), pages: int = 1) -> Result:
        """GET what the web server has. refs: only those. Pages follow each other until one is empty."""
        async with self.busy:
            endpoint = await self._endpoint(call)
            if not isinstance(endpoint, Endpoint):
                return endpoint
            taken: Counter[str] = Counter()
            answer, left = {"call": call, "ok": True}, pages
            while left > 0:
                answer, count = await self._page(call, endpoint, refs, taken)
                left = left - 1 if answer["ok"] and count else 0
            return answer | {"imported": dict(taken)}

    async def _page(
        self, call: str, endpoint: Endpoint, refs: Sequence[str], taken: Counter[str]
    ) -> tuple[Result, int]:
        book = self.book
        headers = {"Accept": MEDIA_TYPES[endpoint.form].partition(";")[0], CONTINUATION: book.continuation(call)}
        if refs:
            headers[book.settings.specific_ids_header] = _ids(refs, book.settings.specific_ids)
        one = await self.transport.exchange(book, Exchange(call, "GET", endpoint.url, headers, b""))
        if not one.accepted or self.book is not book:  # the database was begun anew meanwhile
            return _answer(one), 0
        try:
            count = self._take(call, read(one.reply, endpoint.form), taken, xml=endpoint.form == XML)
        except DocumentError as error:
            return _answer(one) | {"ok": False, "outcome": f"unreadable: {error}"}, 0
        if not refs and (following := one.reply_headers.get(CONTINUATION.lower())):
            book.continuations[call] = following
        return _answer(one), count

    def _take(self, call: str, values: Mapping[str, Any], taken: Counter[str], *, xml: bool) -> int:
        """Import a page. Returns how much was on it. Raises DocumentError: when it is no such document."""
        if call == PROVIDED:
            done = provided.take_stock(self.book, self.references, values, xml=xml)
            taken.update(done)
            return sum(done.values())
        if not str(values.get("ApiVersion", "")).strip().isdecimal():
            raise DocumentError("ApiVersion is missing")
        config, book = values.get("Config"), self.book
        if call == ORDERS:
            rows = [
                orders.take_order(book, self.references, one, config, xml=xml)
                for one in _rows(values, "Orders", single=False)
            ]
        else:
            rows = [
                returns_in.take_return(book, self.references, one, config, xml=xml)
                for one in _rows(values, "Returns", single=True)
            ]
        taken.update(one.status for one in rows)
        return len(rows)

    async def upload(
        self, call: str, *, everything: bool | None = None, only: frozenset[str] | None = None, new: bool = True
    ) -> Result:
        """POST what waits, then what changed. everything: whether it changed or not. only: of these references or
        codes. new: False sends only what waits."""
        async with self.busy:
            endpoint = await self._endpoint(call)
            if not isinstance(endpoint, Endpoint):
                return endpoint
            posts = [await self._again(endpoint, one) for one in self._due(call)]
            for values, entries in posts_of(self.book, call, everything, only) if new else ():
                root = self.book.settings.xml_roots[call]
                body = write(values, endpoint.form, root=root, items=CALLS[call].items)
                posts.append(await self._post(endpoint, Waiting(call, body, entries)))
            return {
                "call": call,
                "ok": all(one["ok"] for one in posts),
                "posts": posts,
                "entries": sum(one["entries"] for one in posts),
                "waiting": sum(one.call == call for one in self.book.waiting),
            }

    def _due(self, call: str) -> list[Waiting]:
        due = [one for one in self.book.waiting if one.call == call]
        return due if self.book.settings.send_order == "oldest_first" else due[::-1]

    async def _again(self, endpoint: Endpoint, one: Waiting) -> Result:
        self.book.waiting.remove(one)
        one.attempts += 1
        return await self._post(endpoint, one)

    async def _post(self, endpoint: Endpoint, one: Waiting) -> Result:
        headers = {"Content-Type": MEDIA_TYPES[endpoint.form]}
        book = self.book
        done = await self.transport.exchange(
            book,
            Exchange(one.call, "POST", endpoint.url, headers, one.body, entries=one.entries, attempt=one.attempts),
        )
        if not done.accepted and one.entries:
            ceiling = book.settings.retry_ceiling
            (book.given_up if ceiling and one.attempts >= ceiling else book.waiting).append(one)
        return _answer(done) | {"entries": one.entries, "attempt": one.attempts}

    async def _endpoint(self, call: str) -> Endpoint | Result:
        """Where the call goes; a result instead when it cannot be made."""
        settings = self.book.settings
        if call not in settings.calls:
            return {"call": call, "ok": False, "outcome": "not switched on"}
        if (trouble := await self._configure()) is not None:
            return {"call": call, **trouble}
        endpoint = (self.book.endpoints or {}).get(call)
        return endpoint or {"call": call, "ok": False, "outcome": "not in the configuration file"}

    async def _configure(self) -> Result | None:
        """Fetch the configuration file unless one is kept that is fresh. None when there is one."""
        book = self.book
        if not book.settings.url:
            raise ActError("the channel has no url: give the setting channel.url, or use the act set_channel")
        if book.fetched is not None and book.store.now() - book.fetched < timedelta(hours=book.settings.config_hours):
            return None
        one = await self.transport.exchange(book, Exchange(CONFIG, "GET", book.settings.url, {}, b""))
        if not one.accepted:
            return _answer(one) | {"config": "not fetched"}
        try:
            book.endpoints = read_config(one.reply, book.settings.config_format)
        except DocumentError as error:
            return {"ok": False, "outcome": f"unreadable: {error}", "config": "not understood", "status": one.status}
        book.fetched = book.store.now()
        return None


def _answer(one: Exchange) -> Result:
    return {"call": one.call, "ok": one.accepted, "status": one.status, "outcome": one.outcome}


def _rows(values: Mapping[str, Any], name: str, *, single: bool) -> list[Any]:
    """single: one object is taken for a list of one, as an example of the vendor's writes it."""
    rows = values.get(name)
    if rows is None or rows == "":
        return []
    if single and isinstance(rows, dict):
        return [rows]
    if not isinstance(rows, list):
        raise DocumentError(f"{name} is no list")
    return rows


def _ids(refs: Iterable[str], style: str) -> str:
    if style == "each":
        return ",".join(f'"{one}"' for one in refs)
    return f'"{",".join(refs)}"' if style == "whole" else ",".join(refs)
