"""What happens to the shelves: assistants sell and take back, count, receive and set aside."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import Json, Problem, dec, parse_dec
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.retail_stock.model import REASONS, Level
from crossdock.sandbox.retail_stock.shop import Place
from crossdock.sandbox.retail_stock.stockroom import Stockroom

SOLD_MAX = 3


class StockActs:
    """Each public method named in `by_name` is one act; its parameters are JSON values."""

    def __init__(self, stockroom: Stockroom) -> None:
        self.stockroom = stockroom
        self.shop = stockroom.shop

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.sell, self.take_back, self.trade, self.count_stock, self.receive_goods, self.move_stock,
            self.set_aside, self.correct_stock, self.link_down, self.link_up, self.publish_again, self.publish_stale,
            self.publish_wrong,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def sell(self, location: str, sku: str, quantity: str | int = 1, minutes_ago: float = 0) -> Json:
        """A shop assistant sells from the shelf. minutes_ago: the till told only now. More than is there is refused."""
        place, wanted = self._place("sell", location, sku), quantity_of("sell", quantity)
        level = self.stockroom.level(place)
        if wanted > level.physical:
            return {"refused": f"{sku} at {location}: {dec(level.physical)} on the shelf, {dec(wanted)} wanted"}
        return self._moved(place, -wanted, "sale", minutes_ago=minutes_ago)

    def take_back(self, location: str, sku: str, quantity: str | int = 1) -> Json:
        """A customer brings something back to a store."""
        return self._moved(self._place("take_back", location, sku), quantity_of("take_back", quantity), "return")

    def trade(self, count: int, location: str | None = None, return_share: float = 0.1) -> Json:
        """A stretch of a trading day: `count` customers buy 1 to 3 of something, some bring something back."""
        rng = self.shop.random
        shelves = [place for place in sorted(self.shop.levels) if location in (None, place[0])]
        if not shelves:
            raise ActError(f"act trade: no shelf at {location!r}; ours are {', '.join(self.shop.owned())}")
        told = {"sold": 0, "returned": 0, "refused": 0}
        for _ in range(int(count)):
            place, quantity = rng.choice(shelves), rng.randrange(1, SOLD_MAX + 1)
            if rng.random() < return_share:
                self.take_back(*place)
                told["returned"] += 1
            else:
                told["refused" if "refused" in self.sell(*place, quantity) else "sold"] += 1
        return told

    def count_stock(self, location: str, sku: str, counted: str | int) -> Json:
        """Somebody counts a shelf; what differs becomes a movement with the reason count."""
        place = self._place("count_stock", location, sku)
        difference = quantity_of("count_stock", counted, least=0) - self.stockroom.level(place).physical
        if not difference:
            return {**_told(self.stockroom.level(place)), "difference": "0"}
        return {**self._moved(place, difference, "count"), "difference": dec(difference)}

    def receive_goods(self, location: str, sku: str, quantity: str | int, source_ref: str | None = None) -> Json:
        """Goods are booked in at a store, also of a SKU that no item was ever sent for. source_ref: delivery note."""
        place = self._place("receive_goods", location, sku)
        return self._moved(place, quantity_of("receive_goods", quantity), "receipt", source_ref=source_ref)

    def move_stock(
        self, from_location: str, to_location: str, sku: str, quantity: str | int, transfer_id: str | None = None
    ) -> Json:
        """Goods go from one location to another; a location of ours changes its shelf, one of the ERP's does not."""
        wanted, told = quantity_of("move_stock", quantity), {}
        for name, code, sign in (("from", from_location, -1), ("to", to_location, 1)):
            self._known("move_stock", code)
            if code in self.shop.owned():
                told[name] = self._moved((code, sku), sign * wanted, "transfer", source_ref=transfer_id)
        return told

    def set_aside(self, location: str, sku: str, quantity: str | int) -> Json:
        """Stock on the shelf is allocated to somebody; a negative quantity releases it again."""
        place = self._place("set_aside", location, sku)
        wanted, level = quantity_of("set_aside", quantity, least=None), self.stockroom.level(place)
        if not 0 <= level.allocated + wanted <= level.physical:
            raise ActError(
                f"act set_aside: quantity {quantity!r} would leave {dec(level.allocated + wanted)} allocated of "
                f"{dec(level.physical)}"
            )
        return _told(self.stockroom.allocate(place, wanted))

    def correct_stock(self, location: str, sku: str, quantity: str | int, reason: str = "adjustment") -> Json:
        """Head office books a signed quantity. reason: one of the contract's."""
        if reason not in REASONS:
            raise ActError(f"act correct_stock: reason {reason!r} is none of {', '.join(REASONS)}")
        place = self._place("correct_stock", location, sku)
        return self._moved(place, quantity_of("correct_stock", quantity, least=None), reason)

    def link_down(self) -> Json:
        """The shops lose their link to head office: shelves go on changing and nothing of it is published."""
        self.shop.link_up = False
        return {"link": "down"}

    def link_up(self) -> Json:
        """The link is back: everything that changed meanwhile is published, late."""
        self.shop.link_up = True
        return {"link": "up", "published": self.stockroom.publish_changed()}

    def publish_again(self, location: str, sku: str) -> Json:
        """The present level goes out once more under the same sequence."""
        level = self._level("publish_again", location, sku)
        self.stockroom.publish(level)
        return _told(level)

    def publish_stale(self, location: str, sku: str) -> Json:
        """The level before the last goes out again, later than the newer one: an older sequence arrives last."""
        level = self._level("publish_stale", location, sku)
        if not self.stockroom.publish_stale(level):
            raise ActError(f"act publish_stale: {sku} at {location} was published once only; change it first")
        return {**_told(level), "published_sequence": level.published.sequence}

    def publish_wrong(self, location: str, sku: str, available: str | int) -> Json:
        """The level goes out with an available that is not physical less allocated."""
        level = self._level("publish_wrong", location, sku)
        self.stockroom.publish_wrong(level, quantity_of("publish_wrong", available, least=None))
        return _told(level)

    def _moved(
        self, place: Place, quantity: Decimal, reason: str, *, source_ref: str | None = None, minutes_ago: float = 0
    ) -> Json:
        movement = self.stockroom.move(place, quantity, reason, source_ref=source_ref, minutes_ago=minutes_ago)
        return {"movement_id": movement.movement_id, **_told(self.stockroom.level(place))}

    def _known(self, act: str, code: str) -> Json:
        try:
            return self.shop.location(code)
        except Problem as problem:
            places = ", ".join(str(one) for one in self.shop.locations.rows)
            raise ActError(f"act {act}: location {code!r} is none of {places}") from problem

    def _place(self, act: str, location: str, sku: str) -> Place:
        """A shelf of ours; any SKU will do, a barcode is not asked for its item."""
        self._known(act, location)
        if location not in self.shop.owned():
            raise ActError(f"act {act}: the stock of {location!r} is the ERP's; ours is {', '.join(self.shop.owned())}")
        return location, sku

    def _level(self, act: str, location: str, sku: str) -> Level:
        place = self._place(act, location, sku)
        if place not in self.shop.levels:
            raise ActError(f"act {act}: there is no {sku!r} at {location!r}")
        return self.shop.levels[place]


def quantity_of(act: str, given: str | int, *, least: int | None = 1) -> Decimal:
    """A decimal, given as a JSON string or a whole number. Raises ActError."""
    try:
        number = parse_dec(str(given))
    except ValueError as error:
        raise ActError(f"act {act}: quantity {given!r}: {error}") from error
    if least is not None and number < least:
        raise ActError(f"act {act}: quantity {given!r} must be at least {least}")
    return number


def _told(level: Level) -> Json:
    return {
        "location_code": level.location_code,
        "sku": level.sku,
        "physical": dec(level.physical),
        "allocated": dec(level.allocated),
        "sequence": level.sequence,
    }
