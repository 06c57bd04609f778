"""Prima's XML: attributes found by paths."""

from crossdock.connectors import xml

Element = xml.Element
place = xml.place
decode = xml.decode


def parse(text: str) -> Element:
    """The root, namespaces dropped. Raises DataFault: a document type, or not well-formed.

    All stock comes as one text. What makes large trees dangerous, entities, is refused.
    """
    return xml.parse(text, huge=True)


def value_at(element: Element, path: str) -> str | None:
    """The attribute at the end of `A/B/@C`; None when an element on the way, or it, is not there."""
    steps, _, name = path.rpartition("@")
    holder = element.find(steps.rstrip("/")) if steps else element
    found = None if holder is None else holder.get(name)
    return None if found is None else str(found)
