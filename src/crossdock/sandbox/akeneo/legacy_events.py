"""The Events API: batches of up to ten whole resources, signed with a timestamp, sent once.

Akeneo Events API (retired 31 December 2026). No retry, no redirect, 500 ms to answer, 4000 requests an hour; not told
about changes the same connection made.
"""

import hashlib
import hmac
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from crossdock.sandbox.akeneo.courier import Courier, Outcome, Parcel
from crossdock.sandbox.akeneo.documents import document
from crossdock.sandbox.akeneo.errors import Json
from crossdock.sandbox.akeneo.model import MODEL, PRODUCT, Change, Entity, Pim
from crossdock.sandbox.akeneo.tree import merged_categories, visible
from crossdock.sandbox.akeneo.views import View
from crossdock.sandbox.akeneo.wire import dumped
from crossdock.sandbox.faults import FaultPlan

BATCH_MAX = 10
ACTIONS = {"created": "created", "updated": "updated", "deleted": "removed"}
LOG_MAX = 2000


class LegacyEvents:
    """The connection's one subscription. url "" is none."""

    def __init__(self, pim: Pim, courier: Courier, faults: Callable[[], FaultPlan]) -> None:
        self.pim, self.courier, self.faults = pim, courier, faults
        self.url, self.secret = pim.knobs.events_url, pim.knobs.events_secret
        self.enabled = True
        self.waiting: deque[Json] = deque()
        self.held: list[Json] = []
        self.sent: dict[str, Json] = {}
        self.posts: deque[datetime] = deque()
        self.log: deque[Json] = deque(maxlen=LOG_MAX)
        self.flushing = False

    @property
    def active(self) -> bool:
        return bool(self.url) and self.enabled

    def heard(self, change: Change) -> None:
        entity = change.after or change.before
        if not self.active or change.resource not in (PRODUCT, MODEL) or entity is None:
            return
        if change.author.type == "api" and change.author.name == self.pim.knobs.username:
            return
        if change.resource == PRODUCT and not visible(self.pim, merged_categories(self.pim, entity)):
            return
        event: Json = {
            "action": f"{change.resource}.{ACTIONS[change.action]}", "event_id": self.pim.new_uuid(),
            "event_datetime": self.pim.moment(change.at), "author": change.author.name,
            "author_type": "api" if change.author.type == "api" else "ui", "pim_source": self.pim.base_url,
            "data": {"resource": self._resource(change, entity)},
        }  # fmt: skip
        self.emit(event)

    def _resource(self, change: Change, entity: Entity) -> Json:
        """The whole resource; of what was removed, its keys."""
        if change.action != "deleted":
            return document(self.pim, entity, View(base=self.pim.base_url, by_identifier=True))
        if entity.kind == MODEL:
            return {"code": entity.key}
        return {"identifier": self.pim.identifier(entity), "uuid": entity.key}

    def emit(self, event: Json) -> None:
        """Put an event in the queue, with the troubles drawn for it."""
        self.sent[event["event_id"]] = event
        plan, label = self.faults(), f"EVENT {event['action']}"
        if plan.draw("lose_webhook", label):
            self.log.append({"event_ids": [event["event_id"]], "outcome": "lost"})
            return
        if plan.draw("reorder_webhooks", label):
            self.held.append(event)
            return
        self.waiting.append(event)
        if plan.draw("duplicate_webhook", label):
            self.waiting.append(event)
        self.waiting.extend(self.held)
        self.held.clear()
        self._flush()

    def send_test(self) -> None:
        """What the "Test" button of the connection posts: a signed call with no event in it."""
        self._post(list)

    def _flush(self) -> None:
        if not self.flushing and self.waiting:
            self.flushing = True
            self._post(self._batch)

    def _batch(self) -> list[Json] | None:
        self.flushing = False
        batch = [self.waiting.popleft() for _ in range(min(BATCH_MAX, len(self.waiting)))]
        self._flush()
        return batch or None

    def _post(self, events: Callable[[], list[Json] | None]) -> None:
        ids: list[str] = []

        def pack() -> tuple[Mapping[str, str], bytes] | None:
            batch = events()
            if batch is None or not self.active:
                return None
            ids.extend(event["event_id"] for event in batch)
            if not self._within_the_hour():
                self.log.append({"event_ids": ids, "outcome": "dropped: limit of requests per hour"})
                return None
            return self._signed(dumped({"events": batch}))

        def done(outcome: Outcome) -> None:
            self.log.append({"event_ids": ids, "outcome": outcome})

        seconds = self.pim.knobs.events_timeout_seconds
        self.courier.send(Parcel(url=self.url, pack=pack, done=done, timeout_seconds=seconds, due=self.pim.clock()))

    def _within_the_hour(self) -> bool:
        now = self.pim.clock()
        while self.posts and now - self.posts[0] >= timedelta(hours=1):
            self.posts.popleft()
        if len(self.posts) >= self.pim.knobs.events_per_hour:
            return False
        self.posts.append(now)
        return True

    def _signed(self, body: bytes) -> tuple[Mapping[str, str], bytes]:
        stamp = str(int(self.pim.clock().timestamp()))
        signature = hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json", "X-Akeneo-Request-Signature": signature,
            "X-Akeneo-Request-Timestamp": stamp, "User-Agent": f"AkeneoPIM/{self.pim.version}",
        }  # fmt: skip
        return headers, body

    def picture(self) -> Json:
        log: list[Any] = list(self.log)
        return {"url": self.url, "enabled": self.enabled, "waiting": len(self.waiting), "log": log}
