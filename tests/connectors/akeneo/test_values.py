"""What each type of attribute holds, read and written, exact."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from crossdock.connectors.akeneo.value_readers import READERS, Cell, Wrong
from crossdock.connectors.akeneo.value_types import HOWS, TYPES
from crossdock.connectors.akeneo.values import Reading, pick, shape
from crossdock.connectors.akeneo.values_written import alike, to_wire
from crossdock.model.catalogue import AttributeValue

BASE = "https://pim.norrsken.example"
READING = Reading(base_url=BASE)
FETCH = "/api/rest/v1/media-files/a/b/aurora.jpg/download"
SHARED = {
    "aurora": {"share_links": [{"attribute": "media", "_links": {"self": {"href": "https://cdn.example/a.jpg"}}}]}
}


def links(**hrefs: str) -> dict[str, Any]:
    return {name: {"href": href} for name, href in hrefs.items()}


@pytest.mark.parametrize(
    ("kind", "data", "more", "read"),
    [
        ("pim_catalog_identifier", "NSC-1", {}, "NSC-1"),
        ("pim_catalog_text", "12.50", {}, "12.50"),
        ("pim_catalog_textarea", "<p>Light</p>", {}, "<p>Light</p>"),
        ("pim_catalog_boolean", False, {}, False),
        ("pim_catalog_date", "2016-06-28T00:00:00+02:00", {}, "2016-06-28"),
        ("pim_catalog_date", "2026-03-02", {}, "2026-03-02"),
        ("pim_catalog_number", "12.5000", {}, Decimal("12.5000")),
        ("pim_catalog_number", 6, {}, Decimal(6)),
        ("pim_catalog_number", Decimal("0.1"), {}, Decimal("0.1")),
        ("pim_catalog_number", "-99.8732", {}, Decimal("-99.8732")),
        ("pim_catalog_metric", {"amount": "268.0000", "unit": "GRAM", "symbol": "g"}, {},
         {"amount": Decimal("268.0000"), "unit": "GRAM"}),
        ("pim_catalog_metric", {"amount": -20, "unit": "CELSIUS"}, {}, {"amount": Decimal(-20), "unit": "CELSIUS"}),
        ("pim_catalog_price_collection", [{"amount": "899.00", "currency": "SEK"}, {"amount": 56, "currency": "EUR"}],
         {}, ({"amount": Decimal("899.00"), "currency": "SEK"}, {"amount": Decimal(56), "currency": "EUR"})),
        ("pim_catalog_price_collection", [], {}, ()),
        ("pim_catalog_simpleselect", "red", {}, "red"),
        ("pim_catalog_multiselect", ["en1078", "cpsc"], {}, ("en1078", "cpsc")),
        ("akeneo_reference_entity", "starck", {}, "starck"),
        ("akeneo_reference_entity_collection", ["starck"], {}, ("starck",)),
        ("pim_reference_data_multiselect", ["fabricA"], {}, ("fabricA",)),
        ("pim_catalog_image", "a/b/aurora.jpg", {"links": links(download=f"http://10.0.0.7:8080{FETCH}")},
         f"{BASE}{FETCH}"),
        ("pim_catalog_image", "a/b/au rora.jpg", {}, f"{BASE}/api/rest/v1/media-files/a/b/au%20rora.jpg/download"),
        ("media_file", "f.png", {"links": links(download=f"http://x{FETCH}", share_link="https://cdn.example/f.png")},
         "https://cdn.example/f.png"),
        ("media_link", "front.mp4", {"linked": {"full_url": "https://cdn.example/front.mp4"}},
         "https://cdn.example/front.mp4"),
        ("media_link", "front.mp4", {}, "front.mp4"),
        ("pim_catalog_asset_collection", ["aurora", "side"], {}, ("aurora", "side")),
        ("pim_catalog_asset_collection", ["aurora", "side"], {"linked": SHARED},
         ({"code": "aurora", "urls": ("https://cdn.example/a.jpg",)}, "side")),
        ("pim_catalog_table", [{"part": "shell", "grams": 120}], {}, ({"part": "shell", "grams": Decimal(120)},)),
        ("pim_catalog_product_link", {"type": "product", "id": "8d0c"}, {}, {"type": "product", "id": "8d0c"}),
        ("pim_catalog_of_tomorrow", {"a": [1, None]}, {}, {"a": (Decimal(1), None)}),
        ("", {"amount": "1.5", "unit": "METER"}, {}, {"amount": Decimal("1.5"), "unit": "METER"}),
        ("", [{"amount": "1.50", "currency": "EUR"}], {}, ({"amount": Decimal("1.50"), "currency": "EUR"},)),
        ("", "12.50", {}, "12.50"),
        ("", 7, {}, Decimal(7)),
        ("", [], {}, ()),
        ("", "a/b/aurora.jpg", {"links": links(download=f"http://x{FETCH}")}, f"{BASE}{FETCH}"),
    ],
)  # fmt: skip
def test_a_value_is_read(kind: str, data: Any, more: dict[str, Any], read: Any) -> None:
    found = READING.read("a", Cell(data=data, kind=kind, **more))
    assert found == read
    assert type(found) is type(read)


@pytest.mark.parametrize(
    ("kind", "data", "place"),
    [
        ("pim_catalog_text", 12, ""),
        ("pim_catalog_boolean", "true", ""),
        ("pim_catalog_boolean", 1, ""),
        ("pim_catalog_date", "28/06/2016", ""),
        ("pim_catalog_date", "20160628", ""),
        ("pim_catalog_date", "2026-13-01", ""),
        ("pim_catalog_number", True, ""),
        ("pim_catalog_number", "12,5", ""),
        ("pim_catalog_number", "1e999", ""),
        ("pim_catalog_number", "", ""),
        ("pim_catalog_number", "NaN", ""),
        ("pim_catalog_metric", "268 g", ""),
        ("pim_catalog_metric", {"amount": "x", "unit": "GRAM"}, ".amount"),
        ("pim_catalog_metric", {"amount": 1, "unit": None}, ".unit"),
        ("pim_catalog_price_collection", {"amount": 1, "currency": "EUR"}, ""),
        ("pim_catalog_price_collection", [{"amount": 1, "currency": "EUR"}, {"amount": None, "currency": "SEK"}],
         "[1].amount"),
        ("pim_catalog_price_collection", [{"amount": 1}], "[0].currency"),
        ("pim_catalog_price_collection", ["1 EUR"], "[0]"),
        ("pim_catalog_multiselect", "red", ""),
        ("pim_catalog_multiselect", ["red", 2], "[1]"),
        ("pim_catalog_image", ["a"], ""),
        ("pim_catalog_asset_collection", "aurora", ""),
        ("pim_catalog_table", {"row": 1}, ""),
    ],
)  # fmt: skip
def test_what_a_type_cannot_hold_is_named(kind: str, data: Any, place: str) -> None:
    with pytest.raises(Wrong) as caught:
        READING.read("a", Cell(data=data, kind=kind))
    assert (caught.value.place, bool(caught.value.problem)) == (place, True)


def test_every_way_of_reading_has_a_reader_and_every_type_a_way() -> None:
    assert set(HOWS) == set(READERS)
    assert set(TYPES.values()) <= set(HOWS)


def test_types_come_from_the_value_then_the_attribute_then_a_setting_then_its_shape() -> None:
    cell = Cell(data="12.5000")
    assert READING.read("a", cell) == "12.5000"
    assert replace(READING, types={"a": "pim_catalog_number"}).read("a", cell) == Decimal("12.5")
    own = replace(READING, types={"a": "acme_weight"}, read_as={"acme_weight": "number"})
    assert own.read("a", cell) == Decimal("12.5")
    assert own.read("a", replace(cell, kind="pim_catalog_text")) == "12.5000"
    assert shape(cell) == "plain"


def test_media_as_codes() -> None:
    codes = replace(READING, media="code")
    assert codes.read("a", Cell(data="a/b.jpg", kind="pim_catalog_image")) == "a/b.jpg"
    assert Reading().read("a", Cell(data="a/b.jpg", kind="pim_catalog_image")) == "a/b.jpg"


@pytest.mark.parametrize(
    ("data", "written"),
    [
        (None, None),
        (True, True),
        ("Aurora", "Aurora"),
        (Decimal("12.00"), 12),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), 1000),
        (Decimal("12345678901234567890"), "12345678901234567890"),
        (7, 7),
        (date(2026, 3, 2), "2026-03-02"),
        ({"amount": Decimal("1.5"), "unit": "METER"}, {"amount": "1.5", "unit": "METER"}),
        (({"amount": Decimal("899.00"), "currency": "SEK"},), [{"amount": 899, "currency": "SEK"}]),
        (("a", {"code": "b", "urls": ("https://cdn.example/b.jpg",)}), ["a", "b"]),
        (f"{BASE}/api/rest/v1/media-files/a/b/au%20rora.jpg/download", "a/b/au rora.jpg"),
        ("https://proxy.example/pim/api/rest/v1/media-files/a/b.jpg/download", "a/b.jpg"),
        ("https://elsewhere.example/a.jpg", "https://elsewhere.example/a.jpg"),
    ],
)
def test_a_value_is_written(data: Any, written: Any) -> None:
    assert to_wire(data) == written
    assert type(to_wire(data)) is type(written)


@pytest.mark.parametrize(("data", "place"), [(1.5, ""), ({"x": [object()]}, ".x[0]"), (Decimal("Infinity"), "")])
def test_what_cannot_be_written_is_named(data: Any, place: str) -> None:
    with pytest.raises(Wrong) as caught:
        to_wire(data)
    assert caught.value.place == place


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Decimal("12.5"), Decimal("12.5000"), True),
        (Decimal("12.5"), "12.5000", True),
        (Decimal("12.5"), "x", False),
        (Decimal(1), True, False),
        (("a", "b"), ("b", "a"), True),
        (("a", "b"), ("a",), False),
        ({"amount": Decimal(1), "unit": "M"}, {"amount": Decimal("1.0"), "unit": "M"}, True),
        ({"amount": Decimal(1), "unit": "M"}, {"amount": Decimal(1), "unit": "CM"}, False),
        (({"amount": Decimal(1), "currency": "SEK"}, {"amount": Decimal(2), "currency": "EUR"}),
         ({"amount": Decimal("2.00"), "currency": "EUR"}, {"amount": Decimal("1.00"), "currency": "SEK"}), True),
        ("a ", "a", True),
        ("a", "b", False),
        (None, "", False),
    ],
)  # fmt: skip
def test_values_that_say_the_same(one: Any, other: Any, *, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same


def test_a_name_is_taken_in_the_preferred_locale() -> None:
    values = [AttributeValue(attribute="name", data=data, locale=locale) for locale, data in
              (("en_GB", "helmet"), ("sv_SE", "hjälm"))]  # fmt: skip
    found = pick(values, "name", Reading(locales=("sv_SE", "en_GB")))
    assert found is not None
    assert found.data == "hjälm"
    assert pick(values, "colour", Reading()) is None
