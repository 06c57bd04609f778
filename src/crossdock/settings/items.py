"""Which products a pairing puts on sale, takes off, and makes."""

from typing import Literal

from pydantic import Field

from crossdock.decide.offers import OfferPolicy
from crossdock.ports.config import Settings


class ItemSettings(Settings):
    """Product introduction. Whatever is chosen, what a product lacks is listed, and told in a case for each cause."""

    unknown: Literal["report", "hide"] = Field(
        "report", description="products on sale that the ERP does not hold: report them, or take them off sale too"
    )
    blocked: Literal["report", "hide"] = Field(
        "report", description="products on sale that lack something else, or are discontinued: report, or take off sale"
    )
    ready: Literal["report", "offer"] = Field(
        "report", description="products off sale that lack nothing: list them, or put them on sale"
    )
    create: bool = Field(default=False, description="make bare products, off sale, of ERP items the storefront has not")
    unit: str = Field(
        "each", min_length=1, description="what a made product is sold in whose units the ERP does not list"
    )
    hide_max: int = Field(
        100, ge=0, description="products taken off sale in one run, at most; when it would be more, none is"
    )

    def policy(self, default_tax_code: str = "") -> OfferPolicy:
        """default_tax_code: the storefront's, of products that name none."""
        names = ("unknown", "blocked", "ready", "create", "unit", "hide_max")
        return OfferPolicy(default_tax_code=default_tax_code, **{name: getattr(self, name) for name in names})
