"""Showing on an order that a change of it was not made, and why: in a field of the site's own, by its status, or both.

No field of the stock product is for this. Those the customer fills in are part of the sale, so a text written there
would come back to us as a change of the order; `internalStatus` cannot be written. A closed or cancelled order refuses
every edit (6.1 and later).
Source: oroinc/orocommerce, OrderBundle, Resources/doc/api/order.md, Acl/Voter/EditOrderVoter.
"""

from crossdock.connectors.orocommerce.batch import Batch
from crossdock.connectors.orocommerce.config import OroCommerceSettings
from crossdock.connectors.orocommerce.jsonapi import Resource, attributes, link, reference_id
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.after_sale import ChangeRefusal
from crossdock.model.faults import Accepted, Outcome, Refused, Unknown
from crossdock.ports.runtime import Priority

TEXT_MAX = 255  # of a text field


class ChangeRefusals:
    """Implements ChangeRefusalSink."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def write_change_refusal(self, refusal: ChangeRefusal) -> Outcome:
        settings = self._session.settings
        record = _record(refusal, settings)
        batch = Batch(
            self._session.api, settings.async_timeout_seconds, settings.async_poll_seconds, priority=Priority.ORDER
        )
        (end,) = await batch.save("orders", [record], mode="single")
        if isinstance(end, Refused | Unknown):
            return end
        if end.record is None:
            return Unknown(f"order {refusal.storefront_id}: written, and the answer does not show it")
        kept = [
            (name, value, str(attributes(end.record).get(name) or "")) for name, value in attributes(record).items()
        ]
        kept += [
            (name, reference_id(record, name), reference_id(end.record, name))
            for name in record.get("relationships", {})
        ]
        for name, wanted, found in kept:
            if wanted != found:
                text = f"order {refusal.storefront_id}: the shop answered 200 and left {name} at {found!r}"
                return Refused("ignored", text)
        return Accepted(refusal.order_ref, refusal.storefront_id)


def _record(refusal: ChangeRefusal, settings: OroCommerceSettings) -> Resource:
    record: Resource = {"type": "orders", "id": refusal.storefront_id}
    if settings.change_refusal_field:
        record["attributes"] = {settings.change_refusal_field: refusal_text(refusal)}
    if settings.change_refusal_status:
        record["relationships"] = {"status": link("orderstatuses", settings.change_refusal_status)}
    return record


def refusal_text(refusal: ChangeRefusal) -> str:
    text = f"Not {refusal.what}: {refusal.reason}"
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"
