"""Order entry: one look at one order. It loads, decides, acts, records, and is safe to repeat at any instant.

A captured order is decided on and, if nothing stands against it, sent. An order that was sent and not answered is
looked up, never guessed. Every move is fenced by the order's version, so two workers cannot both send.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import (
    ACCOUNT_AMBIGUOUS,
    CREDENTIALS_REJECTED,
    ORDER_CHANGED_AFTER_POSTING,
    SCHEMA_SURPRISE,
    SYSTEM_UNREACHABLE,
)
from crossdock.decide.duplicates import same_order
from crossdock.decide.order_entry import Hold, OrderFacts, Post, Withdraw, decide_order
from crossdock.decide.policy import Authority
from crossdock.decide.posting import Accept, HoldWith, LookUp, Send, Sent, Step, after_attempt, after_look
from crossdock.flows.account_proof import NotTheirAccount, ask_what_it_owes, prove_account
from crossdock.flows.missing import ask_for_missing
from crossdock.flows.pairing import Pairing
from crossdock.flows.read_back import is_read_back, read_back
from crossdock.flows.reference import is_ready
from crossdock.flows.under_way import under_way
from crossdock.model.faults import ConfigFault, DataFault, Outcome, Refused, Transient, Unknown
from crossdock.model.lifecycle import Move, OrderState, after
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.order_book import OrderFile, OrderMove
from crossdock.ports.runtime import Job
from crossdock.telemetry.tracing import traced

NOT_READY_SECONDS = 2.0
CHANGING_SECONDS = 60.0  # whoever settles the change asks for a look at once
TURNED_AWAY_SECONDS = 2.0
TURNED_AWAY_MAX = 10
SURPRISE_SECONDS = 60.0
TURNS_MAX = 5
NOTHING, NOBODY = Decimal(0), "(none)"
KEPT = (ORDER_CHANGED_AFTER_POSTING.code,)  # no answer to a send settles what the customer changed since


async def look_at_order(pairing: Pairing, order_id: int) -> None:
    """Bring one order as far as it will go now."""
    file = await pairing.orders.load(order_id)
    if file is None:
        return
    match file.state:
        case OrderState.CAPTURED:
            await _decide(pairing, file)
        case OrderState.POSTING:
            await _look_up(pairing, file)
        case OrderState.POSTED:
            await read_back(pairing, file)
        case _:
            pass  # somebody brought it further already


def decide_file(pairing: Pairing, file: OrderFile) -> Post | Hold | Withdraw:
    """What the rules say of this order with today's facts. Pure: the console and the rehearsal call it too."""
    if file.order is None:
        raise ValueError(f"order {file.ref} cannot be read yet")
    facts = OrderFacts(
        items=file.items, codes=file.codes, declared=file.declared, maps=file.maps, account=file.account,
        code_lost=file.code_lost, taken_by=file.taken_by, in_flight=file.room.in_flight if file.room else NOTHING,
        candidates=file.candidates, house=file.house,
        prices=file.prices, duplicate_of=file.duplicate_of, waivers=file.waivers,
    )  # fmt: skip
    return decide_order(file.order, facts, pairing.order_policy)


async def _decide(pairing: Pairing, file: OrderFile) -> None:
    if file.changing or not await is_ready(pairing):  # what is to be cut down is not sent whole meanwhile
        await pairing.orders.look_later(file.id, CHANGING_SECONDS if file.changing else NOT_READY_SECONDS)
        return
    decision = decide_file(pairing, file)
    if isinstance(decision, Hold) and await ask_for_missing(pairing, file, decision.findings):
        again = await pairing.orders.load(file.id)
        if again is None or again.version != file.version:
            return
        file, decision = again, decide_file(pairing, again)
    match decision:
        case Post(order=resolved, link=link):
            if link is not None:
                await pairing.reference.link_account(link, actor="crossdock")
            if file.room is not None:
                await _send_in_turn(pairing, file, resolved)
            else:
                await _send(pairing, file, resolved, Move.SEND)
        case Hold(findings=findings):
            await _hold(pairing, file, findings)
        case Withdraw(reason=reason):
            await pairing.orders.move(_move(file, Move.WITHDRAW, reason=reason))


async def _hold(pairing: Pairing, file: OrderFile, findings: Sequence[Finding]) -> None:
    detail = {"cases": [f"{one.kind.code}: {one.subject}" for one in findings]}
    await pairing.orders.hold(file, findings, move=_move(file, Move.HOLD, **detail))


async def _send_in_turn(pairing: Pairing, file: OrderFile, resolved: ResolvedOrder) -> None:
    """Where credit is judged, one order of an account after the other: what one takes, the next has not. Each is
    decided on what the account owes at its turn, and goes only if no other worker let one go meanwhile."""
    async with pairing.recent.turn(resolved.account_id):
        gone = await _take_turn(pairing, file, resolved)
    if gone is not None:
        await _carry_out(pairing, *gone)


