"""A SALES_ORDERS document (ExportOrders) → ErpOrder: what an order asks for, whoever took it. Pure.

Assumed: the vendor publishes no shape of this export; it is read as the document that an import takes.
"""

from decimal import Decimal

from crossdock.connectors.khaos_control.times import read_order_date
from crossdock.connectors.khaos_control.xmldoc import Element, decimal, decimal_or_none, place, required, text
from crossdock.model.erp_order import ErpOrder, ErpOrderLine
from crossdock.model.faults import DataFault


def read_erp_order(sales_orders: Element, code: str, *, timezone: str, home_currency: str) -> ErpOrder | None:
    """The one order of the document; None when it is empty. Raises DataFault: it cannot be read, or there are more."""
    orders = list(sales_orders.iterfind("SALES_ORDER"))
    if not orders:
        return None
    if len(orders) > 1:
        raise DataFault(place(orders[1], ""), f"{code} was asked for and {len(orders)} orders came")
    header = orders[0].find("ORDER_HEADER")
    if header is None:
        raise DataFault(place(orders[0], "ORDER_HEADER"), "is missing")
    placed = required(header, "ORDER_DATE")
    try:
        ordered_at = read_order_date(placed, timezone)
    except ValueError as error:
        raise DataFault(place(header, "ORDER_DATE"), f"{placed!r} is no yyyy-mm-dd [hh:mm:ss]") from error
    site = text(header, "SITE")
    return ErpOrder(
        erp_code=code,
        ref=text(header, "ASSOCIATED_REF"),
        account_code=(orders[0].findtext("CUSTOMER_DETAIL/COMPANY_CODE") or "").strip(),
        currency=text(header, "ORDER_CURRENCY_CODE") or home_currency,
        ordered_at=ordered_at,
        lines=tuple(_line(one, site) for one in orders[0].iterfind("ORDER_ITEMS/ORDER_ITEM")),
    )


def _line(item: Element, site: str) -> ErpOrderLine:
    """If both prices stand there, only net counts."""
    net, gross = decimal_or_none(item, "PRICE_NET"), decimal_or_none(item, "PRICE_GRS")
    return ErpOrderLine(
        stock_code=required(item, "STOCK_CODE"),
        quantity=decimal(item, "ORDER_QTY"),
        site=text(item, "SITE") or site,
        unit_price=gross if net is None else net,
        price_is_net=net is not None,
        discount=decimal(item, "KSD_DISCOUNT", Decimal(0)),
    )
