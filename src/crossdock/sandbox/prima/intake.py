"""Taking an order: every check first, then the order whole or nothing at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crossdock.sandbox.prima import fulfilment
from crossdock.sandbox.prima.model import Account, Item, Line, LineIntent, Order, OrderIntent, Unit
from crossdock.sandbox.prima.pricing import PriceRefused, line_price
from crossdock.sandbox.prima.store import Store


@dataclass(frozen=True, slots=True)
class Refusal:
    """code: of the problem. text: what Prima says. pointer: where in the bridge's body."""

    code: str
    text: str
    pointer: str


class OrderRefused(Exception):
    """refusals: everything that stands against the order, at least one."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(refusals[0].text)
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class Terms:
    """How the door prices: mode is a `pricing_mode`, blank a `blank_price`; strict asks for the contract's unit and
    base quantity on each line."""

    mode: str
    blank: str
    strict: bool


def build(store: Store, intent: OrderIntent, terms: Terms) -> Order:
    """The order as it would be, not yet on file. Raises OrderRefused."""
    refusals = list(_account_refusals(store, intent))
    account = store.accounts.get(intent.account_code or "")
    order = Order(0, intent.external_ref, "", intent, store.now(), store.now(), "received")
    for index, wanted in enumerate(intent.lines):
        pointer = f"/lines/{index}"
        found = _found(store, wanted, pointer, terms)
        if isinstance(found, Refusal):
            refusals.append(found)
            continue
        line = _line(store, account, found, wanted, index, intent, terms, pointer)
        if isinstance(line, Refusal):
            refusals.append(line)
        else:
            order.lines.append(line)
    order.charges = [(code, amount, store.charge_vat) for code, amount in intent.charges]
    refusals += _stock_refusals(store, order)
    if refusals:
        raise OrderRefused(refusals)
    return order


def take(store: Store, intent: OrderIntent, terms: Terms, *, door: str, order: Order | None = None) -> Order:
    """Build the order (or fill the queued one), put it on file and give it its stock. Raises OrderRefused."""
    built = build(store, intent, terms)
    if order is None:
        order = file(store, intent, door)
    order.lines, order.charges = built.lines, built.charges
    account = store.accounts[intent.account_code or ""]
    stopped = account.status == "on_hold"
    held = intent.hold or stopped
    order.hold_reason = (intent.hold_reason or ("Account on hold" if stopped else "On hold")) if held else None
    if not held or store.knobs.held_allocates:
        fulfilment.allocate(store, order)
    store.touch_order(order, "held" if held else "accepted")
    return order


def file(store: Store, intent: OrderIntent, door: str) -> Order:
    """A new order, still `received`: nothing is decided, nothing is allocated."""
    id_ = len(store.orders) + 1
    number = intent.external_ref if store.knobs.erp_number == "external_ref" else f"SO{100000 + id_}"
    order = Order(id_, number, door, intent, store.now(), store.stamp(), "received")
    store.file_order(order)
    store.writes.append({"what": "order", "door": door, "source": intent.source, "ref": intent.external_ref})
    return order


def _account_refusals(store: Store, intent: OrderIntent) -> Iterator[Refusal]:
    code = intent.account_code
    account = store.accounts.get(code or "")
    if not code:
        yield Refusal("account-link-missing", "Customer must be entered", "/account_code")
        return
    if account is None or account.status == "closed":
        yield Refusal("account-unknown", f"Customer {code} not on file", "/account_code")
        return
    waits = intent.hold or store.knobs.on_hold_account == "hold"
    if account.status == "on_hold" and not waits:
        yield Refusal("account-on-hold", f"Customer {code} is on stop", "/account_code")
    if account.po_required and not intent.customer_po:
        yield Refusal("vendor-rejected", f"Customer {code} needs an order reference", "/customer_po")
    if intent.currency and intent.currency != account.currency:
        yield Refusal("vendor-rejected", f"Currency {intent.currency} not set up for customer {code}", "/currency")
    yield from _address_refusals(account, intent)


def _address_refusals(account: Account, intent: OrderIntent) -> Iterator[Refusal]:
    for given, kind, pointer in (
        (intent.delivery_code, "delivery", "/delivery_address_code"),
        (intent.invoice_code, "invoice", "/invoice_address_code"),
    ):
        known = {one.address_code for one in account.addresses if one.kind in (kind, "both")}
        if given and given not in known:
            text = f"{kind.title()} address {given} not on file for customer {account.account_code}"
            yield Refusal("vendor-rejected", text, pointer)


def _found(store: Store, wanted: LineIntent, pointer: str, terms: Terms) -> tuple[Item, Unit] | Refusal:
    """The item and unit a line means."""
    if wanted.sku not in store.saleable:
        name = wanted.sku or (wanted.native.product if wanted.native else "")
        return Refusal("sku-unknown", f"Product {name} not on file", f"{pointer}/sku")
    item = store.saleable[wanted.sku][0]
    unit = store.unit_for(wanted.sku, wanted.unit_code)
    if unit is None:
        text = f"Unit {wanted.unit_code} not set up for product {wanted.sku}"
        return Refusal("unit-unmapped", text, f"{pointer}/unit_code")
    if wanted.native is not None and wanted.native != unit.native:
        return Refusal("sku-unknown", f"Product {wanted.sku} has another key", f"{pointer}/native_key")
    if item.status != "active":
        return Refusal("sku-blocked", f"Product {wanted.sku} is {item.status}", f"{pointer}/sku")
    if not unit.confirmed:
        return Refusal("unit-unmapped", f"Unit {unit.unit_code} of {item.sku} is not confirmed", f"{pointer}/unit_code")
    return _quantity_refusal(store, wanted, unit, pointer, terms) or (item, unit)


def _quantity_refusal(store: Store, wanted: LineIntent, unit: Unit, pointer: str, terms: Terms) -> Refusal | None:
    if not terms.strict:
        return None
    total = store.knobs.base_quantity_means == "total"
    right = unit.base_quantity * wanted.quantity if total else unit.base_quantity
    if wanted.base_quantity == right:
        return None
    text = f"Base quantity {wanted.base_quantity} of {wanted.sku} should be {right}"
    return Refusal("unit-quantity-mismatch", text, f"{pointer}/base_quantity")


def _line(
    store: Store,
    account: Account | None,
    found: tuple[Item, Unit],
    wanted: LineIntent,
    index: int,
    intent: OrderIntent,
    terms: Terms,
    pointer: str,
) -> Line | Refusal:
    item, unit = found
    price = Decimal(0)
    if account is not None:
        if wanted.price_list_code not in (None, account.price_list_code):
            text = f"Price list {wanted.price_list_code} is not the list of customer {account.account_code}"
            return Refusal("price-list-unmapped", text, f"{pointer}/price_list_code")
        try:
            price = line_price(
                store, account, found, wanted, with_tax=intent.prices_include_tax, mode=terms.mode, blank=terms.blank
            )
        except PriceRefused as refused:
            return Refusal(refused.code, str(refused), f"{pointer}/unit_price")
    return Line(
        number=index + 1, line_ref=wanted.line_ref, item=item, unit=unit, sku=wanted.sku, quantity=wanted.quantity,
        price=price, discount=wanted.discount, vat_code=item.vat_code,
        warehouse=fulfilment.warehouse_for(store, item, unit, wanted.quantity),
    )  # fmt: skip


def _stock_refusals(store: Store, order: Order) -> list[Refusal]:
    if store.knobs.stock_policy != "refuse":
        return []
    found = []
    for index, line in enumerate(order.lines):
        if not fulfilment.covers(store, line.item, line.unit, line.quantity, line.warehouse):
            text = f"Insufficient stock for product {line.sku}"
            found.append(Refusal("stock-insufficient", text, f"/lines/{index}/quantity"))
    return found


def vendor(refusal: Refusal, request_id: str) -> dict[str, Any]:
    """What the system behind said, word for word."""
    return {"status": "ERROR", "message": refusal.text, "request_id": request_id}
