"""Everything beside products, as the REST API writes it.

What every answer holds is due: a family without `attributes` is a body that changes one, not a family.

Source: Akeneo REST API, "Catalog structure", "Target market settings", "Media files", "Asset Manager", "Reference
entities", "Catalogs for Apps"; pim-community-dev, end-to-end tests of the external API.
"""

from typing import Annotated, Any

from pydantic import AliasChoices, Field

from crossdock.connectors.akeneo.wire import Code, Labels, Map, Moment, Values, Wire

Requirements = Annotated[dict[str, list[str]], Map]
Anything = Annotated[dict[str, Any], Map]


class Family(Wire):
    """attribute_requirements: channel → attributes."""

    code: Code
    attributes: list[str]
    attribute_as_label: str | None = None
    attribute_requirements: Requirements = Field(default_factory=dict)


class AttributeSet(Wire):
    level: int
    axes: list[str] = Field(default_factory=list)
    attributes: list[str] = Field(default_factory=list)


class FamilyVariant(Wire):
    code: Code
    variant_attribute_sets: list[AttributeSet]
    links: Anything = Field(default_factory=dict, alias="_links")


class Category(Wire):
    """parent: null of a tree's root."""

    code: Code
    parent: str | None
    labels: Labels = Field(default_factory=dict)
    updated: Moment | None = None


class Attribute(Wire):
    """localizable, scopable: named value_per_locale and value_per_channel of assets and reference entities."""

    code: Code
    type: Code
    group: str | None = None
    unique: bool = False
    localizable: bool = Field(validation_alias=AliasChoices("localizable", "value_per_locale"))
    scopable: bool = Field(validation_alias=AliasChoices("scopable", "value_per_channel"))
    labels: Labels = Field(default_factory=dict)


class AttributeOption(Wire):
    """attribute: left out inside an attribute of an asset family."""

    code: Code
    attribute: str | None = None
    labels: Labels = Field(default_factory=dict)


class AttributeGroup(Wire):
    code: Code
    sort_order: int = 0
    attributes: list[str]
    labels: Labels = Field(default_factory=dict)


class Channel(Wire):
    """conversion_units: attribute → unit; since 2026 also two reserved keys whose values are no units."""

    code: Code
    currencies: list[str]
    locales: list[str]
    category_tree: Code
    conversion_units: Anything = Field(default_factory=dict)
    labels: Labels = Field(default_factory=dict)


class Switch(Wire):
    """A locale or a currency."""

    code: Code
    enabled: bool


class AssociationType(Wire):
    code: Code
    labels: Labels = Field(default_factory=dict)
    is_two_way: bool = False
    is_quantified: bool = False


class Operation(Wire):
    operator: Code
    value: Any


class Unit(Wire):
    """convert_from_standard: despite its name the steps from this unit to the standard one."""

    code: Code
    labels: Labels = Field(default_factory=dict)
    convert_from_standard: list[Operation] = Field(default_factory=list)
    symbol: str | None = None


class MeasurementFamily(Wire):
    code: Code
    labels: Labels = Field(default_factory=dict)
    standard_unit_code: Code
    units: Annotated[dict[str, Unit], Map]


class MediaFile(Wire):
    code: Code
    original_filename: str
    mime_type: str | None = None
    size: int | None = None
    extension: str | None = None
    links: Anything = Field(default_factory=dict, alias="_links")


class Asset(Wire):
    """An asset, or a record of a reference entity."""

    code: Code
    values: Values
    created: Moment | None = None
    updated: Moment | None = None
    links: Anything = Field(default_factory=dict, alias="_links")


class NamedCode(Wire):
    """An asset family or a reference entity."""

    code: Code
    labels: Labels = Field(default_factory=dict)
    image: str | None = None


class Catalog(Wire):
    id: Code
    name: str
    enabled: bool


class Token(Wire):
    """access_token, refresh_token: looked at, never kept."""

    access_token: Code
    token_type: str | None = None
    expires_in: int | None = None
    scope: str | None = None
    refresh_token: str | None = None


class BulkLine(Wire):
    """line: of a list sent as lines; lists sent as an array answer without. The key's name depends on the resource."""

    line: int | None = None
    uuid: str | None = None
    identifier: str | None = None
    code: str | None = None
    status_code: int
    message: str | None = None
    errors: list[Any] = Field(default_factory=list)
    links: Anything = Field(default_factory=dict, alias="_links")
