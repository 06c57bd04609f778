"""The three detailed statuses of an order and the coarse one, with the localised names an order shows.

Which coarse status belongs to which detailed one is not published; the pairs here are the ones seen together.
"""

from collections.abc import Mapping

from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.sales import (
    ABORTED,
    CANCELLED,
    CONFIRMED,
    CREATED,
    DELEGATED,
    INVOICED,
    PENDED,
    SHIPPED,
    Order,
)

COARSE: Mapping[str, str] = {
    CREATED: "order_open", PENDED: "payment_pending", CONFIRMED: "payment_reserved", DELEGATED: "payment_reserved",
    SHIPPED: "payment_reserved", INVOICED: "invoice_completed", ABORTED: "cancellation_pending",
    CANCELLED: "cancellation_completed",
}  # fmt: skip
NAMES: Mapping[str, str] = {
    "order_created": "Created", "order_pended": "Pended", "order_confirmed": "Confirmed",
    "order_delegated": "Delegated", "order_shipped": "Shipped", "order_invoiced": "Invoiced",
    "order_aborted": "Aborted", "order_cancelled": "Cancelled",
    "billing_open": "Offen", "billing_pending": "Ausstehend", "billing_payment_pending": "Zahlung reserviert",
    "billing_completed": "Bezahlt", "billing_payment_cancelled": "Zahlung storniert",
    "billing_partially_refunded": "Teilweise erstattet", "billing_refunded": "Erstattet",
    "shipping_open": "Offen", "shipping_ordered": "Bestellt", "shipping_delivered": "Ware versendet",
    "shipping_cancelled": "Storniert", "shipping_undeliverable": "Nicht lieferbar",
    "shipping_partially_undeliverable": "Teilweise nicht lieferbar", "shipping_returned": "Retoure",
    "shipping_partially_returned": "Teilweise Retoure",
}  # fmt: skip
RESERVED_LATER = frozenset({CONFIRMED, DELEGATED, SHIPPED})


def coarse(order: Order) -> str:
    """`status`. Once part of the order has been invoiced it is `invoice_partially_completed`."""
    invoiced = any(unit.times_shipped for unit in order.units)
    if order.phase in RESERVED_LATER and invoiced:
        return "invoice_partially_completed"
    return COARSE[order.phase]


def billing(order: Order) -> str:
    if order.billing_code is not None:
        return order.billing_code
    captured = sum(payment.captured for payment in order.payments)
    refunded = sum(payment.refunded for payment in order.payments)
    if refunded:
        return "billing_refunded" if refunded >= captured else "billing_partially_refunded"
    if order.phase in (CREATED, PENDED):
        return {CREATED: "billing_open", PENDED: "billing_pending"}[order.phase]
    if not captured:
        return "billing_payment_cancelled" if order.phase in (ABORTED, CANCELLED) else "billing_payment_pending"
    done = order.captured_by_hand or all(unit.shipped_at or unit.cancelled_at for unit in order.units)
    return "billing_completed" if done else "billing_payment_pending"


def shipping(order: Order) -> str:
    if order.phase in (CREATED, PENDED):
        return "shipping_open"
    units = order.units
    returned = [unit for unit in units if unit.returned_at]
    gone = [unit for unit in units if unit.shipped_at]
    refused = [unit for unit in units if unit.cancelled_by == "merchant"]
    if all(unit.cancelled_at for unit in units):
        return "shipping_undeliverable" if len(refused) == len(units) else "shipping_cancelled"
    if returned:
        return "shipping_returned" if len(returned) == len(gone) else "shipping_partially_returned"
    if any(unit.open for unit in units):
        return "shipping_ordered"
    return "shipping_partially_undeliverable" if refused else "shipping_delivered"


def detailed(order: Order) -> Json:
    codes = {"order": f"order_{order.phase}", "billing": billing(order), "shipping": shipping(order)}
    return {part: {"code": code, "name": NAMES.get(code, code)} for part, code in codes.items()}
