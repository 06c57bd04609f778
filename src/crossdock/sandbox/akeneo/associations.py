"""Associations and quantified associations of a body. What is sent replaces, per type and per kind of partner."""

from typing import Any

from crossdock.sandbox.akeneo.errors import CHECK, Json, documented, misfit, php_type, violation
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Entity, Pim
from crossdock.sandbox.akeneo.writing import Writing, check_form, is_uuid

KINDS = ("products", "product_models", "groups")
TWO_WAY_HELP = (
    "https://help.akeneo.com/pim/serenity/articles/manage-your-association-types.html#create-a-2-way-association-type"
)
QUANTITY_MAX = 2_147_483_647


def apply_associations(pim: Pim, entity: Entity, body: Any, writing: Writing) -> None:
    check_form("associations", body, "map", writing.anchor)
    for type_, kinds in dict(body).items():
        known = pim.table("association_types").get(type_)
        if known is None or known["is_quantified"]:
            text = 'Property "associations" expects a valid association type code. '
            text += f'The association type does not exist or is quantified, "{type_}" given.'
            raise misfit(text, writing.anchor)
        check_form("associations", kinds, "map", writing.anchor)
        held = entity.associations.setdefault(type_, {})
        for kind, keys in dict(kinds).items():
            if kind in KINDS:
                held[kind] = _partners(pim, type_, kind, keys, writing)
        entity.associations[type_] = {kind: keys for kind, keys in held.items() if keys}
        if not entity.associations[type_]:
            del entity.associations[type_]
        if known["is_two_way"] and entity.key in [*held.get("products", ()), *held.get("product_models", ())]:
            text = "A 2-way association only allows two different products or product models to be associated"
            raise documented(text, TWO_WAY_HELP)


def _partners(pim: Pim, type_: str, kind: str, keys: Any, writing: Writing) -> list[str]:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise _wrong_form(type_, kind, writing)
    found = []
    for key in keys:
        if kind == "products":
            found.append(_product(pim, type_, key, writing))
        elif kind == "product_models" and key in pim.models:
            found.append(key)
        else:
            noun = (
                "product model identifier. The product model" if kind == "product_models" else "group code. The group"
            )
            raise misfit(
                f'Property "associations" expects a valid {noun} does not exist, "{key}" given.', writing.anchor
            )
    return list(dict.fromkeys(found))


def _wrong_form(type_: str, kind: str, writing: Writing) -> Exception:
    word = "product_uuids" if kind == "products" and not writing.by_identifier else kind
    detail = "uuids" if word == "product_uuids" else "strings"
    text = 'Property "associations" expects an array with valid data, association format is not valid '
    return misfit(
        f'{text}for the association type "{type_}", "{word}" expects an array of valid {detail}..', writing.anchor
    )


def _product(pim: Pim, type_: str, key: str, writing: Writing) -> str:
    if writing.by_identifier:
        found = pim.by_sku(key)
        if found is None:
            text = f"The “associations” property expects a valid product identifier. The {key} product does not exist "
            raise documented(text + "or your connection does not have permission to access it." + CHECK, writing.anchor)
        return found.key
    if not is_uuid(key):
        raise _wrong_form(type_, "products", writing)
    if key.lower() not in pim.products:
        text = 'Property "associations" expects a valid product uuid. The product does not exist, '
        raise misfit(f'{text}"{key}" given.', writing.anchor)
    return key.lower()


def apply_quantified(pim: Pim, entity: Entity, body: Any, writing: Writing) -> None:
    check_form("quantified_associations", body, "map", writing.anchor)
    for type_, kinds in dict(body).items():
        known = pim.table("association_types").get(type_)
        if known is None or not known["is_quantified"]:
            text = "This association type doesn't exist. Please make sure it hasn't been deleted in the meantime."
            writing.found.append(violation(f"quantifiedAssociations.{type_}", text))
            continue
        check_form("quantified_associations", kinds, "map", writing.anchor)
        held = entity.quantified.setdefault(type_, {})
        for kind, links in dict(kinds).items():
            if kind in ("products", "product_models"):
                held[kind] = [_link(pim, type_, kind, link, writing) for link in _list(links, writing)]
        entity.quantified[type_] = {kind: links for kind, links in held.items() if links}
        if not entity.quantified[type_]:
            del entity.quantified[type_]


def _list(links: Any, writing: Writing) -> list[Any]:
    check_form("quantified_associations", links, "array", writing.anchor)
    return list(links)


def _link(pim: Pim, type_: str, kind: str, link: Any, writing: Writing) -> Json:
    """A model's code goes under `identifier`, too."""
    name = "uuid" if kind == "products" and not writing.by_identifier else "identifier"
    if not isinstance(link, dict) or not isinstance(link.get(name), str) or "quantity" not in link:
        text = f'Property "quantified_associations" expects an array with the keys "{name}" and "quantity"'
        raise misfit(f'{text}, "{php_type(link)}" given.', writing.anchor)
    if kind == "products":
        partner = pim.products.get(link["uuid"].lower()) if name == "uuid" else pim.by_sku(link["identifier"])
    else:
        partner = pim.models.get(link["identifier"])
    place = f"quantifiedAssociations.{type_}.{kind}"
    quantity = link["quantity"]
    if partner is None:
        what = "products don't" if kind == "products" else "product models don't"
        writing.found.append(
            violation(place, f"The following {what} exist: {link[name]}. Please make sure they exist.")
        )
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= QUANTITY_MAX:
        text = f"The quantity should be a positive number lower or equal than {QUANTITY_MAX}"
        writing.found.append(violation(place, text))
    return {"key": partner.key if partner else link[name], "quantity": quantity}


def mirror(pim: Pim, before: Entity | None, after: Entity) -> list[tuple[Entity, Entity]]:
    """(before, after) of every partner that a two-way association changes along."""
    side = "products" if after.kind == PRODUCT else "product_models"
    written: dict[str, tuple[Entity, Entity]] = {}
    for type_, known in pim.table("association_types").items():
        if not known["is_two_way"]:
            continue
        for kind, entity_kind in (("products", PRODUCT), ("product_models", MODEL)):
            old = set(before.associations.get(type_, {}).get(kind, ())) if before else set()
            new = set(after.associations.get(type_, {}).get(kind, ()))
            for key in sorted(old ^ new):
                partner = pim.entities(entity_kind).get(key)
                if partner is not None:
                    pair = written.setdefault(key, (partner, partner.clone()))
                    _set_link(pair[1], type_, side, after.key, present=key in new)
    return list(written.values())


def _set_link(entity: Entity, type_: str, side: str, key: str, *, present: bool) -> None:
    links = entity.associations.setdefault(type_, {}).setdefault(side, [])
    if present and key not in links:
        links.append(key)
    elif not present and key in links:
        links.remove(key)
    entity.associations[type_] = {kind: keys for kind, keys in entity.associations[type_].items() if keys}
    if not entity.associations[type_]:
        del entity.associations[type_]
