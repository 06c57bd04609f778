"""What became of a change is told: to whoever asked and waits, on the storefront's order, or, of what was done in the
ERP, to the storefront itself."""

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import CHANGE_REFUSED_PICKING, DESPATCH_MISSED, ORDER_CHANGED_AFTER_POSTING
from crossdock.decide.sold import units_of
from crossdock.flows.capture import capture_one
from crossdock.flows.pairing import Pairing
from crossdock.model.after_sale import Cancellation, ChangeRefusal
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Transient, Unknown
from crossdock.model.lifecycle import OrderState
from crossdock.model.order_change import ChangeMove, ChangeState, OrderChange, Origin
from crossdock.model.sales_order import SalesOrder, StorefrontStatus
from crossdock.ports.after_sale import ChangeRefusalSink, OrderCanceller
from crossdock.ports.changes import ChangeFile, ChangeStep

TRIES_MAX = 6
RETRY_SECONDS = 5.0
FOLLOW_SECONDS = 60.0
FOLLOW_MAX_SECONDS = 50 * 3600.0  # a storefront asks again for two days
UNPOSTED = frozenset({OrderState.UNREADABLE, OrderState.CAPTURED, OrderState.WAITING})
NO_WAY = "; the storefront has no way to show it"


async def answer(pairing: Pairing, file: ChangeFile) -> None:
    """Tell whoever asked. Safe to repeat: an answer is given once, and what is shown is shown again."""
    if file.change.answers:
        await _answer_wish(pairing, file)
    if file.is_granted:
        order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
        unsent = bool(file.change.lines) and order is not None and order.state in UNPOSTED
        move = ChangeMove.FOLLOW if unsent else ChangeMove.APPLY
        await pairing.changes.move(file, ChangeStep(move=move, look_in_seconds=FOLLOW_SECONDS if unsent else None))
        return
    shown = "" if file.change.answers else await _show(pairing, file)
    if shown is None:
        return  # it is told again later
    told = await pairing.changes.load(file.id)
    if told is not None and told.state is ChangeState.ANSWERING:
        findings = [_too_late(file, shown)] if file.late else ()
        await pairing.changes.move(told, ChangeStep(move=ChangeMove.REFUSE, findings=findings))


async def _answer_wish(pairing: Pairing, file: ChangeFile) -> None:
    if pairing.outbox is None:
        return
    key, reason = file.change.answers, file.reason
    fresh = await pairing.outbox.decide(key, accepted=file.is_granted, reason=reason, actor="crossdock")
    if not fresh and file.is_granted and file.order_id is not None:
        # It may have been answered "no" before the floor let go of it. Then the storefront is told in its own way.
        after_all = OrderChange(
            key=f"{file.storefront_id}/after-all", origin=Origin.ERP, what=file.change.what,
            cancels=file.change.cancels, lines=file.change.lines, reason=reason,
        )  # fmt: skip
        await pairing.changes.ask(after_all, order_id=file.order_id)


async def _show(pairing: Pairing, file: ChangeFile) -> str | None:
    """Show it on the storefront's order. Returns how that ended, in words; None: not yet."""
    sink = pairing.of_storefront(ChangeRefusalSink)
    if sink is None or file.change.origin is not Origin.DOCUMENT:
        return NO_WAY
    telling = ChangeStep(move=ChangeMove.TELL, look_in_seconds=RETRY_SECONDS)
    if not await pairing.changes.move(file, telling):
        return None
    refusal = ChangeRefusal(
        storefront_id=file.storefront_id, order_ref=file.order_ref, what=file.change.what, reason=file.reason
    )
    outcome: Outcome
    try:
        outcome = await sink.write_change_refusal(refusal)
    except Transient as fault:
        outcome = Unknown(str(fault))
    except (DataFault, ConfigFault) as fault:
        outcome = Refused("unsayable", str(fault))
    match outcome:
        case Accepted():
            return "; the storefront shows why"
        case Refused(text=text):
            return f"; the storefront would not show it: {text}"
    return None if file.attempts + 1 < TRIES_MAX else f"; the storefront could not be told: {outcome.reason}"


