"""Everything the PIM holds, as plain JSON, for whoever judges from outside."""

from typing import Any

import orjson

from crossdock.sandbox.akeneo.completeness import completeness
from crossdock.sandbox.akeneo.documents import model_document, product_document
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.model import Entity
from crossdock.sandbox.akeneo.office import Office
from crossdock.sandbox.akeneo.views import View
from crossdock.sandbox.akeneo.wire import dumped


def picture(office: Office) -> dict[str, Any]:
    pim = office.pim
    view = View(base=pim.base_url, by_identifier=True)
    held = {
        "edition": pim.knobs.edition,
        "version": pim.version,
        "products": [_product(office, one, view) for one in pim.products.values()],
        "product_models": [model_document(pim, one, view) for one in pim.models.values()],
        "structure": {name: [_bare(row) for row in table.values()] for name, table in sorted(pim.structure.items())},
        "media_files": [{"code": one.code, "size": len(one.content)} for one in pim.media.values()],
        "assets": {family: [_bare(row) for row in held.values()] for family, held in pim.assets.items()},
        "drafts": pim.drafts,
        "not_indexed": [{"kind": kind, "key": key} for kind, key in office.index.due],
        "tokens": {
            "issued": office.auth.issued,
            "living": len(office.auth.grants),
            "apps": len(office.auth.app_tokens),
        },
        "refused_for_limits": office.limits.refused,
        "events_api": office.legacy.picture(),
        "event_platform": office.platform.picture(),
    }
    plain: dict[str, Any] = orjson.loads(dumped(held))
    return plain


def _product(office: Office, product: Entity, view: View) -> Json:
    """With the attributes it owns itself, and how complete it is."""
    places = completeness(office.pim, product)
    return {
        **product_document(office.pim, product, view),
        "own_values": sorted(product.values),
        "completenesses": [
            {"scope": at[0], "locale": at[1], "data": percent} for at, percent in sorted(places.items())
        ],
    }


def _bare(row: Json) -> Json:
    return {name: value for name, value in row.items() if not name.startswith("~")}
