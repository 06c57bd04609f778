"""The structure of the made-up merchant's catalogue: locales, channels, categories, attributes, families."""

from datetime import datetime
from typing import Any

from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.model import Pim
from crossdock.sandbox.akeneo.structure_kinds import ATTRIBUTE_KEYS
from crossdock.sandbox.akeneo.values import NAMES

LOCALES = ("de_DE", "en_GB", "en_US", "fr_FR", "nl_NL", "sv_SE")
CURRENCIES = {"EUR": True, "GBP": True, "SEK": False, "USD": False}
CHANNELS: dict[str, Json] = {
    "ecommerce": {
        "currencies": ["GBP"], "locales": ["en_GB", "de_DE"], "category_tree": "master",
        "conversion_units": {"weight": "KILOGRAM"}, "labels": {"en_GB": "Ecommerce"},
    },
    "print": {
        "currencies": ["GBP", "EUR"], "locales": ["en_GB"], "category_tree": "print_catalogue",
        "conversion_units": {}, "labels": {"en_GB": "Print"},
    },
}  # fmt: skip
CATEGORIES = {
    "master": (None, "Master catalogue"), "hardware": ("master", "Hardware"), "tools": ("master", "Tools"),
    "supplies": ("master", "Supplies"), "handles": ("hardware", "Handles"), "fixings": ("hardware", "Fixings"),
    "safety": ("supplies", "Safety"), "print_catalogue": (None, "Print catalogue"),
    "print_spring": ("print_catalogue", "Spring edition"),
}  # fmt: skip
GROUPS = ("technical", "marketing", "erp", "media")
SUPPLIERS = {"ACME_TRADE": "Acme Trade", "NORTHERN_IRON": "Northern Iron", "RIDING_TOOLS": "Riding Tools"}
ATTRIBUTES: dict[str, Json] = {
    "sku": {"type": "identifier", "group": "erp", "unique": True, "is_main_identifier": True, "is_mandatory": True},
    "name": {"type": "text", "group": "marketing", "localizable": True, "max_characters": 100},
    "description": {"type": "textarea", "group": "marketing", "localizable": True, "scopable": True},
    "commodity_code": {"type": "text", "group": "erp", "max_characters": 10},
    "country_of_origin": {"type": "text", "group": "erp", "max_characters": 2},
    "ean": {"type": "text", "group": "erp", "unique": True, "max_characters": 13},
    "supplier": {"type": "select", "group": "erp"},
    "tax_class": {"type": "select", "group": "erp"},
    "price": {"type": "price", "group": "erp", "decimals_allowed": True},
    "case_quantity": {"type": "number", "group": "erp", "decimals_allowed": False, "negative_allowed": False},
    "max_load": {"type": "number", "group": "technical", "decimals_allowed": True, "negative_allowed": False},
    "weight": {
        "type": "metric", "group": "technical", "decimals_allowed": True, "negative_allowed": False,
        "metric_family": "Weight", "default_metric_unit": "GRAM",
    },
    "certifications": {"type": "multiselect", "group": "technical"},
    "hazardous": {"type": "boolean", "group": "technical"},
    "available_from": {"type": "date", "group": "marketing"},
    "size": {"type": "select", "group": "technical"},
    "colour": {"type": "select", "group": "technical"},
    "image": {"type": "image", "group": "media", "allowed_extensions": ["jpg", "png"]},
    "image_url": {"type": "text", "group": "media", "validation_rule": "url"},
    "gallery": {"type": "assets", "group": "media", "reference_data_name": "packshots"},
}  # fmt: skip
OPTIONS = {
    "supplier": SUPPLIERS,
    "tax_class": {"STD": "Standard rate", "RED": "Reduced rate", "ZER": "Zero rate"},
    "certifications": {"ce": "CE", "ukca": "UKCA", "rohs": "RoHS"},
    "size": {"S": "Small", "L": "Large"},
    "colour": {"BLK": "Black", "WHT": "White"},
}
COMMON = (
    "sku", "name", "description", "commodity_code", "country_of_origin", "ean", "supplier", "tax_class", "price",
    "case_quantity", "weight", "image", "image_url", "gallery",
)  # fmt: skip
REQUIRED = {"ecommerce": ["sku", "name", "price", "commodity_code", "supplier"], "print": ["sku", "name"]}
FAMILIES = {
    "trade_goods": (*COMMON, "max_load", "certifications", "hazardous", "available_from"),
    "handles": (*COMMON, "size", "colour", "certifications"),
}
BELOW = ["sku", "ean", "price", "weight", "image"]
VARIANTS: dict[int, list[Json]] = {
    1: [{"level": 1, "axes": ["size", "colour"], "attributes": ["size", "colour", *BELOW]}],
    2: [
        {"level": 1, "axes": ["colour"], "attributes": ["colour", "image"]},
        {"level": 2, "axes": ["size"], "attributes": ["size", *(one for one in BELOW if one != "image")]},
    ],
}
FAMILY_VARIANT = {1: "handles_by_size_and_colour", 2: "handles_by_colour_then_size"}
WEIGHT = {"KILOGRAM": ("Kilogram", "1", "kg"), "GRAM": ("Gram", "0.001", "g"), "POUND": ("Pound", "0.45359237", "lb")}