def _too_late(file: ChangeFile, shown: str) -> Finding:
    said = "; the storefront was told why" if file.change.answers else shown
    return CHANGE_REFUSED_PICKING.about(
        file.order_ref, order_ref=file.order_ref, what=file.change.what, stage=file.reason, shown=said
    )


async def follow(pairing: Pairing, file: ChangeFile) -> None:
    """Granted before the order was sent: it is not sent until the storefront's document shows it, or a person looks."""
    if file.storefront_id:
        await capture_one(pairing, file.storefront_id)
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if order is None or order.state not in UNPOSTED or (order.order is not None and _shows(order.order, file.change)):
        await pairing.changes.move(file, ChangeStep(move=ChangeMove.APPLY, reason="the storefront's order shows it"))
    elif (pairing.clock.now() - file.asked_at).total_seconds() < FOLLOW_MAX_SECONDS:
        await pairing.changes.look_later(file.id, file.version, FOLLOW_SECONDS)
    else:
        problem = "it was granted, and the storefront's order does not show it"
        finding = ORDER_CHANGED_AFTER_POSTING.about(
            file.order_ref, order_ref=file.order_ref, what=file.change.what, erp_ref="nothing yet", problem=problem
        )  # fmt: skip
        await pairing.changes.move(file, ChangeStep(move=ChangeMove.HOLD, findings=[finding], reason=problem))


def _shows(sale: SalesOrder, change: OrderChange) -> bool:
    """Whether none of the cancelled units is on the order any more."""
    if sale.status is not StorefrontStatus.OPEN:
        return True
    gone = frozenset().union(*(units_of(line.line_ref) for line in change.lines))
    return not any(units_of(line.line_ref) & gone for line in sale.lines)


async def tell_storefront(pairing: Pairing, file: ChangeFile) -> None:
    """What was cancelled in the ERP, told once. Called again, the storefront is looked at before it is told."""
    canceller = pairing.of_storefront(OrderCanceller)
    if canceller is None:
        await _hold(pairing, file, f"{file.change.what} there, and the storefront cannot be told")
        return
    if file.state is ChangeState.SENDING and file.is_early:
        return
    if file.order_id is not None and not await pairing.despatches.all_told(file.order_id):
        # What left is told first: until then the storefront takes it for what is still here.
        await pairing.changes.look_later(file.id, file.version, RETRY_SECONDS)
        return
    wait = pairing.storefront_settle_seconds + 1.0
    if not await pairing.changes.move(file, ChangeStep(move=ChangeMove.SEND, findings=(), look_in_seconds=wait)):
        return
    sent = await pairing.changes.load(file.id)
    if sent is None or sent.state is not ChangeState.SENDING:
        return
    cancellation = Cancellation(
        key=file.change.key, order_ref=file.order_ref, storefront_id=file.storefront_id, lines=file.change.lines,
        reason=file.change.reason,
    )  # fmt: skip
    outcome: Outcome
    try:
        outcome = await canceller.cancel_order(cancellation)
    except Transient as fault:
        outcome = Unknown(str(fault))
    except (DataFault, ConfigFault) as fault:
        outcome = Refused("unsayable", str(fault), evidence=fault.evidence)
    match outcome:
        case Accepted():
            told = ChangeStep(move=ChangeMove.GRANT, findings=(), reason="the storefront was told")
            await pairing.changes.move(sent, told)
        case Refused(text=text, evidence=evidence):
            await _hold(pairing, sent, f"{file.change.what} there, and the storefront refused it: {text}", evidence)
        case Unknown(reason=reason) if sent.attempts >= TRIES_MAX:
            await _hold(pairing, sent, f"{file.change.what} there, and the storefront could not be told: {reason}")
        case Unknown():
            await pairing.changes.look_later(sent.id, sent.version, wait)


async def _hold(pairing: Pairing, file: ChangeFile, problem: str, evidence: str = "") -> None:
    finding = DESPATCH_MISSED.about(file.order_ref, order_ref=file.order_ref, problem=problem)
    held = ChangeStep(move=ChangeMove.HOLD, findings=[finding], reason=problem, evidence=evidence)
    await pairing.changes.move(file, held)
