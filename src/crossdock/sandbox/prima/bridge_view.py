"""What Prima holds, in the words of the bridge contract."""

from datetime import date, timedelta
from decimal import Decimal

from crossdock.sandbox.bridge import Json, dec, money, ts
from crossdock.sandbox.prima.figures import StockRow
from crossdock.sandbox.prima.model import Account, Address, Invoice, Item, Order, Price, PriceList, Shipment, Unit
from crossdock.sandbox.prima.store import Store
from crossdock.sandbox.prima.tax import Amount, breakdown, invoice_total, order_total

OPERATIONS = (
    "items.list", "items.get", "stock.list", "stock.query", "customers.list", "customers.get", "price_lists.list",
    "price_lists.prices", "orders.validate", "orders.create", "orders.status", "orders.list", "orders.cancel",
    "shipments.list", "invoices.list", "invoices.get",
)  # fmt: skip


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _dec(value: Decimal | None) -> str | None:
    return None if value is None else dec(value)


def capabilities(store: Store, *, webhooks: bool) -> Json:
    knobs = store.knobs
    off = {*knobs.unsupported, *(() if knobs.cancel else ("orders.cancel",))}
    return {
        "contract_version": "1.0.0",
        "backend": knobs.backend,
        "companies": list(knobs.companies),
        "operations": {name: "unsupported" if name in off else "supported" for name in OPERATIONS},
        "stock": {
            "free_field": knobs.free_field,
            "semantics_confirmed": knobs.semantics_confirmed,
            "per_warehouse": knobs.per_warehouse,
            "delta": knobs.stock_delta,
        },
        "uom_mode": knobs.uom_mode,
        "pricing_mode": knobs.pricing_mode,
        "tax_mode": "erp_calculates",
        "webhooks": webhooks,
        "amend": False,
        "cancel": knobs.cancel,
    }


def item_json(store: Store, item: Item) -> Json:
    return _item(store, item, item.sku, item.native.public(), item.units)


def unit_item_json(store: Store, item: Item, unit: Unit) -> Json:
    """A unit SKU as an item record of its own: its only unit leads to the base SKU."""
    return _item(store, item, unit.sku, unit.native.public(), [unit])


def _item(store: Store, item: Item, sku: str, native: dict[str, str], units: list[Unit]) -> Json:
    return {
        "sku": sku,
        "native_key": native,
        "style_code": item.style_code,
        "description": item.description if sku == item.sku else f"{item.description} ({units[0].unit_code})",
        "barcode": item.barcode if sku == item.sku else None,
        "status": item.status,
        "vat_code": item.vat_code,
        "units": [_unit(store, item, unit) for unit in units],
        "updated_at": ts(item.updated_at),
    }


def _unit(store: Store, item: Item, unit: Unit) -> Json:
    named = {"sku": unit.sku} if store.knobs.uom_mode == "unit_sku" else {}
    return {
        "unit_code": unit.unit_code,
        **named,
        "base_sku": item.sku,
        "base_quantity": dec(unit.base_quantity),
        "confirmed": unit.confirmed,
    }


def stock_json(store: Store, row: StockRow) -> Json:
    as_of = store.now() - timedelta(seconds=store.knobs.stock_age_seconds)
    shown: Json = {
        "sku": row.sku,
        "native_key": row.native.public(),
        "warehouse_code": row.warehouse,
        "free": dec(row.free if store.knobs.free_is_net else row.available),
        "physical": _dec(row.physical),
        "allocated": _dec(row.allocated),
        "available": dec(row.available),
        "on_order": dec(row.on_order),
        "next_available_on": _day(row.next_available_on),
        "as_of": ts(as_of),
    }
    if store.knobs.stock_sequence:
        shown["sequence"] = row.sequence
    return shown


def account_json(account: Account) -> Json:
    return {
        "account_code": account.account_code,
        "name": account.name,
        "status": account.status,
        "price_list_code": account.price_list_code,
        "payment_terms_code": account.payment_terms_code,
        "currency": account.currency,
        "tax_status_code": account.tax_status_code,
        "vat_number": account.vat_number,
        "credit_limit": None if account.credit_limit is None else money(account.credit_limit),
        "credit_hold": account.credit_hold,
        "addresses": [_address(one) for one in account.addresses],
        "updated_at": ts(account.updated_at),
    }


def _address(one: Address) -> Json:
    return {
        "address_code": one.address_code,
        "kind": one.kind,
        "lines": list(one.lines),
        "postcode": one.postcode,
        "country": one.country,
        "is_default": one.is_default,
    }


def price_list_json(held: PriceList) -> Json:
    return {
        "code": held.code,
        "currency": held.currency,
        "prices_include_tax": held.prices_include_tax,
        "updated_at": ts(held.updated_at),
    }


