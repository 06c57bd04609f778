"""The whole database as plain JSON, for tests and for judging from outside. Money is text, quantities are numbers."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from crossdock.sandbox.khaos_control.figures import backorder
from crossdock.sandbox.khaos_control.model import NONE, Box, Company, Invoice, LedgerEntry, Line, Order, StockItem
from crossdock.sandbox.khaos_control.store import Store


def whole_state(store: Store) -> dict[str, Any]:
    return {
        "orders": [order_state(store, order) for order in store.orders.values()],
        "items": [_item(item) for item in store.items.values()],
        "stock": [row for item in store.items.values() for row in _stock_rows(store, item)],
        "companies": [company_state(company) for company in store.companies.values()],
        "skipped": list(store.skipped),
        "oversold": oversold(store),
        "imports_by_ref": dict(store.imports_by_ref),
        "changes": list(store.changes),
        "ledger": [ledger_state(one) for one in store.ledger.values()],
        "disabled_stages": sorted(store.disabled_stages),
    }


def plain(quantity: Decimal) -> int | float:
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def order_state(store: Store, order: Order) -> dict[str, Any]:
    items = order.items_total
    return {
        "code": order.code,
        "associated_ref": order.associated_ref,
        "company_code": order.company.code,
        "company_id": order.company.company_id,
        "currency": order.currency,
        "order_amount": order.order_amount,
        "items_total_net": str(items.net),
        "items_total_gross": str(items.gross),
        "delivery_net": str(order.delivery.net),
        "delivery_gross": str(order.delivery.gross),
        "gross_total": str(order.gross),
        "paid": str(order.paid),
        "lines": [_line(store, line, head) for head in order.lines for line in (head, *head.parts)],
        "po_number": order.po_number,
        "courier": order.courier_code,
        "sales_source": order.sales_source,
        "brand": order.brand,
        "order_note": order.order_note,
        "invoice_note": order.invoice_note,
        "site": store.sites[order.site_id],
        "delivery_address": order.delivery_address,
        "order_date": order.created.isoformat(),
        "delivery_date": order.delivery_date.isoformat(),
        "imported_at": _iso(order.imported_at),
        "web": order.web,
        "confirmed": order.confirmed,
        "complete": order.complete,
        "hold_reason": order.hold_reason,
        "cancelled": None
        if order.cancelled is None
        else {"at": _iso(order.cancelled.at), "reason": order.cancelled.reason, "user": order.cancelled.user},
        "invoices": [invoice_state(invoice) for invoice in order.invoices],
    }


def _line(store: Store, line: Line, head: Line) -> dict[str, Any]:
    """pack_of: the pack a component came with, None for a line of its own."""
    return {
        "sku": line.item.code,
        "stock_id": line.item.stock_id,
        "quantity": plain(line.quantity),
        "price_net": None if line.price_net is None else str(line.price_net),
        "price_gross": None if line.price_gross is None else str(line.price_gross),
        "tax_code": line.tax_code,
        "discount": str(line.discount),
        "net": str(line.amount.net),
        "tax": str(line.amount.tax),
        "assigned": plain(line.assigned),
        "issued": plain(line.issued),
        "site": store.sites[line.site_id],
        "import_ref": line.import_ref,
        "free_reason": line.free_reason,
        "pack_of": None if line is head else head.item.code,
    }


def ledger_state(one: LedgerEntry) -> dict[str, Any]:
    return {
        "number": one.number,
        "kind": one.kind,
        "order_refs": list(one.order_refs),
        "order_codes": list(one.order_codes),
        "company_code": one.company_code,
        "company": one.company,
        "currency": one.currency,
        "issued_on": one.issued_on.isoformat(),
        "net": str(one.amount.net),
        "tax": str(one.amount.tax),
        "gross": str(one.amount.gross),
        "credits": one.credits,
    }


def invoice_state(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.invoice_id,
        "code": invoice.code,
        "stage": invoice.stage,
        "awaiting_stock": invoice.short,
        "moved": invoice.moved,
        "trail": list(invoice.trail),
        "items": _items((line.item, quantity) for line, quantity in invoice.moving()),
        "boxes": [_box(box) for box in invoice.boxes],
        "invoice_date": _iso(invoice.invoice_date),
        "ship_date": _iso(invoice.ship_date),
        "issue_date": _iso(invoice.issue_date),
    }


def _items(items: Iterable[tuple[StockItem, Decimal]]) -> list[dict[str, Any]]:
    return [{"sku": item.code, "quantity": plain(quantity)} for item, quantity in items]


def _box(box: Box) -> dict[str, Any]:
    return {
        "consignment": box.consignment,
        "courier": box.courier,
        "shipped": _iso(box.shipped),
        "items": _items(box.items),
    }


def _item(item: StockItem) -> dict[str, Any]:
    return {
        "sku": item.code,
        "stock_id": item.stock_id,
        "name": item.name,
        "other_ref": item.other_ref,
        "barcode": item.barcode,
        "net_price": str(item.net_price),
        "tax_code": item.tax_code,
        "controlled": item.controlled,
        "discontinued": item.discontinued,
        "parent": None if item.parent is None else item.parent.code,
        "option": list(item.option),
        "headings": list(item.headings),
        "details": orjson.loads(orjson.dumps(item.details, default=str)),
    }


def _stock_rows(store: Store, item: StockItem) -> Iterable[dict[str, Any]]:
    """Rows per site; an item that is not stock controlled has none."""
    if not item.controlled:
        return
    for site_id, level in item.levels.items():
        yield {
            "sku": item.code,
            "stock_id": item.stock_id,
            "site": store.sites[site_id],
            "on_hand": plain(level.on_hand),
            "assigned": plain(level.assigned),
            "available": plain(level.available),
            "backorder": plain(backorder(item, site_id)),
        }


def oversold(store: Store) -> list[dict[str, Any]]:
    """Items of which customers ordered more than there is: what waits less what is free, where that is above 0."""
    rows = []
    for item in store.items.values():
        if not item.controlled:
            continue
        short = backorder(item) - sum((level.available for level in item.levels.values()), NONE)
        if short > 0:
            rows.append({"sku": item.code, "short": plain(short)})
    return rows


def company_state(company: Company) -> dict[str, Any]:
    return {
        "code": company.code,
        "company_id": company.company_id,
        "name": company.name,
        "other_ref": company.other_ref,
        "web_user": company.web_user,
        "class": company.class_name,
        "currency": company.currency,
        "locked": company.locked,
        "po_required": company.po_required,
        "payment_type": company.payment_type,
        "credit_limit": None if company.credit_limit is None else str(company.credit_limit),
        "balance": str(company.balance),
        "origin": company.origin,
    }
