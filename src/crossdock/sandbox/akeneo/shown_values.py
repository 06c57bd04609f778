"""The `values` of a body: the cells a reader may see, each in the shape of its type."""

from collections.abc import Mapping
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, invalid
from crossdock.sandbox.akeneo.measures import in_unit
from crossdock.sandbox.akeneo.model import Cell, Pim, Values
from crossdock.sandbox.akeneo.values import NAMES, SELECTS, show_data
from crossdock.sandbox.akeneo.views import API, View


def show_values(pim: Pim, values: Values, view: View) -> Json:
    shown: Json = {}
    for code in sorted(values):
        attribute = pim.attribute(code)
        if attribute is None or attribute["group"] in pim.knobs.hidden_attribute_groups:
            continue
        if view.attributes is not None and code not in view.attributes:
            continue
        cells = [
            _cell(pim, attribute, place, data, view) for place, data in _visible(pim, attribute, values[code], view)
        ]
        if cells:
            shown[code] = cells
    return shown


def _visible(pim: Pim, attribute: Json, cells: Mapping[Cell, Any], view: View) -> list[tuple[Cell, Any]]:
    found = []
    for (locale, scope), data in sorted(cells.items(), key=lambda cell: (cell[0][0] or "", cell[0][1] or "")):
        if locale is not None and (locale in pim.knobs.hidden_locales or not pim.locale_active(locale)):
            continue
        if scope is not None and scope not in pim.table("channels"):
            continue
        if locale is not None and view.locales is not None and locale not in view.locales:
            continue
        if scope is not None and view.scope is not None and scope != view.scope:
            continue
        left = _still_there(pim, attribute, data)
        if left is not None:
            found.append(((locale, scope), left))
    return found


def _still_there(pim: Pim, attribute: Json, data: Any) -> Any:
    """A value whose option is gone is gone with it."""
    if attribute["type"] not in SELECTS:
        return data
    options = pim.options(attribute["code"])
    if isinstance(data, list):
        return [code for code in data if code in options] or None
    return data if data in options else None


def _cell(pim: Pim, attribute: Json, place: Cell, data: Any, view: View) -> Json:
    kind, code = attribute["type"], attribute["code"]
    shown = show_data(pim, attribute, _converted(pim, attribute, data, view))
    cell: Json = {"locale": place[0], "scope": place[1], "data": shown}
    if pim.saas:
        cell["attribute_type"] = kind
        if attribute["reference_data_name"]:
            cell["reference_data_name"] = attribute["reference_data_name"]
    if kind in (NAMES["image"], NAMES["file"]):
        cell["_links"] = {"download": {"href": f"{view.base}{API}/media-files/{data}/download"}}
    if kind in SELECTS and "with_attribute_options" in view.flags:
        cell["linked_data"] = _linked(pim, code, data)
    if kind == NAMES["assets"] and "with_asset_share_links" in view.flags and pim.knobs.asset_sharing:
        cell["linked_data"] = {one: _shared(attribute, one, view) for one in data}
    return cell


def _linked(pim: Pim, attribute: str, data: Any) -> Json:
    def one(code: str) -> Json:
        return {"attribute": attribute, "code": code, "labels": pim.options(attribute)[code]["labels"]}

    return {code: one(code) for code in data} if isinstance(data, list) else one(data)


def _shared(attribute: Json, asset: str, view: View) -> Json:
    href = f"{view.base}/share/{attribute['reference_data_name']}/media/{asset}"
    return {"share_links": [{"attribute": "media", "scope": None, "locale": None, "_links": {"self": {"href": href}}}]}


def _converted(pim: Pim, attribute: Json, data: Any, view: View) -> Any:
    """`convert_measurements`: metrics in the channel's units."""
    if attribute["type"] != NAMES["metric"] or "convert_measurements" not in view.flags:
        return data
    if view.scope is None:
        raise invalid('"convert_measurements" needs the "scope" parameter.')
    unit = pim.table("channels")[view.scope]["conversion_units"].get(attribute["code"])
    if not isinstance(unit, str):
        return data
    family = pim.table("measurement_families")[attribute["metric_family"]]
    return {"amount": in_unit(family, data["amount"], data["unit"], unit), "unit": unit}