def load_structure(pim: Pim, at: datetime) -> None:
    """at: when all of it was last changed."""
    put = _Putter(pim, at)
    for code in LOCALES:
        enabled = any(code in channel["locales"] for channel in CHANNELS.values())
        put("locales", code, enabled=enabled)
    for code, enabled in CURRENCIES.items():
        put("currencies", code, enabled=enabled)
    for code, (parent, label) in CATEGORIES.items():
        put("categories", code, parent=parent, labels={"en_GB": label})
    for code, channel in CHANNELS.items():
        put("channels", code, **channel)
    put("measurement_families", "Weight", **_weights())
    _load_attributes(pim, put)
    _load_families(pim, put)
    for code, two_way, counted in (
        ("X_SELL", False, False), ("SUBSTITUTION", True, False), ("KIT", False, True), ("BUILD", False, True)
    ):  # fmt: skip
        labels = {"en_GB": code.replace("_", " ").capitalize()}
        put("association_types", code, labels=labels, is_two_way=two_way, is_quantified=counted)


class _Putter:
    def __init__(self, pim: Pim, at: datetime) -> None:
        self.pim, self.at = pim, at

    def __call__(self, table: str, key: str, **body: Any) -> None:
        self.pim.table(table)[key] = {"code": key, **body, "~updated": self.at}


def _weights() -> Json:
    units = {
        code: {
            "code": code, "labels": {"en_GB": label}, "symbol": symbol,
            "convert_from_standard": [{"operator": "mul", "value": factor}],
        }
        for code, (label, factor, symbol) in WEIGHT.items()
    }  # fmt: skip
    return {"labels": {"en_GB": "Weight"}, "standard_unit_code": "KILOGRAM", "units": units}


def _load_attributes(pim: Pim, put: _Putter) -> None:
    usual = {name: default for name, (_, default) in ATTRIBUTE_KEYS.items()}
    for number, (code, given) in enumerate(ATTRIBUTES.items(), start=1):
        own = {**given, "type": NAMES[given["type"]], "sort_order": number}
        fresh = {name: list(one) if one == [] else dict(one) if one == {} else one for name, one in usual.items()}
        fresh["labels"] = {"en_GB": code.replace("_", " ").capitalize()}
        put("attributes", code, **{**fresh, **own})
    for number, code in enumerate(GROUPS, start=1):
        held = [name for name, one in pim.table("attributes").items() if one["group"] == code]
        put("attribute_groups", code, sort_order=number, attributes=held, labels={"en_GB": code.capitalize()})
    for attribute, options in OPTIONS.items():
        for number, (code, label) in enumerate(options.items(), start=1):
            put(f"options/{attribute}", code, attribute=attribute, sort_order=number, labels={"en_GB": label})


def _load_families(pim: Pim, put: _Putter) -> None:
    without = {"gallery"} if pim.knobs.edition == "ce" else set()
    if without:
        del pim.table("attributes")["gallery"]
        pim.table("attribute_groups")["media"]["attributes"].remove("gallery")
    for code, attributes in FAMILIES.items():
        put(
            "families", code, attributes=[one for one in attributes if one not in without], attribute_as_label="name",
            attribute_as_image="image", attribute_requirements={name: list(held) for name, held in REQUIRED.items()},
            labels={"en_GB": code.replace("_", " ").capitalize()}, parent=None,
        )  # fmt: skip
    levels = pim.knobs.variant_levels
    sets = [{**one, "axes": list(one["axes"]), "attributes": list(one["attributes"])} for one in VARIANTS[levels]]
    label = FAMILY_VARIANT[levels].replace("_", " ").capitalize()
    put("family_variants", FAMILY_VARIANT[levels], variant_attribute_sets=sets, labels={"en_GB": label})
    pim.table("family_variants")[FAMILY_VARIANT[levels]]["~family"] = "handles"
