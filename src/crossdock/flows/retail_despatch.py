"""Shop despatches in: goods that left a shop for an order of the ERP are booked there, each once (law L5).

Heard by sweep and by event, said in the ERP's words, looked for before they are sent. What the ERP was sent is kept
word for word until it is settled, so that an amendment that comes meanwhile never makes it be looked for as something
else. An ERP that takes no despatches, a courier nobody mapped, an order it does not know: a case, and never silence.
"""

from collections.abc import Sequence
from datetime import timedelta

from crossdock.cases.kind import Finding, Remedy
from crossdock.cases.kinds import DESPATCH_INCOMPLETE, DESPATCH_MISSED
from crossdock.decide.retail_despatch import is_amended, is_done, to_note
from crossdock.flows.held_records import RecordKind
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.under_way import under_way
from crossdock.flows.wish import Wish
from crossdock.model.despatch import DespatchNote, Fulfilment
from crossdock.model.faults import Accepted, ConfigFault, DataFault, Outcome, Refused, Transient, Unknown
from crossdock.model.retail import RetailDespatch
from crossdock.ports.case_book import CaseRow, Held
from crossdock.ports.erp_orders import DespatchBooker, FulfilmentFinder
from crossdock.ports.retail import RetailDespatchSource
from crossdock.ports.retail_memory import Heard, RetailDespatchFile
from crossdock.ports.systems import Document, FulfilmentSource, ItemSource

FLOW = FEED = "retail-despatches"
DESPATCH, TELLING = "retail-despatch", "retail-despatch "  # records that cases hold
REASON_MAX = 500


async def take_despatches(pairing: RetailPairing) -> Result:
    """Everything told since the last look. Raises Transient when the list could not be read to its end."""
    source = pairing.of_retail(RetailDespatchSource)
    if source is None:
        return {"skipped": f"{pairing.retail_name} tells no despatches"}
    began = pairing.clock.now()
    since = await pairing.reference.watermark(FEED)
    if since is not None:
        since -= timedelta(seconds=pairing.policy.despatch.overlap_seconds)
    result: Result = {"new": 0, "amended": 0, "same": 0, "unreadable": 0}
    async for page in source.read_retail_despatches(since):
        await take_page(pairing, page, result)
    await pairing.reference.move_watermark(FEED, began)
    return result


async def take_page(
    pairing: RetailPairing, page: Sequence[Document[RetailDespatch]], result: Result, *, missed: bool = False
) -> Heard:
    """Remember a page; what cannot be read is a case until a later telling of it can."""
    values = [one.value for one in page if one.value is not None]
    heard = await pairing.despatches.hear(values, missed=missed)
    for name in ("new", "amended", "same"):
        result[name] += getattr(heard, name)
    for despatch_id in heard.late:
        await _note_late(pairing, despatch_id)
    troubled = await pairing.cases.open_records(DESPATCH_INCOMPLETE.code, TELLING)
    for value in values:
        if (record := f"{TELLING}{value.key}") in troubled:
            await pairing.cases.let_go(record, [0], reason="it can be read now", actor="crossdock")
    for one in page:
        if one.fault is not None:
            result["unreadable"] += 1
            await note_unreadable(pairing, one.ref, one.label or one.ref, one.fault)
    return heard


async def note_unreadable(pairing: RetailPairing, key: str, order_ref: str, fault: DataFault) -> None:
    """Goods left, and what is told of it cannot be booked: the order stays open and somebody is told."""
    finding = DESPATCH_INCOMPLETE.about(order_ref, order_ref=order_ref, reason=str(fault)[:REASON_MAX])
    await pairing.cases.raise_case(finding, record=f"{TELLING}{key}", ref=key, evidence=fault.evidence)


