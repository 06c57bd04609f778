"""Downloaded orders into the same ledger that the web service fills: one outcome per order, none told to the sender."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossdock.sandbox.khaos_control import fulfilment
from crossdock.sandbox.khaos_control.channel import customers, sums
from crossdock.sandbox.khaos_control.channel.book import Book, ChannelOrder, Imported
from crossdock.sandbox.khaos_control.channel.order_wire import OrderConfig, OrderItem, SalesOrder
from crossdock.sandbox.khaos_control.channel.reference import (
    BRAND,
    COUNTRY,
    COURIER,
    CURRENCY,
    SITE,
    SOURCE,
    References,
)
from crossdock.sandbox.khaos_control.channel.wire import parse
from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.figures import available
from crossdock.sandbox.khaos_control.loading import tax_code_of
from crossdock.sandbox.khaos_control.model import NONE, Company, Order, StockItem
from crossdock.sandbox.khaos_control.money import Amount, pence
from crossdock.sandbox.khaos_control.order_header import STANDARD_TAX
from crossdock.sandbox.khaos_control.order_lines import known_reason
from crossdock.sandbox.khaos_control.orders_in import rule
from crossdock.sandbox.khaos_control.store import Store

DUPLICATE = "Duplicate associated ref"


@dataclass(slots=True)
class Draft:
    """An order whose references are all known. holds: why it must be stopped, empty when it need not."""

    order: SalesOrder
    config: OrderConfig
    company: Company | None
    currency: str
    site_id: int
    method: int
    exempt: bool
    lines: list[tuple[OrderItem, StockItem, int]]
    holds: list[str] = field(default_factory=list)


def take_order(book: Book, references: References, raw: Any, config: Any, *, xml: bool) -> Imported:
    """Import one SalesOrder, or say in its row why not. A reference is taken once; seen again it is passed over."""
    ref = _ref(raw)
    source = (raw, config, xml)
    if book.imported.get(ref) is None or book.imported[ref].status != "OK":
        book.store.imports_by_ref[ref] += 1
        if ref in book.store.orders_by_ref:
            return book.note(book.imported, ref, "Skipped", DUPLICATE, source)
    else:
        return book.note(book.imported, ref, "OK", "", source)
    try:
        draft = _draft(book, references, parse(SalesOrder, raw, xml=xml), parse(OrderConfig, config, xml=xml))
        order = _save(book, references, draft)
    except Refused as refused:
        return book.note(book.imported, ref, "Failed", str(refused), source)
    row = book.note(book.imported, ref, "OK", "", source)
    row.code = order.code
    return row


def _ref(raw: Any) -> str:
    header = raw.get("Header") if isinstance(raw, dict) else None
    ref = header.get("AssociatedRef") if isinstance(header, dict) else None
    return ref if isinstance(ref, str) else ""


def _draft(book: Book, references: References, order: SalesOrder, config: OrderConfig) -> Draft:
    """Every check; nothing is changed. Raises Refused."""
    header = order.header
    references.need(SOURCE, header.sales_source)
    currency = references.need(CURRENCY, header.currency or order.customer.currency)
    company = None if order.customer.create_new == "Always" else customers.match(book.store, order, config)
    customers.check(book.store, references, order, company, currency)
    draft = Draft(
        order=order,
        config=config,
        company=company,
        currency=currency,
        site_id=references.need(SITE, header.site),
        method=sums.calc_method(header, order.items),
        exempt=_exempt(references, order),
        lines=[],
    )
    for item in order.items:
        _line(book, references, draft, item)
    if not draft.lines:
        raise Refused("Every line was skipped")
    draft.holds += _company_rules(book.store, company, header.po_number)
    return draft


def _exempt(references: References, order: SalesOrder) -> bool:
    """Absent TaxExempt: Khaos Control decides from the country the goods go to."""
    if order.customer.tax_exempt is not None:
        return order.customer.tax_exempt
    country: Any = references.need(COUNTRY, (order.delivery_address or order.invoice_address).country)
    return not country.pays_vat


def _line(book: Book, references: References, draft: Draft, sent: OrderItem) -> None:
    if sent.quantity <= 0 or (book.settings.whole_quantities and sent.quantity != sent.quantity.to_integral_value()):
        raise Refused(f"Items.Quantity: {sent.quantity}")
    site_id = references.need(SITE, sent.site) if sent.site else draft.site_id
    item = _find(book.store, sent)
    runs_out = item.run_to_zero and item.controlled and sent.quantity > available(book.store, item, site_id)
    for applies, mode, reason in (
        (item.discontinued, draft.config.discontinued_items, f"Item discontinued: {item.code}"),
        (runs_out, draft.config.run_to_zero_error_items, f"Item run to zero: {item.code}"),
    ):
        if applies and mode == "Abort":
            raise Refused(reason)
        if applies and mode == "Skip":
            return
        if applies:
            draft.holds.append(reason)
    draft.lines.append((sent, item, site_id))


def _find(store: Store, sent: OrderItem) -> StockItem:
    """By its mapping, then by the alternate ones in turn. Raises Refused."""
    for mapping in (sent.mapping, *(one.mapping for one in sent.alternate_mapping)):
        item = find_item(store, sent.sku, mapping)
        if item is not None:
            return item
    raise Refused(f"Stock item not found: {sent.sku}")


def find_item(store: Store, sku: str, mapping: str) -> StockItem | None:
    """mapping: StockCode, OtherRef, Barcode or Automatic. WebCode finds nothing: no web categories are set up."""
    folded = sku.strip().casefold()
    by = {
        "StockCode": store.items_by_code.get(folded),
        "OtherRef": store.items_by_ref.get(folded),
        "Barcode": store.items_by_barcode.get(sku.strip()),
    }
    return next((one for one in by.values() if one), None) if mapping == "Automatic" else by.get(mapping)


def _company_rules(store: Store, company: Company | None, po_number: str) -> Iterator[str]:
    if company is not None and company.locked:
        yield from rule(store.settings.locked_company, "Customer locked")
    if company is not None and company.po_required and not po_number:
        yield from rule(store.settings.missing_po, "Header.PONumber is required")


def _save(book: Book, references: References, draft: Draft) -> Order:
    """Sums first, so that an order that does not add up leaves no account behind. Raises Refused."""
    store, header = book.store, draft.order.header
    percent = NONE if draft.exempt else store.settings.tax_codes.get(STANDARD_TAX, NONE)
    delivery = sums.delivery_amount(header, store.settings.delivery_charge, percent)
    amounts = _amounts(book, draft, delivery)
    known = draft.company is not None and draft.company.payment_type == "Account"
    on_account = header.remainder_on_account or (known and not draft.order.payments)
    company = customers.account(book, references, draft.order, draft.config, draft.company, draft.currency)
    order = _order(store, references, draft, company)
    order.delivery = delivery
    held = ChannelOrder(order, header.custom_data, "account" if on_account else "unpaid")
    for (sent, item, site_id), amount in zip(draft.lines, amounts, strict=True):
        line = fulfilment.add_line(store, order, item, sent.quantity, site_id)
        line.amount = amount
        line.price_net, line.price_gross = sent.unit_price.net, sent.unit_price.gross
        line.discount = sent.percent_discount or NONE
        line.tax_code = tax_code_of(store.settings, NONE) if draft.exempt else item.tax_code
        line.description = _description(sent, item)
        line.import_ref = sent.import_ref
        line.free_reason = known_reason(store, sent.free_item_reason.name if sent.free_item_reason else "")
        held.web_refs[line.number], held.skus[line.number] = sent.web_item_ref, sent.sku
    _pay(held, draft, on_account=on_account)
    fulfilment.book(store, order)
    book.orders[order.order_id] = held
    return order


def _amounts(book: Book, draft: Draft, delivery: Amount) -> list[Amount]:
    """Per line. GrossTotal corrects pennies; a real difference meets what the site does about one."""
    settings, header = book.store.settings, draft.order.header
    percents = [NONE if draft.exempt else settings.tax_codes[item.tax_code] for _, item, _ in draft.lines]
    amounts = [
        sums.line_amount(sent, draft.method, percent, off_each=book.settings.value_discount_per == "unit")
        for (sent, _, _), percent in zip(draft.lines, percents, strict=True)
    ]
    if header.value_discount:
        amounts = sums.spread_discount(amounts, header.value_discount, percents)
    gross = sum((one.gross for one in amounts), delivery.gross)
    if header.gross_total is None or pence(header.gross_total) == gross:
        return amounts
    gap = pence(header.gross_total) - gross
    if abs(gap) <= book.settings.rounding_limit:
        return sums.correct(amounts, gap)
    reason = f"Header.GrossTotal: {header.gross_total} is not {gross}"
    draft.holds += rule(settings.amount_mismatch, reason)
    return amounts


def _description(sent: OrderItem, item: StockItem) -> str:
    wanted = sent.stock_description
    return wanted.parameter if wanted is not None and wanted.source == "Explicit" else item.name


def _order(store: Store, references: References, draft: Draft, company: Company) -> Order:
    header = draft.order.header
    return Order(
        order_id=store.next_id("order id", 300_001),
        code=f"SO{store.next_id('order', 100_001)}",
        associated_ref=header.associated_ref,
        company=company,
        site_id=draft.site_id,
        currency=draft.currency,
        created=header.order_date,
        changed=store.wall(),
        imported_at=store.now(),
        delivery_date=(header.delivery_date.date if header.delivery_date else header.order_date).date(),
        web=False,
        confirmed=not draft.config.import_as_unconfirmed,
        order_amount=None if header.gross_total is None else str(header.gross_total),
        po_number=header.po_number,
        courier_code=references.find(COURIER, header.courier) or next(iter(store.couriers)),
        sales_source=references.need(SOURCE, header.sales_source),
        brand=references.find(BRAND, header.brand) or "",
        order_note=header.order_note,
        invoice_note=header.invoice_note,
        hold_reason="; ".join(draft.holds),
        delivery_address=customers.shown(draft.order),
    )


def _pay(held: ChannelOrder, draft: Draft, *, on_account: bool) -> None:
    """A card with an AuthCode that is no pre-authorisation is paid; so are cash, BACS and vouchers, not a cheque."""
    order, pending = held.order, False
    for payment in draft.order.payments:
        card = payment.card
        if payment.cheque is not None or (card is not None and (card.is_preauth or not card.auth_code)):
            pending = True
        else:
            order.paid += pence(payment.amount)
            order.payment_taken = True
    if order.paid >= order.gross:
        held.payment = "paid"
    order.payment_pending = not on_account and (pending or order.paid < order.gross)


def retry(book: Book, references: References, rows: Sequence[Imported]) -> list[Imported]:
    """Retry Import: what was stored is tried again; nothing is downloaded."""
    return [take_order(book, references, one.raw, one.config, xml=one.xml) for one in rows]
