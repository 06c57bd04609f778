"""Despatches: what left the warehouse, order by order, against what the storefront shows of it."""

from collections.abc import AsyncGenerator

from crossdock.cases.kinds import DESPATCH_MISSED
from crossdock.decide.despatch_shown import Verdict, judge_despatches
from crossdock.flows.differences import accepted
from crossdock.flows.pairing import Pairing
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault
from crossdock.model.reconciliation import Difference
from crossdock.ports.reconciliation import ReconciliationRun, SentOrder, SideRow, Tell

CHUNK = 100
AFTER, LOOKED_AT = "after", "orders looked at"
SETTLED = {
    Verdict.MISSED: "it left and was never found here, so the storefront was never told",
    Verdict.LOST: "the storefront took it, and does not show it any more",
}
EXPLAINED = {
    Verdict.COVERED: "the storefront would not take it; it stands in a case",
    Verdict.ACCEPTED: "a named person took it that the storefront is not told",
}
UNREADABLE = "unreadable"


async def reconcile_despatches(pairing: Pairing, run: ReconciliationRun, tell: Tell) -> None:
    """A page of orders is asked for on both sides, and what came of it is kept: a run taken up goes on behind it."""
    await run.note({}, ours_at=pairing.clock.now(), theirs_at=pairing.clock.now())
    looked_at = int(run.run.progress.get(LOOKED_AT, 0))
    while orders := await run.sent_orders(CHUNK, after=run.run.progress.get(AFTER, "")):
        stands = await pairing.erp.read_fulfilments([one.ref for one in orders])
        found: list[SideRow] = []
        for order in orders:
            found += await _look(pairing, order, stands.get(order.ref))
        looked_at += len(orders)
        await run.keep_found(found, {AFTER: orders[-1].ref, LOOKED_AT: str(looked_at)})
        tell("orders", looked_at)
    unknowns: list[str] = []
    await run.store(_differences(pairing, run, unknowns), counts={"orders": looked_at}, unknowns=unknowns)


async def _look(pairing: Pairing, order: SentOrder, stand: Fulfilment | DataFault | None) -> list[SideRow]:
    """One row for each parcel that is not as it should be. An order the ERP has not is for the compare of orders."""
    if stand is None:
        return []
    if isinstance(stand, DataFault):
        return [(order.ref, UNREADABLE, str(stand))]
    today = pairing.clock.now().date()
    left = [*judge_despatches(stand, told=order.told, shown=frozenset(), today=today)]
    if not left:
        return []
    shown = frozenset(number for _, number in await pairing.storefront.find_despatches(order.storefront_id))
    return [
        (f"{order.ref} {one.number or 'without a number'}", str(one.verdict), one.courier)
        for one in judge_despatches(stand, told=order.told, shown=shown, today=today)
        if one.verdict not in (Verdict.AGREES, Verdict.UNDER_WAY)
    ]


async def _differences(
    pairing: Pairing, run: ReconciliationRun, unknowns: list[str]
) -> AsyncGenerator[Difference, None]:
    waivers = await pairing.reconciliations.waivers()
    for key, value, detail in await run.kept_found():
        if value == UNREADABLE:
            unknowns.append(f"order {key}: {detail}")
            continue
        ref, _, number = key.partition(" ")
        yield accepted(_difference(pairing, ref, number, Verdict(value), courier=detail), waivers)


def _difference(pairing: Pairing, ref: str, number: str, verdict: Verdict, *, courier: str) -> Difference:
    likely = SETTLED.get(verdict) or EXPLAINED[verdict]
    settles = verdict in SETTLED
    parcel = f"parcel {number} with {courier}"
    problem = f"{parcel} left the warehouse and {pairing.storefront_name} does not show it"
    return Difference(
        link="despatches", cause=f"despatch-{verdict}", subject=ref, ref=ref, document=number,
        what=f"{parcel} of order {ref}", ours="left the warehouse",
        theirs=f"not shown by {pairing.storefront_name}", likely=likely,
        case_kind=DESPATCH_MISSED.code if settles else "", case_subject=ref if settles else "", raises=settles,
        facts={"order_ref": ref, "problem": problem},
    )  # fmt: skip
