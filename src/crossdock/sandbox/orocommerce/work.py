"""One save: a record with everything sent along in `included`, checked as a whole, kept or taken back as a whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crossdock.sandbox.orocommerce.errors import ApiError, Json, bad_data, blank, problem
from crossdock.sandbox.orocommerce.order_totals import recalculate
from crossdock.sandbox.orocommerce.schema import Attribute, Relation
from crossdock.sandbox.orocommerce.store import Ref, Row
from crossdock.sandbox.orocommerce.values import PARSERS, BadValueError

if TYPE_CHECKING:
    from crossdock.sandbox.orocommerce.rules import Rules
    from crossdock.sandbox.orocommerce.shop import Shop

Handle = tuple[str, str]
"""(type, id) as the caller wrote it; the id may be made up."""

NO_ENTITY = "The entity does not exist."


@dataclass(slots=True)
class Included:
    """The `included` section of a request, indexed both ways: whom an item names, and who names it."""

    items: dict[Handle, tuple[int, Json]] = field(default_factory=dict)
    named_by: dict[Handle, list[Handle]] = field(default_factory=lambda: defaultdict(list))
    errors: list[Json] = field(default_factory=list)

    @classmethod
    def read(cls, raw: Any) -> "Included":
        """Malformed items become errors and are left out."""
        found = cls()
        if raw is None:
            return found
        if not isinstance(raw, list):
            raise bad_data("The 'included' property should be an array", "/included")
        for index, item in enumerate(raw):
            if detail := found._fault(item):
                found.errors.append(problem(400, "request data constraint", detail, pointer=f"/included/{index}"))
                continue
            handle = (item["type"], item["id"])
            found.items[handle] = (index, item)
            for named in handles_named(item):
                found.named_by[named].append(handle)
        return found

    def _fault(self, item: Any) -> str:
        if not isinstance(item, dict):
            return "The item should be an object"
        for name in ("type", "id"):
            if not isinstance(item.get(name), str) or not item[name]:
                return f"The '{name}' property is required"
        held = self.items.get((item["type"], item["id"]))
        return f"The item duplicates the item with the index {held[0]}" if held else ""

    def reached(self, data: Json) -> list[Handle]:
        """Every included item linked with a primary record, in either direction, in the order they were sent."""
        if not self.items:
            return []
        waiting = list(handles_named(data))
        if isinstance(data.get("id"), str):
            waiting.extend(self.named_by.get((data.get("type", ""), data["id"]), ()))
        seen: set[Handle] = set()
        while waiting:
            handle = waiting.pop()
            if handle in seen or handle not in self.items:
                continue
            seen.add(handle)
            waiting.extend(handles_named(self.items[handle][1]))
            waiting.extend(self.named_by.get(handle, ()))
        return sorted(seen, key=lambda handle: self.items[handle][0])


def handles_named(data: Json) -> Iterable[Handle]:
    """Every (type, id) a record's relationships mention."""
    relations = data.get("relationships")
    if not isinstance(relations, dict):
        return
    for relation in relations.values():
        value = relation.get("data") if isinstance(relation, dict) else None
        for ref in value if isinstance(value, list) else (value,):
            if isinstance(ref, dict) and isinstance(ref.get("type"), str) and isinstance(ref.get("id"), str):
                yield (ref["type"], ref["id"])


