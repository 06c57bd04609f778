"""Levels and promises into a retail system: what changed since it was told, and what it refuses waits in a case."""

from collections.abc import Sequence
from contextlib import aclosing

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import STOCK_WRITE_REJECTED
from crossdock.decide.retail_stock import on_hand, to_tell
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.shelves import SUBJECT_MAX
from crossdock.flows.telling import TOLD, UNSAYABLE, count, digest, is_in, write_each
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused
from crossdock.model.retail import Commitment, RetailStock
from crossdock.model.stock import Basis
from crossdock.ports.retail import CommitmentSink, OnHandSink
from crossdock.ports.retail_memory import LevelRow, LevelRun

LEVEL, COMMITMENTS = "level", "commitments"


def promise_sink(pairing: RetailPairing) -> CommitmentSink | None:
    """Where promises go beside the counts; None where they do not: beside what is available they would be taken off
    twice."""
    feed = pairing.policy.feed
    return pairing.of_retail(CommitmentSink) if feed.commitments and feed.basis is Basis.ON_HAND else None


async def tell_changes(pairing: RetailPairing, run: LevelRun, sink: OnHandSink, result: Result, *, falls: bool) -> None:
    """Those that fall, or those that rise."""
    async with aclosing(run.rows()) as pages:
        async for page in pages:
            if levels := [level for row in page if (level := _changed(pairing, row, falls=falls)) is not None]:
                await _write(pairing, sink, levels, result)


def _changed(pairing: RetailPairing, row: LevelRow, *, falls: bool) -> RetailStock | None:
    """The level to tell, when it is another than was told and falls, or rises, as is asked for."""
    counted = on_hand(row.basis, row.quantity, row.allocated)
    told = to_tell(pairing.policy.feed.basis, counted=counted, allocated=row.allocated)
    if told is None or (told.quantity == row.told and not row.unsure):
        return None
    if (row.told is not None and told.quantity < row.told) is not falls:
        return None
    return RetailStock(
        location=row.location, sku=row.sku, basis=pairing.policy.feed.basis, quantity=told.quantity,
        sequence=int(row.as_of.timestamp() * 1000), occurred_at=row.as_of,
    )  # fmt: skip


async def _write(pairing: RetailPairing, sink: OnHandSink, levels: Sequence[RetailStock], result: Result) -> None:
    by_key = {f"{one.location}/{one.sku}": one for one in levels}
    keys, quantities = list(by_key), {key: one.quantity for key, one in by_key.items()}
    digests = {key: f"{quantity:f}" for key, quantity in quantities.items()}
    await pairing.sent.note(LEVEL, digests, "unsure", quantities=quantities)
    outcomes = dict(zip(keys, await write_each(sink.write_on_hand, list(by_key.values())), strict=True))
    taken = {key: digests[key] for key, outcome in outcomes.items() if is_in(outcome)}
    numbers = await pairing.sent.note(LEVEL, taken, "sent", quantities=quantities)
    if held := await pairing.cases.holding(TOLD, list(numbers.values())):
        await pairing.cases.let_go(TOLD, sorted(held), reason=f"{pairing.retail_name} took it", actor="crossdock")
    refused = {key: one for key, one in outcomes.items() if isinstance(one, Refused) and key not in taken}
    numbers = await pairing.sent.note(LEVEL, {key: digests[key] for key in refused}, "refused", quantities=quantities)
    for key, outcome in refused.items():
        finding = _refused(pairing, by_key[key], outcome.text)
        await pairing.cases.hold_only([finding], record=TOLD, record_id=numbers[key], ref=key)
    count(result, told=len(taken), refused=len(refused), unsure=len(keys) - len(taken) - len(refused))


def _refused(pairing: RetailPairing, level: RetailStock, text: str) -> Finding:
    """One cause is one case, whichever levels it keeps out."""
    cause = text.removeprefix(f"{level.sku} at {level.location}").lstrip(":. ")
    return STOCK_WRITE_REJECTED.about(
        f"{pairing.retail_name}: {cause}"[:SUBJECT_MAX], sku=level.sku, unit=level.location, reason=text
    )


async def tell_promises(
    pairing: RetailPairing, locations: Sequence[str], promised: Sequence[Commitment], result: Result
) -> None:
    """The whole set of these locations, when it is another than was told."""
    if (sink := promise_sink(pairing)) is None:
        return
    places = sorted(locations)
    ordered = sorted(promised, key=lambda one: one.key)
    digests = {"all": digest([places, ordered])}
    result["promised"] = len(ordered)
    if not await pairing.sent.unlike(COMMITMENTS, digests):
        return
    await pairing.sent.note(COMMITMENTS, digests, "unsure")
    try:
        outcome: Outcome = await sink.replace_commitments(places, ordered)
    except DataFault as fault:
        outcome = Refused(UNSAYABLE, str(fault), evidence=fault.evidence)
    if isinstance(outcome, Accepted):
        numbers = await pairing.sent.note(COMMITMENTS, digests, "sent")
        await pairing.cases.let_go(TOLD, list(numbers.values()), reason="they were taken", actor="crossdock")
    elif isinstance(outcome, Refused):
        numbers = await pairing.sent.note(COMMITMENTS, digests, "refused")
        finding = STOCK_WRITE_REJECTED.about(
            f"{pairing.retail_name} promises", sku=f"{len(ordered)} promises", unit=", ".join(places),
            reason=outcome.text,
        )  # fmt: skip
        await pairing.cases.hold_only([finding], record=TOLD, record_id=numbers["all"], ref=COMMITMENTS)
