"""Documents that cannot be understood are refused at their place, whatever they were taken for."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from crossdock.connectors.akeneo import SYSTEM
from crossdock.connectors.akeneo.records import (
    Asset,
    AssetFamily,
    BulkAnswer,
    Catalog,
    CatalogProduct,
    ReferenceEntity,
    ReferenceRecord,
    TokenTerms,
)
from crossdock.model.catalogue import AttributeValue, Product, ProductChange, ProductModel
from crossdock.model.faults import DataFault, Unsupported
from tests.connectors.akeneo.bodies import OTHER, UUID, cell, model, product


def read(kind: str, document: Any) -> Any:
    reader = SYSTEM.translations[kind].read
    assert reader is not None
    return reader(document if isinstance(document, bytes) else orjson.dumps(document))


def listing(*rows: Any, name: str = "items") -> dict[str, Any]:
    return {"_links": {}, "current_page": 1, "_embedded": {name: list(rows)}}


@pytest.mark.parametrize(
    "document",
    [
        [product(), product(OTHER)],
        listing(product(), product(OTHER)),
        listing(product(), product(OTHER), name="_items"),
        orjson.dumps(product()) + b"\n" + orjson.dumps(product(OTHER)) + b"\n\n",
    ],
    ids=["array", "page", "old page", "lines"],
)
def test_one_kind_is_read_from_every_wrapping(document: Any) -> None:
    assert [one.key for one in read("product", document)] == [UUID, OTHER]
    assert [one.key for one in read("product", product())] == [UUID]


@pytest.mark.parametrize(
    ("kind", "document", "place"),
    [
        ("product", b"", "document"),
        ("product", b"<html>", "document"),
        ("product", [], ""),
        ("product", {"code": 404, "message": "gone"}, "document"),
        ("product", listing(product(), product(enabled=0)), "_embedded.items[1].enabled"),
        ("product", [product(enabled=0)], "[0].enabled"),
        ("product", orjson.dumps(product()) + b"\n" + orjson.dumps(product(enabled=0)), "line 2.enabled"),
        ("product", orjson.dumps(product()) + b"\n{", "line 2"),
        ("product", {"_embedded": {}}, "_embedded.items"),
        ("product-change", {"uuid": UUID, "enabled": None}, "enabled"),
        ("product-change", {"uuid": UUID, "values": {"p": [cell([{"amount": "x", "currency": "EUR"}])]}},
         "values.p[0].data[0].amount"),
        ("product-model", model(code=""), "code"),
        ("product-model-change", {"parent": "mdl"}, "code"),
        ("family", {"code": "helmets"}, "attributes"),
        ("family", {"code": "helmets", "attributes": ["sku", 1]}, "attributes[1]"),
        ("family-variant", {"code": "v", "variant_attribute_sets": [{"level": "1"}]},
         "variant_attribute_sets[0].level"),
        ("category", {"code": "a", "parent": None, "updated": "2026-05-04"}, "updated"),
        ("attribute", {"code": "a", "type": "pim_catalog_text", "localizable": "no", "scopable": False}, "localizable"),
        ("attribute-option", {"code": 7}, "code"),
        ("attribute-group", {"code": "g", "sort_order": "1", "attributes": []}, "sort_order"),
        ("channel", {"code": "w", "locales": [], "currencies": []}, "category_tree"),
        ("locale", {"code": "sv_SE", "enable": True}, "enabled"),
        ("currency", {"code": "SEK", "enabled": "yes"}, "enabled"),
        ("association-type", {"code": "SET", "is_quantified": 1}, "is_quantified"),
        ("measurement-family", {"code": "W", "standard_unit_code": "KG", "units": {"G": {
            "code": "G", "convert_from_standard": [{"operator": "mul", "value": "a"}]}}},
         "units.G.convert_from_standard[0].value"),
        ("media-file", {"code": "a/b.jpg"}, "original_filename"),
        ("asset", {"code": "a", "values": {"m": [{"channel": None}]}}, "values.m[0].data"),
        ("asset", {"code": "a", "values": {"m": [cell(7, "media_file")]}}, "values.m[0].data"),
        ("reference-entity", [{"labels": {}}], "[0].code"),
        ("catalog", {"id": "x", "name": "Shop"}, "enabled"),
        ("token", {"code": 422, "message": "no"}, "document"),
        ("token", {"expires_in": 3600}, "access_token"),
        ("bulk-answer", {"line": 1, "uuid": UUID}, "status_code"),
        ("bulk-answer", b'{"line":1,"status_code":204}\n{"line":2,"sta', "line 2"),
        ("event", {"id": "x"}, "type"),
        ("error", {"code": "helmets"}, "document"),
        ("error", b"<html>", "document"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_place(kind: str, document: Any, place: str) -> None:
    if not place:
        assert read(kind, document) == []
        return
    with pytest.raises(DataFault) as caught:
        read(kind, document)
    assert caught.value.place == place
    assert caught.value.problem


def test_all_that_is_wrong_with_all_of_them_is_told() -> None:
    with pytest.raises(DataFault) as caught:
        read("product", listing(product(enabled=0), product(), product(family=1)))
    assert "_embedded.items[0].enabled" in str(caught.value)
    assert "_embedded.items[2].family" in str(caught.value)


def test_what_has_values_is_told_from_what_has_none() -> None:
    links = {"self": {"href": "http://x/api/rest/v1/asset-families/pack%20shots/assets/a"}}
    (asset,) = read(
        "asset", {"code": "a", "values": {"m": [cell("x.png", "media_file", channel="web")]}, "_links": links}
    )
    assert (type(asset), asset.family, asset.values[0].channel) == (Asset, "pack shots", "web")
    assert isinstance(read("asset", {"code": "a", "labels": []})[0], AssetFamily)
    links = {"self": {"href": "http://x/api/rest/v1/reference-entities/designer/records/starck"}}
    (record,) = read("reference-entity", {"code": "starck", "values": [], "_links": links})
    assert (type(record), record.entity) == (ReferenceRecord, "designer")
    assert isinstance(read("reference-entity", {"code": "designer", "labels": {}, "image": None})[0], ReferenceEntity)
    assert read("catalog", listing("8d0c")) == [CatalogProduct(key="8d0c")]
    assert read("catalog", {"id": "8d0c", "name": "Shop", "enabled": True}) == [
        Catalog(key="8d0c", name="Shop", enabled=True)
    ]


def test_a_tokens_terms_are_read_and_the_token_is_not() -> None:
    body = {"access_token": "ZTFh", "expires_in": 3600, "token_type": "bearer", "scope": None, "refresh_token": "OGY3"}
    (terms,) = read("token", body)
    assert terms == TokenTerms(kind="bearer", seconds=3600, scope="", renewable=True)
    assert "ZTFh" not in repr(terms)


def test_bulk_answers_with_and_without_lines_and_keys() -> None:
    raw = b'{"line":1,"uuid":"u","status_code":204}\n{"line":2,"status_code":400,"message":"Invalid json message"}'
    first, second = read("bulk-answer", raw)
    assert first == BulkAnswer(line=1, key="u", status=204)
    assert (second.key, second.error.status, second.error.text) == ("", 400, "Invalid json message")
    assert read("bulk-answer", [{"code": "a", "status_code": 201}]) == [BulkAnswer(line=0, key="a", status=201)]


def write(kind: str, canonical: Any) -> Any:
    writer = SYSTEM.translations[kind].write
    assert writer is not None
    return orjson.loads(writer(canonical))


def test_a_product_is_written_whole_and_a_change_as_it_is() -> None:
    value = AttributeValue(attribute="moq", data=Decimal(6))
    assert write("product", Product(key="", sku="NSC-1", family="helmets", categories=("a",), values=(value,))) == {
        "enabled": True, "family": "helmets", "parent": None, "categories": ["a"],
        "values": {"moq": [{"locale": None, "scope": None, "data": 6}],
                   "sku": [{"locale": None, "scope": None, "data": "NSC-1"}]},
    }  # fmt: skip
    assert write("product", ProductChange(sku="", key=UUID, enabled=False)) == {"uuid": UUID, "enabled": False}
    written = write("product-model", ProductModel(code="m", family="helmets", family_variant="v"))
    assert written == {"code": "m", "family_variant": "v", "parent": None, "categories": []}
    with pytest.raises(Unsupported):
        write("product", ProductChange(sku="a", values=(AttributeValue(attribute="a", data=0.1),)))


def test_a_product_that_was_read_is_written_back_as_it_was() -> None:
    values = {"price": [cell([{"amount": "79.95", "currency": "EUR"}])], "name": [cell("Hjälm", locale="sv_SE")]}
    (found,) = read("product", product(values=values))
    (again,) = read("product-change", orjson.dumps(write("product", found)))
    assert (again.key, again.sku) == (UUID, "NSC-HLM-01-M")
    assert set(map(str, again.values)) == {str(value) for value in found.values if value.attribute != "sku"}
