"""Bodies from the vendor's own tests, where they are at hand: each is understood, or refused for the reason told here.

Every folder of them has a kind. What is refused are bodies that change something and are no whole record, and bodies
the vendor's own tests make wrong on purpose.
"""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.faults import rule_for
from crossdock.connectors.akeneo.paging import page_in
from crossdock.model.as_json import dumps
from crossdock.model.catalogue import Product
from crossdock.model.faults import DataFault, ReadIncomplete

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "akeneo"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no vendor documents at {FOLDER}")

RESOURCES = {
    "assets": "asset",
    "association-types": "association-type",
    "attribute-groups": "attribute-group",
    "attribute-options": "attribute-option",
    "attributes": "attribute",
    "catalogs": "catalog",
    "categories": "category",
    "channels": "channel",
    "currencies": "currency",
    "families": "family",
    "family-variants": "family-variant",
    "locales": "locale",
    "measurement-families": "measurement-family",
    "media-files": "media-file",
    "oauth": "token",
    "product-models": "product-model",
    "products": "product",
    "products-uuid": "product",
    "reference-entities": "reference-entity",
}
SHAPES = {"error-response": "error", "ndjson-response": "bulk-answer"}
REQUESTS = ("request", "ndjson-request")
MISFILED = {  # what these hold is not what their folder says
    "families/entity/getassetfamilyattributes-return.json": "attribute",
    "families/entity/getpackshotpreviewattribute-return.json": "attribute",
    "families/entity/getpackshot-return.json": "asset",
    "assets/entity/test-upsert-a-list-of-assets-responsebody.json": "bulk-answer",
    "reference-entities/entity/test-upsert-a-list-of-reference-entity-records-responsebody.json": "bulk-answer",
}

# (resource, what it is): (documents understood, records in them)
UNDERSTOOD = {
    ("assets", "entity"): (2, 3),
    ("assets", "list-response"): (4, 6),
    ("association-types", "entity"): (5, 5),
    ("association-types", "error-response"): (16, 16),
    ("association-types", "list-response"): (4, 9),
    ("association-types", "ndjson-request"): (3, 6),
    ("association-types", "ndjson-response"): (6, 21),
    ("association-types", "request"): (14, 14),
    ("attribute-groups", "entity"): (5, 5),
    ("attribute-groups", "error-response"): (20, 20),
    ("attribute-groups", "list-response"): (5, 9),
    ("attribute-groups", "ndjson-response"): (6, 21),
    ("attribute-groups", "request"): (3, 3),
    ("attribute-options", "entity"): (3, 5),
    ("attribute-options", "error-response"): (22, 22),
    ("attribute-options", "list-response"): (3, 4),
    ("attribute-options", "ndjson-request"): (1, 3),
    ("attribute-options", "ndjson-response"): (5, 20),
    ("attribute-options", "request"): (21, 21),
    ("attributes", "entity"): (15, 15),
    ("attributes", "error-response"): (28, 28),
    ("attributes", "list-response"): (8, 33),
    ("attributes", "ndjson-response"): (7, 27),
    ("attributes", "request"): (1, 1),
    ("catalogs", "entity"): (1, 1),
    ("catalogs", "list-response"): (4, 7),
    ("categories", "entity"): (4, 4),
    ("categories", "error-response"): (18, 18),
    ("categories", "list-response"): (6, 22),
    ("categories", "ndjson-response"): (6, 21),
    ("categories", "request"): (4, 4),
    ("channels", "entity"): (1, 1),
    ("channels", "error-response"): (11, 11),
    ("channels", "list-response"): (4, 7),
    ("channels", "ndjson-response"): (2, 4),
    ("channels", "request"): (10, 10),
    ("currencies", "entity"): (11, 11),
    ("currencies", "error-response"): (5, 5),
    ("currencies", "list-response"): (4, 20),
    ("families", "entity"): (8, 10),
    ("families", "error-response"): (16, 16),
    ("families", "list-response"): (7, 10),
    ("families", "ndjson-response"): (6, 21),
    ("families", "request"): (3, 3),
    ("family-variants", "entity"): (1, 1),
    ("family-variants", "error-response"): (16, 16),
    ("family-variants", "list-response"): (3, 3),
    ("family-variants", "ndjson-response"): (4, 10),
    ("family-variants", "request"): (4, 4),
    ("locales", "error-response"): (2, 2),
    ("measurement-families", "error-response"): (1, 1),
    ("measurement-families", "list-response"): (1, 24),
    ("media-files", "entity"): (1, 1),
    ("media-files", "error-response"): (18, 18),
    ("media-files", "list-response"): (4, 4),
    ("oauth", "entity"): (1, 1),
    ("oauth", "error-response"): (2, 2),
    ("product-models", "entity"): (2, 2),
    ("product-models", "error-response"): (28, 28),
    ("product-models", "list-response"): (6, 13),
    ("product-models", "ndjson-request"): (3, 8),
    ("product-models", "ndjson-response"): (5, 15),
    ("product-models", "request"): (52, 52),
    ("products", "entity"): (15, 15),
    ("products", "error-response"): (56, 56),
    ("products", "list-response"): (14, 52),
    ("products", "ndjson-request"): (7, 14),
    ("products", "ndjson-response"): (12, 34),
    ("products", "request"): (92, 92),
    ("products-uuid", "entity"): (12, 12),
    ("products-uuid", "error-response"): (58, 58),
    ("products-uuid", "list-response"): (15, 55),
    ("products-uuid", "ndjson-request"): (3, 6),
    ("products-uuid", "ndjson-response"): (7, 25),
    ("products-uuid", "request"): (84, 84),
    ("reference-entities", "entity"): (3, 4),
    ("reference-entities", "list-response"): (4, 6),
}

