"""Orders that must have been and that we never read: asked for by name, taken where they are, else told to somebody.

Evidence is a number missing in a row of order numbers; or an event, or the storefront's own list, that spoke of an
order nobody could fetch. One hole in the numbers is one case, however many numbers it holds. An event that falls into
a hole stands in the hole's case, and one that was told of first keeps its case when the hole shows.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import RECORD_NEVER_ARRIVED
from crossdock.decide.sequence import Hole, SeriesVerdict, judge_numbers
from crossdock.flows.by_name import find_entry, left_out_by, take
from crossdock.flows.pairing import Pairing
from crossdock.ports.completeness import Hint, KnownOrder, Missing, OrderEntry, OrderIndex, OrderNumberIndex

NUMBER, HINT = "order-number", "order-hint"
ASKED_MAX = 500  # numbers in one run; the next run goes on with those that were not asked for yet
BETWEEN_MAX = 100  # keys between two neighbours: beyond that the storefront counts in another way
HINTS_MAX = 500
LISTED = "the storefront's list"
ARRIVED = "there is an account of it now"


@dataclass(kw_only=True)
class Found:
    """What a look came to. taken: orders that were read after all. missing: numbers and keys that stand in cases now.
    unasked: how many numbers are left for the next run. hints: how many events spoke of orders that we had not."""

    series: tuple[SeriesVerdict, ...] = ()
    taken: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unasked: int = 0
    hints: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A hole, or what asking left of one. before, after: the orders at its ends. asked: whether the storefront was."""

    hole: Hole
    numbers: tuple[str, ...]
    before: KnownOrder
    after: KnownOrder
    asked: bool = False

    @property
    def label(self) -> str:
        return self.numbers[0] if len(self.numbers) == 1 else f"{self.numbers[0]} to {self.numbers[-1]}"

    @property
    def keys(self) -> range:
        """Where the storefront's keys are numbers that rise with the order numbers, those of the hole lie between."""
        ends = (self.before.storefront_id, self.after.storefront_id)
        if not all(end.isascii() and end.isdecimal() for end in ends):
            return range(0)
        low, high = (int(end) for end in ends)
        return range(low + 1, high) if high - low <= BETWEEN_MAX + 1 else range(0)

    def holds(self, hint: Hint) -> bool:
        return hint.storefront_id.isascii() and hint.storefront_id.isdecimal() and int(hint.storefront_id) in self.keys


async def look_for_missing(pairing: Pairing, *, now: datetime) -> Found:
    """One look. Raises what asking the storefront raised; what was found until then is kept."""
    found, policy = Found(), pairing.completeness_policy
    hints = await _ask_for_hinted(pairing, found, before=now - policy.settle)
    told = await _still_missing(pairing)
    for gap in await _gaps(pairing, found, told, now=now) if policy.numbers else ():
        inside = [one for one in hints if gap.holds(one)]
        hints = [one for one in hints if one not in inside]
        await _tell_gap(pairing, gap, inside, told, found)
    for hint in hints:
        await _tell_hint(pairing, hint, found)
    await _still_missing(pairing)  # what was taken just now is let go just now
    return found


async def _ask_for_hinted(pairing: Pairing, found: Found, *, before: datetime) -> list[Hint]:
    """Ask for what events spoke of. Returns those that the storefront does not know."""
    await pairing.completeness.forget_hints()
    unknown = []
    for hint in await pairing.completeness.hints(before=before, limit=HINTS_MAX):
        found.hints += 1
        entry = await find_entry(pairing, hint.storefront_id)
        if entry is None or not await take(pairing, entry):
            unknown.append(hint)
        elif not left_out_by(pairing, entry):
            found.taken.append(entry.number or entry.storefront_id)
    return unknown


async def _still_missing(pairing: Pairing) -> list[Missing]:
    """What stands in open cases, less what there is an account of by now: that is let go."""
    told = list(await pairing.completeness.missing())
    numbers = await pairing.completeness.known([one.ref for one in told if one.record == NUMBER])
    open_hints = await pairing.completeness.hints_left([one.record_id for one in told if one.record == HINT])
    there = [one for one in told if (one.ref in numbers if one.record == NUMBER else one.record_id not in open_hints)]
    for record in (NUMBER, HINT):
        if ids := [one.record_id for one in there if one.record == record]:
            await pairing.cases.let_go(record, ids, reason=ARRIVED, actor="crossdock")
    return [one for one in told if one not in there]


async def _gaps(pairing: Pairing, found: Found, told: Sequence[Missing], *, now: datetime) -> list[Gap]:
    """Every hole that is left after the storefront was asked, those first that nobody was told of."""
    book, policy = pairing.completeness, pairing.completeness_policy
    settled: list[str] = []
    fresh: list[str] = []
    async for page in book.numbers(since=now - timedelta(weeks=policy.weeks), fresh_since=now - policy.settle):
        for one in page:
            (fresh if one.fresh else settled).append(one.number)
    reported = frozenset(one.ref for one in told if one.record == NUMBER)
    found.series = await asyncio.to_thread(judge_numbers, settled, fresh=fresh, reported=reported)
    gaps = [await _gap(pairing, hole) for verdict in found.series for hole in verdict.holes]
    gaps.sort(key=lambda gap: reported >= set(gap.numbers))
    left: list[Gap] = []
    asked = 0
    for gap in gaps:
        asked += len(gap.numbers)
        if asked > max(ASKED_MAX, len(gap.numbers)):
            found.unasked += len(gap.numbers)
        else:
            left += await _ask(pairing, gap, found)
    return left


