"""Shop stock in: what shops tell of their shelves becomes counts in the ERP, for the places whose stock they own.

Laws L4 and L8. Events only say "look": the list is the truth. Tellings are gathered to the newest of each place and
item and booked in one batch a run, falls before rises, so that an event storm costs the ERP no more than a quiet hour.
A look that was not whole changes nothing, and figures older than their limit may only lower what the ERP holds.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from crossdock.cases.kinds import SCHEMA_SURPRISE, STOCK_STALE, STOCK_WRITE_REJECTED
from crossdock.decide.lag import Lag, judge_lag
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.retail_booking import FLOW, book_batch
from crossdock.flows.retail_despatch import take_despatches
from crossdock.flows.shelves import PLACE, refuse_place
from crossdock.model.faults import RemoteFault, Transient
from crossdock.model.retail import RetailStock
from crossdock.ports.after_sale import StockCountSink
from crossdock.ports.busy import Busy
from crossdock.ports.retail import RetailStockSource
from crossdock.ports.retail_memory import ShelfRun
from crossdock.ports.runtime import calling
from crossdock.ports.systems import Document

FEED, FULL_FEED = FLOW, f"{FLOW}-full"
TELLING, LAG = "telling ", "retail lag"  # records that cases hold


async def receive_stock(pairing: RetailPairing) -> Result:
    """One run: look, gather, book one batch. Raises Transient when the shops could not be read."""
    source = pairing.of_retail(RetailStockSource)
    if source is None:
        return {"skipped": f"{pairing.retail_name} tells no stock"}
    result: Result = {}
    try:
        async with pairing.shelves.run() as run:
            problem = await _look(pairing, source, run, result)
            if await pairing.reference.watermark(FEED) is not None:
                await book_batch(pairing, run, result, stale=await _is_stale(pairing))
    except Busy:
        return {"skipped": "another worker is at it"}
    await judge_delay(pairing)
    if problem is not None:
        calling.set(pairing.retail_name)  # whose fault it is; the ERP was called since
        raise problem
    return result


async def _look(pairing: RetailPairing, source: RetailStockSource, run: ShelfRun, result: Result) -> RemoteFault | None:
    """Bring the shelves up to date. Returns what went wrong instead of raising: what may be lowered still is."""
    began, policy = pairing.clock.now(), pairing.policy.intake
    full_at = await pairing.reference.watermark(FULL_FEED)
    is_full = full_at is None or began - full_at >= timedelta(seconds=policy.full_every_seconds)
    since = None if is_full else await pairing.reference.watermark(FEED)
    unreadable: list[Document[RetailStock]] = []
    strangers: dict[str, int] = {}
    try:
        if "retail-despatch" in pairing.flows:  # what left for an order is told before the shelf it left
            await take_despatches(pairing)
        overlap = timedelta(seconds=policy.overlap_seconds)
        async for page in source.read_retail_stock(None if since is None else since - overlap):
            await run.stage(_ours(pairing, [one.value for one in page if one.value is not None], strangers))
            unreadable += [one for one in page if one.value is None]
    except (RemoteFault, OSError) as fault:
        return fault if isinstance(fault, RemoteFault) else Transient(str(fault))
    taken = await run.merge(measured_from=began if full_at is None else None)
    result |= {"newer": taken.newer, "same": taken.same, "older": taken.older, "unreadable": len(unreadable)}
    await _note_unreadable(pairing, unreadable, is_full=is_full)
    await _note_strangers(pairing, strangers, is_full=is_full)
    await pairing.reference.move_watermark(FEED, began)
    if is_full:
        await pairing.reference.move_watermark(FULL_FEED, began)
    return None


def _ours(pairing: RetailPairing, levels: Sequence[RetailStock], strangers: dict[str, int]) -> list[RetailStock]:
    """Those of places whose stock the shops own; of others nothing is kept (law L8). strangers: places nobody owns."""
    kept = []
    for level in levels:
        place = pairing.policy.places.get(level.location)
        if place is None:
            strangers[level.location] = strangers.get(level.location, 0) + 1
        elif place.owner == "retail":
            kept.append(level)
    return kept


async def _note_unreadable(
    pairing: RetailPairing, unreadable: Sequence[Document[RetailStock]], *, is_full: bool
) -> None:
    """A telling that cannot be read is unknown: what is held stays, and the desk is told."""
    for one in unreadable:
        if (fault := one.fault) is None:
            continue
        finding = SCHEMA_SURPRISE.about(
            f"{pairing.retail_name} stock-level {fault.problem}", what="stock level", system=pairing.retail_name,
            place=fault.place, problem=fault.problem,
        )  # fmt: skip
        evidence = fault.evidence or one.raw.decode("utf-8", "replace")
        await pairing.cases.raise_case(finding, record=f"{TELLING}{one.ref}", ref=one.ref, evidence=evidence)
    if is_full:  # only a look at everything may say that a telling can be read again
        told = {f"{TELLING}{one.ref}" for one in unreadable}
        for record in await pairing.cases.open_records(SCHEMA_SURPRISE.code, TELLING) - told:
            await pairing.cases.let_go(record, [0], reason="it can be read again", actor="crossdock")


async def _note_strangers(pairing: RetailPairing, strangers: Mapping[str, int], *, is_full: bool) -> None:
    """Figures of a place that no setting gives to either side are written nowhere."""
    for location, count in sorted(strangers.items()):
        reason = "it has no owner; name it under locations"
        await refuse_place(pairing, location, f"nobody owns {location}", sku=f"{count} items", reason=reason)
    if is_full:
        known = {f"{PLACE}{one}" for one in (*strangers, *pairing.policy.places)}
        for record in await pairing.cases.open_records(STOCK_WRITE_REJECTED.code, PLACE) - known:
            await pairing.cases.let_go(record, [0], reason="nothing is told of it any more", actor="crossdock")


async def _is_stale(pairing: RetailPairing) -> bool:
    """Whether the last whole look is too long ago for anything to be raised; noted either way."""
    looked_at, limit = await pairing.reference.watermark(FEED), pairing.policy.intake.stale_after_seconds
    stale = looked_at is None or (pairing.clock.now() - looked_at).total_seconds() > limit
    if stale:
        effect = "nothing is raised until they are fresh"
        finding = STOCK_STALE.about(
            pairing.retail_name, system=pairing.retail_name, limit=f"{limit:g} s", effect=effect
        )
        await pairing.cases.raise_case(finding, record="flow", ref=FLOW)
    else:
        reason = "the figures are fresh again"
        await pairing.cases.settle(STOCK_STALE.code, pairing.retail_name, record="flow", reason=reason)
    return stale


async def judge_delay(pairing: RetailPairing) -> None:
    """How long figures take from the shelf to the ERP: beyond the target somebody is told, within it no longer."""
    lag, limit = await delay(pairing), pairing.policy.intake.target_seconds
    subject = f"{pairing.retail_name} to {pairing.erp_name}"
    if lag.problem:
        finding = STOCK_STALE.about(subject, system=pairing.retail_name, limit=f"{limit:g} s", effect=lag.problem)
        await pairing.cases.raise_case(finding, record=LAG, ref=subject)
    else:
        reason = "figures are booked in time again"
        await pairing.cases.settle(STOCK_STALE.code, subject, record=LAG, reason=reason)


async def delay(pairing: RetailPairing) -> Lag:
    """How long figures took in the last stretch of time, and how long those have waited that are not booked yet."""
    now, policy = pairing.clock.now(), pairing.policy.intake
    counts = await pairing.shelves.lags(now - timedelta(seconds=policy.window_seconds))
    places = list(pairing.policy.owned_by("retail")) if pairing.of_erp(StockCountSink) else []
    waiting = await pairing.shelves.waiting(places)  # without a sink their cases say so already
    oldest = 0.0 if waiting.since is None else max(0.0, (now - waiting.since).total_seconds())
    return judge_lag(
        counts, waiting=waiting.shelves, oldest_seconds=oldest, target_seconds=policy.target_seconds,
        share=policy.target_share,
    )  # fmt: skip
