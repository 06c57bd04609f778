"""Webhook deliveries: at least once, in no promised order, retried with growing waits, suspended when they fail."""

import base64
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.events import Envelopes, spelled
from crossdock.sandbox.scayle.outbox import Outbox
from crossdock.sandbox.scayle.sales import Order, Unit
from crossdock.sandbox.scayle.subscriptions import Subscription, Subscriptions
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.world import World

LOG_MAX = 5000


@dataclass(slots=True)
class Delivery:
    """One message on its way to one subscription. then: messages held back until this one has gone."""

    subscription: int
    event: str
    body: Json
    attempt: int = 1
    then: list["Delivery"] = field(default_factory=list)


class Webhooks:
    """Messages to one subscription go one after the other; a slow listener holds up nobody else."""

    def __init__(self, world: World, subscriptions: Subscriptions, outbox: Outbox, faults: FaultPlan) -> None:
        self.world = world
        self.subscriptions = subscriptions
        self.outbox = outbox
        self.faults = faults
        self.envelopes = Envelopes(world.knobs)
        self.log: deque[Json] = deque(maxlen=LOG_MAX)
        self._waiting: defaultdict[int, deque[Delivery]] = defaultdict(deque)
        self._pumping: set[int] = set()
        self._held: list[Delivery] = []

    def order_event(self, event: str, order: Order, units: Sequence[Unit], more: Json) -> list[str]:
        """Tell everybody who asked. Returns the keys of the messages."""
        merchants = {unit.merchant for unit in units or order.units}
        at = self.world.now()
        return self._tell(
            event, merchants, lambda key, version: self.envelopes.of_order(event, key, at, order, units, more, version)
        )

    def other_event(self, event: str, payload: Json) -> list[str]:
        at = self.world.now()
        return self._tell(event, set(), lambda key, version: self.envelopes.of_other(event, key, at, payload, version))

    def _tell(self, event: str, merchants: set[str], make: Callable[[str, int], Json]) -> list[str]:
        name, keys = spelled(event, self.world.knobs), []
        for one in self.subscriptions.rows.values():
            if one.event == name and one.enabled and one.wants(merchants):
                keys.append(self.world.new_key())
                self._queue(Delivery(one.id, name, make(keys[-1], one.version)))
        return keys

    def _queue(self, delivery: Delivery) -> None:
        """Draw this message's troubles, in the order messages are made."""
        label = f"WEBHOOK {delivery.event}"
        if self.faults.faults:
            if self.faults.draw("lose_webhook", label):
                self._note(delivery, "lost")
                return
            if self.faults.draw("reorder_webhooks", label):
                self._held.append(delivery)
                return
            if self.faults.draw("duplicate_webhook", label):
                self._send(Delivery(delivery.subscription, delivery.event, delivery.body))
        delivery.then, self._held = self._held, []
        self._send(delivery)

    def repeat(self, key: str) -> bool:
        """Send a message that went before once more, with its old key. False when there is none."""
        for row in self.log:
            if row["key"] == key:
                self._send(Delivery(row["subscription"], row["event"], row["body"]))
                return True
        return False

    def let_go(self) -> int:
        """Send what is held back for reordering. Returns how many."""
        held, self._held = self._held, []
        for delivery in held:
            self._send(delivery)
        return len(held)

    def _send(self, delivery: Delivery) -> None:
        id_ = delivery.subscription
        self._waiting[id_].append(delivery)
        if id_ not in self._pumping:
            self._pumping.add(id_)
            self.world.later(0, partial(self._pump, id_))

    async def _pump(self, id_: int) -> None:
        try:
            while self._waiting[id_]:
                await self._deliver(self._waiting[id_].popleft())
        finally:
            self._pumping.discard(id_)

    async def _deliver(self, delivery: Delivery) -> None:
        found = self.subscriptions.rows.get(delivery.subscription)
        if found is None or not found.enabled:
            self._note(delivery, "unsubscribed")
            return
        if found.suspended_until is not None:
            self._wait(delivery, self.world.knobs.webhook_suspend_seconds)
            return
        seconds = self.world.knobs.webhook_timeout_seconds
        outcome = await self.outbox.post(found.url, delivery.body, seconds=seconds, headers=_headers(found))
        self._note(delivery, outcome.label)
        for held in delivery.then:
            self._send(held)
        delivery.then = []
        if outcome.ok:
            found.failures = 0
        else:
            self._failed(found, delivery)

    def _failed(self, found: Subscription, delivery: Delivery) -> None:
        knobs = self.world.knobs
        found.failures += 1
        if found.failures >= knobs.webhook_suspend_after:
            self._suspend(found)
        if delivery.attempt <= len(knobs.webhook_retry_seconds):
            delivery.attempt += 1
            self._wait(delivery, knobs.webhook_retry_seconds[delivery.attempt - 2])

    def _suspend(self, found: Subscription) -> None:
        knobs = self.world.knobs
        found.failures = 0
        found.suspensions += 1
        if found.suspensions > knobs.webhook_max_suspensions:
            found.enabled, found.disabled_reason = False, "max_suspensions"
            return
        found.suspended_until = self.world.now() + timedelta(seconds=knobs.webhook_suspend_seconds)
        self.world.later(knobs.webhook_suspend_seconds, partial(_resume, found))

    def _wait(self, delivery: Delivery, seconds: float) -> None:
        self.world.later(max(0.001, seconds), partial(self._send, delivery))

    def _note(self, delivery: Delivery, outcome: int | str) -> None:
        self.log.append(
            {
                "at": iso(self.world.now()), "subscription": delivery.subscription, "event": delivery.event,
                "key": delivery.body["key"], "attempt": delivery.attempt, "outcome": outcome, "body": delivery.body,
            }
        )  # fmt: skip


def _resume(found: Subscription) -> None:
    found.suspended_until = None


def _headers(found: Subscription) -> dict[str, str]:
    """A producer subscription brings its own auth and headers."""
    headers = {str(name): str(value) for name, value in (found.more.get("customHeaders") or {}).items()}
    auth = found.more.get("auth")
    if auth:
        pair = f"{auth.get('username', '')}:{auth.get('password', '')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return headers
