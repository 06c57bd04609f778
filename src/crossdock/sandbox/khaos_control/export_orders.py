"""ExportOrderStatusEx, the one way back for an order's state, and ExportOrders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from crossdock.sandbox.khaos_control.markup import attr, day_month_year, el, flag, number, plain_day, text, wrap
from crossdock.sandbox.khaos_control.model import (
    ISSUED_STAGES,
    NONE,
    STAGE_NAMES,
    Box,
    Invoice,
    Line,
    Order,
    StockItem,
)
from crossdock.sandbox.khaos_control.parameters import codes
from crossdock.sandbox.khaos_control.soap import SoapFault
from crossdock.sandbox.khaos_control.store import Store

BY_ORDER_CODE, BY_ASSOCIATED_REF = 3, 4


@dataclass(frozen=True, slots=True)
class StatusQuery:
    """ids: comma-joined, read by mapping (3 order code, 4 associated ref); none means every order.

    date_from, date_to: London wall clock, both included. stages: only orders with an invoice in one of them.
    """

    ids: str
    mapping: int
    web_only: bool
    confirmed_only: bool
    tracking: bool
    cancelled: bool
    date_from: datetime | None
    date_to: datetime | None
    stages: frozenset[int]


def status_list(store: Store, query: StatusQuery) -> str:
    """STATUS_LIST. Reading an order's status clears its MOVED marks, whoever reads it."""
    written = "".join([_status(store, order, query) for order in _chosen(store, query)])
    return wrap("STATUS_LIST", written)


def find_orders(store: Store, ids: str, mapping: int) -> list[Order]:
    lookups: dict[int, Callable[[str], Order | None]] = {
        BY_ORDER_CODE: lambda code: store.orders.get(code.casefold()),
        BY_ASSOCIATED_REF: store.orders_by_ref.get,
    }
    lookup = lookups.get(mapping)
    if lookup is None:
        raise SoapFault(f"MappingType: {mapping} is not known here")
    found = (lookup(code) for code in codes(ids))
    return list(dict.fromkeys(order for order in found if order is not None))


def _chosen(store: Store, query: StatusQuery) -> Iterable[Order]:
    by_change = store.settings.status_dates == "changed"
    orders = find_orders(store, query.ids, query.mapping) if query.ids.strip() else list(store.orders.values())
    for order in orders:
        stamp = order.changed if by_change else order.created
        if (
            (order.web or not query.web_only)
            and (order.confirmed or not query.confirmed_only)
            and (order.cancelled is None or query.cancelled)
            and (query.date_from is None or stamp >= query.date_from)
            and (query.date_to is None or stamp <= query.date_to)
            and (not query.stages or any(invoice.stage in query.stages for invoice in order.invoices))
        ):
            yield order


def _status(store: Store, order: Order, query: StatusQuery) -> str:
    items, company = order.items_total, order.company
    invoices = "".join([_invoice(store, order, invoice, tracking=query.tracking) for invoice in order.invoices])
    return (
        f'<ORDER_STATUS SORDER_CODE="{attr(order.code)}" ASSOCIATED_REF="{attr(order.associated_ref)}">'
        f'<COMPANY_NAME COMPANY_CODE="{attr(company.code)}" OTHER_REF="{attr(company.other_ref)}">'
        f'{text(company.name)}</COMPANY_NAME><ORDER_TYPE TYPE_ID="S">Sales Order</ORDER_TYPE>'
        f"{el('COURIER', store.couriers.get(order.courier_code, ''))}{el('CURRENCY_CODE', order.currency)}"
        f"<DATE_CREATED>{order.created:%d/%m/%Y}</DATE_CREATED>{el('DELIVERY_DATE', plain_day(order.delivery_date))}"
        f'<ITEMS_TOTAL NET_VALUE="{items.net}">{items.gross}</ITEMS_TOTAL>'
        f'<DELIVERY_TOTAL NET_VALUE="{order.delivery.net}">{order.delivery.gross}</DELIVERY_TOTAL>'
        f"<COMPLETE>{flag(order.complete)}</COMPLETE>"
        f"<QTY_SOLD>{_total(line.quantity for line in order.all_lines())}</QTY_SOLD>"
        f"<QTY_ASSIGNED>{_total(line.assigned for line in order.all_lines())}</QTY_ASSIGNED>"
        f"{_cancelled(store, order)}{wrap('INVOICES', invoices)}</ORDER_STATUS>"
    )


def _total(quantities: Iterable[Decimal]) -> str:
    return number(sum(quantities, NONE))


def _cancelled(store: Store, order: Order) -> str:
    if order.cancelled is None:
        return ""
    at = day_month_year(order.cancelled.at, null=store.settings.null_date)
    return (
        f"<CANCELLED>{el('CANCELLED_DATE_TIME', at)}{el('REASON', order.cancelled.reason)}"
        f"{el('USER_NAME', order.cancelled.user)}</CANCELLED>"
    )


