"""The history of orders: those the ERP has come in as they stand there, and none is ever posted a second time.

Each page is held against the ERP before anything is stored, by our reference. What the ERP has goes into the book as
posted, despatched or cancelled; nothing is told to anybody. What it has not is counted, or taken in like a new order
where the caller asks for it. Stopped at any instant, it goes on from the newest change it had read.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from crossdock.flows.pairing import Pairing
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault
from crossdock.model.sales_order import SalesOrder, StorefrontStatus
from crossdock.ports.loading import LoadBook, Period
from crossdock.ports.systems import Document

CHUNK = 100
Counts = dict[str, int]
NOTHING: Counts = {
    "read": 0, "outside": 0, "known": 0, "taken": 0, "differ": 0, "withdrawn": 0, "missing": 0, "posted": 0,
    "unreadable": 0,
}  # fmt: skip
"""outside: not placed in the period. known: in the book before. taken: the ERP has them. differ: of those, the ones
whose total is another there by more than the pairing's tolerance. withdrawn: cancelled or closed
in the storefront and not in the ERP. missing: not in the ERP, and left. posted: not in the ERP, and taken in."""


async def backfill(
    pairing: Pairing, book: LoadBook, period: Period, *, post_missing: bool, tell: Callable[[Counts], None]
) -> Counts:
    """Take in the period, from where it was left. Returns the counts of all of it. Raises what the reading raised.

    post_missing: orders that the ERP has not are captured, to be decided on and posted like new ones.
    """
    reached = await book.reached(period)
    counts = {**NOTHING, **reached.counts}
    if reached.ended and not post_missing:
        return counts
    begin = period.since if reached.cursor is None or reached.ended else reached.cursor
    if reached.ended:
        counts = dict(NOTHING)
    cursor = None
    async for page in pairing.storefront.read_orders(begin - timedelta(seconds=1)):
        for start in range(0, len(page), CHUNK):
            await _take(pairing, book, period, page[start : start + CHUNK], counts, post_missing=post_missing)
        cursor = max(filter(None, [cursor, *(one.updated_at for one in page)]), default=None)
        await book.advance(period, cursor, counts, ended=False)
        tell(counts)
    await book.advance(period, cursor, counts, ended=True)
    return counts


async def _take(
    pairing: Pairing,
    book: LoadBook,
    period: Period,
    page: Sequence[Document[SalesOrder]],
    counts: Counts,
    *,
    post_missing: bool,
) -> None:
    counts["read"] += len(page)
    readable = [one for one in page if one.value is not None]
    counts["unreadable"] += len(page) - len(readable)
    inside = [one for one in readable if one.value is not None and period.holds(one.value.placed_at)]
    counts["outside"] += len(readable) - len(inside)
    known = await book.known([one.ref for one in inside])
    counts["known"] += len(known)
    fresh = [one for one in inside if one.ref not in known]
    stands = await pairing.erp.read_fulfilments([one.value.ref for one in fresh if one.value is not None])
    there: list[tuple[Document[SalesOrder], Fulfilment]] = []
    missing: list[Document[SalesOrder]] = []
    for one in fresh:
        # Before "missing", each is asked for once more by name: a list may be shorter than the truth.
        stand = stands.get(one.value.ref) or await _by_name(pairing, one.value.ref) if one.value is not None else None
        match stand:
            case Fulfilment():
                there.append((one, stand))
            case DataFault():
                counts["unreadable"] += 1  # it is there, and what the ERP says of it cannot be understood: left alone
            case None:
                missing.append(one)
    counts["taken"] += await book.take(there)
    counts["differ"] += sum(1 for one, stand in there if _differs(pairing, one, stand))
    await _not_there(pairing, missing, counts, post_missing=post_missing)


async def _by_name(pairing: Pairing, ref: str) -> Fulfilment | DataFault | None:
    try:
        return await pairing.erp.find_order(ref)
    except DataFault as fault:
        return fault


def _differs(pairing: Pairing, one: Document[SalesOrder], there: Fulfilment) -> bool:
    if one.value is None or there.gross_total is None or there.cancelled:
        return False
    return abs(one.value.total - there.gross_total) > pairing.order_policy.may_differ(len(one.value.lines))


async def _not_there(
    pairing: Pairing, missing: Sequence[Document[SalesOrder]], counts: Counts, *, post_missing: bool
) -> None:
    wanted = [one for one in missing if one.value is not None and one.value.status is StorefrontStatus.OPEN]
    counts["withdrawn"] += len(missing) - len(wanted)
    if post_missing:
        counts["posted"] += (await pairing.orders.capture(wanted, start_from=None)).new
    else:
        counts["missing"] += len(wanted)
