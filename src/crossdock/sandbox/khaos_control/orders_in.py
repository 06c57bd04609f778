"""ImportOrders: one document in, one outcome per order out.

An order that is not taken is no SOAP fault: it stands in OrderSkipped with its reason, and ImportedCount does not
count it. The associated reference can be used once, ever. An order is taken whole or not at all, and each order of a
document for itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree

from crossdock.sandbox.khaos_control.companies import (
    Customer,
    create_from_order,
    match_company,
    read_customer,
    update_from_order,
)
from crossdock.sandbox.khaos_control.documents import ORDER_LENGTHS, Refused, check_lengths, invalid
from crossdock.sandbox.khaos_control.figures import available
from crossdock.sandbox.khaos_control.fulfilment import book
from crossdock.sandbox.khaos_control.model import Company, Order
from crossdock.sandbox.khaos_control.order_header import Header, Payments, read_header, read_payments
from crossdock.sandbox.khaos_control.order_lines import DraftLine, read_line, read_site, save_line
from crossdock.sandbox.khaos_control.soap import SoapFault, children, parse_xml
from crossdock.sandbox.khaos_control.store import Store

DEFAULT_SITE = 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An order that passed every check. company: None for one to be made. hold_reason: "" when nothing stops it."""

    ref: str
    header: Header
    customer: Customer
    company: Company | None
    site_id: int
    lines: tuple[DraftLine, ...]
    payments: Payments
    hold_reason: str


def import_orders(store: Store, document: str) -> dict[str, Any]:
    """The result object of ImportOrders. Raises SoapFault: on a malformed document."""
    taken: list[dict[str, str]] = []
    skipped: list[dict[str, str]] = []
    for element, ref in each_order(store, document):
        try:
            if ref in store.orders_by_ref:
                raise Refused("Duplicate associated ref")
            order = save(store, read_order(store, element, ref), code=f"SO{store.next_id('order', 100_001)}")
        except Refused as refused:
            skipped.append(skip(store, ref, str(refused)))
        else:
            taken.append({"AssociatedRef": ref, "SalesOrderCode": order.code})
    return {"ImportedCount": len(taken), "OrderImport": taken, "OrderSkipped": skipped}


def each_order(store: Store, document: str) -> Iterator[tuple[etree._Element, str]]:
    """(SALES_ORDER, its associated reference) for each; the reference counts as sent from then on."""
    root = parse_xml(document)
    if root.tag != "SALES_ORDERS":
        raise SoapFault(f"Malformed XML: expected SALES_ORDERS, was {root.tag}")
    for element in root.iterfind("SALES_ORDER"):
        ref = (element.findtext("ORDER_HEADER/ASSOCIATED_REF") or "").strip()
        store.imports_by_ref[ref] += 1
        yield element, ref


def skip(store: Store, ref: str, reason: str) -> dict[str, str]:
    store.skipped.append({"ref": ref, "reason": reason, "at": store.now().isoformat()})
    return {"OrderRef": ref, "SkipReason": reason}


def read_order(store: Store, element: etree._Element, ref: str) -> Draft:
    """Check one order against everything held; nothing is changed. Raises Refused: with the first reason found."""
    header_element = element.find("ORDER_HEADER")
    if header_element is None or not ref:
        raise invalid("ASSOCIATED_REF")
    header = read_header(store, children(header_element))
    customer = read_customer(element.find("CUSTOMER_DETAIL"))
    _check_lengths(customer)
    site_id = read_site(store, header.values, default=DEFAULT_SITE)
    lines = tuple([read_line(store, one, site_id) for one in element.iterfind("ORDER_ITEMS/ORDER_ITEM")])
    if not lines:
        raise invalid("ORDER_ITEMS")
    company = _company(store, customer, header.currency)
    payments = read_payments(
        [children(one) for one in element.iterfind("PAYMENTS/PAYMENT_DETAIL")],
        on_account=company is None or company.payment_type == "Account",
    )
    holds = [
        *_company_rules(store, company, header),
        *_item_rules(store, lines),
        *_amount_rule(store, header, sum((line.amount.gross for line in lines), header.delivery.gross)),
    ]
    return Draft(ref, header, customer, company, site_id, lines, payments, "; ".join(holds))


def save(store: Store, draft: Draft, *, code: str) -> Order:
    """Make or update the account, then book the order."""
    header, customer = draft.header, draft.customer
    company = draft.company or create_from_order(store, customer, header.currency)
    update_from_order(store, company, customer)
    order = Order(
        order_id=store.next_id("order id", 300_001),
        code=code,
        associated_ref=draft.ref,
        company=company,
        site_id=draft.site_id,
        currency=header.currency,
        created=header.created,
        changed=store.wall(),
        imported_at=store.now(),
        delivery_date=header.delivery_date,
        confirmed=not store.settings.import_unconfirmed,
        order_amount=header.values.get("ORDER_AMOUNT") or None,
        delivery=header.delivery,
        po_number=header.values.get("PO_NUMBER", ""),
        courier_code=header.courier_code,
        sales_source=header.sales_source,
        brand=header.brand,
        order_note=header.values.get("ORDER_NOTE", ""),
        invoice_note=header.values.get("INVOICE_NOTE", ""),
        hold_reason=draft.hold_reason,
        paid=draft.payments.paid,
        payment_taken=draft.payments.taken,
        payment_pending=draft.payments.pending,
        delivery_address=dict(customer.delivery or customer.invoice),
    )
    for line in draft.lines:
        save_line(store, order, line)
    book(store, order)
    return order


def _check_lengths(customer: Customer) -> None:
    blocks: tuple[Mapping[str, str], ...] = (
        customer.values,
        {f"I{name}": value for name, value in customer.invoice.items()},
        {f"D{name}": value for name, value in customer.delivery.items()},
    )
    for block in blocks:
        check_lengths(block, ORDER_LENGTHS, refused="Invalid order")


def _company(store: Store, customer: Customer, currency: str) -> Company | None:
    """The account the order goes to, None for one to be made. A customer's currency is fixed."""
    company = None if customer.is_new else match_company(store, customer.values)
    if company is not None:
        if company.currency != currency:
            raise invalid("ORDER_CURRENCY_CODE")
        return company
    if not customer.is_new and not store.settings.create_customers:
        raise Refused("Customer not found")
    if not customer.name:
        raise Refused("Customer not found")
    return None


def rule(outcome: str, reason: str) -> Iterator[str]:
    """What a broken rule does: skip the order, hold it with this reason, or nothing."""
    if outcome == "skip":
        raise Refused(reason)
    if outcome == "hold":
        yield reason


def _company_rules(store: Store, company: Company | None, header: Header) -> Iterator[str]:
    if company is None:
        return
    if company.locked:
        yield from rule(store.settings.locked_company, "Invalid order: customer locked")
    if company.po_required and not header.values.get("PO_NUMBER"):
        yield from rule(store.settings.missing_po, "Invalid order: PO_NUMBER")


def _item_rules(store: Store, lines: tuple[DraftLine, ...]) -> Iterator[str]:
    for line in lines:
        item = line.item
        if item.discontinued:
            yield from rule(store.settings.discontinued_items, f"Item discontinued: {item.code}")
        if item.run_to_zero and item.controlled and line.quantity > available(store, item, line.site_id):
            yield from rule(store.settings.run_to_zero_items, f"Item run to zero: {item.code}")


def _amount_rule(store: Store, header: Header, gross: Decimal) -> Iterator[str]:
    if header.expected is not None and abs(header.expected - gross) > store.settings.amount_tolerance:
        yield from rule(store.settings.amount_mismatch, "Invalid order: ORDER_AMOUNT")
