"""Everything the shop holds, as plain JSON for judges. Money in minor units, as on the wire."""

from typing import Any

from crossdock.sandbox.scayle import status
from crossdock.sandbox.scayle.bulk import Bulk
from crossdock.sandbox.scayle.delegation import Delegator
from crossdock.sandbox.scayle.errors import Json
from crossdock.sandbox.scayle.order_view import address_row, cost_row
from crossdock.sandbox.scayle.sales import Document, Order, Unit
from crossdock.sandbox.scayle.times import iso
from crossdock.sandbox.scayle.views import masked, price_row
from crossdock.sandbox.scayle.webhooks import Webhooks
from crossdock.sandbox.scayle.world import World


def picture(world: World, webhooks: Webhooks, delegator: Delegator, bulk: Bulk) -> dict[str, Any]:
    return {
        "orders": [order_picture(world, order) for order in world.orders.values()],
        "deleted_orders": list(world.deleted_orders),
        "stock": _stocks(world),
        "stock_writes": list(world.stock_writes),
        "oversold": list(world.oversold),
        "prices": [
            {"sku": one.reference_key, **price_row(price)} for one in world.variants.values() for price in one.prices
        ],
        "products": [
            {"id": one.id, "reference_key": one.reference_key, "name": one.name,
             "skus": [world.variants[id_].reference_key for id_ in one.variants]}
            for one in world.products.values()
        ],
        "customers": [
            {"id": one.id, "reference_key": one.reference_key, "email": one.email, "guest": one.guest,
             "country": one.country}
            for one in world.customers.values()
        ],
        "merchants": [
            {"id": one.id, "reference_key": one.reference_key, "delegation_url": masked(one.delegation_url),
             "cancellation_url": masked(one.cancellation_url)}
            for one in world.merchants.values()
        ],
        "warehouses": [one.reference_key for one in world.warehouses.values()],
        "countries": [{"id": one.id, "code": one.code, "currency": one.currency} for one in world.countries],
        "couriers": [one.key for one in world.carriers.values()],
        "reservations": [
            {"id": one.id, "reference_key": one.reference_key, "sku": world.variants[one.variant_id].reference_key,
             "warehouse": one.warehouse}
            for one in world.reservations.values()
        ],
        "fulfilment": list(world.fulfilment),
        "transactions": list(world.transactions),
        "delegations": list(delegator.log),
        "subscriptions": [one.row() for one in webhooks.subscriptions.rows.values()],
        "deliveries": [{name: row[name] for name in row if name != "body"} for row in webhooks.log],
        "bulk_requests": bulk.picture(),
        "waiting": world.agenda.waiting,
    }  # fmt: skip


def order_picture(world: World, order: Order) -> Json:
    return {
        "id": order.id,
        "reference_key": order.reference_key,
        "public_key": order.public_key,
        "delegation_reference": order.delegation_reference,
        "country": order.country.code,
        "currency": order.country.currency,
        "customer": order.customer.id,
        "guest": order.customer.guest,
        "phase": order.phase,
        "status": status.coarse(order),
        "billing": status.billing(order),
        "shipping": status.shipping(order),
        "created_at": iso(order.created_at),
        "updated_at": iso(order.updated_at),
        "confirmed_at": iso(order.confirmed_at),
        "delegated_at": iso(order.delegated_at),
        "invoiced_at": iso(order.invoiced_at),
        "total": order.gross,
        "cost": cost_row(order, world.knobs),
        "units": [_unit(unit) for unit in order.units],
        "shipping_address": address_row(order.shipping),
        "billing_address": address_row(order.billing),
        "vouchers": order.vouchers,
        "packages": [
            {"id": one.id, "carrier": one.carrier, "shipment_key": one.shipment_key, "status": one.status,
             "shipped_at": iso(one.shipped_at)}
            for one in order.packages
        ],
        "payments": [
            {"key": one.key, "amount": one.amount, "captured": one.captured, "refunded": one.refunded}
            for one in order.payments
        ],
        "invoices": [_paper(one) for one in order.documents],
        "delegations": [
            {"id": one.id, "merchant": one.merchant, "state": one.state, "attempts": one.attempts}
            for one in order.delegations
        ],
        "cancellation": order.cancellation,
        "billing_notes": order.billing_notes,
        "custom_data": order.custom,
        "external_prices": order.external_prices,
    }  # fmt: skip


def _unit(unit: Unit) -> Json:
    return {
        "id": unit.id,
        "sku": unit.sku,
        "merchant": unit.merchant,
        "warehouse": unit.warehouse,
        "status": unit.status,
        "undiscounted": unit.undiscounted,
        "price": unit.gross,
        "final": unit.final.gross,
        "net": unit.final.net,
        "tax": unit.final.tax,
        "rate": str(unit.rate),
        "reductions": [{"category": one.category, "amount": one.amount} for one in unit.reductions],
        "return_key": unit.return_key,
        "shipped_at": iso(unit.shipped_at),
        "cancelled_at": iso(unit.cancelled_at),
        "cancelled_by": unit.cancelled_by,
        "returned_at": iso(unit.returned_at),
        "return_reason": unit.return_reason,
        "times_shipped": unit.times_shipped,
        "times_returned": unit.times_returned,
        "custom_data": unit.custom,
    }


def _paper(paper: Document) -> Json:
    number = {"number": paper.full_number, "amount": paper.amount, "units": paper.units}
    return {"id": paper.id, "type": paper.kind, **number}


def _stocks(world: World) -> list[Json]:
    return [
        {"sku": variant.reference_key, "warehouse": one.warehouse, "merchant": one.merchant, "quantity": one.quantity,
         "blocked": one.quantity - one.sellable, "sellable": one.sellable, "changed_at": iso(one.changed_at),
         "sellable_without_stock": one.sellable_without_stock,
         "holds": [{"at": iso(hold.at), "quantity": hold.quantity, "reason": hold.reason} for hold in one.holds]}
        for variant in world.variants.values() for one in variant.stocks
    ]  # fmt: skip
