"""How stock and orders meet: assignment when an order is saved, stages, goods-in, issue and cancellation.

on hand = available + assigned. Available falls when the order comes in, not when the goods leave; issue takes assigned
and on hand together; cancelling gives assigned back. What cannot be assigned waits on an invoice in stage 18.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from crossdock.sandbox.khaos_control.ledger import bill
from crossdock.sandbox.khaos_control.model import (
    AWAITING_DATE,
    AWAITING_STOCK,
    CANCELLED,
    HELD_STAGES,
    INVOICE_PRINT,
    ISSUED,
    ISSUED_STAGES,
    MANUAL_HOLD,
    NONE,
    PAYMENT,
    RELEASED,
    STAGING,
    TERMS_HOLD,
    Box,
    Cancellation,
    Invoice,
    Line,
    Order,
    StockItem,
)
from crossdock.sandbox.khaos_control.money import ZERO
from crossdock.sandbox.khaos_control.store import Store

HELD_BACK = HELD_STAGES - {AWAITING_STOCK}


class NotPossible(ValueError):
    """The order is in no state for that; the text says why."""


def add_line(store: Store, order: Order, item: StockItem, quantity: Decimal, site_id: int) -> Line:
    """Put an item on an order. A pack brings its components, which move with it."""
    line = Line(number=store.next_id("line", 1), order=order, item=item, quantity=quantity, site_id=site_id)
    for component, per in item.pack:
        line.parts.append(
            Line(number=store.next_id("line", 1), order=order, item=component, quantity=quantity * per,
                 site_id=site_id, per=per)
        )  # fmt: skip
    order.lines.append(line)
    return line


def book(store: Store, order: Order) -> None:
    """Save a new order: assign what is free, and lay out its invoices."""
    ready: dict[Line, Decimal] = {}
    short: dict[Line, Decimal] = {}
    for line in order.lines:
        _assign(store, line)
        if line.assigned:
            ready[line] = line.assigned
        if line.short:
            short[line] = line.short
            _wait(line)
    order.company.balance += order.gross - order.paid
    if ready:
        invoice = store.new_invoice(stage=_first_stage(store, order))
        invoice.lines = ready
        order.invoices.append(invoice)
    if short:
        invoice = store.new_invoice(stage=AWAITING_STOCK, short=True)
        invoice.lines = short
        order.invoices.append(invoice)
    store.add_order(order)


def unbook(store: Store, order: Order) -> None:
    """Take an order out again as if it had never been: an amendment is a deletion and a new import."""
    for line in order.lines:
        _release(store, line)
    order.company.balance -= order.gross - order.paid
    del store.orders[order.code.casefold()]
    store.orders_by_ref.pop(order.associated_ref, None)
    store.open_orders.pop(order.code, None)


def _first_stage(store: Store, order: Order) -> int:
    company = order.company
    if order.hold_reason:
        return MANUAL_HOLD
    if company.credit_limit is not None and company.balance > company.credit_limit:
        return TERMS_HOLD
    if order.delivery_date > store.wall().date() + timedelta(days=store.settings.future_days):
        return AWAITING_DATE
    if order.payment_pending and PAYMENT not in store.disabled_stages:
        return PAYMENT
    return STAGING


def _assign(store: Store, line: Line) -> Decimal:
    """Reserve as much of the line as is free; a pack only whole. Returns how much more is now assigned."""
    quantity = line.short
    needed = line.shelves
    for part in needed:
        free = max(NONE, part.item.level(part.site_id).available)
        quantity = min(quantity, free // part.per if line.parts else free)
    if quantity <= 0:
        return NONE
    stamp = store.wall()
    for part in needed:
        part.item.level(part.site_id).assigned += quantity * part.per
        part.item.moved = stamp
    line.assigned += quantity
    for part in line.parts:
        part.assigned += quantity * part.per
    return quantity


def _wait(line: Line) -> None:
    for part in line.shelves:
        part.item.waiting[line.number] = line


def _release(store: Store, line: Line) -> None:
    """Give back what is assigned and not yet issued."""
    held = line.assigned - line.issued
    stamp = store.wall()
    for part in line.shelves:
        part.item.waiting.pop(line.number, None)
        if held:
            part.item.level(part.site_id).assigned -= held * part.per
            part.item.moved = stamp
    line.assigned = line.issued
    for part in line.parts:
        part.assigned = part.issued


def move(store: Store, order: Order, invoice: Invoice, stage: int) -> None:
    """Put an invoice in a stage; an issued stage issues it. Raises NotPossible: when that cannot be undone or done."""
    if invoice.issued and stage not in ISSUED_STAGES:
        raise NotPossible(f"{order.code}: invoice {invoice.invoice_id} is issued")
    if invoice.stage == CANCELLED or stage == CANCELLED:
        raise NotPossible(f"{order.code}: an invoice is cancelled with its order")
    if invoice.short and stage in ISSUED_STAGES:
        raise NotPossible(f"{order.code}: invoice {invoice.invoice_id} has no stock assigned")
    if not invoice.issued and stage in ISSUED_STAGES:
        _issue(store, order, invoice)
    _set_stage(invoice, stage)
    store.touch(order)


def _set_stage(invoice: Invoice, stage: int) -> None:
    if invoice.stage != stage:
        invoice.stage = stage
        invoice.moved = True
        invoice.trail.append(stage)


def _print(store: Store, invoice: Invoice) -> None:
    if invoice.invoice_date is None:
        invoice.invoice_date = store.now()
        invoice.code = f"INV{store.next_id('printed', 200_001)}"


def _issue(store: Store, order: Order, invoice: Invoice) -> None:
    """Stock leaves: assigned and on hand fall together, so available stays where it was."""
    _print(store, invoice)
    bill(store, order, invoice)
    stamp = store.wall()
    for line, quantity in invoice.moving():
        line.issued += quantity
        if line.item.controlled and not line.parts:
            level = line.item.level(line.site_id)
            level.on_hand -= quantity
            level.assigned -= quantity
            line.item.moved = stamp
    invoice.issue_date = store.now()
    invoice.ship_date = invoice.ship_date or invoice.issue_date
    invoice.courier = invoice.courier or order.courier_code


def walk_to_issue(store: Store, order: Order, invoice: Invoice, boxes: list[Box]) -> None:
    """Pick, pack, ship, print and issue, through every stage this site has switched on."""
    path = [stage for stage in store.settings.stage_path if stage not in store.disabled_stages]
    start = path.index(invoice.stage) + 1 if invoice.stage in path else 0
    for stage in path[start:]:
        if stage == INVOICE_PRINT:
            _print(store, invoice)
        _set_stage(invoice, stage)
    invoice.boxes = boxes
    invoice.ship_date = store.now()
    move(store, order, invoice, ISSUED)


def split(store: Store, order: Order, invoice: Invoice, wanted: dict[Line, Decimal], stage: int) -> Invoice:
    """Take `wanted` out of an invoice into one of its own; all of it leaves the invoice as it is."""
    if wanted == invoice.lines:
        return invoice
    for line, quantity in wanted.items():
        left = invoice.lines[line] - quantity
        if left:
            invoice.lines[line] = left
        else:
            del invoice.lines[line]
    part = store.new_invoice(stage=stage)
    part.lines = wanted
    order.invoices.append(part)
    return part


def receive(store: Store, item: StockItem, quantity: Decimal, site_id: int, *, bought: bool = True) -> list[Order]:
    """Goods in: on hand rises, and back orders are assigned, oldest delivery date first. Returns the orders freed.

    bought: they come from a supplier and settle purchases; otherwise a customer brings them back.
    """
    item.level(site_id).on_hand += quantity
    item.moved = store.wall()
    if bought:
        _settle_purchases(item, quantity, site_id)
    freed: dict[Order, dict[Line, Decimal]] = {}
    for line in _queue(item, site_id):
        if gained := _assign(store, line):
            freed.setdefault(line.order, {})[line] = gained
        if not line.short:
            for part in line.shelves:
                part.item.waiting.pop(line.number, None)
    for order, lines in freed.items():
        _free(store, order, lines)
    return list(freed)


def _queue(item: StockItem, site_id: int) -> Iterator[Line]:
    at_site = [line for line in item.waiting.values() if line.site_id == site_id]
    yield from sorted(at_site, key=lambda line: (line.order.delivery_date, line.number))


def _settle_purchases(item: StockItem, quantity: Decimal, site_id: int) -> None:
    for purchase in sorted(item.purchases, key=lambda one: one.due):
        if purchase.site_id == site_id:
            taken = min(quantity, purchase.quantity)
            purchase.quantity -= taken
            quantity -= taken
    item.purchases = [purchase for purchase in item.purchases if purchase.quantity]


def _free(store: Store, order: Order, lines: dict[Line, Decimal]) -> None:
    """The part of a back order that now has stock is released: a further invoice, unless nothing else waits."""
    waiting = next(invoice for invoice in order.invoices if invoice.short)
    stage = waiting.stage
    if stage == AWAITING_STOCK:  # nobody stopped it by hand, but the rest of the order may be held
        stage = next((one.stage for one in order.invoices if one.open and one.stage in HELD_BACK), RELEASED)
    released = split(store, order, waiting, lines, stage)
    if released is waiting:
        waiting.short = False
        _set_stage(waiting, stage)
    store.touch(order)


def cancel(store: Store, order: Order, *, reason: str, user: str) -> None:
    """Cancel what has not been issued. Raises NotPossible: when nothing is left to cancel."""
    if order.cancelled is not None:
        raise NotPossible(f"{order.code} is cancelled already")
    left = [invoice for invoice in order.invoices if not invoice.issued]
    if not left:
        raise NotPossible(f"{order.code} is issued already")
    for line in order.lines:
        _release(store, line)
    for invoice in left:
        invoice.short = False
        _set_stage(invoice, CANCELLED)
    order.cancelled = Cancellation(at=store.now(), reason=reason, user=user)
    if len(left) == len(order.invoices):
        order.company.balance -= order.gross - order.paid
        order.paid = ZERO
    store.touch(order)