class Work:
    """The state of one save. handles: rows the caller knows by a made-up id. given: the fields sent for a row.

    Must run inside a store transaction: `finish` raises ApiError with every fault found, and the transaction takes
    everything back.
    """

    def __init__(self, shop: "Shop", rules: Mapping[str, "Rules"], handles: MutableMapping[Handle, Row]) -> None:
        self.shop = shop
        self.store = shop.store
        self.rules = rules
        self.handles = handles
        self.errors: list[Json] = []
        self.given: dict[int, set[str]] = {}
        self.rows: list[tuple[Row, str, bool]] = []
        self.created: dict[Handle, Row] = {}
        self.orphans: list[Row] = []
        self.stale_orders: dict[str, Row] = {}

    def named(self, ref: Mapping[str, Any]) -> Row | None:
        """The row a caller's reference means: one of this request's own, or one the shop holds."""
        return self.handles.get((ref["type"], ref["id"])) or self.store.row(ref)

    def find(self, ref: Mapping[str, Any] | None) -> Row | None:
        """The row behind a reference with a real id, also while it is not in its table yet."""
        if not ref:
            return None
        return self.created.get((ref["type"], ref["id"])) or self.store.row(ref)

    def related(self, row: Row, name: str) -> list[Row]:
        value = row.relations.get(name)
        refs = value if isinstance(value, list) else [value] if value else []
        return [found for ref in refs if (found := self.find(ref)) is not None]

    def open(self, row: Row, pointer: str, *, created: bool) -> None:
        """Take a row into this save."""
        self.rows.append((row, pointer, created))
        self.given[id(row)] = set()
        if created:
            self.created[(row.type, row.id)] = row
        self.store.change(row)

    def fault(self, title: str, detail: str, pointer: str = "") -> None:
        self.errors.append(problem(400, title, detail, pointer=pointer))

    def fill(self, row: Row, data: Json, pointer: str, *, created: bool) -> None:
        """Put the sent attributes and relationships into the row. Read-only ones are ignored without a word."""
        resource = self.shop.resources[row.type]
        for name, value in _section(data, "attributes", pointer).items():
            attribute = resource.attributes.get(name)
            if attribute is None:
                self._extra(name, f"{pointer}/attributes/{name}")
            elif not (attribute.read_only or (attribute.create_only and not created)):
                self._attribute(row, name, attribute, value, f"{pointer}/attributes/{name}")
        for name, value in _section(data, "relationships", pointer).items():
            relation = resource.relations.get(name)
            if relation is None:
                self._extra(name, f"{pointer}/relationships/{name}")
            elif not relation.read_only:
                self.relate(row, name, relation, value, f"{pointer}/relationships/{name}/data", created=created)

    def _extra(self, name: str, pointer: str) -> None:
        detail = f'This form should not contain extra fields: "{name}".'
        self.fault("extra fields constraint", detail, pointer)

    def _attribute(self, row: Row, name: str, attribute: Attribute, value: Any, pointer: str) -> None:
        try:
            if value is not None and not (value == "" and attribute.kind not in ("string", "text")):
                parsed = PARSERS[attribute.kind](value)
            else:
                parsed = None
        except BadValueError as error:
            self.fault(error.title, error.detail, pointer)
            return
        if attribute.length_max and parsed is not None and len(parsed) > attribute.length_max:
            detail = f"This value is too long. It should have {attribute.length_max} characters or less."
            self.fault("length constraint", detail, pointer)
        self.given[id(row)].add(name)
        if attribute.write_only:
            row.hidden[name] = parsed
        else:
            row.attributes[name] = parsed

    def relate(self, row: Row, name: str, relation: Relation, value: Any, pointer: str, *, created: bool) -> None:
        if not isinstance(value, dict) or "data" not in value:
            raise bad_data("The relationship should have 'data' property", pointer.removesuffix("/data"))
        refs = self._refs(relation, value["data"], pointer)
        if refs is None:
            return
        if relation.create_only and not created:
            if relation.fixed and refs != _listed(row.relations[name]):
                self.fault("unchangeable field constraint", relation.fixed, pointer)
            return
        if relation.fixed and relation.many and not relation.create_only:
            self._refuse_moves(row, relation, refs, pointer)
        self.given[id(row)].add(name)
        self.link(row, name, refs if relation.many else (refs[0] if refs else None))

    def _refs(self, relation: Relation, data: Any, pointer: str) -> list[Ref] | None:
        """The references with real ids, or None after reporting one that cannot be resolved."""
        if relation.many != isinstance(data, list):
            raise bad_data("The 'data' property of the relationship has a wrong type", pointer)
        refs, broken = [], False
        for index, ref in enumerate(data if relation.many else [data] if data is not None else []):
            where = f"{pointer}/{index}" if relation.many else pointer
            if not isinstance(ref, dict) or not isinstance(ref.get("type"), str) or not isinstance(ref.get("id"), str):
                raise bad_data("The resource identifier object should have 'type' and 'id' properties", where)
            row = self.named(ref)
            if row is None or row.type != relation.target:
                self._unknown(relation, where)
                broken = True
            else:
                refs.append(row.ref)
        return None if broken else refs

    def _unknown(self, relation: Relation, pointer: str) -> None:
        known = {
            "webhooktopics": ("valid webhook topic constraint", "This value is not a known webhook topic."),
            "webhookformats": ("valid webhook format constraint", "This value is not a known webhook format."),
        }
        self.fault(*known.get(relation.target, ("form constraint", NO_ENTITY)), pointer)

    def _refuse_moves(self, row: Row, relation: Relation, refs: Sequence[Ref], pointer: str) -> None:
        for index, ref in enumerate(refs):
            other = self.find(ref)
            owners = _listed(other.relations[relation.inverse]) if other is not None else []
            if owners and row.ref not in owners:
                self.fault("unchangeable field constraint", relation.fixed, f"{pointer}/{index}")

    def link(self, row: Row, name: str, value: Any) -> None:
        """Set a relation and its mirror image. Rows that fall out of an owned relation are deleted at the end."""
        relation = self.shop.resources[row.type].relations[name]
        self.store.change(row)
        old, new = _listed(row.relations[name]), _listed(value)
        row.relations[name] = value
        for ref in old:
            if ref not in new and (other := self.find(ref)) is not None:
                if relation.inverse:
                    self._detach(other, relation.inverse, row)
                if relation.owned:
                    self.orphans.append(other)
        if relation.inverse:
            for ref in new:
                if ref not in old and (other := self.find(ref)) is not None:
                    self._attach(other, relation.inverse, row, name)

    def _attach(self, other: Row, inverse: str, row: Row, name: str) -> None:
        self.store.change(other)
        if self.shop.resources[other.type].relations[inverse].many:
            if row.ref not in other.relations[inverse]:
                other.relations[inverse] = [*other.relations[inverse], row.ref]
        else:
            before = self.find(other.relations[inverse])
            if before is not None and before is not row:
                self._detach(before, name, other)
            other.relations[inverse] = row.ref
        self.store.touch(other)

    def _detach(self, other: Row, inverse: str, row: Row) -> None:
        self.store.change(other)
        value = other.relations[inverse]
        if isinstance(value, list):
            other.relations[inverse] = [ref for ref in value if ref != row.ref]
        elif value == row.ref:
            other.relations[inverse] = None
        self.store.touch(other)

    def finish(self) -> None:
        """Complete, check and store every row of the save. Raises ApiError with every fault."""
        for row, _, created in self.rows:
            self.rules[row.type].prepare(self, row, created=created)
        for row, pointer, created in self.rows:
            self._check_required(row, pointer)
            self.rules[row.type].check(self, row, pointer, created=created)
        if self.errors:
            raise ApiError.of(self.errors)
        for row, _, created in self.rows:
            if created:
                self.store.insert(row)
            else:
                self.store.touch(row)
        for orphan in self.orphans:
            self.delete(orphan)
        for row, _, created in self.rows:
            self.rules[row.type].settle(self, row, created=created)
        for order in list(self.stale_orders.values()):
            recalculate(self.shop, order)
        self.store.stamp()

    def delete(self, row: Row) -> None:
        """Remove a row and, by its type's rules, what belongs to it. Its mirror images are cleared."""
        if row.id not in self.store[row.type].rows:
            return
        self.rules[row.type].remove(self, row)
        for name, relation in self.shop.resources[row.type].relations.items():
            if relation.inverse:
                for other in self.related(row, name):
                    self._detach(other, relation.inverse, row)
        self.store.remove(row)

    def _check_required(self, row: Row, pointer: str) -> None:
        """A blank required field is one error, unless the value sent for it was already refused."""
        resource = self.shop.resources[row.type]
        refused = {error.get("source", {}).get("pointer", "") for error in self.errors}
        for name, attribute in resource.attributes.items():
            where = f"{pointer}/attributes/{name}"
            if attribute.required and _is_blank(row.attributes[name]) and where not in refused:
                self.errors.append(blank(where))
        for name, relation in resource.relations.items():
            where = f"{pointer}/relationships/{name}/data"
            if relation.required and not row.relations[name] and not any(one.startswith(where) for one in refused):
                self.errors.append(blank(where))


def _section(data: Json, name: str, pointer: str) -> Json:
    section = data.get(name)
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise bad_data(f"The '{name}' property should be an object", f"{pointer}/{name}")
    return section


def _is_blank(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _listed(value: Any) -> list[Ref]:
    return value if isinstance(value, list) else [value] if value else []
