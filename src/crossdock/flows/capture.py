"""Orders in: read what changed at the storefront, store it, and let the watermark follow.

The watermark moves only after the whole page set was stored, to the newest change that was in it: the storefront's own
time, so that two clocks that disagree lose nothing; but never beyond our own now. The next read starts an overlap
earlier. A page that cannot be read leaves everything as it was, except that what came before it is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from crossdock.flows.pairing import Pairing, Result
from crossdock.model.faults import RemoteFault
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.systems import Document
from crossdock.telemetry.tracing import traced

FEED, LOOK = "orders", "orders-look"
NEWEST = timedelta(seconds=2)  # a storefront tells when an order changed to the second


async def capture_orders(pairing: Pairing) -> Result:
    """One sweep. Raises what the reading raised; what was stored stays stored."""
    watermark = await pairing.reference.watermark(FEED)
    since = pairing.start_from if watermark is None else watermark - timedelta(seconds=pairing.overlap_seconds)
    return await _capture_since(pairing, since, FEED)


async def capture_newest(pairing: Pairing) -> Result:
    """A quick look at what came since the last sweep or look, by those who must know how much is sold already.

    What becomes visible late is the sweeps' business: their watermark stays where it is.
    """
    marks = [await pairing.reference.watermark(feed) for feed in (FEED, LOOK)]
    newest = max(filter(None, marks), default=None)
    return await _capture_since(pairing, pairing.start_from if newest is None else newest - NEWEST, LOOK)


async def _capture_since(pairing: Pairing, since: datetime | None, feed: str) -> Result:
    result, newest = await store_pages(pairing, pairing.storefront.read_orders(since))
    if newest is not None:  # a record from the future must not make the sweeps blind to all that comes before it
        await pairing.reference.move_watermark(feed, min(newest, pairing.clock.now()))
    return result


@traced("capture order")
async def capture_one(pairing: Pairing, storefront_id: str) -> Result:
    """The order a webhook hinted at. The hint is never believed, only followed; the sweep finds what it could not."""
    try:
        document = await pairing.storefront.find_storefront_order(storefront_id)
    except RemoteFault as fault:
        return {"found": 0, "problem": str(fault)}
    if document is None:
        return {"found": 0}
    stored = await pairing.orders.capture([document], start_from=pairing.start_from)
    return {"found": 1, "new": stored.new, "changed": stored.changed, "left_out": stored.left_out}


async def store_pages(
    pairing: Pairing, pages: AsyncIterator[Sequence[Document[SalesOrder]]]
) -> tuple[Result, datetime | None]:
    """Store each page as it comes, each in one transaction, while the next is read already.

    Returns the counts and the newest change among them. When reading raises, what was read before is stored.
    """
    newest: datetime | None = None
    counts = {"read": 0, "new": 0, "changed": 0, "unreadable": 0, "left_out": 0}

    async def store(page: Sequence[Document[SalesOrder]]) -> None:
        nonlocal newest
        stored = await pairing.orders.capture(page, start_from=pairing.start_from)
        counts["read"] += len(page)
        counts["new"] += stored.new
        counts["changed"] += stored.changed
        counts["unreadable"] += stored.unreadable
        counts["left_out"] += stored.left_out
        newest = max(filter(None, [newest, *(one.updated_at for one in page)]), default=None)

    storing: asyncio.Task[None] | None = None
    try:
        async for page in pages:
            if storing is not None:
                await storing
            storing = asyncio.create_task(store(page))
    finally:
        if storing is not None:
            await storing
    return counts, newest
