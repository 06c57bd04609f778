"""How a resource is described: its attributes, its relations and what may be done to it."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any

READ = frozenset({"get_list", "get"})
WRITE = READ | {"create", "update", "delete", "delete_list"}
BATCH = WRITE | {"update_list"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. kind: a key of `values.PARSERS`.

    read_only: a value sent is silently ignored, with 200. create_only: the same, once the row exists.
    find: it can be filtered and sorted by. fold: compared without regard to case.
    """

    kind: str = "string"
    _: KW_ONLY
    default: Any = None
    read_only: bool = False
    create_only: bool = False
    write_only: bool = False
    required: bool = False
    find: bool = False
    fold: bool = False
    length_max: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation. target: a resource type, or "" where several are possible.

    inverse: the relation on the target that mirrors this one. owned: a row that is taken out of the relation is
    deleted. fixed: the refusal when a row with another owner is put in, or when the owner is changed; "" with
    create_only means the change is silently ignored. unlimited: not cut at 1000 (max_related_entities).
    """

    target: str
    _: KW_ONLY
    many: bool = False
    read_only: bool = False
    create_only: bool = False
    required: bool = False
    inverse: str = ""
    owned: bool = False
    fixed: str = ""
    find: bool = False
    unlimited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource type.

    numeric: ids are integers given by the shop. client_ids: the caller names new rows. upsert: fields a row may be
    found by. indexes: attributes and relations kept in a hash index. subresources: whether `/{id}/{relation}` exists.
    needs: a filter without which the list is refused. kept: rendered bytes are cached; worth it for what is read often.
    """

    type: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    relations: Mapping[str, Relation] = field(default_factory=dict)
    actions: frozenset[str] = READ
    numeric: bool = True
    client_ids: bool = False
    upsert: tuple[str, ...] = ()
    validate: bool = False
    paged: bool = True
    subresources: bool = True
    indexes: tuple[str, ...] = ()
    needs: str = ""
    kept: bool = False
    title: str = ""

    def blank_attributes(self) -> dict[str, Any]:
        return {
            name: [] if attribute.default == [] else attribute.default
            for name, attribute in self.attributes.items()
            if not attribute.write_only
        }

    def blank_relations(self) -> dict[str, Any]:
        return {name: [] if relation.many else None for name, relation in self.relations.items()}


one = Relation
many = partial(Relation, many=True)
shown = partial(Attribute, read_only=True)
"""An attribute the caller can read and not write."""

TIMES: Mapping[str, Attribute] = {
    "createdAt": shown("datetime", find=True),
    "updatedAt": shown("datetime", find=True),
}
ORGANISED: Mapping[str, Relation] = {"organization": one("organizations", find=True)}
OWNED: Mapping[str, Relation] = {"owner": one("users", find=True), **ORGANISED}
EXTERNAL_ID = Attribute(find=True, length_max=36)


def enum(type_: str) -> Resource:
    """A select field's values are resources: id is a short code, read only."""
    attributes = {"name": shown(), "priority": shown("integer", find=True), "default": shown("boolean")}
    return Resource(type=type_, attributes=attributes, numeric=False, kept=True, title="name")
