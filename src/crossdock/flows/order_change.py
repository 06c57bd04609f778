"""Order change: one look at one wish to change an order that was taken already (law L6, the floor decides).

Whoever wants it, the ERP is asked first where the order stands. A change is recorded before it is sent, looked up when
no usable answer came, and whoever asked is told what became of it. Every move is fenced by the change's version.
"""

from dataclasses import dataclass, replace

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import CHANGE_REFUSED_PICKING, ORDER_CHANGED_AFTER_POSTING
from crossdock.decide.changes import same_sale
from crossdock.decide.lessened import lessened
from crossdock.decide.order_change import (
    AskPerson,
    ChangeSent,
    Decline,
    Grant,
    LookAgain,
    SendChange,
    Step,
    Terms,
    after_refusal,
    after_unknown,
    decide_change,
    floor_began,
    in_words,
    line_delta,
)
from crossdock.decide.order_entry import Hold, Post
from crossdock.decide.policy import Authority
from crossdock.flows.capture import capture_one
from crossdock.flows.change_answer import answer, follow, tell_storefront
from crossdock.flows.explained import is_known
from crossdock.flows.order_entry import decide_file
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.under_way import under_way
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Transient, Unknown
from crossdock.model.lifecycle import Move, OrderState
from crossdock.model.order_change import ChangeMove, ChangeState, OrderChange, Origin
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.model.sales_order import SalesOrder, StorefrontStatus
from crossdock.ports.after_sale import OrderAmender, OrderCanceller
from crossdock.ports.changes import ChangeFile, ChangeStep
from crossdock.ports.order_book import OrderFile, OrderMove

WISHES_MAX = 10_000
SOON_SECONDS = 2.0
UNKNOWN_ORDER_SECONDS = 600.0  # a wish may come before the order does
UNREACHABLE_SECONDS = 3600.0
UNPOSTED = frozenset({OrderState.UNREADABLE, OrderState.CAPTURED, OrderState.WAITING})
NEVER_SENT = frozenset({OrderState.WITHDRAWN, OrderState.SET_ASIDE})


async def take_wishes(pairing: Pairing) -> Result:
    """Cancellations that the storefront asks us for, and waits for our answer."""
    if pairing.outbox is None:
        return {"skipped": "nobody asks here"}
    wishes = await pairing.outbox.wishes(WISHES_MAX)
    asked = 0
    for wish in wishes:
        units = ", ".join(f"{line.quantity:f} of {line.sku or line.line_ref}" for line in wish.lines)
        change = OrderChange(
            key=f"wish/{wish.key}", origin=Origin.WISH, what="cancelled" if wish.whole else f"cancelled for {units}",
            cancels=wish.whole, lines=wish.lines, reason=wish.reason, answers=wish.key,
        )  # fmt: skip
        asked += await pairing.changes.ask(change, order_ref=wish.order_ref, storefront_id=wish.storefront_id)
    return {"open": len(wishes), "new": asked}


async def look_at_change(pairing: Pairing, change_id: int) -> None:
    """Bring one change as far as it will go now."""
    file = await pairing.changes.load(change_id)
    while file is not None:
        before = (file.state, file.version)
        await _look(pairing, file)
        file = await pairing.changes.load(change_id)
        if file is None or (file.state, file.version) == before or file.state not in (ChangeState.ANSWERING,):
            return


async def _look(pairing: Pairing, file: ChangeFile) -> None:
    match file.state:
        case ChangeState.ANSWERING:
            await answer(pairing, file)
        case ChangeState.FOLLOWING:
            await follow(pairing, file)
        case ChangeState.ASKED | ChangeState.SENDING if file.change.origin is Origin.ERP:
            await tell_storefront(pairing, file)
        case ChangeState.ASKED:
            await _decide(pairing, file)
        case ChangeState.SENDING if not file.is_early:
            await _look_up(pairing, file)
        case _:
            pass  # settled, before a person, or in somebody's hands


async def _decide(pairing: Pairing, file: ChangeFile) -> None:
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if order is None:
        await _find_order(pairing, file)
    elif order.state in UNPOSTED:
        await _before_posting(pairing, file, order)
    elif order.state is OrderState.POSTING or await pairing.changes.must_wait(file):
        await pairing.changes.look_later(file.id, file.version, SOON_SECONDS)
    elif order.state in NEVER_SENT:
        await _grant(pairing, file, "the order was never sent to the ERP")
    else:
        await _by_the_floor(pairing, file, order)


