"""What promotions of the storefront become in the ERP, as far as it is known when Crossdock starts.

More are mapped from cases while it runs; those are kept in the database.
"""

from decimal import Decimal

from pydantic import Field

from crossdock.model.code_map import Becomes, PromotionRule
from crossdock.ports.config import Settings


class PromotionEntry(Settings):
    """What one promotion, or one mechanic, becomes."""

    becomes: Becomes = Field(
        description="stays in the line's price, gives the line away, is shared out over the lines of its tax rate, or "
        "is looked at by a person first"
    )
    reason: str = Field("", description="of a free item: the ERP's word for why it is free; empty sends none")


class PromotionSettings(Settings):
    """Promotions, vouchers, sales. A sale, a campaign and a voucher stay in the line's price unless mapped otherwise;
    what comes off the order is shared out over its lines; every other promotion waits until somebody maps it."""

    map: dict[str, PromotionEntry] = Field(
        default_factory=dict,
        description="promotion by its id or code, else its mechanic (sale, campaign, voucher, promotion, "
        "promotion-code, buy-x-get-y for what leaves nothing to pay) → what it becomes",
    )
    stacked_max: int = Field(1, ge=0, description="promotions one line may carry before a person looks")
    share_max: Decimal = Field(
        Decimal("0.8"), gt=0, le=1, description="the part of a line's price they may take before a person looks"
    )

    def rules(self) -> dict[str, PromotionRule]:
        """As decisions take them."""
        return {name: PromotionRule(becomes=one.becomes, reason=one.reason) for name, one in self.map.items()}
