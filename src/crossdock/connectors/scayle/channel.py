"""The addresses SCAYLE calls: `orders` (a merchant's orderDelegationUrl), `cancellations` (its cancellationUrl) and
`events/NAME` (webhooks, one address an event, because one envelope does not name it).

A yes is given only after the desk has stored what came: 201 ends SCAYLE's retries. Anything else is sent again, for
about two days. Source: SCAYLE documentation, Order delegation, Cancellation, Webhooks.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.client import by_key
from crossdock.connectors.scayle.delegation import (
    CancellationWish,
    cancellation_answer,
    delegation_answer,
    error_answer,
    to_cancellation_wish,
    to_delegated_order,
)
from crossdock.connectors.scayle.guard import proves, trouble
from crossdock.connectors.scayle.mapping_order import number_of
from crossdock.connectors.scayle.session import Session
from crossdock.connectors.scayle.source import OrderReads, country_of
from crossdock.connectors.scayle.units import is_open, sku_of
from crossdock.connectors.scayle.webhook import Webhooks, to_event
from crossdock.connectors.scayle.wire import read
from crossdock.model.after_sale import Cancellation, CancelledLine
from crossdock.model.faults import DataFault, InvalidValue, RemoteFault
from crossdock.ports.channel import ChannelDesk, ChannelReply, ChannelRequest
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import WebhookEvent

KNOWN_MAX = 100_000
SPOKEN = re.compile(r"(?P<shop>[A-Za-z0-9]+)-(?P<country>\d+)-(?P<order>\d+)")  # nbde-1001-880001

Door = Callable[[ChannelRequest, ChannelDesk, str], Awaitable[ChannelReply]]


class Doors(OrderReads, Webhooks):
    """Implements Channel."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._delegated: dict[str, str] = {}  # orderReferenceKey → order id, of delegations this process took

    async def answer_channel(self, request: ChannelRequest, desk: ChannelDesk) -> ChannelReply:
        doors: Mapping[str, Door] = {"orders": self._order, "cancellations": self._cancel, "events": self._event}
        door, name, secret = self._parts(request.tail)
        if problem := trouble(request.headers, self._session.settings, last_part=secret):
            return refusal(401, "unauthorized", problem, {"WWW-Authenticate": 'Basic realm="crossdock"'})
        if door not in doors:
            return refusal(404, "not_found", f"there is nothing at {door!r:.60}")
        if request.method.upper() != "POST":
            return refusal(405, "method_not_allowed", "only POST is answered here", {"Allow": "POST"})
        try:
            return await doors[door](request, desk, name)
        except (DataFault, InvalidValue) as fault:
            return refusal(400, "validation_error", str(fault))
        except RemoteFault as fault:  # the store, or SCAYLE itself, does not answer: it must call again
            return refusal(503, "not_taken", str(fault))

    def _parts(self, tail: str) -> tuple[str, str, str]:
        """(door, event name, secret last part). The secret is the last part wherever one is set."""
        parts = [part for part in tail.split("/") if part]
        secret = ""
        if self._session.settings.webhook_path_secret is not None and len(parts) > 1:
            secret = parts.pop()
        return (parts or [""])[0], "/".join(parts[1:]), secret

    async def _order(self, request: ChannelRequest, desk: ChannelDesk, _: str) -> ChannelReply:
        order, settings = to_delegated_order(request.body), self._session.settings
        if settings.merchant and order.fulfilling_merchant_key != settings.merchant:
            raise DataFault(
                "fulfillingMerchantKey", f"must be {settings.merchant!r}, was {order.fulfilling_merchant_key!r:.60}"
            )
        there = wire.OrderShopCountry(id=order.shop_id, shop_key=order.shop_key, country_code=order.country_code)
        if country_of(there, settings) is None:
            problem = f"is of shop {order.shop_key} {order.country_code}, and this address is of another"
            raise DataFault("shopKey", problem)
        event = WebhookEvent(key=order.key, topic="order-delegated", order_refs=(str(order.order_id),))
        await desk.take_event(event, request.body)
        if order.order_reference_key:
            if len(self._delegated) > KNOWN_MAX:
                self._delegated.clear()
            self._delegated[order.order_reference_key] = str(order.order_id)
        return ChannelReply(status=201, body=delegation_answer(order))

    async def _cancel(self, request: ChannelRequest, desk: ChannelDesk, _: str) -> ChannelReply:
        wish, settings = to_cancellation_wish(request.body), self._session.settings
        if settings.merchant and wish.merchant and wish.merchant != settings.merchant:
            raise DataFault("fulfillingMerchantKey", f"must be {settings.merchant!r}, was {wish.merchant!r:.60}")
        decision = await desk.take_cancellation(await self._cancellation(wish), request.body)
        if decision.accepted is True:
            return ChannelReply(status=201, body=cancellation_answer(wish))
        if decision.accepted is None:
            status, key = settings.cancellation_undecided_status, "not_decided"
        else:
            status, key = settings.cancellation_refused_status, "cancellation_refused"
        context = {"orderReferenceKey": wish.order_reference_key}
        return ChannelReply(status=status, body=error_answer(status, key, decision.reason or key, context))

    async def _cancellation(self, wish: CancellationWish) -> Cancellation:
        """The wish names an order by its reference alone, so the order is looked up for its own keys."""
        order = await self._meant(wish.order_reference_key)
        if order is None:
            if wish.warehouse_ids:
                raise DataFault("orderReferenceKey", "names no order, so its units at these warehouses are unknown")
            return Cancellation(key=wish.key, order_ref=wish.order_reference_key)
        return Cancellation(
            key=wish.key,
            order_ref=number_of(order, self._session.settings),
            storefront_id=str(order.id),
            lines=_lines(order, wish),
        )

    async def _meant(self, reference: str) -> wire.Order | None:
        """By the delegation it came with, by its referenceKey, or by what the reference itself says."""
        known = self._delegated.get(reference)
        if known is not None:
            return await self.find_order_wire(known)
        row, _ = await self.find_row(by_key(reference), priority=Priority.ORDER)
        if row is not None:
            return read(wire.Order, row, "")
        settings = self._session.settings
        said = SPOKEN.fullmatch(reference) if settings.reference_names_order else None
        order = await self.find_order_wire(said["order"]) if said else None
        if said is None or order is None or order.shop_country is None:
            return None
        there = order.shop_country
        whole = f"{there.shop_key or ''}{there.country_code or ''}".lower(), str(there.id)
        return order if whole == (said["shop"].lower(), said["country"]) else None

    async def _event(self, request: ChannelRequest, desk: ChannelDesk, name: str) -> ChannelReply:
        event = self.fresh(to_event(request.body, name=name))
        if not proves(self._session.settings, last_part=""):
            event = replace(event, proven=False)
        await desk.take_event(event, request.body)
        return ChannelReply(status=200, body=b"{}")


def _lines(order: wire.Order, wish: CancellationWish) -> tuple[CancelledLine, ...]:
    """Units at the named warehouses; none named means the whole order."""
    if not wish.warehouse_ids:
        return ()
    items = [one for one in order.items or () if one.warehouse_id in wish.warehouse_ids and is_open(one)]
    if not items:
        raise DataFault("warehouseIds", f"order {order.id} has no open units there")
    return tuple(CancelledLine(sku=sku_of(one), quantity=Decimal(1), line_ref=str(one.id)) for one in items)


def refusal(status: int, key: str, message: str, headers: Mapping[str, str] | None = None) -> ChannelReply:
    return ChannelReply(status=status, body=error_answer(status, key, message), headers=headers or {})
