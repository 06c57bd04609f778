"""A storefront's order that says less than it did, because of what the ERP did not send or the customer sent back."""

from itertools import chain

from crossdock.decide.explained import is_explained, missing_from
from crossdock.decide.sold import Part
from crossdock.flows.pairing import Pairing
from crossdock.model.order_change import ChangeMove, Origin
from crossdock.model.sales_order import SalesOrder, StorefrontStatus
from crossdock.ports.changes import ChangeFile, ChangeStep

FLOW, READ = "refund", "returns-read"  # what reads what came back, and when it last did
REASON = "it is what was not sent, or came back"
SOON_SECONDS = 10.0
PATIENCE_SECONDS = 3600.0


async def is_known(pairing: Pairing, file: ChangeFile, now: SalesOrder, sold: SalesOrder) -> bool:
    """Whether what is missing from it never was to be sent, or came back, and so is settled elsewhere; or whether that
    is still to be seen."""
    explained = await is_settled_elsewhere(pairing, file, now, sold)
    if explained is None:
        return False
    if explained:
        await pairing.changes.move(file, ChangeStep(move=ChangeMove.DROP, findings=(), reason=REASON))
        return True
    if FLOW not in pairing.flows:
        return False
    read = await pairing.reference.watermark(READ)
    young = (pairing.clock.now() - file.asked_at).total_seconds() < PATIENCE_SECONDS
    if young and (read is None or read < file.asked_at):
        await pairing.changes.look_later(file.id, file.version, SOON_SECONDS)
        return True
    return False


async def is_settled_elsewhere(pairing: Pairing, file: ChangeFile, now: SalesOrder, sold: SalesOrder) -> bool | None:
    """Whether all that is missing from it is known not to have been sent, or to have come back. None: it says something
    else than less."""
    if file.change.origin is not Origin.DOCUMENT or file.order_id is None:
        return None
    missing = None if now.status is StorefrontStatus.CANCELLED else missing_from(sold, now)
    if missing is None:
        return None
    told = [one.change for one in await pairing.changes.of_order(file.order_id, Origin.ERP)]
    backs = [one.back for one in await pairing.refunds.of_order(file.order_id) if one.back is not None]
    parts: list[Part] = [*chain(*(one.lines for one in told)), *chain(*(one.lines for one in backs))]
    return is_explained(missing, sold, parts)
