"""Products, their units and the stock rows that come with them."""

from decimal import Decimal
from typing import TYPE_CHECKING

from crossdock.sandbox.orocommerce.errors import Json, denied
from crossdock.sandbox.orocommerce.rules import Rules
from crossdock.sandbox.orocommerce.shop import ORGANIZATION, Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.values import PARSERS

if TYPE_CHECKING:
    from crossdock.sandbox.orocommerce.work import Work


class ProductRules(Rules):
    def prepare(self, work: "Work", row: Row, *, created: bool) -> None:
        """The primary unit is one of the product's units, whether or not the caller listed it."""
        if created:
            row.relations["organization"] = row.relations["organization"] or ORGANIZATION
            row.relations["owner"] = row.relations["owner"] or {"type": "businessunits", "id": "1"}
        primary = work.find(row.relations["primaryUnitPrecision"])
        if primary is not None and primary.ref not in row.relations["unitPrecisions"]:
            others = [
                one for one in work.related(row, "unitPrecisions") if one.target("unit") != primary.target("unit")
            ]
            work.link(row, "unitPrecisions", [*(one.ref for one in others), primary.ref])

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        self.unique(work, row, "sku", "unique entity constraint", "This value is already used.", pointer)
        units_at = f"{pointer}/relationships/unitPrecisions/data"
        units = [one.target("unit") for one in work.related(row, "unitPrecisions")]
        for unit in sorted({unit for unit in units if unit and units.count(unit) > 1}):
            work.fault("form constraint", f'Unit precision "{unit}" already exists for this product.', units_at)
        primary = row.relations["primaryUnitPrecision"]
        if primary is not None and primary not in row.relations["unitPrecisions"]:
            detail = "A primary product unit precision should be in the collection of product unit precisions."
            work.fault("primary product unit precision constraint", detail, units_at)
        names = work.related(row, "names")
        if names and not any((name.attributes["string"] or "").strip() for name in names):
            title = "not blank default localized fallback value constraint"
            work.fault(title, "Product default name is blank", f"{pointer}/relationships/names/data")

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        self.shop.sku_ids[row.attributes["sku"].lower()] = row.id
        for precision in work.related(row, "unitPrecisions"):
            ensure_level(self.shop, row, precision)

    def remove(self, work: "Work", row: Row) -> None:
        for type_ in ("inventorylevels", "productprices"):
            for other in self.store[type_].find("product", row.id):
                self.store.remove(other)
        for line in self.store["orderlineitems"].find("product", row.id):
            self.store.change(line)
            line.relations["product"] = None
            self.store.touch(line)
        for name in ("names", "shortDescriptions", "descriptions", "slugPrototypes", "unitPrecisions"):
            for other in self.store.rows(row.many(name)):
                self.store.remove(other)


class UnitPrecisionRules(Rules):
    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        product = work.find(row.relations["product"])
        unit = row.target("unit")
        if product is None or not any(one is row for one, where, _ in work.rows if where == "/data"):
            return
        if any(one is not row and one.target("unit") == unit for one in work.related(product, "unitPrecisions")):
            detail = f'Unit precision "{unit}" already exists for this product.'
            work.fault("form constraint", detail, f"{pointer}/relationships/unit/data")

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        product = work.find(row.relations["product"])
        if product is not None:
            ensure_level(self.shop, product, row)

    def remove(self, work: "Work", row: Row) -> None:
        product = self.store.row(row.relations["product"])
        if product is not None and product.relations["primaryUnitPrecision"] == row.ref:
            raise denied("The delete operation is forbidden. Reason: primary precision.")
        for level in self.store["inventorylevels"].find("productUnitPrecision", row.id):
            self.store.remove(level)


class UnitRules(Rules):
    def remove(self, work: "Work", row: Row) -> None:
        if self.store["productunitprecisions"].find("unit", row.id):
            raise denied("The delete operation is forbidden. Reason: has products.")


class InventoryRules(Rules):
    """Stock is an absolute figure per unit. Every write by the API is kept: judges read it."""

    def check(self, work: "Work", row: Row, pointer: str, *, created: bool) -> None:
        self.unique_external_id(work, row, pointer)
        if row.attributes["quantity"] is None:
            work.fault("not blank constraint", "This value should not be blank.", f"{pointer}/attributes/quantity")

    def settle(self, work: "Work", row: Row, *, created: bool) -> None:
        if "quantity" not in work.given[id(row)] or self.store.open is None:
            return
        self.store.open.after.append(lambda: self._record(row))

    def _record(self, row: Row) -> None:
        now = self.shop.clock().isoformat(timespec="microseconds")
        row.hidden["writes"] = row.hidden.get("writes", 0) + 1
        row.hidden["updated_at"] = now
        note_level(row)
        write: Json = {
            "at": now,
            "sku": row.hidden["sku"],
            "unit": row.hidden["unit"],
            "quantity": row.attributes["quantity"],
        }
        self.shop.inventory_writes.append(write)
        self.shop.unheard.write(row.hidden["sku"])


def ensure_level(shop: Shop, product: Row, precision: Row, quantity: Decimal = Decimal(0)) -> Row:
    """The stock row of one unit of a product: it exists as soon as the unit precision does."""
    levels = shop.store["inventorylevels"].find("productUnitPrecision", precision.id)
    if levels:
        return levels[0]
    level = shop.new("inventorylevels")
    level.relations.update(product=product.ref, productUnitPrecision=precision.ref, organization=ORGANIZATION)
    level.hidden.update(
        sku=product.attributes["sku"],
        unit=precision.target("unit"),
        units_per=precision.attributes["conversionRate"] or 1,
        updated_at=None,
    )
    put_level(shop, level, quantity)
    shop.store.insert(level)
    return level


def put_level(shop: Shop, level: Row, quantity: Decimal) -> None:
    kind = shop.resources["inventorylevels"].attributes["quantity"].kind
    level.attributes["quantity"] = PARSERS[kind](str(quantity))
    note_level(level)


def note_level(level: Row) -> None:
    """Remember the lowest figure below zero a level ever had."""
    quantity = Decimal(level.attributes["quantity"])
    if quantity < min(Decimal(0), level.hidden.get("lowest", Decimal(0))):
        level.hidden["lowest"] = quantity
