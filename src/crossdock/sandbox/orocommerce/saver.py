"""Writes: create, update, upsert, validate, relationships and deletion, one record with its `included` at a time."""

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from crossdock.sandbox.orocommerce.errors import ApiError, Json, bad_data, conflict, fail, not_found, problem
from crossdock.sandbox.orocommerce.order_rules import (
    AddressRules,
    DiscountRules,
    LineRules,
    OrderRules,
    TrackingRules,
)
from crossdock.sandbox.orocommerce.order_totals import recalculate
from crossdock.sandbox.orocommerce.product_rules import InventoryRules, ProductRules, UnitPrecisionRules, UnitRules
from crossdock.sandbox.orocommerce.rules import (
    CustomerRules,
    CustomerUserRules,
    PriceListRules,
    PriceRules,
    Rules,
    TaxCodeRules,
    WebhookRules,
    client_id,
)
from crossdock.sandbox.orocommerce.schema import Resource
from crossdock.sandbox.orocommerce.shop import Shop
from crossdock.sandbox.orocommerce.store import Row
from crossdock.sandbox.orocommerce.work import Handle, Included, Work

SPECIAL: Mapping[str, type[Rules]] = {
    "orders": OrderRules,
    "orderlineitems": LineRules,
    "orderdiscounts": DiscountRules,
    "orderaddresses": AddressRules,
    "ordershippingtrackings": TrackingRules,
    "products": ProductRules,
    "productunitprecisions": UnitPrecisionRules,
    "productunits": UnitRules,
    "inventorylevels": InventoryRules,
    "pricelists": PriceListRules,
    "productprices": PriceRules,
    "producttaxcodes": TaxCodeRules,
    "customertaxcodes": TaxCodeRules,
    "customers": CustomerRules,
    "customerusers": CustomerUserRules,
    "webhooks": WebhookRules,
}

CREATABLE_IN_INCLUDED = frozenset({
    "orderaddresses", "productnames", "productshortdescriptions", "productdescriptions", "localizedfallbackvalues",
    "entityfieldfallbackvalues",
})  # fmt: skip
"""Types that have no create action of their own and are made only along with their owner."""

UNLINKED = (
    "The entity should have a relationship with {} primary entity "
    "and this should be explicitly specified in the request"
)


