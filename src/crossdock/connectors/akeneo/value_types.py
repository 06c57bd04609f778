"""Types of attributes, and how the values of each are read.

Source: Akeneo REST API, "The values" (concepts/products), "Attributes", "Asset Manager", "Reference entities".
"""

from collections.abc import Mapping
from typing import Literal, get_args

How = Literal["text", "number", "boolean", "date", "measure", "prices", "code", "codes", "media", "link", "assets",
              "table", "plain"]  # fmt: skip
HOWS: tuple[str, ...] = get_args(How)

TYPES: Mapping[str, How] = {
    "pim_catalog_identifier": "text",
    "pim_catalog_text": "text",
    "pim_catalog_textarea": "text",
    "pim_catalog_boolean": "boolean",
    "pim_catalog_date": "date",
    "pim_catalog_number": "number",
    "pim_catalog_metric": "measure",
    "pim_catalog_price_collection": "prices",
    "pim_catalog_price": "prices",
    "pim_catalog_simpleselect": "code",
    "pim_catalog_multiselect": "codes",
    "pim_catalog_image": "media",
    "pim_catalog_file": "media",
    "pim_catalog_asset_collection": "assets",
    "pim_catalog_table": "table",
    "pim_catalog_product_link": "plain",
    "akeneo_reference_entity": "code",
    "akeneo_reference_entity_collection": "codes",
    "pim_reference_data_simpleselect": "code",
    "pim_reference_data_multiselect": "codes",
    "text": "text",  # of assets and reference entities, from here on
    "number": "number",
    "boolean": "boolean",
    "date": "date",
    "single_option": "code",
    "multiple_options": "codes",
    "reference_entity_single_link": "code",
    "reference_entity_multiple_links": "codes",
    "media_file": "media",
    "image": "media",
    "media_link": "link",
}