def price_json(price: Price) -> Json:
    return {
        "sku": price.sku,
        "unit_code": price.unit_code or None,
        "min_quantity": dec(price.min_quantity),
        "unit_price": money(price.unit_price),
        "valid_from": _day(price.valid_from),
        "valid_to": _day(price.valid_to),
        "updated_at": ts(price.updated_at),
    }


def order_json(store: Store, order: Order) -> Json:
    """`rejection` and `hold_reason` stand beside the contract's fields: what Prima said, word for word."""
    shown: Json = {
        "erp_order_number": order.number,
        "external_ref": order.intent.external_ref,
        "source": order.intent.source,
        "status": order.status,
        "lines": _lines(order),
        "totals": None,
        "variance": None,
        "updated_at": ts(order.updated_at),
    }
    if order.lines:
        shown["totals"], shown["variance"] = _totals(store, order)
    if order.hold_reason is not None:
        shown["hold_reason"] = order.hold_reason
    if order.rejection is not None:
        shown["rejection"] = {"code": order.rejection[0], "message": order.rejection[1]}
    return shown


def _lines(order: Order) -> list[Json]:
    if order.lines:
        return [
            {
                "line_ref": line.line_ref,
                "erp_line_no": str(line.number),
                "sku": line.sku,
                "quantity": dec(line.quantity),
                "unit_price": dec(line.price),
                "shipped_quantity": dec(line.shipped),
                "invoiced_quantity": dec(line.invoiced),
            }
            for line in order.lines
        ]
    return [
        {
            "line_ref": line.line_ref,
            "erp_line_no": None,
            "sku": line.sku,
            "quantity": dec(line.quantity),
            "unit_price": None,
            "shipped_quantity": "0",
            "invoiced_quantity": "0",
        }
        for line in order.intent.lines
    ]


def settled_total(store: Store, order: Order) -> tuple[Amount, str]:
    """What the order comes to, and whose figure that is: the invoices' once everything is sent and invoiced."""
    done = order.status == "despatched" and all(line.invoiced == line.shipped for line in order.lines)
    if not done:
        return order_total(store, order), "order"
    sums = [invoice_total(store, one) for one in order.bills]
    return Amount(sum((one.net for one in sums), Decimal(0)), sum((one.tax for one in sums), Decimal(0))), "invoice"


def _totals(store: Store, order: Order) -> tuple[Json, Json | None]:
    amount, stage = settled_total(store, order)
    currency = order.intent.currency or store.accounts[order.intent.account_code or ""].currency
    totals = {**_sums(amount), "currency": currency, "stage": stage}
    if order.intent.expected is None:
        return totals, None
    off = amount.gross - order.intent.expected[2]
    allowed = Decimal(store.knobs.price_tolerance) * len(order.lines)
    return totals, {"gross": money(off), "within_tolerance": abs(off) <= allowed}


def _sums(amount: Amount, sign: int = 1) -> Json:
    return {"net": money(sign * amount.net), "tax": money(sign * amount.tax), "gross": money(sign * amount.gross)}


def shipment_json(shipment: Shipment) -> Json:
    return {
        "shipment_id": shipment.shipment_id,
        "erp_order_number": shipment.order.number,
        "external_ref": shipment.order.intent.external_ref,
        "despatched_at": ts(shipment.despatched_at),
        "warehouse_code": shipment.warehouse,
        "carrier_code": shipment.carrier_code,
        "service_code": shipment.service_code,
        "tracking": [{"number": number, "url": url} for number, url in shipment.tracking],
        "lines": [{"line_ref": ref, "sku": sku, "quantity": dec(quantity)} for ref, sku, quantity in shipment.lines],
        "is_final": shipment.is_final,
        "revision": shipment.revision,
        "updated_at": ts(shipment.updated_at),
    }


def invoice_json(store: Store, invoice: Invoice) -> Json:
    negative = invoice.kind == "credit_note" and store.knobs.credit_sign == "negative"
    sign = -1 if negative else 1
    return {
        "number": invoice.number,
        "kind": invoice.kind,
        "erp_order_numbers": [order.number for order in invoice.orders],
        "external_refs": [order.intent.external_ref for order in invoice.orders],
        "account_code": invoice.account_code,
        "issued_on": _day(invoice.issued_on),
        "due_on": _day(invoice.due_on),
        "currency": invoice.currency,
        "totals": _sums(invoice_total(store, invoice), sign),
        "tax_breakdown": [
            {
                "vat_code": code,
                "rate": dec(store.rates[code] * 100),
                "net": money(sign * amount.net),
                "tax": money(sign * amount.tax),
            }
            for code, amount in breakdown(store, invoice)
        ],
        "lines": [
            {
                "line_ref": line.line_ref,
                "sku": line.sku,
                "quantity": dec(line.quantity),
                "net": money(sign * line.net),
                "tax": money(sign * line.tax),
                "vat_code": line.vat_code,
            }
            for line in invoice.lines
        ],
        "updated_at": ts(invoice.updated_at),
    }
