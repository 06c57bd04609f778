"""`NewOrder`, `MultiNewOrder` and `OrderStatus`: the caller chooses the order number."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from crossdock.sandbox.prima.intake import OrderRefused, Terms, build, take
from crossdock.sandbox.prima.model import ZERO, LineIntent, NativeKey, OrderIntent
from crossdock.sandbox.prima.soap_documents import RequestError, attributes, ok
from crossdock.sandbox.prima.soap_stock import key_of
from crossdock.sandbox.prima.store import Store

SOURCE = "soap"
TOO_MUCH = Decimal(10) ** 12
ADDRESS = (*(f"AddrLine{number}" for number in range(1, 7)), "PostCode", "Country")
GROUPS = ("OrderHeaderData", "OrderInvoiceData", "OrderLineData", "OrderChargeData", "OrderPaymentData")


def new_order(store: Store, request: etree._Element, company: str) -> str:
    """One order. Raises RequestError."""
    if len(request.findall("Data")) != 1:
        raise RequestError("NewOrder takes one order")
    return new_orders(store, request, company)


def new_orders(store: Store, request: etree._Element, company: str) -> str:
    """One order per `Data`; the answer is a status only. Raises RequestError."""
    asked = request.findall("Data")
    if not asked:
        raise RequestError("No order in request")
    if store.knobs.multi_order_atomic and len(asked) > 1:
        numbers = [_checked(store, data).external_ref for data in asked]
        if len(set(numbers)) < len(numbers) and store.knobs.repeated_order_number == "rejected":
            raise RequestError("Order number is there twice")
    texts = []
    for data in asked:
        try:
            _place(store, data, company)
        except RequestError as refused:
            texts.append(str(refused))
    if texts:
        raise RequestError("; ".join(texts))
    return ok(store.knobs)


def order_status(store: Store, request: etree._Element, _company: str) -> str:
    """The status word of the newest order of that number. Raises RequestError: when there is none."""
    data = request.find("Data")
    number = data.get("OrderNumber", "") if data is not None else ""
    orders = store.orders_numbered(number)
    if not orders:
        raise RequestError(f"Order {number} not found")
    return ok(store.knobs, data={"OrderNumber": number, "OrderStatus": store.knobs.status_words[orders[-1].status]})


def _terms(store: Store) -> Terms:
    return Terms(mode="send_price", blank=store.knobs.blank_price, strict=False)


def _checked(store: Store, data: etree._Element) -> OrderIntent:
    """The order, which would be taken as it stands. Raises RequestError."""
    intent = _intent(store, data)
    if store.orders_numbered(intent.external_ref) and store.knobs.repeated_order_number == "rejected":
        raise RequestError(f"Order {intent.external_ref} already exists")
    try:
        build(store, intent, _terms(store))
    except OrderRefused as refused:
        raise RequestError("; ".join(one.text for one in refused.refusals)) from refused
    return intent


def _place(store: Store, data: etree._Element, company: str) -> None:
    store.imports_by_ref[data.get("OrderNumber", "")] += 1
    intent = _checked(store, data)
    if store.orders_numbered(intent.external_ref) and store.knobs.repeated_order_number == "ignored":
        return
    order = take(store, intent, _terms(store), door="soap")
    order.company = company
    order.sent = _sent(data)


def _sent(data: etree._Element) -> dict[str, Any]:
    """What was sent, word for word, by group."""
    groups = {name: [attributes(one) for one in data.findall(name)] for name in GROUPS}
    return {"Data": attributes(data), **{name: rows for name, rows in groups.items() if rows}}


def _intent(store: Store, data: etree._Element) -> OrderIntent:
    values = attributes(data)
    header = _first(data, "OrderHeaderData")
    number = values.get("OrderNumber", "")
    if not number:
        raise RequestError("Order number must be entered")
    lines = tuple(_line(store, one) for one in data.findall("OrderLineData"))
    if not lines:
        raise RequestError(f"Order {number} has no lines")
    address = () if values.get("DelivAddrNo") else tuple((name, values[name]) for name in ADDRESS if values.get(name))
    charges = [attributes(one) for one in data.findall("OrderChargeData")]
    return OrderIntent(
        source=values.get("OrderChannel") or SOURCE,
        external_ref=number,
        account_code=values.get("Customer") or None,
        currency=header.get("Currency", ""),
        prices_include_tax=_flag(values, "VatInclusive"),
        lines=lines,
        charges=tuple((one.get("Charge", ""), _decimal(one, "ChargeValue") or ZERO) for one in charges),
        delivery_code=values.get("DelivAddrNo") or None,
        delivery_address=address,
        invoice_code=values.get("InvcAddrNo") or None,
        customer_po=values.get("CustomerRef") or None,
        carrier_code=header.get("Carrier") or None,
        service_code=header.get("CarrServ") or None,
        hold=_flag(values, "HoldOrder"),
        hold_reason=values.get("HoldOrderNarrative") or None,
        payment=_payment(_first(data, "OrderPaymentData")),
    )


def _first(data: etree._Element, name: str) -> dict[str, str]:
    found = data.find(name)
    return {} if found is None else attributes(found)


def _line(store: Store, element: etree._Element) -> LineIntent:
    """Price is one unit's or the whole line's, as the installation has it; blank is none."""
    values = attributes(element)
    quantity = _decimal(values, "Quantity")
    key = key_of(values)
    if quantity is None or quantity <= 0:
        raise RequestError(f"Quantity of product {key.product} must be entered")
    price = _decimal(values, "Price")
    if price is not None and store.knobs.price_means == "line":
        price = price / quantity
    return LineIntent(
        line_ref=values.get("LineReference") or values.get("OrderLine", ""),
        sku=store.by_native.get(key, ""),
        native=NativeKey(key.product) if key not in store.by_native else key,
        quantity=quantity,
        unit_price=price,
        discount=_decimal(values, "TrDisc") or ZERO,
    )


def _payment(values: Mapping[str, str]) -> tuple[str, str, Decimal] | None:
    if not values.get("PayMethod"):
        return None
    return values["PayMethod"], values.get("TransactionID", ""), _decimal(values, "TranAmount") or ZERO


def _flag(values: Mapping[str, str], name: str) -> bool:
    """Yes or No; blank is No. Raises RequestError."""
    given = values.get(name, "")
    if given not in ("Yes", "No", ""):
        raise RequestError(f"{name} must be Yes or No")
    return given == "Yes"


def _decimal(values: Mapping[str, str], name: str) -> Decimal | None:
    """None when blank. Raises RequestError."""
    given = values.get(name, "").strip()
    if not given:
        return None
    try:
        number = Decimal(given)
    except InvalidOperation as error:
        raise RequestError(f"{name} {given} is not a number") from error
    if not number.is_finite() or abs(number) >= TOO_MUCH:
        raise RequestError(f"{name} {given} is not a number")
    return number
