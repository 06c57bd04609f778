"""Completeness: what never tried (law L9). Every id that a storefront lists is settled, waiting, in a case, left out by
a setting that has a name, or was never read; and so with what we posted, and with what left.

A green light means that every id is accounted for, never merely "no error". A run begins where the last one ended, so
that no time lies between two of them; one that was killed goes on from the part of the list it had read.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crossdock.cases.kinds import DESPATCH_MISSED
from crossdock.decide.completeness import account, is_green
from crossdock.decide.sequence import SeriesVerdict
from crossdock.flows.by_name import find_entry, left_out_by, read_index, take
from crossdock.flows.capture import FEED
from crossdock.flows.despatch import missing_from_erp
from crossdock.flows.never_arrived import LISTED, look_for_missing
from crossdock.flows.pairing import Pairing, Result
from crossdock.model.lifecycle import OrderState
from crossdock.ports.busy import Busy
from crossdock.ports.completeness import CompletenessRun, KnownOrder
from crossdock.ports.systems import FulfilmentSource

CHUNK = 100
GONE_MAX = 50
AHEAD = timedelta(minutes=5)
Tell = Callable[[str, int, int | None], None]
"""What is being done, how far it is, and of how many, when that is known."""


def quiet(_: str, __: int, ___: int | None) -> None:
    """Nobody looks on."""


async def check_completeness(pairing: Pairing, *, tell: Tell = quiet) -> Result:
    """One run, to its end: then its report is kept. Raises what reading either side raised; the run stays open."""
    if await pairing.reference.watermark(FEED) is None:
        return {"skipped": "the storefront's orders have not been read yet"}
    report = await run_completeness(pairing, tell=tell)
    if report is None:
        return {"skipped": "another worker is at it"}
    counts = report["storefront"]
    return {"green": report["green"], "listed": counts["listed"], "never_arrived": counts["never_arrived"]}


async def run_completeness(pairing: Pairing, *, tell: Tell = quiet) -> Mapping[str, Any] | None:
    """The report of one run; None when another worker is at it."""
    policy = pairing.completeness_policy
    try:
        async with pairing.completeness.run(
            now=pairing.clock.now(), window=policy.window, settle=policy.settle, start_from=pairing.start_from
        ) as run:
            report = await _account(pairing, run, tell)
            await run.end(report)
    except Busy:
        return None
    return report


async def _account(pairing: Pairing, run: CompletenessRun, tell: Tell) -> dict[str, Any]:
    await _read_list(pairing, run, tell)
    missed = await _take_missed(pairing, run, tell)
    asked = await _ask_erp(pairing, run, tell)
    tell("looking for holes in the order numbers", 0, None)
    found = await look_for_missing(pairing, now=pairing.clock.now())
    verdicts = account((OrderState(state), in_case, many) for state, in_case, many in await run.accounted())
    left_out = await run.left_out_counts()
    late, worst = await run.late(pairing.completeness_policy.settle + timedelta(seconds=pairing.overlap_seconds))
    report: dict[str, Any] = {
        "pairing": pairing.name,
        "since": run.since,
        "until": run.until,
        "green": False,
        "storefront": {
            "listed": await run.listed(),
            **{str(verdict): many for verdict, many in verdicts.items()},
            "left_out": sum(left_out.values()),
            "on_its_way": missed.on_its_way,
            "behind": len(set(missed.behind) - set(found.taken)),
            "never_arrived": len(found.missing),
            "unasked": found.unasked,
        },
        "left_out": [{"setting": setting, "orders": many} for setting, many in left_out.items()],
        "erp": {**await run.erp_counts(posted_before=_settled(pairing)), "asked": asked},
        "despatches": await run.despatch_counts(),
        "numbers": [_series(one) for one in found.series],
        "events_asked_for": found.hints,
        "taken": [*missed.taken, *found.taken],
        "missing": found.missing,
        "gone": [one.number for one in await _gone(pairing, run)],
        "late": {"orders": late, "worst_seconds": round(worst)},
        "notes": [note async for note in _notes(pairing, run)],
    }
    return report | {"green": is_green(report)}


async def _read_list(pairing: Pairing, run: CompletenessRun, tell: Tell) -> None:
    """To its proven end, or it is no count. Raises ReadIncomplete."""
    rows = await run.listed()
    tell("reading the storefront's list of orders", rows, None)
    async for page in read_index(pairing, run.read_from):
        await run.stage(page)
        rows += len(page.entries)
        tell("reading the storefront's list of orders", rows, None)
    await run.settle_left_out(
        setting=f"systems.{pairing.storefront_name}.",
        start_from=pairing.start_from,
        start_setting=f"pairings.{pairing.name}.orders.start_from",
    )


@dataclass(kw_only=True)
class _Missed:
    """on_its_way: too young to be missed. behind: the next sweep still reaches them. taken: it would not have."""

    on_its_way: int = 0
    behind: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)


async def _take_missed(pairing: Pairing, run: CompletenessRun, tell: Tell) -> _Missed:
    """What is listed and not in the book. What no sweep would read any more is read here."""
    watermark = await pairing.reference.watermark(FEED)
    reach = None if watermark is None else watermark - timedelta(seconds=pairing.overlap_seconds)
    missed, unknown = _Missed(), await run.unknown()
    for number, entry in enumerate(unknown):
        tell("taking orders that the sweep missed", number, len(unknown))
        if entry.changed_at is not None and entry.changed_at >= run.until:
            missed.on_its_way += 1
        elif reach is None or (entry.changed_at is not None and entry.changed_at >= reach):
            missed.behind.append(entry.number)
        elif await take(pairing, entry):
            missed.taken += [] if left_out_by(pairing, entry) else [entry.number]
        else:  # it was there a moment ago
            await pairing.completeness.hear([entry.storefront_id], topic=LISTED)
    return missed


def _settled(pairing: Pairing) -> datetime:
    """An ERP that does not know an order posted before then has lost it."""
    return pairing.clock.now() - timedelta(seconds=max(pairing.erp.settle_seconds * 2, 1))


async def _ask_erp(pairing: Pairing, run: CompletenessRun, tell: Tell) -> int:
    """Ask the ERP for every posted order of the window that it was not asked for since. Returns how many."""
    erp = pairing.of_erp(FulfilmentSource)
    if erp is None:
        return 0
    asked, before = 0, _settled(pairing)
    while ids := await run.unseen_in_erp(posted_before=before, limit=CHUNK):
        tell("asking the ERP for what was posted", asked, None)
        asked_at = pairing.clock.now()
        files = await pairing.orders.load_many(ids)
        stands = await erp.read_fulfilments([file.ref for file in files])
        for file in files:
            if file.ref not in stands:
                await missing_from_erp(pairing, file)
        await pairing.orders.checked(ids, at=asked_at)
        asked += len(ids)
    return asked


async def _gone(pairing: Pairing, run: CompletenessRun) -> list[KnownOrder]:
    """Read once, and the storefront has them no more: asked for by name before that is said."""
    return [one for one in await run.gone(GONE_MAX) if await find_entry(pairing, one.storefront_id) is None]


def _series(one: SeriesVerdict) -> dict[str, Any]:
    return {
        "series": f"{one.series.prefix}…{one.series.suffix}",
        "known": one.known,
        "missing": sum(len(hole.numbers) for hole in one.holes),
        "usual_gap": one.usual_gap,
        "usual": one.usual,
        "jumps": [[one.series.text(before), one.series.text(after)] for before, after in one.jumps],
        "learning": one.learning,
    }


async def _notes(pairing: Pairing, run: CompletenessRun) -> AsyncIterator[str]:
    """What makes a window late or wide, in words."""
    now, watermark = pairing.clock.now(), await pairing.reference.watermark(FEED)
    if pairing.of_erp(FulfilmentSource) is None:
        yield f"{pairing.erp_name} cannot be asked where orders stand: that it has them is its own word at posting."
    if watermark is not None and watermark > now + AHEAD:
        yield f"The watermark of orders stands at {watermark.isoformat()}, which is yet to come: sweeps read nothing."
    window = pairing.completeness_policy.window
    if run.until - run.since > window + timedelta(days=1):
        days = (run.until - run.since).days
        yield f"Nothing was counted for a while: this count reaches back {days} days instead of {window.days}."
    if open_cases := await pairing.cases.open_subjects(DESPATCH_MISSED.code):
        yield f"{len(open_cases)} orders that the ERP no longer has stand in cases ({DESPATCH_MISSED.code})."
