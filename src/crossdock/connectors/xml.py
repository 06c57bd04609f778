"""XML read without trusting it: no entities, no document types, no network; every complaint has a place.

Elements are known by their local names alone: the namespaces are dropped.
"""

import re
from collections.abc import Sequence

from lxml import etree

from crossdock.model.faults import DataFault

Element = etree._Element

_DECLARATION = re.compile(r"<\?xml(?=\s).*?\?>", re.DOTALL)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252"}
)  # fmt: skip


def decode(raw: bytes, *, otherwise: Sequence[str] = ("utf-8",)) -> str:
    """Bytes → text: by byte order mark, by declaration, else the first of `otherwise` that they are in.

    Raises DataFault: the encoding is not one of ours, or the bytes are not in it.
    """
    names = _named(raw) or otherwise
    for name in names:
        try:
            return raw.decode(name)
        except UnicodeDecodeError as error:
            problem = f"byte {error.start} is not {error.encoding}"
    raise DataFault("/", problem)


def _named(raw: bytes) -> Sequence[str]:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ("utf-16",)
    if raw.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if (declared := _DECLARED.match(raw[:200])) is None:
        return ()
    name = declared.group(1).decode("ascii").lower()
    if name not in _ENCODINGS:
        raise DataFault("/", f"the encoding {name} is not one we read; UTF-8, ISO-8859-1 and Windows-1252 are")
    return (name,)


def parse(text: str, *, huge: bool = False, plain_attributes: bool = False) -> Element:
    """The root element. What the text declares of its encoding is past: it is text already.

    huge: trees deeper, and texts longer, than libxml2 takes by itself. plain_attributes: of them too the namespaces are
    dropped. Raises DataFault: a document type declaration, or not well-formed.
    """
    body = text.lstrip("\ufeff \t\r\n")
    if declaration := _DECLARATION.match(body):
        body = body[declaration.end() :]
    if _has_document_type(body):
        raise DataFault("/", "a document type declaration is refused: it can hold entities")
    try:
        root = etree.fromstring(body.encode(), _HUGE if huge else _PARSER)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise DataFault("/", f"not well-formed XML: {error}") from error
    if "xmlns" in body:
        _drop_namespaces(root, attributes=plain_attributes)
    return root


def place(element: Element, leaf: str = "") -> str:
    """Where an element, or a child, @attribute or path below it, is: `/STATUS_LIST/ORDER_STATUS[2]/@SORDER_CODE`."""
    steps = [leaf] if leaf else []
    node: Element | None = element
    while node is not None:
        parent = node.getparent()
        alike = [] if parent is None else parent.findall(str(node.tag))
        steps.append(f"{node.tag}[{alike.index(node) + 1}]" if len(alike) > 1 else str(node.tag))
        node = parent
    return "/" + "/".join(reversed(steps))


def _parser(*, huge: bool) -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
    )


_PARSER, _HUGE = _parser(huge=False), _parser(huge=True)


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


def _drop_namespaces(root: Element, *, attributes: bool) -> None:
    for element in root.iter():
        if (tag := str(element.tag)).startswith("{"):
            element.tag = tag.rpartition("}")[2]
        for name in list(element.attrib) if attributes else ():
            if (plain := str(name)).startswith("{"):
                element.set(plain.rpartition("}")[2], str(element.attrib.pop(plain)))
