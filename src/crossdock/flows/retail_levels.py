"""Stock out: what the ERP has on hand at its own places, and apart from it what is promised there.

Laws L4 and L8. Nothing promised is told twice: a retail system that takes counts is told what stands there and, beside
it, what open orders have reserved; one that takes what is available is told just that. Figures that move while they
are read are left out until the next run. What cannot be known is not told, and somebody hears why.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from crossdock.cases.kinds import SCHEMA_SURPRISE, STOCK_WRITE_REJECTED
from crossdock.decide.retail_feed import commitments
from crossdock.decide.retail_policy import Place
from crossdock.flows.open_orders import Reserved, read_reserved
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.retail_level_telling import promise_sink, tell_changes, tell_promises
from crossdock.flows.retail_places import in_dispute
from crossdock.flows.shelves import PLACE, refuse_place
from crossdock.flows.telling import count
from crossdock.model.retail import Commitment
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.busy import Busy
from crossdock.ports.retail import OnHandSink
from crossdock.ports.retail_memory import LevelRun
from crossdock.ports.systems import SiteStockSource, UnreadableFigure

FLOW = FEED = "retail-levels"
FULL_FEED = f"{FLOW}-full"
OVERLAP = timedelta(hours=2)  # a wall clock without zone repeats an hour each autumn
CLOCKS = timedelta(minutes=2)  # ours and the database's may differ
FIGURE = "figure "  # records that cases hold
TELLABLE = frozenset({Basis.ON_HAND, Basis.AVAILABLE})


async def tell_levels(pairing: RetailPairing) -> Result:
    """One run: figures, what is reserved, figures that moved meanwhile; then falls, promises, rises."""
    sink, source = pairing.of_retail(OnHandSink), pairing.of_erp(SiteStockSource)
    disputed = await in_dispute(pairing)
    places = {code: place for code, place in pairing.policy.owned_by("erp").items() if code not in disputed}
    if sink is None or source is None or not places:
        return {"skipped": "there is nobody to tell" if sink is None else "there is nothing to tell"}
    try:
        async with pairing.sent.levels() as run:
            return await _run(pairing, run, sink, _Places(places, source))
    except Busy:
        return {"skipped": "another worker is at it"}


@dataclass(frozen=True, slots=True)
class _Places:
    """Locations whose stock is the ERP's to tell, by code, and where it is read."""

    by_code: Mapping[str, Place]
    source: SiteStockSource

    async def read(self, since: datetime | None) -> AsyncIterator[tuple[str, Sequence[StockFigure | UnreadableFigure]]]:
        """(location, figures), page by page."""
        for location, place in self.by_code.items():
            async for page in self.source.read_site_stock(place.site, since):
                yield location, page


async def _run(pairing: RetailPairing, run: LevelRun, sink: OnHandSink, places: _Places) -> Result:
    began = pairing.clock.now()
    result: Result = {"told": 0, "refused": 0, "unsure": 0, "unreadable": 0}
    is_full = await _is_full(pairing, places, began)
    since = None if is_full else await pairing.reference.watermark(FEED)
    bases = await _read(pairing, run, places, None if since is None else since - OVERLAP, result)
    reserved = await read_reserved(pairing) if _needs_reserved(pairing, bases) else Reserved()
    promised = await _promised(pairing, places, reserved)
    await run.allocate(_by_place(promised))
    if not is_full and bases - {pairing.policy.feed.basis} and await run.unread(list(places.by_code)):
        await run.again()
        is_full, bases = True, await _read(pairing, run, places, None, result)
    async for location, page in places.read(began):
        await run.unstable(location, [one for one in page if isinstance(one, StockFigure)])
    if await _is_known(pairing, places, reserved, bases):
        await tell_changes(pairing, run, sink, result, falls=True)
        await tell_promises(pairing, list(places.by_code), promised, result)
        await tell_changes(pairing, run, sink, result, falls=False)
        await run.end(is_full=is_full)
        await pairing.reference.move_watermark(FEED, began)
        if is_full:
            await pairing.reference.move_watermark(FULL_FEED, began)
    return result