async def _take_turn(
    pairing: Pairing, file: OrderFile, resolved: ResolvedOrder
) -> tuple[OrderFile, ResolvedOrder] | None:
    """The order as it is recorded to be sent; None when it is not to be sent now."""
    for _ in range(TURNS_MAX):
        with contextlib.suppress(Transient, ConfigFault):  # that the ERP cannot be asked shows when the order is sent
            await ask_what_it_owes(pairing, resolved)
        again = await pairing.orders.load(file.id)
        if again is None or again.version != file.version:
            return None
        match decide_file(pairing, again):
            case Post(order=order):
                if await _record_send(pairing, again, order, Move.SEND):
                    return again, order
            case Hold(findings=findings):
                await _hold(pairing, again, findings)
                return None
            case _:
                break  # withdrawn meanwhile: the look that its change asked for sees to it
    await pairing.orders.look_later(file.id, 0.0)
    return None


async def _send(pairing: Pairing, file: OrderFile, resolved: ResolvedOrder, move: Move) -> None:
    """Record, then send: after a crash in between, the next look finds POSTING and asks the ERP first."""
    if await _record_send(pairing, file, resolved, move):
        await _carry_out(pairing, file, resolved)


async def _record_send(pairing: Pairing, file: OrderFile, resolved: ResolvedOrder, move: Move) -> bool:
    room = file.room if move is Move.SEND else None
    sending = replace(_move(file, move), resolved=resolved, room=room, look_in_seconds=_safe_wait(pairing))
    return await pairing.orders.move(sending)


async def _carry_out(pairing: Pairing, file: OrderFile, resolved: ResolvedOrder) -> None:
    sent = replace(
        file, state=OrderState.POSTING, version=file.version + 1, attempts=file.attempts + 1, resolved=resolved,
        sent_at=pairing.clock.now(),
    )  # fmt: skip
    try:
        outcome = await _create(pairing, sent, resolved)
    except NotTheirAccount as fault:
        await _not_theirs(pairing, sent, str(fault))
        return
    except (Transient, ConfigFault) as fault:
        await _turned_away(pairing, sent, fault)
        return
    except DataFault as fault:  # it cannot be said in the ERP's tongue, so it never left
        outcome = Refused("unsayable", f"{fault.place}: {fault.problem}", evidence=fault.evidence)
    step = after_attempt(_sent(pairing, sent), outcome)
    if await _after(pairing, sent, step, outcome) and isinstance(step, Accept):
        await read_back(pairing, replace(sent, state=OrderState.POSTED))


@traced("post order")
async def _create(pairing: Pairing, file: OrderFile, resolved: ResolvedOrder) -> Outcome:
    """Make the call. However long it waits for its turn or its answer, "not found" proves nothing before it ended."""
    wait = _safe_wait(pairing)

    async def still_sending() -> None:
        await pairing.orders.still_sending(file.id, file.version, look_in_seconds=wait)

    known = file.account or file.house.get(resolved.account_code.lower())
    async with under_way(still_sending, every_seconds=wait / 2):
        await prove_account(pairing, resolved, known)
        return await pairing.erp.create_order(resolved)


@traced("look order up")
async def _look_up(pairing: Pairing, file: OrderFile, last: Outcome | None = None) -> None:
    """Ask the ERP for our reference. Raises nothing: what cannot be asked now is asked later."""
    if file.resolved is None:
        raise ValueError(f"order {file.ref} is being posted and nobody knows what was sent")
    try:
        found = await pairing.erp.find_order(file.ref)
    except (Transient, ConfigFault) as fault:
        wait = getattr(fault, "retry_after_seconds", None) or TURNED_AWAY_SECONDS
        await pairing.orders.look_later(file.id, wait)
        return
    except DataFault as fault:  # it is there, and what the ERP says of it cannot be understood
        await _surprise(pairing, file, fault)
        return
    differences: tuple[str, ...] = ()
    if found is not None:
        storefront_counts = pairing.order_policy.authority is Authority.STOREFRONT
        differences = same_order(
            file.resolved, found, tolerance=pairing.order_policy.tolerance, compare_total=storefront_counts
        )
    reason = last.reason if isinstance(last, Unknown) else ""
    step = after_look(_sent(pairing, file, reason), found, differences=differences)
    if await _after(pairing, file, step, last) and isinstance(step, Accept):
        # Whatever stood against it is answered; that it was changed since is another matter.
        await pairing.cases.let_go("order", [file.id], reason="the ERP has the order", actor="crossdock", keep=KEPT)
        await read_back(pairing, replace(file, state=OrderState.POSTED), found)


async def _surprise(pairing: Pairing, file: OrderFile, fault: DataFault) -> None:
    finding = SCHEMA_SURPRISE.about(
        f"{pairing.erp_name} order-status {fault.problem}", what="order status", system=pairing.erp_name,
        place=fault.place, problem=fault.problem,
    )  # fmt: skip
    await pairing.orders.look_later(file.id, SURPRISE_SECONDS)
    await pairing.orders.hold(file, [finding], move=None, evidence=fault.evidence, keep=KEPT)