async def _gap(pairing: Pairing, hole: Hole) -> Gap:
    ends = [hole.series.text(number) for number in (hole.before, hole.after)]
    known = await pairing.completeness.known(ends)
    before, after = (known.get(number) or KnownOrder(number=number, storefront_id="") for number in ends)
    numbers = tuple(hole.series.text(number) for number in hole.numbers)
    return Gap(hole=hole, numbers=numbers, before=before, after=after)


async def _ask(pairing: Pairing, gap: Gap, found: Found) -> list[Gap]:
    """What asking leaves of a hole: in parts, where some of its numbers are accounted for."""
    accepted = await pairing.completeness.accepted([str(key) for key in gap.keys])
    if len(accepted) >= len(gap.numbers):  # a named person accepted these very orders by their keys
        word = next(iter(accepted.values()))
        await pairing.completeness.leave_out([accepted_entry(number, word) for number in gap.numbers])
        return []
    asked, entries = await _there(pairing, gap)
    here = set()
    for entry in entries:
        if await take(pairing, entry):
            here.add(entry.number)
            found.taken += [] if left_out_by(pairing, entry) else [entry.number]
    runs = groupby(enumerate(gap.numbers), key=lambda pair: pair[1] in here)
    parts = [tuple(number for _, number in run) for is_here, run in runs if not is_here]
    return [replace(gap, numbers=part, asked=asked) for part in parts]


async def _there(pairing: Pairing, gap: Gap) -> tuple[bool, list[OrderEntry]]:
    """Whether the storefront could be asked: by number, else by every key between those of the neighbours. And what it
    has there that we have not."""
    if (numbers := pairing.of_storefront(OrderNumberIndex)) is not None:
        answers = await numbers.find_order_numbers(gap.numbers)
        there = [replace(entry, number=number) for number, entry in answers.items() if entry is not None]
        return answers.keys() >= set(gap.numbers), there
    if pairing.of_storefront(OrderIndex) is None or not gap.keys:
        return False, []
    entries = [await find_entry(pairing, str(key)) for key in gap.keys]
    there = [entry for entry in entries if entry is not None]
    known = await pairing.completeness.known([entry.number for entry in there])
    return True, [entry for entry in there if entry.number not in known]


async def _tell_gap(
    pairing: Pairing, gap: Gap, hints: Sequence[Hint], told: Sequence[Missing], found: Found
) -> None:  # fmt: skip
    """Put its numbers, and the events that fall into it, into one case: the one that holds some of them already."""
    found.missing += gap.numbers
    refs = {NUMBER: set(gap.numbers), HINT: {one.storefront_id for one in hints}}
    held = [one for one in told if one.ref in refs[one.record]]
    there = {(one.record, one.ref) for one in held}
    numbers = [number for number in gap.numbers if (NUMBER, number) not in there]
    events = [one for one in hints if (HINT, one.storefront_id) not in there]
    if not numbers and not events:
        return
    system = pairing.storefront_name
    finding = RECORD_NEVER_ARRIVED.about(
        held[0].subject if held else f"{system} {gap.label}",
        what="Order" if len(gap.numbers) == 1 else "Orders",
        ref=gap.label,
        system=system,
        evidence=_evidence(pairing, gap, hints),
    )
    await _hold(pairing, finding, NUMBER, [(record_id(pairing, number), number) for number in numbers])
    await _hold(pairing, finding, HINT, [(one.id, one.storefront_id) for one in events])


async def _tell_hint(pairing: Pairing, hint: Hint, found: Found) -> None:
    found.missing.append(hint.storefront_id)
    system = pairing.storefront_name
    finding = RECORD_NEVER_ARRIVED.about(
        f"{system} order key {hint.storefront_id}",
        what="The order with the key",
        ref=hint.storefront_id,
        system=system,
        evidence=f"{_heard(pairing, hint)}, and {system} has no such order now",
    )
    await _hold(pairing, finding, HINT, [(hint.id, hint.storefront_id)])


async def _hold(pairing: Pairing, finding: Finding, record: str, records: Sequence[tuple[int, str]]) -> None:
    for identity, ref in records:
        await pairing.cases.raise_case(finding, record=record, record_id=identity, ref=ref)


def _evidence(pairing: Pairing, gap: Gap, hints: Sequence[Hint]) -> str:
    system = pairing.storefront_name
    it = "its number lies" if len(gap.numbers) == 1 else "their numbers lie"
    before, after = (
        f"{one.number} ({_moment(pairing, one.placed_at)})" if one.placed_at else one.number
        for one in (gap.before, gap.after)
    )
    asked = f"{system} has no such order now" if gap.asked else f"{system} cannot be asked for it"
    heard = "".join(f"; {_heard(pairing, one)}" for one in hints)
    return f"{it} between {before} and {after}, and {asked}{heard}"


def _heard(pairing: Pairing, hint: Hint) -> str:
    by = hint.topic if hint.topic == LISTED else f"an event ({hint.topic})"
    return f"{by} spoke of it on {_moment(pairing, hint.heard_at)}"


def _moment(pairing: Pairing, moment: datetime) -> str:
    local = moment.astimezone(pairing.completeness_policy.zone)
    return f"{local.day} {local.strftime('%B %Y %H:%M')}"


def accepted_entry(number: str, word: str, *, storefront_id: str = "") -> OrderEntry:
    """An order that nobody will ever read, as a named person takes it: counted and listed like one left out."""
    return OrderEntry(storefront_id=storefront_id or f"#{number}", number=number, left_out=word)


def record_id(pairing: Pairing, number: str) -> int:
    """The same for ever, and no other pairing's or number's."""
    digest = hashlib.sha256(f"{pairing.name}\n{number}".encode()).digest()
    return int.from_bytes(digest[:8]) >> 1
