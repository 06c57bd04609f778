"""What people do from a case, and what the machine does when a cause is gone.

A remedy is rehearsed on every held record before it is applied: the very change, and the very decisions, in a
transaction that is rolled back. After it is applied, every held record is looked at again with the facts as they are.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crossdock.cases.kind import Remedy
from crossdock.cases.kinds import KINDS, TOTAL_CONFLICT
from crossdock.decide.mappings import MAP_PARAMS, MAPS, map_value, value_problem
from crossdock.decide.order_entry import Hold, Post, Withdraw
from crossdock.flows.account_opening import open_account, pretend_opened
from crossdock.flows.held_records import RECORDS, by_kind
from crossdock.flows.order_entry import KEPT, decide_file
from crossdock.flows.pairing import Ground, Pairing
from crossdock.flows.read_back import is_read_back
from crossdock.flows.reference import find_accounts
from crossdock.flows.wish import REASONED, CaseClosed, Rehearsal, RemedyRefused, Wish
from crossdock.model.account import AccountLink
from crossdock.model.code_map import MapKind
from crossdock.model.faults import RemoteFault
from crossdock.model.lifecycle import Move, OrderState, after
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.order_book import OrderFile, OrderMove
from crossdock.ports.runtime import Job
from crossdock.ports.systems import ItemSource

CHUNK = 200
DECIDABLE = frozenset({OrderState.CAPTURED, OrderState.WAITING})
OUT = frozenset({OrderState.SET_ASIDE, OrderState.WITHDRAWN})
IN_ERP = frozenset({OrderState.POSTED, OrderState.PART_DESPATCHED, OrderState.DESPATCHED, OrderState.CANCELLED})
CAN_LEAVE = frozenset({OrderState.UNREADABLE, OrderState.CAPTURED, OrderState.WAITING, OrderState.POSTING})
AFTER_POSTING = frozenset(
    {"order-changed-after-posting", "despatch-missed", "total-conflict", "schema-surprise", "crossdock-defect"}
)
BEFORE_POSTING = frozenset(KINDS) - AFTER_POSTING  # in these no posted order has any business


async def rehearse(pairing: Pairing, case: CaseRow, wish: Wish) -> Rehearsal:
    """What would happen: the change is made and every held record decided, in a transaction that is rolled back.

    Raises RemedyRefused.
    """
    await check_wish(pairing, case, wish)
    held = await pairing.cases.held(case.id)
    orders = [one.record_id for one in held if one.record == "order"]
    if wish.remedy is Remedy.SET_ASIDE:
        files = await pairing.orders.load_many(orders)
        leave = sum(1 for file in files if file.state in CAN_LEAVE)
        return Rehearsal(held=len(held), would_leave=leave, would=await _foresee(pairing, case, held, wish))
    if wish.remedy is Remedy.ADOPT and orders:
        return Rehearsal(held=len(held), would_leave=len(held))
    would = await _foresee(pairing, case, held, wish)
    async with pairing.rehearsal() as stage:
        if wish.remedy is Remedy.OPEN_ACCOUNT:
            await pretend_opened(stage, case, wish)
        else:
            await _change(stage, case, wish, orders)
        return await count_decisions(stage, orders, len(held), would)


async def _foresee(pairing: Pairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> Mapping[str, int]:
    """What would come of everything held that is not an order, as words → how many."""
    would: dict[str, int] = {}
    for name, records in by_kind(held).items():
        if (foresee := RECORDS[name].foresee) is not None:
            for words, count in (await foresee(pairing, case, records, wish)).items():
                would[words] = would.get(words, 0) + count
    return would


async def count_decisions(stage: Pairing, orders: Sequence[int], held: int, would: Mapping[str, int]) -> Rehearsal:
    """What would come of these orders, as things stand there. held: how many records there are, of any kind."""
    post = leave = 0
    waits: dict[str, int] = {}
    step = _step(stage)
    for start in range(0, len(orders), step):
        for file in await stage.orders.load_many(orders[start : start + step]):
            match decide_file(stage, file) if file.order is not None and file.state in DECIDABLE else None:
                case Post(order=resolved):
                    post += 1
                    if file.room is not None:  # what this one takes of the account's credit, the next has not
                        await stage.orders.move(_as_if_sent(file, resolved))
                case Withdraw():
                    leave += 1
                case Hold(findings=findings):
                    for code in {one.kind.code for one in findings}:
                        waits[code] = waits.get(code, 0) + 1
    return Rehearsal(held=held, would_post=post, would_leave=leave, waits=waits, would=would)


def _step(pairing: Pairing) -> int:
    """How many orders are decided on facts of one moment. Where credit is judged, each stands in the next one's way."""
    return 1 if pairing.order_policy.credit == "hold" else CHUNK


