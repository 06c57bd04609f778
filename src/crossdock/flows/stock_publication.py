"""Stock out: ERP figures become levels at the storefront, absolute, only what changed, falls before rises.

Law L4. Orders are looked for first, so that what shoppers took since is counted as in flight; figures older than the
limit may only lower what is shown. A level takes a moment to get there, and what is bought in that moment is not in it:
so orders are looked for again when all is written, and what was bought since is reckoned anew at once. What remains for
the buffer is what shoppers take between a look and the write behind it.
"""

from collections.abc import Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime

from crossdock.cases.kinds import OVERSOLD, STOCK_STALE, STOCK_WRITE_REJECTED
from crossdock.flows.capture import capture_newest
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.stock_figures import COUNTED, read_figures
from crossdock.model.faults import Accepted, Refused
from crossdock.model.stock import StockLevel
from crossdock.ports.busy import Busy
from crossdock.ports.runtime import calling
from crossdock.ports.stock_book import StockRun

STOCK_RECORD = "stock of "
TOUCHED_MAX = 100_000  # SKUs kept in mind for the look after the writes: falls come first, and memory stays flat
ROUNDS = 3  # while something is bought all the time the next run goes on


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


@dataclass(kw_only=True)
class _Publication:
    """What the rounds of one run have in common. rejected_before: subjects of open cases. sells: orders are read here,
    so what is bought since a level was reckoned can be known."""

    pairing: Pairing
    run: StockRun
    figures_from: datetime
    stale: bool
    rejected_before: frozenset[str]
    counts: Result = field(default_factory=lambda: {"written": 0, "rejected": 0, "unsure": 0})

    @property
    def sells(self) -> bool:
        return "order-entry" in self.pairing.flows


async def _write_changes(pairing: Pairing, run: StockRun) -> Result:
    """Write every difference, and what was bought meanwhile once more."""
    figures_from = await pairing.reference.watermark(COUNTED)
    if figures_from is None:
        return {"skipped": "no figures have been read yet"}
    if "order-entry" in pairing.flows:
        # What shoppers took a moment ago must be in our book before we say how much is left.
        await capture_newest(pairing)
    stale = await _note_staleness(pairing, figures_from)
    oversold = await _note_oversold(pairing, run, figures_from)
    rejected_before = await pairing.cases.open_subjects(STOCK_WRITE_REJECTED.code)
    work = _Publication(
        pairing=pairing, run=run, figures_from=figures_from, stale=stale, rejected_before=rejected_before
    )
    bought: Collection[str] | None = None
    for _ in range(ROUNDS):
        bought = await _one_round(work, bought)
        if not bought:
            break
    return {**work.counts, "stale": stale, "oversold": oversold}


async def _one_round(work: _Publication, only: Collection[str] | None) -> frozenset[str]:
    """Write what differs, in the largest batches the storefront takes; returns the SKUs that were bought meanwhile.

    only: the SKUs to be looked at, None for all.
    """
    pairing, policy = work.pairing, work.pairing.stock_policy
    touched: set[str] = set()
    changes = work.run.changes(
        basis=str(pairing.stock_basis), buffer=policy.buffer, buffers=policy.buffers,
        unlimited_shown=policy.unlimited_shown, only_lower=work.stale, figures_from=work.figures_from,
        site=pairing.stock_site, shared=policy.shared, only=only,
        batch=pairing.storefront.stock_batch_max,
    )  # fmt: skip
    reckoned_at = await pairing.orders.between_captures()
    async with aclosing(changes):
        async for levels in changes:
            if len(touched) < TOUCHED_MAX:
                touched.update(level.sku for level in levels)
            as_of = pairing.clock.now()
            bought = await _bought_since(work, reckoned_at, {level.sku for level in levels})
            # Without those bought from since they were reckoned: a level that waited for its turn behind others would
            # put back on sale what was sold meanwhile. What is left holds as of the moment the look began.
            if still_true := [replace(level, as_of=as_of) for level in levels if level.sku not in bought]:
                await _write(work, still_true)
    return await _bought_since(work, reckoned_at, touched)


async def _bought_since(work: _Publication, moment: datetime, skus: Collection[str]) -> frozenset[str]:
    """Those that shoppers have taken from since, as far as orders can be seen now."""
    if not work.sells or not skus:
        return frozenset()
    await capture_newest(work.pairing)
    return await work.pairing.orders.sold_since(moment, sorted(skus))


async def _write(work: _Publication, levels: Sequence[StockLevel]) -> None:
    pairing, counts = work.pairing, work.counts
    at = await pairing.reference.now()  # one clock for all workers, or an older note could pass for the newer one
    await work.run.publishing(levels, at=at)
    outcomes = await pairing.storefront.write_stock(levels)
    shown = []
    for level, outcome in zip(levels, outcomes, strict=True):
        subject = f"{level.sku}/{level.unit}"
        match outcome:
            case Accepted():
                shown.append(level)
                if subject in work.rejected_before:
                    reason = "the storefront took the level"
                    await pairing.cases.settle(STOCK_WRITE_REJECTED.code, subject, record="stock", reason=reason)
            case Refused(text=text, evidence=evidence):
                counts["rejected"] += 1
                finding = STOCK_WRITE_REJECTED.about(subject, sku=level.sku, unit=level.unit, reason=text)
                await pairing.cases.raise_case(finding, record="stock", ref=subject, evidence=evidence)
            case _:
                counts["unsure"] += 1  # what is shown is not known, and an absolute level is safe to write again
    if shown:
        await work.run.published(shown, at=at)
        counts["written"] += len(shown)


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


async def _note_staleness(pairing: Pairing, figures_from: datetime) -> bool:
    limit = pairing.stock_policy.stale_seconds
    stale = (await pairing.reference.now() - figures_from).total_seconds() > limit
    if stale:
        effect = "nothing is raised until they are fresh"
        finding = STOCK_STALE.about(pairing.erp_name, system=pairing.erp_name, limit=f"{limit:g} s", effect=effect)
        await pairing.cases.raise_case(finding, record="flow", ref="stock-publication")
    else:
        await pairing.cases.settle(
            STOCK_STALE.code, pairing.erp_name, record="flow", reason="the figures are fresh again"
        )
    return stale
