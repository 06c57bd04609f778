"""OrderSink, FulfilmentSource, DespatchFeed and OrderCanceller over a bridge."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog

from crossdock.connectors.bridge import Answer, read_all, take
from crossdock.connectors.bridge.client import segment
from crossdock.connectors.prima.bridge_catalogue import CODE_MAX, BridgeItems, each
from crossdock.connectors.prima.mapping_fulfilment import OVER, to_fulfilment, too_late
from crossdock.connectors.prima.mapping_order import SoldAs, line_place, order_document, sold_as
from crossdock.connectors.prima.session import Session
from crossdock.connectors.prima.wire_orders import Order, Shipment
from crossdock.model.after_sale import Cancellation
from crossdock.model.despatch import Fulfilment
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unknown, Unsupported
from crossdock.model.resolved_order import ResolvedOrder
from crossdock.ports.runtime import Priority

log = structlog.get_logger(__name__)
QUEUED = 202


class BridgeOrders:
    def __init__(self, session: Session, items: BridgeItems) -> None:
        self._session = session
        self._items = items

    # where they stand

    async def find(self, ref: str, *, priority: Priority = Priority.ORDER) -> Fulfilment | None:
        """Raises DataFault: it is there and cannot be read, or it cannot be asked for."""
        order = await self.order(ref, priority=priority)
        return None if order is None else to_fulfilment(order, await self._shipments(order, priority))

    async def read(self, refs: Sequence[str]) -> Mapping[str, Fulfilment | DataFault]:
        async def one(ref: str) -> tuple[str, Fulfilment | DataFault | None]:
            try:
                return ref, await self.find(ref, priority=Priority.DESPATCH)
            except DataFault as fault:
                return ref, fault

        found = await each(refs, one, self._session.settings.budget.concurrency)
        return {ref: stands for ref, stands in found if stands is not None}

    async def order(self, ref: str, *, priority: Priority = Priority.ORDER) -> Order | None:
        """The order with our reference, by a list that is read to its end, so that "none" is an answer."""
        if not 1 <= len(ref) <= CODE_MAX:
            raise DataFault("external_ref", f"{ref!r:.80} must have 1 to {CODE_MAX} characters")
        await self._session.capabilities()
        query = {"external_ref": ref}
        rows: dict[Any, Any] = {}
        async for page in read_all(self._session.api, "/v1/orders", key=_number, query=query, priority=priority):
            for row in page.rows:
                if isinstance(row, dict) and row.get("external_ref") == ref:
                    rows[_number(row)] = row
                else:
                    raise DataFault("data", f"{ref} was asked for, and another order was answered")
        if len(rows) > 1:
            raise DataFault("data", f"{ref} is on more than one order: {', '.join(map(str, rows))}")
        return next((take(Order, row, f"order {ref}") for row in rows.values()), None)

    async def _shipments(self, order: Order, priority: Priority) -> list[Shipment] | None:
        """None where the bridge has none to tell."""
        can = await self._session.capabilities()
        if not can.offers("shipments.list"):
            return None
        path = f"/v1/orders/{segment(order.erp_order_number)}/shipments"
        found: list[Shipment] = []
        key = "shipment_id"
        try:
            async for page in read_all(self._session.api, path, key=lambda row: row.get(key), priority=priority):
                found += [
                    take(Shipment, row, f"order {order.external_ref}, shipments[{at}]")
                    for at, row in enumerate(page.rows)
                ]
        except Unsupported:
            return None
        for one in found:
            if one.erp_order_number != order.erp_order_number:
                raise DataFault(f"shipment {one.shipment_id}", f"belongs to order {one.erp_order_number}")
        return found

    async def despatched(self, changed_since: datetime | None) -> AsyncIterator[Sequence[str]]:
        """A shipment that names no order is written to the log; the sweep over open orders finds what it brought."""
        await self._session.need("shipments.list")
        key = "shipment_id"
        pages = read_all(self._session.api, "/v1/shipments", key=lambda row: row.get(key), since=changed_since)
        async for page in pages:
            refs = [row.get("external_ref") if isinstance(row, dict) else None for row in page.rows]
            if (lost := sum(1 for ref in refs if not isinstance(ref, str) or not ref)) > 0:
                log.warning("shipments without a readable order reference", count=lost)
            if known := list(dict.fromkeys(ref for ref in refs if isinstance(ref, str) and ref)):
                yield known

    # writing

    async def create(self, order: ResolvedOrder, *, held: bool = False) -> Outcome:
        """Every SKU and unit is checked first; nothing partial is posted. held: whatever the settings say of it.

        Raises DataFault, ConfigFault, Transient.
        """
        terms = await self._session.terms()
        terms = replace(terms, hold=True) if held else terms
        document = order_document(order, terms, await self._sold(order))
        answer = await self._session.api.write("POST", "/v1/orders", document, operation="orders.create", ref=order.ref)
        return answer if not isinstance(answer, Answer) else _created(order.ref, answer)

    async def _sold(self, order: ResolvedOrder) -> dict[str, SoldAs]:
        mode = await self._session.uom_mode()
        items = {
            item.code: item for item in await self._items.find([line.stock_code for line in order.lines], fresh=False)
        }
        sold = {}
        for at, line in enumerate(order.lines):
            item = items.get(line.stock_code)
            if item is None:
                raise DataFault(f"{line_place(at)}.sku", f"{line.stock_code} is not known to the ERP")
            sold[line.stock_code] = sold_as(item, mode, line_place(at))
        return sold

    async def cancel(self, cancellation: Cancellation) -> Outcome:
        """It is looked at first: what is cancelled already is accepted, what is not there is refused."""
        can = await self._session.capabilities()
        if not can.cancel or not can.offers("orders.cancel"):
            raise Unsupported("orders.cancel", "this bridge says it cannot cancel orders")
        if not cancellation.order_ref:
            raise DataFault("order_ref", "is missing; the bridge knows an order by our reference")
        if not cancellation.whole:
            raise Unsupported("lines", "single lines cannot be cancelled; the whole order can")
        order = await self.order(cancellation.order_ref)
        if order is None:
            return Refused("order-unknown", f"the ERP has no order {cancellation.order_ref}")
        if order.status in OVER:
            return Accepted(order.erp_order_number)
        answer = await self._session.api.write(
            "POST",
            f"/v1/orders/{segment(order.erp_order_number)}/cancel",
            {"reason": cancellation.reason},
            operation="orders.cancel",
            ref=cancellation.order_ref,
        )
        return too_late(answer) if not isinstance(answer, Answer) else _cancelled(order, answer)


def _number(row: Any) -> Any:
    return row.get("erp_order_number")


def _created(ref: str, answer: Answer) -> Outcome:
    """The order stands, whatever its totals: a variance is told by the totals that are read back."""
    if answer.status == QUEUED:
        return Unknown("the order is queued; it is looked up by our reference", evidence=answer.evidence)
    try:
        order = take(Order, answer.doc, f"order {ref}")
    except DataFault as fault:
        return Unknown(f"POST /v1/orders: HTTP {answer.status}, {fault}", evidence=answer.evidence)
    if order.external_ref != ref:
        return Unknown(f"POST /v1/orders: the answer is order {order.external_ref!r:.80}", evidence=answer.evidence)
    if order.variance is not None and not order.variance.within_tolerance:
        log.warning("the ERP's total differs", order=ref, by=str(order.variance.gross))
    if order.status == "rejected":
        return Refused("order-rejected", _why_rejected(answer.doc), evidence=answer.evidence)
    return Accepted(order.erp_order_number)


def _cancelled(order: Order, answer: Answer) -> Outcome:
    """Cancelled is only what the answer says is so."""
    if answer.status == QUEUED or answer.doc is None:
        return Unknown("the cancellation is under way; the order is to be looked at", evidence=answer.evidence)
    try:
        now = take(Order, answer.doc, f"order {order.external_ref}")
    except DataFault as fault:
        return Unknown(f"the cancellation was answered with HTTP {answer.status}, {fault}", evidence=answer.evidence)
    if now.status == "cancelled" and now.erp_order_number == order.erp_order_number:
        return Accepted(order.erp_order_number)
    return Unknown(f"the cancellation was answered, and the order is {now.status}", evidence=answer.evidence)


def _why_rejected(order: Mapping[str, Any]) -> str:
    """The contract has no member for it; these are where servers put the ERP's words."""
    said = order.get("rejection")
    message = said.get("message") if isinstance(said, dict) else said
    found = message or order.get("reason") or order.get("rejection_reason")
    return str(found) if found else "the ERP took the order as rejected"