async def _is_full(pairing: RetailPairing, places: _Places, now: datetime) -> bool:
    """Whether every figure is read: once in a while, while something that was told may not have arrived, and when items
    are new over there."""
    full_at = await pairing.reference.watermark(FULL_FEED)
    every = timedelta(seconds=pairing.policy.feed.full_every_seconds)
    if full_at is None or now - full_at >= every:
        return True
    return await pairing.sent.unsettled(list(places.by_code), since=full_at - CLOCKS)


async def _read(
    pairing: RetailPairing, run: LevelRun, places: _Places, since: datetime | None, result: Result
) -> frozenset[Basis]:
    """Stage the figures of every place of the ERP's. Returns the bases they came with."""
    bases: set[Basis] = set()
    unreadable: dict[str, UnreadableFigure] = {}
    async for location, page in places.read(since):
        figures = [one for one in page if isinstance(one, StockFigure)]
        bases |= {one.basis for one in figures if not one.unlimited}
        unreadable |= {f"{one.stock_code} at {location}": one for one in page if isinstance(one, UnreadableFigure)}
        await run.stage(location, figures)
    count(result, unreadable=len(unreadable))
    await _note_unreadable(pairing, unreadable, is_full=since is None)
    return frozenset(bases)


async def _note_unreadable(
    pairing: RetailPairing, unreadable: Mapping[str, UnreadableFigure], *, is_full: bool
) -> None:
    """A figure that cannot be read is unknown: what was told last stands, and the desk is told."""
    for name, one in unreadable.items():
        finding = SCHEMA_SURPRISE.about(
            f"{pairing.erp_name} stock-level {one.fault.problem}", what="stock level", system=pairing.erp_name,
            place=one.fault.place, problem=one.fault.problem,
        )  # fmt: skip
        await pairing.cases.raise_case(finding, record=f"{FIGURE}{name}", ref=name, evidence=one.fault.evidence)
    if is_full:
        told = {f"{FIGURE}{name}" for name in unreadable}
        for record in await pairing.cases.open_records(SCHEMA_SURPRISE.code, FIGURE) - told:
            await pairing.cases.let_go(record, [0], reason="it can be read again", actor="crossdock")


def _needs_reserved(pairing: RetailPairing, bases: frozenset[Basis]) -> bool:
    """Whether what is reserved goes into the figures, or beside them."""
    return promise_sink(pairing) is not None or bool(bases - {pairing.policy.feed.basis})


async def _promised(pairing: RetailPairing, places: _Places, reserved: Reserved) -> Sequence[Commitment]:
    sites = {place.site.casefold(): code for code, place in places.by_code.items()}
    leaves = await pairing.sent.told_leaves(list({one.stock_code for one in reserved.allocations}))
    return commitments(reserved.allocations, location_of=sites, leaves=leaves)


def _by_place(promised: Sequence[Commitment]) -> Mapping[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    for one in promised:
        found[one.location, one.sku] = found.get((one.location, one.sku), Decimal(0)) + one.quantity
    return found


async def _is_known(pairing: RetailPairing, places: _Places, reserved: Reserved, bases: frozenset[Basis]) -> bool:
    """Whether the figures can be told at all; if not, each place says so in a case until they can."""
    problem = ""
    if strange := bases - TELLABLE:
        problem = f"{pairing.erp_name} tells figures that are {', '.join(sorted(strange))}, which nobody can count by"
    elif reserved.problem:
        problem = f"{pairing.erp_name} tells what is {', '.join(sorted(bases))}, and {reserved.problem}"
    subject = f"stock of {pairing.erp_name} for {pairing.retail_name}"
    for location in places.by_code:
        if problem:
            await refuse_place(pairing, location, subject, sku="every item", reason=problem)
        else:
            reason = "its figures can be told now"
            await pairing.cases.settle(STOCK_WRITE_REJECTED.code, subject, record=f"{PLACE}{location}", reason=reason)
    return not problem
