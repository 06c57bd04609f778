"""The bodies of the channel's calls, as JSON and as XML, to and from the same plain values.

In XML a property is an element, a list an element with one child per entry (whatever the children are called), and a
reference by ID, Code or Name stands in attributes of its element.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from lxml import etree

from crossdock.sandbox.khaos_control.soap import SoapFault, parse_xml
from crossdock.sandbox.khaos_control.view import plain

JSON, XML = "JSON", "XML"
MEDIA_TYPES: Mapping[str, str] = {JSON: "application/json; charset=utf-8", XML: "application/xml; charset=utf-8"}

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_LISTS = frozenset({
    "Orders", "Items", "Payments", "DiscountCodes", "ExtendedDescription", "AlternateMapping", "MatchCompanyOn",
    "MatchAddressOn", "MatchContactOn", "Returns", "ReturnedItems", "ExchangeItems", "Barcodes", "Headings",
    "SCSValues", "Linked", "PackItems",
})  # fmt: skip


class DocumentError(ValueError):
    """A body that cannot be read; the text says where it fails."""


class Ref(dict[str, str]):
    """A reference by ID, Code or Name: an object in JSON, attributes in XML."""


def read(body: bytes, form: str) -> dict[str, Any]:
    """The properties of the root. Raises DocumentError: when there is no such document."""
    value = _read_json(body) if form == JSON else _read_xml(body)
    if not isinstance(value, dict):
        raise DocumentError(f"the {form} document has no properties")
    return value


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_number)
    except ValueError as error:
        raise DocumentError(f"malformed JSON: {error}") from error


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _read_xml(body: bytes) -> Any:
    try:
        root = parse_xml(body)
    except SoapFault as error:
        raise DocumentError(str(error)) from error
    return _value(root, "")


def _value(element: etree._Element, parent: str) -> Any:
    name = etree.QName(element).localname
    if element.get(_NIL) in ("true", "1"):
        return None
    if name in _LISTS or name == parent == "Relationships":
        if len(element) == 0 and not (element.text or "").strip():
            return []
        return [_value(one, name) for one in element] or [element.text]
    if len(element) == 0:
        text, attributes = element.text or "", {str(key): str(one) for key, one in element.attrib.items()}
        return attributes if attributes and not text.strip() else text
    return _properties(element, name)


def _properties(element: etree._Element, name: str) -> dict[str, Any]:
    """A list may also come as its own element again and again: the entries are put together."""
    found: dict[str, Any] = {}
    for child in element:
        key, value = etree.QName(child).localname, _value(child, name)
        found[key] = [*found[key], *value] if isinstance(value, list) and isinstance(found.get(key), list) else value
    return found


def write(value: Mapping[str, Any], form: str, *, root: str, items: Mapping[str, str]) -> bytes:
    """items: list → what its entries are called in XML."""
    if form == JSON:
        return json.dumps(value, default=_plain, ensure_ascii=False).encode()
    return etree.tostring(_element(root, value, items), encoding="utf-8", xml_declaration=True)


def _plain(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return plain(value)
    raise TypeError(f"{type(value).__name__} has no place in a document")


def _element(name: str, value: Any, items: Mapping[str, str]) -> etree._Element:
    element = etree.Element(name)
    match value:
        case Ref():
            for key, one in value.items():
                element.set(key, one)
        case dict():
            element.extend(_element(key, one, items) for key, one in value.items())
        case list():
            element.extend(_element(items.get(name, "Item"), one, items) for one in value)
        case bool():
            element.text = "true" if value else "false"
        case Decimal():
            element.text = str(plain(value))
        case _:
            element.text = str(value)
    return element


def nulls(value: Any, path: str = "") -> Iterator[str]:
    """Where a null stands; Khaos Control takes none."""
    match value:
        case None:
            yield path or "the document"
        case dict():
            for key, one in value.items():
                yield from nulls(one, f"{path}.{key}" if path else str(key))
        case list():
            for index, one in enumerate(value):
                yield from nulls(one, f"{path}[{index}]")
