"""How the money of an order was settled outside SCAYLE: recorded there, never done there.

Source: SCAYLE Admin API, Orders, Update order billing status. The answer is the order, compared with what was sent.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from crossdock.connectors.scayle import wire_orders as wire
from crossdock.connectors.scayle.source import OrderReads
from crossdock.connectors.scayle.units import unit_ids
from crossdock.connectors.scayle.wire import read
from crossdock.model.after_sale import BillingNote
from crossdock.model.faults import Accepted, DataFault, Outcome, Refused, Unanswered, Unknown, Unsupported
from crossdock.ports.runtime import Priority

CODES: Mapping[str, str] = {
    "completed": "billing_completed",
    "partially-refunded": "billing_partially_refunded",
    "refunded": "billing_refunded",
    "cancelled": "billing_payment_cancelled",
}
STATES = {code: state for state, code in CODES.items()}
UNIT_CODES = {**CODES, "partially-refunded": "billing_refunded"}  # a unit is refunded whole or not at all


class Billing(OrderReads):
    """Implements BillingSink."""

    async def write_billing(self, note: BillingNote) -> Outcome:
        body = billing_body(note)
        order = await self.find_order_wire(note.storefront_id)
        if order is None:
            return Refused("not-found", f"the shop has no order {note.storefront_id}")
        if not note.line_refs and billing_code(order) == body["code"]:
            return Accepted(note.storefront_id, note.storefront_id)
        path = f"{self._session.orders_path}/{quote(note.storefront_id, safe='')}/billing-status"
        try:
            answer = await self._session.api.write("PATCH", path, body, priority=Priority.ORDER)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        if not answer.ok:
            return answer.refusal()
        try:
            kept = billing_code(read(wire.Order, answer.value, ""))
        except DataFault as fault:
            return Unknown(f"PATCH {path}: the answer is no order: {fault}", answer.evidence)
        if kept != body["code"]:
            text = f"order {note.storefront_id}: sent {body['code']}, and the shop answered {kept!r:.60}"
            return Refused("ignored", text, evidence=answer.evidence)
        return Accepted(note.storefront_id, note.storefront_id)


def billing_body(note: BillingNote) -> dict[str, Any]:
    """Raises Unsupported: a state SCAYLE has no code for, or no reason, which it keeps for audit."""
    code = CODES.get(note.state)
    if code is None:
        raise Unsupported("state", f"must be one of {', '.join(CODES)}, was {note.state!r:.40}")
    if not note.reason:
        raise Unsupported("reason", "is empty; it is kept for audit and must say why")
    units = [unit for ref in note.line_refs for unit in unit_ids(ref)]
    items = [{"id": unit, "code": UNIT_CODES[note.state]} for unit in dict.fromkeys(units)]
    return {"code": code, "reason": note.reason} | ({"items": items} if items else {})


def billing_code(order: wire.Order) -> str:
    detail = order.detailed_status
    return (detail.billing.code if detail and detail.billing else None) or ""
