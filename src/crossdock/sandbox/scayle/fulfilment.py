"""Parcels, cancellations and returns, as merchants report them and as the shop's own people enter them.

What is wrong with a message is said at once; what it does shows later. A message sent twice is done twice, unless the
tenant is set to refuse it: SCAYLE promises no idempotency here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crossdock.sandbox.scayle.errors import ApiError, Json, bad, conflict, not_found
from crossdock.sandbox.scayle.lifecycle import Lifecycle
from crossdock.sandbox.scayle.sales import Order, Package, Unit
from crossdock.sandbox.scayle.times import instant, iso, plain_time
from crossdock.sandbox.scayle.world import World


class Fulfilment:
    def __init__(self, world: World, lifecycle: Lifecycle) -> None:
        self.world = world
        self.lifecycle = lifecycle

    # Parcels

    def ship(self, body: Mapping[str, Any]) -> None:
        """One package. Raises 400, 404 or 409 and does nothing."""
        for name in ("shopKey", "countryCode", "carrier", "shipmentKey", "deliveryDate"):
            _text(body, name)
        order = self._order(body)
        units = self._units(order, body)
        left_at = instant(body["deliveryDate"], "deliveryDate")
        keys = {self._item_id(row): row.get("returnKey") for row in body["items"]}
        if "" in (body.get("returnIdentCode"), *keys.values()):
            raise bad("returnIdentCode and returnKey must not be empty.", parameter="returnKey")
        if self.world.knobs.known_carriers_only and self.world.carrier(body["carrier"]) is None:
            raise not_found("carrier", carrierKey=body["carrier"])
        if cancelled := [unit.id for unit in units if not unit.live]:
            raise conflict("ORDER_ITEM_CANCELLED", "Cancelled items cannot be shipped.", orderItemIds=cancelled)
        self._refuse_repeat([unit.id for unit in units if unit.shipped_at], "ORDER_ITEM_ALREADY_SHIPPED")
        self._log("shipment", order, units, shipment_key=body["shipmentKey"], carrier=body["carrier"])
        self._later(lambda: self._shipped(order, units, body, keys, left_at))

    def sent(self, order: Order, units: Sequence[Unit], *, carrier: str, shipment_key: str) -> None:
        """The shop's own people enter a parcel that left just now."""
        self._log("shipment", order, units, shipment_key=shipment_key, carrier=carrier)
        told = {"carrier": carrier, "shipmentKey": shipment_key}
        self._shipped(order, units, told, dict.fromkeys(unit.id for unit in units), self.world.now())

    def _shipped(
        self, order: Order, units: Sequence[Unit], body: Mapping[str, Any], keys: Mapping[int, Any], left_at: datetime
    ) -> None:
        package = self._package(order, units)
        carrier = self.world.carrier(body["carrier"])
        package.carrier, package.shipment_key = body["carrier"], body["shipmentKey"]
        package.status, package.shipped_at = "shipment_completed", left_at
        package.return_ident_code = body.get("returnIdentCode")
        package.tracking_url = f"{carrier.tracking_url}/{body['shipmentKey']}" if carrier else None
        for unit in units:
            unit.package_id, unit.status = package.id, self.world.knobs.shipped_item_status
            unit.shipped_at, unit.updated_at = left_at, self.world.now()
            unit.return_key = keys[unit.id] or unit.return_key
            unit.times_shipped += 1
        order.packages = [one for one in order.packages if one.shipment_key or _holds(order, one)]
        self.lifecycle.emit("order-package-shipped", order, units)
        self.lifecycle.capture(order, units)
        self.lifecycle.settle(order)

    def _package(self, order: Order, units: Sequence[Unit]) -> Package:
        """The planned package when the parcel is just that, else a new one: packages are cut anew as parcels leave."""
        wanted = {unit.id for unit in units}
        for package in order.packages:
            inside = {unit.id for unit in order.units if unit.package_id == package.id and unit.live}
            if package.shipment_key is None and inside == wanted:
                return package
        plan = order.packages[0]
        number = max(package.id for package in order.packages) + 1
        package = Package(number, plan.carrier, plan.minimum, plan.maximum, units[0].merchant)
        order.packages.append(package)
        return package

    # Cancellations

    def cancel(self, body: Mapping[str, Any]) -> None:
        """Units the merchant cannot send; allowed whatever state they are in."""
        for name in ("shopKey", "countryCode"):
            _text(body, name)
        order = self._order(body)
        units = self._units(order, body)
        self._refuse_repeat([unit.id for unit in units if not unit.live], "ORDER_ITEM_ALREADY_CANCELLED")
        self._log("cancellation", order, units)
        self._later(lambda: self.cancelled(order, units, by="merchant"))

    def cancelled(self, order: Order, units: Sequence[Unit], *, by: str) -> list[Unit]:
        """Cancel live units; those already sent are refunded."""
        paid = [unit for unit in units if unit.live and unit.shipped_at and not unit.returned_at]
        hit = self.lifecycle.cancel_units(order, units, by=by)
        if paid:
            self.lifecycle.refund(order, paid)
        return hit

    # Returns

    def take_back(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """All or nothing. A unit is named by the return key of its shipment, or by its item id."""
        found: list[tuple[Order, Unit, str]] = []
        for row in rows:
            _text(row, "returnKey")
            plain_time(row.get("received"), "received")
            order, unit = self._by_return_key(str(row["returnKey"]))
            merchant = row.get("merchantReferenceKey")
            if merchant is not None and merchant != unit.merchant:
                raise bad("The item belongs to another merchant.", returnKey=row["returnKey"])
            if unit.shipped_at is None or unit.cancelled_at:
                raise conflict("ORDER_ITEM_NOT_SHIPPED", "Only shipped items return.", orderItemId=unit.id)
            found.append((order, unit, str(row.get("returnReason") or "")))
        if len({unit.merchant for _, unit, _ in found}) > 1:
            raise bad("All items of a request must belong to the same merchant.")
        self._refuse_repeat([unit.id for _, unit, _ in found if unit.returned_at], "ORDER_ITEM_ALREADY_RETURNED")
        for order, unit, _ in found:
            self._log("return", order, [unit])
        self._later(lambda: self._came_back(found))

    def _came_back(self, found: Sequence[tuple[Order, Unit, str]]) -> None:
        for order in {order.id: order for order, _, _ in found}.values():
            self.returned(order, [(unit, reason) for one, unit, reason in found if one is order])

    def returned(self, order: Order, units: Sequence[tuple[Unit, str]]) -> None:
        now = self.world.now()
        for unit, reason in units:
            unit.returned_at = unit.updated_at = now
            unit.status, unit.return_reason = "returned", reason
            unit.times_returned += 1
        back = [unit for unit, _ in units]
        self.lifecycle.emit("order-item-returned", order, back)
        self.lifecycle.refund(order, back)
        self.lifecycle.settle(order)

    def _by_return_key(self, key: str) -> tuple[Order, Unit]:
        for order in self.world.orders.values():
            for unit in order.units:
                if key in (unit.return_key, str(unit.id)):
                    return order, unit
        raise not_found("return item", returnKey=key)

    # What they share

    def _order(self, body: Mapping[str, Any]) -> Order:
        """By SCAYLE's id; shop and country are not compared."""
        id_ = body.get("orderId")
        order = self.world.orders.get(id_) if isinstance(id_, int) else None
        if order is None:
            raise not_found("order", orderId=id_)
        return order

    def _units(self, order: Order, body: Mapping[str, Any]) -> list[Unit]:
        rows = body.get("items")
        if not isinstance(rows, list) or not rows:
            raise bad("items must be a list with at least one entry.", parameter="items")
        units = []
        for row in rows:
            unit = order.unit(self._item_id(row))
            if unit is None:
                raise not_found("order item", orderId=order.id, orderItemId=row["orderItemId"])
            if body.get("merchantReferenceKey") not in (None, unit.merchant):
                raise bad("The item belongs to another merchant.", orderItemId=unit.id)
            units.append(unit)
        if len({unit.id for unit in units}) != len(units):
            raise bad("An item is named twice.", parameter="items")
        return units

    @staticmethod
    def _item_id(row: Any) -> int:
        id_ = row.get("orderItemId") if isinstance(row, dict) else None
        if not isinstance(id_, int):
            raise bad("orderItemId must be an integer.", parameter="orderItemId")
        return id_

    def _refuse_repeat(self, ids: Sequence[int], key: str) -> None:
        if ids and self.world.knobs.repeats == "refused":
            raise ApiError(409, key, "That has been done already.", orderItemIds=list(ids))

    def _later(self, effect: Any) -> None:
        self.world.later(self.world.knobs.processing_seconds, effect)

    def _log(self, what: str, order: Order, units: Sequence[Unit], **more: Any) -> None:
        row: Json = {"at": iso(self.world.now()), "what": what, "order": order.id, "units": [one.id for one in units]}
        self.world.fulfilment.append({**row, **more})


def _text(body: Mapping[str, Any], name: str) -> None:
    """Fulfilment strings have a minimum length."""
    if not isinstance(body.get(name), str) or not body[name].strip():
        raise bad(f"{name} must be a text and not empty.", parameter=name)


def _holds(order: Order, package: Package) -> bool:
    return any(unit.package_id == package.id for unit in order.units)
