"""Khaos Control's documents, and what is read of them: texts, numbers, flags and days, each with its place.

All functions take elements whose namespaces are already dropped: these documents are known by local name alone.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from crossdock.connectors import xml
from crossdock.connectors.khaos_control.times import read_day
from crossdock.model.faults import DataFault

Element = xml.Element
place = xml.place

NUMBER_MAX = Decimal(10) ** 12

_FLAGS = {"-1": True, "1": True, "true": True, "0": False, "false": False, "": False}
_NUMBER = re.compile(
    r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
)  # Delphi writes small floats with an exponent


def decode(raw: bytes) -> str:
    """By byte order mark, by declaration, else UTF-8, else Windows-1252 (old servers declare nothing). DataFault."""
    return xml.decode(raw, otherwise=("utf-8", "windows-1252"))


def parse(text: str) -> Element:
    """The root element, namespaces dropped. Raises DataFault: a document type declaration, or not well-formed."""
    return xml.parse(text, plain_attributes=True)


def document(source: bytes | str, *, root: str) -> Element:
    """A whole document with the root its kind has. Raises DataFault."""
    found = parse(source if isinstance(source, str) else decode(source))
    if found.tag != root:
        raise DataFault(f"/{found.tag}", f"this is no {root} document")
    return found


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
