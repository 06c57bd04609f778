"""The mapping file: what it may say, and every mistake told with its line, its key and what would be right."""

from pathlib import Path

import pytest

from crossdock.connectors.prima.config import MAPPING_FILE
from crossdock.connectors.prima.mapping_file import load_mapping, read_mapping
from tests.connectors.prima.support import soap_settings

SHIPPED = MAPPING_FILE.read_text()


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_file_that_comes_with_us_is_good() -> None:
    mapped = load_mapping(MAPPING_FILE)
    assert mapped.capabilities == {"OrderSink", "FulfilmentSource", "StockSource"}
    assert mapped.operation("items.list") is None
    assert mapped.file.operations["orders.create"].evidence == "observed-attributes, semantics-unconfirmed"


MISTAKES = [
    ("mapping_version: 1", "mapping_version: 2", "mapping_version", "is none of 1"),
    ('contract: "1.0"', "contract: 2", "contract", "is none of '1.0'"),
    ("kind: soap11_xml_string", "kind: json_http", "transport.kind", "is none of 'soap11_xml_string'"),
    ("argument: null", 'argument: "1 2"', "transport.argument", "is no such path or name"),
    ("argument: null", "arguments: RequestXML", "transport.arguments", "is no key of a mapping file"),
    ("auth: {scheme: none}", "auth: {scheme: none, password: x}", "auth.password", "is no key of a mapping file"),
    ("encoding: ISO-8859-1", "encoding: EBCDIC", "transport.encoding", "is none of"),
    ('free: {path: "@AvailableQuantity"', 'free: {path: "@OnHand"', "operations.stock.query.response.fields.free",
     "declared free_field, @AvailableQuantity"),
    ("strategy: key_range", "strategy: cursor", "operations.stock.list.paging.strategy",
     "is none of 'none' or 'key_range'"),
    ("size: 100", "size: 0", "operations.stock.query.batch.size", "greater than or equal to 1"),
    ("for_each: skus", "for_each: sku", "operations.stock.query.request.children.0.children.0.for_each",
     "did you mean 'skus'"),
    ("OrderNumber: {from: external_ref, required: true}", "OrderNumber: {from: external_reff}",
     "operations.orders.status.request.children.0.attrs.OrderNumber.from", "did you mean 'external_ref'"),
    ("OrderNumber: {from: external_ref, required: true}", 'OrderNumber: {path: "@X"}',
     "operations.orders.status.request.children.0.attrs.OrderNumber.path", "path is for responses"),
    ("OrderNumber: {from: external_ref, required: true}", "OrderNumber: {from: external_ref, const: x}",
     "operations.orders.status.request.children.0.attrs.OrderNumber", "exactly one of const, from and path"),
    ("OrderNumber: {from: external_ref, required: true}", "OrderNumber: {from: external_ref, format: '%d'}",
     "operations.orders.status.request.children.0.attrs.OrderNumber", "format belongs to"),
    ("OrderNumber: {from: external_ref, required: true}", "OrderNumber: {from: external_ref, lookup: t}",
     "operations.orders.status.request.children.0.attrs.OrderNumber.lookup", "is no table of this file"),
    ("required: true}\n        next", 'required: true, default: "0"}\n        next',
     "operations.stock.query.response.fields.free", "a required value has no default"),
    ('rows: ["Data/SKU", "Data/sku"]', "rows: []", "operations.stock.query.response", "needs rows"),
    ('m4: "@MtrxCode4"}', 'm4: "@MtrxCode4", m5: "@X"}', "operations.stock.query.response.key.m5", "is no part"),
    ("Cancelled: cancelled,", "Cancelled: gone,", "operations.orders.status.response.fields.status.values.Cancelled",
     "'gone' is no status"),
    ("          as: enum\n", "          as: string\n", "operations.orders.status.response.fields.status",
     "values belong to"),
    ("precheck: orders.status", "precheck: orders.stat", "operations.orders.create.precheck", "is no operation"),
    ("  items.list: {", "  item.list: {", "operations.item.list", "did you mean 'items.list'"),
    ("items.list: {evidence: none, status: unsupported, fallback: file_drop}", "items.list: {evidence: none}",
     "operations.items.list", "needs a request"),
    ("element: OrderHeaderData", "element: Order Header",
     "operations.orders.create.request.children.0.children.0.element", "is no such path or name"),
    ("not_found_on_error: ask", "not_found_on_error: No", "operations.orders.status.not_found_on_error", "is none of"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "key", "says"), MISTAKES)
def test_a_mistake_is_told_with_line_key_and_fix(good: str, bad: str, key: str, says: str) -> None:
    text = SHIPPED.replace(good, bad, 1)
    assert text != SHIPPED
    with pytest.raises(ValueError) as caught:
        read_mapping(text, "mine.yaml")
    told = next(row for row in str(caught.value).splitlines() if f": {key}: " in row)
    assert says in told
    line = int(told.partition("line ")[2].partition(":")[0])
    assert abs(line - line_of(text, bad.split("\n")[0].strip())) <= 8  # the key itself, or the block it stands in


def test_the_line_is_that_of_the_key() -> None:
    text = SHIPPED.replace("argument: null", "argument: 7")
    with pytest.raises(ValueError, match=rf"^f, line {line_of(text, 'argument: 7')}: transport.argument: must be text"):
        read_mapping(text, "f")


def test_every_mistake_is_told_at_once() -> None:
    text = SHIPPED.replace("mapping_version: 1", "mapping_version: 2").replace("argument: null", "argument: 7", 1)
    with pytest.raises(ValueError) as caught:
        read_mapping(text)
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: the file"),
        ("[]", "line 1: the file"),
        ("a: b: c", "line 1:"),
        ("a: 1\na: 2", "line 2: the key 'a' stands here twice"),
        ("a: &x 1\nb:\n  <<: *x", "line 3: blocks are not merged"),
        ("a: &x [*x]", "line 1: an alias stands inside what it names"),
        ("? [a]\n: 1", "line 1: a key must be a word"),
        ("a: \tb", "line 1"),
    ],
)
def test_what_is_no_mapping_file_is_said_so(text: str, says: str) -> None:
    with pytest.raises(ValueError, match="mapping_file, ") as caught:
        read_mapping(text)
    assert says in str(caught.value)


def test_an_address_belongs_in_the_settings() -> None:
    text = SHIPPED.replace("kind: soap11_xml_string", "kind: soap11_xml_string\n  endpoint: http://prima:8080/wsa")
    with pytest.raises(ValueError, match="transport.endpoint: an address belongs in the setting base_url"):
        read_mapping(text)
    assert read_mapping(text.replace("http://prima:8080/wsa", "${PRIMA_URL}")).capabilities


def test_a_table_must_read_both_ways() -> None:
    text = SHIPPED.replace("Country: {from: delivery_address.country}", "Country: {from: delivery_address.country, "
                           "lookup: countries}") + "\ntables: {countries: {GB: UK, IM: UK}}\n"  # fmt: skip
    with pytest.raises(ValueError, match="two of ours have the same one of theirs"):
        read_mapping(text)


def test_a_file_of_ones_own_takes_its_place(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    create = SHIPPED.index("  orders.create:")
    mine.write_text(SHIPPED[:create] + SHIPPED[SHIPPED.index("  customers.list:") :])
    mapped = soap_settings(mapping_file=str(mine)).mapped()
    assert mapped.capabilities == {"FulfilmentSource", "StockSource"}
    mine.write_text("nothing: here")
    with pytest.raises(ValueError, match="line 1"):
        soap_settings(mapping_file=str(mine))
