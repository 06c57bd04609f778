"""From stock to parcel: allocating, picking, despatching, cancelling."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crossdock.sandbox.prima.model import Item, Line, Order, Shipment, Unit
from crossdock.sandbox.prima.store import Store


class NotNow(ValueError):
    """The order cannot be treated so any more, or not yet; the text says why."""


def covers(store: Store, item: Item, unit: Unit, quantity: Decimal, warehouse: str) -> bool:
    """Whether the warehouse has so many units free."""
    return all(
        store.level(sku, warehouse).free >= each * unit.base_quantity * quantity for sku, each in item.parts
    )  # fmt: skip


def warehouse_for(store: Store, item: Item, unit: Unit, quantity: Decimal) -> str:
    """The first warehouse that has enough, else the first of all, where the line waits."""
    codes = store.knobs.warehouses
    return next((code for code in codes if covers(store, item, unit, quantity, code)), codes[0])


def allocate(store: Store, order: Order) -> None:
    """Every outstanding unit is spoken for from now on."""
    for line in order.lines:
        for sku, eaches in line.demand(line.outstanding):
            store.move(store.level(sku, line.warehouse), allocated=eaches)


def release_stock(store: Store, line: Line, quantity: Decimal) -> None:
    """So many units of the line are spoken for no more."""
    for sku, eaches in line.demand(quantity):
        store.move(store.level(sku, line.warehouse), allocated=-eaches)


def is_allocated(store: Store, order: Order) -> bool:
    return order.open and (order.status != "held" or store.knobs.held_allocates)


def release(store: Store, order: Order) -> None:
    """Take the order off hold. Raises NotNow."""
    if order.status != "held":
        raise NotNow(f"order {order.number} is {order.status}, not held")
    if not store.knobs.held_allocates:
        allocate(store, order)
    order.hold_reason = None
    store.touch_order(order, "accepted")


def hold(store: Store, order: Order, reason: str) -> None:
    """Put an order that nobody works on yet on hold. Raises NotNow."""
    if order.status != "accepted" or order.picking:
        raise NotNow(f"order {order.number} is {'being picked' if order.picking else order.status}")
    if not store.knobs.held_allocates:
        for line in order.lines:
            release_stock(store, line, line.outstanding)
    order.hold_reason = reason
    store.touch_order(order, "held")


def cancel(store: Store, order: Order) -> None:
    """Cancel what has not been touched on the floor; cancelled twice is cancelled. Raises NotNow."""
    if order.status in ("cancelled", "rejected"):
        return
    if order.picking or order.status in ("part_despatched", "despatched"):
        raise NotNow(f"order {order.number} is {'being picked' if order.picking else order.status}")
    if is_allocated(store, order):
        for line in order.lines:
            release_stock(store, line, line.outstanding)
    store.touch_order(order, "cancelled")


def pick(store: Store, order: Order, wanted: Mapping[str, Decimal] | None) -> list[tuple[Line, Decimal]]:
    """Take goods from the shelf for the named lines (line_ref → quantity), or whatever is there for all of them.

    Raises NotNow: when the order may not be worked on, or a named line cannot be had.
    """
    if order.status not in ("accepted", "part_despatched"):
        raise NotNow(f"order {order.number} is {order.status}")
    chosen = []
    for line in _lines(order, wanted):
        most = min(line.outstanding - line.picked, _on_shelf(store, line))
        quantity = most if wanted is None else wanted[line.line_ref]
        if wanted is not None and not 0 < quantity <= most:
            raise NotNow(f"line {line.line_ref} of {order.number}: {quantity} asked, {most} can be picked")
        if quantity > 0:
            chosen.append((line, quantity))
    if not chosen:
        raise NotNow(f"order {order.number}: there is nothing to pick")
    for line, quantity in chosen:
        line.picked += quantity
        for sku, eaches in line.demand(quantity):
            store.picked[sku, line.warehouse] += eaches
    order.picking = True
    store.touch_order(order)
    return chosen


def _lines(order: Order, wanted: Mapping[str, Decimal] | None) -> Sequence[Line]:
    if wanted is None:
        return order.lines
    known = {line.line_ref: line for line in order.lines}
    if strange := set(wanted) - set(known):
        raise NotNow(f"order {order.number} has no line {', '.join(sorted(strange))}; it has {', '.join(known)}")
    return [known[ref] for ref in wanted]


def _on_shelf(store: Store, line: Line) -> Decimal:
    """Whole units of the line that lie in its warehouse and nobody has picked."""
    most = None
    for sku, eaches in line.demand(Decimal(1)):
        level = store.level(sku, line.warehouse)
        there = (level.physical - level.quarantined - store.picked[sku, line.warehouse]) // eaches
        most = there if most is None else min(most, there)
    return max(Decimal(0), most or Decimal(0))


def despatch(store: Store, order: Order, carrier: str, tracking: Sequence[tuple[str, str | None]]) -> list[Shipment]:
    """Send everything picked: one shipment per warehouse. Raises NotNow: when nothing is picked."""
    picked = [line for line in order.lines if line.picked]
    if not picked:
        raise NotNow(f"order {order.number}: nothing is picked")
    made = []
    for warehouse in dict.fromkeys(line.warehouse for line in picked):
        lines = [line for line in picked if line.warehouse == warehouse]
        sent = [(line.line_ref, line.sku, line.picked) for line in lines]
        for line in lines:
            _leave(store, line)
        made.append(_shipment(store, order, warehouse, carrier, tracking, sent))
    order.picking = False
    store.touch_order(order, "despatched" if made[-1].is_final else "part_despatched")
    return made


def _leave(store: Store, line: Line) -> None:
    for sku, eaches in line.demand(line.picked):
        store.move(store.level(sku, line.warehouse), physical=-eaches, allocated=-eaches)
        store.picked[sku, line.warehouse] -= eaches
    line.shipped += line.picked
    line.picked = Decimal(0)


def _shipment(
    store: Store,
    order: Order,
    warehouse: str,
    carrier: str,
    tracking: Sequence[tuple[str, str | None]],
    sent: list[tuple[str, str, Decimal]],
) -> Shipment:
    id_ = f"SH{len(store.shipments) + 1:06d}"
    final = all(line.outstanding == 0 for line in order.lines)
    named = list(tracking) or [(f"{carrier}{700000 + len(store.shipments) + 1}GB", None)]
    shipment = Shipment(
        shipment_id=id_, order=order, despatched_at=store.now(), warehouse=warehouse, carrier_code=carrier,
        service_code=order.intent.service_code, tracking=named, lines=sent, is_final=final, updated_at=store.stamp(),
    )  # fmt: skip
    store.shipments[id_] = shipment
    store.tell("shipment.created", {"shipment_id": id_, "erp_order_number": order.number, "revision": 1})
    return shipment


def amend(store: Store, shipment: Shipment, tracking: Sequence[tuple[str, str | None]]) -> None:
    """The carrier's numbers turn out to be others."""
    shipment.tracking = list(tracking)
    shipment.revision += 1
    shipment.updated_at = store.stamp()
    data = {"shipment_id": shipment.shipment_id, "erp_order_number": shipment.order.number}
    store.tell("shipment.amended", {**data, "revision": shipment.revision})


def close_short(store: Store, order: Order) -> None:
    """Whatever has not been sent will not be. Raises NotNow: when nothing was sent yet, or all of it."""
    if order.status != "part_despatched" or order.picking:
        raise NotNow(f"order {order.number} is {'being picked' if order.picking else order.status}")
    for line in order.lines:
        release_stock(store, line, line.outstanding)
        line.dropped += line.outstanding
    store.touch_order(order, "despatched")
