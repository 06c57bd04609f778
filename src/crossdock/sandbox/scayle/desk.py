"""What every act needs: the shop's workings, and how an order, a variant or a unit is found by what people call it."""

from collections.abc import Callable, Sequence
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle.access import Limits
from crossdock.sandbox.scayle.checkout import Till
from crossdock.sandbox.scayle.delegation import Delegator
from crossdock.sandbox.scayle.errors import ApiError, Json
from crossdock.sandbox.scayle.fulfilment import Fulfilment
from crossdock.sandbox.scayle.lifecycle import Lifecycle
from crossdock.sandbox.scayle.records import ShopCountry, Variant
from crossdock.sandbox.scayle.sales import Order, Unit
from crossdock.sandbox.scayle.status import coarse
from crossdock.sandbox.scayle.webhooks import Webhooks


class Desk:
    def __init__(
        self,
        till: Till,
        lifecycle: Lifecycle,
        fulfilment: Fulfilment,
        delegator: Delegator,
        webhooks: Webhooks,
        limits: Limits,
    ) -> None:
        self.till = till
        self.world = till.world
        self.lifecycle = lifecycle
        self.fulfilment = fulfilment
        self.delegator = delegator
        self.webhooks = webhooks
        self.limits = limits

    def told(self, order: Order) -> Json:
        return {
            "id": order.id, "public_key": order.public_key, "reference_key": order.reference_key,
            "country": order.country.code, "currency": order.country.currency, "total": order.gross,
            "status": coarse(order), "phase": order.phase, "customer": order.customer.id,
            "items": [unit.id for unit in order.units],
        }  # fmt: skip

    def order(self, order: int | str) -> Order:
        for one in self.world.orders.values():
            if str(order) in (str(one.id), one.reference_key, one.public_key):
                return one
        raise ActError(f"there is no order {order!r}")

    def variant(self, sku: str) -> Variant:
        variant = self.world.by_sku.get(sku)
        if variant is None:
            raise ActError(f"there is no variant {sku!r}")
        return variant

    def country(self, code: str) -> ShopCountry:
        found: ShopCountry = self.attempt(self.world.country, self.world.shop_key, code)
        return found

    def pick(
        self, order: Order, items: Sequence[int] | None, sku: str | None, quantity: int | None,
        can: Callable[[Unit], bool],
    ) -> list[Unit]:  # fmt: skip
        """The units meant, of those it can be done to. Raises ActError when there are too few."""
        able = [unit for unit in order.units if can(unit)]
        if items is not None:
            found = [unit for unit in able if unit.id in {int(one) for one in items}]
            wanted = len(set(items))
        else:
            of_sku = [unit for unit in able if sku in (None, unit.sku)]
            wanted = len(of_sku) if quantity is None else int(quantity)
            found = of_sku[:wanted]
        if not found or len(found) < wanted:
            raise ActError(f"order {order.id}: it can be done to {[unit.id for unit in able]} only")
        return found

    def attempt(self, what: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What the API would refuse is an act that cannot be played."""
        try:
            return what(*args, **kwargs)
        except ApiError as error:
            raise ActError(f"{error} {error.context}") from error
