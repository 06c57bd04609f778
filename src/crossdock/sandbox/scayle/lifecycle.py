"""An order's way: created, pended, confirmed, delegated, shipped, invoiced; or aborted and cancelled.

Each step raises the Admin webhooks documented for it (SCAYLE docs, Order Lifecycle).
"""

from collections.abc import Callable, Sequence

from crossdock.sandbox.scayle.checkout import block
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.sales import (
    ABORTED,
    CANCELLED,
    CONFIRMED,
    CREATED,
    DELEGATED,
    INVOICED,
    PENDED,
    SHIPPED,
    Document,
    Order,
    Unit,
)
from crossdock.sandbox.scayle.stocking import release_unit
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.world import World


class Lifecycle:
    """delegate: called with an order when its minute after confirmation is over."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.delegate: Callable[[Order], None] = lambda _: None

    def emit(self, event: str, order: Order, units: Sequence[Unit] = (), **more: object) -> None:
        self.world.emit_order(event, order, units, dict(more))

    def touch(self, order: Order) -> None:
        order.updated_at = self.world.now()

    def pend(self, order: Order) -> None:
        order.phase = PENDED
        self.touch(order)

    def payment_failed(self, order: Order) -> None:
        """The shopper is back at the till with the order as it was."""
        order.phase = CREATED
        self.touch(order)

    def confirm(self, order: Order) -> None:
        """Payment and signature are good: the quantity is blocked and the minute begins."""
        block(self.world, order)
        order.phase, order.confirmed_at = CONFIRMED, self.world.now()
        self.touch(order)
        self.emit("order-confirmed", order)
        self.world.later(self.world.knobs.delegation_delay_seconds, lambda: self._minute_over(order))

    def _minute_over(self, order: Order) -> None:
        if order.phase == CONFIRMED and not order.delegations:
            self.delegate(order)

    def delegated(self, order: Order) -> None:
        """Every merchant has it."""
        if order.phase != CONFIRMED:
            return
        now = self.world.now()
        order.phase, order.delegated_at = DELEGATED, now
        for unit in order.units:
            if unit.live:
                unit.delegated_at = unit.updated_at = now
        self.touch(order)
        self.emit("order-delegated", order)
        self.world.later(self.world.knobs.forced_shipped_seconds, lambda: self._force_shipped(order))

    def _force_shipped(self, order: Order) -> None:
        if order.phase == DELEGATED:
            order.phase = SHIPPED
            self.touch(order)

    def settle(self, order: Order) -> None:
        """See whether what happened to the units moves the order on."""
        self.touch(order)
        if order.phase == CANCELLED:
            return
        if all(unit.cancelled_at for unit in order.units):
            self._cancelled(order)
        elif order.phase in (CONFIRMED, DELEGATED, SHIPPED) and not any(unit.open for unit in order.units):
            order.phase = SHIPPED
            if self.world.knobs.full_invoicing:
                self.invoiced(order)

    def invoiced(self, order: Order) -> None:
        order.phase, order.invoiced_at = INVOICED, self.world.now()
        self.touch(order)
        self.emit("order-invoiced", order)

    def abort(self, order: Order) -> None:
        """Nobody took the order: its units are cancelled, the quantity is free again."""
        order.phase = ABORTED
        self.cancel_units(order, [unit for unit in order.units if unit.live], by="system")

    def cancel_units(self, order: Order, units: Sequence[Unit], *, by: str) -> list[Unit]:
        """by: `shop`, `merchant` or `system`. Returns those that were still live; the block on them is lifted."""
        now = self.world.now()
        hit = [unit for unit in units if unit.live]
        for unit in hit:
            unit.cancelled_at = unit.updated_at = now
            unit.cancelled_by, unit.status = by, "cancelled"
        if order.phase not in (CREATED, PENDED):
            for unit in hit:
                if unit.shipped_at is None:
                    release_unit(self.world, order.id, unit)
        if hit and by != "system":
            self.emit("order-item-unshippable" if by == "merchant" else "order-item-cancelled", order, hit)
        self.settle(order)
        return hit

    def _cancelled(self, order: Order) -> None:
        order.phase = CANCELLED
        self.touch(order)
        self.emit("order-cancelled", order)

    def capture(self, order: Order, units: Sequence[Unit]) -> Document:
        """Invoice what went and take the money for it; delivery and payment costs go with the first parcel."""
        amount = sum(unit.final.gross for unit in units)
        if not order.fees_captured:
            amount += sum(fee.amount.gross for fee in order.fees)
            order.fees_captured = True
        paper = self._paper(order, "partial_invoice", amount, units)
        self.emit("order-partially-invoiced", order, units)
        if not order.captured_by_hand:
            self._move_money(order, amount, "capture")
        return paper

    def refund(self, order: Order, units: Sequence[Unit]) -> Document:
        """A corrective invoice, and the money back the way it came."""
        amount = sum(unit.final.gross for unit in units)
        paper = self._paper(order, "corrective_invoice", amount, units)
        self.emit("order-corrective-invoiced", order, units)
        self._move_money(order, amount, "refund")
        return paper

    def capture_rest(self, order: Order) -> None:
        """Manual capture: everything not yet taken. Later parcels are invoiced and take nothing more."""
        order.captured_by_hand = True
        left = sum(payment.amount - payment.captured for payment in order.payments)
        if left > 0:
            self._move_money(order, left, "capture")

    def _paper(self, order: Order, kind: str, amount: int, units: Sequence[Unit]) -> Document:
        world = self.world
        number = world.new_id("invoice")
        paper = Document(
            world.new_id("document"), kind, world.now(), number, f"{world.shop_key}-26-{number}", amount=amount,
            units=[unit.id for unit in units],
        )  # fmt: skip
        order.documents.append(paper)
        return paper

    def _move_money(self, order: Order, amount: int, kind: str) -> None:
        """Gift cards first, the last payment takes what is over. One webhook for each payment that moves."""
        left = amount
        for number, payment in enumerate(order.payments, 1):
            room = payment.amount - payment.captured if kind == "capture" else payment.captured - payment.refunded
            part = left if number == len(order.payments) else min(left, max(0, room))
            if not part:
                continue
            left -= part
            if kind == "capture":
                payment.captured += part
            else:
                payment.refunded += part
            self._transaction(order, payment.key, part, kind)

    def _transaction(self, order: Order, key: str, amount: int, kind: str) -> None:
        row: Json = {"transactionId": f"op-{len(self.world.transactions) + 1}", "operationStatus": "successful"}
        self.world.transactions.append(
            {"at": iso(self.world.now()), "order": order.id, "kind": kind, "payment": key, "amount": amount, **row}
        )
        self.emit(f"payment-{kind}", order, transaction=row)
