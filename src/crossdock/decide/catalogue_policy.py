"""How products of one pairing become stock items: typed rules with defaults."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from crossdock.model.faults import InvalidValue
from crossdock.model.item_document import ItemField, is_erp_owned

CUSTOM, MEDIA = "custom:", "media:"
CATEGORIES, CATEGORY_PATHS, FAMILY, MODEL = "@categories", "@category_paths", "@family", "@model"
PSEUDO = (CATEGORIES, CATEGORY_PATHS, FAMILY, MODEL)
"""What a product says beside its attributes, by names that no attribute can have."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value of the PIM goes: a field of the stock item, or a user-defined one by its name.

    media: the value must be an address that stays and that anybody may fetch.
    """

    field: ItemField | None
    custom: str = ""
    media: bool = False


def target(text: str) -> Target:
    """`weight`, `custom:Colour`, `media:Image URL` → where it goes. Raises InvalidValue: the ERP owns it, or nobody
    knows it."""
    kind, mark, name = text.partition(":")
    named = name.strip() if mark and f"{kind}:" in (CUSTOM, MEDIA) else ""
    if is_erp_owned(named or text):
        raise InvalidValue(f"the ERP owns {named or text!r}: cost, prices, stock, tax and nominals are never written")
    if named:
        return Target(None, custom=named, media=f"{kind}:" == MEDIA)
    try:
        return Target(ItemField(text.strip()))
    except ValueError:
        known = ", ".join(ItemField)
        raise InvalidValue(f"{text!r} is no field of a stock item; write custom:NAME, media:NAME or: {known}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRules:
    """What the ERP asks of a stock item. required_by_family: PIM family → attributes, `*` for every family."""

    stock_code_max: int = 50
    stock_code_forbidden: str = "#,"
    description_max: int = 250
    description_forbidden: str = "#"
    text_max: Mapping[ItemField, int] = field(default_factory=dict)
    barcode_max: int = 50
    commodity_code: str = r"\d{8}(\d{2})?"
    weight_above_zero: bool = True
    required: tuple[ItemField, ...] = (ItemField.DESCRIPTION,)
    required_by_family: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            re.compile(self.commodity_code)
        except re.error as error:
            raise InvalidValue(f"commodity_code: {self.commodity_code!r} is no regular expression: {error}") from None

    def attributes_of(self, family: str) -> tuple[str, ...]:
        """The attributes that a product of the family must hold."""
        return (*self.required_by_family.get("*", ()), *self.required_by_family.get(family, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePolicy:
    """How one pairing makes stock items of products.

    targets: attribute, or one of PSEUDO → where it goes. mapped: attributes whose every value must have a code of the
    ERP. locale, channel: which values are taken where an attribute varies. families: those taken, empty for all.
    weight_unit, size_unit: what measures are sent in. tax_attribute: whose mapped value is the tax percent of a new
    item; tax_percent: of those that have none. private_media: parts of an address that only the PIM's own users may
    fetch. status_attribute, reasons_attribute: where the PIM is told, "" for nowhere. hold_back: what the ERP does not
    hold is switched off in the PIM. template_code, template_code_taken: patterns for the code of a family's template.
    existing: link an item that is there below its family, or ask a person. unseen: whether a person must vouch for what
    the ERP does not tell of an item that is to be retired. required_channel: what the PIM itself requires for that
    channel is asked for too. describe_by_axes: a variant's description ends with what it differs by.
    """

    targets: Mapping[str, Target] = field(default_factory=dict)
    mapped: frozenset[str] = frozenset()
    locale: str = ""
    channel: str = ""
    families: frozenset[str] = frozenset()
    weight_unit: str = "KILOGRAM"
    size_unit: str = "CENTIMETER"
    rules: ItemRules = field(default_factory=ItemRules)
    tax_attribute: str = ""
    tax_percent: Decimal | None = None
    private_media: tuple[str, ...] = ()
    status_attribute: str = ""
    reasons_attribute: str = ""
    hold_back: bool = True
    template_code: str = "{model}"
    template_code_taken: str = "{model}-FAMILY"
    existing: Literal["link", "ask"] = "link"
    unseen: Literal["ask", "trust"] = "ask"
    replaces_attribute: str = ""
    required_channel: str = ""
    describe_by_axes: bool = True

    def takes(self, family: str) -> bool:
        return not self.families or family in self.families

    def asking(self, family: str, required: Iterable[tuple[str, str]]) -> "CataloguePolicy":
        """The same, with what the PIM requires of that family. required: (channel, attribute)."""
        more = tuple(attribute for channel, attribute in required if channel and channel == self.required_channel)
        if not more:
            return self
        known = self.rules.required_by_family
        asked = {**known, family: tuple(dict.fromkeys((*known.get(family, ()), *more)))}
        return replace(self, rules=replace(self.rules, required_by_family=asked))

    @property
    def told_by_us(self) -> frozenset[str]:
        """Attributes of the PIM that only we write: no change of theirs is news."""
        return frozenset({self.status_attribute, self.reasons_attribute} - {""})
