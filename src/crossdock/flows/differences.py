"""Differences in cases: how one is looked at again, and what a person's remedy does to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import Pairing
from crossdock.flows.wish import Wish
from crossdock.model.reconciliation import Difference, Waiver
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.runtime import Job

RECORD = "difference"
Waivers = Mapping[tuple[str, str, str, str], Waiver]
COMPARED = "be compared again"
WOULD = {
    Remedy.ACCEPT: "be taken as it is", Remedy.RETRY: COMPARED, Remedy.MAP_CODE: COMPARED,
    Remedy.LINK_ACCOUNT: COMPARED,
}  # fmt: skip


def accepted(one: Difference, waivers: Waivers) -> Difference:
    """With who accepted it, if somebody did, as it is now."""
    waiver = waivers.get((one.case_kind, one.case_subject, one.ours, one.theirs)) if one.raises else None
    if waiver is None:
        return one
    return replace(one, waiver=waiver, case_kind="", case_subject="", raises=False)


async def recheck_difference(pairing: Pairing, one: Held, actor: str) -> None:
    """It is gone when the next run no longer finds it, or a named person accepted it."""
    found = await pairing.reconciliations.held([one.record_id])
    if one.record_id in found and found[one.record_id].accepted:
        await pairing.cases.let_go(RECORD, [one.record_id], reason="a named person accepted it", actor=actor)


async def accept_differences(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """These two figures, and no others: should one of them move, it is a difference again."""
    await pairing.reconciliations.waive([one.record_id for one in held], actor=wish.actor, reason=wish.reason)


async def compare_again(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """The very runs that found them."""
    found = await pairing.reconciliations.held([one.record_id for one in held])
    keys = sorted({f"{pairing.name}/{one.subject}/{one.period}" for one in found.values()})
    await pairing.jobs.ask([Job(entrypoint="reconcile", subject=key, key=f"reconcile/{key}") for key in keys])


async def foresee_difference(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    return {WOULD[wish.remedy]: len(held)} if wish.remedy in WOULD else {}
