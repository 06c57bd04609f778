"""Products and models as bodies show them, with everything they inherit."""

from collections.abc import Mapping
from typing import Any

from crossdock.sandbox.akeneo.completeness import completeness
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.model import PRODUCT, Entity, Pim
from crossdock.sandbox.akeneo.shown_values import show_values
from crossdock.sandbox.akeneo.tree import (
    ancestors,
    merged_associations,
    merged_categories,
    merged_quantified,
    merged_values,
)
from crossdock.sandbox.akeneo.views import View


def product_document(pim: Pim, product: Entity, view: View) -> Json:
    body: Json = {"uuid": product.key}
    if view.by_identifier:
        body["identifier"] = pim.identifier(product)
    body |= {
        "family": product.family, "parent": product.parent, "groups": sorted(product.groups),
        "categories": merged_categories(pim, product), "enabled": product.enabled,
        "values": show_values(pim, merged_values(pim, product), view),
        "created": pim.moment(product.created), "updated": pim.moment(product.updated),
        **_links_between(pim, product, by_identifier=view.by_identifier),
    }  # fmt: skip
    if "with_root_parent" in view.flags:
        body["root_parent"] = next((one.key for one in ancestors(pim, product)), None)
    _add_quality(body, product, view)
    if "with_completenesses" in view.flags:
        body["completenesses"] = _by_place(completeness(pim, product))
    if "with_workflow_execution_statuses" in view.flags:
        body["workflow_execution_statuses"] = []
    if pim.knobs.edition != "ce":
        status = "draft_in_progress" if product.key in pim.drafts else "working_copy"
        body["metadata"] = {"workflow_status": status}
    return emptied(pim, view.path, body)


def model_document(pim: Pim, model: Entity, view: View) -> Json:
    """Associations of models name products by identifier."""
    body: Json = {
        "code": model.key, "family": model.family, "family_variant": model.family_variant, "parent": model.parent,
        "categories": merged_categories(pim, model), "values": show_values(pim, merged_values(pim, model), view),
        "created": pim.moment(model.created), "updated": pim.moment(model.updated),
        **_links_between(pim, model, by_identifier=True),
    }  # fmt: skip
    _add_quality(body, model, view)
    return emptied(pim, "product-models", body)


def document(pim: Pim, entity: Entity, view: View) -> Json:
    return product_document(pim, entity, view) if entity.kind == PRODUCT else model_document(pim, entity, view)


def _add_quality(body: Json, entity: Entity, view: View) -> None:
    if "with_quality_scores" in view.flags:
        body["quality_scores"] = _by_place(entity.quality or {})


def _by_place(held: Mapping[tuple[str, str], Any]) -> list[Json]:
    return [{"scope": scope, "locale": locale, "data": data} for (scope, locale), data in sorted(held.items())]


def _links_between(pim: Pim, entity: Entity, *, by_identifier: bool) -> Json:
    """Every association type is listed, also the empty ones; quantified ones only where there are any."""

    def name(uuid: str) -> str | None:
        return pim.identifier(pim.products[uuid]) if by_identifier else uuid

    held = merged_associations(pim, entity)
    plain: Json = {}
    for type_, known in sorted(pim.table("association_types").items()):
        if not known["is_quantified"]:
            kinds = held.get(type_, {})
            plain[type_] = {
                "products": [name(key) for key in kinds.get("products", ())],
                "product_models": list(kinds.get("product_models", ())), "groups": list(kinds.get("groups", ())),
            }  # fmt: skip
    key = "identifier" if by_identifier else "uuid"
    counted: Json = {}
    for type_, kinds_of in merged_quantified(pim, entity).items():
        counted[type_] = {
            "products": [{key: name(one["key"]), "quantity": one["quantity"]} for one in kinds_of.get("products", ())],
            "product_models": [
                {"identifier": one["key"], "quantity": one["quantity"]} for one in kinds_of.get("product_models", ())
            ],
        }
    return {"associations": plain, "quantified_associations": counted}


def emptied(pim: Pim, resource: str, body: Json) -> Json:
    """Some endpoints answer [] for an empty map; which ones is a setting."""
    if resource not in pim.knobs.empty_map_as_list:
        return body
    return {name: [] if value == {} else value for name, value in body.items()}
