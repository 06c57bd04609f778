"""Fitting text into their fields: escaped, wrapped at spaces, or refused by name. Nothing is ever cut. Pure."""

import re
from collections.abc import Sequence

from crossdock.model.faults import Unsupported

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = re.compile(r"\s+")


def escaped(value: str) -> str:
    """As XML character data. A carriage return is written as a reference, for a parser turns a bare one into a feed."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;") if "\r" in value else value


def refuse_what_xml_cannot_hold(document: str) -> None:
    """Raises Unsupported at the first character (a control code, half a surrogate pair) that no XML 1.0 may hold."""
    if found := _NOT_XML.search(document):
        tag = document[document.rfind("<", 0, found.start()) + 1 : found.start()].partition(">")[0]
        raise Unsupported(tag, f"the character U+{ord(found.group()):04X} cannot be sent in XML; remove it")


def fitted(value: str, longest: int, place: str, *, refuse: bool = True) -> str:
    """The value, if it fits. Raises Unsupported when it is too long and `refuse` is set; else it goes as it is."""
    if refuse and len(value) > longest:
        raise Unsupported(place, f"{value!r} has {len(value)} characters; Khaos Control holds {longest}")
    return value


def wrapped(value: str, width: int) -> list[str]:
    """Lines of at most `width` characters, broken at spaces; no word is lost or split. A longer word stays whole."""
    if len(value) <= width:
        return [value] if value.strip() else []
    lines: list[str] = []
    for word in _SPACE.split(value.strip()):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def address_lines(given: Sequence[str], width: int, place: str, *, refuse: bool = True) -> tuple[str, str, str]:
    """The street part of an address as three lines of at most `width` characters, every word kept in its order.

    A line that is too long runs on into the next. Only when three lines do not suffice that way are all of them run
    together. Raises Unsupported (see `fitted`) when a word, or the whole, cannot fit.
    """
    lines = [part for line in given for part in wrapped(line, width)]
    if len(lines) > 3:
        lines = wrapped(" ".join(line.strip() for line in given), width)
    if refuse and (len(lines) > 3 or any(len(line) > width for line in lines)):
        whole = " / ".join(line for line in given if line)
        raise Unsupported(place, f"{whole!r} does not fit into three lines of {width} characters; shorten it")
    if len(lines) > 3:
        lines = [*lines[:2], " ".join(lines[2:])]
    first, second, third = (*lines, "", "", "")[:3]
    return first, second, third
