"""A desk that remembers what it was given. Implements ports.channel.ChannelDesk as far as SCAYLE takes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crossdock.model.after_sale import Cancellation
from crossdock.ports.channel import Decision, Kept, Waiting
from crossdock.ports.systems import WebhookEvent


@dataclass
class Desk:
    """decision: what is said to a cancellation. trouble: raised instead of taking anything."""

    decision: Decision = field(default_factory=lambda: Decision(accepted=None))
    trouble: Exception | None = None
    events: list[WebhookEvent] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)
    raws: list[bytes] = field(default_factory=list)

    async def take_event(self, event: WebhookEvent, raw: bytes) -> bool:
        if self.trouble is not None:
            raise self.trouble
        fresh = event.key not in {one.key for one in self.events}
        self.events.append(event)
        self.raws.append(raw)
        return fresh

    async def take_cancellation(self, cancellation: Cancellation, raw: bytes) -> Decision:
        if self.trouble is not None:
            raise self.trouble
        self.cancellations.append(cancellation)
        return self.decision

    async def waiting(self, kind: str, *, after: int, limit: int) -> Sequence[Waiting]:
        raise AssertionError("SCAYLE is only told things; it fetches and keeps nothing here")

    async def waiting_since(self, kind: str, *, since: datetime, limit: int) -> Sequence[Waiting]:
        raise AssertionError("SCAYLE is only told things; it fetches and keeps nothing here")

    async def named(self, kind: str, refs: Sequence[str]) -> Sequence[Waiting]:
        raise AssertionError("SCAYLE is only told things; it fetches and keeps nothing here")

    async def keep(self, kind: str, records: Sequence[Kept], raw: bytes) -> None:
        raise AssertionError("SCAYLE is only told things; it fetches and keeps nothing here")


def delegated(**changes: Any) -> dict[str, Any]:
    there = {
        "firstName": "Kim", "lastName": "Beispiel", "street": "Musterweg", "houseNumber": "4", "zipCode": "20095",
        "streetHouseNumber": "Musterweg 4", "city": "Hamburg", "countryCode": "DE", "collectionPoint": None,
    }  # fmt: skip
    item = {
        "id": 70001, "orderItemId": "990002", "merchantKey": "north", "productVariantId": 40210,
        "merchantProductVariantReferenceKey": "TEE-RED-M", "name": "Shirt", "quantity": 1, "currencyCode": "EUR",
        "price": 2490, "priceWithoutTax": 2092, "tax": 19, "taxAmount": 398, "warehouseReferenceKey": "LEEDS",
        "customData": [],
    }  # fmt: skip
    return {
        "id": 61007, "orderId": 880001, "orderReferenceKey": "nbde-1001-880001", "companyId": 1, "shopId": 1001,
        "shopKey": "nb", "countryCode": "DE", "languageCode": "de_DE", "fulfillingMerchantKey": "north",
        "paymentMethod": "computop_creditcard", "carrier": {"key": "DHL_STD_NATIONAL"}, "customData": [],
        "addresses": {"billing": there, "shipping": there}, "items": [item], **changes,
    }  # fmt: skip
