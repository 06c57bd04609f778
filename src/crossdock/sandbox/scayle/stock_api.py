"""Stock figures and reservations."""

from datetime import datetime
from typing import Any

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.catalogue_api import variant_of
from crossdock.sandbox.scayle.errors import ApiError, Json, bad, not_found
from crossdock.sandbox.scayle.records import Hold, Reservation, Stock, Variant
from crossdock.sandbox.scayle.router import Route
from crossdock.sandbox.scayle.stocking import find_stock, release, stock_event, stock_row, write_stock
from crossdock.sandbox.scayle.wire import Call, Reply, identified, whole_list
from crossdock.sandbox.scayle.world import World

NOWHERE = "The combination of warehouseReferenceKey, variant id/key and merchantReferenceKey was not found."


class StockApi:
    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world = world
        self.faults = faults

    def routes(self) -> list[Route]:
        stocks = "/variants/{variant}/stocks"
        return [
            Route("GET", stocks, "stocksRead", self.list_stocks),
            Route("POST", stocks, "stocksWrite", self.write),
            Route("PUT", stocks + "/sellableWithoutStock", "stocksWrite", self.sell_without),
            Route("POST", "/reservations", "reservationsWrite", self.reserve),
            Route("DELETE", "/reservations/{reservation}", "reservationsWrite", self.let_go),
        ]

    def list_stocks(self, call: Call) -> Reply:
        variant = variant_of(self.world, call.args["variant"])
        return whole_list([stock_row(self.world, one) for one in variant.stocks], call, self.faults)

    def write(self, call: Call) -> Reply:
        """201 with the stock as it now is, also when the figure was too old to be taken."""
        variant = variant_of(self.world, call.args["variant"])
        via = "bulk" if call.in_bulk else "single"
        return Reply(201, stock_row(self.world, write_stock(self.world, variant, call.object(), via=via)))

    def sell_without(self, call: Call) -> Reply:
        variant, body = variant_of(self.world, call.args["variant"]), call.object()
        stock = find_stock(self.world, variant, body, make=False)
        stock.sellable_without_stock = bool(body.get("sellableWithoutStock"))
        self.world.emit_other("product-variant-stock-updated", stock_event(self.world, variant, stock))
        row = stock_row(self.world, stock)
        return Reply(
            200, {name: row[name] for name in ("warehouseReferenceKey", "sellableWithoutStock", "merchantReferenceKey")}
        )

    def reserve(self, call: Call) -> Reply:
        """An array in, an `entities` array out; each row has an id or an error of its own."""
        rows = call.json()
        if not isinstance(rows, list) or not rows:
            raise bad("The body must be an array with at least one entry.")
        return Reply(201, {"entities": [self._reserve(row) for row in rows]})

    def _reserve(self, row: Any) -> Json:
        key = str(row.get("referenceKey", "")) if isinstance(row, dict) else ""
        try:
            variant, stock = self._find(row if isinstance(row, dict) else {})
        except ApiError:
            return {"referenceKey": key, "error": {"errorKey": "VARIANT_NOT_FOUND", "message": NOWHERE}}
        ttl = row.get("reservationTtl")
        made = hold_reservation(self.world, variant, stock, key, int(ttl) if ttl is not None else None)
        shown: Json = {"referenceKey": key, "id": made.id}
        return shown if ttl is None else {**shown, "reservationTtl": ttl}

    def _find(self, row: Json) -> tuple[Variant, Stock]:
        wanted = row.get("variant") or {}
        identifier = str(wanted["id"]) if wanted.get("id") is not None else f"key={wanted.get('referenceKey')}"
        variant = variant_of(self.world, identifier)
        return variant, find_stock(self.world, variant, {**row, **wanted}, make=False)

    def let_go(self, call: Call) -> Reply:
        rows = self.world.reservations
        found = identified(rows, call.args["reservation"], "reservation", lambda one: one.reference_key)
        end_reservation(self.world, found)
        return Reply(204)


def hold_reservation(world: World, variant: Variant, stock: Stock, key: str, ttl: int | None) -> Reservation:
    """Take one unit off what can be sold, for ttl seconds or until it is let go. A key used again is the same one."""
    for known in world.reservations.values():
        if key and known.reference_key == key:
            return known
    now: datetime = world.now()
    made = Reservation(
        world.new_id("reservation"), key, variant.id, stock.warehouse, stock.merchant, ttl, now,
    )  # fmt: skip
    world.reservations[made.id] = made
    stock.holds.append(Hold(now, 1, f"reservation {made.id}"))
    if ttl:
        world.later(ttl, lambda: end_reservation(world, made))
    return made


def end_reservation(world: World, reservation: Reservation) -> None:
    if world.reservations.pop(reservation.id, None) is not None:
        release(world, f"reservation {reservation.id}")


def find_reservation(world: World, key: str) -> Reservation:
    for one in world.reservations.values():
        if one.reference_key == key:
            return one
    raise not_found("reservation", reservationReferenceKey=key)