def _as_if_sent(file: OrderFile, resolved: ResolvedOrder) -> OrderMove:
    """In a rehearsal nobody asks whether an order that waits was let go first."""
    return OrderMove(
        order_id=file.id, version=file.version, from_state=OrderState.CAPTURED, move=Move.SEND, resolved=resolved
    )


async def apply(pairing: Pairing, case: CaseRow, wish: Wish) -> Rehearsal:
    """Rehearse, write the change with who and why, then look again at everything held. Returns the rehearsal."""
    rehearsal = await rehearse(pairing, case, wish)
    held = await pairing.cases.held(case.id)
    await _change(pairing, case, wish, [one.record_id for one in held if one.record == "order"])
    for name, records in by_kind(held).items():
        if (settle := RECORDS[name].settle.get(wish.remedy)) is not None:
            await settle(pairing, case, records, wish)
    detail = {"params": dict(wish.params), "reason": wish.reason, "rehearsal": str(rehearsal)}
    await pairing.cases.note(case.id, str(wish.remedy), detail, actor=wish.actor)
    await pairing.cases.unstick(case.id)
    await recheck(pairing, case.id, actor=wish.actor)
    return rehearsal


async def _change(pairing: Pairing, case: CaseRow, wish: Wish, orders: Sequence[int]) -> None:
    """The remedy itself."""
    match wish.remedy:
        case Remedy.MAP_CODE:
            kind = MAPS[case.kind]
            if kind is MapKind.SKU:
                await pairing.reference.store_items(await pairing.erp.find_items([wish.params["code"]]))
            value = map_value(kind, wish.params)
            key = map_key(case, wish.params)
            await pairing.reference.map_code(kind, key, value, actor=wish.actor, reason=why(case, wish))
            if kind is MapKind.SKU:
                await pairing.reference.share_out()
        case Remedy.LINK_ACCOUNT:
            await _link(pairing, case, wish)
        case Remedy.OPEN_ACCOUNT:
            await open_account(pairing, case, wish)
        case Remedy.ACCEPT:
            await pairing.orders.waive(orders, kind=case.kind, subject=case.subject)
        case Remedy.ADOPT if orders:
            await _adopt(pairing, case, orders, wish)
        case Remedy.SET_ASIDE:
            await _set_aside(pairing, orders, wish)
        case Remedy.SEND_AGAIN:
            await _send_again(pairing, orders, wish)
        case Remedy.RETRY:
            await _ask_again(pairing, case)


async def recheck(pairing: Pairing, case_id: int, *, actor: str = "crossdock") -> int:
    """Look again at every record a case holds, with today's facts. Returns how many it let go."""
    case = await pairing.cases.find_case(case_id)
    if case is None or case.state != "open":
        return 0
    await _ask_again(pairing, case)
    held = [one for one in await pairing.cases.held(case_id) if not one.sticky]
    freed = 0
    step = _step(pairing)
    for start in range(0, len(held), step):
        freed += await _recheck_chunk(pairing, case, held[start : start + step], actor)
    await pairing.cases.checked(case_id)
    return freed


async def recheck_due(pairing: Pairing) -> dict[str, Any]:
    """Every open case in turn: whose cause went away without anybody telling us?"""
    freed = 0
    cases = await pairing.cases.to_recheck(
        50, older_than_seconds=pairing.recheck_every_seconds, records=("order", *RECORDS)
    )
    for case_id in cases:
        freed += await recheck(pairing, case_id)
    return {"cases": len(cases), "freed": freed}


