"""What people do at the channel's screens, and the trouble its calls can be made to meet."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control.channel import orders, returns_in
from crossdock.sandbox.khaos_control.channel.book import Imported, Return, Trouble
from crossdock.sandbox.khaos_control.channel.calls import (
    CALLS,
    CONFIG,
    LEVELS,
    ORDERS,
    PRICES,
    PROVIDED,
    RETURNS,
    STATUSES,
    STOCK,
)
from crossdock.sandbox.khaos_control.channel.clockwork import Clockwork
from crossdock.sandbox.khaos_control.channel.poller import Result
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.channel.transport import CUT, LOST_REPLY, TROUBLES, TWICE, WRONG_PASSWORD
from crossdock.sandbox.khaos_control.channel.view import imported_state, return_state
from crossdock.sandbox.khaos_control.desk import Desk, explained
from crossdock.sandbox.khaos_control.store import Store


class ChannelActs(Desk):
    """Every act that calls the web server answers what became of its calls; a refusal there is no mistake here."""

    def __init__(self, store: Store, clockwork: Clockwork) -> None:
        super().__init__(store)
        self._clockwork = clockwork
        self._poller = clockwork.poller

    async def poll(self, call: str = "", rounds: int = 1) -> list[Result]:
        """One round of a call, or of all that are on; several rounds after each other."""
        calls = [_call(call)] if call else [one for one in CALLS if one in self._poller.book.settings.calls]
        return [await self._poller.round(one) for _ in range(int(rounds)) for one in calls]

    async def download_orders(self, refs: list[str] | None = None, pages: int = 1) -> Result:
        """Ask for orders: what is new since last time, or just those with these references (Retry Download)."""
        return await self._poller.download(ORDERS, refs=tuple(refs or ()), pages=int(pages))

    async def download_returns(self, refs: list[str] | None = None) -> Result:
        """Ask for customer returns, all new ones or just these."""
        return await self._poller.download(RETURNS, refs=tuple(refs or ()))

    async def download_provided_stock(self) -> Result:
        """Ask for stock items that the other side keeps."""
        return await self._poller.download(PROVIDED)

    async def upload_stock(self, everything: bool | None = None, skus: list[str] | None = None) -> Result:
        """Send stock items: what changed, everything, or whichever of these codes changed."""
        return await self._poller.upload(STOCK, everything=everything, only=_folded(skus))

    async def upload_stock_status(self, everything: bool | None = None, skus: list[str] | None = None) -> Result:
        """Send levels, a post per site: what changed, everything, or whichever of these codes changed."""
        return await self._poller.upload(LEVELS, everything=everything, only=_folded(skus))

    async def upload_order_status(self, everything: bool | None = None, refs: list[str] | None = None) -> Result:
        """Send order statuses: of orders that moved, of all, or whichever of these references moved."""
        only = None if refs is None else frozenset(refs)
        return await self._poller.upload(STATUSES, everything=everything, only=only)

    async def upload_price_lists(self, everything: bool | None = None) -> Result:
        """Send the price lists in which anything changed, or all."""
        return await self._poller.upload(PRICES, everything=everything)

    async def resend(self, call: str = "") -> list[Result]:
        """Send again what was not answered with 200, and nothing new."""
        wanted = [_upload(call)] if call else list(dict.fromkeys(one.call for one in self._poller.book.waiting))
        return [await self._poller.upload(one, new=False) for one in wanted]

    async def poll_with_wrong_password(self, call: str = ORDERS) -> Result:
        """One round of a call in which the password is mistyped."""
        return await self._with(WRONG_PASSWORD, _call(call), everything=None)

    async def upload_cut_in_half(self, call: str = STOCK) -> Result:
        """Send everything of an upload; of its first post only the first half goes. It waits to be sent again."""
        return await self._with(CUT, _upload(call), everything=True)

    async def upload_twice(self, call: str = STOCK) -> Result:
        """Send everything of an upload; its first post goes twice."""
        return await self._with(TWICE, _upload(call), everything=True)

    async def lose_reply(self, call: str = STOCK) -> Result:
        """One round of a call, everything of an upload; the connection breaks before the first answer is read."""
        return await self._with(LOST_REPLY, _call(call), everything=True)

    def trouble(self, kind: str, call: str = "", count: int = 1) -> list[Result]:
        """Trouble for the next exchanges of a call: wrong_password, cut, lose_request, lose_reply or twice."""
        if kind not in TROUBLES:
            raise ActError(f"trouble: kind {kind!r} is none of {list(TROUBLES)}")
        if call not in ("", CONFIG):
            _call(call)
        self._poller.book.troubles.append(Trouble(kind, call, int(count)))
        return [asdict(one) for one in self._poller.book.troubles]

    def end_trouble(self) -> list[Result]:
        """No more trouble of the channel's own."""
        self._poller.book.troubles.clear()
        return []

    def set_channel(self, **changes: Any) -> Result:
        """Change settings of the channel by name; the others stay. Another url makes it fetch the file again."""
        book = self._poller.book
        now = {one.name: getattr(book.settings, one.name) for one in fields(book.settings)}
        book.change(ChannelSettings.parse(now | changes))
        self._clockwork.again()
        return book.settings.public()

    def reload_config(self) -> Result:
        """Change the URL, save, and change it back: the configuration file is fetched before the next call."""
        self._poller.book.endpoints = self._poller.book.fetched = None
        return {"config": "to be fetched"}

    def retry_import(self, refs: list[str] | None = None) -> list[Result]:
        """Import again what was downloaded and failed or was skipped, from what was stored then."""
        book = self._poller.book
        rows = self._rows(book.imported, refs, ("Failed", "Skipped"))
        return [imported_state(one) for one in orders.retry(book, self._poller.references, rows)]

    async def retry_download(self, refs: list[str] | None = None) -> Result:
        """Ask again for orders that failed or were skipped, by their references."""
        rows = self._rows(self._poller.book.imported, refs, ("Failed", "Skipped"))
        for row in rows:
            row.status = "Retrying"
        answer = await self._poller.download(ORDERS, refs=[row.ref for row in rows])
        for row in rows:
            if row.status == "Retrying":
                row.status = "Failed"
        return answer

    def ignore_import(self, ref: str) -> Result:
        """Set a row that failed aside."""
        (row,) = self._rows(self._poller.book.imported, [ref], ("Failed", "Skipped"))
        row.status = "Ignore"
        return imported_state(row)

    def unlink_item(self, sku: str) -> Result:
        """Take an item off the channel: the next upload tells that it is deleted."""
        book, item = self._poller.book, self.find_item(sku)
        if item.stock_id in book.unlinked:
            raise ActError(f"unlink_item: {item.code} is off the channel already")
        book.unlinked.add(item.stock_id)
        book.deleted.append(item.stock_id)
        return {"sku": item.code, "linked": False}

    def link_item(self, sku: str) -> Result:
        """Put an item on the channel again: the next upload sends it as new."""
        book, item = self._poller.book, self.find_item(sku)
        book.unlinked.discard(item.stock_id)
        if item.stock_id in book.deleted:
            book.deleted.remove(item.stock_id)
        book.sent.get(STOCK, {}).pop(str(item.stock_id), None)
        return {"sku": item.code, "linked": True}

    def process_return(self, ref: str) -> Result:
        """Look at what came back; it goes to the shelf or is written off, by its reason."""
        made = self._return(ref)
        with explained():
            returns_in.process(self._poller.book, made)
        return return_state(made)

    def issue_return(self, ref: str) -> Result:
        """Issue the credit note of a processed return."""
        made = self._return(ref)
        with explained():
            returns_in.issue(self._poller.book, made)
        return return_state(made)

    async def _with(self, kind: str, call: str, *, everything: bool | None) -> Result:
        ordered = Trouble(kind, call, 1)
        troubles = self._poller.book.troubles
        troubles.insert(0, ordered)
        try:
            if CALLS[call].upload:
                return await self._poller.upload(call, everything=everything)
            return await self._poller.download(call)
        finally:
            if ordered in troubles:
                troubles.remove(ordered)

    def _return(self, ref: str) -> Return:
        made = self._poller.book.returns.get(ref)
        if made is None:
            raise ActError(f"no return has the associated ref {ref!r}; there are {list(self._poller.book.returns)}")
        return made

    @staticmethod
    def _rows(held: Mapping[str, Imported], refs: list[str] | None, among: Iterable[str]) -> list[Imported]:
        """The rows of these references, all rows in those states when none is named. Raises ActError."""
        rows = [one for one in held.values() if one.status in among and (refs is None or one.ref in refs)]
        if strange := set(refs or ()) - {one.ref for one in rows}:
            raise ActError(f"no row of {sorted(strange)} is one of {list(among)}")
        return rows


def _call(name: str) -> str:
    if name not in CALLS:
        raise ActError(f"call {name!r} is none of {list(CALLS)}")
    return name


def _upload(name: str) -> str:
    if name not in CALLS or not CALLS[name].upload:
        raise ActError(f"call {name!r} is no upload; uploads are {[one for one, c in CALLS.items() if c.upload]}")
    return name


def _folded(skus: list[str] | None) -> frozenset[str] | None:
    return None if skus is None else frozenset(sku.strip().casefold() for sku in skus)
