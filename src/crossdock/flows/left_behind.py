"""What the ERP will not send any more is told to the storefront, once, or to a person."""

from crossdock.cases.kinds import DESPATCH_MISSED
from crossdock.decide.left_behind import left_behind, units_in_words
from crossdock.decide.sold import sold_lines
from crossdock.flows.pairing import Pairing
from crossdock.model.despatch import Fulfilment
from crossdock.model.order_change import OrderChange, Origin
from crossdock.model.sales_order import StorefrontStatus
from crossdock.ports.after_sale import OrderCanceller
from crossdock.ports.order_book import OrderFile

FLOW = "order-change"


async def note_left_behind(pairing: Pairing, file: OrderFile, there: Fulfilment) -> None:
    """Called before the order leaves those that are asked about; called again, it changes nothing."""
    by_flow = FLOW in pairing.flows
    if by_flow and file.order is not None and file.order.status is StorefrontStatus.CANCELLED:
        return  # it is cancelled on both sides
    rest = None
    if by_flow and file.sold is not None and file.resolved is not None:
        rest = left_behind(sold_lines(file.sold, file.resolved), there)
    if not there.cancelled and not rest:
        return
    why = there.cancel_reason if there.cancelled else "closed without the rest"
    whole = rest is not None and file.sold is not None and len(rest) == len(file.sold.lines) and not _any_left(there)
    if rest and pairing.of_storefront(OrderCanceller) is not None:
        what = "cancelled" if whole else f"cancelled for {units_in_words(rest)}"
        told = OrderChange(
            key=f"{file.storefront_id}/left-behind", origin=Origin.ERP, what=what, cancels=whole,
            lines=() if whole else rest, reason=why,
        )  # fmt: skip
        await pairing.changes.ask(told, order_id=file.id)
        return
    problem = "cancelled there" if there.cancelled else f"closed there without {units_in_words(rest or ())}"
    said = f"{problem}: {why}" if there.cancelled and why else problem
    finding = DESPATCH_MISSED.about(file.ref, order_ref=file.ref, problem=said)
    await pairing.cases.raise_case(finding, record="order", record_id=file.id, ref=file.ref, sticky=True)


def _any_left(there: Fulfilment) -> bool:
    return any(invoice.shipped for invoice in there.invoices)
