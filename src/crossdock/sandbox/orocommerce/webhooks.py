"""Webhook deliveries: written when a change stands, sent in the background, retried only where OroCommerce does.

Only 423, 425, 429, 502 and 503 are sent again; 410 deletes the webhook; every other answer and every broken
connection is logged and forgotten (oroinc/platform IntegrationBundle, webhooks.rst). A deleted record is gone before
the consumer looks it up, so `*.deleted` is never delivered.
"""

import asyncio
import contextlib
import hashlib
import hmac
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.orocommerce.documents import BARE
from crossdock.sandbox.orocommerce.errors import Json
from crossdock.sandbox.orocommerce.shop import Shop
from crossdock.sandbox.orocommerce.store import Row, Transaction
from crossdock.sandbox.orocommerce.values import instant

RETRIED = frozenset({423, 425, 429, 502, 503})
GONE = 410
TIMEOUT_SECONDS = 30
LOG_MAX = 2000

ALIASES: Mapping[str, str] = {
    "orders": "order", "products": "product", "customers": "customer", "customerusers": "customeruser",
    "orderlineitems": "orderlineitem", "inventorylevels": "inventorylevel",
}  # fmt: skip
PAYMENT_TOPIC = "order.payment_status_updated"


def topics(accessible: tuple[str, ...]) -> list[str]:
    """The topics an administrator's ticks make known."""
    known = [f"{alias}.{event}" for alias in accessible for event in ("created", "updated", "deleted")]
    return [*known, PAYMENT_TOPIC] if "order" in accessible else known


@dataclass(slots=True)
class Delivery:
    """One message on its way to one webhook. then: messages held back until this one has gone."""

    hook: str
    topic: str
    message_id: str
    body: bytes
    attempt: int = 1
    then: list["Delivery"] = field(default_factory=list)


