"""What a pairing shows of the ERP's price lists, and when."""

from typing import Literal

from pydantic import Field

from crossdock.decide.price_lists import PricePolicy
from crossdock.ports.config import Settings


class PriceSettings(Settings):
    """Price publication. `maps.price_list` says which list of the storefront each ERP list is shown in."""

    lists: tuple[str, ...] = Field(
        (), description="the ERP price lists to publish; without any, those that maps.price_list names"
    )
    hold: Literal["net", "gross"] = Field(
        "net", description="what the storefront's price lists hold; an ERP list of the other kind is refused"
    )
    rounding: Literal["half-up", "half-even", "down"] = Field(
        "half-up", description="how the price of one unit is rounded, reckoned from the ERP's"
    )
    decimals: int | None = Field(
        None, ge=0, le=6, description="decimals of a published price; without it, those of its currency's smallest coin"
    )
    unknown: Literal["keep", "remove"] = Field(
        "keep", description="prices in a published list of SKUs the ERP does not hold: keep them or remove them"
    )
    full_every_seconds: float = Field(
        86_400, gt=0, description="between two reads of all that the storefront's published lists show"
    )

    def policy(self, decimals_max: int = 6) -> PricePolicy:
        """decimals_max: as many as the storefront takes."""
        shared = {name: getattr(self, name) for name in ("lists", "rounding", "decimals", "unknown")}
        return PricePolicy(
            net=self.hold == "net", full_every_seconds=self.full_every_seconds, decimals_max=decimals_max, **shared
        )
