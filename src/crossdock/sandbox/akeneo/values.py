"""Attribute values: what a caller may send, how it is kept, and how each type is shown.

Akeneo REST API, "Product values": the shape of `data` goes by the attribute's type. Kept: text as it is, numbers as
Decimal, metrics as (amount, unit), prices as a list of currency and amount, options and media by code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.sandbox.akeneo.errors import Json, PimError, misfit, php_type
from crossdock.sandbox.akeneo.model import Pim

NAMES = {
    "identifier": "pim_catalog_identifier", "text": "pim_catalog_text", "textarea": "pim_catalog_textarea",
    "select": "pim_catalog_simpleselect", "multiselect": "pim_catalog_multiselect", "boolean": "pim_catalog_boolean",
    "date": "pim_catalog_date", "number": "pim_catalog_number", "metric": "pim_catalog_metric",
    "price": "pim_catalog_price_collection", "image": "pim_catalog_image", "file": "pim_catalog_file",
    "assets": "pim_catalog_asset_collection", "table": "pim_catalog_table", "link": "pim_catalog_product_link",
    "record": "akeneo_reference_entity", "records": "akeneo_reference_entity_collection",
}  # fmt: skip
TYPES = frozenset(NAMES.values())
SELECTS = frozenset({NAMES["select"], NAMES["multiselect"]})


class WrongValue(Exception):
    """A value that is well formed and may not stand; the text is the validation message."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a reader of values needs: the attribute, the operation's anchor, whether missing options are made."""

    pim: Pim
    attribute: Json
    anchor: str
    create_options: bool = False

    @property
    def code(self) -> str:
        return str(self.attribute["code"])

    def wrong_form(self, wanted: str, data: Any) -> PimError:
        return misfit(f"The {self.code} attribute requires a {wanted}, a {php_type(data)} was detected.", self.anchor)


def read_data(slip: Slip, data: Any) -> Any:
    """The value to keep, None for nothing. Raises PimError for a wrong form, WrongValue for what may not stand."""
    if data is None or data in ("", [], {}):
        return None
    return _READERS[slip.attribute["type"]](slip, data)


def _text(slip: Slip, data: Any) -> Any:
    if not isinstance(data, str):
        raise slip.wrong_form("string", data)
    most = slip.attribute["max_characters"]
    if most is not None and len(data) > most:
        raise WrongValue(
            f"The {slip.code} attribute must not contain more than {most} characters. The submitted value is too long."
        )
    if slip.attribute["validation_rule"] == "url" and not data.startswith(("http://", "https://")):
        raise WrongValue(f"The {slip.code} attribute requires a valid url.")
    return data


def _boolean(slip: Slip, data: Any) -> Any:
    if not isinstance(data, bool):
        raise slip.wrong_form("boolean", data)
    return data


def _day(slip: Slip, data: Any) -> Any:
    try:
        return (
            datetime.fromisoformat(data).date() if isinstance(data, str) and "T" in data else date.fromisoformat(data)
        )
    except (TypeError, ValueError):
        text = f'Property "{slip.code}" expects a string with the format "yyyy-mm-dd" as data, "{data}" given.'
        raise misfit(text, slip.anchor) from None


def _decimal(slip: Slip, data: Any) -> Decimal:
    """Numbers and numeric strings are both taken."""
    try:
        if isinstance(data, bool) or not isinstance(data, str | int | Decimal):
            raise InvalidOperation
        number = Decimal(data)
        if not number.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise WrongValue(
            f"The {slip.code} attribute requires a number, and the submitted {data} value is not."
        ) from None
    if slip.attribute["decimals_allowed"] is False and number != number.to_integral_value():
        raise WrongValue(f"The {slip.code} attribute requires a non-decimal value, and {data} is not a valid value.")
    if slip.attribute["negative_allowed"] is False and number < 0:
        raise WrongValue(f"The {slip.code} attribute requires an equal or greater than 0 value.")
    return number


def _number(slip: Slip, data: Any) -> Any:
    number = _decimal(slip, data)
    for bound, beyond, word in (("number_min", -1, "greater"), ("number_max", 1, "lower")):
        limit = slip.attribute[bound]
        if limit is not None and (number - Decimal(limit)) * beyond > 0:
            raise WrongValue(f"The {slip.code} attribute requires an equal or {word} than {limit} value.")
    return number


def _metric(slip: Slip, data: Any) -> Any:
    for key in ("amount", "unit"):
        if not isinstance(data, dict) or key not in data:
            raise misfit(f'Property "{slip.code}" expects an array with the key "{key}".', slip.anchor)
    if data["amount"] is None:
        return None
    family = slip.pim.table("measurement_families")[slip.attribute["metric_family"]]
    if data["unit"] not in family["units"]:
        raise WrongValue("Please specify a valid metric unit")
    return {"amount": _decimal(slip, data["amount"]), "unit": data["unit"]}


