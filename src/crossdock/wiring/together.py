"""Several cases settled by one remedy: each rehearses it for itself, and a refusal of one stops none of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crossdock.flows.wish import Rehearsal, RemedyRefused, Wish
from crossdock.model.faults import RemoteFault
from crossdock.ports.case_book import CaseRow
from crossdock.wiring.case_file import Way, ways
from crossdock.wiring.installation import Installation
from crossdock.wiring.settling import settler_of

MOST = 100


class Ending(StrEnum):
    WENT = "went"
    REFUSED = "refused"
    UNSURE = "unsure"  # another system did not answer, and nobody knows yet what came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one case. rehearsal: None unless it went."""

    case: CaseRow
    ended: Ending
    text: str
    rehearsal: Rehearsal | None = None


def common_ways(cases: Sequence[CaseRow]) -> Sequence[Way]:
    """Remedies that all of them offer and that need nothing but a reason."""
    offered = [{way.remedy: way for way in ways(one.kind) if not way.params} for one in cases]
    return [way for remedy, way in offered[0].items() if all(remedy in each for each in offered)] if offered else []


async def rehearse_together(here: Installation, cases: Sequence[CaseRow], wish: Wish) -> Sequence[Said]:
    """What would come of it for each. Changes nothing. Raises RemedyRefused when they have no such remedy in common."""
    return await _each(here, cases, wish, apply=False)


async def settle_together(here: Installation, cases: Sequence[CaseRow], wish: Wish) -> Sequence[Said]:
    """One after the other. Raises RemedyRefused as above, before the first."""
    return await _each(here, cases, wish, apply=True)


async def _each(here: Installation, cases: Sequence[CaseRow], wish: Wish, *, apply: bool) -> Sequence[Said]:
    if len(cases) > MOST:
        raise RemedyRefused(f"At most {MOST} at once.")
    if wish.remedy not in {one.remedy for one in common_ways(cases)}:
        raise RemedyRefused("These cases have no such remedy in common.")
    return [await _one(here, case, wish, apply=apply) for case in cases]


async def _one(here: Installation, case: CaseRow, wish: Wish, *, apply: bool) -> Said:
    try:
        at = settler_of(here, case)
        done = await (at.apply if apply else at.rehearse)(case, wish)
    except RemedyRefused as refusal:
        return Said(case=case, ended=Ending.REFUSED, text=str(refusal))
    except RemoteFault as error:
        text = f"Another system had to be asked: {error}. Look at the case before you repeat."
        return Said(case=case, ended=Ending.UNSURE, text=text)
    return Said(case=case, ended=Ending.WENT, text=str(done), rehearsal=done)
