"""Stock out: ERP figures become levels at the storefront, absolute, only what changed, falls before rises.

Law L4. Orders are swept first, so that what shoppers took since is counted as in flight; a read that was not whole
changes nothing; figures older than the limit may only lower what is shown.
"""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from crossdock.cases.kinds import OVERSOLD, SCHEMA_SURPRISE, STOCK_STALE, STOCK_WRITE_REJECTED
from crossdock.flows.capture import capture_orders
from crossdock.flows.pairing import Pairing, Result
from crossdock.model.faults import Accepted, Refused, RemoteFault, Transient
from crossdock.model.stock import StockFigure, StockLevel
from crossdock.ports.busy import Busy
from crossdock.ports.runtime import calling
from crossdock.ports.stock_book import StockRun
from crossdock.ports.systems import UnreadableFigure

FEED, FULL_FEED = "stock", "stock-full"
OVERLAP = timedelta(hours=2)
NEWEST_SECONDS = 2.0  # a storefront tells when an order changed to the second
LEVEL_RECORD = "stock level "
STOCK_RECORD = "stock of "


async def publish_stock(pairing: Pairing) -> Result:
    """One run: orders, figures, differences, writes. Raises Transient when the figures could not be read or written."""
    if await pairing.reference.watermark("targets") is None:
        return {"skipped": "the storefront's stock targets have not been read yet"}
    try:
        async with pairing.stock.run() as run:
            problem = await read_figures(pairing, run)
            result = await _write_changes(pairing, run)
    except Busy:
        return {"skipped": "another worker is at it"}
    if problem is not None:
        calling.set(pairing.erp_name)  # whose fault it is; the shop was called since
        raise problem
    return result


async def read_figures(pairing: Pairing, run: StockRun, *, whole: bool = False) -> RemoteFault | None:
    """Bring the figures up to date. Returns what went wrong instead of raising: what may be lowered still is.

    whole: every figure, though they were all read not long ago.
    """
    began = pairing.clock.now()
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
    await run.merge()
    await _note_unreadable(pairing, run, unreadable, is_full=is_full)
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


async def _write_changes(pairing: Pairing, run: StockRun) -> Result:
    """Write every difference in the largest batches the storefront takes."""
    figures_from = await pairing.reference.watermark(FEED)
    if figures_from is None:
        return {"skipped": "no figures have been read yet"}
    if "order-entry" in pairing.flows:
        # What shoppers took a moment ago must be in our book before we say how much is left.
        await capture_orders(pairing)
    stale = await _note_staleness(pairing, figures_from)
    policy = pairing.stock_policy
    counts: Result = {"written": 0, "rejected": 0, "unsure": 0, "stale": stale}
    counts["oversold"] = await _note_oversold(pairing, run, figures_from)
    rejected_before = await pairing.cases.open_subjects(STOCK_WRITE_REJECTED.code)
    changes = run.changes(
        basis=str(pairing.stock_basis), buffer=policy.buffer, buffers=policy.buffers,
        unlimited_shown=policy.unlimited_shown, only_lower=stale, figures_from=figures_from, site=pairing.stock_site,
        shared=policy.shared,
        batch=pairing.storefront.stock_batch_max,
    )  # fmt: skip
    reckoned_at = await pairing.orders.now()
    async with aclosing(changes):
        async for levels in changes:
            if still_true := await _still_true(pairing, levels, reckoned_at):
                await _write(pairing, run, still_true, counts, rejected_before)
    return counts


async def _note_oversold(pairing: Pairing, run: StockRun, figures_from: datetime) -> int:
    """What is promised beyond what there is: told per item, and untold once the figures cover it again."""
    short = await run.short(basis=str(pairing.stock_basis), figures_from=figures_from, site=pairing.stock_site)
    for code, units in short.items():
        finding = OVERSOLD.about(code, sku=code, short=f"{units:f}")
        await pairing.cases.raise_case(finding, record=f"{STOCK_RECORD}{code}", ref=code)
    for code in await pairing.cases.open_subjects(OVERSOLD.code) - set(short):
        reason = "there is enough of it again"
        await pairing.cases.settle(OVERSOLD.code, code, record=f"{STOCK_RECORD}{code}", reason=reason)
    return len(short)


async def _still_true(pairing: Pairing, levels: Sequence[StockLevel], reckoned_at: datetime) -> Sequence[StockLevel]:
    """Without those that shoppers have bought from since the levels were reckoned: the next run reckons them anew.

    Without this, a level that waited for its turn behind others would put back on sale what was sold meanwhile. What is
    left holds as of the moment this look began: of every order placed before, it is known.
    """
    as_of = pairing.clock.now()
    if "order-entry" not in pairing.flows:
        return [replace(level, as_of=as_of) for level in levels]
    await capture_orders(pairing, overlap_seconds=NEWEST_SECONDS)
    sold = await pairing.orders.sold_since(reckoned_at, [level.sku for level in levels])
    return [replace(level, as_of=as_of) for level in levels if level.sku not in sold]


async def _write(
    pairing: Pairing, run: StockRun, levels: Sequence[StockLevel], counts: Result, rejected_before: frozenset[str]
) -> None:
    at = pairing.clock.now()
    await run.publishing(levels, at=at)
    outcomes = await pairing.storefront.write_stock(levels)
    shown = []
    for level, outcome in zip(levels, outcomes, strict=True):
        match outcome:
            case Accepted():
                shown.append(level)
                if (subject := f"{level.sku}/{level.unit}") in rejected_before:
                    await pairing.cases.settle(
                        STOCK_WRITE_REJECTED.code, subject, record="stock", reason="the storefront took the level"
                    )
            case Refused(text=text, evidence=evidence):
                counts["rejected"] += 1
                finding = STOCK_WRITE_REJECTED.about(
                    f"{level.sku}/{level.unit}", sku=level.sku, unit=level.unit, reason=text
                )
                await pairing.cases.raise_case(
                    finding, record="stock", ref=f"{level.sku}/{level.unit}", evidence=evidence
                )
            case _:
                counts["unsure"] += 1  # what is shown is not known, and an absolute level is safe to write again
    if shown:
        await run.published(shown, at=at)
        counts["written"] += len(shown)


async def _note_staleness(pairing: Pairing, figures_from: datetime) -> bool:
    limit = pairing.stock_policy.stale_seconds
    stale = (pairing.clock.now() - figures_from).total_seconds() > limit
    if stale:
        effect = "nothing is raised until they are fresh"
        finding = STOCK_STALE.about(pairing.erp_name, system=pairing.erp_name, limit=f"{limit:g} s", effect=effect)
        await pairing.cases.raise_case(finding, record="flow", ref="stock-publication")
    else:
        await pairing.cases.settle(
            STOCK_STALE.code, pairing.erp_name, record="flow", reason="the figures are fresh again"
        )
    return stale
