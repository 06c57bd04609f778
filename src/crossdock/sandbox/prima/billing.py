"""Invoices at despatch, and credit notes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from crossdock.sandbox.prima.fulfilment import NotNow
from crossdock.sandbox.prima.loading import terms
from crossdock.sandbox.prima.model import Invoice, InvoiceLine, Line, Order
from crossdock.sandbox.prima.store import Store
from crossdock.sandbox.prima.tax import Amount, charge_amount, invoice_line, line_amount, pence


def invoice(store: Store, order: Order) -> Invoice:
    """Invoice everything sent and not yet invoiced; carriage goes on the first.

    Raises NotNow: when there is nothing."""
    lines = [_bill(store, order, line) for line in order.lines if line.shipped > line.invoiced]
    if not lines:
        raise NotNow(f"order {order.number}: everything sent is invoiced")
    if not order.charges_invoiced:
        lines += [_charge(store, order, code, amount, vat) for code, amount, vat in order.charges]
        order.charges_invoiced = True
    made = _issue(store, "invoice", order, lines)
    order.bills.append(made)
    store.touch_order(order)
    return made


def _bill(store: Store, order: Order, line: Line) -> InvoiceLine:
    """The difference between what was due after this despatch and before it, so that parts add up to the whole."""
    after, before = [line_amount(store, order, line, quantity) for quantity in (line.shipped, line.invoiced)]
    quantity = line.shipped - line.invoiced
    line.invoiced = line.shipped
    return invoice_line(line, quantity, Amount(after.net - before.net, after.tax - before.tax))


def _charge(store: Store, order: Order, code: str, amount: Decimal, vat_code: str) -> InvoiceLine:
    due = charge_amount(store, order, amount, vat_code)
    return InvoiceLine(None, code, Decimal(1), vat_code, due.net, due.tax)


def _issue(store: Store, kind: str, order: Order, lines: list[InvoiceLine], of: Invoice | None = None) -> Invoice:
    """On the order's account; a credit note on that of the invoice it credits."""
    account = store.accounts[of.account_code if of else order.intent.account_code or ""]
    number = f"{'INV' if kind == 'invoice' else 'CRN'}{len(store.invoices) + 100001}"
    today = store.now().date()
    made = Invoice(
        number=number, kind=kind, orders=[order], account_code=account.account_code, issued_on=today,
        due_on=today + terms(account) if kind == "invoice" else None,
        currency=order.intent.currency or account.currency, lines=lines, updated_at=store.stamp(),
        of=of.number if of else None,
    )  # fmt: skip
    store.invoices[number] = made
    store.tell("invoice.issued", {"number": number, "kind": kind})
    return made


def credit(store: Store, credited: Invoice, wanted: Mapping[str, Decimal] | None, *, restock: bool) -> Invoice:
    """Credit the named lines (line_ref → quantity) of an invoice, or the whole of it, carriage included.

    Raises NotNow: for a credit note, a line that is not on it, or more than is left of one.
    """
    if credited.kind != "invoice":
        raise NotNow(f"{credited.number} is a credit note")
    order = credited.orders[0]
    lines = [_credited(store, credited, line, quantity) for line, quantity in _chosen(store, credited, wanted)]
    if restock:
        _put_back(store, order, lines)
    return _issue(store, "credit_note", order, lines, of=credited)


def _chosen(
    store: Store, credited: Invoice, wanted: Mapping[str, Decimal] | None
) -> Sequence[tuple[InvoiceLine, Decimal]]:
    left = {id(line): line.quantity - _already(store, credited, line) for line in credited.lines}
    if wanted is None:
        chosen = [(line, left[id(line)]) for line in credited.lines if left[id(line)] > 0]
        if not chosen:
            raise NotNow(f"{credited.number} is credited whole")
        return chosen
    known = {line.line_ref: line for line in credited.lines if line.line_ref is not None}
    chosen = []
    for ref, quantity in wanted.items():
        if ref not in known or not 0 < quantity <= left[id(known[ref])]:
            raise NotNow(f"{credited.number}: {quantity} of line {ref!r} cannot be credited; it has {', '.join(known)}")
        chosen.append((known[ref], quantity))
    return chosen


def _already(store: Store, credited: Invoice, line: InvoiceLine) -> Decimal:
    return sum(
        (
            one.quantity
            for note in store.invoices.values()
            if note.of == credited.number
            for one in note.lines
            if (one.line_ref, one.sku) == (line.line_ref, line.sku)
        ),
        Decimal(0),
    )


def _credited(store: Store, credited: Invoice, line: InvoiceLine, quantity: Decimal) -> InvoiceLine:
    """The last credit of a line takes what the earlier ones left, to the penny."""
    earlier = [
        one
        for note in store.invoices.values()
        if note.of == credited.number
        for one in note.lines
        if (one.line_ref, one.sku) == (line.line_ref, line.sku)
    ]
    if sum((one.quantity for one in earlier), quantity) == line.quantity:
        net = line.net - sum((one.net for one in earlier), Decimal(0))
        tax = line.tax - sum((one.tax for one in earlier), Decimal(0))
    else:
        net, tax = pence(line.net * quantity / line.quantity), pence(line.tax * quantity / line.quantity)
    return InvoiceLine(line.line_ref, line.sku, quantity, line.vat_code, net, tax)


def _put_back(store: Store, order: Order, lines: Sequence[InvoiceLine]) -> None:
    held = {line.line_ref: line for line in order.lines}
    for line in lines:
        if line.line_ref in held:
            kept = held[line.line_ref]
            for sku, eaches in kept.demand(line.quantity):
                store.move(store.level(sku, kept.warehouse), physical=eaches)
