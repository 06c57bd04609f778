"""The ERP's own total, read back: to the penny, or finance hears of it (law L3).

Where the ERP's total counts it is read as soon as the order is in, so that the case is open while the warehouse can
still be stopped; the sweep over open orders reads it again. Where the storefront's counts the order was checked before
it was posted, and the sweep is enough.
"""

from crossdock.cases.kinds import SCHEMA_SURPRISE, TOTAL_CONFLICT
from crossdock.decide.policy import Authority
from crossdock.decide.totals import expected_total, judge_read_back
from crossdock.flows.pairing import Pairing
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import ConfigFault, DataFault, Transient
from crossdock.model.lifecycle import OrderState
from crossdock.ports.order_book import OrderFile
from crossdock.telemetry.tracing import traced

AGAIN_SECONDS = 5.0
TOLD_BY_THEN_SECONDS = 900.0  # an ERP that only queues orders has reckoned them by then, or leaves it to the invoice


def is_read_back(pairing: Pairing) -> bool:
    return pairing.order_policy.authority is Authority.ERP


async def read_back(pairing: Pairing, file: OrderFile, found: Fulfilment | None = None) -> None:
    """Look at one posted order. Raises nothing: what cannot be read now is read again, for a while.

    found: what the ERP said of it just now. What is not there, or not reckoned, after that while is left to the sweep
    over open orders and to the invoice.
    """
    if is_read_back(pairing) and file.state is OrderState.POSTED:
        await _read(pairing, file, found)


@traced("read order back")
async def _read(pairing: Pairing, file: OrderFile, found: Fulfilment | None) -> None:
    try:
        if found is None or found.gross_total is None:
            found = await pairing.erp.find_order(file.ref)
    except (Transient, ConfigFault) as fault:
        await pairing.orders.look_later(file.id, getattr(fault, "retry_after_seconds", None) or AGAIN_SECONDS)
        return
    except DataFault as fault:
        await surprise(pairing, file, fault)
        await _again(pairing, file)
        return
    if found is None or found.gross_total is None:
        await _again(pairing, file)
        return
    await judge_total(pairing, file, found)
    await pairing.orders.look_later(file.id, None)


async def judge_total(pairing: Pairing, file: OrderFile, found: Fulfilment, *, in_conflict: bool = True) -> None:
    """Compare what the ERP makes of the order with what it should. in_conflict: a case about that may be open."""
    if file.order is None or file.resolved is None or found.cancelled or file.changing:
        return
    expected = expected_total(file.order, file.resolved, pairing.order_policy)
    finding = judge_read_back(expected, found, pairing.order_policy.may_differ(len(file.order.lines)))
    if finding is not None:
        if (finding.kind.code, finding.subject) not in file.waivers:
            await pairing.cases.raise_case(finding, record="order", record_id=file.id, ref=file.ref, sticky=True)
    elif in_conflict:
        await pairing.cases.settle(
            TOTAL_CONFLICT.code, file.ref, record="order", record_id=file.id, reason="the ERP's total agrees now"
        )


async def surprise(pairing: Pairing, file: OrderFile, fault: DataFault) -> None:
    """What the ERP says of a posted order cannot be understood."""
    finding = SCHEMA_SURPRISE.about(
        f"{pairing.erp_name} order-status {fault.problem}", what="order status", system=pairing.erp_name,
        place=fault.place, problem=fault.problem,
    )  # fmt: skip
    await pairing.cases.raise_case(
        finding, record="despatch-of", record_id=file.id, ref=file.ref, evidence=fault.evidence
    )


async def _again(pairing: Pairing, file: OrderFile) -> None:
    age = (pairing.clock.now() - file.sent_at).total_seconds() if file.sent_at else TOLD_BY_THEN_SECONDS
    wait = max(AGAIN_SECONDS, pairing.erp.settle_seconds)
    await pairing.orders.look_later(file.id, wait if age < TOLD_BY_THEN_SECONDS else None)
