"""Refunds: goods that came back at the storefront, one credit note each in the ERP (laws L3, L5).

What a credit note comes to is reckoned from what was posted, and settled before it is first sent, for ever. It is sent
to an ERP that takes returns; laid out, under the refund's own reference, for one that fetches them; else it is a
person's to make. Every move is fenced by the refund's version and by the number of the order's credit notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import REFUND_UNMATCHED
from crossdock.decide.despatch import all_gone, gone_boxes, goods, has_left
from crossdock.decide.refund import PostedSale, in_words, make_credit, to_return
from crossdock.decide.sold import sold_lines
from crossdock.decide.words import amount
from crossdock.flows.capture import capture_one
from crossdock.flows.order_change import stands
from crossdock.flows.pairing import Pairing, Result
from crossdock.model.after_sale import SalesReturn
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Transient, Unknown
from crossdock.model.lifecycle import OrderState
from crossdock.model.refund import CreditNote, RefundMove, RefundState
from crossdock.model.sales_order import Address
from crossdock.ports.after_sale import ReturnSink, ReturnSource
from crossdock.ports.channel import ReturnChannel
from crossdock.ports.order_book import OrderFile
from crossdock.ports.refunds import RefundFile, RefundStep

FEED = "returns"
READ = "returns-read"  # by our clock: when the last whole read began
KIND = "return"
SOON_SECONDS = 5.0
FETCHED_SECONDS = 60.0
PATIENCE_SECONDS = 3600.0  # how long a system may be away, or an order on its way, before a person hears of it
UNKNOWN_ORDER_SECONDS = 600.0
NOT_YET = frozenset({OrderState.UNREADABLE, OrderState.CAPTURED, OrderState.WAITING, OrderState.POSTING})
NEVER_SENT = frozenset({OrderState.WITHDRAWN, OrderState.SET_ASIDE})


async def read_returns(pairing: Pairing) -> Result:
    """One sweep. The watermark follows to the newest news once all of them are stored, and never past one that cannot
    be read. Raises what the reading raised; what was stored stays stored."""
    source = pairing.of_storefront(ReturnSource)
    if source is None:
        return {"skipped": "the storefront tells nothing of returns"}
    began = pairing.clock.now()
    watermark, unread = await pairing.reference.watermark(FEED), await pairing.refunds.unread_since()
    since = pairing.start_from
    if watermark is not None:
        since = min(filter(None, (watermark, unread))) - timedelta(seconds=pairing.overlap_seconds)
    newest, counts = None, {"read": 0, "new": 0, "changed": 0, "unreadable": 0}
    async for page in source.read_returns(since):
        stored = await pairing.refunds.capture(page, since=since)
        counts["read"] += len(page)
        counts["new"] += stored.new
        counts["changed"] += stored.changed
        counts["unreadable"] += stored.unreadable
        newest = max(filter(None, [newest, *(one.updated_at for one in page)]), default=None)
    if newest is not None:
        await pairing.reference.move_watermark(FEED, min(newest, began))
    await pairing.reference.move_watermark(READ, began)
    return dict(counts)


async def look_at_refund(pairing: Pairing, refund_id: int) -> None:
    """Bring one refund as far as it will go now."""
    file = await pairing.refunds.load(refund_id)
    if file is None:
        return
    match file.state:
        case RefundState.FOUND:
            await _check(pairing, file)
        case RefundState.SENDING if not file.is_early:
            await send(pairing, file)
        case RefundState.LAID_OUT:
            await _see_whether_fetched(pairing, file)
        case _:
            pass  # settled, before a person, or in somebody's hands


# what it comes to


@dataclass(frozen=True, slots=True)
class Ready:
    """known: how many credit notes of the order it was reckoned on."""

    credit: CreditNote
    known: int


@dataclass(frozen=True, slots=True)
class NotYet:
    """It is looked at again; `patience` seconds after it was found a person hears why."""

    problem: str
    patience: float = PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Stuck:
    problem: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class NotOurs:
    reason: str


Assessed = Ready | NotYet | Stuck | NotOurs


async def assess(pairing: Pairing, file: RefundFile) -> Assessed:
    """What the refund comes to, or why nobody can say yet. Changes nothing but which order it is known to speak of."""
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if file.back is None:
        return Stuck("it cannot be read")
    if order is None:
        return await _find_order(pairing, file)
    if order.state in NOT_YET:
        return NotYet("its order is not in the ERP yet")
    if order.state in NEVER_SENT:
        return Stuck(f"its order was never sent to the ERP: it is {order.state.replace('_', ' ')}")
    if order.resolved is None or order.sold is None:
        return Stuck("nobody knows what was posted")
    try:
        there = await stands(pairing, order.ref)
    except (Transient, ConfigFault) as fault:
        return NotYet(f"the ERP cannot be asked: {fault}")
    except DataFault as fault:
        return Stuck(f"the ERP's order cannot be read: {fault}", fault.evidence)
    if there is None:
        return Stuck(f"the ERP does not know {order.ref} (posted as {order.erp_ref})")
    others = [one for one in await pairing.refunds.of_order(order.id) if one.id != file.id]
    if not file.back.lines:
        return _money_alone(others)
    before = [one.credit for one in others if one.credit is not None]
    sale = PostedSale(
        ref=order.ref, currency=order.resolved.currency, account_code=order.resolved.account_code,
        lines=sold_lines(order.sold, order.resolved), carriage_net=order.resolved.delivery_net,
        carriage_tax=order.resolved.delivery_tax, gone=_gone(there), discounted=bool(order.sold.discounts),
    )  # fmt: skip
    made = make_credit(file.back, sale, before, pairing.refund_policy)
    return Stuck(made) if isinstance(made, str) else Ready(made, len(before))


def _money_alone(others: Sequence[RefundFile]) -> Assessed:
    """The goods may be told a little later."""
    if any(one.back is not None and one.back.lines for one in others):
        return NotOurs("goods of that order came back, and are told by now")
    return NotYet("money was given back, and nothing says how much or for which goods")


async def _find_order(pairing: Pairing, file: RefundFile) -> Assessed:
    """It may come before its order does, or speak of one from before our time."""
    assert file.back is not None  # asked by whoever calls
    found: Result = {}
    if file.back.storefront_id:
        found = await capture_one(pairing, file.back.storefront_id)
    if await pairing.refunds.meet(file):
        known = await pairing.refunds.load(file.id)
        return NotYet("its order is known by now", 0.0) if known is None else await assess(pairing, known)
    if found.get("left_out"):
        return NotOurs("its order was placed before this pairing took any")
    return NotYet("nobody here knows that order", UNKNOWN_ORDER_SECONDS)


def _gone(there: Fulfilment) -> Mapping[str, Decimal] | None:
    """Stock code → how much of it has left; None where the ERP tells that goods left and not which."""
    gone = {line.stock_code: line.quantity for line in goods(*(box.goods for box in gone_boxes(there)))}
    untold = any(has_left(one) for one in there.invoices) or (all_gone(there) and not there.cancelled)
    return None if untold and not gone else gone


async def _check(pairing: Pairing, file: RefundFile) -> None:
    found = await assess(pairing, file)
    fresh = await pairing.refunds.load(file.id)  # it may have met its order
    if fresh is None or fresh.state is not RefundState.FOUND:
        return
    match found:
        case Ready():
            await settle(pairing, fresh, found)
        case NotOurs(reason=reason):
            await pairing.refunds.move(fresh, RefundStep(move=RefundMove.DROP, findings=(), reason=reason))
        case Stuck(problem=problem, evidence=evidence):
            await hold(pairing, fresh, problem, evidence=evidence)
        case NotYet(problem=problem, patience=patience):
            if (pairing.clock.now() - fresh.found_at).total_seconds() > patience:
                await hold(pairing, fresh, problem)
            else:
                await pairing.refunds.look_later(fresh.id, fresh.version, SOON_SECONDS * 2)


async def settle(pairing: Pairing, file: RefundFile, found: Ready) -> None:
    """From here on it comes to that, whatever happens. file: one that was found, or waits."""
    said = await _problem(pairing, file, found.credit)
    if said:
        await hold(pairing, file, said, credit=found.credit, known=found.known)
        return
    sending = RefundStep(
        move=RefundMove.SEND, credit=found.credit, known=found.known, look_in_seconds=safe_wait(pairing),
        detail={"gross": f"{found.credit.gross:f}", "currency": found.credit.currency},
    )  # fmt: skip
    if await pairing.refunds.move(file, sending):
        await _call(pairing, file.id, file.version + 1)
    else:
        await pairing.refunds.look_later(file.id, file.version, SOON_SECONDS)


async def _problem(pairing: Pairing, file: RefundFile, credit: CreditNote) -> str:
    """Why no machine can make this credit note; "" when one can."""
    channel = pairing.of_erp(ReturnChannel) if pairing.outbox is not None else None
    if pairing.of_erp(ReturnSink) is None and channel is None:
        whole = amount(credit.gross, credit.currency)
        return f"{pairing.erp_name} takes none from us, so one of {whole} is to be made there by hand"
    told = await _told(pairing, file, credit)
    if isinstance(told, str):
        return told
    if pairing.of_erp(ReturnSink) is None and channel is not None and (fault := channel.return_problem(told)):
        return f"{pairing.erp_name} could not be told of it: {fault}"
    return ""


async def _told(pairing: Pairing, file: RefundFile, credit: CreditNote) -> SalesReturn | str:
    order = await pairing.orders.load(file.order_id) if file.order_id is not None else None
    if order is None or file.back is None:
        raise ValueError(f"refund {file.ref} has a credit note, and nobody knows of what")
    return to_return(credit, file.back, address=_address(order), policy=pairing.refund_policy)


def _address(order: OrderFile) -> Address | None:
    posted = order.resolved
    return None if posted is None else posted.invoice_address or posted.delivery_address


# on its way


async def send(pairing: Pairing, file: RefundFile) -> None:
    """Send what is settled, again if need be: whoever takes it looks it up before making another."""
    if file.attempts >= pairing.attempts_max:
        await hold(pairing, file, f"it was sent {file.attempts} times without a usable answer")
        return
    if await pairing.refunds.move(file, RefundStep(move=RefundMove.SEND, look_in_seconds=safe_wait(pairing))):
        await _call(pairing, file.id, file.version + 1)


async def _call(pairing: Pairing, refund_id: int, version: int) -> None:
    file = await pairing.refunds.load(refund_id)
    if file is None or file.version != version or file.credit is None:
        return
    told = await _told(pairing, file, file.credit)
    if isinstance(told, str):
        await hold(pairing, file, told)
    elif (sink := pairing.of_erp(ReturnSink)) is not None:
        await _create(pairing, file, sink, told)
    elif pairing.outbox is not None and pairing.of_erp(ReturnChannel) is not None:
        await pairing.outbox.replace(KIND, {file.ref: told})
        await pairing.refunds.move(
            file, RefundStep(move=RefundMove.LAY_OUT, findings=(), look_in_seconds=FETCHED_SECONDS)
        )
    else:
        await hold(pairing, file, await _problem(pairing, file, file.credit))


async def _create(pairing: Pairing, file: RefundFile, sink: ReturnSink, told: SalesReturn) -> None:
    outcome: Outcome
    try:
        outcome = await sink.create_return(told)
    except Transient as fault:
        await _turned_away(pairing, file, fault)
        return
    except (DataFault, ConfigFault) as fault:
        outcome = Refused("unsayable", str(fault), evidence=fault.evidence)
    match outcome:
        case Accepted(their_ref=their_ref):
            made = RefundStep(move=RefundMove.ACCEPT, findings=(), erp_ref=their_ref, reason="the ERP took it")
            await pairing.refunds.move(file, made)
        case Refused(text=text, evidence=evidence):
            await hold(pairing, file, f"the ERP refused it: {text}", evidence=evidence)
        case Unknown():
            await pairing.refunds.look_later(file.id, file.version, safe_wait(pairing))


async def _turned_away(pairing: Pairing, file: RefundFile, fault: Transient) -> None:
    """It never left our house. Somebody hears of it when that lasts."""
    if (pairing.clock.now() - file.found_at).total_seconds() > PATIENCE_SECONDS:
        await hold(pairing, file, f"the ERP cannot be reached: {fault}", evidence=fault.evidence)
        return
    wait = fault.retry_after_seconds or SOON_SECONDS
    back = RefundStep(move=RefundMove.TURN_AWAY, look_in_seconds=wait, detail={"reason": str(fault)[:300]})
    await pairing.refunds.move(file, back)


async def _see_whether_fetched(pairing: Pairing, file: RefundFile) -> None:
    if await is_fetched(pairing, file):
        done = RefundStep(move=RefundMove.ACCEPT, findings=(), reason="the ERP fetched it")
        await pairing.refunds.move(file, done)
        return
    since = file.sent_at or file.found_at
    if pairing.clock.now() - since > pairing.refund_policy.fetched_within:
        hours = pairing.refund_policy.fetched_within.total_seconds() / 3600
        await hold(pairing, file, f"{pairing.erp_name} has not fetched it in {hours:g} hours")
    else:
        await pairing.refunds.look_later(file.id, file.version, FETCHED_SECONDS)


async def is_fetched(pairing: Pairing, file: RefundFile) -> bool:
    return pairing.outbox is not None and bool(await pairing.outbox.fetched(KIND, [file.ref]))


async def hold(
    pairing: Pairing,
    file: RefundFile,
    problem: str,
    *,
    credit: CreditNote | None = None,
    known: int | None = None,
    evidence: str = "",
) -> None:
    """It waits in a case now, with all that whoever makes the credit note by hand needs."""
    whole = credit or file.credit
    said = "\n\n".join(filter(None, (in_words(whole) if whole else "", evidence)))
    held = RefundStep(
        move=RefundMove.HOLD, credit=credit, known=known, findings=[finding(file, problem)], reason=problem,
        evidence=said,
    )  # fmt: skip
    if not await pairing.refunds.move(file, held):
        await pairing.refunds.look_later(file.id, file.version, SOON_SECONDS)


def finding(file: RefundFile, problem: str) -> Finding:
    return REFUND_UNMATCHED.about(file.ref, refund_ref=file.ref, order_ref=file.order_ref or "", problem=problem)


def safe_wait(pairing: Pairing) -> float:
    """When the net looks at one that was being sent when the lights went out."""
    return pairing.erp.settle_seconds + 1.0