class Dispatcher:
    """Sends what the shop emits. It outlives resets of the shop: `bind` gives it the new one."""

    def __init__(self, faults: Callable[[], FaultPlan]) -> None:
        self.faults = faults
        self.shop: Shop | None = None
        self.drop: Callable[[Row], None] = lambda _: None
        self.waiting: deque[Delivery] = deque()
        self.held: list[Delivery] = []
        self.log: deque[Json] = deque(maxlen=LOG_MAX)
        self.wake: asyncio.Event | None = None
        self.session: aiohttp.ClientSession | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self.timers: set[asyncio.TimerHandle] = set()

    def bind(self, shop: Shop, drop: Callable[[Row], None]) -> None:
        """Serve this shop from now on; what the last one had to say is forgotten. drop deletes a webhook."""
        self.shop, self.drop = shop, drop
        self.waiting.clear()
        self.held.clear()
        self.log.clear()
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()

    async def start(self) -> None:
        self.wake = asyncio.Event()
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        workers = self.shop.knobs.webhook_workers if self.shop else 1
        self.tasks = [asyncio.create_task(self._work()) for _ in range(workers)]
        if self.waiting:
            self.wake.set()

    async def stop(self) -> None:
        for timer in self.timers:
            timer.cancel()
        self.timers.clear()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []
        if self.session is not None:
            await self.session.close()
        self.session = self.wake = None

    def committed(self, tx: Transaction, changed: list[Row]) -> None:
        """What a finished transaction means to the webhooks."""
        if self.shop is None or "webhooks" not in self.shop.resources or not self.shop.store["webhooks"].rows:
            return
        for event, rows in (("created", tx.created), ("updated", changed)):
            for row in rows:
                alias = ALIASES.get(row.type)
                if alias in self.shop.knobs.webhook_accessible:
                    self.emit(f"{alias}.{event}", row)

    def emit(self, topic: str, row: Row) -> str | None:
        """Queue an event for every enabled webhook of the topic. Returns the message id, None if nobody listens."""
        shop = self.shop
        if shop is None or "webhooks" not in shop.resources:
            return None
        hooks = [hook for hook in shop.store["webhooks"].find("topic", topic) if hook.attributes["enabled"]]
        if not hooks:
            return None
        message_id = str(uuid.UUID(int=shop.random.getrandbits(128), version=4))
        full, thin = self._event_data(topic, row)
        for hook in hooks:
            data = thin if hook.target("format") == "thin" else full
            at = int(shop.clock().timestamp())
            body = orjson.dumps({"topic": topic, "eventData": data, "timestamp": at, "messageId": message_id})
            self._queue(Delivery(hook.id, topic, message_id, body))
        return message_id

    def _event_data(self, topic: str, row: Row) -> tuple[Json, Json]:
        shop = self.shop
        thin: Json = {"data": dict(row.ref)}
        if topic != PAYMENT_TOPIC or shop is None:
            return {"data": shop.writer.one(row, BARE) if shop else row.ref}, thin
        total = float(row.attributes["totalValue"])
        attributes = {
            "paymentStatus": "full",
            "paymentStatusLabel": "Paid in full",
            "transactionAmount": total,
            "transactionType": "capture",
            "transactionDate": shop.clock().strftime("%Y-%m-%d %H:%M:%S"),
            "amountPaid": total,
            "amountDue": 0.0,
            "currency": row.attributes["currency"],
        }
        return {"data": {"type": "orders", "id": row.key, "attributes": attributes}}, thin

    def _queue(self, delivery: Delivery) -> None:
        """Draw this message's troubles, in the order messages are made."""
        faults, label = self.faults(), f"WEBHOOK {delivery.topic}"
        if faults.faults:
            if faults.draw("lose_webhook", label):
                self._note(delivery, "lost")
                return
            if faults.draw("reorder_webhooks", label):
                self.held.append(delivery)
                return
            if faults.draw("duplicate_webhook", label):
                self._send(Delivery(delivery.hook, delivery.topic, delivery.message_id, delivery.body))
        delivery.then, self.held = self.held, []
        self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        self.waiting.append(delivery)
        if self.wake is not None:
            self.wake.set()

    async def _work(self) -> None:
        while self.wake is not None:
            if not self.waiting or self.shop is None or not self.shop.knobs.mq_running:
                self.wake.clear()
                await self.wake.wait()
                continue
            delivery = self.waiting.popleft()
            await self._deliver(delivery)
            for held in delivery.then:
                self._send(held)
            delivery.then = []

    async def _deliver(self, delivery: Delivery) -> None:
        shop, session = self.shop, self.session
        hook = shop.store["webhooks"].rows.get(delivery.hook) if shop and "webhooks" in shop.resources else None
        if hook is None or session is None or shop is None:
            return
        verify: Any = bool(hook.attributes["verifySsl"])
        headers = signed_headers(delivery.topic, delivery.message_id, delivery.body, hook.hidden.get("secret"))
        after: str | None = None
        outcome: int | str
        try:
            async with session.post(
                hook.attributes["notificationUrl"],
                data=delivery.body,
                headers=headers,
                allow_redirects=False,
                ssl=verify,
            ) as response:
                await response.read()
                outcome, after = response.status, response.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            outcome = type(error).__name__
        self._note(delivery, outcome)
        if outcome == GONE and delivery.hook in shop.store["webhooks"].rows:
            self.drop(hook)
        elif outcome in RETRIED:
            self._again(delivery, after, shop.knobs.webhook_retry_seconds)

    def _again(self, delivery: Delivery, after: str | None, usual: float) -> None:
        delay = usual
        if after is not None:
            with contextlib.suppress(ValueError):
                delay = float(after)
        again = Delivery(delivery.hook, delivery.topic, delivery.message_id, delivery.body, delivery.attempt + 1)
        timer: asyncio.TimerHandle

        def send() -> None:
            self.timers.discard(timer)
            self._send(again)

        timer = asyncio.get_running_loop().call_later(max(0.0, delay), send)
        self.timers.add(timer)

    def _note(self, delivery: Delivery, outcome: int | str) -> None:
        at = instant(self.shop.clock()) if self.shop else ""
        self.log.append(
            {
                "at": at,
                "webhook": delivery.hook,
                "topic": delivery.topic,
                "message_id": delivery.message_id,
                "attempt": delivery.attempt,
                "outcome": outcome,
            }
        )


def signed_headers(topic: str, message_id: str, body: bytes, secret: str | None) -> dict[str, str]:
    """The headers of a delivery. With a secret, the raw body is signed."""
    headers = {"Content-Type": "application/json", "Webhook-Topic": topic, "Webhook-Id": message_id}
    if secret:
        headers["Webhook-Signature"] = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers["Webhook-Signature-Algorithm"] = "HMAC-SHA256"
    return headers
