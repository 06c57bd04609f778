"""What a person does about a refund that waits, and how one is looked at again by itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from crossdock.cases.kind import Remedy
from crossdock.flows.pairing import Pairing
from crossdock.flows.refund import (
    KIND,
    Assessed,
    NotOurs,
    Ready,
    Stuck,
    assess,
    hold,
    is_fetched,
    look_at_refund,
    settle,
)
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.model.refund import RefundMove, RefundState
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.refunds import RefundFile, RefundStep

CROSSDOCK = "crossdock"
SETTLED = frozenset({RefundState.CREDITED, RefundState.DROPPED})
LOOKED_AT, MADE, ADOPTED, STUCK, CLOSED = (
    "be looked at again", "be credited in the ERP", "be taken as credited in the ERP under that number",
    "still wait for a person", "be taken as right as it is",
)  # fmt: skip


async def recheck_refund(pairing: Pairing, one: Held, actor: str) -> None:
    """By itself it is only looked whether its cause is gone; what was settled is sent again on a person's word."""
    file = await pairing.refunds.load(one.record_id)
    if file is None:
        return
    if file.state in SETTLED:
        await pairing.cases.let_go("refund", [file.id], reason="it is settled", actor=actor)
    elif file.state is not RefundState.WAITING:
        return
    elif await is_fetched(pairing, file):
        done = RefundStep(move=RefundMove.ACCEPT, findings=(), reason="the ERP fetched it after all", actor=actor)
        await pairing.refunds.move(file, done)
    elif file.credit is None:
        await _assess_again(pairing, file, one)
    elif actor != CROSSDOCK:
        await _send_again(pairing, file, actor)


async def _assess_again(pairing: Pairing, file: RefundFile, one: Held) -> None:
    found = await assess(pairing, file)
    fresh = await pairing.refunds.load(file.id)
    if fresh is None or fresh.state is not RefundState.WAITING:
        return
    match found:
        case Ready() | NotOurs():
            again = RefundStep(move=RefundMove.CHECK_AGAIN, look_in_seconds=0.0)
            if await pairing.refunds.move(fresh, again):
                await look_at_refund(pairing, fresh.id)
        case Stuck(problem=problem, evidence=evidence) if problem not in one.cause:
            await hold(pairing, fresh, problem, evidence=evidence)


async def _send_again(pairing: Pairing, file: RefundFile, actor: str) -> None:
    assert file.credit is not None  # asked by whoever calls
    others = [one for one in await _of_order(pairing, file) if one.id != file.id and one.credit is not None]
    await settle(pairing, file, Ready(file.credit, len(others)))


async def _of_order(pairing: Pairing, file: RefundFile) -> Sequence[RefundFile]:
    return () if file.order_id is None else await pairing.refunds.of_order(file.order_id)


async def foresee_refund(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    """Raises RemedyRefused."""
    if wish.remedy is Remedy.ADOPT and len(held) > 1:
        raise RemedyRefused(f"the case holds {len(held)} refunds, and one number stands for one credit note")
    would: dict[str, int] = {}
    for one in held:
        file = await pairing.refunds.load(one.record_id)
        if file is None or file.state is RefundState.UNREADABLE:
            raise RemedyRefused("it cannot be read; it goes on by itself once it can be")
        if wish.remedy is Remedy.ADOPT and file.state in SETTLED:
            raise RemedyRefused(f"{file.ref} has its credit note; correct that one, and retry to close the case")
        if wish.remedy is Remedy.ADOPT and await is_fetched(pairing, file):
            raise RemedyRefused(f"the ERP has fetched {file.ref} and makes its credit note; retry closes the case")
        what = ADOPTED if wish.remedy is Remedy.ADOPT else await _would(pairing, file)
        would[what] = would.get(what, 0) + 1
    return would


async def _would(pairing: Pairing, file: RefundFile) -> str:
    if file.state in SETTLED:
        return CLOSED
    if file.order_id is None:
        return LOOKED_AT
    found: Assessed = Ready(file.credit, 0) if file.credit is not None else await assess(pairing, file)
    return MADE if isinstance(found, Ready) else STUCK


async def adopt_refunds(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """Somebody made the credit note by hand. What the ERP has not fetched yet it shall not fetch any more."""
    for one in held:
        file = await pairing.refunds.load(one.record_id)
        if file is None or file.state is not RefundState.WAITING:
            continue
        if pairing.outbox is not None:
            await pairing.outbox.take_back(KIND, [file.ref])
        found = await assess(pairing, file) if file.credit is None else None
        fresh = await pairing.refunds.load(file.id)
        if fresh is None:
            continue
        credit, known = (found.credit, found.known) if isinstance(found, Ready) else (None, None)
        adopted = RefundStep(
            move=RefundMove.ADOPT, findings=(), credit=credit, known=known, erp_ref=wish.params["erp_ref"].strip(),
            reason=wish.reason, actor=wish.actor,
        )  # fmt: skip
        await pairing.refunds.move(fresh, adopted)


Settle = Callable[[Pairing, CaseRow, Sequence[Held], Wish], Awaitable[None]]
SETTLE: Mapping[Remedy, Settle] = {Remedy.ADOPT: adopt_refunds}
