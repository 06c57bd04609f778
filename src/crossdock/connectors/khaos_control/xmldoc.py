"""Reading their XML without trusting it: no entities, no document types, no network, and every complaint has a place.

All functions take elements whose namespaces are already dropped: Khaos Control documents are known by local name alone.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from crossdock.connectors.khaos_control.times import read_day
from crossdock.model.faults import DataFault

Element = etree._Element

_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
NUMBER_MAX = Decimal(10) ** 12

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "windows-1252", "cp1252"})
_FLAGS = {"-1": True, "1": True, "true": True, "0": False, "false": False, "": False}
_NUMBER = re.compile(
    r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
)  # Delphi writes small floats with an exponent


def decode(raw: bytes) -> str:
    """Bytes → text: by byte order mark, by declaration, else UTF-8, else Windows-1252 (old servers declare nothing).

    Raises DataFault: the encoding is not one of ours, or the bytes are not in it.
    """
    declared = _DECLARED.match(raw[:200])
    try:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16")
        if declared is None or raw.startswith(b"\xef\xbb\xbf"):
            return _decode_undeclared(raw)
        name = declared.group(1).decode("ascii").lower()
        if name not in _ENCODINGS:
            raise DataFault("/", f"the encoding {name} is not one we read; UTF-8 is")
        return raw.decode(name)
    except UnicodeDecodeError as error:
        raise DataFault("/", f"byte {error.start} is not {error.encoding}") from error


def _decode_undeclared(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("windows-1252")


def parse(text: str) -> Element:
    """The root element, namespaces dropped. Raises DataFault: a document type declaration, or not well-formed."""
    body = text.lstrip("\ufeff \t\r\n")
    if body.startswith("<?xml"):
        body = body[body.find("?>") + 2 :]
    if _has_document_type(body):
        raise DataFault("/", "a document type declaration is refused: it can hold entities")
    try:
        root = etree.fromstring(body.encode(), _PARSER)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise DataFault("/", f"not well-formed XML: {error}") from error
    if "xmlns" in body:
        _drop_namespaces(root)
    return root


def document(source: bytes | str, *, root: str) -> Element:
    """A whole document with the root its kind has. Raises DataFault."""
    found = parse(source if isinstance(source, str) else decode(source))
    if found.tag != root:
        raise DataFault(f"/{found.tag}", f"this is no {root} document")
    return found


def place(element: Element, leaf: str = "") -> str:
    """Where an element, or the child or @attribute `leaf` of it, is: `/STATUS_LIST/ORDER_STATUS[2]/@SORDER_CODE`."""
    steps = [leaf] if leaf else []
    node: Element | None = element
    while node is not None:
        parent = node.getparent()
        alike = [] if parent is None else parent.findall(str(node.tag))
        steps.append(f"{node.tag}[{alike.index(node) + 1}]" if len(alike) > 1 else str(node.tag))
        node = parent
    return "/" + "/".join(reversed(steps))


def text(element: Element, name: str) -> str:
    """The text of a child, trimmed; "" when it is missing or empty."""
    return (element.findtext(name) or "").strip()


def attribute(element: Element, name: str) -> str:
    return str(element.get(name, "")).strip()


def value(element: Element, name: str) -> str:
    """The child `NAME`, or the attribute `@NAME`: what the getters below read."""
    return attribute(element, name[1:]) if name.startswith("@") else text(element, name)


def required(element: Element, name: str) -> str:
    """Raises DataFault when it is missing or empty."""
    found = value(element, name)
    if not found:
        raise DataFault(place(element, name), "is missing or empty")
    return found


def decimal_or_none(element: Element, name: str) -> Decimal | None:
    """Raises DataFault when there is something and it is no plain number."""
    found = value(element, name)
    if not found:
        return None
    if not _NUMBER.fullmatch(found):
        raise DataFault(place(element, name), f"{found!r} is no number")
    number = Decimal(found)
    if abs(number) >= NUMBER_MAX:
        raise DataFault(place(element, name), f"{found!r} is larger than anything in the trade")
    return number


def decimal(element: Element, name: str, default: Decimal | None = None) -> Decimal:
    """Raises DataFault when it is no number, or missing without a default."""
    found = decimal_or_none(element, name)
    if found is not None:
        return found
    if default is None:
        raise DataFault(place(element, name), "is missing or empty; a number must be there")
    return default


def flag(element: Element, name: str) -> bool:
    """-1 is true, 0 is false; missing or empty is false. Raises DataFault on any other word."""
    found = value(element, name)
    try:
        return _FLAGS[found.lower()]
    except KeyError:
        raise DataFault(place(element, name), f"{found!r} is neither -1 (true) nor 0 (false)") from None


def day(element: Element, name: str) -> date | None:
    """A DD/MM/YYYY date; None when empty or before 1900. Raises DataFault."""
    found = value(element, name)
    try:
        return read_day(found)
    except ValueError as error:
        raise DataFault(place(element, name), f"{found!r} is no DD/MM/YYYY date") from error


def raw(element: Element) -> bytes:
    """The element as it came, for the archive."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def below(element: Element, *path: str) -> Iterator[Element]:
    """Every element at the end of the path."""
    return element.iterfind("/".join(path))


def _has_document_type(body: str) -> bool:
    """A document type can only stand before the root element; the same words in a description are just words."""
    at = 0
    while True:
        while at < len(body) and body[at].isspace():
            at += 1
        closing = "-->" if body.startswith("<!--", at) else "?>" if body.startswith("<?", at) else ""
        if not closing:
            return body[at : at + 9].upper() == "<!DOCTYPE"
        end = body.find(closing, at)
        if end < 0:
            return False
        at = end + len(closing)


def _drop_namespaces(root: Element) -> None:
    for element in root.iter():
        if (tag := str(element.tag)).startswith("{"):
            element.tag = tag.rpartition("}")[2]
        for name in list(element.attrib):
            if (plain := str(name)).startswith("{"):
                element.set(plain.rpartition("}")[2], str(element.attrib.pop(plain)))
