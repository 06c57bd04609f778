"""Products of a storefront as far as their sale goes: whether a product may be bought, and nothing of its words."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One product as the storefront holds it. ref: its key there. tax_code: the storefront's, "" for none."""

    ref: str
    sku: str
    on_sale: bool
    tax_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleChange:
    """A product is to be sold from now on, or no longer."""

    ref: str
    sku: str
    on_sale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BareProduct:
    """A product to be made, off sale and without anything but what sets its sale up. name: a first one, for people to
    better. units: (unit, how many of the first one it holds), the first one first. tax_code: the storefront's."""

    sku: str
    name: str
    units: tuple[tuple[str, Fraction], ...]
    tax_code: str
