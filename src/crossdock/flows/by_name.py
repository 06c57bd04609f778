"""An order asked for by name, and taken if it is there: what a sweep missed, whatever the reason."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from crossdock.flows.capture import capture_one
from crossdock.flows.pairing import Pairing
from crossdock.model.faults import Transient
from crossdock.model.sales_order import SalesOrder
from crossdock.ports.completeness import IndexPage, OrderEntry, OrderIndex
from crossdock.ports.systems import Document


async def read_index(pairing: Pairing, changed_since: datetime) -> AsyncIterator[IndexPage]:
    """The storefront's list of orders. One that has no thin list is read whole, and says nothing of what it leaves
    out."""
    if (index := pairing.of_storefront(OrderIndex)) is not None:
        async for page in index.read_order_index(changed_since):
            yield page
    else:
        async for documents in pairing.storefront.read_orders(changed_since):
            yield IndexPage(entries=tuple(_entry(one) for one in documents))


async def find_entry(pairing: Pairing, storefront_id: str) -> OrderEntry | None:
    """The storefront's word on one order; None when it certainly has none."""
    if (index := pairing.of_storefront(OrderIndex)) is not None:
        return await index.find_order_entry(storefront_id)
    document = await pairing.storefront.find_storefront_order(storefront_id)
    return None if document is None else _entry(document)


async def take(pairing: Pairing, entry: OrderEntry) -> bool:
    """Read an order that the sweep missed, or note which setting leaves it out. False when it is gone meanwhile.

    Raises Transient when it is there and cannot be read now.
    """
    setting = left_out_by(pairing, entry)
    if setting:
        await pairing.completeness.leave_out([replace(entry, left_out=setting)])
        return True
    result = await capture_one(pairing, entry.storefront_id)
    if problem := result.get("problem"):
        raise Transient(f"order {entry.number or entry.storefront_id} cannot be read: {problem}")
    return bool(result["found"])


def left_out_by(pairing: Pairing, entry: OrderEntry) -> str:
    """The setting that leaves an order out, by its whole name; "" for none."""
    if entry.left_out:
        return f"systems.{pairing.storefront_name}.{entry.left_out}"
    start = pairing.start_from
    too_old = start is not None and entry.placed_at is not None and entry.placed_at < start
    return f"pairings.{pairing.name}.orders.start_from" if too_old else ""


def _entry(document: Document[SalesOrder]) -> OrderEntry:
    order = document.value
    return OrderEntry(
        storefront_id=document.ref,
        number=order.ref if order is not None else document.label or document.ref,
        placed_at=order.placed_at if order is not None else None,
        changed_at=document.updated_at,
    )
