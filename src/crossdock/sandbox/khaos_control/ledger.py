"""What accounts make of it: an invoice when goods are issued, a credit note when they are taken back."""

from collections.abc import Iterable
from decimal import Decimal
from functools import reduce

from crossdock.sandbox.khaos_control.model import Company, Invoice, LedgerEntry, Line, Order
from crossdock.sandbox.khaos_control.money import ZERO, Amount, pence
from crossdock.sandbox.khaos_control.store import Store

INVOICE, CREDIT_NOTE = "invoice", "credit_note"


def bill(store: Store, order: Order, invoice: Invoice) -> None:
    """For what an invoice is about to issue. Delivery is on the order's first; parts of a line add up to the line."""
    amount = order.delivery if not any(one.issued for one in order.invoices) else Amount(ZERO, ZERO)
    for line, quantity in invoice.lines.items():
        amount = add(amount, _share(line, line.issued, line.issued + quantity))
    put(
        store,
        LedgerEntry(
            number=invoice.code,
            kind=INVOICE,
            order_refs=(order.associated_ref,) if order.associated_ref else (),
            order_codes=(order.code,),
            company_code=order.company.code,
            currency=order.currency,
            issued_on=store.wall().date(),
            amount=amount,
        ),
    )


def credit(store: Store, number: str, company: Company, amounts: Iterable[Amount], sold: Iterable[Order]) -> None:
    """For goods that came back. sold: the orders they were sold by, where that is known."""
    orders = {order.code: order for order in sold}
    refs = (order.associated_ref for order in orders.values() if order.associated_ref)
    currencies = [order.currency for order in orders.values()] or [company.currency]
    put(
        store,
        LedgerEntry(
            number=number,
            kind=CREDIT_NOTE,
            order_refs=tuple(refs),
            order_codes=tuple(orders),
            company_code=company.code,
            currency=currencies[0],
            issued_on=store.wall().date(),
            amount=reduce(add, amounts, Amount(ZERO, ZERO)),
        ),
    )


def put(store: Store, entry: LedgerEntry) -> LedgerEntry:
    store.ledger[entry.number] = entry
    return entry


def add(one: Amount, other: Amount) -> Amount:
    return Amount(one.net + other.net, one.tax + other.tax)


def _share(line: Line, issued_before: Decimal, issued_after: Decimal) -> Amount:
    def up_to(issued: Decimal) -> Amount:
        part = issued / line.quantity
        return Amount(pence(line.amount.net * part), pence(line.amount.tax * part))

    before, after = up_to(issued_before), up_to(issued_after)
    return Amount(after.net - before.net, after.tax - before.tax)
