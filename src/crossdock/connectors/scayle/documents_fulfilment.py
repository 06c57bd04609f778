"""The bodies we send about an order that is there: read and said without a connection."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crossdock.connectors.scayle.billing import STATES, billing_body
from crossdock.connectors.scayle.delegation import body_of
from crossdock.connectors.scayle.documents import PLAIN
from crossdock.connectors.scayle.fulfilment import (
    ReturnedUnit,
    Shipment,
    UnitCancellation,
    cancellation_body,
    return_row,
    shipment_body,
)
from crossdock.connectors.scayle.wire import At, Id, Text, Wire, dump, each, read
from crossdock.model.after_sale import BillingNote
from crossdock.model.faults import DataFault
from crossdock.ports.systems import Acknowledgement


class ReferenceKey(Wire):
    reference_key: Text


def read_acknowledgements(raw: bytes) -> Sequence[Acknowledgement]:
    """The body of a reference key to be set; which order it is stands in the address alone."""
    found = read(ReferenceKey, body_of(raw), "")
    return [Acknowledgement(storefront_id="", order_ref="", erp_ref=found.reference_key)]


def write_acknowledgement(ack: Acknowledgement) -> bytes:
    return dump({"referenceKey": ack.erp_ref})


class ShipmentItem(Wire):
    order_item_id: Id
    return_key: Text


class ShipmentBody(Wire):
    shop_key: Text
    country_code: Text
    order_id: Id
    carrier: Text
    shipment_key: Text
    delivery_date: At
    items: tuple[ShipmentItem, ...]
    return_ident_code: Text | None = None
    merchant_reference_key: Text | None = None


def read_shipments(raw: bytes) -> Sequence[Shipment]:
    body = read(ShipmentBody, body_of(raw), "")
    return [
        Shipment(
            shop_key=body.shop_key,
            country_code=body.country_code,
            order_id=body.order_id,
            carrier=body.carrier,
            number=body.shipment_key,
            left_at=body.delivery_date,
            units=tuple((item.order_item_id, item.return_key) for item in body.items),
            return_ident_code=body.return_ident_code or "",
            merchant=body.merchant_reference_key or "",
        )
    ]


def write_shipment(shipment: Shipment) -> bytes:
    return dump(shipment_body(shipment))


class CancelledItem(Wire):
    order_item_id: Id


class CancellationBody(Wire):
    shop_key: Text
    country_code: Text
    order_id: Id
    items: tuple[CancelledItem, ...]
    merchant_reference_key: Text | None = None


def read_cancellations(raw: bytes) -> Sequence[UnitCancellation]:
    body = read(CancellationBody, body_of(raw), "")
    if not body.items:
        raise DataFault("items", "is empty; a cancellation must name its units")
    return [
        UnitCancellation(
            shop_key=body.shop_key,
            country_code=body.country_code,
            order_id=body.order_id,
            units=tuple(item.order_item_id for item in body.items),
            merchant=body.merchant_reference_key or "",
        )
    ]


def write_cancellation(cancellation: UnitCancellation) -> bytes:
    return dump(cancellation_body(cancellation))


class ReturnRow(Wire):
    return_key: Text
    received: Text
    return_reason: Text
    merchant_reference_key: Text | None = None


def read_returned_units(raw: bytes) -> Sequence[ReturnedUnit]:
    """The bare array of a return. received: without a zone, taken for UTC."""

    def one(row: Any, place: str) -> ReturnedUnit:
        found = read(ReturnRow, row, place)
        try:
            received = datetime.strptime(found.received, "%Y-%m-%d %H:%M:%S").replace(
                tzinfo=ZoneInfo(PLAIN.return_zone)
            )
        except ValueError:
            problem = f"must be a time such as 2026-07-10 08:15:00, was {found.received!r:.40}"
            raise DataFault(f"{place}.received", problem) from None
        merchant = found.merchant_reference_key or ""
        return ReturnedUnit(
            return_key=found.return_key,
            received_at=received.astimezone(UTC),
            reason=found.return_reason,
            merchant=merchant,
        )

    rows = body_of(raw)
    if not isinstance(rows, list):
        raise DataFault("body", "must be a bare array")
    return each(rows, one, "")


def write_returned_units(units: Sequence[ReturnedUnit]) -> bytes:
    return dump([return_row(unit, PLAIN.return_zone) for unit in units])


class BilledItem(Wire):
    id: Id
    code: Text


class BillingBody(Wire):
    code: Text
    reason: Text
    items: tuple[BilledItem, ...] = ()


def read_billing(raw: bytes) -> Sequence[BillingNote]:
    """The body of a billing status to be set; which order it is stands in the address alone."""
    body = read(BillingBody, body_of(raw), "")
    if body.code not in STATES:
        raise DataFault("code", f"must be one of {', '.join(STATES)}, was {body.code!r:.60}")
    refs = tuple(str(item.id) for item in body.items)
    return [BillingNote(storefront_id="", state=STATES[body.code], reason=body.reason, line_refs=refs)]


def write_billing(note: BillingNote) -> bytes:
    return dump(billing_body(note))