def _invoice(store: Store, order: Order, invoice: Invoice, *, tracking: bool) -> str:
    moved, invoice.moved = invoice.moved, False
    null = store.settings.null_date
    moving = list(invoice.moving())
    sent = [(line, _sent(store, invoice, quantity)) for line, quantity in moving]
    first = invoice.boxes[0] if tracking and invoice.boxes else None
    return (
        f'<INVOICE INVOICE_CODE="{attr(invoice.code)}" INVOICE_DATE="{day_month_year(invoice.invoice_date, null=null)}"'
        f' SHIP_DATE="{day_month_year(invoice.ship_date, null=null)}"'
        f' ISSUE_DATE="{day_month_year(invoice.issue_date, null=null)}" INVOICE_STAGE_ID="{invoice.stage}"'
        f' INVOICE_STAGE_DESC="{attr(STAGE_NAMES.get(invoice.stage, f"Sub-stage {invoice.stage}"))}"'
        f" {_carriage(store, first, invoice.courier or order.courier_code)}"
        f' QTY_SOLD="{_total(quantity for _, quantity in moving)}" QTY_SENT="{_total(one for _, one in sent)}"'
        f' MOVED="{flag(moved)}">{_boxes(store, invoice) if tracking else ""}'
        f"{wrap('INVOICE_ITEMS', _items(sent))}</INVOICE>"
    )


def _sent(store: Store, invoice: Invoice, quantity: Decimal) -> Decimal:
    """QTY_SENT of an invoice line. Before issue it is what the invoice has assigned, unless set otherwise."""
    if invoice.stage in ISSUED_STAGES or (invoice.open and store.settings.quantity_sent == "assigned"):
        return quantity
    return NONE


def _items(sent: Iterable[tuple[Line, Decimal]]) -> str:
    return "".join(
        f'<INVOICE_ITEM STOCK_CODE="{attr(line.item.code)}" QTY_SENT="{number(quantity)}"/>' for line, quantity in sent
    )


def _carriage(store: Store, box: Box | None, courier: str) -> str:
    """COURIER, CONSIGNMENT_REF and TRACKING_URL; the URL comes from the courier's record."""
    courier = box.courier if box else courier
    consignment = box.consignment if box else ""
    url = tracking_url(courier, consignment)
    return (
        f'COURIER="{attr(store.couriers.get(courier, courier))}" CONSIGNMENT_REF="{attr(consignment)}"'
        f' TRACKING_URL="{attr(url)}"'
    )


def tracking_url(courier: str, consignment: str) -> str:
    return f"https://track.example/{courier.lower()}?ref={consignment}&lang=en" if consignment else ""


def _boxes(store: Store, invoice: Invoice) -> str:
    null = store.settings.null_date
    return "".join(
        f'<BOX SHIPPED="-1" SHIP_DATE="{day_month_year(box.shipped, null=null)}"'
        f" {_carriage(store, box, box.courier)}>{_box_items(box.items)}</BOX>"
        for box in invoice.boxes
    )


def _box_items(items: Iterable[tuple[StockItem, Decimal]]) -> str:
    return "".join(
        f'<BOX_ITEM STOCK_CODE="{attr(item.code)}" QTY_SENT="{number(quantity)}"/>' for item, quantity in items
    )


def export_orders(store: Store, ids: str, mapping: int) -> str:
    """ExportOrders: SALES_ORDERS as an import would take them. Mapping 1 and 3 are an order code, 4 our reference."""
    orders = find_orders(store, ids, BY_ORDER_CODE if mapping == 1 else mapping)
    return wrap("SALES_ORDERS", "".join(_sales_order(store, order) for order in orders))


def _sales_order(store: Store, order: Order) -> str:
    address = "".join(el(f"D{name}", value) for name, value in order.delivery_address.items())
    return (
        f"<SALES_ORDER><CUSTOMER_DETAIL><IS_NEW_CUSTOMER>0</IS_NEW_CUSTOMER>"
        f"{el('COMPANY_CODE', order.company.code)}{el('COMPANY_NAME', order.company.name)}"
        f"<ADDRESSES>{wrap('DELADDR', address)}</ADDRESSES></CUSTOMER_DETAIL><ORDER_HEADER>"
        f"{el('ASSOCIATED_REF', order.associated_ref)}<ORDER_DATE>{order.created:%Y-%m-%d %H:%M:%S}</ORDER_DATE>"
        f"<ORDER_AMOUNT>{order.gross}</ORDER_AMOUNT>{el('ORDER_CURRENCY_CODE', order.currency)}"
        f"{el('SITE', store.sites[order.site_id])}{el('COURIER_CODE', order.courier_code)}"
        f"{el('PO_NUMBER', order.po_number)}<DELIVERY_NET>{order.delivery.net}</DELIVERY_NET>"
        f"<DELIVERY_TAX>{order.delivery.tax}</DELIVERY_TAX></ORDER_HEADER>"
        f"<ORDER_ITEMS>{''.join(_order_item(line) for line in order.lines)}</ORDER_ITEMS></SALES_ORDER>"
    )


def _order_item(line: Line) -> str:
    if line.price_gross is not None:
        price = el("PRICE_GRS", number(line.price_gross))
    else:
        price = el("PRICE_NET", number(line.price_net or NONE))
    return (
        f"<ORDER_ITEM>{el('STOCK_CODE', line.item.code)}<MAPPING_TYPE>1</MAPPING_TYPE>"
        f"{el('STOCK_DESC', line.description)}<ORDER_QTY>{number(line.quantity)}</ORDER_QTY>{price}"
        f"<TAX_RATE>{line.tax_code}</TAX_RATE><KSD_DISCOUNT>{number(line.discount)}</KSD_DISCOUNT>"
        f"{el('IMPORT_REF', line.import_ref)}</ORDER_ITEM>"
    )