async def _recheck_chunk(pairing: Pairing, case: CaseRow, held: Sequence[Held], actor: str) -> int:
    reason = f"{case.kind} {case.subject}: its cause is gone"
    files = await pairing.orders.load_many([one.record_id for one in held if one.record == "order"])
    accepted = (case.kind, case.subject)
    free: list[OrderFile] = []
    done: list[int] = []
    for file in files:
        if file.state is OrderState.POSTING or _may_be_read_back(case, file):
            await pairing.jobs.ask([Job(entrypoint="order", subject=f"{pairing.name}/{file.id}")])
        elif file.state in (OrderState.CAPTURED, OrderState.WAITING) and file.order is not None:
            decision = decide_file(pairing, file)
            if isinstance(decision, Hold):
                await pairing.orders.hold(file, decision.findings, move=None)
            else:
                free.append(file)
        elif file.state in OUT or accepted in file.waivers or (file.state in IN_ERP and case.kind in BEFORE_POSTING):
            done.append(file.id)
    moves = [
        OrderMove(
            order_id=file.id, version=file.version, from_state=file.state, actor=actor,
            move=Move.RELEASE if file.state is OrderState.WAITING else Move.READ_AGAIN,
            detail={"reason": reason}, look_in_seconds=60.0,
        )
        for file in free
    ]  # fmt: skip
    freed = await pairing.orders.release(free, moves, reason=reason) if free else 0
    if done:
        await pairing.cases.let_go("order", done, reason=reason, actor=actor)
    for name, records in by_kind(held).items():
        for one in records:
            await RECORDS[name].recheck(pairing, one, actor)
    return freed + len(done)


def _may_be_read_back(case: CaseRow, file: OrderFile) -> bool:
    """The ERP's total may agree by now; nobody has taken it as it is."""
    taken = (case.kind, case.subject) in file.waivers
    return case.kind == TOTAL_CONFLICT.code and file.state is OrderState.POSTED and not taken


async def _ask_again(pairing: Pairing, case: CaseRow) -> None:
    """The cause may have gone over there: ask by name before deciding with what we remember."""
    try:
        if case.kind in ("stock-code-unknown", "item-invalid-for-erp"):
            await pairing.reference.store_items(
                await pairing.erp.find_items([case.facts.get("stock_code") or case.subject])
            )
        elif case.kind in ("account-on-stop", "credit-limit-exceeded"):
            await find_accounts(pairing, [case.subject])
        elif house := case.facts.get("house"):  # an account that the company map names
            await find_accounts(pairing, [house])
    except RemoteFault:
        return  # decided with what we know; the next re-check asks again


async def check_wish(pairing: Ground, case: CaseRow, wish: Wish) -> None:
    """Raises RemedyRefused: it is none of this case's, or lacks something."""
    kind = KINDS[case.kind]
    if case.state != "open":
        raise CaseClosed(f"case {case.id} is closed already")
    if wish.remedy not in kind.remedies:
        allowed = ", ".join(kind.remedies)
        raise RemedyRefused(f"a {kind.code} case cannot be settled with {wish.remedy}; it takes: {allowed}")
    if wish.remedy in REASONED and not wish.reason.strip():
        raise RemedyRefused(f"{wish.remedy} needs a reason: it is what the auditor will read")
    if wish.remedy is Remedy.MAP_CODE:
        _check_params(wish, MAP_PARAMS[MAPS[case.kind]])
        await _check_code(pairing, case, wish)
    if wish.remedy is Remedy.LINK_ACCOUNT:
        _check_params(wish, ("account",))
        if house := case.facts.get("house"):
            raise RemedyRefused(f"the company map names {house} for these buyers; open it in the ERP, or name another")
    if wish.remedy is Remedy.ADOPT:
        _check_params(wish, ("erp_ref",))


def _check_params(wish: Wish, names: Sequence[str]) -> None:
    for name in names:
        if name not in wish.params:
            given = ", ".join(wish.params) or "nothing"
            raise RemedyRefused(f"{wish.remedy} needs {name}=...; given: {given}")


