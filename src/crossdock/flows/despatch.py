"""Despatches back: what left the warehouse is told to the storefront, each despatch once and in order (law L5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import DESPATCH_INCOMPLETE, DESPATCH_MISSED, TOTAL_CONFLICT
from crossdock.decide.despatch import fulfilment_move, new_despatches
from crossdock.flows.left_behind import note_left_behind
from crossdock.flows.pairing import Pairing, Result
from crossdock.flows.read_back import judge_total, surprise
from crossdock.flows.under_way import under_way
from crossdock.model.despatch import Despatch, Fulfilment
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Refused, Transient, Unknown
from crossdock.model.lifecycle import Move, OrderState
from crossdock.ports.despatch_book import DespatchFile
from crossdock.ports.order_book import OrderFile, OrderMove

SWEEP_MAX = 2_000
CHUNK = 100
ATTEMPTS_MAX = 6
MUST_WAIT_SECONDS = 1.0


async def sweep_despatches(pairing: Pairing) -> Result:
    """Ask the ERP where every open order stands, longest unasked first, and remember what left since."""
    now = pairing.clock.now()
    files = await pairing.orders.open_in_erp(
        SWEEP_MAX, not_since=now - timedelta(seconds=pairing.despatch_every_seconds * 0.5)
    )
    counts: Result = {"asked": 0, "found": 0, "problems": 0}
    for start in range(0, len(files), CHUNK):
        await _sweep_chunk(pairing, files[start : start + CHUNK], counts)
    return counts


async def _sweep_chunk(pairing: Pairing, files: Sequence[OrderFile], counts: Result) -> None:
    asked_at = pairing.clock.now()
    stands = await pairing.erp.read_fulfilments([file.ref for file in files])
    known = await pairing.despatches.known([file.id for file in files])
    maps = await pairing.reference.maps()
    past = _Past(
        carriers=maps.courier or pairing.carriers,
        known=known,
        troubled=await pairing.cases.holding("despatch-of", [file.id for file in files]),
        missed=await pairing.cases.open_subjects(DESPATCH_MISSED.code),
        in_conflict=await pairing.cases.open_subjects(TOTAL_CONFLICT.code),
    )
    for file in files:
        counts["asked"] += 1
        match stands.get(file.ref):
            case None:
                counts["problems"] += await missing_from_erp(pairing, file)
            case DataFault() as fault:
                counts["problems"] += 1
                await surprise(pairing, file, fault)
            case fulfilment:
                counts["found"] += await _take(pairing, file, fulfilment, past)
    await pairing.orders.checked([file.id for file in files], at=asked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """What was known of a chunk of orders before this look, and which cases stand."""

    carriers: Mapping[str, str]
    known: Mapping[int, tuple[Despatch, ...]]
    troubled: frozenset[int]
    missed: frozenset[str]
    in_conflict: frozenset[str]


async def _take(pairing: Pairing, file: OrderFile, fulfilment: Fulfilment, past: _Past) -> int:
    """Remember what is new of one order; returns how many despatches."""
    await judge_total(pairing, file, fulfilment, in_conflict=file.ref in past.in_conflict)
    if file.ref in past.missed and not fulfilment.cancelled:
        await pairing.cases.settle(
            DESPATCH_MISSED.code, file.ref, record="order", record_id=file.id, reason="the ERP knows it again"
        )
    known = past.known.get(file.id, ())
    found = new_despatches(fulfilment, known, carriers=past.carriers)
    despatches = [one for one in found if isinstance(one, Despatch)]
    findings = [one for one in found if isinstance(one, Finding)]
    if findings or file.id in past.troubled:
        await pairing.cases.hold_only(findings, record="despatch-of", record_id=file.id, ref=file.ref)
    move = fulfilment_move(fulfilment)
    if findings and move is Move.DESPATCH_ALL:
        move = Move.DESPATCH_PART  # not all of it could be told, so it stays among those that are asked about
    if move is Move.CANCEL and file.changing:
        move = None  # whoever wants the change settles it, and with it the order
    if move is None and not despatches:
        return 0
    if move is Move.CANCEL or move is Move.DESPATCH_ALL:
        await note_left_behind(pairing, file, fulfilment)
    changes = move is not None and not (move is Move.DESPATCH_PART and file.state is OrderState.PART_DESPATCHED)
    order_move = None
    if changes and move is not None:
        order_move = OrderMove(
            order_id=file.id, version=file.version, from_state=file.state, move=move,
            detail={"despatches": [one.key for one in despatches]},
        )  # fmt: skip
    stored = await pairing.despatches.found(file.id, despatches, move=order_move, known=len(known))
    return len(despatches) if stored else 0


async def missing_from_erp(pairing: Pairing, file: OrderFile) -> int:
    """The ERP no longer knows an order it accepted. Soon after the posting that proves nothing."""
    if (DESPATCH_MISSED.code, file.ref) in file.waivers:
        return 0
    if file.sent_at is not None:
        age = (pairing.clock.now() - file.sent_at).total_seconds()
        if age < pairing.erp.settle_seconds * 2:
            return 0
    try:
        if await pairing.erp.find_order(file.ref) is not None:
            return 0
    except DataFault as fault:
        await surprise(pairing, file, fault)
        return 1
    problem = f"the ERP does not know {file.ref} (posted as {file.erp_ref})"
    finding = DESPATCH_MISSED.about(file.ref, order_ref=file.ref, problem=problem)
    await pairing.cases.raise_case(finding, record="order", record_id=file.id, ref=file.ref, sticky=True)
    return 1


async def publish_despatch(pairing: Pairing, despatch_id: int) -> None:
    """Tell the storefront of one despatch. Called again, it looks first and never tells twice."""
    file = await pairing.despatches.load(despatch_id)
    if file is None or file.state not in ("found", "sending"):
        return
    if file.state == "sending" and file.is_early:
        return  # the job of a worker that died comes back beside the net's own: one of the two is enough
    if await pairing.despatches.must_wait(file):
        await pairing.despatches.look_later(file.id, file.version, MUST_WAIT_SECONDS)
        return
    if not await pairing.despatches.move(file, "sending", look_in_seconds=_safe_wait(pairing)):
        return
    sent = replace(file, state="sending", version=file.version + 1, attempts=file.attempts + 1)
    await _settle(pairing, sent, await _tell(pairing, sent))


async def _tell(pairing: Pairing, file: DespatchFile) -> Accepted | Refused | Unknown:
    """Make the call. While it is under way nobody else looks, so that none finds it missing and tells it too."""
    wait = _safe_wait(pairing)

    async def still_telling() -> None:
        await pairing.despatches.look_later(file.id, file.version, wait)

    try:
        async with under_way(still_telling, every_seconds=wait / 2):
            return await pairing.storefront.create_despatch(file.storefront_id, file.despatch)
    except Transient as fault:
        return Unknown(str(fault), evidence=fault.evidence)
    except DataFault as fault:  # it cannot be said in the storefront's tongue
        return Refused("unsayable", str(fault), evidence=fault.evidence)
    except ConfigFault as fault:
        return Refused("config", f"{fault}; the setting to look at is {fault.setting}", evidence=fault.evidence)


def _safe_wait(pairing: Pairing) -> float:
    """When the net looks at a despatch that was being told when the lights went out."""
    return pairing.storefront_settle_seconds + 1.0


async def _settle(pairing: Pairing, file: DespatchFile, outcome: Accepted | Refused | Unknown) -> None:
    match outcome:
        case Accepted(their_ref=their_ref):
            if await pairing.despatches.move(file, "published", detail={"their_ref": their_ref}):
                await pairing.cases.let_go("despatch", [file.id], reason="the storefront was told", actor="crossdock")
        case Refused(text=reason, evidence=evidence):
            await _stop(pairing, file, reason, evidence)
        case Unknown(reason=reason, evidence=evidence):
            if file.attempts >= ATTEMPTS_MAX:
                await _stop(pairing, file, reason, evidence)
            else:
                await pairing.despatches.look_later(file.id, file.version, _safe_wait(pairing))


async def _stop(pairing: Pairing, file: DespatchFile, reason: str, evidence: str) -> None:
    """It waits in a case now; the case's retry puts it back to `found`."""
    finding = DESPATCH_INCOMPLETE.about(file.order_ref, order_ref=file.order_ref, reason=reason)
    await pairing.cases.raise_case(
        finding, record="despatch", record_id=file.id, ref=file.despatch.key, evidence=evidence
    )
    await pairing.despatches.move(file, "waiting", detail={"reason": reason})