async def _find_order(pairing: Pairing, file: ChangeFile) -> None:
    """A wish may name an order that no sweep has brought yet."""
    if file.storefront_id:
        await capture_one(pairing, file.storefront_id)
    if await pairing.changes.meet(file):
        await look_at_change(pairing, file.id)
    elif (pairing.clock.now() - file.asked_at).total_seconds() < UNKNOWN_ORDER_SECONDS:
        await pairing.changes.look_later(file.id, file.version, SOON_SECONDS * 5)
    else:
        await ask_person(pairing, file, "nobody here knows that order", erp_ref="nothing")


async def _before_posting(pairing: Pairing, file: ChangeFile, order: OrderFile) -> None:
    """Nothing is in the ERP yet: what is cancelled is never sent, and what is cut down waits until the storefront shows
    it."""
    if file.change.origin is Origin.DOCUMENT:
        step = ChangeStep(move=ChangeMove.DROP, reason="the order was not sent: it is decided on as it now is")
        await pairing.changes.move(file, step)
    elif file.change.cancels:
        withdrawn = order_move(order, Move.WITHDRAW, reason=file.change.what)
        if await _grant(pairing, file, "the order was not sent to the ERP", withdrawn):
            reason = "it was cancelled before it was sent"
            await pairing.cases.let_go("order", [order.id], reason=reason, actor="crossdock")
    else:
        await _grant(pairing, file, "the order was not sent to the ERP")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the ERP's order shall be. order: None, it shall not be. sale: what it is made of."""

    order: ResolvedOrder | None
    sale: SalesOrder


async def _by_the_floor(pairing: Pairing, file: ChangeFile, order: OrderFile) -> None:
    if order.resolved is None or order.order is None or order.sold is None:
        await ask_person(pairing, file, "nobody knows what was posted", erp_ref=order.erp_ref)
        return
    if _says_nothing(file, order, order.order, order.sold):
        await pairing.changes.move(file, ChangeStep(move=ChangeMove.DROP, reason="the ERP has it as it now is"))
        return
    try:
        there = await stands(pairing, order.ref)
    except (Transient, ConfigFault) as fault:
        await _later(pairing, file, fault)
        return
    except DataFault as fault:
        await ask_person(pairing, file, f"the ERP's order cannot be read: {fault}", erp_ref=order.erp_ref)
        return
    stage = floor_began(there) if there is not None else ""
    if there is not None and (stage or there.cancelled) and await is_known(pairing, file, order.order, order.sold):
        return
    if there is not None and not there.cancelled and stage:
        await take(pairing, file, order, Decline(stage), None)
        return
    wanted = _wanted(pairing, file, order, order.order, order.sold)
    if isinstance(wanted, Hold):  # what it shall be has not all been resolved: the same cases as a new order's
        await pairing.changes.move(file, ChangeStep(move=ChangeMove.HOLD, findings=wanted.findings))
    elif isinstance(wanted, AskPerson):
        await take(pairing, file, order, wanted, None)
    elif wanted.order is not None and wanted.order == order.resolved:
        step = ChangeStep(move=ChangeMove.GRANT, sold=wanted.sale, reason="nothing changes for the ERP")
        await pairing.changes.move(file, step)
    else:
        await take(pairing, file, order, decide_change(there, _terms(pairing, order, order.resolved, wanted)), wanted)


def _says_nothing(file: ChangeFile, order: OrderFile, now: SalesOrder, sold: SalesOrder) -> bool:
    """The storefront took its word back; or it closed what has left, which is how orders end."""
    if file.change.origin is not Origin.DOCUMENT:
        return False
    ended = order.state is OrderState.DESPATCHED and now.status is not StorefrontStatus.CANCELLED
    if ended and replace(now, status=sold.status).lines == sold.lines:
        return True
    return same_sale(sold, now)


def _wanted(
    pairing: Pairing, file: ChangeFile, order: OrderFile, now: SalesOrder, sold: SalesOrder
) -> Wanted | Hold | AskPerson:
    """What the ERP's order shall be, by the rules every order is decided by."""
    sale: SalesOrder | str = now
    if file.change.lines:
        sale = lessened(sold, file.change.lines, pairing.order_policy)
    elif now.status is StorefrontStatus.CANCELLED if file.change.origin is Origin.DOCUMENT else file.change.cancels:
        return Wanted(None, now)  # a document's last word counts, whatever an earlier one was
    if isinstance(sale, str):
        return AskPerson(sale)
    if sale.status is not StorefrontStatus.OPEN:
        return AskPerson(f"it is {sale.status} there, and nobody said whether it is still to be sent")
    if sale.company_ref != sold.company_ref:
        return AskPerson("its buyer is another one, and an order does not change accounts")
    match decide_file(pairing, replace(order, order=sale)):
        case Post(order=wanted):
            posted = order.resolved
            assert posted is not None  # asked by whoever calls
            same = replace(wanted, account_code=posted.account_code, account_id=posted.account_id)
            return Wanted(same, sale)
        case Hold() as hold:
            return hold
    raise AssertionError("an open order is posted or held")


