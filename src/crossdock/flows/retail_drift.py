"""Stock drift: every shelf of the shops beside the ERP's ledger, and what nothing under way explains is a case.

Both sides are read whole; the shop owns its figures, so that what drifted is booked anew, once. A case closes when both
sides agree. Of places that the ERP owns no retail system tells anything; there, every figure is read and told anew.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from crossdock.cases.kinds import STOCK_DRIFT
from crossdock.decide.retail_drift import FOR_A_PERSON, LOOK_AGAIN, Verdict, difference, judge
from crossdock.decide.retail_feed import commitments
from crossdock.decide.retail_stock import age, on_hand, stamp_of
from crossdock.flows.drift_records import DRIFT
from crossdock.flows.open_orders import Reserved, read_reserved
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.retail_places import in_dispute
from crossdock.model.faults import Unsupported
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.busy import Busy
from crossdock.ports.retail import RetailStockSource
from crossdock.ports.retail_drift import DriftRun, ShelfBeside
from crossdock.ports.systems import SiteStockSource

FLOW = "retail-drift"
MANY = 20  # as many at one place have one cause
Found = list[tuple[ShelfBeside, Verdict]]


async def compare_shelves(pairing: RetailPairing) -> Result:
    """Places not compared for as long as the settings say, or whose last comparison left a question open."""
    source, counts = pairing.of_retail(RetailStockSource), pairing.of_erp(SiteStockSource)
    if source is None or counts is None:
        return {"skipped": f"{pairing.retail_name if source is None else pairing.erp_name} does not tell its stock"}
    if not (places := await _due(pairing)):
        return {"skipped": "every place was compared lately"}
    try:
        async with pairing.drift.run() as run:
            return await _compare(pairing, run, places)
    except Busy:
        return {"skipped": "another worker is at it"}


async def _due(pairing: RetailPairing) -> Mapping[str, str]:
    """Location → site."""
    now, disputed = pairing.clock.now(), await in_dispute(pairing)
    every, due = timedelta(seconds=pairing.policy.intake.drift_every_seconds), {}
    for location, place in pairing.policy.owned_by("retail").items():
        agreed = await pairing.reference.watermark(_feed(location))
        if location not in disputed and (agreed is None or now - agreed >= every):
            due[location] = place.site
    return due


def _feed(location: str) -> str:
    return f"{FLOW} {location}"


async def _compare(pairing: RetailPairing, run: DriftRun, places: Mapping[str, str]) -> Result:
    began = pairing.clock.now()
    bases = await _read(pairing, run, places, began)
    reserved = await read_reserved(pairing) if bases - {Basis.ON_HAND} else Reserved()
    if reserved.problem:
        return {"skipped": f"{pairing.erp_name} tells what is {', '.join(sorted(bases))}, and {reserved.problem}"}
    await run.allocate(await _by_place(pairing, places, reserved))
    tally, open_before = Counter[Verdict](), {one for one, _ in await pairing.cases.standing(STOCK_DRIFT.code, DRIFT)}
    unsettled, agreed, found = set[str](), set[int](), Found()
    async with aclosing(run.both(began)) as pages:
        async for page in pages:
            for one in page:
                verdict = judge(one.both)
                if verdict in FOR_A_PERSON:
                    found.append((one, verdict))
                    continue
                tally[verdict] += 1
                if verdict in LOOK_AGAIN:
                    unsettled.add(one.location)
                elif one.shelf_id in open_before and one.shelf_id is not None and verdict is not Verdict.UNKNOWN:
                    agreed.add(one.shelf_id)
    for one, verdict in await _ask_again(pairing, found):
        tally[verdict] += 1
        if verdict in FOR_A_PERSON | LOOK_AGAIN:
            unsettled.add(one.location)
        if verdict in FOR_A_PERSON:
            await _raise(pairing, one, verdict, many=sum(1 for other, _ in found if other.location == one.location))
            if verdict is Verdict.DRIFT and one.shelf_id not in open_before:
                await _rebook(pairing, one)
    if agreed:
        await pairing.cases.let_go(DRIFT, sorted(agreed), reason="both sides agree", actor="crossdock")
    for location in places.keys() - unsettled:
        await pairing.reference.move_watermark(_feed(location), began)
    return {verdict.value.replace(" ", "_"): count for verdict, count in sorted(tally.items()) if count}


async def _read(pairing: RetailPairing, run: DriftRun, places: Mapping[str, str], began: datetime) -> frozenset[Basis]:
    """Both sides, and what of the ERP's moved meanwhile. Returns the bases its figures came with."""
    source, counts = pairing.of_retail(RetailStockSource), pairing.of_erp(SiteStockSource)
    assert source is not None and counts is not None, "compare_shelves asks for both"  # noqa: PT018
    async for told in source.read_retail_stock(None):
        await run.tell([one.value for one in told if one.value is not None and one.value.location in places])
    bases: set[Basis] = set()
    for location, site in places.items():
        async for page in counts.read_site_stock(site, None):
            figures = [one for one in page if isinstance(one, StockFigure)]
            bases |= {one.basis for one in figures if not one.unlimited}
            await run.count(location, figures)
    for location, site in places.items():
        async for page in counts.read_site_stock(site, began):
            await run.moved(location, [one for one in page if isinstance(one, StockFigure)])
    return frozenset(bases)


