"""Product models: root and sub models. Code, family and family variant are set once; so is the parent's place."""

from typing import Any

from crossdock.sandbox.akeneo.associations import apply_associations, apply_quantified
from crossdock.sandbox.akeneo.cells import apply_values
from crossdock.sandbox.akeneo.checks import check_entity
from crossdock.sandbox.akeneo.commit import save
from crossdock.sandbox.akeneo.errors import Json, misfit, php_type, validation, violation
from crossdock.sandbox.akeneo.model import MODEL, Entity, Pim
from crossdock.sandbox.akeneo.product_writer import IGNORED, check_categories
from crossdock.sandbox.akeneo.writing import Writing, check_form, unknown_code, unknown_property

KEYS = ("family", "family_variant", "parent", "categories", "values", "associations", "quantified_associations")


class ModelWriter:
    """Creates and changes product models. Raises PimError and leaves everything as it was."""

    def __init__(self, pim: Pim) -> None:
        self.pim = pim

    def write(self, before: Entity | None, code: str, body: Json, writing: Writing) -> int:
        """201 or 204. body: without code."""
        for name in body:
            if name not in KEYS and name not in IGNORED:
                raise unknown_property(name, writing.anchor)
        after = before.clone() if before is not None else Entity(MODEL, code)
        self._place(before, after, body, writing)
        if after.family_variant is None:
            raise validation([violation("family_variant", "The product model family variant must not be empty.")])
        if "categories" in body:
            after.categories = check_categories(self.pim, body["categories"], writing)
        if "values" in body:
            apply_values(self.pim, after, body["values"], writing)
        if "associations" in body:
            apply_associations(self.pim, after, body["associations"], writing)
        if "quantified_associations" in body:
            apply_quantified(self.pim, after, body["quantified_associations"], writing)
        found = writing.found + check_entity(self.pim, after)
        if found:
            raise validation(found)
        save(self.pim, before, after)
        return 201 if before is None else 204

    def _place(self, before: Entity | None, after: Entity, body: Json, writing: Writing) -> None:
        if before is not None:
            self._kept(before, body, writing)
        if "parent" in body:
            self._parent(before, after, body["parent"], writing)
        if before is not None:
            return
        variant = body.get("family_variant", self._inherited(after))
        if "family_variant" in body and variant in (None, ""):
            raise misfit('Property "family_variant" does not expect an empty value.', writing.anchor)
        if variant is not None:
            self._vary(after, variant, body, writing)

    def _inherited(self, after: Entity) -> str | None:
        return self.pim.models[after.parent].family_variant if after.parent else None

    def _kept(self, before: Entity, body: Json, writing: Writing) -> None:
        for name, held in (("family_variant", before.family_variant), ("family", before.family)):
            if name in body and body[name] != held:
                given = php_type(body[name]) if body[name] is None else body[name]
                raise misfit(f'Property "{name}" cannot be modified, "{given}" given.', writing.anchor)

    def _vary(self, after: Entity, code: Any, body: Json, writing: Writing) -> None:
        check_form("family_variant", code, "scalar", writing.anchor)
        variant = self.pim.table("family_variants").get(code)
        if variant is None:
            raise unknown_code("family_variant", "family variant", code, writing.anchor)
        family = body.get("family", variant["~family"])
        if family != variant["~family"]:
            text = f'The family "{family}" does not match the family of the variant "{code}".'
            raise misfit(text, writing.anchor)
        if after.parent is not None:
            held = self.pim.models[after.parent].family_variant
            if held != code:
                text = f'The parent is not a product model of the family variant "{code}" '
                raise misfit(f'{text}but belongs to the family "{held}".', writing.anchor)
        after.family_variant, after.family = code, variant["~family"]

    def _parent(self, before: Entity | None, after: Entity, code: Any, writing: Writing) -> None:
        check_form("parent", code, "scalar", writing.anchor, nullable=True)
        if before is not None and (code is None) != (before.parent is None):
            given = "NULL" if code is None else code
            raise misfit(f'Property "parent" cannot be modified, "{given}" given.', writing.anchor)
        if code is None:
            return
        parent = self.pim.models.get(code)
        if parent is None:
            raise misfit(
                f'Property "parent" expects a valid parent code. The product model does not exist, "{code}" given.',
                writing.anchor,
            )
        if parent.parent is not None:
            text = "The new parent of the product model must be a root product model"
            raise misfit(f'Property "parent" expects a valid parent code. {text}, "{code}" given.', writing.anchor)
        if before is not None and parent.family_variant != before.family_variant:
            raise misfit(f'Property "parent" cannot be modified, "{code}" given.', writing.anchor)
        after.parent = code
