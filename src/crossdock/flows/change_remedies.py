"""What a person does about a change that waits, and how one is looked at again by itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from crossdock.cases.kind import Remedy
from crossdock.decide.duplicates import same_order
from crossdock.decide.order_change import Decline, Grant, floor_began
from crossdock.decide.policy import Authority
from crossdock.flows.explained import REASON, is_settled_elsewhere
from crossdock.flows.order_change import Wanted, done_move, look_at_change, order_move, stands, take
from crossdock.flows.pairing import Pairing
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import RemoteFault
from crossdock.model.lifecycle import Move, OrderState
from crossdock.model.order_change import ChangeMove, ChangeState, Origin
from crossdock.model.sales_order import StorefrontStatus
from crossdock.ports.after_sale import OrderAmender, OrderCanceller
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.changes import ChangeFile, ChangeStep
from crossdock.ports.order_book import OrderFile

CROSSDOCK = "crossdock"
LOOKED_AT, SENT, DONE, TOLD, TAKEN = (
    "be looked at again", "be sent to the ERP", "be taken as made in the ERP", "be refused, and whoever asked be told",
    "be taken as they are",
)  # fmt: skip


async def recheck_change(pairing: Pairing, one: Held, actor: str) -> None:
    """By itself it is only looked whether its cause is gone; a person's word has it decided anew."""
    file = await pairing.changes.load(one.record_id)
    if file is None:
        return
    if file.state is ChangeState.WAITING and (actor != CROSSDOCK or not file.reason):
        await _ask_again(pairing, file, actor)
    elif file.state in (ChangeState.WAITING, ChangeState.REFUSED):
        await _look_whether_done(pairing, file, actor)
    elif file.state in (ChangeState.APPLIED, ChangeState.MOOT):
        await pairing.cases.let_go("change", [file.id], reason="it is settled", actor=actor)


async def _ask_again(pairing: Pairing, file: ChangeFile, actor: str) -> None:
    again = ChangeStep(move=ChangeMove.ASK_AGAIN, look_in_seconds=0.0, actor=actor)
    if await pairing.changes.move(file, again):
        await look_at_change(pairing, file.id)


async def _look_whether_done(pairing: Pairing, file: ChangeFile, actor: str) -> None:
    """It may have been made in the ERP by hand, or the floor may have got to it, or have let go of it."""
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if order is None or order.resolved is None or file.change.origin is Origin.ERP:
        return
    try:
        there = await stands(pairing, order.ref)
    except RemoteFault:
        return  # the next re-check asks again
    if there is None:
        return
    if await _is_explained(pairing, file, order, there):
        if file.state is ChangeState.WAITING:
            await pairing.changes.move(file, ChangeStep(move=ChangeMove.DROP, findings=(), reason=REASON, actor=actor))
        else:
            await pairing.cases.let_go("change", [file.id], reason=REASON, actor=actor)
        return
    if file.state is ChangeState.REFUSED:
        await _after_all(pairing, file, order, there, actor)
        return
    if _is_made(file, order, there):
        made = None if _cancels(file, order) or file.sale is None else Wanted(file.wanted, file.sale)
        await take(pairing, file, order, Grant(f"{there.erp_code} says so by now"), made)
    elif not there.cancelled and (stage := floor_began(there)):
        await take(pairing, file, order, Decline(stage), None)
    else:
        return
    await look_at_change(pairing, file.id)


async def _is_explained(pairing: Pairing, file: ChangeFile, order: OrderFile, there: Fulfilment) -> bool:
    """Goods that came back, or were not sent, are settled elsewhere. Before the floor began a change is a change."""
    if order.order is None or order.sold is None or not (there.cancelled or floor_began(there)):
        return False
    return bool(await is_settled_elsewhere(pairing, file, order.order, order.sold))


async def _after_all(pairing: Pairing, file: ChangeFile, order: OrderFile, there: Fulfilment, actor: str) -> None:
    """It was too late. If the ERP has cancelled the order since, it was stopped by hand."""
    if _cancels(file, order) and there.cancelled:
        if order.state in (OrderState.POSTED, OrderState.PART_DESPATCHED):
            await pairing.orders.move(order_move(order, Move.CANCEL, reason="it was stopped by hand"))
        await pairing.cases.let_go("change", [file.id], reason="it was stopped in the ERP after all", actor=actor)
    elif actor != CROSSDOCK and not floor_began(there):
        await _ask_again(pairing, file, actor)


def _cancels(file: ChangeFile, order: OrderFile) -> bool:
    if file.change.origin is Origin.DOCUMENT:
        return order.order is not None and order.order.status is StorefrontStatus.CANCELLED
    return file.change.cancels


def _is_made(file: ChangeFile, order: OrderFile, there: Fulfilment) -> bool:
    """Whether the ERP's order says so, as far as it tells."""
    if _cancels(file, order):
        return there.cancelled
    return file.wanted is not None and file.wanted != order.resolved and not same_order(file.wanted, there)


