"""Telling the shop that the ERP has an order: its externalId, its status, or both.

The shop ignores a write to a field that is read-only as it is configured, and answers 200. So the answer is compared
with what was sent. Source: oroinc/orocommerce, OrderBundle, Resources/doc/api/order.md, OrderTest (status ignored),
OrderWithExternalStatusManagementTest (status kept), Acl/Voter/EditOrderVoter (closed and cancelled orders).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from crossdock.connectors.orocommerce.batch import SYNC_MAX, Batch, End, stalled
from crossdock.connectors.orocommerce.jsonapi import Resource, attributes, link, reference_id
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.faults import Accepted, ConfigFault, Outcome, Refused, RemoteFault, Unknown
from crossdock.ports.runtime import Priority
from crossdock.ports.systems import Acknowledgement

EXTERNAL_ID_MAX = 36
Way = Literal["external_id", "status", "both"]
IGNORED = (
    'order {id}: the shop answered 200 and left {what} at {kept!r}; for the status, switch on "Enable External Status '
    'Management" (System Configuration, Commerce, Orders) and let the API user edit orders'
)


class Acknowledgements:
    """Implements OrderAcknowledger."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lists_work = True  # until a queued list is never worked off
        self._auto: Way = "external_id"

    async def write_acknowledgements(self, acks: Sequence[Acknowledgement]) -> Sequence[Outcome]:
        way = self._session.settings.acknowledge
        if way == "none":
            return [Accepted(ack.erp_ref, ack.storefront_id) for ack in acks]
        if way != "auto":
            return await self._write(acks, way)
        outcomes = await self._write(acks, self._auto, learning=True)
        if self._auto == "external_id" and any(_unknown_field(outcome) for outcome in outcomes):
            self._auto = "status"
            outcomes = await self._write(acks, self._auto)
        return outcomes

    async def _write(self, acks: Sequence[Acknowledgement], way: Way, *, learning: bool = False) -> list[Outcome]:
        outcomes: dict[int, Outcome] = {}
        for at, ack in enumerate(acks):
            if way != "status" and len(ack.erp_ref) > EXTERNAL_ID_MAX:
                text = f"the ERP's number {ack.erp_ref!r} is longer than the {EXTERNAL_ID_MAX} characters of externalId"
                outcomes[at] = Refused("unsupported", text)
        open_at = [at for at in range(len(acks)) if at not in outcomes]
        for start in range(0, len(open_at), SYNC_MAX):
            part = open_at[start : start + SYNC_MAX]
            await self._write_part(acks, part, way, outcomes, learning=learning)
        return [outcomes[at] for at in range(len(acks))]

    async def _write_part(
        self,
        acks: Sequence[Acknowledgement],
        part: Sequence[int],
        way: Way,
        outcomes: dict[int, Outcome],
        *,
        learning: bool,
    ) -> None:
        settings = self._session.settings
        batch = Batch(
            self._session.api, settings.async_timeout_seconds, settings.async_poll_seconds, priority=Priority.ORDER
        )
        records = [self._record(acks[at], way) for at in part]
        lists = False
        try:
            lists = self._lists_work and len(part) > 1 and await self._session.version() >= (6, 0)
            ends = await batch.save("orders", records, mode="sync" if lists else "single")
        except RemoteFault as fault:
            if not outcomes:
                raise
            ends = [Unknown(f"not sent: {fault}", fault.evidence) for _ in part]
        self._lists_work = self._lists_work and not stalled(ends)
        for at, record, end in zip(part, records, ends, strict=True):
            outcomes[at] = await self._outcome(acks[at], record, end, learning=learning)

    def _record(self, ack: Acknowledgement, way: Way) -> Resource:
        record: Resource = {"type": "orders", "id": ack.storefront_id}
        if way in ("external_id", "both"):
            record["attributes"] = {"externalId": ack.erp_ref}
        if way in ("status", "both"):
            status = self._session.settings.acknowledged_status
            record["relationships"] = {"status": link("orderstatuses", status)}
        return record

    async def _outcome(self, ack: Acknowledgement, sent: Resource, end: End, *, learning: bool) -> Outcome:
        if isinstance(end, Unknown):
            return end
        if isinstance(end, Refused):
            return await self._refusal(ack, end, learning=learning)
        kept = end.record if end.record is not None else await self._look(ack.storefront_id)
        if kept is None:
            return Unknown(f"order {ack.storefront_id}: written by a queued list and not found since")
        for what, wanted, found in _compared(sent, kept):
            if wanted != found:
                return Refused("ignored", IGNORED.format(id=ack.storefront_id, what=what, kept=found))
        return Accepted(ack.erp_ref, ack.storefront_id)

    async def _refusal(self, ack: Acknowledgement, end: Refused, *, learning: bool) -> Refused:
        """Whose matter it is: a frozen order is its desk's, a missing permission or field the operator's."""
        if end.code == "frozen" and not await self._is_frozen(ack.storefront_id):
            return replace(end, code="forbidden")
        if end.code == "unknown-field" and not learning:
            raise ConfigFault(
                f"this shop's orders have no externalId (6.1.10, 7.0.2 and later have): {end.text}; "
                "set acknowledge to status, auto or none",
                setting="acknowledge",
                evidence=end.evidence,
            )
        if end.code == "no-such-relation":
            status = self._session.settings.acknowledged_status
            text = f"no order status {status!r} in the shop: {end.text}; its ids are listed at orderstatuses"
            raise ConfigFault(text, setting="acknowledged_status", evidence=end.evidence)
        return end

    async def _is_frozen(self, storefront_id: str) -> bool:
        order = await self._look(storefront_id)
        return order is None or reference_id(order, "internalStatus") in ("closed", "cancelled", "")

    async def _look(self, storefront_id: str) -> Resource | None:
        """The order as it is, or None when that cannot be learned now."""
        try:
            answer = await self._session.api.read(f"orders/{quote(storefront_id, safe='')}", priority=Priority.ORDER)
        except RemoteFault:
            return None
        return answer.doc.data if answer.doc and isinstance(answer.doc.data, dict) else None


def _compared(sent: Resource, kept: Resource) -> list[tuple[str, str, str]]:
    """(what, as sent, as kept) of each thing that was sent."""
    pairs = [(name, str(value), str(attributes(kept).get(name) or "")) for name, value in attributes(sent).items()]
    pairs += [(name, reference_id(sent, name), reference_id(kept, name)) for name in sent.get("relationships", {})]
    return pairs


def _unknown_field(outcome: Outcome) -> bool:
    return isinstance(outcome, Refused) and outcome.code == "unknown-field"
