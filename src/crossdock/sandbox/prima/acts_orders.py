"""What people do to orders: the warehouse picks and sends, the desk holds, reprices and cancels, accounts bill."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from crossdock.sandbox.bridge import Json
from crossdock.sandbox.kernel import ActError
from crossdock.sandbox.prima import billing, fulfilment
from crossdock.sandbox.prima import bridge_view as view
from crossdock.sandbox.prima.bridge_orders import decide_due
from crossdock.sandbox.prima.model import Invoice, Order
from crossdock.sandbox.prima.store import Store

Quantities = Mapping[str, Any] | None
Tracking = Sequence[str | Mapping[str, str]] | None


def number(what: str, value: object, *, least: Decimal | None = None) -> Decimal:
    """A figure of an act. Raises ActError: when it is none, or below `least`."""
    try:
        found = Decimal(str(value))
    except InvalidOperation as error:
        raise ActError(f"{what}: {value!r} is not a number") from error
    if not found.is_finite() or (least is not None and found < least):
        raise ActError(f"{what}: {value!r} must be {least} at least")
    return found


class OrderActs:
    """Orders are named by their number or the caller's reference."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def by_name(self) -> Mapping[str, Callable[..., Any]]:
        acts = (
            self.pick_order, self.despatch_order, self.work_floor, self.close_short, self.amend_shipment,
            self.hold_order, self.release_order, self.cancel_order, self.reprice_line, self.invoice_order,
            self.credit_invoice, self.run_queue,
        )  # fmt: skip
        return {act.__name__: _playable(act) for act in acts}

    def pick_order(self, order: str, lines: Quantities = None) -> Json:
        """A picker takes goods from the shelf: {line_ref: quantity}, or all that is there. Cancelling is over."""
        found = self._order(order)
        picked = fulfilment.pick(self.store, found, _quantities(lines))
        return {"order": found.number, "picked": {line.line_ref: str(quantity) for line, quantity in picked}}

    def despatch_order(
        self,
        order: str,
        lines: Quantities = None,
        carrier: str | None = None,
        tracking: Tracking = None,
        invoice: bool | None = None,
    ) -> Json:
        """Send what is picked, or pick and send {line_ref: quantity}, or all that is there. tracking: numbers or
        {number, url}. invoice: bill it at once, as the setting says when null."""
        found = self._order(order)
        picked = any(line.picked for line in found.lines)
        if lines is not None or not picked:
            fulfilment.pick(self.store, found, _quantities(lines))
        code = carrier or found.intent.carrier_code or min(self.store.carriers)
        sent = fulfilment.despatch(self.store, found, code, _tracking(tracking))
        bills = self._bill(found, invoice)
        return {
            "order": found.number,
            "status": found.status,
            "shipments": [view.shipment_json(one) for one in sent],
            "invoices": bills,
        }

    def _bill(self, order: Order, wanted: bool | None) -> list[str]:
        at_once = self.store.knobs.invoice_at_despatch if wanted is None else wanted
        return [billing.invoice(self.store, order).number] if at_once else []

    def work_floor(self, orders: int = 10, part_rate: float = 0.0) -> Json:
        """The warehouse works through the oldest open orders; a share of them leaves only in part at first."""
        sent, short = [], []
        waiting = [one for one in self.store.orders.values() if one.status in ("accepted", "part_despatched")]
        for order in waiting[:orders]:
            part = order.status == "accepted" and self.store.random.random() < part_rate
            first = {order.lines[0].line_ref: max(Decimal(1), order.lines[0].quantity // 2)} if part else None
            try:
                self.despatch_order(order.number, first)
            except fulfilment.NotNow:
                short.append(order.number)
            else:
                sent.append(order.number)
        return {"despatched": sent, "waiting_for_stock": short}

    def close_short(self, order: str) -> Json:
        """What a part despatched order still wants will not be sent; the stock is free again."""
        return self._done(order, fulfilment.close_short)

    def amend_shipment(self, shipment: str, tracking: Tracking = None) -> Json:
        """The carrier's numbers turn out to be others: the shipment gets a new revision."""
        if shipment not in self.store.shipments:
            raise ActError(f"amend_shipment: shipment {shipment!r} is not there")
        found = self.store.shipments[shipment]
        fulfilment.amend(self.store, found, _tracking(tracking))
        return view.shipment_json(found)

    def hold_order(self, order: str, reason: str = "For review") -> Json:
        """The desk puts an accepted order on hold."""
        return self._done(order, lambda store, found: fulfilment.hold(store, found, reason))

    def release_order(self, order: str) -> Json:
        """The desk releases a held order."""
        return self._done(order, fulfilment.release)

    def cancel_order(self, order: str) -> Json:
        """The desk cancels an order that nobody picks yet; its stock is free again."""
        return self._done(order, fulfilment.cancel)

    def reprice_line(self, order: str, line_ref: str, price: str) -> Json:
        """The desk changes a line's unit price: the order's totals are no longer what the caller expected."""

        def change(store: Store, found: Order) -> None:
            lines = {line.line_ref: line for line in found.lines}
            if line_ref not in lines or not found.open:
                raise fulfilment.NotNow(f"order {found.number} is {found.status}, with lines {', '.join(lines)}")
            lines[line_ref].price = number("reprice_line: price", price, least=Decimal(0))
            store.touch_order(found)

        return self._done(order, change)

    def invoice_order(self, order: str) -> Json:
        """Bill everything sent and not yet billed."""
        return view.invoice_json(self.store, billing.invoice(self.store, self._order(order)))

    def credit_invoice(self, invoice: str, lines: Quantities = None, restock: bool = False) -> Json:
        """Credit {line_ref: quantity} of an invoice, or all of it. restock: the goods are back on the shelf."""
        if invoice not in self.store.invoices:
            raise ActError(f"credit_invoice: invoice {invoice!r} is not there")
        credited: Invoice = self.store.invoices[invoice]
        return view.invoice_json(self.store, billing.credit(self.store, credited, _quantities(lines), restock=restock))

    def run_queue(self, limit: int | None = None) -> Json:
        """Prima works through the orders that were only queued (oldest first)."""
        decided = decide_due(self.store, limit, due_only=False)
        return {"decided": {order.number: order.status for order in decided}}

    def _done(self, order: str, change: Callable[[Store, Order], None]) -> Json:
        found = self._order(order)
        change(self.store, found)
        return view.order_json(self.store, found)

    def _order(self, name: str) -> Order:
        found = self.store.orders_numbered(name) or [
            one for one in self.store.orders.values() if one.intent.external_ref == name
        ]
        if not found:
            raise ActError(f"order {name!r} is not there; there are {len(self.store.orders)} orders")
        return found[-1]


def _playable(act: Callable[..., Any]) -> Callable[..., Any]:
    """What cannot be done now is told as an ActError that names the act."""

    def play(**params: Any) -> Any:
        try:
            return act(**params)
        except fulfilment.NotNow as late:
            raise ActError(f"{act.__name__}: {late}") from late

    play.__doc__ = act.__doc__
    return play


def _quantities(lines: Quantities) -> dict[str, Decimal] | None:
    if lines is None:
        return None
    return {ref: number(f"line {ref}", quantity, least=Decimal(0)) for ref, quantity in lines.items()}


def _tracking(given: Tracking) -> list[tuple[str, str | None]]:
    return [(one, None) if isinstance(one, str) else (one["number"], one.get("url")) for one in given or ()]
