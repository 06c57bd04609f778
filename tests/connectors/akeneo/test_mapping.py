"""Products and models from the wire, and changes to it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.akeneo import mapping_structure as structure
from crossdock.connectors.akeneo.mapping import to_product, to_product_model
from crossdock.connectors.akeneo.mapping_changes import product_body, product_model_body, to_product_change
from crossdock.connectors.akeneo.values import Reading
from crossdock.model.catalogue import AttributeValue, Product, ProductChange, ProductModelChange
from crossdock.model.faults import DataFault, Unsupported
from tests.connectors.akeneo.bodies import UUID, cell, model, product

NAMES = [cell("Aurora helmet", "pim_catalog_text", locale="en_GB"), cell("Aurora hjälm", "x", locale="sv_SE")]


def test_a_product_is_understood() -> None:
    weight = [cell({"amount": "268.0000", "unit": "GRAM"}, "pim_catalog_metric")]
    found = to_product(product(values={"name": NAMES, "weight": weight}, parent="mdl-aurora-red"))
    assert found == Product(
        key=UUID,
        sku="NSC-HLM-01-M",
        enabled=True,
        family="helmets",
        parent="mdl-aurora-red",
        categories=("helmets_road",),
        values=(
            AttributeValue(attribute="sku", data="NSC-HLM-01-M"),
            AttributeValue(attribute="name", data="Aurora helmet", locale="en_GB"),
            AttributeValue(attribute="name", data="Aurora hjälm", locale="sv_SE"),
            AttributeValue(attribute="weight", data={"amount": Decimal("268.0000"), "unit": "GRAM"}),
        ),
        name="Aurora helmet",
        created_at=datetime(2026, 2, 11, 8, 20, 1, tzinfo=UTC),
        updated_at=datetime(2026, 3, 2, 8, 12, 44, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("changes", "reading", "key", "sku"),
    [
        ({}, Reading(), UUID, "NSC-HLM-01-M"),
        ({"identifier": "ID-1"}, Reading(key="identifier"), "ID-1", "NSC-HLM-01-M"),
        ({"uuid": None, "identifier": "ID-1", "values": []}, Reading(), "ID-1", "ID-1"),
        ({"values": {}, "identifier": None}, Reading(), UUID, ""),
        ({"values": {"ean": [cell("5012345678900")]}}, Reading(sku_attribute="ean"), UUID, "5012345678900"),
    ],
)
def test_key_and_sku(changes: dict[str, Any], reading: Reading, key: str, sku: str) -> None:
    found = to_product({**product(), **changes}, reading)
    assert (found.key, found.sku) == (key, sku)


def test_only_wanted_locales_and_channels_are_read_and_empty_cells_are_none() -> None:
    values = {
        "name": [*NAMES, cell(None, locale="de_DE")],
        "text": [cell("shop", scope="webshop"), cell("print", scope="print"), cell(None)],
    }
    found = to_product(product(values=values), Reading(locales=("sv_SE",), channel="webshop"))
    kept = [(value.attribute, value.locale, value.channel) for value in found.values]
    assert kept == [("sku", "", ""), ("name", "sv_SE", ""), ("text", "", "webshop")]
    assert found.name == "Aurora hjälm"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"uuid": None}, "items[3].uuid"),
        ({"uuid": " "}, "items[3].uuid"),
        ({"uuid": 12}, "items[3].uuid"),
        ({"enabled": None}, "items[3].enabled"),
        ({"enabled": 1}, "items[3].enabled"),
        ({"family": ["helmets"]}, "items[3].family"),
        ({"categories": "helmets"}, "items[3].categories"),
        ({"categories": ["a", 1]}, "items[3].categories[1]"),
        ({"updated": "2026-03-02T08:12:44"}, "items[3].updated"),
        ({"created": 1456}, "items[3].created"),
        ({"values": [{"sku": []}]}, "items[3].values"),
        ({"values": {"name": {"data": "x"}}}, "items[3].values.name"),
        ({"values": {"name": [{"locale": None}]}}, "items[3].values.name[0].data"),
        ({"values": {"moq": [cell("few", "pim_catalog_number")]}}, "items[3].values.moq[0].data"),
        ({"values": {"price": [cell([{"amount": 1}], "pim_catalog_price_collection")]}},
         "items[3].values.price[0].data[0].currency"),
        ({"values": {"sku": [cell(12)]}}, "items[3].values.sku"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_at_its_place(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(DataFault) as caught:
        to_product({**product(), **changes}, place="items[3]")
    assert caught.value.place == place


def test_a_missing_switch_is_not_taken_for_on() -> None:
    record = product()
    del record["enabled"]
    with pytest.raises(DataFault, match="enabled: is missing"):
        to_product(record)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(DataFault) as caught:
        to_product({**product(), "enabled": 0, "family": 7})
    assert "family" in str(caught.value)
    assert "enabled" in str(caught.value)


def test_a_model_is_understood_and_needs_its_family_variant() -> None:
    found = to_product_model(model(parent=None, values={"name": NAMES}))
    assert (found.code, found.family_variant, found.parent) == ("mdl-aurora", "helmets_by_colour_size", "")
    assert len(found.values) == 2
    with pytest.raises(DataFault) as caught:
        to_product_model(model(family_variant=None))
    assert caught.value.place == "family_variant"


CHANGE = ProductChange(
    sku="NSC-1",
    enabled=False,
    family="",
    parent="mdl-aurora-red",
    categories=(),
    values=(
        AttributeValue(attribute="moq", data=Decimal("2.50")),
        AttributeValue(attribute="name", data="Hjälm", locale="sv_SE", channel="webshop"),
        AttributeValue(attribute="name", data=None, locale="en_GB"),
    ),
)
SKU_CELL = {"sku": [{"locale": None, "scope": None, "data": "NSC-1"}]}
VALUES = {
    "moq": [{"locale": None, "scope": None, "data": "2.50"}],
    "name": [
        {"locale": "sv_SE", "scope": "webshop", "data": "Hjälm"},
        {"locale": "en_GB", "scope": None, "data": None},
    ],
}
COMMON = {"enabled": False, "family": None, "parent": "mdl-aurora-red", "categories": []}


def test_a_change_names_only_what_it_changes() -> None:
    assert product_body(CHANGE, key=UUID) == {"uuid": UUID, **COMMON, "values": SKU_CELL | VALUES}
    assert product_body(CHANGE, key=UUID, name_sku=False) == {"uuid": UUID, **COMMON, "values": VALUES}
    assert product_body(CHANGE, by="identifier") == {"identifier": "NSC-1", **COMMON, "values": VALUES}
    assert product_body(ProductChange(sku="", key=UUID)) == {"uuid": UUID}
    assert product_model_body(ProductModelChange(code="m", parent="")) == {"code": "m", "parent": None}
    assert to_product_change(product_body(CHANGE), Reading(types={"moq": "pim_catalog_number"})) == CHANGE


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ((AttributeValue(attribute="a", data=1.5),), "values[0].data"),
        ((AttributeValue(attribute="a", data="x"), AttributeValue(attribute="a", data="y")), "values[1]"),
        ((AttributeValue(attribute="sku", data="other"),), "values[0]"),
    ],
)
def test_what_cannot_be_said_is_not(values: tuple[AttributeValue, ...], place: str) -> None:
    with pytest.raises(Unsupported) as caught:
        product_body(ProductChange(sku="NSC-1", values=values))
    assert caught.value.place == place


def test_a_model_without_a_code_and_a_product_without_an_identifier_cannot_be_said() -> None:
    with pytest.raises(Unsupported):
        product_model_body(ProductModelChange(code=""))
    with pytest.raises(Unsupported):
        product_body(ProductChange(sku=""), by="identifier")


def test_reserved_conversion_units_and_blank_labels_are_left_out() -> None:
    channel = {
        "code": "webshop", "currencies": ["SEK"], "locales": ["sv_SE"], "category_tree": "master",
        "conversion_units": {"weight": "KILOGRAM", "pim_config_family_rules": {"a": {}}},
        "labels": {"en_GB": "Webshop", "sv_SE": None},
    }  # fmt: skip
    found = structure.to_channel(channel)
    assert (found.units, found.labels) == ((("weight", "KILOGRAM"),), (("en_GB", "Webshop"),))
    assert structure.to_channel({**channel, "conversion_units": []}).units == ()


def test_levels_are_sorted_and_none_may_be_missing() -> None:
    one, two = {"level": 1, "axes": ["colour"], "attributes": []}, {"level": 2, "axes": ["size"], "attributes": ["sku"]}
    variant = {"code": "v", "variant_attribute_sets": [two, one]}
    assert structure.to_family_variant(variant).levels == ((("colour",), ()), (("size",), ("sku",)))
    with pytest.raises(DataFault, match="variant_attribute_sets"):
        structure.to_family_variant({"code": "v", "variant_attribute_sets": [two]})


def test_a_category_that_says_no_parent_is_no_root() -> None:
    with pytest.raises(DataFault, match="parent: is missing"):
        structure.to_category({"code": "helmets", "labels": []})


def test_a_token_is_never_repeated() -> None:
    for body in ({"access_token": 123456}, {"access_token": "", "refresh_token": ["s3cret"]}):
        with pytest.raises(DataFault) as caught:
            structure.to_token_terms(body)
        assert "123456" not in str(caught.value)
        assert "s3cret" not in str(caught.value)
