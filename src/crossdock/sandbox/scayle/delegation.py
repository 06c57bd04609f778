"""Order delegation and cancellation requests: the shop calls each merchant's system (SCAYLE docs, Order Delegation).

At least once. Only 201 with a body counts; everything else, silence for 15 seconds included, is tried again: after 3
minutes, 5 minutes, then every 2 hours, 23 times. Then the order is aborted and cancelled.
"""

from collections import deque
from functools import partial

from crossdock.sandbox.faults import FaultPlan
from crossdock.sandbox.scayle.delegation_view import cancellation_body, delegation_body
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.fulfilment import Fulfilment
from crossdock.sandbox.scayle.lifecycle import Lifecycle
from crossdock.sandbox.scayle.outbox import Outbox, Outcome
from crossdock.sandbox.scayle.sales import CONFIRMED, Delegation, Order
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.world import World

CREATED_STATUS = 201
TAKEN = frozenset({"delegated", "acknowledged"})
LOG_MAX = 5000
AUTO_ACKNOWLEDGE_SECONDS = 3600.0


class Delegator:
    def __init__(
        self, world: World, lifecycle: Lifecycle, fulfilment: Fulfilment, outbox: Outbox, faults: FaultPlan
    ) -> None:
        self.world = world
        self.lifecycle = lifecycle
        self.fulfilment = fulfilment
        self.outbox = outbox
        self.faults = faults
        self.log: deque[Json] = deque(maxlen=LOG_MAX)

    def begin(self, order: Order) -> None:
        """Tell each merchant of the order's items. Those without a URL are taken as told, or wait, by setting."""
        keys = sorted({unit.merchant for unit in order.units if unit.live})
        for key in keys:
            if not any(one.merchant == key for one in order.delegations):
                order.delegations.append(Delegation(self.world.new_id("delegation"), key))
        for one in order.delegations:
            if self.world.merchant(one.merchant).delegation_url:
                one.round += 1
                self.world.later(0, partial(self._tell, order, one, one.round))
            elif self.world.knobs.delegation_without_url == "delegated":
                one.state = "acknowledged"
        self._see(order)

    def again(self, order: Order) -> list[str]:
        """Send the order once more, whatever was answered before. Returns the merchants called."""
        called = []
        for one in order.delegations:
            if self.world.merchant(one.merchant).delegation_url:
                self.world.later(0, partial(self._post, order, one))
                called.append(one.merchant)
        return called

    async def _tell(self, order: Order, one: Delegation, turn: int) -> None:
        if order.phase != CONFIRMED or one.state in TAKEN or turn != one.round:
            return
        outcome = await self._post(order, one)
        if one.state in TAKEN or order.phase != CONFIRMED:
            return
        waits = self.world.knobs.delegation_retry_seconds
        one.state = "failed"
        if one.attempts <= len(waits):
            self.world.later(max(0.001, waits[one.attempts - 1]), partial(self._tell, order, one, turn))
            return
        one.state = "given_up"
        self._note("given_up", order, one, outcome.label)
        self.lifecycle.abort(order)

    async def _post(self, order: Order, one: Delegation) -> Outcome:
        """One attempt, and what its answer means."""
        one.attempts += 1
        body = delegation_body(self.world, order, one)
        label = f"DELEGATION {one.merchant}"
        if self.faults.draw("lose_webhook", label):
            outcome = Outcome(0, "lost")
        else:
            outcome = await self._call(self.world.merchant(one.merchant).delegation_url, body)
            if self.faults.draw("duplicate_webhook", label):
                self._note("delegation", order, one, outcome.label)
                outcome = await self._call(self.world.merchant(one.merchant).delegation_url, body)
        self._note("delegation", order, one, outcome.label)
        answer = outcome.object()
        if outcome.status == CREATED_STATUS and answer is not None:
            self._taken(order, one, answer)
        return outcome

    async def _call(self, url: str | None, body: Json) -> Outcome:
        seconds = self.world.knobs.delegation_timeout_seconds
        return await self.outbox.post(url, body, seconds=seconds) if url else Outcome(0, "NoUrl")

    def _taken(self, order: Order, one: Delegation, answer: Json) -> None:
        """Acknowledged in the answer, or later by itself."""
        if one.state == "acknowledged":
            return
        one.state = "acknowledged" if answer.get("orderDelegationResult") == "acknowledged" else "delegated"
        if one.state == "delegated":
            self.world.later(AUTO_ACKNOWLEDGE_SECONDS, partial(_acknowledge, one))
        self._see(order)

    def _see(self, order: Order) -> None:
        if all(one.state in TAKEN for one in order.delegations):
            self.lifecycle.delegated(order)

    def ask_to_cancel(self, order: Order) -> bool:
        """Ask every merchant that has the order to let go of it. False when there is nobody to ask."""
        asked = [
            one for one in order.delegations
            if one.state in TAKEN and self.world.merchant(one.merchant).cancellation_url
        ]  # fmt: skip
        for one in asked:
            order.cancellation = "asked"
            self.world.later(0, partial(self._ask, order, one, 1))
        return bool(asked)

    async def _ask(self, order: Order, one: Delegation, attempt: int) -> None:
        url = self.world.merchant(one.merchant).cancellation_url
        outcome = await self._call(url, cancellation_body(self.world, order, one))
        self._note("cancellation", order, one, outcome.label, attempt)
        answer = outcome.object() or {}
        waits = self.world.knobs.cancellation_retry_seconds
        if outcome.status == CREATED_STATUS and isinstance(answer.get("cancellationResult"), str):
            self._answered(order, one, answer["cancellationResult"])
        elif attempt <= len(waits):
            self.world.later(max(0.001, waits[attempt - 1]), partial(self._ask, order, one, attempt + 1))
        else:
            order.cancellation = "lapsed"

    def _answered(self, order: Order, one: Delegation, result: str) -> None:
        """Only `successful` cancels, and only what has not gone."""
        order.cancellation = result
        if result == "successful":
            units = [unit for unit in order.units if unit.merchant == one.merchant and unit.open]
            self.fulfilment.cancelled(order, units, by="shop")

    def _note(self, what: str, order: Order, one: Delegation, outcome: int | str, attempt: int | None = None) -> None:
        """attempt: of a cancellation request; a delegation counts its own."""
        self.log.append(
            {
                "at": iso(self.world.now()), "what": what, "order": order.id, "merchant": one.merchant,
                "attempt": attempt or one.attempts, "outcome": outcome,
            }
        )  # fmt: skip


def _acknowledge(one: Delegation) -> None:
    one.state = "acknowledged"
