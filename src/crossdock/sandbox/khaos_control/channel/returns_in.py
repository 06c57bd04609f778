"""Downloaded returns: goods coming back, what goes out instead, and the credit note when the return is issued."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import AliasChoices, Field

from crossdock.sandbox.khaos_control import fulfilment
from crossdock.sandbox.khaos_control.channel.book import Book, Imported, Return, ReturnedLine
from crossdock.sandbox.khaos_control.channel.order_wire import Address, Contact, ReturnConfig
from crossdock.sandbox.khaos_control.channel.orders import DUPLICATE, find_item
from crossdock.sandbox.khaos_control.channel.reference import REASON, References, of_kc_id
from crossdock.sandbox.khaos_control.channel.wire import (
    Flag,
    Moment,
    Needed,
    Number,
    OptionalPrice,
    OptionalReference,
    Price,
    Reference,
    Text,
    Wire,
    parse,
)
from crossdock.sandbox.khaos_control.documents import Refused
from crossdock.sandbox.khaos_control.ledger import credit
from crossdock.sandbox.khaos_control.loading import MAIN_SITE
from crossdock.sandbox.khaos_control.model import NONE, Company, Line, Order, StockItem
from crossdock.sandbox.khaos_control.money import ZERO, Amount, from_gross, from_net, pence
from crossdock.sandbox.khaos_control.prices import list_price
from crossdock.sandbox.khaos_control.store import Store

RETURNED, PROCESSED, ISSUED = "Returned", "Processed", "Issued"


class SourceKeys(Wire):
    """Where a line was sold. Exactly one names it; blank ones are passed over."""

    associated_ref: Text = ""
    s_order_id: Text = Field("", alias="SOrderID")
    s_order_code: Text = Field("", alias="SOrderCode")
    s_order_item_id: Text = Field("", alias="SOrderItemID")
    source_order: "SourceKeys | None" = None


class ReturnedItem(Wire):
    sku: Needed = Field(alias="SKU")
    mapping: Any = "Automatic"
    quantity: Number
    unit_price: OptionalPrice = None
    return_reason: Reference
    source: SourceKeys | None = Field(None, validation_alias=AliasChoices("SourceReference", "SourceReturnReference"))


class ExchangeItem(Wire):
    sku: Needed = Field(alias="SKU")
    mapping: Any = "Automatic"
    quantity: Number
    unit_price: OptionalPrice = None


class CustomerReturn(Wire):
    associated_ref: Needed
    created_date: Moment
    urn: Needed = Field(alias="URN")
    invoice_address: Address
    invoice_contact: Contact
    returned_items: tuple[ReturnedItem, ...] = ()
    exchange_items: tuple[ExchangeItem, ...] = ()
    brand: OptionalReference = None
    sales_source: OptionalReference = None
    notes: Text = ""
    process_return: Flag = False


def take_return(book: Book, references: References, raw: Any, config: Any, *, xml: bool) -> Imported:
    """Import one CustomerReturn, or say in its row why not. A reference is taken once."""
    sent = raw.get("AssociatedRef") if isinstance(raw, dict) else None
    ref = sent if isinstance(sent, str) else ""
    source = (raw, config, xml)
    if ref in book.returns:
        return book.note(book.return_rows, ref, "OK", DUPLICATE, source)
    try:
        parse(ReturnConfig, config or {}, xml=xml)
        made = _make(book, references, parse(CustomerReturn, raw, xml=xml))
    except Refused as refused:
        return book.note(book.return_rows, ref, "Failed", str(refused), source)
    row = book.note(book.return_rows, ref, "OK", "", source)
    row.code = made.code
    return row


def _make(book: Book, references: References, sent: CustomerReturn) -> Return:
    store = book.store
    company = store.companies_by_code.get(sent.urn.casefold())
    if company is None:
        raise Refused(f"Customer not found: {sent.urn}")
    if not sent.returned_items and not sent.exchange_items:
        raise Refused("ReturnedItems: nothing comes back and nothing goes out")
    lines = [_returned(book, references, company, one) for one in sent.returned_items]
    out = [(one, _item(store, one)) for one in sent.exchange_items]
    number = store.next_id("return", 400_001)
    made = Return(
        return_id=number,
        code=f"RT{number}",
        associated_ref=sent.associated_ref,
        company=company,
        created=sent.created_date,
        lines=lines,
        notes=sent.notes,
    )
    if out:
        made.exchange_order = _exchange(store, made, out, sent.created_date).code
    book.returns[sent.associated_ref] = made
    if sent.process_return:
        process(book, made)
    return made


def _item(store: Store, sent: ReturnedItem | ExchangeItem) -> StockItem:
    if sent.quantity <= 0:
        raise Refused(f"Quantity: {sent.quantity}")
    for word in _words(sent.mapping):
        item = find_item(store, sent.sku, word)
        if item is not None:
            return item
    raise Refused(f"Stock item not found: {sent.sku}")


def _words(mapping: Any) -> Iterator[str]:
    """A mapping is a word here, or a list of {Mapping: word}, whose entries XML may call what it likes."""
    match mapping:
        case str():
            yield mapping
        case list():
            for one in mapping:
                yield from _words(one)
        case dict():
            yield from _words(list(mapping.values()))


def _returned(book: Book, references: References, company: Company, sent: ReturnedItem) -> ReturnedLine:
    item = _item(book.store, sent)
    reason = references.need(REASON, sent.return_reason)
    order, line = _source(book.store, sent.source, item)
    if order is not None and order.company is not company:
        raise Refused(f"{order.code} is no order of {company.code}")
    return ReturnedLine(
        item=item,
        quantity=sent.quantity,
        site_id=line.site_id if line is not None else MAIN_SITE,
        amount=_credit(book.store, company, item, sent.quantity, sent.unit_price, line),
        reason=reason,
        restock=book.settings.return_reasons[reason],
        source=order,
    )


def _credit(
    store: Store, company: Company, item: StockItem, quantity: Decimal, price: Price | None, line: Line | None
) -> Amount:
    """The price sent, else what the line was sold at, else the customer's list price."""
    percent = store.settings.tax_codes[line.tax_code if line is not None else item.tax_code]
    if price is not None and price.value is not None:
        total = pence(quantity * price.value)
        return from_net(total, percent) if price.net is not None else from_gross(total, percent)
    if line is not None:
        net = pence(line.amount.net * quantity / line.quantity)
        return Amount(net, pence(line.amount.tax * quantity / line.quantity))
    return from_net(pence(quantity * list_price(store, company.class_name, item, quantity)), percent)


