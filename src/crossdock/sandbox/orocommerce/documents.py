"""Rows as documents: JSON:API with links, includes and sparse fields, or the plain JSON nobody asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.schema import Resource
from crossdock.sandbox.orocommerce.store import Ref, Row

RELATED_MAX = 1000
"""`max_related_entities`: included to-many ids are cut here, except on the relations that are unlimited."""

Tree = dict[str, Any]
"""An include list as a tree: `lineItems,lineItems.product` is {"lineItems": {"product": {}}}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a resource is written. base: the URL that links start with, or "" for no links."""

    base: str = ""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    title: bool = False


BARE = Shape()


class Writer:
    """Turns rows into bytes. resolve finds the row behind a reference."""

    def __init__(self, resources: Mapping[str, Resource], resolve: Callable[[Ref], Row | None]) -> None:
        self.resources = resources
        self.resolve = resolve

    def one(self, row: Row, shape: Shape) -> Any:
        """The resource object: for types that are read over and over, bytes kept until the row changes."""
        if not self.resources[row.type].kept:
            return self.resource(row, shape)
        key = (shape.base, shape.fields.get(row.type), shape.title)
        fragment = row.rendered.get(key)
        if fragment is None:
            fragment = row.rendered[key] = orjson.Fragment(orjson.dumps(self.resource(row, shape)))
        return fragment

    def resource(self, row: Row, shape: Shape) -> Json:
        resource = self.resources[row.type]
        wanted = shape.fields.get(row.type)
        attributes = row.attributes
        if wanted is not None:
            attributes = {name: value for name, value in attributes.items() if name in wanted}
        own = f"{shape.base}/{row.type}/{row.id}"
        relations: Json = {}
        for name, value in row.relations.items():
            if wanted is not None and name not in wanted:
                continue
            if isinstance(value, list) and len(value) > RELATED_MAX and not resource.relations[name].unlimited:
                value = value[:RELATED_MAX]
            relations[name] = {"data": value}
            if shape.base and resource.subresources:
                links = {"self": f"{own}/relationships/{name}", "related": f"{own}/{name}"}
                relations[name] = {"links": links, "data": value}
        written: Json = {"type": row.type, "id": row.id}
        if shape.title:
            written["meta"] = {"title": str(row.attributes.get(resource.title) or row.id)}
        if shape.base:
            written["links"] = {"self": own}
        if attributes:
            written["attributes"] = attributes
        if relations:
            written["relationships"] = relations
        return written

    def with_meta(self, row: Row, shape: Shape, meta: Mapping[str, Any]) -> Json:
        """The resource object with an answer to the caller's own ids: `dataId`, `includeId`."""
        written = self.resource(row, shape)
        written["meta"] = {**written.get("meta", {}), **meta}
        return {"type": written["type"], "id": written["id"], "meta": written["meta"], **written}

    def included(self, rows: Sequence[Row], tree: Tree, shape: Shape) -> list[Row]:
        """Every row the include tree reaches, once, without the primary rows."""
        seen = {(row.type, row.id) for row in rows}
        found: list[Row] = []
        if tree:
            self._collect(rows, tree, shape, seen, found)
        return found

    def _collect(
        self, rows: Sequence[Row], tree: Tree, shape: Shape, seen: set[tuple[str, str]], found: list[Row]
    ) -> None:
        for name, deeper in tree.items():
            related: list[Row] = []
            for row in rows:
                wanted = shape.fields.get(row.type)
                value = row.relations.get(name)
                if not value or (wanted is not None and name not in wanted):
                    continue
                for ref in value if isinstance(value, list) else (value,):
                    key = (ref["type"], ref["id"])
                    if key in seen and not deeper:
                        continue
                    target = self.resolve(ref)
                    if target is None:
                        continue
                    related.append(target)
                    if key not in seen:
                        seen.add(key)
                        found.append(target)
            if deeper and related:
                self._collect(related, deeper, shape, seen, found)

    def plain(self, row: Row, tree: Tree, shape: Shape) -> Json:
        """The same row as plain JSON: a flat object, relations as ids, or as objects where they are included."""
        written: Json = {"id": row.key, **row.attributes}
        for name, value in row.relations.items():
            expand = name in tree
            if isinstance(value, list):
                written[name] = [self._plain_related(ref, tree.get(name, {}), shape, expand=expand) for ref in value]
            else:
                written[name] = self._plain_related(value, tree.get(name, {}), shape, expand=expand) if value else None
        wanted = shape.fields.get(row.type)
        if wanted is not None:
            written = {name: value for name, value in written.items() if name == "id" or name in wanted}
        return written

    def _plain_related(self, ref: Ref, tree: Tree, shape: Shape, *, expand: bool) -> Any:
        row = self.resolve(ref) if expand else None
        if row is not None:
            return self.plain(row, tree, shape)
        return int(ref["id"]) if ref["id"].isdigit() else ref["id"]
