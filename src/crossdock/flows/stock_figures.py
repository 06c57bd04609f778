"""Stock figures in: what the ERP says there is, staged whole or since the last read, and taken over newer over older.

Law L4: a read that was not whole changes nothing, and a figure that cannot be read is unknown, not nought.
"""

from collections.abc import Sequence
from datetime import timedelta

from crossdock.cases.kinds import SCHEMA_SURPRISE
from crossdock.flows.pairing import Pairing
from crossdock.model.faults import RemoteFault, Transient
from crossdock.model.stock import StockFigure
from crossdock.ports.stock_book import StockRun
from crossdock.ports.systems import UnreadableFigure

FEED, FULL_FEED = "stock", "stock-full"
COUNTED = "stock-counted"  # when the read began by the database's clock, which all workers share
OVERLAP = timedelta(hours=2)
LEVEL_RECORD = "stock level "


async def read_figures(pairing: Pairing, run: StockRun, *, whole: bool = False) -> RemoteFault | None:
    """Bring the figures up to date. Returns what went wrong instead of raising: what may be lowered still is.

    whole: every figure, though they were all read not long ago.
    """
    began, counted_from = pairing.clock.now(), await pairing.reference.now()
    full_at = await pairing.reference.watermark(FULL_FEED)
    is_full = whole or full_at is None or began - full_at >= timedelta(seconds=pairing.stock_full_every_seconds)
    since = None if is_full else await pairing.reference.watermark(FEED)
    unreadable: list[UnreadableFigure] = []
    try:
        async for page in pairing.erp.read_stock(None if since is None else since - OVERLAP):
            await run.stage([one for one in page if isinstance(one, StockFigure)])
            unreadable += [one for one in page if isinstance(one, UnreadableFigure)]
    except (RemoteFault, OSError) as fault:
        return fault if isinstance(fault, RemoteFault) else Transient(str(fault))
    await run.merge(behind=counted_from - began)
    await _note_unreadable(pairing, run, unreadable, is_full=is_full)
    await pairing.reference.move_watermark(COUNTED, counted_from)
    await pairing.reference.move_watermark(FEED, began)
    if is_full:
        await pairing.reference.move_watermark(FULL_FEED, began)
    return None


async def _note_unreadable(
    pairing: Pairing, run: StockRun, unreadable: Sequence[UnreadableFigure], *, is_full: bool
) -> None:
    """An unreadable figure is unknown: the old one is forgotten, what the shop shows stays, the desk is told."""
    await run.forget([one.stock_code for one in unreadable])
    for one in unreadable:
        finding = SCHEMA_SURPRISE.about(
            f"{pairing.erp_name} stock-level {one.fault.problem}", what="stock level", system=pairing.erp_name,
            place=one.fault.place, problem=one.fault.problem,
        )  # fmt: skip
        record = f"{LEVEL_RECORD}{one.stock_code}"
        await pairing.cases.raise_case(finding, record=record, ref=one.stock_code, evidence=one.fault.evidence)
    if is_full:  # only a read of everything may say that a row can be read again
        told = {f"{LEVEL_RECORD}{one.stock_code}" for one in unreadable}
        for record in await pairing.cases.open_records(SCHEMA_SURPRISE.code, LEVEL_RECORD) - told:
            await pairing.cases.let_go(record, [0], reason="its level can be read again", actor="crossdock")