# what a person decides


async def foresee_change(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    """Raises RemedyRefused."""
    words = {Remedy.RETRY: LOOKED_AT, Remedy.REFUSE: TOLD, Remedy.ACCEPT: TAKEN}
    would: dict[str, int] = {}
    for one in held:
        file = await _waiting(pairing, one, wish)
        what = await _would_apply(pairing, file) if wish.remedy is Remedy.APPLY else words.get(wish.remedy, LOOKED_AT)
        would[what] = would.get(what, 0) + 1
    return would


async def _waiting(pairing: Pairing, one: Held, wish: Wish) -> ChangeFile:
    file = await pairing.changes.load(one.record_id)
    if file is None:
        raise RemedyRefused(f"change {one.record_id} is not there any more")
    if wish.remedy is Remedy.ADOPT:
        raise RemedyRefused("a cancellation has no number to adopt; retry, or accept what happened")
    if wish.remedy is Remedy.ACCEPT and file.change.answers and file.state is ChangeState.WAITING:
        raise RemedyRefused("the storefront waits for a yes or a no: apply the change, or refuse it")
    return file


async def _would_apply(pairing: Pairing, file: ChangeFile) -> str:
    """Raises RemedyRefused where it can neither be sent nor shows in the ERP."""
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if order is None or order.resolved is None:
        raise RemedyRefused("its order is not in the ERP, so there is nothing to change there")
    try:
        there = await stands(pairing, order.ref)
    except RemoteFault as fault:
        raise RemedyRefused(f"the ERP cannot be asked where the order stands: {fault}") from fault
    cancels = _cancels(file, order)
    if there is not None and (_is_made(file, order, there) or (cancels and there.cancelled)):
        return DONE
    if there is not None and (stage := floor_began(there)):
        raise RemedyRefused(f"the floor has begun: {stage}; refuse the change, or stop the order by hand first")
    if pairing.of_erp(OrderCanceller if cancels else OrderAmender) is not None:
        return SENT
    if cancels or (there is not None and there.gross_total is not None and _total_tells(pairing, file, order)):
        raise RemedyRefused("the ERP lets nobody but people change orders, and its order does not show the change yet")
    return DONE


def _total_tells(pairing: Pairing, file: ChangeFile, order: OrderFile) -> bool:
    """A change of no money shows in no total, nor one whose total is the ERP's own: a person's word is taken for it."""
    counts = pairing.order_policy.authority is Authority.STOREFRONT
    return counts and (file.wanted is None or order.resolved is None or file.wanted.total != order.resolved.total)


async def apply_changes(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    for one in held:
        file = await _waiting(pairing, one, wish)
        if file.state is not ChangeState.WAITING:
            continue
        if await _would_apply(pairing, file) == SENT:
            await _ask_again(pairing, file, wish.actor)
            continue
        order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
        assert order is not None  # it was there a line above
        made = done_move(order, None if _cancels(file, order) else file.wanted or order.resolved, wish.reason)
        granted = ChangeStep(
            move=ChangeMove.GRANT, order_move=made and replace(made, actor=wish.actor), findings=(),
            sold=None if _cancels(file, order) else file.sale or order.order, reason=wish.reason, actor=wish.actor,
        )  # fmt: skip
        if await pairing.changes.move(file, granted):
            await look_at_change(pairing, file.id)


async def refuse_changes(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    for one in held:
        file = await _waiting(pairing, one, wish)
        if file.state is ChangeState.WAITING:
            declined = ChangeStep(move=ChangeMove.DECLINE, findings=(), reason=wish.reason, actor=wish.actor)
            if await pairing.changes.move(file, declined):
                await look_at_change(pairing, file.id)
                await _waive(pairing, case, file)


async def accept_changes(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """The two sides differ, and a named person takes that as it is."""
    for one in held:
        file = await _waiting(pairing, one, wish)
        if file.state is ChangeState.WAITING:
            dropped = ChangeStep(move=ChangeMove.DROP, findings=(), reason=wish.reason, actor=wish.actor)
            await pairing.changes.move(file, dropped)
        else:
            await pairing.cases.let_go("change", [file.id], reason=wish.reason, actor=wish.actor)
        await _waive(pairing, case, file)


async def _waive(pairing: Pairing, case: CaseRow, file: ChangeFile) -> None:
    if file.order_id is not None:
        await pairing.orders.waive([file.order_id], kind=case.kind, subject=case.subject)


Settle = Callable[[Pairing, CaseRow, Sequence[Held], Wish], Awaitable[None]]
SETTLE: Mapping[Remedy, Settle] = {
    Remedy.APPLY: apply_changes, Remedy.REFUSE: refuse_changes, Remedy.ACCEPT: accept_changes,
}  # fmt: skip
