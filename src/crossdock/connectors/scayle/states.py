"""The words SCAYLE has for where an order and its units stand, and what they mean. An unknown one is never guessed.

Source: the vendor's SDKs (OrderStatusEnum and the descriptions of detailedStatus and deliveryStatus); SCAYLE
documentation, Webhooks, for the item words that only webhooks bring.
"""

from collections.abc import Mapping

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.config import Meaning, ScayleSettings, UnitMeaning
from crossdock.connectors.scayle.units import is_cancelled, is_returned
from crossdock.connectors.scayle.wire import Problems, at
from crossdock.model.sales_order import StorefrontStatus

STATUSES: Mapping[str, Meaning] = {
    "order_open": "open",
    "payment_pending": "open",
    "payment_reserved": "open",
    "invoice_partially_completed": "open",
    "invoice_completed": "closed",
    "cancellation_pending": "cancelled",
    "cancellation_completed": "cancelled",
}
UNCONFIRMED = frozenset({"order_open", "payment_pending"})
UNIT_STATUSES: Mapping[str, UnitMeaning] = {
    "available": "live", "unavailable": "live", "deliverable": "live", "undeliverable": "live", "delivered": "live",
    "created": "live", "pended": "live", "confirmed": "live", "delegated": "live", "partially_shipped": "live",
    "shipped": "live", "cancelled": "cancelled", "canceled": "cancelled", "returned": "returned",
}  # fmt: skip
ORDER_CODES = frozenset(
    f"order_{word}"
    for word in (
        "created", "open", "pended", "confirmed", "delegated", "shipped", "invoiced", "aborted", "cancelled",
        "imported", "invoice_error",
    )
)  # fmt: skip
BILLING_CODES = frozenset(
    f"billing_{word}"
    for word in (
        "open", "pending", "payment_pending", "completed", "payment_cancelled", "partially_refunded", "refunded",
    )
)  # fmt: skip
SHIPPING_CODES = frozenset(
    f"shipping_{word}"
    for word in (
        "open", "not_deliverable", "ordered", "delivered", "cancelled", "undeliverable", "returned",
        "partially_returned", "partially_undeliverable",
    )
)  # fmt: skip
PACKAGE_STATES = frozenset(
    {"open", "shipment_pending", "delegation_pending", "shipment_completed", "cancellation_completed"}
)
STOREFRONT = {
    "open": StorefrontStatus.OPEN,
    "cancelled": StorefrontStatus.CANCELLED,
    "closed": StorefrontStatus.CLOSED,
}


def is_unconfirmed(order: wire.Order) -> bool:
    """Still in the shopper's hands: such an order can stay so for ever."""
    return order.confirmed_at is None and order.status in UNCONFIRMED


def status(order: wire.Order, settings: ScayleSettings) -> StorefrontStatus:
    """order_aborted is on its way to cancelled, whatever the coarse status still says."""
    code = order.detailed_status.order.code if order.detailed_status and order.detailed_status.order else None
    if code in ("order_aborted", "order_cancelled"):
        return StorefrontStatus.CANCELLED
    return STOREFRONT[{**STATUSES, **settings.statuses}[order.status or ""]]


def unit_meaning(item: wire.Item, settings: ScayleSettings) -> UnitMeaning:
    """What happened to the unit counts before what its status says."""
    if is_cancelled(item):
        return "cancelled"
    if is_returned(item):
        return "returned"
    return {**UNIT_STATUSES, **settings.unit_statuses}.get(item.status or "", "live")


def unknown_states(order: wire.Order, place: str, settings: ScayleSettings) -> Problems:
    """Every state of the order, its units and packages that nobody told us the meaning of."""
    known = frozenset(settings.more_states)
    detail = order.detailed_status or wire.DetailedStatus()
    said: list[tuple[str, str | None, frozenset[str], str]] = [
        (at(place, "status"), order.status or "", frozenset(STATUSES) | frozenset(settings.statuses), "statuses")
    ]
    for path, state, codes in (
        ("order", detail.order, ORDER_CODES),
        ("billing", detail.billing, BILLING_CODES),
        ("shipping", detail.shipping, SHIPPING_CODES),
    ):
        said.append((at(place, "detailedStatus", path, "code"), state.code if state else None, codes, "more_states"))
    for n, item in enumerate(order.items or ()):
        words = frozenset(UNIT_STATUSES) | frozenset(settings.unit_statuses)
        said.append((at(place, "items", n, "status"), item.status, words, "unit_statuses"))
    for n, package in enumerate(order.packages or ()):
        said.append(
            (at(place, "packages", n, "deliveryStatus"), package.delivery_status, PACKAGE_STATES, "more_states")
        )
    return [
        (where, f"{word!r:.60} is no state we know; say what it means in the setting `{setting}`")
        for where, word, words, setting in said
        if word is not None and word not in words | known
    ]
