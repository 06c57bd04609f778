"""What a person's remedy does to orders that never arrived, and to feeds that went quiet."""

from collections.abc import Mapping, Sequence

from crossdock.cases.kind import Remedy
from crossdock.flows.by_name import find_entry, take
from crossdock.flows.never_arrived import ARRIVED, HINT, NUMBER, accepted_entry
from crossdock.flows.pairing import Pairing
from crossdock.flows.silence import RECORD, watch_feeds
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.completeness import ACCEPTED, OrderNumberIndex


async def recheck_number(pairing: Pairing, one: Held, actor: str) -> None:
    """Asked for by its number once more, where the storefront can be; the next count looks between its neighbours."""
    if one.ref not in await pairing.completeness.known([one.ref]):
        numbers = pairing.of_storefront(OrderNumberIndex)
        entry = None if numbers is None else (await numbers.find_order_numbers([one.ref])).get(one.ref)
        if entry is None or not await take(pairing, entry):
            return
    await pairing.cases.let_go(NUMBER, [one.record_id], reason=ARRIVED, actor=actor)


async def recheck_hint(pairing: Pairing, one: Held, actor: str) -> None:
    """Asked for by its key once more."""
    entry = await find_entry(pairing, one.ref)
    if entry is not None and await take(pairing, entry):
        await pairing.cases.let_go(HINT, [one.record_id], reason=ARRIVED, actor=actor)


async def accept_numbers(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    await pairing.completeness.leave_out([accepted_entry(one.ref, _word(wish)) for one in held])
    await pairing.cases.let_go(NUMBER, [one.record_id for one in held], reason=wish.reason, actor=wish.actor)


async def accept_hints(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    await pairing.completeness.leave_out([accepted_entry("", _word(wish), storefront_id=one.ref) for one in held])
    await pairing.cases.let_go(HINT, [one.record_id for one in held], reason=wish.reason, actor=wish.actor)


async def foresee_missing(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    """In words, what would come of them."""
    accepts = wish.remedy is Remedy.ACCEPT
    return {"be counted as left out" if accepts else "be asked for once more": len(held)}


async def recheck_feed(pairing: Pairing, one: Held, actor: str) -> None:
    """A record that came meanwhile ends the silence."""
    await watch_feeds(pairing)


async def accept_silence(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """It is not told again; the next one is another silence."""
    for one in held:
        await pairing.cases.settle(
            case.kind, case.subject, record=RECORD, record_id=one.record_id, reason=wish.reason
        )  # fmt: skip


def _word(wish: Wish) -> str:
    return f"{ACCEPTED}{wish.reason} ({wish.actor})"
