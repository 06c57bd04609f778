"""What the storefront calls something → what the ERP calls it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class MapKind(StrEnum):
    """What can be mapped. SKU and UNIT belong to items; the others are short lists."""

    SKU = "sku"
    UNIT = "unit"
    TAX = "tax"
    SHIPPING = "shipping"
    PAYMENT_TERM = "payment_term"
    COURIER = "courier"
    PRICE_LIST = "price_list"
    ATTRIBUTE = "attribute"
    COMPANY = "company"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxCode:
    """The ERP's tax code and the percent it stands for."""

    code: str
    percent: Decimal


class Becomes(StrEnum):
    """What a promotion is in the ERP."""

    LINE_DISCOUNT = "line-discount"  # it stays in the price of the line it was given on
    FREE_ITEM = "free-item"  # the line is given away, at no price
    ORDER_ADJUSTMENT = "order-adjustment"  # it is shared out over all lines of its tax rate
    STAGE = "stage"  # a person looks before the order is posted


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRule:
    """What a promotion becomes. reason: the ERP's word for why an item is free, "" where it wants none."""

    becomes: Becomes
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMaps:
    """The short lists of one pairing, whole. tax: storefront tax code → ERP's. unit: "unit" or "SKU/unit" → stock
    units in one, exact; the longer key wins. courier, price_list: the ERP's code → the storefront's. attribute:
    "ATTRIBUTE/value" of the PIM → the ERP's code. company: "COUNTRY/CURRENCY" → the name of an entry of the pairing's
    company map. promotion: a promotion's id or code, or a mechanic → what it becomes. The others: storefront code → ERP
    code."""

    tax: Mapping[str, TaxCode] = field(default_factory=dict)
    unit: Mapping[str, Fraction] = field(default_factory=dict)
    shipping: Mapping[str, str] = field(default_factory=dict)
    payment_term: Mapping[str, str] = field(default_factory=dict)
    courier: Mapping[str, str] = field(default_factory=dict)
    price_list: Mapping[str, str] = field(default_factory=dict)
    attribute: Mapping[str, str] = field(default_factory=dict)
    company: Mapping[str, str] = field(default_factory=dict)
    promotion: Mapping[str, PromotionRule] = field(default_factory=dict)

    def stock_units(self, sku: str, unit: str) -> Fraction | None:
        """Stock units in one `unit` of `sku`, or None if nobody confirmed a conversion."""
        return self.unit.get(f"{sku}/{unit}", self.unit.get(unit))