def _source(store: Store, keys: SourceKeys | None, item: StockItem) -> tuple[Order | None, Line | None]:
    """The order a line came from, and the line. A return from a customer alone has neither."""
    if keys is None:
        return None, None
    keys = keys.source_order or keys
    given = {name: value for name, value in keys.model_dump(exclude={"source_order"}).items() if value}
    if len(given) != 1:
        raise Refused(f"SourceReference: exactly one key is needed, there are {len(given)}")
    ((name, value),) = given.items()
    order, line = _LOOKUPS[name](store, value)
    if order is None:
        raise Refused(f"Source order not found: {value}")
    return order, line or next((one for one in order.all_lines() if one.item is item), None)


def _by_id(store: Store, value: str) -> tuple[Order | None, Line | None]:
    number = of_kc_id("O", value)
    return next((one for one in store.orders.values() if one.order_id == number), None), None


def _by_line(store: Store, value: str) -> tuple[Order | None, Line | None]:
    number = of_kc_id("L", value)
    for order in store.orders.values():
        for line in order.all_lines():
            if line.number == number:
                return order, line
    return None, None


_LOOKUPS = {
    "associated_ref": lambda store, value: (store.orders_by_ref.get(value), None),
    "s_order_code": lambda store, value: (store.orders.get(value.casefold()), None),
    "s_order_id": _by_id,
    "s_order_item_id": _by_line,
}


def _exchange(store: Store, made: Return, out: list[tuple[ExchangeItem, StockItem]], created: datetime) -> Order:
    """What goes out instead, as an order of its own."""
    order = Order(
        order_id=store.next_id("order id", 300_001),
        code=f"SO{store.next_id('order', 100_001)}",
        associated_ref="",
        company=made.company,
        site_id=MAIN_SITE,
        currency=made.company.currency,
        created=created,
        changed=store.wall(),
        imported_at=store.now(),
        delivery_date=created.date(),
        web=False,
        courier_code=next(iter(store.couriers)),
        order_note=f"Exchange for {made.code}",
    )
    for sent, item in out:
        line = fulfilment.add_line(store, order, item, sent.quantity, MAIN_SITE)
        line.tax_code, line.description = item.tax_code, item.name
        line.amount = _credit(store, made.company, item, sent.quantity, sent.unit_price, None)
        if sent.unit_price is not None:
            line.price_net, line.price_gross = sent.unit_price.net, sent.unit_price.gross
    fulfilment.book(store, order)
    return order


def process(book: Book, made: Return) -> None:
    """The goods are looked at. Raises NotPossible: when that was done before."""
    if made.stage != RETURNED:
        raise fulfilment.NotPossible(f"{made.code} is {made.stage} already")
    made.stage = PROCESSED
    if book.settings.return_stock_moves == "processed":
        _put_back(book.store, made)


def issue(book: Book, made: Return) -> None:
    """The credit note: the customer's balance falls by it. Raises NotPossible: before processing, or twice."""
    if made.stage != PROCESSED:
        raise fulfilment.NotPossible(f"{made.code} is {made.stage}, not {PROCESSED}")
    made.stage = ISSUED
    made.credit_code = f"CN{book.store.next_id('credit note', 600_001)}"
    made.company.balance -= sum((line.amount.gross for line in made.lines), ZERO)
    sold = [line.source for line in made.lines if line.source is not None]
    credit(book.store, made.credit_code, made.company, [line.amount for line in made.lines], sold)
    if book.settings.return_stock_moves == "issued":
        _put_back(book.store, made)


def _put_back(store: Store, made: Return) -> None:
    """Reasons that write off leave the shelf alone; a pack comes back as its components."""
    for line in made.lines:
        parts = line.item.pack or [(line.item, Decimal(1))]
        for item, per in parts if line.restock else ():
            if item.controlled and line.quantity * per > NONE:
                fulfilment.receive(store, item, line.quantity * per, line.site_id, bought=False)
