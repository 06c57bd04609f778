"""What else happens here: recommendations, body maps, items that are lost, and events that go astray."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import Json, Problem, dec
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.retail_stock import recommending
from crossdock.sandbox.retail_stock.acts_stock import quantity_of
from crossdock.sandbox.retail_stock.model import Recommended
from crossdock.sandbox.retail_stock.shop import Shop

ORDERS = ("as_made", "reversed", "shuffled")
TARGET_LEAST = 4


class Acts:
    """Each public method named in `by_name` is one act; its parameters are JSON values."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.recommend_transfers, self.confirm_transfers, self.process_transfers, self.withdraw_transfers,
            self.forecast, self.set_target, self.set_body_map, self.forget_item, self.hold_events, self.release_events,
        )  # fmt: skip
        return {act.__name__: act for act in acts}

    def recommend_transfers(
        self,
        count: int = 1,
        kind: str = "redistribution",
        from_location: str | None = None,
        to_location: str | None = None,
        sku: str | None = None,
        quantity: str | int | None = None,
        confirm: bool = True,
    ) -> Json:
        """The planner recommends moves from shelves that have stock; confirm=true: a merchandiser approves them at once
        and they are listed. What is left open is chosen; quantity: 1 to 4 when not given."""
        if kind not in recommending.KINDS:
            raise ActError(f"act recommend_transfers: kind {kind!r} is none of {', '.join(recommending.KINDS)}")
        wanted = None if quantity is None else quantity_of("recommend_transfers", quantity)
        made = recommending.propose(self.shop, kind, self._moves(int(count), from_location, to_location, sku, wanted))
        if confirm:
            recommending.confirm(self.shop, made)
        return _told(made)

    def confirm_transfers(self, references: Sequence[str] | None = None) -> Json:
        """A merchandiser approves proposed transfers, all of them when none are named."""
        chosen = self._chosen("confirm_transfers", references, "proposed")
        recommending.confirm(self.shop, chosen)
        return _told(chosen)

    def process_transfers(self, references: Sequence[str] | None = None, count: int | None = None) -> Json:
        """Somebody works open transfers off: they leave the list. Without references: the `count` oldest, or all."""
        chosen = self._chosen("process_transfers", references, "open")[: None if count is None else int(count)]
        for one in chosen:
            one.status = "processed"
        return _told(chosen)

    def withdraw_transfers(self, references: Sequence[str] | None = None) -> Json:
        """A merchandiser takes open transfers back."""
        chosen = self._chosen("withdraw_transfers", references, "open")
        for one in chosen:
            one.status = "withdrawn"
        return _told(chosen)

    def forecast(self) -> Json:
        """A stock target for every shelf: what it sold according to the sales sent here, and at least 4."""
        sold: dict[tuple[str, str], Decimal] = {}
        for sale in self.shop.sales.contents():
            place = sale["location_code"], sale["sku"]
            sold[place] = sold.get(place, Decimal(0)) + Decimal(sale["quantity"])
        for place in sorted(set(sold) | set(self.shop.levels)):
            recommending.set_target(self.shop, *place, max(Decimal(TARGET_LEAST), sold.get(place, Decimal(0))))
        return {"targets": len(self.shop.targets.rows)}

    def set_target(self, location: str, sku: str, quantity: str | int) -> Json:
        """A merchandiser sets the stock target of one SKU at one location."""
        return recommending.set_target(self.shop, location, sku, quantity_of("set_target", quantity, least=0))

    def set_body_map(
        self, sku: str, body_map_id: str | None = None, missing_attributes: Sequence[str] | None = None
    ) -> Json:
        """The sizing layer gets, changes or loses (null) the body map of an item, with the attributes still missing."""
        try:
            item = self.shop.item(sku)
        except Problem as problem:
            raise ActError(f"act set_body_map: no item with the SKU {sku!r} was ever sent") from problem
        self.shop.body_maps[sku] = body_map_id, tuple(missing_attributes or ())
        self.shop.items.rows[item["id"]].updated_at = self.shop.tick()
        self.shop.outbox.tell("item.readiness_changed", {"sku": sku})
        return {"sku": sku, "readiness": self.shop.readiness(item)}

    def forget_item(self, sku: str) -> Json:
        """Somebody deletes an item here; the shelves keep its stock, and what is sent for it is refused."""
        id_ = self.shop.ids_by_sku.pop(sku, None)
        if id_ is None:
            raise ActError(f"act forget_item: no item with the SKU {sku!r} was ever sent")
        del self.shop.items.rows[id_]
        return {"id": id_, "sku": sku}

    def hold_events(self) -> Json:
        """Events are made and not sent until release_events."""
        self.shop.outbox.holding = True
        return {"holding": True}

    def release_events(self, order: str = "as_made", copies: int = 1, lose: int = 0) -> Json:
        """Held events go out: as_made, reversed or shuffled, each `copies` times, the last `lose` made never."""
        if order not in ORDERS:
            raise ActError(f"act release_events: order {order!r} is none of {', '.join(ORDERS)}")
        held = len(self.shop.outbox.held)
        positions = list(range(max(0, held - int(lose)))) * int(copies)
        if order == "reversed":
            positions.reverse()
        elif order == "shuffled":
            self.shop.random.shuffle(positions)
        return {"held": held, "sent": self.shop.outbox.release(positions)}

    def _moves(
        self, count: int, start: str | None, end: str | None, sku: str | None, quantity: Decimal | None
    ) -> list[tuple[str, str, str, Decimal]]:
        places = sorted(str(one["location_code"]) for one in self.shop.locations.contents() if one["kind"] == "store")
        stocked = sorted(place for place, level in self.shop.levels.items() if level.physical > level.allocated)
        chosen = [
            (one, other, held)
            for one, held in stocked
            for other in ([end] if end else places)
            if one != other and start in (None, one) and sku in (None, held)
        ]
        if not chosen and start and end and sku:
            chosen = [(start, end, sku)]
        if not chosen:
            raise ActError("act recommend_transfers: no shelf has such stock; give from_location, to_location and sku")
        self.shop.random.shuffle(chosen)
        turns = itertools.islice(itertools.cycle(chosen), count)
        return [(*move, quantity or Decimal(self.shop.random.randrange(1, 5))) for move in turns]

    def _chosen(self, act: str, references: Sequence[str] | None, status: str) -> list[Recommended]:
        held = self.shop.recommended
        if references is None:
            found = [one for one in held.values() if one.status == status]
            return sorted(found, key=lambda one: str(one.confirmed_at))
        for reference in references:
            if reference not in held:
                raise ActError(f"act {act}: no transfer was ever recommended under {reference!r}")
            if held[reference].status != status:
                raise ActError(f"act {act}: {reference} is {held[reference].status}; it must be {status}")
        return [held[reference] for reference in references]


def _told(chosen: Sequence[Recommended]) -> Json:
    return {
        "count": len(chosen),
        "reference_ids": [one.reference_id for one in chosen],
        "units": dec(sum((one.quantity for one in chosen), Decimal(0))),
    }