async def _check_code(pairing: Ground, case: CaseRow, wish: Wish) -> None:
    """A mapping to what is not there would only move the problem."""
    kind, items = MAPS[case.kind], pairing.of_erp(ItemSource)
    if kind is MapKind.SKU and (items is None or not await items.find_items([wish.params["code"]])):
        raise RemedyRefused(f"the ERP holds no stock item {wish.params['code']!r} either; give one it holds")
    names = [one.name for one in pairing.order_policy.companies] if isinstance(pairing, Pairing) else None
    if problem := value_problem(kind, wish.params, companies=names):
        raise RemedyRefused(problem)


def why(case: CaseRow, wish: Wish) -> str:
    """What the mapping's own history says of it."""
    return f"case {case.id}" + (f": {wish.reason.strip()}" if wish.reason.strip() else "")


def map_key(case: CaseRow, params: Mapping[str, str]) -> str:
    """The entry a mapping from this case makes. for_all=yes maps a unit for every item."""
    if MAPS[case.kind] is MapKind.UNIT and params.get("for_all") == "yes":
        return case.subject.rpartition("/")[2]
    return case.subject


async def _link(pairing: Pairing, case: CaseRow, wish: Wish) -> None:
    code = wish.params["account"]
    found = await find_accounts(pairing, [code])
    if len(found) != 1:
        raise RemedyRefused(f"the ERP holds {len(found) or 'no'} account {code!r}; give the code of exactly one")
    link = AccountLink(company_ref=case.subject, account_id=found[0].account_id, account_code=found[0].code)
    await pairing.reference.link_account(link, actor=wish.actor)


async def _adopt(pairing: Pairing, case: CaseRow, orders: Sequence[int], wish: Wish) -> None:
    """A person found it in the ERP: this is its number there."""
    erp_ref = wish.params["erp_ref"]
    if len(orders) != 1:
        raise RemedyRefused(f"adopt names one ERP order, and the case holds {len(orders)}")
    file = await pairing.orders.load(orders[0])
    if file is None:
        return
    move = {OrderState.POSTING: Move.ACCEPT, OrderState.WAITING: Move.ADOPT}.get(file.state)
    if move is None:  # it was posted: what is missing over there now is accepted, and its new number is in the trail
        await pairing.orders.waive(orders, kind=case.kind, subject=case.subject)
        return
    detail = {"erp_ref": erp_ref, "reason": wish.reason}
    adopted = await pairing.orders.move(
        OrderMove(
            order_id=file.id, version=file.version, from_state=file.state, move=move, detail=detail, erp_ref=erp_ref,
            account_code=file.resolved.account_code if file.resolved else None, actor=wish.actor,
            look_in_seconds=0.0 if is_read_back(pairing) else None,
        )
    )  # fmt: skip
    if adopted:
        await pairing.cases.let_go("order", orders, reason=wish.reason, actor=wish.actor, keep=KEPT)


async def _set_aside(pairing: Pairing, orders: Sequence[int], wish: Wish) -> None:
    gone = []
    for file in await pairing.orders.load_many(orders):
        if file.state not in CAN_LEAVE:
            continue  # the ERP has it by now: it cannot be taken out here
        state, version = file.state, file.version
        for move in (Move.HOLD, Move.SET_ASIDE) if state is OrderState.CAPTURED else (Move.SET_ASIDE,):
            done = OrderMove(
                order_id=file.id, version=version, from_state=state, move=move, detail={"reason": wish.reason},
                actor=wish.actor,
            )  # fmt: skip
            if not await pairing.orders.move(done):
                break
            state, version = after(state, move), version + 1
        else:
            gone.append(file.id)
    await pairing.cases.let_go("order", gone, reason=wish.reason, actor=wish.actor)


async def _send_again(pairing: Pairing, orders: Sequence[int], wish: Wish) -> None:
    """A person's word that the ERP certainly does not have it: it is decided anew and sent."""
    gone = []
    for file in await pairing.orders.load_many(orders):
        if file.state is not OrderState.POSTING:
            continue  # found in the ERP meanwhile
        back = OrderMove(
            order_id=file.id, version=file.version, from_state=file.state, move=Move.TURN_AWAY,
            detail={"reason": wish.reason}, look_in_seconds=0.0, actor=wish.actor,
        )  # fmt: skip
        if await pairing.orders.move(back):
            gone.append(file.id)
    await pairing.cases.let_go("order", gone, reason=wish.reason, actor=wish.actor)
