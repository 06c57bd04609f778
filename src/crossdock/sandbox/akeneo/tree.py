"""Who inherits what from whom: product models, their levels, and the variants below them."""

from collections.abc import Iterable, Iterator

from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.model import PRODUCT, Entity, Pim, Values

Associations = dict[str, dict[str, list[str]]]


def ancestors(pim: Pim, entity: Entity) -> list[Entity]:
    """From the root down to the direct parent."""
    chain: list[Entity] = []
    parent = entity.parent
    while parent is not None and parent in pim.models:
        chain.insert(0, pim.models[parent])
        parent = pim.models[parent].parent
    return chain


def lineage(pim: Pim, entity: Entity) -> list[Entity]:
    return [*ancestors(pim, entity), entity]


def children(pim: Pim, code: str) -> Iterator[Entity]:
    """Sub models, then variants."""
    yield from (model for model in pim.models.values() if model.parent == code)
    yield from (product for product in pim.products.values() if product.parent == code)


def descendants(pim: Pim, entity: Entity) -> Iterator[Entity]:
    if entity.kind == PRODUCT:
        return
    for child in list(children(pim, entity.key)):
        yield child
        yield from descendants(pim, child)


def variants(pim: Pim, entity: Entity) -> list[Entity]:
    """The products an entity stands for: itself, or every variant below a model."""
    if entity.kind == PRODUCT:
        return [entity]
    return [one for one in descendants(pim, entity) if one.kind == PRODUCT]


def family_variant_of(pim: Pim, entity: Entity) -> Json | None:
    """The family variant that rules over an entity; None for a simple product."""
    if entity.kind == PRODUCT:
        model = pim.models.get(entity.parent) if entity.parent else None
        code = model.family_variant if model else None
    else:
        code = entity.family_variant
    return pim.table("family_variants").get(code) if code else None


def level_of(pim: Pim, entity: Entity) -> int:
    """0 for a root model; a variant stands one below its parent."""
    return len(ancestors(pim, entity))


def set_of(variant: Json, level: int) -> Json:
    """One level's attribute set, empty for a level that has none."""
    found = [one for one in variant["variant_attribute_sets"] if one["level"] == level]
    return found[0] if found else {"level": level, "axes": [], "attributes": []}


def attribute_level(pim: Pim, variant: Json, attribute: str) -> int | None:
    """The level whose entities own an attribute; None when the family does not have it."""
    for one in variant["variant_attribute_sets"]:
        if attribute in one["attributes"] or attribute in one["axes"]:
            return int(one["level"])
    family = pim.table("families").get(variant["~family"])
    return 0 if family is not None and attribute in family["attributes"] else None


def merged_values(pim: Pim, entity: Entity) -> Values:
    merged: Values = {}
    for one in lineage(pim, entity):
        for attribute, cells in one.values.items():
            merged.setdefault(attribute, {}).update(cells)
    return merged


def merged_categories(pim: Pim, entity: Entity) -> list[str]:
    return sorted({code for one in lineage(pim, entity) for code in one.categories})


def visible(pim: Pim, categories: Iterable[str]) -> bool:
    """Whether the connection may see a product of these categories: one of them is not hidden, or there is none."""
    held = set(categories)
    return not held or not held <= set(pim.knobs.hidden_categories)


def merged_associations(pim: Pim, entity: Entity) -> Associations:
    merged: Associations = {}
    for one in lineage(pim, entity):
        for type_, kinds in one.associations.items():
            held = merged.setdefault(type_, {})
            for kind, keys in kinds.items():
                held[kind] = [*held.get(kind, []), *(key for key in keys if key not in held.get(kind, []))]
    return merged


def merged_quantified(pim: Pim, entity: Entity) -> dict[str, dict[str, list[Json]]]:
    """The nearest quantity wins."""
    merged: dict[str, dict[str, dict[str, Json]]] = {}
    for one in lineage(pim, entity):
        for type_, kinds in one.quantified.items():
            for kind, links in kinds.items():
                held = merged.setdefault(type_, {}).setdefault(kind, {})
                held.update({link["key"]: link for link in links})
    return {
        type_: {kind: list(links.values()) for kind, links in kinds.items()} for type_, kinds in merged.items()
    }  # fmt: skip
