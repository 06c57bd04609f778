"""How the values of one PIM are read: by which type, of which locales and channel, and which of several is preferred.

A value on the wire is `{"locale", "scope", "data"}`; assets and records say `channel` for `scope`. Its type is named
beside it on SaaS (`attribute_type`), known from the attribute elsewhere, and else told by its shape.
Source: Akeneo REST API, "The values" (concepts/products), "Asset Manager".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crossdock.connectors.akeneo.value_readers import READERS, Cell, Media
from crossdock.connectors.akeneo.value_types import TYPES, How
from crossdock.model.catalogue import AttributeValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the values of one PIM are read. types: attribute → its type, where values do not name it.

    base_url: where media are fetched from; "" leaves their addresses as they came. key: which key a product goes by.
    """

    sku_attribute: str = "sku"
    name_attribute: str = "name"
    key: Literal["uuid", "identifier", "auto"] = "auto"
    locales: tuple[str, ...] = ()
    channel: str = ""
    media: Literal["url", "code"] = "url"
    base_url: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    read_as: Mapping[str, How] = field(default_factory=dict)

    def how(self, attribute: str, cell: Cell) -> How:
        kind = cell.kind or self.types.get(attribute, "")
        return self.read_as.get(kind) or TYPES.get(kind) or shape(cell)

    def read(self, attribute: str, cell: Cell) -> Any:
        """The value as we hold it: text, Decimal, bool, a tuple or a mapping. Raises Wrong."""
        return READERS[self.how(attribute, cell)](cell, Media(mode=self.media, base_url=self.base_url))

    def wanted(self, locale: str, channel: str) -> bool:
        """Whether values of that locale and channel ("": of all) are to be read."""
        return (not locale or not self.locales or locale in self.locales) and (
            not channel or not self.channel or channel == self.channel
        )


def shape(cell: Cell) -> How:
    """What an unnamed value looks like; "plain" takes it as it is."""
    data = cell.data
    if isinstance(data, dict) and {"amount", "unit"} <= data.keys():
        return "measure"
    if isinstance(data, list) and data and all(isinstance(one, dict) and one.keys() >= {"amount", "currency"}
                                               for one in data):  # fmt: skip
        return "prices"
    return "media" if isinstance(data, str) and "download" in cell.links else "plain"


def pick(values: Iterable[AttributeValue], attribute: str, reading: Reading) -> AttributeValue | None:
    """The value of that attribute that suits best: of the preferred locale, or one that does not vary."""
    order = {locale: rank for rank, locale in enumerate(("", *reading.locales))}
    found = [value for value in values if value.attribute == attribute]
    return min(found, key=lambda value: (order.get(value.locale, len(order)), value.channel != ""), default=None)
