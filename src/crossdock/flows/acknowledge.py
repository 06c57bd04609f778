"""Back to the storefront: the ERP has your order, and this is its number there."""

from crossdock.flows.pairing import Pairing, Result
from crossdock.model.faults import Accepted, Refused
from crossdock.ports.systems import Acknowledgement

BATCH = 100


async def acknowledge_orders(pairing: Pairing) -> Result:
    """Tell of every posted order that was not told yet. Safe to repeat: it writes the same values again."""
    counts: Result = {"told": 0, "refused": 0}
    while rows := await pairing.orders.unacknowledged(BATCH):
        acks = [
            Acknowledgement(storefront_id=storefront_id, order_ref=ref, erp_ref=erp_ref)
            for _, storefront_id, ref, erp_ref in rows
        ]
        outcomes = await pairing.storefront.write_acknowledgements(acks)
        done: dict[int, str] = {}
        for (order_id, *_), outcome in zip(rows, outcomes, strict=True):
            if isinstance(outcome, Accepted):
                done[order_id] = ""
                counts["told"] += 1
            elif isinstance(outcome, Refused):
                # The order itself is well; that the storefront would not hear is kept with it for the desk to see.
                done[order_id] = f"{outcome.code}: {outcome.text}"[:300]
                counts["refused"] += 1
        if not done:
            break  # nothing but unknowns: the next run tries again
        await pairing.orders.acknowledged(done)
    return counts
