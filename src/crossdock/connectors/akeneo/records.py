"""What Akeneo speaks of that has no canonical form of its own: read for people and for settings, moved nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossdock.model.catalogue import AttributeValue

Labels = tuple[tuple[str, str], ...]  # (locale, label)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeGroup:
    code: str
    position: int
    attributes: tuple[str, ...]
    labels: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """units: (attribute, unit its measures are converted to)."""

    code: str
    category_tree: str
    locales: tuple[str, ...]
    currencies: tuple[str, ...]
    units: tuple[tuple[str, str], ...] = ()
    labels: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    code: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    code: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationType:
    code: str
    two_way: bool
    quantified: bool
    labels: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """to_standard: (operation, figure) in turn, from this unit to the standard one."""

    code: str
    symbol: str
    to_standard: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementFamily:
    code: str
    standard_unit: str
    units: tuple[Unit, ...]
    labels: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """size: bytes. url: where it is fetched, with a token."""

    code: str
    file_name: str
    media_type: str
    size: int | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """family: "" when the document does not say. Values hold addresses, never the media themselves."""

    code: str
    family: str = ""
    values: tuple[AttributeValue, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFamily:
    code: str
    labels: Labels = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceEntity:
    code: str
    labels: Labels = ()
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRecord:
    """entity: "" when the document does not say."""

    code: str
    entity: str = ""
    values: tuple[AttributeValue, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    key: str
    name: str
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogProduct:
    """A product that a catalog holds. key: its uuid."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTerms:
    """What a token allows and for how long. The token itself is a secret and is left out."""

    kind: str
    seconds: int | None
    scope: str
    renewable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that stood against a body. attribute, locale, channel: of the value, where it is one."""

    place: str
    message: str
    attribute: str = ""
    locale: str = ""
    channel: str = ""

    def __str__(self) -> str:
        cell = "/".join(part for part in (self.attribute, self.locale, self.channel) if part)
        return f"{self.message} ({cell or self.place})" if cell or self.place else self.message


@dataclass(frozen=True, slots=True, kw_only=True)
class WireError:
    """Why something was refused. status: as the body says it, 0 when it does not. text: English prose that changes."""

    status: int
    text: str
    violations: tuple[Violation, ...] = ()
    documentation: str = ""

    def __str__(self) -> str:
        said = [self.text, *(str(one) for one in self.violations)]
        return "; ".join(part for part in said if part) or f"HTTP {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAnswer:
    """What came of one line. line: from 1, 0 in answers that have none. key: "" for a line refused unread."""

    line: int
    key: str
    status: int
    error: WireError | None = None


def labels(found: Mapping[str, Any]) -> Labels:
    return tuple((locale, label) for locale, label in found.items() if isinstance(label, str))
