"""Order statuses as they are uploaded: of orders that came down this channel, whenever one of their invoices moves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crossdock.sandbox.khaos_control.channel.book import Book, ChannelOrder
from crossdock.sandbox.khaos_control.channel.calls import STATUSES
from crossdock.sandbox.khaos_control.channel.reference import kc_id
from crossdock.sandbox.khaos_control.channel.settings import ChannelSettings
from crossdock.sandbox.khaos_control.markup import london
from crossdock.sandbox.khaos_control.model import (
    AWAITING_DATE,
    AWAITING_STOCK,
    CANCELLED,
    INVOICE_PRINT,
    ISSUE,
    ISSUED_STAGES,
    MANUAL_HOLD,
    PAYMENT,
    PICKING,
    RELEASED,
    STAGING,
    TERMS_HOLD,
    Box,
    Invoice,
    Order,
)

WORDS: Mapping[int, str] = {
    RELEASED: "Released", STAGING: "Staging", PAYMENT: "Payment", PICKING: "Picking", 13: "Packing", 14: "Shipping",
    INVOICE_PRINT: "Invoicing", 20: "Processing", ISSUE: "Issue", AWAITING_DATE: "AwaitingDate",
    AWAITING_STOCK: "AwaitingStock", MANUAL_HOLD: "ManualHold", TERMS_HOLD: "TermsHold",
    **dict.fromkeys(ISSUED_STAGES, "Archived"),
}  # fmt: skip


def status_entries(book: Book, *, everything: bool, only: frozenset[str] | None = None) -> list[dict[str, Any]]:
    """The orders to tell of: changed since they were last sent, or all. only: of these associated references."""
    entries = []
    for held in book.orders.values():
        if only is not None and held.order.associated_ref not in only:
            continue
        entry = _entry(book, held)
        if book.changed(STATUSES, entry["OrderID"], entry, everything=everything):
            entries.append(entry)
    return entries


def _entry(book: Book, held: ChannelOrder) -> dict[str, Any]:
    order = held.order
    return {
        "OrderCode": order.code,
        "OrderID": kc_id("O", order.order_id),
        book.settings.order_status: order_status(order, book.settings),
        "AssociatedRef": order.associated_ref,
        "ChannelID": book.settings.channel_id,
        "CustomData": held.custom_data,
        "Shipments": [_shipment(book, held, one) for one in order.invoices if one.stage != CANCELLED],
    }


def order_status(order: Order, settings: ChannelSettings) -> str:
    if order.cancelled is not None:
        return "Cancelled"
    if order.complete:
        return "Complete"
    if any(invoice.issued for invoice in order.invoices):
        return "PartialShip"
    return "Shipping" if any(one.stage in settings.shipping_stages for one in order.invoices) else "Received"


def _shipment(book: Book, held: ChannelOrder, invoice: Invoice) -> dict[str, Any]:
    return {
        "ID": kc_id("I", invoice.invoice_id),
        "Code": invoice.code,
        "Status": shipment_status(invoice, book.settings),
        "Items": _items(book, held, invoice),
        "Packages": [_package(book, box) for box in invoice.boxes],
    }


def shipment_status(invoice: Invoice, settings: ChannelSettings) -> str:
    """The word of its stage; a further stage of this site without a word shows as the last one that has one."""
    words = {**WORDS, **settings.stage_words}
    return next((words[stage] for stage in reversed(invoice.trail) if stage in words), "Processing")


def _items(book: Book, held: ChannelOrder, invoice: Invoice) -> list[dict[str, Any]]:
    moving = invoice.moving() if book.settings.status_components else invoice.lines.items()
    as_sent = book.settings.status_sku == "as_sent"
    return [
        {
            "OrderItemID": kc_id("L", line.number),
            "ShipmentItemID": f"{kc_id('I', invoice.invoice_id)}-{line.number}",
            "SKU": held.skus.get(line.number, line.item.code) if as_sent else line.item.code,
            "Quantity": quantity,
            "ImportRef": line.import_ref,
            book.settings.line_web_ref: held.web_refs.get(line.number, ""),
        }
        for line, quantity in moving
    ]


def _package(book: Book, box: Box) -> dict[str, Any]:
    by_code = book.settings.package_courier == "code"
    return {
        "ConsignmentRef": box.consignment,
        "Courier": box.courier if by_code else book.store.couriers.get(box.courier, box.courier),
        "ShipmentDate": stamp(box.shipped),
    }


def stamp(moment: datetime) -> str:
    """As `2018-01-18T12:20:48`: the office's wall clock, without an offset."""
    return f"{london(moment):%Y-%m-%dT%H:%M:%S}"
