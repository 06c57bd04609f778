"""Products: one body laid over what is there, through either of the two doors.

Akeneo REST API, "Update behavior" and "Products": maps merge, everything else replaces; `parent` turns a simple product
into a variant, another parent moves it, null turns it back.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crossdock.sandbox.akeneo.associations import apply_associations, apply_quantified
from crossdock.sandbox.akeneo.cells import apply_values
from crossdock.sandbox.akeneo.checks import check_entity
from crossdock.sandbox.akeneo.commit import save
from crossdock.sandbox.akeneo.errors import Json, documented, invalid, misfit, validation
from crossdock.sandbox.akeneo.model import PRODUCT, Entity, Pim
from crossdock.sandbox.akeneo.tree import (
    attribute_level,
    family_variant_of,
    level_of,
    merged_associations,
    merged_categories,
    merged_quantified,
    merged_values,
)
from crossdock.sandbox.akeneo.writing import Writing, check_form, check_scalars, unknown_code, unknown_property

IGNORED = frozenset({
    "_links", "created", "updated", "metadata", "quality_scores", "completenesses", "root_parent",
    "workflow_execution_statuses",
})  # fmt: skip
"""Read-only keys: taken, never stored."""
VARIANT_HELP = "http://api.akeneo.com/documentation/products-with-variants.html"


class ProductWriter:
    """Creates and changes products. Raises PimError and leaves everything as it was."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim
        self.setters: Mapping[str, Callable[[Entity, Any, Writing], None]] = {
            "family": self._family, "categories": self._categories, "groups": self._groups, "enabled": self._enabled,
            "values": lambda entity, given, writing: apply_values(self.pim, entity, given, writing),
            "associations": lambda entity, given, writing: apply_associations(self.pim, entity, given, writing),
            "quantified_associations": lambda entity, given, w: apply_quantified(self.pim, entity, given, w),
        }  # fmt: skip

    def write(self, before: Entity | None, key: str, body: Json, writing: Writing) -> int:
        """201 or 204. key: the uuid of a new product. body: without uuid."""
        after = before.clone() if before is not None else Entity(PRODUCT, key)
        converted = self._lay(after, body, writing)
        found = writing.found + check_entity(self.pim, after)
        if found:
            raise validation(found)
        for ancestor in writing.touched.values():
            save(self.pim, self.pim.models[ancestor.key], ancestor)
        save(self.pim, before, after)
        if before is None or (converted and writing.by_identifier):
            return 201
        return self.pim.knobs.uuid_conversion_status if converted else 204

    def _lay(self, entity: Entity, body: Json, writing: Writing) -> bool:
        """Lays the body over the entity; True when a simple product became a variant."""
        self._known(body, writing)
        was_simple = entity.key in self.pim.products and entity.parent is None
        if "identifier" in body:
            self._identify(entity, body["identifier"], writing)
        if "parent" in body:
            self._parent(entity, body["parent"], writing, existing=entity.key in self.pim.products)
        for name, setter in self.setters.items():
            if name in body:
                setter(entity, body[name], writing)
        return was_simple and entity.parent is not None

    def _known(self, body: Json, writing: Writing) -> None:
        for name in body:
            if name == "variant_group":
                text = 'Property "variant_group" does not exist anymore. Check the link below to understand why.'
                raise documented(text, VARIANT_HELP)
            if name == "identifier" and writing.by_identifier:
                continue
            if name not in self.setters and name not in IGNORED and name != "parent":
                raise unknown_property(name, writing.anchor)

    def _identify(self, entity: Entity, identifier: Any, writing: Writing) -> None:
        check_form("identifier", identifier, "scalar", writing.anchor)
        entity.values.setdefault(self.pim.main_identifier, {})[None, None] = str(identifier)

    def _parent(self, entity: Entity, code: Any, writing: Writing, *, existing: bool) -> None:
        check_form("parent", code, "scalar", writing.anchor, nullable=True)
        if code == entity.parent:
            return
        if code is None:
            self._detach(entity)
            return
        model = self.pim.models.get(code)
        if model is None and existing and entity.parent is None and writing.by_identifier:
            raise invalid(f'The given product model "{code}" does not exist')
        if model is None:
            text = 'Property "parent" expects a valid parent code. The parent product model does not exist, '
            raise misfit(f'{text}"{code}" given.', writing.anchor)
        if entity.parent is not None and self.pim.models[entity.parent].family_variant != model.family_variant:
            text = 'Property "parent" expects a valid parent code. The new parent must have the same family variant, '
            raise misfit(f'{text}"{code}" given.', writing.anchor)
        simple = entity.parent is None
        entity.parent = code
        entity.family = entity.family or model.family
        if simple and existing and (writing.by_identifier or self.pim.knobs.leftover_values == "drop"):
            self._drop_ancestor_values(entity)

    def _drop_ancestor_values(self, entity: Entity) -> None:
        """AddParent: what stands above the variant's level shows through from the model."""
        variant = family_variant_of(self.pim, entity)
        own = level_of(self.pim, entity)
        if variant is not None:
            entity.values = {
                code: cells for code, cells in entity.values.items()
                if attribute_level(self.pim, variant, code) == own
            }  # fmt: skip

    def _detach(self, entity: Entity) -> None:
        """RemoveParent: what was inherited is copied down first."""
        entity.values = merged_values(self.pim, entity)
        entity.categories = merged_categories(self.pim, entity)
        entity.associations = merged_associations(self.pim, entity)
        entity.quantified = merged_quantified(self.pim, entity)
        entity.parent = None

    def _family(self, entity: Entity, code: Any, writing: Writing) -> None:
        check_form("family", code, "scalar", writing.anchor, nullable=True)
        if code is not None and code not in self.pim.table("families"):
            raise unknown_code("family", "family", code, writing.anchor)
        entity.family = code

    def _categories(self, entity: Entity, codes: Any, writing: Writing) -> None:
        entity.categories = check_categories(self.pim, codes, writing)

    def _groups(self, entity: Entity, codes: Any, writing: Writing) -> None:
        check_form("groups", codes, "array", writing.anchor)
        check_scalars("groups", codes, writing.anchor)
        for code in codes:
            if code not in self.pim.table("groups"):
                raise unknown_code("groups", "group", code, writing.anchor)
        entity.groups = list(dict.fromkeys(codes))

    def _enabled(self, entity: Entity, enabled: Any, writing: Writing) -> None:
        check_form("enabled", enabled, "boolean", writing.anchor)
        entity.enabled = enabled


def check_categories(pim: Pim, codes: Any, writing: Writing) -> list[str]:
    check_form("categories", codes, "array", writing.anchor)
    check_scalars("categories", codes, writing.anchor)
    for code in codes:
        if code not in pim.table("categories"):
            raise unknown_code("categories", "category", code, writing.anchor)
    return list(dict.fromkeys(codes))