async def take(
    pairing: Pairing, file: ChangeFile, order: OrderFile, step: Step, wanted: Wanted | None, *, evidence: str = ""
) -> None:
    """Take the step."""
    match step:
        case Grant(reason=reason):
            made = done_move(order, wanted.order if wanted else None, reason)
            sale = None if wanted is None or wanted.order is None else wanted.sale
            await _grant(pairing, file, reason, made, sold=sale)
        case Decline(stage=stage):
            finding = refused_picking(file, stage)
            declined = ChangeStep(
                move=ChangeMove.DECLINE, late=True, reason=stage, findings=[finding], evidence=evidence
            )
            await pairing.changes.move(file, declined)
        case AskPerson(problem=problem):
            await ask_person(pairing, file, problem, erp_ref=order.erp_ref, evidence=evidence, wanted=wanted)
        case LookAgain(at=at):
            wait = (at - pairing.clock.now()).total_seconds()
            await pairing.changes.look_later(file.id, file.version, max(wait, SOON_SECONDS))
        case SendChange():
            if wanted is not None:
                await _send(pairing, file, order, wanted)


async def _grant(
    pairing: Pairing, file: ChangeFile, reason: str, made: OrderMove | None = None, *, sold: SalesOrder | None = None
) -> bool:
    granted = ChangeStep(move=ChangeMove.GRANT, order_move=made, sold=sold, findings=(), reason=reason)
    return await pairing.changes.move(file, granted)


async def _send(pairing: Pairing, file: ChangeFile, order: OrderFile, wanted: Wanted) -> None:
    """Record, then send: after a crash in between, the next look asks the ERP first."""
    posted = order.resolved
    assert posted is not None
    delta = "cancelled" if wanted.order is None else in_words(line_delta(posted, wanted.order))
    sending = ChangeStep(
        move=ChangeMove.SEND, wanted=wanted.order, sale=wanted.sale, findings=(),
        look_in_seconds=safe_wait(pairing), detail={"delta": delta},
    )  # fmt: skip
    if not await pairing.changes.move(file, sending):
        return
    sent = await pairing.changes.load(file.id)
    if sent is None or sent.version != file.version + 1:
        return
    try:
        outcome = await _call(pairing, sent, order, wanted)
    except Transient as fault:
        await _turned_away(pairing, sent, fault)
        return
    except (DataFault, ConfigFault) as fault:  # it cannot be said over there, or not by us: nothing was sent
        await take(pairing, sent, order, AskPerson(f"the ERP was not asked: {fault}"), wanted, evidence=fault.evidence)
        return
    await _after(pairing, sent, order, wanted, outcome)


async def _call(pairing: Pairing, file: ChangeFile, order: OrderFile, wanted: Wanted) -> Outcome:
    """Make the call. While it is under way nobody else looks, however long it takes."""
    wait = safe_wait(pairing)

    async def still_sending() -> None:
        await pairing.changes.look_later(file.id, file.version, wait)

    canceller, amender = pairing.of_erp(OrderCanceller), pairing.of_erp(OrderAmender)
    async with under_way(still_sending, every_seconds=wait / 2):
        if wanted.order is not None and amender is not None:
            return await amender.amend_order(wanted.order)
        if canceller is None:
            raise DataFault("order", "the ERP takes no such change from us")
        cancellation = Cancellation(
            key=file.change.key, order_ref=order.ref, storefront_id=order.storefront_id, lines=file.change.lines,
            reason=file.change.reason or f"{file.change.what} at {pairing.storefront_name}",
        )  # fmt: skip
        return await canceller.cancel_order(cancellation)


async def _after(pairing: Pairing, file: ChangeFile, order: OrderFile, wanted: Wanted, outcome: Outcome) -> None:
    assert order.resolved is not None
    match outcome:
        case Accepted():
            await take(pairing, file, order, Grant("the ERP took it"), wanted)
        case Unknown():
            await pairing.changes.look_later(file.id, file.version, safe_wait(pairing))
        case Refused(evidence=evidence):
            try:
                there = await stands(pairing, order.ref)
            except (Transient, ConfigFault, DataFault):
                await pairing.changes.look_later(file.id, file.version, SOON_SECONDS)
                return
            step = after_refusal(there, outcome, _terms(pairing, order, order.resolved, wanted))
            await take(pairing, file, order, step, wanted, evidence=evidence)


