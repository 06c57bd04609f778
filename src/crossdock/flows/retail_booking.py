"""One batch of counts into the ERP: the newest of each shelf, the largest batch allowed, no sooner than the pace says.

A count is absolute, so that one whose answer was lost is simply written again, a bounded number of times.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.cases.kinds import STOCK_WRITE_REJECTED
from crossdock.decide.retail_stock import on_hand, to_count
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.retail_places import in_dispute
from crossdock.flows.shelves import PLACE, SHELF, name_of, park, refuse_place, rejected, why_not
from crossdock.flows.telling import write_each
from crossdock.model.faults import Accepted, Outcome, Refused
from crossdock.model.stock import Basis, StockFigure
from crossdock.ports.after_sale import StockCountSink
from crossdock.ports.retail_memory import Shelf, ShelfRun
from crossdock.ports.runtime import Job
from crossdock.ports.systems import ItemSource

FLOW = "retail-stock"
BATCH = "retail-batch"


async def book_batch(pairing: RetailPairing, run: ShelfRun, result: Result, *, stale: bool) -> None:
    """Write one batch; if there is more, the next is asked for after the pace of this pairing."""
    policy, disputed = pairing.policy.intake, await in_dispute(pairing)
    places = [code for code in pairing.policy.owned_by("retail") if code not in disputed]
    sink = pairing.of_erp(StockCountSink)
    if sink is None:
        await _nowhere_to_book(pairing)
        return
    await _somewhere_to_book(pairing)
    shelves = await run.due(places, limit=policy.batch_max, only_lower=stale)
    if shelves and (wait := await _too_soon(pairing)) > 0:
        result["waiting"] = len(shelves)
        await _again(pairing, wait)
        return
    ready = await _ready(pairing, shelves)
    result |= {"parked": len(shelves) - len(ready), "booked": 0, "refused": 0, "unsure": 0}
    if ready:
        await pairing.reference.move_watermark(BATCH, pairing.clock.now())
        await _write(pairing, run, sink, ready, result)
    if len(shelves) == policy.batch_max:
        await _again(pairing, policy.pace_seconds)


async def _too_soon(pairing: RetailPairing) -> float:
    """Seconds until the next batch may go; nothing or less when it may now."""
    last = await pairing.reference.watermark(BATCH)
    return 0.0 if last is None else pairing.policy.intake.pace_seconds - (pairing.clock.now() - last).total_seconds()


async def _again(pairing: RetailPairing, seconds: float) -> None:
    subject = f"{pairing.name}/{FLOW}"
    await pairing.jobs.ask([Job(entrypoint="flow", subject=subject, key=f"again/{subject}", delay_seconds=seconds)])


async def _ready(pairing: RetailPairing, shelves: Sequence[Shelf]) -> list[Shelf]:
    """Those that may be booked; the others wait in cases. What the ERP is not known to hold is asked for by name."""
    unknown = list(dict.fromkeys(one.code for one in shelves if one.item is None))
    if unknown and (items := pairing.of_erp(ItemSource)) is not None:
        await pairing.reference.store_items(await items.find_items(unknown))
        found = [await pairing.shelves.shelf(one.id) if one.item is None else one for one in shelves]
        shelves = [one for one in found if one is not None]
    ready = []
    for one in shelves:
        if (finding := why_not(one)) is None:
            ready.append(one)
        else:
            await park(pairing, one, finding)
    return ready


@dataclass(slots=True)
class _Batch:
    """counts: by shelf, as written. outcomes: in the order of the shelves."""

    shelves: list[Shelf]
    counts: dict[int, Decimal] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


async def _write(
    pairing: RetailPairing, run: ShelfRun, sink: StockCountSink, shelves: list[Shelf], result: Result
) -> None:
    batch = _Batch(shelves, {one.id: _count(one) for one in shelves})
    await run.booking(batch.counts)
    batch.outcomes = await write_each(
        sink.write_counts, [_figure(pairing, one, batch.counts[one.id]) for one in shelves]
    )
    taken = [one for one, outcome in zip(shelves, batch.outcomes, strict=True) if isinstance(outcome, Accepted)]
    if taken:
        await run.booked({one.id: batch.counts[one.id] for one in taken}, taken, at=pairing.clock.now())
        await _settle_taken(pairing, taken)
    for shelf, outcome in zip(shelves, batch.outcomes, strict=True):
        match outcome:
            case Accepted():
                result["booked"] += 1
            case Refused(text=text, evidence=evidence):
                result["refused"] += 1
                await park(pairing, shelf, rejected(shelf, text, f"{pairing.erp_name}: {text}"), evidence=evidence)
            case unknown:
                result["unsure"] += 1
                if shelf.attempts + 1 >= pairing.policy.intake.attempts_max:
                    reason = f"{shelf.attempts + 1} times no answer said whether it was taken: {unknown.reason}"
                    finding = rejected(shelf, reason, f"{pairing.erp_name} does not answer")
                    await park(pairing, shelf, finding, evidence=unknown.evidence)


def _count(shelf: Shelf) -> Decimal:
    return to_count(_on_hand(shelf), shelf.left_unbooked)


def _on_hand(shelf: Shelf) -> Decimal:
    counted = on_hand(shelf.level.basis, shelf.level.quantity, shelf.level.allocated)
    assert counted is not None, "why_not refuses a figure that tells nothing of the shelf"
    return counted


def _figure(pairing: RetailPairing, shelf: Shelf, count: Decimal) -> StockFigure:
    return StockFigure(
        stock_code=shelf.item.code if shelf.item is not None else shelf.code,
        site=pairing.policy.places[shelf.level.location].site, basis=Basis.ON_HAND, quantity=count,
        as_of=shelf.level.occurred_at,
    )  # fmt: skip


async def _settle_taken(pairing: RetailPairing, taken: Sequence[Shelf]) -> None:
    """What was booked leaves its cases, but for a shelf that tells of less than nothing: nothing was booked of it."""
    below = [one for one in taken if _on_hand(one) + one.left_unbooked < 0]
    for shelf in below:
        told = f"the shop tells {_on_hand(shelf)}, which no shelf can hold"
        finding = rejected(shelf, f"{told}; 0 is booked until goods are booked in")
        await pairing.cases.hold_only([finding], record=SHELF, record_id=shelf.id, ref=name_of(shelf))
    held = await pairing.cases.holding(SHELF, [one.id for one in taken]) - {one.id for one in below}
    if held:
        await pairing.cases.let_go(SHELF, sorted(held), reason="the ERP took its count", actor="crossdock")


async def _nowhere_to_book(pairing: RetailPairing) -> None:
    """The ERP takes no counts: what waits is a case for each place, with how much it is."""
    waiting = await pairing.shelves.waiting_by_location()
    reason = f"{pairing.erp_name} takes no counts with its settings; count these shelves there by hand"
    for location in pairing.policy.owned_by("retail"):
        if count := waiting.get(location):
            await refuse_place(pairing, location, _takes_none(pairing), sku=f"{count} items", reason=reason)


async def _somewhere_to_book(pairing: RetailPairing) -> None:
    subject = _takes_none(pairing)
    if subject in await pairing.cases.open_subjects(STOCK_WRITE_REJECTED.code):
        for location in pairing.policy.owned_by("retail"):
            reason = f"{pairing.erp_name} takes counts now"
            await pairing.cases.settle(STOCK_WRITE_REJECTED.code, subject, record=f"{PLACE}{location}", reason=reason)


def _takes_none(pairing: RetailPairing) -> str:
    return f"{pairing.erp_name} takes no counts"
