"""Stock on the shelves: every change gets the next sequence, and is published when the link to head office is up."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import partial

from crossdock.sandbox.bridge import FeedRow, Json, dec, ts
from crossdock.sandbox.retail_stock.model import ZERO, Level, Movement, Snapshot
from crossdock.sandbox.retail_stock.shop import Place, Shop


class Stockroom:
    """Changes, publishes and shows the levels of a shop. waiting: movements not published yet, by place."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.waiting: defaultdict[Place, list[Movement]] = defaultdict(list)
        self.changed: dict[Place, Level] = {}

    def level(self, place: Place) -> Level:
        """The level, made with nothing in it where there was none."""
        if place not in self.shop.levels:
            at = self.shop.tick()
            nothing = Snapshot(ZERO, ZERO, ZERO, 0, None, at, at)
            self.shop.levels[place] = Level(*place, ZERO, ZERO, 0, None, at, nothing)
        return self.shop.levels[place]

    def move(
        self, place: Place, quantity: Decimal, reason: str, *, source_ref: str | None = None, minutes_ago: float = 0
    ) -> Movement:
        """Add a signed quantity to the shelf."""
        level = self.level(place)
        level.physical += quantity
        self._next(level, reason, minutes_ago)
        number = f"MV-{len(self.shop.movements) + 1:07d}"
        movement = Movement(number, level.sequence, *place, quantity, reason, level.occurred_at, source_ref)
        self.shop.movements.append(movement)
        self.waiting[place].append(movement)
        self._went(level)
        return movement

    def allocate(self, place: Place, quantity: Decimal) -> Level:
        """Set aside, or with a negative quantity release, what is already on the shelf."""
        level = self.level(place)
        level.allocated += quantity
        self._next(level, None, 0)
        self._went(level)
        return level

    def _next(self, level: Level, reason: str | None, minutes_ago: float) -> None:
        level.sequence += 1
        level.reason = reason
        level.occurred_at = self.shop.happened(minutes_ago)

    def _went(self, level: Level) -> None:
        self.changed[level.location_code, level.sku] = level
        if self.shop.link_up:
            self.publish(level)

    def publish(self, level: Level) -> None:
        """The present level goes out, and the movements that led to it."""
        place = level.location_code, level.sku
        now = self.shop.tick()
        for movement in self.waiting.pop(place, []):
            movement.published_at = now
            self._tell("stock.movement", place, movement.sequence, movement_id=movement.movement_id)
        self.changed.pop(place, None)
        physical, allocated = level.physical, level.allocated
        self._show(level, Snapshot(physical, allocated, physical - allocated, level.sequence, level.reason,
                                   level.occurred_at, now))  # fmt: skip

    def publish_changed(self) -> int:
        """Everything that changed while the link was down; how many levels that were."""
        levels = list(self.changed.values())
        for level in levels:
            self.publish(level)
        return len(levels)

    def publish_stale(self, level: Level) -> bool:
        """What was published before the last time goes out once more, older sequence and all; False if nothing was."""
        if level.previous is None:
            return False
        level.published = replace(level.previous, published_at=self.shop.tick())
        self._tell("stock.level_changed", (level.location_code, level.sku), level.published.sequence)
        return True

    def publish_wrong(self, level: Level, available: Decimal) -> None:
        """The present level goes out with this figure for available, whatever the other two say."""
        level.published = replace(level.published, available=available, published_at=self.shop.tick())
        self._tell("stock.level_changed", (level.location_code, level.sku), level.published.sequence)

    def _show(self, level: Level, snapshot: Snapshot) -> None:
        if level.published.sequence:
            level.previous = level.published
        level.published = snapshot
        self._tell("stock.level_changed", (level.location_code, level.sku), snapshot.sequence)

    def _tell(self, event_type: str, place: Place, sequence: int, **more: str) -> None:
        data: Json = {**more, "location_code": place[0], "sku": place[1]}
        if self.shop.knobs.emits_sequence:
            data["sequence"] = sequence
        self.shop.outbox.tell(event_type, data)

    def level_rows(self) -> Iterator[FeedRow]:
        """What was published, as the feed has it."""
        for place, level in self.shop.levels.items():
            snapshot = level.published
            if not snapshot.sequence or (self.shop.knobs.omit_zeros and not snapshot.physical):
                continue
            key = "|".join(place)
            yield FeedRow(snapshot.published_at, key, partial(self._row, *place, snapshot, "leaf"))
        if self.shop.knobs.emit_parents:
            yield from self._parent_rows()

    def _row(self, location_code: str, sku: str, snapshot: Snapshot, role: str) -> Json:
        row: Json = {
            "location_code": location_code,
            "sku": sku,
            "physical": dec(snapshot.physical),
            "allocated": dec(snapshot.allocated),
            "available": dec(snapshot.available),
            "basis": self.shop.knobs.stock_basis_emitted,
            "stock_role": role,
            "sequence": snapshot.sequence,
            "occurred_at": ts(snapshot.occurred_at),
            "published_at": ts(snapshot.published_at),
        }
        if snapshot.reason is not None:
            row["reason"] = snapshot.reason
        if not self.shop.knobs.emits_sequence:
            del row["sequence"]
        return row

    def _parent_rows(self) -> Iterator[FeedRow]:
        """The sum of the children under the parent's SKU: counted twice by whoever adds it up."""
        families: defaultdict[Place, list[Snapshot]] = defaultdict(list)
        for level in self.shop.levels.values():
            item_id = self.shop.ids_by_sku.get(level.sku)
            parent = self.shop.items.rows[item_id].content.get("parent_sku") if item_id else None
            if parent and level.published.sequence:
                families[level.location_code, parent].append(level.published)
        for (location, parent), children in families.items():
            newest = max(children, key=lambda one: one.published_at)
            total = replace(
                newest,
                physical=sum((one.physical for one in children), ZERO),
                allocated=sum((one.allocated for one in children), ZERO),
                available=sum((one.available for one in children), ZERO),
                sequence=sum(one.sequence for one in children),
            )
            write = partial(self._row, location, parent, total, "parent")
            yield FeedRow(newest.published_at, f"{location}|{parent}", write)

    def movement_rows(self) -> Iterator[FeedRow]:
        for movement in self.shop.movements:
            if movement.published_at is not None:
                yield FeedRow(movement.published_at, movement.movement_id, partial(self._movement, movement))

    def _movement(self, movement: Movement) -> Json:
        row: Json = {
            "movement_id": movement.movement_id,
            "sequence": movement.sequence,
            "location_code": movement.location_code,
            "sku": movement.sku,
            "quantity": dec(movement.quantity),
            "reason": movement.reason,
            "occurred_at": ts(movement.occurred_at),
        }
        if movement.source_ref is not None:
            row["source_ref"] = movement.source_ref
        if not self.shop.knobs.emits_sequence:
            del row["sequence"]
        return row
