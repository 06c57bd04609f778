"""A stock item as the system that describes it would have the ERP hold it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crossdock.model.faults import InvalidValue


class ItemField(StrEnum):
    """What of a stock item its description may fill. Nothing of it is the ERP's own (law L8)."""

    DESCRIPTION = "description"
    LONG_DESCRIPTION = "long_description"
    EPOS_DESCRIPTION = "epos_description"
    WEB_TEASER = "web_teaser"
    META_TITLE = "meta_title"
    META_DESCRIPTION = "meta_description"
    META_KEYWORDS = "meta_keywords"
    MANUFACTURER = "manufacturer"
    SUPPLIER = "supplier"
    COMMODITY_CODE = "commodity_code"
    COUNTRY_OF_ORIGIN = "country_of_origin"
    OTHER_REF = "other_ref"
    BARCODE = "barcode"
    WEIGHT = "weight"
    HEIGHT = "height"
    WIDTH = "width"
    DEPTH = "depth"


MEASURES = frozenset({ItemField.WEIGHT, ItemField.HEIGHT, ItemField.WIDTH, ItemField.DEPTH})

ERP_OWNED = frozenset({
    "cost", "buy price", "purchase price", "price", "sell price", "selling price", "list price", "stock", "stock level",
    "on hand", "available", "allocated", "tax", "tax rate", "tax code", "vat", "vat rate", "vat code", "vat relief",
    "vat relief qualified", "nominal", "nominal code", "sales nominal", "purchase nominal", "stock type",
    "stock type 1", "stock type 2", "stock type 3", "stock type 4", "stock controlled", "discontinued", "run to zero",
    "min level", "safe level", "reorder multiple", "purchase multiple", "sales multiple", "lead time",
    "discounts disabled",
})  # fmt: skip
"""Fields that the ERP owns, whoever would like to fill them: plain words, compared without case and punctuation."""


def is_erp_owned(name: str) -> bool:
    """Whether this is a name of something that the ERP owns, however it is spelt: `VAT-Code`, `buy_price`."""
    words = "".join(one if one.isalnum() else " " for one in name.casefold()).split()
    return "".join(words) in {owned.replace(" ", "") for owned in ERP_OWNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What a stock item is given in the moment it is made, and never again: from then on the ERP owns it."""

    tax_percent: Decimal
    stock_controlled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The template that a size/colour item belongs to. item_id: the ERP's key of it.

    values: the item's own place in it, one for each of the template's headings, in order.
    """

    code: str
    item_id: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDocument:
    """One stock item, without anything that the ERP owns: cost, prices, stock, tax, nominal codes, reorder figures.

    ref: ours, stable for ever; item_id: the ERP's own key, "" while it has none. texts: by field. measures: in the
    units that the pairing sends. custom: user-defined fields by name. headings: of a template, what its items vary by;
    empty for everything else. family: of a size/colour item. birth: only of an item that the ERP does not hold yet.
    retired: an item whose place others have taken; nothing else of it is said.
    Raises InvalidValue: an item the ERP holds already that is given what the ERP owns.
    """

    ref: str
    code: str
    item_id: str = ""
    texts: tuple[tuple[ItemField, str], ...] = ()
    measures: tuple[tuple[ItemField, Decimal], ...] = ()
    custom: tuple[tuple[str, str], ...] = ()
    headings: tuple[str, ...] = ()
    family: Family | None = None
    birth: Birth | None = None
    retired: bool = False

    def __post_init__(self) -> None:
        if self.birth is not None and self.item_id:
            raise InvalidValue(f"item {self.code}: the ERP holds it, so its tax and kind are the ERP's own")
        if owned := [name for name, _ in self.custom if is_erp_owned(name)]:
            raise InvalidValue(f"item {self.code}: the ERP owns {', '.join(owned)}")

    def text(self, field: ItemField) -> str:
        """ "" where the document does not say it."""
        return next((value for name, value in self.texts if name is field), "")
