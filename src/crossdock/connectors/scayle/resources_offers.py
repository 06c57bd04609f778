"""What takes money off: vouchers, promotions and campaigns: frozen records, read as they are written there.

Source: SCAYLE Admin API, Vouchers, Promotions, Campaigns; the vendor's SDKs (MIT).
"""

from pydantic import Field

from crossdock.connectors.scayle.records import record
from crossdock.connectors.scayle.wire import At, Flag, Id, Map, Minor, Number, Text


@record
class Period:
    min: At | None = None
    max: At | None = None


@record
class ValueRange:
    min: Minor | None = None
    max: Minor | None = None


@record
class VoucherConstraints:
    date: Period | None = None
    order_value: ValueRange | None = None
    is_valid_on_campaigns: Flag | None = None


@record
class Voucher:
    """value: a fraction when relative, else an amount whose scale is not public."""

    type: Text
    value: Number
    code: Text | None = None
    id: Id | None = None
    name: Text | None = None
    status: Text | None = None
    constraints: VoucherConstraints | None = None


@record
class Schedule:
    starts: At | None = Field(None, alias="from")
    ends: At | None = Field(None, alias="to")


@record
class Effect:
    """type: buy_x_get_y, automatic_discount, combo_deal or free_shipping; the older API calls it id."""

    type: Text | None = None
    id: Text | None = None


@record
class Promotion:
    """display_name: by locale. is_active: of the older API, which has no status."""

    name: Text
    id: Text | None = None
    display_name: Map | None = None
    status: Text | None = None
    is_active: Flag | None = None
    activation_type: Text | None = None
    level: Text | None = None
    schedule: Schedule | None = None
    effect: Effect | None = None


@record
class PromotionCode:
    code: Text
    enabled: Flag | None = None


@record
class Campaign:
    """reduction: percent."""

    name: Text
    reduction: Number
    id: Id | None = None
    campaign_key: Text | None = None
    country_codes: tuple[Text, ...] = ()
    start_at: At | None = None
    end_at: At | None = None


@record
class CampaignReduction:
    """reduction: percent off one product or variant."""

    reduction: Number
    id: Id | None = None
    product_id: Id | None = None
    product_reference_key: Text | None = None
    product_variant_id: Id | None = None
    product_variant_reference_key: Text | None = None