# (resource, what it is, first place that is wrong, what is wrong there): documents
REFUSED = {
    ("association-types", "ndjson-request", "code", "is missing"): 1,
    ("association-types", "request", "code", "is missing"): 3,
    ("association-types", "request", "code", "must be text"): 1,
    ("attribute-groups", "ndjson-request", "attributes", "is missing"): 3,
    ("attribute-groups", "ndjson-request", "code", "is missing"): 1,
    ("attribute-groups", "request", "attributes", "is missing"): 15,
    ("attribute-groups", "request", "code", "is missing"): 4,
    ("attribute-groups", "request", "code", "must be text"): 1,
    ("attribute-groups", "request", "sort_order", "must be a whole number"): 1,
    ("attribute-options", "ndjson-request", "code", "is missing"): 1,
    ("attribute-options", "request", "code", "is missing"): 9,
    ("attributes", "ndjson-request", "code", "is missing"): 1,
    ("attributes", "ndjson-request", "localizable", "is missing"): 2,
    ("attributes", "ndjson-request", "type", "is missing"): 1,
    ("attributes", "request", "code", "is missing"): 10,
    ("attributes", "request", "code", "must be text"): 1,
    ("attributes", "request", "localizable", "is missing"): 19,
    ("attributes", "request", "type", "is missing"): 4,
    ("categories", "ndjson-request", "code", "is missing"): 1,
    ("categories", "ndjson-request", "parent", "is missing"): 2,
    ("categories", "request", "code", "is missing"): 6,
    ("categories", "request", "code", "must not be empty"): 1,
    ("categories", "request", "parent", "is missing"): 14,
    ("channels", "ndjson-request", "currencies", "is missing"): 1,
    ("channels", "ndjson-request", "locales", "is missing"): 2,
    ("channels", "request", "category_tree", "is missing"): 2,
    ("channels", "request", "code", "is missing"): 3,
    ("channels", "request", "currencies", "is missing"): 4,
    ("families", "ndjson-request", "attributes", "is missing"): 2,
    ("families", "ndjson-request", "code", "is missing"): 1,
    ("families", "request", "attributes", "is missing"): 13,
    ("families", "request", "attributes", "must be a list"): 1,
    ("families", "request", "code", "is missing"): 7,
    ("families", "request", "code", "must not be empty"): 1,
    ("family-variants", "ndjson-request", "code", "is missing"): 1,
    ("family-variants", "ndjson-request", "variant_attribute_sets", "is missing"): 1,
    ("family-variants", "request", "code", "is missing"): 4,
    ("family-variants", "request", "variant_attribute_sets", "is missing"): 6,
    ("family-variants", "request", "variant_attribute_sets", "must be level 1, then 2"): 1,
    ("family-variants", "request", "variant_attribute_sets[0]", "must be an object"): 1,
    ("product-models", "ndjson-request", "code", "is missing"): 1,
    ("product-models", "request", "code", "is missing"): 8,
    ("products", "entity", "enabled", "is missing"): 1,
    ("products", "ndjson-request", "identifier", "must be text"): 1,
    ("products", "ndjson-request", "identifier", "must not be empty"): 1,
    ("products", "request", "enabled", "must be true or false"): 1,
    ("products", "request", "family", "must be text"): 1,
    ("products", "request", "values.a_metric", "must be a list"): 2,
    ("products-uuid", "entity", "enabled", "is missing"): 1,
    ("products-uuid", "ndjson-request", "uuid", "must not be empty"): 1,
    ("products-uuid", "request", "enabled", "must be true or false"): 1,
    ("products-uuid", "request", "family", "must be text"): 1,
    ("products-uuid", "request", "values.a_metric", "must be a list"): 2,
}

CODES = {  # refusals by our code
    "attribute": 12, "code": 15, "family": 10, "family-variant": 1, "forbidden": 26, "identifier": 5, "invalid": 188,
    "malformed": 16, "media-type": 11, "not-found": 13, "parent": 5, "too-large": 9, "uuid": 1, "value": 5,
}  # fmt: skip


