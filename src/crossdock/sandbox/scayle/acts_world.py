"""Acts of the world around the shop: messages, time, other callers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.scayle.desk import Desk
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.events import ITEM_EVENTS, ORDER_EVENTS


class WorldActs(Desk):
    def send_webhook(self, order: int | str, event: str, items: Sequence[int] = ()) -> Json:
        """The shop raises an event about an order, for whatever reason of its own. items: the ids it is about."""
        found = self.order(order)
        units = self.pick(found, items, None, None, lambda _: True) if items else []
        if event not in ORDER_EVENTS + ITEM_EVENTS:
            raise ActError(f"send_webhook: event is {event!r}; it must be one of {ORDER_EVENTS + ITEM_EVENTS}")
        return {"keys": self.webhooks.order_event(event, found, units, {})}

    def repeat_webhook(self, key: str) -> Json:
        """A message that was sent goes out again, with the same key."""
        if not self.webhooks.repeat(key):
            raise ActError(f"repeat_webhook: no message {key!r} was sent")
        return {"repeated": key}

    def release_webhooks(self) -> Json:
        """What a reorder_webhooks fault holds back is sent now."""
        return {"sent": self.webhooks.let_go()}

    def age(self, days: float, order: int | str | None = None) -> Json:
        """Orders, or one of them, and stock figures and holds (with no order given) become so many days older."""
        back = timedelta(days=float(days))
        found = list(self.world.orders.values()) if order is None else [self.order(order)]
        for one in found:
            _shift(one, back)
        if order is None:
            for variant in self.world.variants.values():
                for stock in variant.stocks:
                    _shift(stock, back)
                    for hold in stock.holds:
                        hold.at -= back
        return {"orders": len(found)}

    async def pass_time(self, seconds: float) -> Json:
        """What is due within so many seconds is done now, in its order: delegations, retries, effects, deliveries."""
        done = await self.world.agenda.pass_time(float(seconds))
        return {"done": done, "waiting": self.world.agenda.waiting}

    def spend_quota(self, scope: str, calls: int | None = None) -> Json:
        """Somebody else uses up a scope's calls; null for all of them."""
        limit = self.limits.table.get(scope)
        if not limit:
            raise ActError(f"spend_quota: no limit on {scope!r}; there are {sorted(self.limits.table)}")
        return self.limits.count(scope, limit if calls is None else int(calls))


def _shift(record: Any, back: timedelta) -> None:
    """Every time a record holds, and its parts hold, moves into the past."""
    for name in type(record).__dataclass_fields__:
        value = getattr(record, name)
        if name.endswith("_at") and value is not None and hasattr(value, "astimezone"):
            setattr(record, name, value - back)
    for part in (*getattr(record, "units", ()), *getattr(record, "packages", ()), *getattr(record, "documents", ())):
        if hasattr(part, "__dataclass_fields__"):
            _shift(part, back)
