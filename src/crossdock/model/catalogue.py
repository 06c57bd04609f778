"""What a PIM says of things that are sold: products, the models they vary from, and the structure that shapes them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeValue:
    """One value of one attribute. locale, channel: "" where the attribute does not vary by them.

    data: text, Decimal, bool, a sequence or a mapping, as the attribute's type has it; media as its URL or code.
    """

    attribute: str
    data: Any
    locale: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing that can be sold. key: never changes; sku: what people use, "" when it has none yet.

    parent: code of the product model it is a variant of, "" for a simple product.
    values: its own and those it inherits, as read; what is written is its own alone.
    """

    key: str
    sku: str
    enabled: bool = True
    family: str = ""
    parent: str = ""
    categories: tuple[str, ...] = ()
    values: tuple[AttributeValue, ...] = ()
    name: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductModel:
    """What variants have in common. parent: of a second-level model, the model above it, else ""."""

    code: str
    family: str
    family_variant: str
    parent: str = ""
    categories: tuple[str, ...] = ()
    values: tuple[AttributeValue, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductChange:
    """What shall become true of one product. None leaves as it is; an empty tuple or "" takes away.

    key: of one that is there; "" makes or finds one by sku. values: replaced one by one (attribute, locale, channel);
    a value whose data is None is taken away.
    """

    sku: str
    key: str = ""
    enabled: bool | None = None
    family: str | None = None
    parent: str | None = None
    categories: tuple[str, ...] | None = None
    values: tuple[AttributeValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductModelChange:
    """What shall become true of one product model, as with ProductChange. It is made when it is not there."""

    code: str
    family_variant: str | None = None
    parent: str | None = None
    categories: tuple[str, ...] | None = None
    values: tuple[AttributeValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute. kind: the PIM's word for its type. unique: its value may occur once."""

    code: str
    kind: str
    localizable: bool = False
    scopable: bool = False
    unique: bool = False
    group: str = ""
    labels: tuple[tuple[str, str], ...] = ()  # (locale, label)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeOption:
    attribute: str
    code: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """required: (channel, attribute) that a product of the family must hold to be complete there."""

    code: str
    attributes: tuple[str, ...] = ()
    label_attribute: str = ""
    required: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyVariant:
    """How a family varies. levels: from the first, (axes, attributes owned by that level)."""

    code: str
    family: str
    levels: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    code: str
    parent: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    updated_at: datetime | None = None
