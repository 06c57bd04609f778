"""The net under shop despatches: the ERP's open orders compared with what the shops say has left.

Runs at night and on demand. What was never heard is taken now and goes its way; what both sides are done with and do
not agree on is a case. Orders of companies that are no trade are left out, counted and listed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from crossdock.cases.kinds import DESPATCH_MISSED, SCHEMA_SURPRISE
from crossdock.decide.retail_despatch import Missed, Verdict, ours_of, told_of, verdict
from crossdock.flows.company_classes import trade_only
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.retail_despatch import note_unreadable, take_page
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import DataFault
from crossdock.model.retail import RetailDespatch
from crossdock.ports.erp_orders import OpenOrderSource
from crossdock.ports.retail import RetailDespatchSource
from crossdock.ports.retail_memory import RetailDespatchFile
from crossdock.ports.systems import Document

FLOW = "retail-missed"
ORDER, UNREADABLE = "retail-order ", "open order "  # records that cases hold
CHUNK = 200


async def sweep_missed(pairing: RetailPairing) -> Result:
    """Read what left the shops lately once more, then ask of each order that the ERP holds open."""
    source = pairing.of_retail(RetailDespatchSource)
    if source is None:
        return {"skipped": f"{pairing.retail_name} tells no despatches"}
    result: Result = {"new": 0, "amended": 0, "same": 0, "unreadable": 0, "left_out": {}}
    since = pairing.clock.now() - timedelta(days=pairing.policy.despatch.look_back_days)
    async for page in source.read_retail_despatches(since):
        await take_page(pairing, page, result, missed=True)
    result["missed"] = result["new"]
    orders = pairing.of_erp(OpenOrderSource)
    if orders is None:
        return {**result, "not_compared": f"{pairing.erp_name} does not list its open orders with its settings"}
    open_orders, strange = await _open_orders(orders, since)
    trade, left_out = await trade_only(pairing, open_orders)
    result |= {"open": len(open_orders), "left_out": left_out}
    await _note_strange(pairing, strange)
    troubled: set[str] = set()
    for start in range(0, len(trade), CHUNK):
        troubled |= await _compare(pairing, source, trade[start : start + CHUNK], result)
    for record in await pairing.cases.open_records(DESPATCH_MISSED.code, ORDER) - troubled:
        await pairing.cases.let_go(record, [0], reason="both sides agree now", actor="crossdock")
    return result


async def _open_orders(source: OpenOrderSource, since: datetime) -> tuple[Sequence[Fulfilment], Sequence[DataFault]]:
    found = [one async for page in source.read_open_orders(since) for one in page]
    return (
        [one for one in found if isinstance(one, Fulfilment)],
        [one for one in found if isinstance(one, DataFault)],
    )


async def _note_strange(pairing: RetailPairing, strange: Sequence[DataFault]) -> None:
    told = set()
    for fault in strange:
        record = f"{UNREADABLE}{fault.place}"
        told.add(record)
        finding = SCHEMA_SURPRISE.about(
            f"{pairing.erp_name} order-status {fault.problem}", what="order status", system=pairing.erp_name,
            place=fault.place, problem=fault.problem,
        )  # fmt: skip
        await pairing.cases.raise_case(finding, record=record, ref=fault.place, evidence=fault.evidence)
    for record in await pairing.cases.open_records(SCHEMA_SURPRISE.code, UNREADABLE) - told:
        await pairing.cases.let_go(record, [0], reason="it can be read now", actor="crossdock")


async def _compare(
    pairing: RetailPairing, source: RetailDespatchSource, orders: Sequence[Fulfilment], result: Result
) -> set[str]:
    """Returns the records of those that a case holds now."""
    by_ref = {_ref(pairing, one): one for one in orders if _ref(pairing, one)}
    told = await source.find_retail_despatches(list(by_ref))
    known = await pairing.despatches.known(list(by_ref))
    troubled = set()
    for ref in by_ref:
        tellings = told.get(ref, ())
        newest = _newest(tellings)
        found = _verdict(pairing, newest, tellings, known.get(ref, ()))
        match found.verdict:
            case Verdict.TAKE:
                documents = [Document(ref=one.key, raw=b"", value=one, label=ref) for one in newest]
                heard = await take_page(pairing, documents, result, missed=True)
                result["missed"] += heard.new + heard.amended
            case Verdict.UNREADABLE:
                fault = next(one for one in tellings if isinstance(one, DataFault))
                await note_unreadable(pairing, ref, ref, fault)
            case Verdict.MISSED:
                troubled.add(f"{ORDER}{ref}")
                finding = DESPATCH_MISSED.about(ref, order_ref=ref, problem=found.words)
                await pairing.cases.raise_case(finding, record=f"{ORDER}{ref}", ref=ref)
    return troubled


def _verdict(
    pairing: RetailPairing,
    newest: Sequence[RetailDespatch],
    tellings: Sequence[RetailDespatch | DataFault],
    known: Sequence[RetailDespatchFile],
) -> Missed:
    told = told_of(tuple(newest), unreadable=any(isinstance(one, DataFault) for one in tellings))
    states: Mapping[str, tuple[str, int]] = {
        one.despatch.key: ("closing" if _just_now(pairing, one) else one.state, one.despatch.revision) for one in known
    }
    return verdict(told, ours_of({one.key: one.revision for one in newest}, states))


def _just_now(pairing: RetailPairing, file: RetailDespatchFile) -> bool:
    """Booked so lately that an ERP which still holds the order open proves nothing."""
    settle = timedelta(seconds=pairing.policy.despatch.settle_seconds)
    return file.closed_at is not None and pairing.clock.now() - file.closed_at < settle


def _newest(tellings: Sequence[RetailDespatch | DataFault]) -> list[RetailDespatch]:
    found: dict[str, RetailDespatch] = {}
    for one in tellings:
        if isinstance(one, RetailDespatch) and (
            one.key not in found or one.revision > found[one.key].revision
        ):  # fmt: skip
            found[one.key] = one
    return list(found.values())


def _ref(pairing: RetailPairing, order: Fulfilment) -> str:
    """What the shops know the order by."""
    return order.ref if pairing.policy.despatch.order_ref == "ours" else order.erp_code
