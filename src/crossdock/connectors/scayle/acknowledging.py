"""Telling the shop that the ERP has an order: its number becomes the order's referenceKey.

The answer is the order, so it is compared with what was sent. Writing the same key again changes nothing.
Source: SCAYLE Admin API, Orders, Update reference key.
"""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from crossdock.connectors.scayle.session import Part
from crossdock.model.faults import Accepted, Outcome, Refused, RemoteFault, Unanswered, Unknown
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Acknowledgement


class Acknowledgements(Part):
    """Implements OrderAcknowledger."""

    async def write_acknowledgements(self, acks: Sequence[Acknowledgement]) -> Sequence[Outcome]:
        if self._session.settings.acknowledge == "none":
            return [Accepted(ack.erp_ref, ack.storefront_id) for ack in acks]
        return together(await asyncio.gather(*(self._one(ack) for ack in acks)))

    async def _one(self, ack: Acknowledgement) -> Outcome | RemoteFault:
        if not ack.erp_ref:
            return Refused("unsayable", f"order {ack.order_ref}: an empty number cannot be a reference key")
        path = f"{self._session.orders_path}/{quote(ack.storefront_id, safe='')}/reference-key"
        try:
            answer = await self._session.api.write("PUT", path, {"referenceKey": ack.erp_ref}, priority=Priority.ORDER)
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        except RemoteFault as fault:  # Transient or ConfigFault: nothing was done
            return fault
        if not answer.ok:
            return answer.refusal()
        kept = answer.value.get("referenceKey") if isinstance(answer.value, dict) else None
        if kept != ack.erp_ref:
            text = f"order {ack.storefront_id}: sent {ack.erp_ref!r}, and the shop answered {kept!r:.80}"
            return Refused("ignored", text, evidence=answer.evidence)
        return Accepted(ack.erp_ref, ack.storefront_id)


def together(ends: Sequence[Outcome | RemoteFault]) -> list[Outcome]:
    """One outcome each. A fault that stopped them all is raised; beside others that went, it is a call not made."""
    faults = [end for end in ends if isinstance(end, RemoteFault)]
    if faults and len(faults) == len(ends):
        raise faults[0]
    return [Unknown(f"not sent: {end}", end.evidence) if isinstance(end, RemoteFault) else end for end in ends]
