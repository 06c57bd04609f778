"""The bodies of the three fulfilment calls, and what the order shows once such a call took effect.

The calls answer 204 at once and take effect later, and nothing says that a repeated one is harmless. So whoever sends
one looks at the order before, and afterwards until the order shows it.
Source: SCAYLE Admin API, Fulfillment: Shipments, Cancellations, Return items.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from crossdock.connectors.scayle.session import Session
from crossdock.model.faults import Accepted, Outcome, RemoteFault, Unanswered, Unknown
from crossdock.ports.runtime import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One parcel. number: its tracking number, their shipmentKey. left_at: their deliveryDate, which is when it left
    the warehouse. units: (item id, return key)."""

    shop_key: str
    country_code: str
    order_id: int
    carrier: str
    number: str
    left_at: datetime
    units: tuple[tuple[int, str], ...]
    return_ident_code: str = ""
    merchant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCancellation:
    """Units that we shall not send. units: item ids."""

    shop_key: str
    country_code: str
    order_id: int
    units: tuple[int, ...]
    merchant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedUnit:
    """One unit that came back. return_key: as given when it was shipped, or its item id."""

    return_key: str
    received_at: datetime
    reason: str
    merchant: str = ""


def shipment_body(shipment: Shipment) -> dict[str, Any]:
    """Empty texts are left out: they are refused over there."""
    body = {
        "shopKey": shipment.shop_key,
        "countryCode": shipment.country_code,
        "orderId": shipment.order_id,
        "carrier": shipment.carrier,
        "shipmentKey": shipment.number,
        "deliveryDate": stamp(shipment.left_at),
        "items": [{"orderItemId": unit, "returnKey": key} for unit, key in shipment.units],
        "returnIdentCode": shipment.return_ident_code,
        "merchantReferenceKey": shipment.merchant,
    }
    return {name: value for name, value in body.items() if value != ""}


def cancellation_body(cancellation: UnitCancellation) -> dict[str, Any]:
    body = {
        "shopKey": cancellation.shop_key,
        "countryCode": cancellation.country_code,
        "orderId": cancellation.order_id,
        "items": [{"orderItemId": unit} for unit in cancellation.units],
        "merchantReferenceKey": cancellation.merchant,
    }
    return {name: value for name, value in body.items() if value != ""}


def return_row(unit: ReturnedUnit, zone: str) -> dict[str, Any]:
    """`received` is told without a zone."""
    row = {
        "returnKey": unit.return_key,
        "received": unit.received_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S"),
        "returnReason": unit.reason,
        "merchantReferenceKey": unit.merchant,
    }
    return {name: value for name, value in row.items() if value != ""}


def stamp(moment: datetime) -> str:
    """A time as SCAYLE writes it: UTC offset, no fraction."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


async def tell(
    session: Session, path: str, body: Any, find: Callable[[], Awaitable[bool]], done: Accepted, *, priority: Priority
) -> tuple[Outcome, bool]:
    """Send once, then look until the order shows it. find: does the order show it? → (outcome, it was taken).

    What was taken and is not shown yet is Unknown, so that it is looked for again and not sent again.
    """
    try:
        answer = await session.api.write("POST", path, body, priority=priority, for_company=True, answered=False)
    except Unanswered as fault:
        return Unknown(str(fault), fault.evidence), False
    if not answer.ok:
        return answer.refusal(), False
    waited, settings = 0.0, session.settings
    while True:
        try:
            if await find():
                return done, True
        except RemoteFault as fault:
            text = f"POST {path}: taken, and whether the order shows it is not known: {fault}"
            return Unknown(text, answer.evidence), True
        if waited >= settings.fulfilment_wait_seconds:
            return Unknown(f"POST {path}: taken, and the order does not show it yet", answer.evidence), True
        await asyncio.sleep(settings.fulfilment_poll_seconds)
        waited += settings.fulfilment_poll_seconds