async def _by_place(
    pairing: RetailPairing, places: Mapping[str, str], reserved: Reserved
) -> Mapping[tuple[str, str], Decimal]:
    sites = {site.casefold(): location for location, site in places.items()}
    leaves = await pairing.sent.leaves(list({one.stock_code for one in reserved.allocations}))
    found: dict[tuple[str, str], Decimal] = {}
    for one in commitments(reserved.allocations, location_of=sites, leaves=frozenset(leaves)):
        found[one.location, one.sku] = found.get((one.location, one.sku), Decimal(0)) + one.quantity
    return found


async def _ask_again(pairing: RetailPairing, found: Found) -> Found:
    """What looks wrong is asked for by name, beside what we hold by now: a figure that was just on its way is none."""
    source = pairing.of_retail(RetailStockSource)
    assert source is not None, "compare_shelves asks for it"
    settled: Found = []
    for location in sorted({one.location for one, _ in found}):
        here = [(one, verdict) for one, verdict in found if one.location == location]
        try:
            told = {one.sku: one for one in await source.find_retail_stock(location, [one.sku for one, _ in here])}
        except Unsupported:
            settled += here
            continue
        for one, verdict in here:
            shelf = await pairing.shelves.shelf(one.shelf_id) if one.shelf_id is not None else None
            level = told.get(one.sku)
            if shelf is None or shelf.version != one.version:
                settled.append((one, Verdict.MOVED))
            elif level is None:
                settled.append((one, verdict))
            else:
                says = on_hand(level.basis, level.quantity, level.allocated)
                both = replace(one.both, told=says, age=age(stamp_of(level), stamp_of(shelf.level)))
                settled.append((replace(one, both=both), judge(both)))
    return settled


async def _raise(pairing: RetailPairing, one: ShelfBeside, verdict: Verdict, *, many: int) -> None:
    assert one.shelf_id is not None, "a shelf never heard of is under way"
    ours, theirs = f"{one.both.told} ({pairing.retail_name})", f"{one.both.counted} ({pairing.erp_name})"
    subject = one.location if many > MANY else f"{one.sku}/{one.location}"
    if verdict is Verdict.OUTNUMBERED:
        ours = f"{one.both.told} ({pairing.retail_name}, under an older number)"
        theirs = f"{one.both.held} (told before)"
        subject = f"{one.location} numbered anew"
    finding = STOCK_DRIFT.about(subject, sku=one.sku, location=one.location, ours=ours, theirs=theirs)
    ref = f"{one.sku} at {one.location}"
    await pairing.drift.note({one.shelf_id: difference(one.both.told, one.both.counted)})
    await pairing.cases.hold_only([finding], record=DRIFT, record_id=one.shelf_id, ref=ref)


async def _rebook(pairing: RetailPairing, one: ShelfBeside) -> None:
    assert one.shelf_id is not None, "a shelf never heard of is under way"
    assert one.both.counted is not None, "a drift is between two figures"
    await pairing.drift.rebook({one.shelf_id: one.both.counted})
