"""A product's inventory status following its levels: some left is in stock, nothing left is out of stock.

A quantity of nought does not flip the status, and restocking does not flip it back; so where the shop's theme shows
the status, it must be written beside the level. `discontinued` is a person's word and is left alone.
Source: oroinc/orocommerce, InventoryBundle and ProductBundle (`inventory_status`, in snake case).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from crossdock.connectors.orocommerce.batch import Batch, End, Mode
from crossdock.connectors.orocommerce.client import Api
from crossdock.connectors.orocommerce.jsonapi import Included, Resource, link, reference_id
from crossdock.connectors.orocommerce.paging import Listing, read_all
from crossdock.connectors.orocommerce.stock_mapping import shown_quantity
from crossdock.model.faults import Refused, RemoteFault, Unknown

IN_STOCK, OUT_OF_STOCK, DISCONTINUED = "in_stock", "out_of_stock", "discontinued"


@dataclass(slots=True)
class Product:
    """status: as the shop holds it. levels: quantity by level, in whatever unit: only nought matters."""

    status: str
    levels: dict[str, Decimal] = field(default_factory=dict)

    @property
    def due(self) -> str:
        return IN_STOCK if any(quantity > 0 for quantity in self.levels.values()) else OUT_OF_STOCK


class InventoryStatuses:
    """Remembers what was read and written, so that only a status that changes is written."""

    def __init__(self, api: Api, batch: Batch) -> None:
        self._api = api
        self._batch = batch
        self._products: dict[str, Product] = {}
        self._product_of: dict[str, str] = {}

    def remember(self, rows: Iterable[Resource], included: Included) -> None:
        for row in rows:
            level, identity = str(row.get("id")), reference_id(row, "product")
            status = reference_id(included.get(("products", identity), {}), "inventory_status")
            product = self._products.setdefault(identity, Product(status))
            product.status = status or product.status
            product.levels[level] = shown_quantity(row) or Decimal(0)
            self._product_of[level] = identity

    async def follow(self, written: Mapping[str, Decimal], *, mode: Mode) -> dict[str, Unknown]:
        """Write the status of every product whose level was written, where it changes.

        Returns, for each level whose product's status may not be right, why. The level itself stands.
        """
        try:
            await self._learn([level for level in written if level not in self._product_of])
        except RemoteFault as fault:
            return dict.fromkeys(written, Unknown(f"the level stands; its product could not be read: {fault}"))
        for level, quantity in written.items():
            if level in self._product_of:
                self._products[self._product_of[level]].levels[level] = quantity
        touched = dict.fromkeys(self._product_of[level] for level in written if level in self._product_of)
        changed = [
            identity
            for identity in touched
            if (product := self._products[identity]).status not in (DISCONTINUED, product.due)
        ]
        if not changed:
            return {}
        try:
            ends: Sequence[End] = await self._batch.save(
                "products", [_record(identity, self._products[identity].due) for identity in changed], mode=mode
            )
        except RemoteFault as fault:
            ends = [Unknown(str(fault), fault.evidence)] * len(changed)
        wrong = {}
        for identity, end in zip(changed, ends, strict=True):
            product = self._products[identity]
            if isinstance(end, Refused | Unknown):
                said = end.text if isinstance(end, Refused) else end.reason
                wrong[identity] = Unknown(f"the level stands; its product's status does not: {said}", end.evidence)
            elif end.record is not None and reference_id(end.record, "inventory_status") != product.due:
                wrong[identity] = Unknown(f"the level stands; the shop left its product's status at {product.status}")
            else:
                product.status = product.due
        return {level: wrong[at] for level in written if (at := self._product_of.get(level, "")) in wrong}

    async def _learn(self, levels: Sequence[str]) -> None:
        """The products of levels nobody has read, with all their levels."""
        if not levels:
            return
        unknown: set[str] = set()
        for name, wanted in (("id", list(levels)), ("product", unknown)):
            query = {"sort": "id", f"filter[{name}]": ",".join(sorted(wanted))}
            listing = Listing(self._api, "inventorylevels", query, includes=(("product",),))
            async for rows, included in read_all(listing):
                unknown.update(identity for row in rows if (identity := reference_id(row, "product")))
                self.remember(rows, included)


def _record(identity: str, status: str) -> Resource:
    return {
        "type": "products",
        "id": identity,
        "relationships": {"inventory_status": link("prodinventorystatuses", status)},
    }
