"""Order documents for tests, made from parts."""

from collections.abc import Sequence
from typing import Any

Record = dict[str, Any]


def ref(kind: str, identity: str) -> Record:
    return {"data": {"type": kind, "id": identity}}


def refs(kind: str, *identities: str) -> Record:
    return {"data": [{"type": kind, "id": identity} for identity in identities]}


def line(identity: str = "1501", **attributes: Any) -> Record:
    given = {
        "productSku": "DRILL-18V",
        "productName": "Cordless drill 18 V",
        "quantity": 2,
        "productUnitCode": "item",
        "value": "59.5000",
        "currency": "EUR",
        "comment": None,
    }
    return {"type": "orderlineitems", "id": identity, "attributes": given | attributes}


def order(identity: str = "812", *, lines: Sequence[str] = ("1501",), **changes: Any) -> Record:
    """changes: attributes; a dict with "data" is a relationship."""
    attributes: Record = {
        "identifier": f"B2B-{identity}",
        "currency": "EUR",
        "totalValue": "126.9000",
        "createdAt": "2026-03-02T08:11:00Z",
        "updatedAt": "2026-03-02T08:11:04Z",
        "external": False,
    }
    relationships: Record = {
        "customer": ref("customers", "9"),
        "lineItems": refs("orderlineitems", *lines),
        "internalStatus": ref("orderinternalstatuses", "open"),
    }
    for name, value in changes.items():
        (relationships if isinstance(value, dict) and "data" in value else attributes)[name] = value
    return {"type": "orders", "id": identity, "attributes": attributes, "relationships": relationships}


def keyed(*records: Record) -> dict[tuple[str, str], Record]:
    return {(record["type"], record["id"]): record for record in records}


def subtotal(identity: str, kind: str, amount: str, *, label: str = "", data: Any = None) -> Record:
    return {
        "type": "ordersubtotals",
        "id": identity,
        "attributes": {"orderSubtotalType": kind, "label": label, "amount": amount, "data": data or []},
    }


def tax_item(amount: str, *codes: str) -> Record:
    return {"row": {"taxAmount": amount}, "taxes": [{"tax": code, "rate": "0.19"} for code in codes]}
