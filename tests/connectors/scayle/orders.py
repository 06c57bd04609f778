"""Orders for tests, made from parts. All of it is invented; the sums close."""

from copy import deepcopy
from typing import Any

import orjson

from crossdock.connectors.scayle.wire import parse

Record = dict[str, Any]


def wired(record: Any) -> Any:
    """As it arrives: through JSON, with exact numbers."""
    return parse(orjson.dumps(record))


def vat(amount: int, rate: float = 0.19) -> Record:
    return {"vat": {"amount": amount, "rate": rate}}


def price(gross: int = 2490, net: int = 2092, *, rate: float = 0.19, **more: Any) -> Record:
    return {
        "withTax": gross, "withoutTax": net, "tax": vat(gross - net, rate), "undiscountedWithTax": gross,
        "undiscountedWithOutTax": net, "appliedReductions": [], **more,
    }  # fmt: skip


def item(identity: int = 990002, sku: str = "TEE-RED-M", **changes: Any) -> Record:
    return {
        "id": identity, "key": f"k{identity}", "status": "available", "currency": "EUR", "packageId": 1,
        "warehouseId": 7, "product": {"id": 302, "name": "Shirt"}, "variant": {"id": 40210, "referenceKey": sku},
        "merchant": {"referenceKey": "north"}, "availableQuantity": 40, "price": price(), **changes,
    }  # fmt: skip


def fee(
    gross: int = 490, net: int = 412, category: str = "delivery", key: str = "base_shipping_service_cost"
) -> Record:
    amount = {"withTax": gross, "withoutTax": net}
    return {"category": category, "key": key, "option": "deliveryCosts", "amount": amount, "tax": vat(gross - net)}


def reduction(gross: int, category: str = "sale", kind: str = "absolute", **more: Any) -> Record:
    return {"category": category, "type": kind, "amount": {"absoluteWithTax": gross, "relative": 0.1}, **more}


ADDRESS: Record = {
    "id": 72, "street": "Musterweg", "houseNumber": "4", "zipCode": "20095", "city": "Hamburg", "countryCode": "DEU",
    "recipient": {"firstName": "Kim", "lastName": "Beispiel", "gender": "d", "type": "personal"},
}  # fmt: skip


def final(row: Record) -> tuple[int, int]:
    """(gross, net) of a unit, after the voucher on it."""
    there = row["price"]
    after = there.get("absoluteVoucherReducedPrice")
    return (after["withTax"], after["withOutTax"]) if after else (there["withTax"], there["withoutTax"])


def order(identity: int = 880001, *items: Record, fees: list[Record] | None = None, **changes: Any) -> Record:
    """changes: fields of the order; those of `cost` are put into the cost that closes."""
    rows = list(items) or [item()]
    charged = [fee()] if fees is None else fees
    gross = sum(final(row)[0] for row in rows) + sum(one["amount"]["withTax"] for one in charged)
    net = sum(final(row)[1] for row in rows) + sum(one["amount"]["withoutTax"] for one in charged)
    cost = {
        "withTax": gross, "withoutTax": net, "tax": {"vat": {"amount": gross - net}}, "costCapture": gross,
        "appliedFees": charged, "appliedReductions": [],
    }  # fmt: skip
    made: Record = {
        "id": identity, "referenceKey": None, "publicKey": f"100-{identity}", "basketKey": "bk-1",
        "currencyCode": "EUR", "status": "payment_reserved",
        "detailedStatus": {
            "order": {"code": "order_delegated", "name": "Delegated"},
            "billing": {"code": "billing_payment_pending", "name": "Zahlung reserviert"},
            "shipping": {"code": "shipping_ordered", "name": "Bestellt"},
        },
        "createdAt": "2026-07-01T09:28:10+00:00", "confirmedAt": "2026-07-01T09:29:02+00:00",
        "updatedAt": "2026-07-01T09:30:11+00:00",
        "shopCountry": {"id": 1001, "shopKey": "nb", "countryCode": "DE", "currencyCode": "EUR", "active": True},
        "customer": {
            "id": 5501, "email": "kim@example.com", "firstName": "Kim", "lastName": "Beispiel", "type": "personal",
            "status": {"isActive": True, "isGuestCustomer": False},
        },
        "address": {"billing": {**ADDRESS, "id": 71}, "shipping": deepcopy(ADDRESS)},
        "items": rows, "cost": cost | changes.pop("cost", {}), "vouchers": [],
        "shipping": {"policy": "least_packages", "deliveryCosts": 490},
        "packages": [{"id": 1, "carrierKey": "DHL_STD_NATIONAL", "deliveryStatus": "open",
                      "deliveryDate": {"minimum": "2026-07-03", "maximum": "2026-07-05"}}],
        "payment": [{"key": "computop_creditcard", "amount": gross, "transactionKey": "tx-1", "data": {}}],
    }  # fmt: skip
    return made | changes


def jacket(**changes: Any) -> Record:
    """A unit with a sale, a promotion and an absolute voucher of 5.00 loaded on it."""
    reduced = price(
        6291, 5287, undiscountedWithTax=7990, undiscountedWithOutTax=6714,
        appliedReductions=[reduction(1000), reduction(699, "promotion", "relative", code="SUMMER10")],
        absoluteVoucherReducedPrice={"withTax": 5791, "withOutTax": 4866, "tax": vat(925)},
    )  # fmt: skip
    return item(990001, "JKT-BLK-M", product={"id": 301, "name": "Jacke"}, price=reduced) | changes


FIVE_OFF = {"appliedReductions": [reduction(500, "voucher", code="FIVE")]}


def shipped(row: Record, at: str = "2026-07-02T14:05:00+00:00") -> Record:
    return {**row, "shippedAt": at}


def parcel(number: str, carrier: str = "DHL_STD_NATIONAL", identity: int = 1) -> Record:
    return {
        "id": identity, "shipmentKey": number, "carrierKey": carrier, "deliveryStatus": "shipment_completed",
        "tracking": {"id": number}, "shippedAt": "2026-07-02T14:05:00+00:00",
    }  # fmt: skip