@dataclass(slots=True)
class Saved:
    """What a save did. included: the row of every included item, with the id the caller gave it."""

    row: Row
    created: bool
    included: list[tuple[str, Row]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """The answer to a write: whether it made a record, and the body."""

    created: bool
    body: bytes


class Saver:
    """Applies writes to one shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.store = shop.store
        self.rules: dict[str, Rules] = {type_: SPECIAL.get(type_, Rules)(shop) for type_ in shop.resources}

    def document(self, resource: Resource, body: Any, id_: str | None, answer: Callable[[Saved], bytes]) -> Written:
        """POST (id_ None) or PATCH of one record. Raises ApiError; nothing is kept then.

        answer writes the body while the change stands: a `meta.validate` request takes it back right after.
        """
        data = primary(resource, body, id_)
        included = Included.read(body.get("included"))
        linked = set(included.reached(data))
        for handle, (index, _) in included.items.items():
            if handle not in linked:
                detail = UNLINKED.format("the")
                included.errors.append(problem(400, "request data constraint", detail, pointer=f"/included/{index}"))
        if included.errors:
            raise ApiError.of(included.errors)
        flags = meta_flags(data, "")
        validate = bool(flags.get("validate"))
        if validate and not resource.validate:
            raise bad_meta("The validate operation is not allowed.", "/meta/validate")
        with self.store.transaction(keep=not validate):
            saved = self.item(resource, data, included, {}, pointer="/data", id_=id_, flags=flags)
            return Written(saved.created, answer(saved))

    def item(
        self,
        resource: Resource,
        data: Json,
        included: Included,
        handles: MutableMapping[Handle, Row],
        *,
        pointer: str,
        id_: str | None,
        flags: Mapping[str, Any],
    ) -> Saved:
        """Save one record inside the caller's transaction. handles gains what the request's own ids stand for."""
        row = self._existing(resource, data, id_, flags, "" if pointer == "/data" else pointer)
        created = row is None
        work = Work(self.shop, self.rules, handles)
        if row is None:
            self._allow(resource, "create")
            row = self._blank(resource, data)
        else:
            self.rules[resource.type].refuse(row)
        work.open(row, pointer, created=created)
        if isinstance(data.get("id"), str):
            handles.setdefault((resource.type, data["id"]), row)
        opened = self._open_included(included, data, work)
        for other, item, where, new in opened:
            work.fill(other, item, where, created=new)
        work.fill(row, data, pointer, created=created)
        work.rows.append(work.rows.pop(0))
        work.finish()
        return Saved(row, created, [(item["id"], other) for other, item, _, _ in opened])

    def _existing(
        self, resource: Resource, data: Json, id_: str | None, flags: Mapping[str, Any], pointer: str
    ) -> Row | None:
        """The row to update, or None to create one."""
        upsert = flags.get("upsert")
        if upsert:
            return self._upsert_target(resource, data, upsert, id_, f"{pointer}/meta/upsert")
        if id_ is not None:
            self._allow(resource, "update")
            return self.row(resource, id_)
        if flags.get("update"):
            self._allow(resource, "update")
            if not isinstance(data.get("id"), str):
                raise bad_data("The 'id' property is required", pointer)
            return self.row(resource, data["id"])
        return None

    def _upsert_target(self, resource: Resource, data: Json, upsert: Any, id_: str | None, pointer: str) -> Row | None:
        names = ["id"] if upsert is True else upsert
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names) or not names:
            raise bad_meta("The value should be a boolean or an array of field names.", pointer)
        if not resource.upsert:
            raise bad_meta("The upsert operation is not allowed.", pointer)
        if names == ["id"]:
            if "id" not in resource.upsert:
                raise bad_meta("The upsert operation cannot use the entity identifier to find an entity.", pointer)
            return self.store[resource.type].rows.get(id_ if id_ is not None else str(data.get("id")))
        if id_ is not None or any(name not in resource.upsert for name in names):
            these = "this field" if len(names) == 1 else "these fields"
            raise bad_meta(f"The upsert operation cannot use {these} to find an entity.", pointer)
        values = data.get("attributes") or {}
        for name in names:
            if name not in values:
                raise bad_meta(f'The "{name}" field does not exist in the request data.', pointer)
        table = self.store[resource.type]
        found = table.find(names[0], table.fold(names[0], values[names[0]]))
        if len(found) > 1:
            raise fail(409, "conflict constraint", "The upsert operation founds more than one entity.")
        return found[0] if found else None

    def row(self, resource: Resource, id_: str) -> Row:
        """One row by its id. Raises for an id of the wrong form and for an unknown one."""
        row = self.store[resource.type].rows.get(id_)
        if row is None:
            if resource.numeric and not id_.isdigit():
                raise fail(400, "entity identifier constraint", f'Expected integer value. Given "{id_}".')
            raise not_found()
        return row

    def _allow(self, resource: Resource, action: str) -> None:
        if action not in resource.actions:
            raise fail(405, "action not allowed exception", f'The "{action}" action is not allowed.')

    def _blank(self, resource: Resource, data: Json) -> Row:
        if resource.client_ids:
            row = Row(resource, client_id(self.shop, resource.type, data))
            self.shop.stamp_new(row)
            return row
        if resource.numeric:
            row = self.shop.new(resource.type)
            if resource.type == "orders":
                row.attributes["createdAt"] = None
            return row
        row = Row(resource, self._uuid())
        if resource.type == "productprices":
            relation = (data.get("relationships") or {}).get("priceList") or {}
            row = Row(resource, f"{self._uuid()}-{(relation.get('data') or {}).get('id', '')}")
        self.shop.stamp_new(row)
        return row

    def _uuid(self) -> str:
        digits = f"{self.shop.random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def _open_included(self, included: Included, data: Json, work: Work) -> list[tuple[Row, Json, str, bool]]:
        """Give every included item its row before any of them is filled, so that they can name each other."""
        opened = []
        for handle in included.reached(data):
            if handle in work.handles:
                continue
            index, item = included.items[handle]
            pointer = f"/included/{index}"
            resource = self.shop.resources.get(item["type"])
            if resource is None:
                detail = f'The entity type "{item["type"]}" is not supported.'
                work.fault("entity type constraint", detail, pointer)
                continue
            flags = meta_flags(item, pointer)
            if flags.get("validate"):
                raise bad_meta("The validate operation is not allowed.", f"{pointer}/meta/validate")
            row = self._existing(resource, item, None, flags, pointer)
            if row is not None:
                self.rules[resource.type].refuse(row)
            elif resource.type not in CREATABLE_IN_INCLUDED:
                self._allow(resource, "create")
            created = row is None
            if row is None:
                row = self._blank(resource, item)
            work.handles[handle] = row
            work.open(row, pointer, created=created)
            opened.append((row, item, pointer, created))
        self._late_price_ids(opened, work)
        return opened

    def _late_price_ids(self, opened: list[tuple[Row, Json, str, bool]], work: Work) -> None:
        """A price's id ends in its price list's real id, which may have been made in this very request."""
        for row, _, created in work.rows:
            if row.type != "productprices" or not created:
                continue
            uuid, _, list_id = row.id.rpartition("-")
            price_list = work.handles.get(("pricelists", list_id))
            if price_list is not None:
                del work.created[(row.type, row.id)]
                row.id = row.key = f"{uuid}-{price_list.id}"
                row.ref = {"type": row.type, "id": row.id}
                work.created[(row.type, row.id)] = row

    def relationship(self, resource: Resource, row: Row, name: str, method: str, body: Any) -> None:
        """PATCH replaces a relation, POST adds to it and DELETE takes from it."""
        relation = resource.relations[name]
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(body, dict) or "data" not in body:
            raise bad_data("The primary data object collection should exist", "/data")
        if method != "PATCH":
            if not relation.many or not isinstance(data, list):
                raise bad_data("The primary data object collection should be an array", "/data")
            held = row.relations[name]
            named = [{"type": ref.get("type"), "id": ref.get("id")} for ref in data if isinstance(ref, dict)]
            added = [*held, *(ref for ref in named if ref not in held)]
            data = added if method == "POST" else [ref for ref in held if ref not in named]
        with self.store.transaction():
            self.rules[resource.type].refuse(row)
            work = Work(self.shop, self.rules, {})
            work.open(row, "/data", created=False)
            work.relate(row, name, relation, {"data": data}, "/data", created=False)
            work.finish()

    def delete(self, row: Row) -> None:
        with self.store.transaction():
            work = Work(self.shop, self.rules, {})
            work.delete(row)
            for order in list(work.stale_orders.values()):
                recalculate(self.shop, order)
            self.store.stamp()


def primary(resource: Resource, body: Any, id_: str | None) -> Json:
    """The `data` object of a single-record document, checked against the URL."""
    if not isinstance(body, dict) or "data" not in body:
        raise bad_data("The primary data object should exist", "/data")
    data = body["data"]
    if not isinstance(data, dict) or not data:
        raise bad_data("The primary data object should not be empty", "/data")
    if "type" not in data:
        raise bad_data("The 'type' property is required", "/data/type")
    if data["type"] != resource.type:
        detail = "The 'type' property of the primary data object should match the requested resource"
        raise conflict(detail, "/data/type")
    if id_ is not None:
        if "id" not in data:
            raise bad_data("The 'id' property is required", "/data/id")
        if data["id"] != id_:
            detail = "The 'id' property of the primary data object should match 'id' parameter of the query sting"
            raise conflict(detail, "/data/id")
    return data


def meta_flags(data: Json, pointer: str) -> Mapping[str, Any]:
    """`update`, `upsert` and `validate` of a record's meta; at most one of them may be set."""
    meta = data.get("meta")
    if not isinstance(meta, dict):
        return {}
    flags = {name: meta[name] for name in ("update", "upsert", "validate") if meta.get(name)}
    if len(flags) > 1:
        raise bad_meta("Only one meta option can be used.", f"{pointer}/meta")
    return flags


def bad_meta(detail: str, pointer: str) -> ApiError:
    return fail(400, "value constraint", detail, pointer=pointer)
