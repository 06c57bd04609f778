"""XML from others: its encodings, what is refused of it, and names without their namespaces."""

import pytest

from crossdock.connectors.xml import decode, parse, place
from crossdock.model.faults import DataFault

BOTH = ("utf-8", "windows-1252")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>', "<a>é</a>"),
        (b"<?xml version='1.0' encoding='latin1'?><a>\xe9</a>", "<a>é</a>"),
        (b'<?xml version="1.0" encoding="Windows-1252"?><a>\x80</a>', "<a>€</a>"),
        ("<a>é</a>".encode("utf-16"), "<a>é</a>"),
        ("<a>é</a>".encode("utf-8-sig"), "<a>é</a>"),
        ("<a>é</a>".encode(), "<a>é</a>"),
        (b"<a>\x80</a>", "<a>€</a>"),
    ],
)
def test_bytes_are_read_as_they_say_else_as_they_can_be(raw: bytes, text: str) -> None:
    assert decode(raw, otherwise=BOTH).endswith(text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'<?xml version="1.0" encoding="ebcdic"?><a/>', "the encoding ebcdic is not one we read"),
        (b'<?xml version="1.0" encoding="utf-8"?><a>\xff</a>', "byte 41 is not utf-8"),
        (b"\xef\xbb\xbf<a>\xff</a>", "is not utf-8"),
        (b"<a>\x81</a>", "byte 3 is not"),
    ],
)
def test_bytes_that_are_not_what_they_say_are_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(DataFault, match=reason):
        decode(raw, otherwise=BOTH)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!DOCTYPE a><a/>", "document type"),
        ('<?xml version="1.0"?><!-- one --><?two?>\n<!doctype a [<!ENTITY x "y">]><a>&x;</a>', "document type"),
        ("<a>", "not well-formed"),
        ("<!-- <!DOCTYPE a>", "not well-formed"),
        ("<a>&x;</a>", "not well-formed"),
        ("<a>\ud800</a>", "not well-formed"),
        ("", "not well-formed"),
    ],
)
def test_what_could_hold_entities_or_is_no_xml_is_refused(text: str, reason: str) -> None:
    with pytest.raises(DataFault, match=reason):
        parse(text)


def test_the_same_words_in_a_text_are_just_words() -> None:
    assert parse("<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE html>]]></a>").text == "<!DOCTYPE html>"


def test_namespaces_are_dropped_from_elements_and_on_request_from_attributes() -> None:
    text = '<n:a xmlns:n="urn:n" n:kind="x"><n:b/></n:a>'
    assert [one.tag for one in parse(text).iter()] == ["a", "b"]
    assert parse(text).items() == [("{urn:n}kind", "x")]
    assert parse(text, plain_attributes=True).items() == [("kind", "x")]


def test_a_long_text_is_read_where_that_is_allowed() -> None:
    text = f"<a>{'x' * 11_000_000}</a>"
    with pytest.raises(DataFault, match="not well-formed"):
        parse(text)
    assert len(parse(text, huge=True).text or "") == 11_000_000


def test_a_place_counts_where_there_are_several() -> None:
    root = parse("<list><row/><row/><end/></list>")
    assert [place(one) for one in root] == ["/list/row[1]", "/list/row[2]", "/list/end"]
    assert place(root[1], "@Code") == "/list/row[2]/@Code"
