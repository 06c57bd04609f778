"""A SALES_ORDERS document → ResolvedOrder: what we, or anybody, once wrote. Pure."""

from dataclasses import replace
from decimal import Decimal

from crossdock.connectors.khaos_control.mapping_order import BLANK
from crossdock.connectors.khaos_control.times import read_order_date
from crossdock.connectors.khaos_control.xmldoc import (
    Element,
    decimal,
    decimal_or_none,
    document,
    place,
    required,
    text,
)
from crossdock.model.faults import DataFault, InvalidValue, Unsupported
from crossdock.model.money import allocate, half_up, minor_units
from crossdock.model.resolved_order import ResolvedLine, ResolvedOrder
from crossdock.model.sales_order import Address

ZERO = Decimal(0)
ZERO_RATED = "2"
HOME_CURRENCY = "GBP"
"""A blank ORDER_CURRENCY_CODE is the system's own currency, normally this one."""


def read_sales_orders(raw: bytes, *, timezone: str = "Europe/London") -> list[ResolvedOrder]:
    """Every order of the document.

    The format knows a line's tax code and not its tax: what the order's amount leaves after all nets is shared over the
    lines that are not zero-rated, by their net. Exact in sum; exact per line where one rate holds.
    Raises DataFault naming the place; Unsupported where a price is gross, for its net cannot be told without the rate.
    """
    orders = document(raw, root="SALES_ORDERS")
    return [_order(one, timezone) for one in orders.iterfind("SALES_ORDER")]


def _order(order: Element, timezone: str) -> ResolvedOrder:
    header, customer = _part(order, "ORDER_HEADER"), _part(order, "CUSTOMER_DETAIL")
    currency = text(header, "ORDER_CURRENCY_CODE") or HOME_CURRENCY
    net, tax = _delivery(header)
    total = decimal(header, "ORDER_AMOUNT")
    lines = [_line(one, _decimals(header, currency)) for one in order.iterfind("ORDER_ITEMS/ORDER_ITEM")]
    if not lines:
        raise DataFault(place(order, "ORDER_ITEMS"), "the order has no line")
    placed = required(header, "ORDER_DATE")
    try:
        placed_at = read_order_date(placed, timezone)
    except ValueError as error:
        raise DataFault(place(header, "ORDER_DATE"), f"{placed!r} is no yyyy-mm-dd [hh:mm:ss]") from error
    wanted = text(header, "REQUIRED_BY_DATE") or text(header, "DELIVERY_DATE")
    try:
        wanted_by = read_order_date(wanted[:10], timezone="UTC").date() if wanted else None
    except ValueError as error:
        raise DataFault(place(header, "REQUIRED_BY_DATE"), f"{wanted!r} is no yyyy-mm-dd") from error
    return ResolvedOrder(
        ref=required(header, "ASSOCIATED_REF"),
        placed_at=placed_at,
        currency=currency,
        account_code=text(customer, "COMPANY_CODE"),
        account_id="",
        lines=share_tax(lines, total - net - tax, _decimals(header, currency)),
        delivery_net=net,
        delivery_tax=tax,
        total=total,
        courier_code=text(header, "COURIER_CODE"),
        payment_code=(order.findtext("PAYMENTS/PAYMENT_DETAIL/PAYMENT_TYPE") or "").strip(),
        site=text(header, "SITE"),
        sales_source=text(header, "SALES_SOURCE"),
        brand=text(header, "BRAND"),
        company_class=text(customer, "COMPANY_CLASS"),
        buyer_email=text(customer, "WEB_USER"),
        company_name=_verbatim(customer, "COMPANY_NAME"),
        po_number=_verbatim(header, "PO_NUMBER"),
        notes=_verbatim(header, "ORDER_NOTE"),
        wanted_by=wanted_by,
        invoice_address=_address(customer.find("ADDRESSES/INVADDR"), "I"),
        delivery_address=_address(customer.find("ADDRESSES/DELADDR"), "D"),
    )


def _part(order: Element, name: str) -> Element:
    found = order.find(name)
    if found is None:
        raise DataFault(place(order, name), "is missing")
    return found


def _verbatim(element: Element, name: str) -> str:
    return element.findtext(name) or ""


def _decimals(header: Element, currency: str) -> int:
    try:
        return minor_units(currency)
    except InvalidValue as error:
        raise DataFault(place(header, "ORDER_CURRENCY_CODE"), str(error)) from error


def _delivery(header: Element) -> tuple[Decimal, Decimal]:
    """-1 switches delivery off; a gross charge alone cannot be split without a rate."""
    net = decimal_or_none(header, "DELIVERY_NET")
    gross = decimal_or_none(header, "DELIVERY_GRS")
    if net is None and gross not in (None, ZERO, Decimal(-1)):
        raise Unsupported(place(header, "DELIVERY_GRS"), "a gross charge cannot be split without its tax rate")
    if net is None or net < 0:
        return ZERO, ZERO
    return net, decimal(header, "DELIVERY_TAX", ZERO)


def _line(item: Element, decimals: int) -> ResolvedLine:
    price = decimal_or_none(item, "PRICE_NET")
    if price is None:
        kind = Unsupported if text(item, "PRICE_GRS") else DataFault
        raise kind(place(item, "PRICE_NET"), "is missing, and a net cannot be told from a gross price without its rate")
    quantity = decimal(item, "ORDER_QTY")
    return ResolvedLine(
        line_ref=_verbatim(item, "IMPORT_REF"),
        stock_code=required(item, "STOCK_CODE"),
        quantity=quantity,
        unit_price=price,
        net=half_up(quantity * price, decimals),
        tax_code=text(item, "TAX_RATE"),
        tax=ZERO,
        description=_verbatim(item, "STOCK_DESC"),
        note=_verbatim(item, "EXTENDED_DESC"),
        free_reason=text(item, "FREEITEM_REASON"),
    )


def share_tax(lines: list[ResolvedLine], gross: Decimal, decimals: int) -> tuple[ResolvedLine, ...]:
    tax = half_up(gross - sum((line.net for line in lines), ZERO), decimals)
    weights = [ZERO if line.tax_code == ZERO_RATED else max(line.net, ZERO) for line in lines]
    shares = allocate(tax, weights, decimals=decimals) if tax > 0 else (ZERO,) * len(lines)
    return tuple(replace(line, tax=share) for line, share in zip(lines, shares, strict=True))


def _address(block: Element | None, prefix: str) -> Address | None:
    if block is None or not len(block):
        return None

    def said(name: str) -> str:
        return _verbatim(block, prefix + name)

    def unless_blank(name: str) -> str:
        return "" if said(name) == BLANK else said(name)

    return Address(
        organisation=said("ORGANISATION"),
        title=said("TITLE"),
        forename=said("FORENAME"),
        surname=unless_blank("SURNAME"),
        line1=said("ADDRESS1"),
        line2=said("ADDRESS2"),
        line3=said("ADDRESS3"),
        town=said("TOWN"),
        county=said("COUNTY"),
        postcode=unless_blank("POSTCODE"),
        country=said("COUNTRY_CODE"),
        telephone=said("TEL"),
        email=said("EMAIL"),
    )