def _prices(slip: Slip, data: Any) -> Any:
    if not isinstance(data, list):
        raise misfit(f'Property "{slip.code}" expects an array as data, "{php_type(data)}" given.', slip.anchor)
    if not all(isinstance(price, dict) for price in data):
        text = f'Property "{slip.code}" expects an array with valid data, one of the values is not an array.'
        raise misfit(text, slip.anchor)
    kept = []
    for price in data:
        for key in ("amount", "currency"):
            if key not in price:
                raise misfit(f'Property "{slip.code}" expects an array with the key "{key}".', slip.anchor)
        if not slip.pim.table("currencies").get(price["currency"], {}).get("enabled"):
            raise WrongValue(
                f'The {slip.code} attribute requires a valid currency. "{price["currency"]}" is not active.'
            )
        if price["amount"] is not None:
            kept.append({"amount": _decimal(slip, price["amount"]), "currency": price["currency"]})
    return kept or None


def _option(slip: Slip, data: Any) -> Any:
    if not isinstance(data, str):
        raise slip.wrong_form("string", data)
    _known_options(slip, [data])
    return data


def _options(slip: Slip, data: Any) -> Any:
    codes = _codes(slip, data)
    _known_options(slip, codes)
    return codes


def _codes(slip: Slip, data: Any) -> list[str]:
    if not isinstance(data, list):
        raise slip.wrong_form("list of strings", data)
    if not all(isinstance(code, str) for code in data):
        text = (
            f'Property "{slip.code}" expects an array with valid data, one of the "{slip.code}" values is not a string.'
        )
        raise misfit(text, slip.anchor)
    return list(dict.fromkeys(data))


def _known_options(slip: Slip, codes: list[str]) -> None:
    options = slip.pim.options(slip.code)
    missing = [code for code in codes if code not in options]
    if slip.create_options:
        for code in missing:
            options[code] = {"code": code, "attribute": slip.code, "sort_order": len(options) + 1, "labels": {}}
            slip.pim.tell_structure("attribute_option", "created", {"code": code, "attribute": slip.code})
        return
    if missing:
        verb = "value is" if len(missing) == 1 else "values are"
        raise WrongValue(f"The {', '.join(missing)} {verb} not in the {slip.code} attribute option list.")


def _media(slip: Slip, data: Any) -> Any:
    if not isinstance(data, str) or data not in slip.pim.media:
        raise misfit(f'Property "{slip.code}" expects a valid pathname as data, "{data}" given.', slip.anchor)
    kept = slip.pim.media[data]
    allowed = slip.attribute["allowed_extensions"]
    extension = kept.filename.rpartition(".")[2].lower()
    if allowed and extension not in allowed:
        raise WrongValue(
            f"The {extension} file extension is not allowed for the {slip.code} attribute. "
            f"Allowed extensions are {', '.join(allowed)}."
        )
    return data


def _assets(slip: Slip, data: Any) -> Any:
    codes = _codes(slip, data)
    held = slip.pim.assets.get(slip.attribute["reference_data_name"], {})
    if missing := [code for code in codes if code not in held]:
        raise WrongValue(f"Please make sure the {', '.join(missing)} assets exist and belong to the asset family.")
    return codes


def _text_code(slip: Slip, data: Any) -> Any:
    if not isinstance(data, str):
        raise slip.wrong_form("string", data)
    return data


def _rows(slip: Slip, data: Any) -> Any:
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise slip.wrong_form("list of rows", data)
    if len(data) > 100:
        raise WrongValue(f"The {slip.code} attribute must not have more than 100 rows.")
    return data


def _link(slip: Slip, data: Any) -> Any:
    if not isinstance(data, dict) or data.get("type") not in ("product", "product_model"):
        raise slip.wrong_form("product link", data)
    return data


_READERS: Mapping[str, Callable[[Slip, Any], Any]] = {
    NAMES["identifier"]: _text, NAMES["text"]: _text, NAMES["textarea"]: _text, NAMES["boolean"]: _boolean,
    NAMES["date"]: _day, NAMES["number"]: _number, NAMES["metric"]: _metric, NAMES["price"]: _prices,
    NAMES["select"]: _option, NAMES["multiselect"]: _options, NAMES["image"]: _media, NAMES["file"]: _media,
    NAMES["assets"]: _assets, NAMES["table"]: _rows, NAMES["link"]: _link, NAMES["record"]: _text_code,
    NAMES["records"]: _codes,
}  # fmt: skip


def show_data(pim: Pim, attribute: Json, data: Any) -> Any:
    """A kept value as bodies show it: four decimals, two for prices, whole numbers bare."""
    kind = attribute["type"]
    if kind == NAMES["number"]:
        return _shown_number(attribute, data)
    if kind == NAMES["metric"]:
        shown = {"amount": _shown_number(attribute, data["amount"]), "unit": data["unit"]}
        unit = pim.table("measurement_families")[attribute["metric_family"]]["units"].get(data["unit"], {})
        return {**shown, "symbol": unit.get("symbol", "")} if pim.saas else shown
    if kind == NAMES["price"]:
        return [{"amount": f"{price['amount']:.2f}", "currency": price["currency"]} for price in data]
    if kind == NAMES["date"]:
        return datetime(data.year, data.month, data.day, tzinfo=pim.zone).isoformat(timespec="seconds")
    return data


def _shown_number(attribute: Json, number: Decimal) -> int | str:
    return int(number) if attribute["decimals_allowed"] is False else f"{number:.4f}"


def attribute_for(pim: Pim, code: str, *, unknown: Callable[[str], Exception]) -> Json:
    found = pim.attribute(code)
    if found is None:
        raise unknown(code)
    return found
