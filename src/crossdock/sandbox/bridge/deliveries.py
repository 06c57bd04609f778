"""Webhook deliveries: queued when a change stands, sent in the background, retried with a growing pause.

Anything but a 2xx is tried again; 410 ends the endpoint. The id stays over retries, the timestamp (and so the
signature) is each attempt's own (Standard Webhooks 1.0.0).
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
import orjson

from crossdock.sandbox.bridge.endpoints import Endpoints
from crossdock.sandbox.bridge.settings import BridgeKnobs
from crossdock.sandbox.bridge.signing import signed_headers
from crossdock.sandbox.bridge.values import Json, ts
from crossdock.sandbox.faults import FaultPlan

GONE = 410
TIMEOUT_SECONDS = 15
LOG_MAX = 5000


@dataclass(slots=True)
class Delivery:
    """One message on its way to one endpoint. then: messages held back until this one has gone."""

    endpoint: str
    event_type: str
    message_id: str
    body: bytes
    attempt: int = 1
    then: "list[Delivery]" = field(default_factory=list)


class Postman:
    """Sends what a server tells. It outlives resets: `bind` gives it the new registry. Call `start` and `stop` with
    the server; until started, messages wait."""

    def __init__(self, clock: Callable[[], datetime], faults: Callable[[], FaultPlan]) -> None:
        self.clock = clock
        self.faults = faults
        self.knobs = BridgeKnobs()
        self.endpoints = Endpoints(self.knobs, (), 0)
        self.waiting: deque[Delivery] = deque()
        self.held: list[Delivery] = []
        self.log: deque[Json] = deque(maxlen=LOG_MAX)
        self.told = 0
        self._wake: asyncio.Event | None = None
        self._session: aiohttp.ClientSession | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._timers: set[asyncio.TimerHandle] = set()

    def bind(self, knobs: BridgeKnobs, endpoints: Endpoints) -> None:
        """Serve this registry from now on; what the last one had to say is forgotten."""
        self.knobs, self.endpoints = knobs, endpoints
        self.waiting.clear()
        self.held.clear()
        self.log.clear()
        self.told = 0
        self._cancel_timers()

    async def start(self) -> None:
        self._wake = asyncio.Event()
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS))
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self.knobs.webhook_workers)]
        if self.waiting:
            self._wake.set()

    async def stop(self) -> None:
        self._cancel_timers()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks, self._wake = [], None
        if self._session is not None:
            await self._session.close()
            self._session = None

    def tell(self, event_type: str, data: Json) -> None:
        """Queue `{"type", "timestamp", "data"}` for every endpoint that wants it. data: thin, keys and revision."""
        if not self.knobs.webhooks:
            return
        for endpoint in self.endpoints.wanting(event_type):
            self.told += 1
            body = orjson.dumps({"type": event_type, "timestamp": ts(self.clock()), "data": data})
            self._queue(Delivery(endpoint.id, event_type, f"evt_{self.told:08d}", body))

    def _queue(self, delivery: Delivery) -> None:
        label = f"WEBHOOK {delivery.event_type}"
        draw = self.faults().draw
        if draw("lose_webhook", label):
            self._note(delivery, "lost")
            return
        if draw("reorder_webhooks", label):
            self.held.append(delivery)
            return
        if draw("duplicate_webhook", label):
            self._send(Delivery(delivery.endpoint, delivery.event_type, delivery.message_id, delivery.body))
        delivery.then, self.held = self.held, []
        self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        self.waiting.append(delivery)
        if self._wake is not None:
            self._wake.set()

    async def _work(self) -> None:
        while (wake := self._wake) is not None:
            if not self.waiting:
                wake.clear()
                await wake.wait()
                continue
            delivery = self.waiting.popleft()
            await self._deliver(delivery)
            for held in delivery.then:
                self._send(held)
            delivery.then = []

    async def _deliver(self, delivery: Delivery) -> None:
        endpoint, session = self.endpoints.held.get(delivery.endpoint), self._session
        if endpoint is None or session is None:
            return
        moment = int(self.clock().timestamp())
        headers = signed_headers(endpoint.secrets, delivery.message_id, moment, delivery.body)
        after: str | None = None
        outcome: int | str
        try:
            async with session.post(
                endpoint.url, data=delivery.body, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                outcome, after = response.status, response.headers.get("Retry-After")
        except (aiohttp.ClientError, TimeoutError, ValueError, OSError) as error:
            outcome = type(error).__name__
        self._note(delivery, outcome)
        if outcome == GONE:
            self.endpoints.held.pop(endpoint.id, None)
        elif not (isinstance(outcome, int) and 200 <= outcome < 300):
            self._again(delivery, after)

    def _again(self, delivery: Delivery, after: str | None) -> None:
        if delivery.attempt >= self.knobs.webhook_attempts:
            return
        delay = self.knobs.webhook_retry_seconds * 2 ** (delivery.attempt - 1)
        if after is not None:
            with contextlib.suppress(ValueError):
                delay = float(after)
        again = Delivery(
            delivery.endpoint, delivery.event_type, delivery.message_id, delivery.body, delivery.attempt + 1
        )
        timer: asyncio.TimerHandle

        def send() -> None:
            self._timers.discard(timer)
            self._send(again)

        timer = asyncio.get_running_loop().call_later(max(0.0, delay), send)
        self._timers.add(timer)

    def _cancel_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def _note(self, delivery: Delivery, outcome: int | str) -> None:
        self.log.append(
            {
                "at": ts(self.clock()),
                "endpoint": delivery.endpoint,
                "type": delivery.event_type,
                "message_id": delivery.message_id,
                "attempt": delivery.attempt,
                "outcome": outcome,
            }
        )
