"""Everything the retail system holds, and its clock."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from crossdock.sandbox.bridge import Json, Problem, later, ts
from crossdock.sandbox.retail_stock.events import Outbox
from crossdock.sandbox.retail_stock.knobs import Knobs
from crossdock.sandbox.retail_stock.model import Dispatch, Level, Movement, Recommended, Table

Place = tuple[str, str]  # location code, SKU


class Shop:
    """levels: of the locations this system owns. told_levels: what the ERP said of its own. body_maps: SKU →
    body map, None when there is none, and the attributes it still lacks. link_up: changes are published as they happen.
    sized_families: parents whose children all ought to have a body map."""

    def __init__(self, knobs: Knobs, clock: Callable[[], datetime], seed: int, outbox: Outbox) -> None:
        self.knobs = knobs
        self.clock = clock
        self.random = random.Random(seed)
        self.outbox = outbox
        self.link_up = True
        self.items = Table()  # by id
        self.locations = Table()
        self.levels: dict[Place, Level] = {}
        self.movements: list[Movement] = []
        self.told_levels = Table()
        self.commitments = Table()
        self.sales = Table()
        self.transfers = Table()
        self.dispatches: dict[str, Dispatch] = {}
        self.recommended: dict[str, Recommended] = {}
        self.targets = Table()
        self.body_maps: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        self.sized_families: set[str] = set()
        self.rejected: list[Json] = []
        self.ids_by_sku: dict[str, str] = {}
        self._last = datetime.min.replace(tzinfo=UTC)

    def tick(self) -> datetime:
        """Now, and after every moment given out before: what is published later is stamped later."""
        self._last = later(self.clock(), self._last)
        return self._last

    def happened(self, minutes_ago: float = 0) -> datetime:
        """When a thing that is published now happened."""
        return self.clock() - timedelta(seconds=self.knobs.till_lag_seconds, minutes=minutes_ago)

    def owned(self) -> list[str]:
        """Codes of the locations whose stock is ours."""
        return [str(row["location_code"]) for row in self.locations.contents() if row["stock_owner"] == "retail"]

    def location(self, code: str) -> Json:
        """Raises Problem location-unknown."""
        held = self.locations.rows.get(code)
        if held is None:
            raise Problem("location-unknown", f"there is no location {code}")
        return held.content

    def item(self, sku: str) -> Json:
        """Raises Problem sku-not-found."""
        id_ = self.ids_by_sku.get(sku)
        if id_ is None:
            raise Problem("sku-not-found", f"no item with the SKU {sku} was ever sent")
        return self.items.rows[id_].content

    def put_item(self, content: Json, at: datetime) -> str:
        """created, updated or unchanged. An item is known by its id; one known only by its SKU takes the id on."""
        id_, sku = content["id"], content["sku"]
        other = self.ids_by_sku.get(sku)
        if other is not None and other != id_:
            if id_ in self.items.rows:
                raise Problem("request-invalid", f"the SKU {sku} belongs to the item {other}, not to {id_}")
            self.items.rows[id_] = self.items.rows.pop(other)
        known = self.items.rows.get(id_)
        if known is not None:
            self.ids_by_sku.pop(known.content["sku"], None)
        self.ids_by_sku[sku] = id_
        return self.items.put(id_, content, at)

    def readiness(self, item: Json) -> Json | None:
        """The sizing layer's view of an item; None where there is no such layer."""
        if not self.knobs.sizing:
            return None
        sku = item["sku"]
        if item["stock_role"] == "parent" or not (sku in self.body_maps or item["parent_sku"] in self.sized_families):
            return {"body_map_id": None, "state": "not_applicable", "missing_attributes": []}
        body_map, missing = self.body_maps.get(sku, (None, ("body_map",)))
        claimed = (item.get("readiness") or {}).get("body_map_id")
        state = "missing" if body_map is None or missing else "complete"
        if claimed is not None and claimed != body_map:
            state = "mismatch"
        return {"body_map_id": body_map, "state": state, "missing_attributes": list(missing)}

    def item_row(self, item: Json, updated_at: datetime) -> Json:
        row = {name: value for name, value in item.items() if name != "readiness"}
        readiness = self.readiness(item)
        return {**row, **({"readiness": readiness} if readiness else {}), "updated_at": ts(updated_at)}

    def usable(self, location_code: str, sku: str) -> Decimal:
        """Of an ERP-owned level: what it asserts, less what the ERP committed of it."""
        held = self.told_levels.rows.get((location_code, sku))
        asserted = Decimal(held.content[held.content["basis"]]) if held else Decimal(0)
        kept = (
            one for one in self.commitments.contents() if (one["location_code"], one["sku"]) == (location_code, sku)
        )
        return asserted - sum((Decimal(one["quantity"]) for one in kept), Decimal(0))
