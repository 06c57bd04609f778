"""Everything people and the world may do to the shop, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from crossdock.sandbox.scayle.acts_goods import GoodsActs
from crossdock.sandbox.scayle.acts_office import OfficeActs
from crossdock.sandbox.scayle.acts_shoppers import ShopperActs
from crossdock.sandbox.scayle.acts_world import WorldActs


class Acts(ShopperActs, OfficeActs, GoodsActs, WorldActs):
    """Each method named in `by_name` is one act; its parameters are JSON values."""

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts: tuple[Callable[..., Any], ...] = (
            self.place_order, self.place_orders, self.confirm_payment, self.fail_payment, self.cancel_units,
            self.request_cancellation, self.ship_units, self.return_units, self.set_billing_status, self.manual_capture,
            self.invoice_order, self.delete_order, self.set_address, self.delegate_now, self.redeliver,
            self.set_delegation_url,
            self.set_stock, self.reserve, self.end_reservation, self.set_price, self.add_product, self.send_webhook,
            self.repeat_webhook, self.release_webhooks, self.age, self.pass_time, self.spend_quota,
        )  # fmt: skip
        return {act.__name__: act for act in acts}
