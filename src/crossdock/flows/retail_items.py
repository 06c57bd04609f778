"""Items out: the ERP's stock items as a retail system wants them, and what it says of their readiness.

Families are told as parents, their sub-items as leaves; packs and services are left out, counted. An item that lacks
what the retail system must know, or of which its sizing layer lacks something, is a case for the data desk that names
what is missing, and closes by itself.
"""

from collections.abc import Set
from datetime import timedelta

from crossdock.cases.kind import CaseKind, Finding
from crossdock.cases.kinds import ITEM_NOT_ON_SALE, SCHEMA_SURPRISE
from crossdock.decide.retail_feed import Lacks, LeftOut, to_retail_item, unready
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.telling import TOLD, Kind, count, tell
from crossdock.model.retail import RetailItem
from crossdock.ports.retail import RetailItemSink, RetailItemSource
from crossdock.ports.systems import Document

FLOW, READINESS = "retail-items", "retail-readiness"
ITEM, FULL_FEED = "item", f"{READINESS}-full"
LACKING, UNREADY, UNREADABLE = "item lacking ", "item unready ", "item unreadable "  # records that cases hold
OVERLAP = timedelta(minutes=10)


async def tell_items(pairing: RetailPairing) -> Result:
    """Every item that changed since it was told; then what the sizing layer lacks."""
    sink = pairing.of_retail(RetailItemSink)
    if sink is None:
        return {"skipped": f"{pairing.retail_name} takes no items"}
    if await pairing.reference.watermark("items") is None:
        return {"skipped": f"the items of {pairing.erp_name} have not been read yet"}
    result: Result = {"told": 0, "same": 0}
    kind = Kind(name=ITEM, write=sink.write_items, finding=lambda item, text: _refused(pairing, item, text))
    lacking: set[str] = set()
    if renamed := await pairing.sent.forget_renamed(list(pairing.policy.owned_by("erp"))):
        await pairing.cases.let_go(TOLD, renamed, reason="the ERP gave it another code", actor="crossdock")
    async for page in pairing.sent.items():
        values = {}
        for item in page:
            match to_retail_item(item, pairing.policy.feed.items):
                case LeftOut() as why:
                    count(result, **{why.value.replace(" ", "_"): 1})
                case Lacks(missing=missing):
                    lacking.add(f"{LACKING}{item.code}")
                    finding = _missing(item.code, f"{pairing.erp_name} does not tell its {', '.join(missing)}")
                    await pairing.cases.raise_case(finding, record=f"{LACKING}{item.code}", ref=item.code)
                case RetailItem() as told:
                    values[told.sku] = told
        await tell(pairing, kind, values, result)
    for record in await pairing.cases.open_records(ITEM_NOT_ON_SALE.code, LACKING) - lacking:
        await pairing.cases.let_go(record, [0], reason="it is whole now", actor="crossdock")
    return {**result, "lacking": len(lacking), **await read_readiness(pairing)}


async def read_readiness(pairing: RetailPairing) -> Result:
    """What the sizing layer says of the items: body map and other attributes that are missing, or contradict ours.

    Once in a while its list is read whole; what was told and is not on it is told again.
    """
    source = pairing.of_retail(RetailItemSource)
    if source is None:
        return {}
    began, full_at = pairing.clock.now(), await pairing.reference.watermark(FULL_FEED)
    is_full = full_at is None or began - full_at >= timedelta(seconds=pairing.policy.feed.full_every_seconds)
    since = None if is_full else await pairing.reference.watermark(READINESS)
    result: Result = {"not_ready": 0, "unreadable": 0}
    there, read, ready = set[str](), set[str](), set[str]()
    async for page in source.read_retail_items(None if since is None else since - OVERLAP):
        for one in page:
            there.add(one.label)
            if one.value is None:
                count(result, unreadable=1)
                await _note_unreadable(pairing, one)
                continue
            read.add(one.label)
            if problem := unready(one.value):
                count(result, not_ready=1)
                sku = one.value.sku
                await pairing.cases.raise_case(_missing(sku, problem), record=f"{UNREADY}{sku}", ref=sku)
            else:
                ready.add(one.label)
    await _close(pairing, ITEM_NOT_ON_SALE, UNREADY, ready, there if is_full else None, "it is ready now")
    await _close(pairing, SCHEMA_SURPRISE, UNREADABLE, read, there if is_full else None, "it can be read again")
    await pairing.reference.move_watermark(READINESS, began)
    if is_full:
        result["gone"] = await pairing.sent.forget_others(ITEM, there)
        await pairing.reference.move_watermark(FULL_FEED, began)
    return result


async def _note_unreadable(pairing: RetailPairing, one: Document[RetailItem]) -> None:
    assert one.fault is not None, "what cannot be read says why"
    finding = SCHEMA_SURPRISE.about(
        f"{pairing.retail_name} stock-item {one.fault.problem}", what="item", system=pairing.retail_name,
        place=one.fault.place, problem=one.fault.problem,
    )  # fmt: skip
    evidence = one.fault.evidence or one.raw.decode("utf-8", "replace")
    await pairing.cases.raise_case(finding, record=f"{UNREADABLE}{one.label}", ref=one.label, evidence=evidence)


async def _close(
    pairing: RetailPairing, kind: CaseKind, record: str, well: Set[str], there: Set[str] | None, reason: str
) -> None:
    """Let go of the items that are well. there: every item that is held over there, None when not all were read: what
    is not held there any more lacks nothing, and is told anew."""
    for held in await pairing.cases.open_records(kind.code, record):
        sku = held.removeprefix(record)
        if there is not None and sku not in there:
            await pairing.cases.let_go(held, [0], reason=f"{pairing.retail_name} holds it no more", actor="crossdock")
        elif sku in well:
            await pairing.cases.let_go(held, [0], reason=reason, actor="crossdock")


def _missing(sku: str, problem: str) -> Finding:
    return ITEM_NOT_ON_SALE.about(sku, sku=sku, missing=problem)


def _refused(pairing: RetailPairing, item: RetailItem, text: str) -> Finding:
    return _missing(item.sku, f"{pairing.retail_name} refused it: {text}")