async def look_at_despatch(pairing: RetailPairing, despatch_id: int) -> None:
    """Bring one despatch as far as it will go. Called again, it looks first and never books twice."""
    file = await pairing.despatches.load(despatch_id)
    if file is None or file.state not in ("found", "closing"):
        return None
    if file.state == "closing":
        if not file.is_early:
            await _book(pairing, file)
        return None
    stands = await _stands(pairing, file)
    if isinstance(stands, DataFault):
        return await _hold(pairing, file, [_incomplete(file, f"the order cannot be read: {stands}")])
    if stands is None and _can_ask(pairing):
        return await _hold(pairing, file, [_incomplete(file, f"{pairing.erp_name} knows no such order")])
    note = await _say(pairing, file, file.despatch.order_ref if stands is None else stands.erp_code)
    if stands is not None:
        if any(is_done(stands, one) for one in (file.sent, note) if isinstance(one, DespatchNote)):
            return await _closed(pairing, file, stands.erp_code, "the ERP has it already")
        if stands.cancelled:
            problem = f"its goods left {file.despatch.location}, and it is cancelled there"
            return await _hold(pairing, file, [_missed(file, problem)])
    if not isinstance(note, DespatchNote):
        return await _hold(pairing, file, note)
    if pairing.of_erp(DespatchBooker) is None:
        reason = f"{pairing.erp_name} takes no despatches with its settings; book it there by hand"
        return await _hold(pairing, file, [_incomplete(file, reason)])
    return await _book(pairing, file, note)


def _can_ask(pairing: RetailPairing) -> bool:
    by_ours = pairing.policy.despatch.order_ref == "ours"
    return pairing.of_erp(FulfilmentSource if by_ours else FulfilmentFinder) is not None


async def _stands(pairing: RetailPairing, file: RetailDespatchFile) -> Fulfilment | DataFault | None:
    """Where the order stands in the ERP; None when the ERP answered that it has none, or cannot be asked."""
    ref = file.despatch.order_ref
    if pairing.policy.despatch.order_ref == "ours":
        source = pairing.of_erp(FulfilmentSource)
        return None if source is None else (await source.read_fulfilments([ref])).get(ref)
    finder = pairing.of_erp(FulfilmentFinder)
    return None if finder is None else (await finder.find_fulfilments([ref])).get(ref)


async def _say(pairing: RetailPairing, file: RetailDespatchFile, order_code: str) -> DespatchNote | tuple[Finding, ...]:
    skus = list(dict.fromkeys(line.sku for line in file.despatch.lines))
    codes = await pairing.despatches.codes(skus)
    if (items := pairing.of_erp(ItemSource)) is not None and len(codes) < len(skus):
        await pairing.reference.store_items(await items.find_items([sku for sku in skus if sku not in codes]))
        codes = await pairing.despatches.codes(skus)
    couriers = (await pairing.reference.maps()).courier
    return to_note(file.despatch, order_code=order_code, couriers=couriers, codes=codes)


async def _book(pairing: RetailPairing, file: RetailDespatchFile, note: DespatchNote | None = None) -> None:
    """note: None for one that was sent before, which is looked for as it was sent."""
    wait = pairing.policy.despatch.settle_seconds
    note, booker = note or file.sent, pairing.of_erp(DespatchBooker)
    if note is None or booker is None:
        await _hold(pairing, file, [_incomplete(file, f"{pairing.erp_name} takes no despatches any more")])
        return
    if not await pairing.despatches.move(file, "closing", look_in_seconds=wait, sent=note):
        return
    sent = await pairing.despatches.load(file.id)
    if sent is None or sent.state != "closing":
        return

    async def still_booking() -> None:
        await pairing.despatches.look_later(sent.id, sent.version, wait)

    try:
        async with under_way(still_booking, every_seconds=wait / 2):
            outcome: Outcome = await booker.book_despatch(note)
    except Transient as fault:
        outcome = Unknown(str(fault), evidence=fault.evidence)
    except ConfigFault as fault:
        outcome = Refused("config", f"{fault}; the setting to look at is {fault.setting}", evidence=fault.evidence)
    except DataFault as fault:  # it cannot be said in the ERP's tongue
        outcome = Refused("unsayable", str(fault), evidence=fault.evidence)
    await _settle(pairing, sent, outcome)


async def _settle(pairing: RetailPairing, file: RetailDespatchFile, outcome: Outcome) -> None:
    match outcome:
        case Accepted(their_ref=their_ref):
            await _closed(pairing, file, their_ref, "the ERP booked it")
        case Refused(text=reason, evidence=evidence):
            await _hold(pairing, file, [_incomplete(file, f"{pairing.erp_name} refused it: {reason}")], evidence)
        case Unknown(reason=reason, evidence=evidence):
            if file.attempts >= pairing.policy.despatch.attempts_max:
                told = f"{file.attempts} times no answer said whether it was booked: {reason}"
                await _hold(pairing, file, [_incomplete(file, told)], evidence)
            else:
                await pairing.despatches.look_later(file.id, file.version, pairing.policy.despatch.settle_seconds)


