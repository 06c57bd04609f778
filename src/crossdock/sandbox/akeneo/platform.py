"""The Event Platform: subscribers, their subscriptions, and deliveries with retries and suspension.

Akeneo Event Platform, "Key platform behaviors". CloudEvents in structured mode, signed over the raw body with one or
two secrets; at least once, in no order; 5 s to answer 200; sent again after 5, 10 and 20 minutes; suspended at once on
404 and on redirects, and when fewer than nine in ten of the last hour's deliveries succeeded.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crossdock.sandbox.akeneo.courier import Courier, Outcome, Parcel
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.event_filter import Test
from crossdock.sandbox.akeneo.event_types import Event, EventMaker
from crossdock.sandbox.akeneo.model import Change, Pim
from crossdock.sandbox.akeneo.wire import dumped
from crossdock.sandbox.faults import FaultPlan

SCHEMAS = "https://event.prd.sdk.akeneo.cloud/spec/"
RATE_MAX, LOG_MAX = 100, 2000
HOUR = timedelta(hours=1)
ACTIVE, SUSPENDED, REVOKED, DELETED = "active", "suspended", "revoked", "deleted"


@dataclass(slots=True, kw_only=True)
class Subscription:
    """One destination. body: as the management API shows it, secrets and custom headers in clear. results: when each
    delivery of the last hour ended, and whether well. rate: events per second it is thought to bear."""

    id: str
    subscriber: str
    body: Json
    test: Test
    active_from: datetime
    status: str = ACTIVE
    rate: int = 1
    stuck_since: datetime | None = None
    results: deque[tuple[datetime, bool]] = field(default_factory=deque)

    @property
    def url(self) -> str:
        return str(self.body["config"]["url"])


@dataclass(slots=True)
class Message:
    """One event on its way to one subscription."""

    id: str
    type: str
    subscription: str
    body: bytes
    attempt: int = 1


class Platform:
    """Everything the platform knows of this PIM. Nothing of it is there unless the PIM is SaaS."""

    def __init__(self, pim: Pim, courier: Courier, faults: Callable[[], FaultPlan]) -> None:
        self.pim, self.courier, self.faults = pim, courier, faults
        self.maker = EventMaker(pim)
        self.subscribers: dict[str, Json] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.messages: dict[str, Message] = {}
        self.held: list[Message] = []
        self.log: deque[Json] = deque(maxlen=LOG_MAX)
        self.notices: list[Json] = []

    def heard(self, change: Change) -> None:
        if not self.pim.saas:
            return
        events = list(self.maker.events(change))
        for event in events:
            for subscription in list(self.subscriptions.values()):
                if self._wants(subscription, event):
                    self._address(subscription, event)

    def _wants(self, subscription: Subscription, event: Event) -> bool:
        if event.type not in subscription.body["events"] or not subscription.test(event.facts):
            return False
        if subscription.status != ACTIVE or self.subscribers[subscription.subscriber]["status"] != ACTIVE:
            return False  # lost for good
        return self.pim.clock() >= subscription.active_from

    def _address(self, subscription: Subscription, event: Event) -> None:
        data = dict(event.data)
        if event.identifier is not None and subscription.body.get("send_product_identifier"):
            data["product"] = {**data["product"], "identifier": event.identifier}
        if event.author is not None:
            data["author"] = {"identifier": event.author.identifier, "type": event.author.type}
        self.dispatch(self.message(subscription, event.type, data))

    def message(self, subscription: Subscription, type_: str, data: Json) -> Message:
        id_ = self.pim.new_uuid()
        envelope = {
            "specversion": "1.0", "id": id_, "source": self.pim.knobs.event_source, "type": type_,
            "subject": subscription.id, "datacontenttype": "application/json",
            "dataschema": f"{SCHEMAS}{type_}.schema.json", "data": data,
            "time": f"{self.pim.clock():%Y-%m-%dT%H:%M:%SZ}",
        }  # fmt: skip
        message = Message(id_, type_, subscription.id, dumped(envelope))
        self.messages[id_] = message
        return message

    def send_test(self, subscription: Subscription) -> str:
        """An event of the first type subscribed to, about a product nobody has."""
        type_ = subscription.body["events"][0]
        nobody = {"uuid": "00000000-0000-0000-0000-000000000000"}
        message = self.message(subscription, type_, {"product": nobody, "author": {"identifier": "", "type": "system"}})
        self._send(message, self.pim.clock())
        return message.id

    def dispatch(self, message: Message) -> None:
        """Send, with the troubles drawn for this message."""
        plan, label = self.faults(), f"EVENT {message.type}"
        if plan.draw("lose_webhook", label):
            self._note(message, "lost")
            return
        if plan.draw("reorder_webhooks", label):
            self.held.append(message)
            return
        for _ in range(2 if plan.draw("duplicate_webhook", label) else 1):
            self._send(message, self.pim.clock())
        for held in self.held:
            self._send(held, self.pim.clock())
        self.held.clear()

    def _send(self, message: Message, due: datetime) -> None:
        subscription = self.subscriptions.get(message.subscription)
        if subscription is None:
            return
        self.courier.send(Parcel(
            url=subscription.url, pack=lambda: self._packed(message), done=lambda outcome: self._done(message, outcome),
            timeout_seconds=self.pim.knobs.platform_timeout_seconds, due=due,
        ))  # fmt: skip

    def _packed(self, message: Message) -> tuple[Mapping[str, str], bytes] | None:
        """Nothing leaves for a subscription that is not active (any more)."""
        subscription = self.subscriptions.get(message.subscription)
        if subscription is None or subscription.status != ACTIVE:
            self._note(message, "lost: the subscription is not active")
            return None
        secret = subscription.body["config"]["secret"]
        headers = dict(subscription.body["config"].get("headers", {}))
        headers |= {
            "Content-Type": self.pim.knobs.event_media_type, "X-AKENEO-SIGNATURE-ALGORITHM": "HmacSHA256",
            "X-AKENEO-SIGNATURE-PRIMARY": signature(secret["primary"], message.body),
        }  # fmt: skip
        if secret.get("secondary"):
            headers["X-AKENEO-SIGNATURE-SECONDARY"] = signature(secret["secondary"], message.body)
        return headers, message.body

    def _done(self, message: Message, outcome: Outcome) -> None:
        self._note(message, outcome)
        subscription = self.subscriptions.get(message.subscription)
        if subscription is None or subscription.status != ACTIVE:
            return
        now, good = self.pim.clock(), outcome == 200
        if outcome == 404 or (isinstance(outcome, int) and 300 <= outcome < 400):
            self.suspend(subscription, f"the destination answered {outcome}")
            return
        if outcome == 429:
            subscription.rate = max(1, subscription.rate // 2)
            subscription.stuck_since = subscription.stuck_since or now
        else:
            subscription.stuck_since = None
            subscription.results.append((now, good))
        if good:
            subscription.rate = min(RATE_MAX, subscription.rate + 1)
            return
        self._judge(subscription, now)
        self._again(message, now)

    def _judge(self, subscription: Subscription, now: datetime) -> None:
        """Suspends what failed too often within the hour, or has been refusing with 429 for longer than that."""
        results = subscription.results
        while results and now - results[0][0] >= HOUR:
            results.popleft()
        well = sum(1 for _, good in results if good)
        enough = len(results) >= self.pim.knobs.platform_success_sample
        if enough and well < self.pim.knobs.platform_success_floor * len(results):
            self.suspend(subscription, f"{well} of {len(results)} deliveries succeeded in the last hour")
        elif subscription.stuck_since is not None and now - subscription.stuck_since > HOUR:
            self.suspend(subscription, "429 for more than an hour")

    def _again(self, message: Message, now: datetime) -> None:
        waits = self.pim.knobs.platform_retry_minutes
        if message.attempt > len(waits):
            self._note(message, "dropped")
            return
        due = now + timedelta(minutes=waits[message.attempt - 1])
        message.attempt += 1
        self._send(message, due)

    def suspend(self, subscription: Subscription, reason: str, *, by: str = "system") -> None:
        if subscription.status == ACTIVE:
            subscription.status = SUSPENDED
            self._notify(subscription, f"subscription.suspended.{by}", reason)

    def resume(self, subscription: Subscription) -> None:
        if subscription.status == SUSPENDED:
            subscription.status = ACTIVE
            subscription.results.clear()
            subscription.stuck_since = None
            self._notify(subscription, "subscription.resumed", "resumed")

    def revoke_all(self) -> None:
        """The connection is gone, or may not use the platform any more."""
        for subscription in self.subscriptions.values():
            if subscription.status != DELETED:
                subscription.status = REVOKED
                self._notify(subscription, "subscription.revoked", "the connection was removed")

    def _notify(self, subscription: Subscription, kind: str, reason: str) -> None:
        """A status webhook, where the subscriber asked for one."""
        subscriber = self.subscribers[subscription.subscriber]
        notice: Json = {
            "notification_type": kind, "timestamp": f"{self.pim.clock():%Y-%m-%dT%H:%M:%SZ}",
            "subscription_id": subscription.id, "subscriber_id": subscription.subscriber,
            "destination": subscription.url, "events": subscription.body["events"], "reason": reason,
            "subject": subscriber["subject"],
        }  # fmt: skip
        self.notices.append(notice)
        contact = subscriber["contact"]
        if "webhook" not in contact.get("notification_channels", ()) or not contact.get("notification_webhook_url"):
            return
        body = dumped(notice)
        secret = str(contact.get("notification_webhook_secret", ""))
        self._knock(str(contact["notification_webhook_url"]), body, secret, waits=[1, 2])

    def _knock(self, url: str, body: bytes, secret: str, waits: list[int], wait: int = 0) -> None:
        def done(outcome: Outcome) -> None:
            self.log.append({"notification": url, "outcome": outcome})
            if outcome != 200 and waits:
                self._knock(url, body, secret, waits[1:], waits[0])

        headers = {
            "Content-Type": "application/json", "X-AKENEO-SIGNATURE-ALGORITHM": "HmacSHA256",
            "X-AKENEO-SIGNATURE-PRIMARY": signature(secret, body),
        }  # fmt: skip
        self.courier.send(Parcel(
            url=url, pack=lambda: (headers, body), done=done, due=self.pim.clock() + timedelta(seconds=wait),
            timeout_seconds=self.pim.knobs.platform_timeout_seconds,
        ))  # fmt: skip

    def _note(self, message: Message, outcome: Outcome) -> None:
        self.log.append({
            "event_id": message.id, "type": message.type, "subscription": message.subscription,
            "attempt": message.attempt, "outcome": outcome,
        })  # fmt: skip

    def picture(self) -> Json:
        shown: list[Any] = [
            {"id": one.id, "status": one.status, "rate": one.rate, **one.body} for one in self.subscriptions.values()
        ]  # fmt: skip
        return {
            "subscribers": list(self.subscribers.values()), "subscriptions": shown, "log": list(self.log),
            "notices": self.notices,
        }  # fmt: skip


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