async def _after(pairing: Pairing, file: OrderFile, step: Step, outcome: Outcome | None) -> bool:
    """Take the step. False when somebody moved the order first."""
    match step:
        case Accept(erp_ref=erp_ref):
            code = file.resolved.account_code if file.resolved else None
            accepted = replace(_move(file, Move.ACCEPT, erp_ref=erp_ref), erp_ref=erp_ref, account_code=code)
            # Whatever happens to us before its total is read, somebody looks.
            return await pairing.orders.move(replace(accepted, look_in_seconds=0.0 if is_read_back(pairing) else None))
        case LookUp(at=at):
            wait = (at - pairing.clock.now()).total_seconds()
            if wait > 0:
                await pairing.orders.look_later(file.id, wait)
            elif isinstance(outcome, Refused):
                await _look_up(pairing, file, Unknown(outcome.text, evidence=outcome.evidence))
            else:
                await pairing.orders.look_later(file.id, pairing.erp.settle_seconds)
        case Send():
            if file.resolved is not None:
                await _send(pairing, file, file.resolved, Move.SEND_AGAIN)
        case HoldWith(finding=finding, may_be_in=may_be_in):
            evidence = getattr(outcome, "evidence", "")
            if may_be_in:
                if await pairing.orders.hold(file, [finding], move=None, sticky=True, evidence=evidence, keep=KEPT):
                    await pairing.orders.look_later(file.id, None)
            else:
                move = _move(file, Move.REFUSE, cases=[f"{finding.kind.code}: {finding.subject}"])
                return await pairing.orders.hold(file, [finding], move=move, sticky=True, evidence=evidence)
    return True


async def _not_theirs(pairing: Pairing, file: OrderFile, code: str) -> None:
    """Nothing was sent, and what we remember of the account was put right: the order is decided anew at once."""
    reason = f"account {code} is not as it was decided on"
    if not await pairing.orders.move(replace(_move(file, Move.TURN_AWAY, reason=reason), look_in_seconds=0.0)):
        return
    if file.turned_away < TURNED_AWAY_MAX:
        again = Job(entrypoint="order", subject=f"{pairing.name}/{file.id}", key=f"order/{file.id}/{file.version + 1}")
        await pairing.jobs.ask([again])
        return
    ref = file.order.company_ref if file.order else ""
    finding = ACCOUNT_AMBIGUOUS.about(
        ref or NOBODY, company=(file.order.company_name if file.order else "") or ref or NOBODY,
        company_ref=ref or NOBODY, candidates=f"the ERP does not say twice the same of account {code}",
    )  # fmt: skip
    waiting = replace(file, state=OrderState.CAPTURED, version=file.version + 1)
    await pairing.orders.hold(waiting, [finding], move=_move(waiting, Move.HOLD))


async def _turned_away(pairing: Pairing, file: OrderFile, fault: Transient | ConfigFault) -> None:
    """Nothing left our house, so there is nothing to look up: the order goes back, and tries again for a while."""
    wait = getattr(fault, "retry_after_seconds", None) or TURNED_AWAY_SECONDS
    back = replace(_move(file, Move.TURN_AWAY, reason=str(fault)[:300]), look_in_seconds=wait)
    if not await pairing.orders.move(back):
        return
    if isinstance(fault, Transient) and file.turned_away < TURNED_AWAY_MAX:
        return
    waiting = replace(file, state=OrderState.CAPTURED, version=file.version + 1, attempts=file.attempts - 1)
    if isinstance(fault, ConfigFault):
        finding = CREDENTIALS_REJECTED.about(
            pairing.erp_name, system=pairing.erp_name, problem=str(fault), setting=fault.setting
        )
    else:
        finding = SYSTEM_UNREACHABLE.about(pairing.erp_name, system=pairing.erp_name, problem=str(fault))
    await pairing.orders.hold(waiting, [finding], move=_move(waiting, Move.HOLD), evidence=fault.evidence)


def _sent(pairing: Pairing, file: OrderFile, reason: str = "") -> Sent:
    return Sent(
        order_ref=file.ref, attempts=file.attempts, sent_at=file.sent_at, now=pairing.clock.now(),
        settle_seconds=pairing.erp.settle_seconds, attempts_max=pairing.attempts_max, reason=reason,
    )  # fmt: skip


def _safe_wait(pairing: Pairing) -> float:
    """When the net looks at an order that was being sent when the lights went out."""
    return pairing.erp.settle_seconds + 1.0


def _move(file: OrderFile, move: Move, **detail: object) -> OrderMove:
    after(file.state, move)  # an impossible move is our mistake: say so here, not in the database
    return OrderMove(order_id=file.id, version=file.version, from_state=file.state, move=move, detail=detail)
