"""Documents in Oro's dialect, and what is none."""

import pytest

from crossdock.connectors.orocommerce.jsonapi import (
    Malformed,
    WireError,
    attributes,
    errors_in,
    has_relationship,
    parse,
    reference,
    reference_id,
    references,
    with_its_own,
)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b'{"data":[{"type":"orders"', b"<html></html>", b"[]", b'"x"', b"null", b"{}", b'{"meta":{}}',
     b'{"data":[1]}', b'{"data":{"id":"1"}}', b'{"data":"x"}', b'{"data":[],"included":{"a":1}}',
     b'{"data":[],"included":[{"id":"1"}]}', b'{"errors":"all"}', b"\xff\xfe"],
)  # fmt: skip
def test_no_document(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw)


def test_a_list_and_its_next_page() -> None:
    doc = parse(b'{"data":[{"type":"a","id":"1"}],"links":{"next":"https://x"}}')
    assert (len(doc.rows), doc.has_next) == (1, True)
    assert not parse(b'{"data":null,"links":[]}').has_next


def test_empty_and_missing_relationships() -> None:
    record = {"relationships": {"none": {"data": None}, "php": {"data": {}}, "many": {"data": []}, "odd": [], "x": {}}}
    assert [references(record, name) for name in ("none", "php", "many")] == [[], [], []]
    assert [references(record, name) for name in ("odd", "x", "absent")] == [None, None, None]
    assert (reference(record, "none"), reference_id(record, "absent")) == (None, "")
    assert has_relationship(record, "none")
    assert not has_relationship({"relationships": []}, "none")
    assert (references({}, "x"), attributes({"attributes": []})) == (None, {})


def test_a_record_takes_along_what_is_its_own() -> None:
    doc = parse(
        b'{"data":[{"type":"o","id":"1","relationships":{"l":{"data":[{"type":"l","id":"1"}]}}},'
        b'{"type":"o","id":"2"}],"included":['
        b'{"type":"l","id":"1","relationships":{"p":{"data":{"type":"p","id":"1"}},"o":{"data":{"type":"o","id":"1"}}}},'
        b'{"type":"p","id":"1"},{"type":"p","id":"2"}]}'
    )
    first, second = (parse(with_its_own(row, doc.included)) for row in doc.rows)
    assert set(first.included) == {("l", "1"), ("p", "1")}
    assert second.included == {}


def test_errors() -> None:
    raw = (
        b'{"errors":[{"status":"400","title":"not blank constraint","detail":"This value should not be blank.",'
        b'"source":{"pointer":"/data/attributes/currency"}},{"status":400,"source":null},"odd"]}'
    )
    first, second = errors_in(raw)
    assert str(first) == "not blank constraint: This value should not be blank. (/data/attributes/currency)"
    assert second == WireError(status=400, title="")
    assert errors_in(b"") == ()
