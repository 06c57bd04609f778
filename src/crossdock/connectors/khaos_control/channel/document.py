"""One tree, two ways to write it: dicts, lists and plain values ↔ JSON or XML.

In XML a list is a container of elements named after what it holds, save those of `PLAIN`: the element itself is
repeated. A reference ({"ID": …}) is an element with attributes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree

from crossdock.connectors import exact_json
from crossdock.connectors.khaos_control import xmldoc
from crossdock.model.faults import DataFault, Unsupported

Tree = dict[str, Any]

ITEM_NAMES: Mapping[str, str] = {
    "Orders": "SalesOrder",
    "Items": "OrderItem",
    "Payments": "OrderPayment",
    "AlternateMapping": "ItemMapping",
    "Mapping": "ItemMapping",
    "DiscountCodes": "DiscountCode",
    "ExtendedDescription": "string",
    "Returns": "CustomerReturn",
    "ReturnedItems": "CustomerReturnItem",
    "ExchangeItems": "CustomerExchangeItem",
    "Statuses": "Status",
    "Shipments": "Shipment",
    "Packages": "ShipmentPackage",
    "Relationships": "StockItemRelationship",
    "Barcodes": "StockBarcode",
    "PackItems": "PackItem",
    "SCSValues": "string",
    "SCSDescription": "string",
    "Headings": "string",
    "Linked": "LinkedItem",
    "SupplierInfo": "StockSupplier",
    "UserDefinedFields": "UserDefinedField",
}
"""Container → what one entry is called, where the place does not say otherwise. The last two are assumed."""

PLAIN = frozenset({"MatchCompanyOn", "MatchAddressOn", "MatchContactOn"})
"""Lists written as the same element again and again."""

REFERENCES = frozenset({"ID", "Code", "Name"})
ATTRIBUTED = frozenset({"StockDescription"})

LISTS = (frozenset(ITEM_NAMES) - {"Mapping"}) | {
    "ReturnItems", "Deleted", "Images", "UploadPriceLists", "StockPrices", "ListingPrices", "CustomOptions",
}  # fmt: skip
"""Containers, when reading."""


def write_json(root: Tree) -> bytes:
    return json.dumps(_numbers(root), ensure_ascii=False).encode()


def write_xml(name: str, root: Tree, items: Mapping[str, str]) -> bytes:
    """items: what the entries of a list are called in this document, over ITEM_NAMES."""
    names = {**ITEM_NAMES, **items}
    element = etree.Element(name)
    for key, value in root.items():
        _append(element, key, value, names)
    found: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
    return found


def read(raw: bytes) -> Tree:
    """A document of either form. Raises DataFault: it is not whole, or no object."""
    if not raw.strip():
        raise DataFault("document", "is empty")
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root = xmldoc.parse(xmldoc.decode(raw))
        found = _tree(root)
        return {root.tag: found} if not isinstance(found, dict) else {**found, "#root": root.tag}
    try:
        value = exact_json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except ValueError as error:
        raise DataFault("document", f"is no whole JSON: {error}") from error
    if not isinstance(value, dict):
        raise DataFault("document", f"must be an object, was {type(value).__name__}")
    return value


def _numbers(value: Any) -> Any:
    match value:
        case Decimal():
            return _number(value)
        case dict():
            return {key: _numbers(one) for key, one in value.items()}
        case list() | tuple():
            return [_numbers(one) for one in value]
    return value


def _number(value: Decimal) -> int | float:
    """The channel's amounts are doubles: what a double cannot hold to the last digit is refused, not bent."""
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    near = float(value)
    if Decimal(repr(near)) != value:
        raise Unsupported("amount", f"{value:f} has more digits than the channel's numbers hold")
    return near


def _append(parent: etree._Element, name: str, value: Any, names: Mapping[str, str]) -> None:
    if isinstance(value, list | tuple) and name in PLAIN:
        for one in value:
            _append(parent, name, one, names)
        return
    element = etree.SubElement(parent, name)
    match value:
        case list() | tuple():
            for one in value:
                _append(element, names[name], one, names)
        case dict() if name in ATTRIBUTED:
            element.set("Source", value["Source"])
            element.text = value["Parameter"]
        case dict() if value and set(value) <= REFERENCES:
            for key, one in value.items():
                element.set(key, one)
        case dict():
            for key, one in value.items():
                _append(element, key, one, names)
        case _:
            element.text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _tree(element: xmldoc.Element) -> Any:
    children = list(element)
    if element.tag in LISTS and not element.attrib and (children or not (element.text or "").strip()):
        return [_tree(child) for child in children]
    if not children:
        said = (element.text or "").strip()
        if not element.attrib:
            return said
        return {**dict(_attributes(element)), **({"#text": said} if said else {})}
    return _object(children)


def _attributes(element: xmldoc.Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        yield str(key), str(value)


def _object(children: Sequence[xmldoc.Element]) -> Tree:
    found: Tree = {}
    for child in children:
        name, value = str(child.tag), _tree(child)
        if name in PLAIN:
            found.setdefault(name, []).append(value)
        elif name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return found
