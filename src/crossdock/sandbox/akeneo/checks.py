"""What may not stand although its form is right: axes, parents, families and identifiers."""

from typing import Any

from crossdock.sandbox.akeneo.errors import Json, violation
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Entity, Pim
from crossdock.sandbox.akeneo.tree import attribute_level, children, family_variant_of, level_of, set_of


def check_entity(pim: Pim, entity: Entity) -> list[Json]:
    found = _identity(pim, entity) if entity.kind == PRODUCT else _model_rules(pim, entity)
    variant = family_variant_of(pim, entity)
    if variant is None:
        return found
    level = level_of(pim, entity)
    found += _family(pim, entity)
    found += _axes(pim, entity, variant, level)
    found += _leaf(entity, variant, level)
    return found + _strangers(pim, entity, variant, level)


def _identity(pim: Pim, entity: Entity) -> list[Json]:
    identifier = pim.identifier(entity)
    found: list[Json] = []
    if identifier is not None:
        holder = pim.by_sku(identifier)
        if holder is not None and holder.key != entity.key:
            found.append(violation("identifier", f"The {identifier} identifier is already used for another product."))
    for code, cells in entity.values.items():
        attribute = pim.attribute(code)
        if attribute is not None and attribute["unique"] and code != pim.main_identifier:
            found += [_taken(code, data) for data in cells.values() if _used_elsewhere(pim, entity, code, data)]
    return found


def _used_elsewhere(pim: Pim, entity: Entity, code: str, data: Any) -> bool:
    others = (one for one in pim.products.values() if one.key != entity.key)
    return any(data in one.values.get(code, {}).values() for one in others)


def _taken(code: str, data: Any) -> Json:
    text = f"The {data} value is already set on another product for the unique {code} attribute"
    return {"property": "values", "message": text, "attribute": code, "locale": None, "scope": None}


def _model_rules(pim: Pim, entity: Entity) -> list[Json]:
    if entity.family_variant is None:
        return [violation("family_variant", "The product model family variant must not be empty.")]
    variant = pim.table("family_variants")[entity.family_variant]
    if entity.parent is not None and len(variant["variant_attribute_sets"]) < 2:
        return [violation("parent", f'The product model "{entity.key}" cannot have a parent')]
    return []


def _family(pim: Pim, entity: Entity) -> list[Json]:
    if entity.kind == MODEL or entity.parent is None:
        return []
    if entity.family is None:
        name = pim.identifier(entity) or entity.key
        text = f'The family cannot be "null" because your product with the {name} identifier is a variant product.'
        return [violation("family", text)]
    if entity.family != pim.models[entity.parent].family:
        return [violation("family", "The variant product family must be the same than its parent")]
    return []


def _axes(pim: Pim, entity: Entity, variant: Json, level: int) -> list[Json]:
    axes = set_of(variant, level)["axes"]
    empty = [axis for axis in axes if entity.value(axis) is None]
    if empty:
        text = "cannot be empty, as it is defined as an axis for this entity"
        return [violation("attribute", f'Attribute "{axis}" {text}') for axis in empty]
    if not axes or entity.parent is None:
        return []
    mine = [entity.value(axis) for axis in axes]
    for other in children(pim, entity.parent):
        if other.kind == entity.kind and other.key != entity.key and [other.value(axis) for axis in axes] == mine:
            word = "variant product" if entity.kind == PRODUCT else "product model"
            text = (
                f'Cannot set value "[{",".join(map(_axis_text, mine))}]" for the attribute axis "{",".join(axes)}" on '
            )
            text += f'{word} "{_name(pim, entity)}", as the {word} "{_name(pim, other)}" already has this value'
            return [violation("attribute", text)]
    return []


def _axis_text(data: Any) -> str:
    if isinstance(data, bool):
        return "1" if data else "0"
    return f"{data['amount']} {data['unit']}" if isinstance(data, dict) else str(data)


def _name(pim: Pim, entity: Entity) -> str:
    return (pim.identifier(entity) or entity.key) if entity.kind == PRODUCT else entity.key


def _leaf(entity: Entity, variant: Json, level: int) -> list[Json]:
    """A variant hangs below a model of the last level, nothing hangs below a variant."""
    if entity.kind == MODEL or level == len(variant["variant_attribute_sets"]):
        return []
    text = f'The variant product cannot have product model "{entity.parent}" as parent, '
    return [violation("parent", text + "(this product model can only have other product models as children)")]


def _strangers(pim: Pim, entity: Entity, variant: Json, level: int) -> list[Json]:
    """Own values of another level (OnlyExpectedAttributesValidator)."""
    wrong = [code for code in entity.values if attribute_level(pim, variant, code) != level]
    text = "to this entity as it is not in the attribute set"
    return [violation("attribute", f'Cannot set the property "{code}" {text}') for code in wrong]