async def _closed(pairing: RetailPairing, file: RetailDespatchFile, erp_ref: str, reason: str) -> None:
    if not await pairing.despatches.move(file, "closed", erp_ref=erp_ref, detail={"erp_ref": erp_ref}):
        return
    await pairing.cases.let_go(DESPATCH, [file.id], reason=reason, actor="crossdock")
    await _note_late(pairing, file.id)


async def _note_late(pairing: RetailPairing, despatch_id: int) -> None:
    """Amended after the ERP had it: nothing there can be amended by us, so somebody must."""
    file = await pairing.despatches.load(despatch_id)
    if file is None or file.sent is None or file.state != "closed":
        return
    if words := is_amended(file.despatch, file.sent):
        reason = f"{words}, and {pairing.erp_name} booked it as {', '.join(file.sent.consignments)}; amend it there"
        await pairing.cases.hold_only(
            [_incomplete(file, reason)], record=DESPATCH, record_id=file.id, ref=file.despatch.key
        )
    else:
        await pairing.cases.let_go(DESPATCH, [file.id], reason="it is as it was booked", actor="crossdock")


async def _hold(
    pairing: RetailPairing, file: RetailDespatchFile, findings: Sequence[Finding], evidence: str = ""
) -> None:
    """It waits in these cases and in no other; a retry puts it back to `found`."""
    if not await pairing.despatches.move(file, "waiting", detail={"reason": findings[0].cause}):
        return
    await pairing.cases.hold_only(findings, record=DESPATCH, record_id=file.id, ref=file.despatch.key)
    if evidence:
        await pairing.cases.raise_case(
            findings[0], record=DESPATCH, record_id=file.id, ref=file.despatch.key, evidence=evidence
        )


def _incomplete(file: RetailDespatchFile, reason: str) -> Finding:
    ref = file.despatch.order_ref
    return DESPATCH_INCOMPLETE.about(ref, order_ref=ref, reason=reason[:REASON_MAX])


def _missed(file: RetailDespatchFile, problem: str) -> Finding:
    return DESPATCH_MISSED.about(file.despatch.order_ref, order_ref=file.despatch.order_ref, problem=problem)


async def recheck_despatch(pairing: RetailPairing, one: Held, actor: str) -> None:
    """It goes back to be booked; the case closes when the ERP has it."""
    file = await pairing.despatches.load(one.record_id)
    if file is None:
        return
    match file.state:
        case "waiting":
            await pairing.despatches.move(file, "found", look_in_seconds=0.0, actor=actor)
        case "closed":
            await _note_late(pairing, file.id)
        case "dropped" | "called_off":
            reason = "it is settled" if file.state == "dropped" else "it was called off"
            await pairing.cases.let_go(DESPATCH, [file.id], reason=reason, actor=actor)


async def drop_despatches(pairing: RetailPairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """The ERP will not be told, and a named person takes that as it is."""
    for one in held:
        file = await pairing.despatches.load(one.record_id)
        if file is not None and file.state in ("waiting", "closed"):
            await pairing.despatches.move(file, "dropped", detail={"reason": wish.reason}, actor=wish.actor)


async def adopt_despatches(pairing: RetailPairing, case: CaseRow, held: Sequence[Held], wish: Wish) -> None:
    """A person found it booked: under this number there."""
    for one in held:
        file = await pairing.despatches.load(one.record_id)
        if file is not None and file.state == "waiting":
            said = {"erp_ref": wish.params["erp_ref"], "reason": wish.reason}
            await pairing.despatches.move(file, "dropped", erp_ref=said["erp_ref"], detail=said, actor=wish.actor)


RECORDS = {
    DESPATCH: RecordKind(
        recheck=recheck_despatch, settle={Remedy.ACCEPT: drop_despatches, Remedy.ADOPT: adopt_despatches}
    ),
}