def documents() -> list[Path]:
    return sorted(FOLDER.glob("*/*/*"))


def kind_of(path: Path) -> str:
    resource, shape, _ = path.relative_to(FOLDER).parts
    kind = SHAPES.get(shape, RESOURCES[resource])
    if shape in REQUESTS and kind in ("product", "product-model"):
        kind += "-change"
    return MISFILED.get(path.relative_to(FOLDER).as_posix(), kind)


def read(path: Path) -> Any:
    reader = SYSTEM.translations[kind_of(path)].read
    assert reader is not None
    return reader(path.read_bytes())


def test_every_document_is_understood_or_refused_for_the_right_reason() -> None:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    refused: Counter[tuple[str, str, str, str]] = Counter()
    for path in documents():
        resource, shape, _ = path.relative_to(FOLDER).parts
        try:
            records = read(path)
        except DataFault as fault:
            place = re.sub(r"^(line \d+|\[\d+\])\.", "", fault.place)
            refused[resource, shape, place, fault.problem.partition(";")[0]] += 1
        else:
            assert dumps(list(records)), path.name
            files, count = found.get((resource, shape), (0, 0))
            found[resource, shape] = (files + 1, count + len(records))
    assert found == UNDERSTOOD
    assert dict(refused) == REFUSED
    assert sum(files for files, _ in UNDERSTOOD.values()) + sum(REFUSED.values()) == len(documents())


def test_every_document_of_the_index_was_walked() -> None:
    index = orjson.loads((FOLDER / "index.json").read_bytes())
    assert {entry["file"] for entry in index} == {path.relative_to(FOLDER).as_posix() for path in documents()}


def test_every_attribute_type_is_read_exact() -> None:
    (product,) = read(FOLDER / "products" / "entity" / "testproductwithallattributes.json")
    assert isinstance(product, Product)
    values = {(value.attribute, value.locale, value.channel): value.data for value in product.values}
    assert values["a_metric", "", ""] == {"amount": Decimal("987654321987.1234"), "unit": "KILOWATT"}
    assert values["a_metric_without_decimal_negative", "", ""]["amount"] == Decimal(-20)
    assert values["a_number_integer_negative", "", ""] == Decimal(-42)
    assert values["a_price_without_decimal", "", ""][1] == {"amount": Decimal(-45), "currency": "USD"}
    assert values["a_scopable_price", "", "tablet"][0]["amount"] == Decimal("17.00")
    assert values["a_yes_no", "", ""] is True
    assert str(values["a_localizable_image", "fr_FR", ""]).startswith("http://localhost/api/rest/v1/media")
    assert values["123", "", ""] == "a text for an attribute with numerical code"


LISTS = {"products": "products", "products-uuid": "products-uuid", "product-models": "product-models",
         "categories": "categories", "attributes": "attributes", "channels": "channels"}  # fmt: skip


@pytest.mark.parametrize("resource", LISTS)
def test_every_list_is_a_page_and_full_exactly_when_it_names_the_next(resource: str) -> None:
    pages = sorted((FOLDER / resource / "list-response").glob("*.json"))
    assert pages
    for path in pages:
        body = orjson.loads(path.read_bytes())
        limit = re.search(r"[?&]limit=(\d+)", body["_links"]["self"]["href"])
        try:
            page = page_in(body, LISTS[resource])
        except ReadIncomplete:  # printed by the client's own tests without its rows' full number
            raise AssertionError(path.name) from None
        if limit and "getfirstpage" not in path.name:
            assert bool(page.next) is (len(page.rows) == int(limit[1])), path.name


def test_every_change_is_written_again_as_it_was_read() -> None:
    count = 0
    for path in documents():
        kind = kind_of(path)
        if not kind.endswith("-change"):
            continue
        translation = SYSTEM.translations[kind]
        assert translation.read is not None
        assert translation.write is not None
        try:
            changes = translation.read(path.read_bytes())
        except DataFault:
            continue
        for change in changes:
            if len({(one.attribute, one.locale, one.channel) for one in change.values}) < len(change.values):
                continue  # says one value twice, to see it refused
            (again,) = translation.read(translation.write(change))
            lost = "sku" if kind == "product-change" and change.key else ""  # a known product's SKU is left alone
            for name in ("code", "key", "sku", "enabled", "family", "family_variant", "parent", "categories"):
                if name != lost and hasattr(change, name):
                    assert getattr(again, name) == getattr(change, name), (path.name, name)
            assert {one.attribute for one in again.values} == {one.attribute for one in change.values}, path.name
            count += 1
    assert count > 200


def test_every_refusal_has_a_code() -> None:
    codes = Counter()
    for path in documents():
        if kind_of(path) == "error":
            (error,) = read(path)
            assert error.text, path.name
            codes[rule_for(0, error).code] += 1
    assert dict(codes) == CODES
