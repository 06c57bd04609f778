"""Despatches into the shop: a tracking for each number, and the order's shipping status.

A tracking holds a method and a number and no lines, so a part despatch is one more tracking and the status
`partially_shipped`. There is no filter by number: the order's own trackings are read before anything is sent.
Source: oroinc/orocommerce, OrderBundle, OrderShippingTrackingTest, OrderTest (shippingStatus).
"""

from dataclasses import dataclass
from urllib.parse import quote

from crossdock.connectors.orocommerce.faults import refused, rule_for, turned_down
from crossdock.connectors.orocommerce.jsonapi import (
    Resource,
    attributes,
    body,
    has_relationship,
    link,
    reference_id,
    references,
)
from crossdock.connectors.orocommerce.session import Session
from crossdock.model.despatch import Despatch
from crossdock.model.faults import (
    Accepted,
    ConfigFault,
    Outcome,
    ReadIncomplete,
    Refused,
    RemoteFault,
    Unanswered,
    Unknown,
)
from crossdock.ports.runtime import Priority

PARTLY, WHOLLY = "partially_shipped", "shipped"
FROZEN = frozenset({"closed", "cancelled"})  # 6.1 and later refuse every edit of such an order


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as far as its goods' way is concerned. has_status: 6.1 and later."""

    trackings: dict[tuple[str, str], str]
    status: str
    has_status: bool
    frozen: bool


class Despatches:
    """Implements DespatchSink."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def find_despatches(self, storefront_id: str) -> frozenset[tuple[str, str]]:
        """(carrier, tracking number); empty when the shop has no such order."""
        shown = await self._shown(storefront_id)
        return frozenset(shown.trackings) if shown else frozenset()

    async def create_despatch(self, storefront_id: str, despatch: Despatch) -> Outcome:
        shown = await self._shown(storefront_id)
        if shown is None:
            return Refused("not-found", f"the shop has no order {storefront_id}")
        key = (despatch.carrier or self._session.settings.carrier_fallback, despatch.tracking_number)
        tracking_id = shown.trackings.get(key)
        if tracking_id is None:
            made = await self._create_tracking(storefront_id, key, orders=shown.has_status)
            if not isinstance(made, Accepted):
                return made
            tracking_id = made.their_id
        status = WHOLLY if despatch.final else PARTLY
        if shown.has_status and shown.status not in (status, WHOLLY):
            trouble = await self._amend_status(storefront_id, status, key, frozen=shown.frozen)
            if trouble is not None:
                return trouble
        return Accepted(despatch.tracking_number, tracking_id)

    async def _shown(self, storefront_id: str) -> Shown | None:
        path = f"orders/{quote(storefront_id, safe='')}"
        answer = await self._session.api.read(
            path, {"include": "shippingTrackings"}, expect=frozenset({404}), priority=Priority.DESPATCH
        )
        if not answer.ok:
            if rule_for(answer.status, answer.errors).code == "not-found":
                return None
            raise ConfigFault(f"GET {path}: {answer.errors[0]}", setting="version", evidence=answer.evidence)
        assert answer.doc is not None
        order = answer.doc.data
        keys = references(order, "shippingTrackings") if isinstance(order, dict) else None
        if keys is None or not isinstance(order, dict) or any(key not in answer.doc.included for key in keys):
            raise ReadIncomplete(f"GET {path}: the answer does not hold all its shippingTrackings")
        trackings = {_key(answer.doc.included[key]): key[1] for key in keys}
        return Shown(
            trackings,
            status=reference_id(order, "shippingStatus"),
            has_status=has_relationship(order, "shippingStatus"),
            frozen=reference_id(order, "internalStatus") in FROZEN,
        )

    async def _create_tracking(self, storefront_id: str, key: tuple[str, str], *, orders: bool) -> Outcome:
        """orders: how this version names the tracking's order; the other name is tried when it is refused."""
        outcome: Outcome = Refused("unknown-field", "")
        for to_many in (orders, not orders):
            outcome = await self._post(tracking(storefront_id, *key, to_many=to_many), key)
            if not (isinstance(outcome, Refused) and outcome.code == "unknown-field"):
                break
        return outcome

    async def _post(self, record: Resource, key: tuple[str, str]) -> Outcome:
        try:
            answer = await self._session.api.write(
                "POST", "ordershippingtrackings", body(record), priority=Priority.DESPATCH
            )
        except Unanswered as fault:
            return Unknown(str(fault), fault.evidence)
        if not answer.ok:
            end = turned_down("POST ordershippingtrackings", answer.status, answer.errors, evidence=answer.evidence)
            if isinstance(end, ConfigFault):
                raise end
            return end
        made = answer.doc.data if answer.doc else None
        if not isinstance(made, dict) or _key(made) != key:
            return Unknown(f"the shop answered another tracking than {key[0]} {key[1]}", answer.evidence)
        return Accepted(key[1], str(made.get("id") or ""))

    async def _amend_status(
        self, storefront_id: str, status: str, key: tuple[str, str], *, frozen: bool
    ) -> Outcome | None:
        """None when the order shows the status. A tracking stands already, so nothing is raised from here."""
        record = {
            "type": "orders",
            "id": storefront_id,
            "relationships": {"shippingStatus": link("ordershippingstatuses", status)},
        }
        stands = f"tracking {key[0]} {key[1]} is shown, the shipping status {status} is not"
        try:
            answer = await self._session.api.write(
                "PATCH", f"orders/{quote(storefront_id, safe='')}", body(record), priority=Priority.DESPATCH
            )
        except RemoteFault as fault:
            return Unknown(f"{stands} for certain: {fault}", fault.evidence)
        if not answer.ok:
            end = refused(answer.status, answer.errors, evidence=answer.evidence)
            code = "forbidden" if end.code == "frozen" and not frozen else end.code
            return Refused(code, f"{stands}: {end.text}", evidence=end.evidence)
        kept = answer.doc.data if answer.doc else None
        found = reference_id(kept, "shippingStatus") if isinstance(kept, dict) else ""
        if found != status:
            return Refused("ignored", f"{stands}: the shop answered 200 and kept {found!r}", evidence=answer.evidence)
        return None


def tracking(storefront_id: str, method: str, number: str, *, to_many: bool = True) -> Resource:
    """A tracking to be made. to_many: `orders` since 6.1, `order` before."""
    order = {"type": "orders", "id": storefront_id}
    related = {"orders": {"data": [order]}} if to_many else {"order": {"data": order}}
    return {
        "type": "ordershippingtrackings",
        "attributes": {"method": method, "number": number},
        "relationships": related,
    }


def _key(record: Resource) -> tuple[str, str]:
    there = attributes(record)
    return str(there.get("method") or ""), str(there.get("number") or "")
