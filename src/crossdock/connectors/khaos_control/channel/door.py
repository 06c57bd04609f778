"""The addresses that Khaos Control calls, and what each answers: 200, 400 or 500, never anything else.

Anything but 200 makes Khaos Control send again, so a 200 is given only for what is stored, and every upload may come
any number of times.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from crossdock.connectors.khaos_control.channel import orders, provided, returns
from crossdock.connectors.khaos_control.channel.config import Call, ChannelSettings
from crossdock.connectors.khaos_control.channel.document import Tree, write_json, write_xml
from crossdock.connectors.khaos_control.channel.orders import Terms
from crossdock.connectors.khaos_control.channel.uploads import (
    Upload,
    order_statuses,
    price_list_upload,
    stock,
    stock_statuses,
)
from crossdock.model.after_sale import SalesReturn
from crossdock.model.faults import DataFault, Transient
from crossdock.model.item_document import ItemDocument
from crossdock.ports.channel import ChannelDesk, ChannelReply, ChannelRequest, Kept, Waiting
from crossdock.ports.runtime import Clock

CONTINUATION = "Sirion-Continuation"
SPECIFIC = "SpecificIDs"
FAULTS_SHOWN = 20

UPLOADS: Mapping[str, Callable[[bytes, ChannelSettings, datetime], Upload]] = {
    "order-status": order_statuses,
    "stock": stock,
    "stock-status": stock_statuses,
    "price-lists": price_list_upload,
}
DOWNLOADS: Mapping[str, tuple[str, str]] = {  # address → (kind put out, XML root)
    "orders": ("sales-order", "SalesOrderImport"),
    "returns": ("return", "CustomerReturnImport"),
    "provided-stock": ("stock-item", "StockChanges"),
}
CONFIG_NAMES: Mapping[Call, str] = {
    "orders": "OrderDownload", "order-status": "OrderStatusUpload", "stock": "StockUpload",
    "stock-status": "StockStatusUpload", "returns": "CReturnDownload", "provided-stock": "ProvidedStock",
    "price-lists": "PriceListUpload",
}  # fmt: skip
SCHEDULED = frozenset({"orders", "returns"})
_FIRST_CONTACT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}Z?\Z")


class KhaosChannel:
    """Answers for one company database. Knows nothing between two calls: the desk remembers."""

    def __init__(self, settings: ChannelSettings, *, timezone: str, clock: Clock) -> None:
        self._settings = settings
        self._terms = Terms(channel=settings, timezone=timezone)
        self._clock = clock

    async def answer(self, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        if denied := self._denied(request):
            return denied
        try:
            return await self._answer(request, desk)
        except DataFault as fault:
            return _said(400, str(fault))
        except Transient as fault:
            return _said(500, f"{fault}; send it again")

    def item_problem(self, document: ItemDocument) -> DataFault | None:
        try:
            provided.write_item(document, self._terms)
        except DataFault as fault:
            return fault
        return None

    def return_problem(self, sales_return: SalesReturn) -> DataFault | None:
        try:
            returns.write_return(sales_return, self._terms, created_at=self._clock.now())
        except DataFault as fault:
            return fault
        return None

    def _denied(self, request: ChannelRequest) -> ChannelReply | None:
        settings = self._settings
        if not settings.username:
            return _said(400, "the channel is switched off: channel.username is empty")
        wanted = f"{settings.username}:{settings.password.get_secret_value()}".encode()
        if hmac.compare_digest(_credentials(request), wanted):
            return None
        headers = {"WWW-Authenticate": 'Basic realm="Crossdock"'} if settings.denied_status == 401 else {}
        text = "user name or password is wrong; they are those of the channel in Khaos Control\n"
        return ChannelReply(status=settings.denied_status, body=text.encode(), media_type="text/plain", headers=headers)

    async def _answer(self, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        tail = request.tail.strip("/")
        if tail in ("config", "config.json", "config.xml"):
            return self._config(request, tail)
        if tail not in self._settings.calls:
            return _said(400, f"there is no address {tail!r}; there are config.json, {', '.join(self._settings.calls)}")
        wanted = "POST" if tail in UPLOADS else "GET"
        if request.method != wanted:
            return _said(400, f"{tail} is called with {wanted}")
        if tail in UPLOADS:
            return await self._take(tail, request, desk)
        return await self._give(tail, request, desk)

    def _config(self, request: ChannelRequest, tail: str) -> ChannelReply:
        base = (self._settings.public_url or request.base_url).rstrip("/")
        found: Tree = {}
        for call in self._settings.calls:
            entry: Tree = {"URL": f"{base}/{call}", "Format": self._settings.format}
            found[CONFIG_NAMES[call]] = entry | (
                {"Frequency": self._settings.frequency_minutes} if call in SCHEDULED else {}
            )
        as_xml = tail.endswith(".xml") or (tail == "config" and self._settings.format == "XML")
        if as_xml:
            return ChannelReply(status=200, body=write_xml("EndpointConfig", found, {}), media_type="application/xml")
        return ChannelReply(status=200, body=write_json({"EndpointConfig": found}))

    async def _take(self, tail: str, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        upload = UPLOADS[tail](request.body, self._settings, self._clock.now())
        for kind, records in upload.kept.items():
            if records:
                await desk.keep(kind, records, request.body)
        if upload.faults:
            said = "\n".join(str(fault) for fault in upload.faults[:FAULTS_SHOWN])
            left = len(upload.faults) - FAULTS_SHOWN
            return _said(400, f"{said}\n{f'and {left} more' if left > 0 else ''}".strip())
        return ChannelReply(status=200, media_type="text/plain")

    async def _give(self, tail: str, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        kind, root = DOWNLOADS[tail]
        specific = request.headers.get(SPECIFIC)
        asked = request.headers.get(CONTINUATION, "").strip()
        if specific is not None:
            found = await desk.named(kind, _listed(specific))
            following = asked
        else:
            found = await self._following(kind, asked, desk)
            following = str(found[-1].position) if found else asked
        tree = await self._written(tail, found, desk)
        headers = {CONTINUATION: following} if following else {}
        if self._settings.format == "XML":
            items = {"Items": "StockItem"} if tail == "provided-stock" else {}
            body = write_xml(root, tree, items)
            return ChannelReply(status=200, body=body, media_type="application/xml", headers=headers)
        return ChannelReply(status=200, body=write_json(tree), headers=headers)

    async def _following(self, kind: str, asked: str, desk: ChannelDesk) -> Sequence[Waiting]:
        """Our own word is the last position given out. On first contact it is a moment in UTC, or nothing."""
        page = self._settings.page
        if not asked:
            return await desk.waiting(kind, after=0, limit=page)
        if asked.isdecimal() and len(asked) < 19:
            return await desk.waiting(kind, after=int(asked), limit=page)
        if since := _moment(asked):
            return await desk.waiting_since(kind, since=since, limit=page)
        raise DataFault(CONTINUATION, f"{asked[:40]!r} is neither a word of ours nor a date-time")

    async def _written(self, tail: str, found: Sequence[Waiting], desk: ChannelDesk) -> Tree:
        """One document that cannot be said in their tongue is left out and remembered as such; the others go."""
        good: list[Any] = []
        for one in found:
            try:
                good.append(self._said_theirs(tail, one))
            except DataFault as fault:
                problem = {"ref": one.ref, "place": fault.place, "problem": fault.problem}
                await desk.keep("unsayable", [Kept(key=f"{tail}/{one.ref}", value=problem)], str(fault).encode())
        if tail == "orders":
            return orders.download(good, self._settings)
        return returns.download(good, self._terms) if tail == "returns" else provided.download(good)

    def _said_theirs(self, tail: str, one: Waiting) -> Any:
        if tail == "orders":
            return orders.write_order(one.value, self._terms)
        if tail == "returns":
            return returns.write_return(one.value, self._terms, created_at=one.put_out_at)
        return one.value, provided.write_item(one.value, self._terms)


def _moment(asked: str) -> datetime | None:
    if not _FIRST_CONTACT.match(asked):
        return None
    try:
        return datetime.fromisoformat(asked.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        return None


def _credentials(request: ChannelRequest) -> bytes:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _listed(header: str) -> list[str]:
    """`"A1,A2"`, in double quotes or without, each one or all together."""
    return [ref for one in header.split(",") if (ref := one.strip().strip('"').strip())]


def _said(status: int, text: str) -> ChannelReply:
    return ChannelReply(status=status, body=f"{text}\n".encode(), media_type="text/plain")
