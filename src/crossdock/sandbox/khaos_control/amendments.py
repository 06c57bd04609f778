"""AmendOrder and CancelOrder: optional development, off unless the installation has it.

Only orders that came in through the web service within 48 hours, and only while every invoice's stage may be edited
(Khaos Control wiki, 024788).
"""

from datetime import timedelta
from typing import Any

from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.fulfilment import NotPossible, cancel, unbook
from crossdock.sandbox.khaos_control.model import ISSUE, ISSUED_STAGES, PICKING, Order
from crossdock.sandbox.khaos_control.orders_in import each_order, read_order, save, skip
from crossdock.sandbox.khaos_control.store import Store

CHANGEABLE_FOR = timedelta(hours=48)
PROCESSING = 20
FLOOR_STAGES = ISSUED_STAGES | {*range(PICKING, ISSUE + 1), PROCESSING}


def amend_orders(store: Store, document: str) -> dict[str, Any]:
    """Delete and import again, keeping only the order code and the associated reference. Answers as ImportOrders."""
    taken: list[dict[str, str]] = []
    skipped: list[dict[str, str]] = []
    for element, ref in each_order(store, document):
        try:
            old = _changeable(store, ref)
            draft = read_order(store, element, ref)
        except Refused as refused:
            skipped.append(skip(store, ref, str(refused)))
        else:
            _note(store, old, "amend")
            unbook(store, old)
            save(store, draft, code=old.code)
            taken.append({"AssociatedRef": ref, "SalesOrderCode": old.code})
    return {"ImportedCount": len(taken), "OrderImport": taken, "OrderSkipped": skipped}


def cancel_order(store: Store, ref: str) -> dict[str, Any]:
    """By associated reference. Success False, with the cause, when it is refused."""
    try:
        order = _changeable(store, ref.strip())
        _note(store, order, "cancel")
        cancel(store, order, reason="Cancelled by web service", user="WEB")
    except (Refused, NotPossible) as error:
        return {"Success": False, "Message": str(error)}
    return {"Success": True, "Message": ""}


def _note(store: Store, order: Order, what: str) -> None:
    """How far the floor had got when the order was changed, for whoever judges from outside."""
    began = any(invoice.stage in FLOOR_STAGES for invoice in order.invoices)
    store.changes.append({"ref": order.associated_ref, "what": what, "floor_began": began})


def _changeable(store: Store, ref: str) -> Order:
    """Raises Refused: with the first cause that forbids it."""
    order = store.orders_by_ref.get(ref)
    if order is None:
        raise Refused(f"Order not found: {ref}")
    editable = store.settings.editable_stages
    causes = (
        (not order.web, "Not a web service order"),
        (store.now() - order.imported_at > CHANGEABLE_FOR, "Placed more than 48 hours ago"),
        (order.cancelled is not None, "Cannot be cancelled or edited"),
        (any(invoice.issued for invoice in order.invoices), "Being or already issued"),
        (any(invoice.stage not in editable for invoice in order.invoices), "Stage not editable"),
        (order.payment_taken, "Payment already processed"),
    )
    for applies, cause in causes:
        if applies:
            raise Refused(cause)
    return order
