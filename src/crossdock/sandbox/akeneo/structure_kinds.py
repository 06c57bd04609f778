"""The resources around products, as tables: their keys, what each key takes, what never changes once it is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ATTRIBUTE_KEYS: Mapping[str, tuple[str, Any]] = {
    "type": ("scalar", None), "group": ("scalar", None), "unique": ("boolean", False),
    "useable_as_grid_filter": ("boolean", False), "allowed_extensions": ("array", []),
    "metric_family": ("scalar", None), "default_metric_unit": ("scalar", None), "reference_data_name": ("scalar", None),
    "available_locales": ("array", []), "max_characters": ("integer", None), "validation_rule": ("scalar", None),
    "validation_regexp": ("scalar", None), "wysiwyg_enabled": ("boolean", None), "number_min": ("scalar", None),
    "number_max": ("scalar", None), "decimals_allowed": ("boolean", None), "negative_allowed": ("boolean", None),
    "date_min": ("scalar", None), "date_max": ("scalar", None), "max_file_size": ("scalar", None),
    "minimum_input_length": ("integer", None), "sort_order": ("integer", 0), "localizable": ("boolean", False),
    "scopable": ("boolean", False), "labels": ("map", {}), "guidelines": ("map", {}),
    "auto_option_sorting": ("boolean", None), "default_value": ("scalar", None),
    "is_main_identifier": ("boolean", False), "is_mandatory": ("boolean", False),
    "decimal_places_strategy": ("scalar", None), "decimal_places": ("integer", None),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One resource. noun, plural: its name in messages. keys: name → (form, default). fixed: set once. required:
    may not be blank. computed: shown, or taken and ignored. searchable: properties of `search`."""

    table: str
    path: str
    noun: str
    plural: str
    anchor: str
    keys: Mapping[str, tuple[str, Any]]
    fixed: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    searchable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    event: str = ""

    @property
    def post_anchor(self) -> str:
        return f"post_{self.anchor}"

    @property
    def patch_anchor(self) -> str:
        return f"patch_{self.anchor}__code_"


BY_CODE = {"code": ("IN",), "updated": (">",)}
FAMILIES = Kind(
    table="families", path="families", noun="Family", plural="families", anchor="families", event="family",
    keys={
        "attributes": ("array", []), "attribute_as_label": ("scalar", None), "attribute_as_image": ("scalar", None),
        "attribute_requirements": ("map", {}), "labels": ("map", {}), "parent": ("scalar", None),
    },
    searchable={**BY_CODE, "has_products": ("=",)},
)  # fmt: skip
ATTRIBUTES = Kind(
    table="attributes", path="attributes", noun="Attribute", plural="attributes", anchor="attributes",
    event="attribute", keys=ATTRIBUTE_KEYS, required=("type", "group"), computed=("group_labels",),
    fixed=("type", "localizable", "scopable", "unique", "metric_family"),
    searchable={**BY_CODE, "type": ("IN",), "is_main_identifier": ("=",)},
)  # fmt: skip
GROUPS = Kind(
    table="attribute_groups", path="attribute-groups", noun="Attribute group", plural="attribute groups",
    anchor="attribute_groups", event="attribute-group", searchable=BY_CODE,
    keys={"sort_order": ("scalar", 0), "attributes": ("array", []), "labels": ("map", {})},
)  # fmt: skip
CATEGORIES = Kind(
    table="categories", path="categories", noun="Category", plural="categories", anchor="categories", event="category",
    keys={"parent": ("scalar", None), "labels": ("map", {})}, computed=("updated", "position", "values"),
    searchable={**BY_CODE, "parent": ("=",), "is_root": ("=",)},
)  # fmt: skip
CHANNELS = Kind(
    table="channels", path="channels", noun="Channel", plural="channels", anchor="channels",
    keys={
        "currencies": ("array", []), "locales": ("array", []), "category_tree": ("scalar", None),
        "conversion_units": ("map", {}), "labels": ("map", {}),
    },
    required=("category_tree",),
)  # fmt: skip
ASSOCIATION_TYPES = Kind(
    table="association_types", path="association-types", noun="Association type", plural="association types",
    anchor="association_types", fixed=("is_two_way", "is_quantified"),
    keys={"labels": ("map", {}), "is_two_way": ("boolean", False), "is_quantified": ("boolean", False)},
)  # fmt: skip
OPTIONS = Kind(
    table="options", path="attributes/{}/options", noun="Attribute option", plural="attribute options",
    anchor="attributes__attribute_code__options", event="attribute-option", fixed=("attribute",),
    keys={"attribute": ("scalar", None), "sort_order": ("integer", 0), "labels": ("map", {})},
)  # fmt: skip
VARIANTS = Kind(
    table="family_variants", path="families/{}/variants", noun="Family variant", plural="family variants",
    anchor="families__family_code__variants", computed=("common_attributes",),
    keys={"variant_attribute_sets": ("array", []), "labels": ("map", {})},
)  # fmt: skip
LOCALES = Kind(
    table="locales", path="locales", noun="Locale", plural="locales", anchor="locales", keys={},
    searchable={"enabled": ("=",)},
)  # fmt: skip
CURRENCIES = Kind(
    table="currencies", path="currencies", noun="Currency", plural="currencies", anchor="currencies", keys={},
)  # fmt: skip
WRITABLE = (FAMILIES, ATTRIBUTES, GROUPS, CATEGORIES, CHANNELS, ASSOCIATION_TYPES)
