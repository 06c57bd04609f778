"""The mapping file at work: what it writes, what it reads, and that nothing is lost on the way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crossdock.connectors.prima import soap, xmldoc
from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.connectors.prima.engine import (
    VendorError,
    read_field,
    read_key,
    read_request,
    read_status,
    rows_of,
    write_request,
)
from crossdock.connectors.prima.key_table import KeyTable, native
from crossdock.connectors.prima.mapping_file import load_mapping, read_mapping
from crossdock.connectors.prima.mapping_grammar import Value
from crossdock.connectors.prima.soap_orders import order_values, terms_of
from crossdock.connectors.prima.translations_soap import read_orders
from crossdock.connectors.prima.wsdl import Parameters
from crossdock.model.faults import DataFault
from tests.connectors.prima.support import ORDER, error, line, ok, soap_settings

SHIPPED = MAPPING_FILE.read_text()
MAPPED = load_mapping(MAPPING_FILE)
KEYS = KeyTable({"ST100-080": ("ST100", "F", "080", "", "")})


def written(order: Any = ORDER, **settings: Any) -> etree._Element:
    chosen = soap_settings(**settings)
    values = order_values(order, chosen, terms_of(chosen), KEYS)
    return etree.fromstring(write_request(MAPPED, "orders.create", values).encode("ISO-8859-1"))


def test_an_order_in_primas_own_words() -> None:
    root = written(hold_orders=True)
    assert (root.tag, root.get("RequestType")) == ("Request", "MultiNewOrder")
    (data,) = root
    assert dict(data.attrib) == {
        "OrderNumber": "B2B-1", "TPGUID": "B2B-1", "UniqueId": data.get("UniqueId"), "Customer": "FOOT01",
        "CustomerRef": "PO 7", "VatInclusive": "No", "HoldOrder": "Yes", "DeliveryFAO": "Łukasz Ångström",
        "AddrLine1": 'Smith & "Sons" <Ltd>', "AddrLine2": "1 High St", "AddrLine3": "Leicester",
        "PostCode": "LE1 1AA", "Country": "GB",
    }  # fmt: skip
    assert len(str(data.get("UniqueId"))) == 8
    header, order_line, charge = data
    assert dict(header.attrib) == {"Currency": "GBP", "Carrier": "DPD", "SpecialInstructions": "Ring the bell"}
    assert dict(order_line.attrib) == {
        "OrderLine": "1", "LineReference": "1", "Product": "ST100", "MtrxCode1": "F", "MtrxCode2": "080",
        "MtrxCode3": "", "MtrxCode4": "", "Quantity": "3", "Price": "20.00",
    }  # fmt: skip
    assert dict(charge.attrib) == {"Charge": "CARR", "ChargeValue": "5.00"}


@pytest.mark.parametrize(("meaning", "price"), [("unit", "20.00"), ("line", "60.00")])
def test_a_price_is_per_unit_or_for_the_line(meaning: str, price: str) -> None:
    (found,) = written(price_meaning=meaning).iterfind("Data/OrderLineData")
    assert found.get("Price") == price


def test_without_a_price_the_attribute_is_left_out() -> None:
    (found,) = written(pricing_mode="erp_prices", blank_price="erp_prices").iterfind("Data/OrderLineData")
    assert "Price" not in found.attrib


def test_what_latin_1_cannot_hold_is_a_numeric_reference() -> None:
    chosen = soap_settings()
    text = write_request(MAPPED, "orders.create", order_values(ORDER, chosen, terms_of(chosen), KEYS))
    assert text.startswith("<?xml version='1.0' encoding='ISO-8859-1'?>")
    assert "&#321;ukasz Ångström" in text
    assert "Smith &amp; &quot;Sons&quot; &lt;Ltd&gt;" in text
    envelope = soap.envelope(MAPPED.file.transport, Parameters("ipXml"), text)
    assert "&amp;#321;ukasz" in envelope.decode()
    inner = etree.fromstring(envelope)[0][0][0].text
    assert inner == text


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"po_number": "a\x0bb"}, "Request/Data/@CustomerRef"),
        ({"notes": "a\ufffeb"}, "Request/Data/OrderHeaderData/@SpecialInstructions"),
        ({"account_code": "\x00"}, "Request/Data/@Customer"),
    ],
)
def test_what_xml_cannot_hold_is_not_sent(changes: dict[str, Any], place: str) -> None:
    from dataclasses import replace

    with pytest.raises(DataFault) as caught:
        written(replace(ORDER, **changes))
    assert caught.value.place == place


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=40)


@given(
    text=TEXT, code=TEXT.filter(bool), quantity=st.decimals(1, 999, places=2),
    key=st.tuples(*[st.text("AB &<>\"'\t\n09é", max_size=4)] * 5).filter(lambda key: bool(key[0])),
)  # fmt: skip
def test_an_order_survives_the_way_to_prima_and_back(
    text: str, code: str, quantity: Decimal, key: tuple[str, str, str, str, str]
) -> None:
    from dataclasses import replace

    order = replace(ORDER, po_number=text, notes=text, account_code=code, lines=(line(quantity=quantity),))
    chosen = soap_settings()
    values = order_values(order, chosen, terms_of(chosen), KeyTable({"ST100-080": key}))
    raw = soap.envelope(MAPPED.file.transport, Parameters("ipXml"), write_request(MAPPED, "orders.create", values))
    root = etree.fromstring(raw)[0][0][0].text
    assert root is not None
    back = read_request(MAPPED, "orders.create", xmldoc.parse(root))
    assert (back.get("customer_po", ""), back.get("notes", "")) == (text, text)
    assert back["account_code"] == code
    assert native(back["lines"][0]["native_key"]) == key
    assert Decimal(back["lines"][0]["quantity"]) == quantity
    (told,) = read_orders(raw)
    assert (told.ref, told.account_code, told.po_number) == ("B2B-1", code, text)


ROW = '<{} Product="ST100" MtrxCode1="F" MtrxCode2="080" AvailableQuantity="{}" AvailableDate="{}"/>'


def rows(*inner: str) -> Any:
    operation = MAPPED.operation("stock.list")
    assert operation is not None
    assert operation.response is not None
    root = xmldoc.parse(ok(f"<Data>{''.join(inner)}</Data>"))
    return operation.response, [row for _, row in rows_of(operation.response, root)]


def test_both_spellings_of_a_row_are_read_in_the_order_they_stand() -> None:
    response, found = rows(ROW.format("sku", 1, ""), ROW.format("SKU", 2, "01/04/2026"), ROW.format("Sku", 3, ""))
    free, day = response.fields["free"], response.fields["next_available_on"]
    assert [read_field(MAPPED, free, row) for row in found] == [1, 2]
    assert [read_field(MAPPED, day, row) for row in found] == [None, date(2026, 4, 1)]
    assert native(read_key(response, found[0])) == ("ST100", "F", "080", "", "")


@pytest.mark.parametrize(
    ("quantity", "day", "problem"),
    [
        ("", "", "is missing or empty"),
        ("3,5", "", "is no decimal"),
        ("1e3", "", "is no decimal"),
        ("1", "2026-04-01", "is no date"),
        ("1", "31/02/2026", "is no date"),
    ],
)
def test_a_value_that_is_none_is_named(quantity: str, day: str, problem: str) -> None:
    response, (_, found) = rows(ROW.format("SKU", 1, ""), ROW.format("SKU", quantity, day))
    with pytest.raises(DataFault, match=problem) as caught:
        for value in response.fields.values():
            read_field(MAPPED, value, found)
    assert caught.value.place.startswith("/Response/Data/SKU[2]/@Available")


def test_a_row_is_found_at_its_place_among_its_like() -> None:
    operation = MAPPED.operation("stock.list")
    assert operation is not None
    assert operation.response is not None
    root = xmldoc.parse(
        ok(f"<Data>{ROW.format('sku', 1, '')}{ROW.format('SKU', 2, '')}{ROW.format('sku', 3, '')}</Data>")
    )
    assert [at for at, _ in rows_of(operation.response, root)] == [
        "/Response/Data/sku[1]", "/Response/Data/SKU[1]", "/Response/Data/sku[2]",
    ]  # fmt: skip


def test_an_answer_says_yes_or_no_or_is_none() -> None:
    assert read_status(MAPPED, xmldoc.parse('<Anything RequestStatus="OK"/>')) is None
    said = read_status(MAPPED, xmldoc.parse(error("Product not on file")))
    assert isinstance(said, VendorError)
    assert (said.text, said.error.code) == ("Product not on file", "vendor-rejected")
    with pytest.raises(DataFault, match="neither yes nor no"):
        read_status(MAPPED, xmldoc.parse("<Anything/>"))


def test_error_rules_read_the_vendors_text() -> None:
    rules = (
        'error_rules: [{contains: "not on file", code: sku-unknown}, {contains: "locked", code: x, retryable: true}]'
    )
    mapped = read_mapping(SHIPPED.replace("error_rules: []", rules))
    said = read_status(mapped, xmldoc.parse(error("Product not on file")))
    assert isinstance(said, VendorError)
    assert (said.error.code, said.error.retryable) == ("sku-unknown", False)


FORMS: list[tuple[dict[str, Any], Any, str | None]] = [
    ({"from": "v"}, "x", "x"),
    ({"from": "v"}, "", None),
    ({"from": "v", "default": "d"}, None, "d"),
    ({"from": "v", "as": "int"}, "07", "7"),
    ({"from": "v", "as": "decimal"}, Decimal("1E+2"), "100"),
    ({"from": "v", "as": "date", "format": "%d/%m/%Y"}, "2026-03-02T08:30:00Z", "02/03/2026"),
    ({"from": "v", "as": "ts"}, "2026-03-02T08:30:00+00:00", "2026-03-02T08:30:00Z"),
    ({"from": "v", "as": "bool", "values": {"true": "Y", "false": "N"}}, False, "N"),
    ({"from": "v", "lookup": "t"}, "GB", "UK"),
    ({"const": "c"}, "x", "c"),
]
MINIMAL = SHIPPED.replace("OrderNumber: {from: external_ref, required: true}", "OrderNumber: {}", 1)


@pytest.mark.parametrize(("spec", "value", "text"), FORMS)
def test_a_value_is_written_in_its_form(spec: dict[str, Any], value: Any, text: str | None) -> None:
    from crossdock.connectors.prima.engine import _written

    mapped = read_mapping(SHIPPED + "\ntables: {t: {GB: UK}}\n")
    assert _written(mapped, Value.model_validate(spec), ({"v": value},), "at") == text


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        ({"from": "v", "required": True}, ""),
        ({"from": "v", "as": "int"}, "1.5"),
        ({"from": "v", "as": "decimal"}, "x"),
        ({"from": "v", "as": "date"}, "x"),
        ({"from": "v", "as": "bool", "values": {"true": "Y"}}, False),
        ({"from": "v", "lookup": "t"}, "FR"),
    ],
)
def test_a_value_that_cannot_be_written_is_named(spec: dict[str, Any], value: Any) -> None:
    from crossdock.connectors.prima.engine import _written

    mapped = read_mapping(SHIPPED + "\ntables: {t: {GB: UK}}\n")
    with pytest.raises(DataFault, match="^at: "):
        _written(mapped, Value.model_validate(spec), ({"v": value},), "at")


@pytest.mark.parametrize(
    ("spec", "said", "value"),
    [
        ({"path": "@v", "as": "int"}, "7", 7),
        ({"path": "@v", "as": "ts"}, "2026-03-02T08:30:00Z", None),
        ({"path": "@v", "as": "date"}, "2026-03-02", date(2026, 3, 2)),
        ({"path": "@v", "as": "bool"}, "true", True),
        ({"path": "@v", "as": "bool", "values": {"Yes": "true", "No": "false"}}, "No", False),
        ({"path": "@v", "lookup": "t"}, "UK", "GB"),
        ({"path": "@v"}, " x ", "x"),
        ({"path": "@v", "default": "d"}, "", "d"),
        ({"path": "Data/@v"}, "far", None),
    ],
)
def test_a_value_is_read_in_its_form(spec: dict[str, Any], said: str, value: Any) -> None:
    mapped = read_mapping(SHIPPED + "\ntables: {t: {GB: UK}}\n")
    root = etree.fromstring("<R/>")
    root.set("v", said)
    found = read_field(mapped, Value.model_validate(spec), root)
    assert found == value if value is not None else found is None or found.tzinfo is not None