async def _look_up(pairing: Pairing, file: ChangeFile) -> None:
    """It was sent and not answered: ask the ERP what shows of it."""
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if order is None or order.resolved is None or file.sale is None or file.sent_at is None:
        raise ValueError(f"change {file.change.key} is being sent and nobody knows what was sent")
    try:
        there = await stands(pairing, order.ref)
    except (Transient, ConfigFault) as fault:
        wait = getattr(fault, "retry_after_seconds", None) or SOON_SECONDS
        await pairing.changes.look_later(file.id, file.version, wait)
        return
    except DataFault as fault:
        problem = f"it was sent, and the ERP's order cannot be read: {fault}"
        await take(pairing, file, order, AskPerson(problem), None, evidence=fault.evidence)
        return
    wanted = Wanted(file.wanted, file.sale)
    sent = ChangeSent(
        attempts=file.attempts, sent_at=file.sent_at, now=pairing.clock.now(),
        settle_seconds=pairing.erp.settle_seconds, attempts_max=pairing.attempts_max,
    )  # fmt: skip
    await take(pairing, file, order, after_unknown(there, _terms(pairing, order, order.resolved, wanted), sent), wanted)


async def _turned_away(pairing: Pairing, file: ChangeFile, fault: Transient) -> None:
    """Nothing left our house, so there is nothing to look up."""
    wait = fault.retry_after_seconds or SOON_SECONDS
    back = ChangeStep(move=ChangeMove.TURN_AWAY, look_in_seconds=wait, detail={"reason": str(fault)[:300]})
    if await pairing.changes.move(file, back) and (waiting := await pairing.changes.load(file.id)) is not None:
        await _later(pairing, waiting, fault)


async def _later(pairing: Pairing, file: ChangeFile, fault: Transient | ConfigFault) -> None:
    """The ERP cannot be asked now. Somebody hears of it when that lasts."""
    if (pairing.clock.now() - file.asked_at).total_seconds() > UNREACHABLE_SECONDS:
        await ask_person(pairing, file, f"the ERP cannot be asked: {fault}", evidence=fault.evidence)
        return
    wait = getattr(fault, "retry_after_seconds", None) or SOON_SECONDS
    await pairing.changes.look_later(file.id, file.version, wait)


async def stands(pairing: Pairing, ref: str) -> Fulfilment | None:
    """Where the order stands in the ERP now. Raises Transient, ConfigFault, DataFault."""
    there = (await pairing.erp.read_fulfilments([ref])).get(ref)
    if isinstance(there, DataFault):
        raise there
    return there


async def ask_person(
    pairing: Pairing,
    file: ChangeFile,
    problem: str,
    *,
    erp_ref: str = "",
    evidence: str = "",
    wanted: Wanted | None = None,
) -> None:
    """It waits in a case now. A re-check looks whether it was done meanwhile; only a person's word has it sent."""
    held = ChangeStep(
        move=ChangeMove.HOLD, findings=[changed(file, problem, erp_ref)], reason=problem, evidence=evidence,
        wanted=wanted.order if wanted else None, sale=wanted.sale if wanted else None,
    )  # fmt: skip
    await pairing.changes.move(file, held)


def changed(file: ChangeFile, problem: str, erp_ref: str) -> Finding:
    name = file.order_ref or file.storefront_id
    erp = erp_ref or "its number in the ERP"
    return ORDER_CHANGED_AFTER_POSTING.about(
        name, order_ref=name, what=file.change.what, erp_ref=erp, problem=problem
    )  # fmt: skip


def refused_picking(file: ChangeFile, stage: str, shown: str = "") -> Finding:
    return CHANGE_REFUSED_PICKING.about(
        file.order_ref, order_ref=file.order_ref, what=file.change.what, stage=stage, shown=shown
    )


def done_move(order: OrderFile, wanted: ResolvedOrder | None, reason: str) -> OrderMove | None:
    """What the order does when its change is made."""
    if order.state not in (OrderState.POSTED, OrderState.PART_DESPATCHED):
        return None
    if wanted is None:
        return order_move(order, Move.CANCEL, reason=reason)
    return replace(order_move(order, Move.AMEND, reason=reason), resolved=wanted)


def order_move(order: OrderFile, move: Move, **detail: object) -> OrderMove:
    return OrderMove(order_id=order.id, version=order.version, from_state=order.state, move=move, detail=detail)


def _terms(pairing: Pairing, order: OrderFile, posted: ResolvedOrder, wanted: Wanted) -> Terms:
    can = pairing.of_erp(OrderCanceller if wanted.order is None else OrderAmender) is not None
    return Terms(
        posted=posted, wanted=wanted.order, can=can, tolerance=pairing.order_policy.tolerance,
        total_counts=pairing.order_policy.authority is Authority.STOREFRONT,
    )  # fmt: skip


def safe_wait(pairing: Pairing) -> float:
    """When the net looks at a change that was being sent when the lights went out."""
    return pairing.erp.settle_seconds + 1.0
