"""The XML inside the string: values as attributes, ISO-8859-1 declared.

A character outside Latin-1 travels as a numeric reference; sent raw, it is lost on the way into a Latin-1 system.
"""

import re
from collections.abc import Iterable, Mapping

from lxml import etree

from crossdock.sandbox.prima.knobs import Knobs
from crossdock.sandbox.prima.soap_wire import PARSER

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
Row = tuple[str, Mapping[str, str]]


class RequestError(Exception):
    """A business refusal: HTTP success, RequestStatus ERROR, and this text."""


def read(document: str, knobs: Knobs) -> etree._Element:
    """The `Request`. Raises RequestError: when it cannot be read."""
    text = _DECLARATION.sub("", document, count=1)
    latin = text.encode("latin-1", "replace").decode("latin-1")
    if latin != text and knobs.non_latin1 == "error":
        raise RequestError("Invalid character in request")
    try:
        root = etree.fromstring(text if knobs.non_latin1 == "keep" else latin, PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise RequestError(f"Invalid XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise RequestError("Invalid XML: a document type declaration is not accepted")
    if root.tag != "Request":
        raise RequestError("Invalid XML: Request expected")
    return root


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def ok(knobs: Knobs, rows: Iterable[Row] = (), data: Mapping[str, str] | None = None) -> str:
    """A good answer: `Data` with these attributes and these rows in it, when there is anything to say."""
    root = etree.Element(knobs.reply_root, RequestStatus="OK")
    held = list(rows)
    if held or data is not None:
        inside = etree.SubElement(root, "Data", dict(data or {}))
        for name, values in held:
            etree.SubElement(inside, name, dict(values))
    return written(root)


def error(knobs: Knobs, text: str) -> str:
    return written(etree.Element(knobs.reply_root, RequestStatus="ERROR", RequestError=text))


def written(root: etree._Element) -> str:
    """The document as a string, Latin-1 declared; what Latin-1 lacks is a numeric reference."""
    body = etree.tostring(root, encoding="unicode").encode("latin-1", "xmlcharrefreplace").decode("latin-1")
    return '<?xml version="1.0" encoding="ISO-8859-1"?>' + body
