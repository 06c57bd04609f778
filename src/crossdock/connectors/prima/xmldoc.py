"""Prima's XML, read without trusting it: no entities, no document types, no network; every complaint has a place."""

import re

from lxml import etree

from crossdock.model.faults import DataFault

Element = etree._Element

_PARSER = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=True,  # all stock comes as one text; what makes large trees dangerous, entities, is refused
    remove_comments=True,
    remove_pis=True,
)
_DECLARATION = re.compile(r"\s*<\?xml(?=\s).*?\?>", re.DOTALL)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso8859-1", "latin1", "windows-1252", "utf-16"})


def decode(raw: bytes, *, otherwise: str = "utf-8") -> str:
    """Bytes → text, by byte order mark, declaration, else `otherwise`. Raises DataFault."""
    name = otherwise
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name = "utf-16"
    elif raw.startswith(b"\xef\xbb\xbf"):
        name = "utf-8-sig"
    elif declared := _DECLARED.match(raw[:200]):
        name = declared.group(1).decode("ascii").lower()
        if name not in _ENCODINGS:
            raise DataFault("/", f"the encoding {name} is not one we read; UTF-8 and ISO-8859-1 are")
    try:
        return raw.decode(name)
    except (UnicodeDecodeError, LookupError) as error:
        raise DataFault("/", f"is not the {name} it says it is") from error


def parse(text: str) -> Element:
    """The root, namespaces dropped. What the text declares of its encoding is past: it is text already.

    Raises DataFault: a document type, or not well-formed.
    """
    body = text.lstrip("\ufeff \t\r\n")
    if declaration := _DECLARATION.match(body):
        body = body[declaration.end() :]
    if "<!DOCTYPE" in body.upper():
        raise DataFault("/", "a document type declaration is refused: it can hold entities")
    try:
        root = etree.fromstring(body.encode(), _PARSER)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise DataFault("/", f"not well-formed XML: {error}") from error
    _drop_namespaces(root)
    return root


def place(element: Element, leaf: str = "") -> str:
    """Where an element, or a path below it, is: `/Reply/Data/SKU[2]/@Product`."""
    steps = [leaf] if leaf else []
    node: Element | None = element
    while node is not None:
        parent = node.getparent()
        alike = [] if parent is None else parent.findall(str(node.tag))
        steps.append(f"{node.tag}[{alike.index(node) + 1}]" if len(alike) > 1 else str(node.tag))
        node = parent
    return "/" + "/".join(reversed(steps))


def value_at(element: Element, path: str) -> str | None:
    """The attribute at the end of `A/B/@C`; None when an element on the way, or it, is not there."""
    steps, _, name = path.rpartition("@")
    holder = element.find(steps.rstrip("/")) if steps else element
    found = None if holder is None else holder.get(name)
    return None if found is None else str(found)


def _drop_namespaces(root: Element) -> None:
    for element in root.iter():
        if (tag := str(element.tag)).startswith("{"):
            element.tag = tag.rpartition("}")[2]
