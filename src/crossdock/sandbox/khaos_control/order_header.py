"""ORDER_HEADER and PAYMENTS: dates, charges, references, and what was paid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from crossdock.sandbox.khaos_control.documents import ORDER_LENGTHS, check_lengths, decimal, invalid, moment, truth
from crossdock.sandbox.khaos_control.model import NONE
from crossdock.sandbox.khaos_control.money import ZERO, Amount, from_gross, from_net, pence
from crossdock.sandbox.khaos_control.store import Store

STANDARD_TAX = 1
CASH, CHEQUE, CARD, ACCOUNT, VOUCHER = "01234"


@dataclass(frozen=True, slots=True)
class Header:
    """values: every leaf as sent. created: London wall clock. expected: ORDER_AMOUNT, gross, None when not sent."""

    values: Mapping[str, str]
    created: datetime
    delivery_date: date
    delivery: Amount
    expected: Decimal | None
    currency: str
    courier_code: str
    sales_source: str
    brand: str


@dataclass(frozen=True, slots=True)
class Payments:
    """paid: pounds. taken: money was taken, beyond a pre-authorisation. pending: a card or cheque still to clear."""

    paid: Decimal
    taken: bool
    pending: bool


def read_header(store: Store, values: Mapping[str, str]) -> Header:
    """Raises Refused: `Invalid order: <field>`."""
    check_lengths(values, ORDER_LENGTHS, refused="Invalid order")
    settings = store.settings
    created = moment(values, "ORDER_DATE") or store.wall()
    for field in ("REQUIRED_BY_DATE", "SHIP_DATE"):
        moment(values, field)
    currency = values.get("ORDER_CURRENCY_CODE", "").upper() or settings.system_currency
    if currency not in settings.currencies:
        raise invalid("ORDER_CURRENCY_CODE")
    return Header(
        values=values,
        created=created,
        delivery_date=(moment(values, "DELIVERY_DATE") or created).date(),
        delivery=_delivery(store, values),
        expected=decimal(values, "ORDER_AMOUNT"),
        currency=currency,
        courier_code=_courier(store, values),
        sales_source=_known(values, "SALES_SOURCE", settings.sale_sources),
        brand=_known(values, "BRAND", settings.brands),
    )


def _known(values: Mapping[str, str], field: str, allowed: Iterable[str]) -> str:
    """A value that must exist, exact case; one that does not is left out, without a word."""
    value = values.get(field, "")
    return value if value in allowed else ""


def _courier(store: Store, values: Mapping[str, str]) -> str:
    code = values.get("COURIER_CODE", "").upper()
    if code in store.couriers:
        return code
    wanted = values.get("COURIER_DESC", "").casefold()
    return next(
        (code for code, name in store.couriers.items() if name.casefold() == wanted), next(iter(store.couriers))
    )


def _delivery(store: Store, values: Mapping[str, str]) -> Amount:
    """-1 is no delivery, any other figure the charge. Nothing sent: Khaos Control makes up its own."""
    percent = store.settings.tax_codes.get(STANDARD_TAX, NONE)
    net, gross = decimal(values, "DELIVERY_NET"), decimal(values, "DELIVERY_GRS")
    tax = decimal(values, "DELIVERY_TAX")
    if -1 in (net, gross):
        return Amount(ZERO, ZERO)
    if net is not None:
        return Amount(pence(net), pence(tax or NONE))
    if gross is not None:
        return from_gross(pence(gross), percent)
    return from_net(store.settings.delivery_charge, percent)


def read_payments(payments: Iterable[Mapping[str, str]], *, on_account: bool) -> Payments:
    """A card payment with an AUTH_CODE is paid, unless PREAUTH is -1. An account order counts as paid."""
    paid, taken, pending, count = ZERO, False, False, 0
    for payment in payments:
        count += 1
        kind = payment.get("PAYMENT_TYPE", "")
        if kind not in {CASH, CHEQUE, CARD, ACCOUNT, VOUCHER}:
            raise invalid("PAYMENT_TYPE")
        amount = decimal(payment, "PAYMENT_AMOUNT")
        if amount is None:
            raise invalid("PAYMENT_AMOUNT")
        authorised = bool(payment.get("AUTH_CODE")) and not truth(payment, "PREAUTH")
        if kind in (CASH, VOUCHER) or (kind == CARD and authorised):
            paid += pence(amount)
            taken = True
        elif kind != ACCOUNT:
            pending = True
    return Payments(paid, taken, pending or not (count or on_account))
