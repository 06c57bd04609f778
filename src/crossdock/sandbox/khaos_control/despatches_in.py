"""ImportDespatches, an operation agreed with one customer: goods that left from elsewhere are issued on their order.

It takes what ExportOrderStatusEx gives: STATUS_LIST > ORDER_STATUS @SORDER_CODE > INVOICES > INVOICE with its boxes'
consignment references and its items. A consignment that stands on the order already is refused.
"""

import contextlib
from decimal import Decimal
from typing import Any

from lxml import etree

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.khaos_control import despatching
from crossdock.sandbox.khaos_control.documents import Refused, decimal
from crossdock.sandbox.khaos_control.model import Order
from crossdock.sandbox.khaos_control.soap import SoapFault, parse_xml
from crossdock.sandbox.khaos_control.store import Store


def import_despatches(store: Store, document: str) -> dict[str, Any]:
    """Each order of the document for itself, answered as ImportOrders does. Raises SoapFault: a malformed document."""
    root = parse_xml(document)
    if root.tag != "STATUS_LIST":
        raise SoapFault(f"Malformed XML: expected STATUS_LIST, was {root.tag}")
    taken: list[dict[str, str]] = []
    skipped: list[dict[str, str]] = []
    for element in root.iterfind("ORDER_STATUS"):
        code = str(element.get("SORDER_CODE", "")).strip()
        try:
            order = _despatch(store, code, element)
        except (Refused, ActError) as refused:
            skipped.append({"OrderRef": code, "SkipReason": str(refused)})
        else:
            taken.append({"AssociatedRef": order.associated_ref, "SalesOrderCode": order.code})
    return {"ImportedCount": len(taken), "OrderImport": taken, "OrderSkipped": skipped}


def _despatch(store: Store, code: str, element: etree._Element) -> Order:
    order = store.orders.get(code.casefold())
    if order is None:
        raise Refused(f"Order not found: {code}")
    if order.cancelled is not None:
        raise Refused("Cancelled")
    for invoice in element.iterfind("INVOICES/INVOICE"):
        _invoice(store, order, invoice)
    return order


def _invoice(store: Store, order: Order, invoice: etree._Element) -> None:
    numbers = [str(box.get("CONSIGNMENT_REF", "")) for box in invoice.iterfind("BOX")]
    known = {box.consignment for one in order.invoices for box in one.boxes}
    if twice := [number for number in numbers if number in known]:
        raise Refused(f"Duplicate consignment: {twice[0]}")
    items = [
        {"sku": str(item.get("STOCK_CODE", "")), "quantity": _quantity(item)}
        for item in invoice.iterfind("INVOICE_ITEMS/INVOICE_ITEM")
    ]
    courier = _courier(store, str(invoice.get("COURIER", "")))
    despatching.despatch(
        store, order, lines=items, boxes=1, courier=courier, consignment="", consignments=numbers
    )  # fmt: skip


def _quantity(item: etree._Element) -> Decimal:
    with contextlib.suppress(Refused):
        found = decimal({"QTY_SENT": str(item.get("QTY_SENT", ""))}, "QTY_SENT")
        if found is not None and found > 0:
            return found
    raise Refused("Invalid despatch: QTY_SENT")


def _courier(store: Store, given: str) -> str:
    """By code or by name, in any case."""
    for code, name in store.couriers.items():
        if given.casefold() in (code.casefold(), name.casefold()):
            return code
    raise Refused(f"Courier not found: {given}")
