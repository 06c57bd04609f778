"""Everything Prima holds as plain JSON, for tests and for judging from outside. Quantities and money are text, but for
the stock figures, which are numbers."""

from decimal import Decimal
from typing import Any

from crossdock.sandbox.bridge import Json, Postman, dec, money, ts
from crossdock.sandbox.prima import bridge_view
from crossdock.sandbox.prima.model import Account, Item, Level, Line, Order, Shipment
from crossdock.sandbox.prima.store import Store
from crossdock.sandbox.prima.tax import line_amount, order_total


def whole_state(store: Store, postman: Postman) -> dict[str, Any]:
    shipments: dict[int, list[Shipment]] = {}
    for one in store.shipments.values():
        shipments.setdefault(one.order.id, []).append(one)
    return {
        "orders": [_order(store, order, shipments.get(order.id, [])) for order in store.orders.values()],
        "stock": [_level(level) for level in store.levels.values()],
        "oversold": _oversold(store),
        "shipments": [bridge_view.shipment_json(one) for one in store.shipments.values()],
        "bills": [{**bridge_view.invoice_json(store, one), "of": one.of} for one in store.invoices.values()],
        "companies": [_account(account) for account in store.accounts.values()],
        "couriers": sorted(store.carriers),
        "items": [_item(item) for item in store.items.values()],
        "prices": [
            {"price_list": held.code, **bridge_view.price_json(price)}
            for held in store.price_lists.values()
            for price in held.prices.values()
        ],
        "writes": list(store.writes),
        "local_sales": list(store.local_sales),
        "imports_by_ref": dict(store.imports_by_ref),
        "deliveries": list(postman.log),
    }


def _order(store: Store, order: Order, shipments: list[Shipment]) -> Json:
    """associated_ref, company_code, courier, gross_total and invoices are the words every ERP's state shares."""
    amount = order_total(store, order)
    intent = order.intent
    return {
        "code": order.number,
        "id": order.id,
        "associated_ref": intent.external_ref,
        "source": intent.source,
        "door": order.door,
        "company_id": order.company,
        "company_code": intent.account_code,
        "currency": intent.currency,
        "status": order.status,
        "picking": order.picking,
        "hold_reason": order.hold_reason,
        "rejection": order.rejection and {"code": order.rejection[0], "message": order.rejection[1]},
        "net_total": money(amount.net),
        "tax_total": money(amount.tax),
        "gross_total": money(amount.gross),
        "expected_gross": money(intent.expected[2]) if intent.expected else None,
        "prices_include_tax": intent.prices_include_tax,
        "lines": [_line(store, order, line) for line in order.lines],
        "charges": [{"code": code, "amount": dec(charge)} for code, charge, _ in order.charges],
        "po_number": intent.customer_po,
        "courier": intent.carrier_code,
        "delivery_address_code": intent.delivery_code,
        "delivery_address": dict(intent.delivery_address),
        "payment": intent.payment and {"method": intent.payment[0], "reference": intent.payment[1]},
        "order_date": ts(order.created_at),
        "updated_at": ts(order.updated_at),
        "cancelled": order.status == "cancelled",
        "sent": order.sent,
        "invoices": [_despatched(one) for one in shipments],
    }


def _despatched(one: Shipment) -> Json:
    boxes = [{"consignment": name, "courier": one.carrier_code, "shipped": ts(one.despatched_at)}
             for name, _ in one.tracking]  # fmt: skip
    return {"shipment_id": one.shipment_id, "ship_date": ts(one.despatched_at), "boxes": boxes}


def _line(store: Store, order: Order, line: Line) -> Json:
    amount = line_amount(store, order, line, line.quantity)
    return {
        "line_ref": line.line_ref,
        "sku": line.sku,
        "base_sku": line.item.sku,
        "native_key": line.unit.native.public(),
        "unit_code": line.unit.unit_code,
        "base_quantity": dec(line.unit.base_quantity * line.quantity),
        "quantity": dec(line.quantity),
        "unit_price": dec(line.price.quantize(Decimal("0.000001"))),
        "tax_code": line.vat_code,
        "net": money(amount.net),
        "tax": money(amount.tax),
        "warehouse": line.warehouse,
        "picked": dec(line.picked),
        "shipped": dec(line.shipped),
        "invoiced": dec(line.invoiced),
        "dropped": dec(line.dropped),
    }


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _level(level: Level) -> Json:
    return {
        "sku": level.sku,
        "site": level.warehouse,
        "on_hand": _plain(level.physical),
        "assigned": _plain(level.allocated),
        "quarantined": _plain(level.quarantined),
        "available": _plain(level.free),
        "on_order": _plain(level.on_order),
        "sequence": level.sequence,
    }


def _oversold(store: Store) -> list[Json]:
    """Items of which more is promised than there is."""
    free: dict[str, Decimal] = {}
    for level in store.levels.values():
        free[level.sku] = free.get(level.sku, Decimal(0)) + level.free
    return [{"sku": sku, "short": _plain(-amount)} for sku, amount in free.items() if amount < 0]


def _account(account: Account) -> Json:
    return {
        "code": account.account_code,
        "name": account.name,
        "status": account.status,
        "price_list": account.price_list_code,
        "payment_terms": account.payment_terms_code,
        "currency": account.currency,
        "po_required": account.po_required,
    }


def _item(item: Item) -> Json:
    units = [
        {"unit_code": one.unit_code, "sku": one.sku, "holds": dec(one.base_quantity), "confirmed": one.confirmed}
        for one in item.units
    ]
    return {"sku": item.sku, "native_key": item.native.public(), "status": item.status, "units": units}
