"""What two sides say of the same thing, next to each other."""

from collections.abc import Mapping
from dataclasses import dataclass

TWO_SIDES: Mapping[str, tuple[str, str, str, str, str]] = {
    "total-conflict": ("total", "the storefront", "storefront_total", "{other}", "other_total"),
    "price-conflict": ("price of {sku}", "the storefront", "storefront_price", "the ERP's list", "erp_price"),
    "tax-conflict": ("tax of {what}", "the storefront", "storefront_tax", "ERP code {tax_code}", "erp_tax"),
    "credit-limit-exceeded": ("account {account}", "would owe", "balance", "its limit", "limit"),
    "reconciliation-difference": ("{what}", "here", "ours", "there", "theirs"),
    "stock-drift": ("{sku} at {location}", "here", "ours", "there", "theirs"),
}
"""Case kind → what is compared, who says the one thing, in which fact it stands, who says the other, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """about: what both speak of."""

    about: str
    left_title: str
    left: str
    right_title: str
    right: str

    @property
    def differ(self) -> bool:
        return self.left != self.right


def side_by_side(kind: str, facts: Mapping[str, str]) -> Sides | None:
    """None: a case of this kind is not about two sides, or its facts are of an older release."""
    if kind not in TWO_SIDES:
        return None
    about, left_title, left, right_title, right = TWO_SIDES[kind]
    try:
        return Sides(
            about=about.format_map(facts), left_title=left_title, left=facts[left],
            right_title=right_title.format_map(facts), right=facts[right],
        )  # fmt: skip
    except KeyError:
        return None
