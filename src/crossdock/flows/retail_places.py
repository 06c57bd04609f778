"""Locations out, and whose they are over there; transfers that a retail system would have made, kept in view."""

from crossdock.cases.kind import Finding
from crossdock.cases.kinds import STOCK_WRITE_REJECTED
from crossdock.decide.retail_feed import is_sayable
from crossdock.flows.pairing import Result, RetailPairing
from crossdock.flows.shelves import PLACE, refuse_place
from crossdock.flows.telling import Kind, tell
from crossdock.model.retail import Location, TransferProposal
from crossdock.ports.retail import LocationSink, LocationSource, ProposalSource

PLACES_FLOW, PROPOSALS_FLOW = "retail-places", "retail-proposals"


async def tell_places(pairing: RetailPairing) -> Result:
    """Whether both sides agree whose each location is; then every one that changed since it was told, but for those in
    dispute."""
    result: Result = {"told": 0, "same": 0, **await compare_owners(pairing)}
    disputed = await in_dispute(pairing)
    sink = pairing.of_retail(LocationSink)
    if sink is not None:
        kind = Kind(name="location", write=sink.write_locations, finding=lambda one, text: _refused(pairing, one, text))
        values = {code: place.location for code, place in pairing.policy.places.items() if code not in disputed}
        silent = [code for code, location in values.items() if not is_sayable(location)]
        result["without_address"] = len(silent)
        values = {code: location for code, location in values.items() if code not in silent}
        await tell(pairing, kind, values, result)
    return result


async def in_dispute(pairing: RetailPairing) -> frozenset[str]:
    """Locations that are nobody's until somebody has settled whose they are."""
    subjects = await pairing.cases.open_subjects(STOCK_WRITE_REJECTED.code)
    return frozenset(code for code in pairing.policy.places if _dispute(code) in subjects)


def _dispute(location: str) -> str:
    return f"owner of {location}"


async def compare_owners(pairing: RetailPairing) -> Result:
    """Law L8: a location that the two sides give to different owners is nobody's until that is settled."""
    source = pairing.of_retail(LocationSource)
    if source is None:
        return {}
    disputed, unread = set(), 0
    async for page in source.read_locations():
        for one in page:
            unread += one.value is None
            place = pairing.policy.places.get(one.ref)
            claimed = one.value.owner if one.value is not None else ""
            if place is not None and claimed and claimed != place.owner:
                disputed.add(one.ref)
                reason = f"{pairing.retail_name} says that {claimed} owns it, and the settings say {place.owner}"
                await refuse_place(pairing, one.ref, _dispute(one.ref), sku="every item", reason=reason)
    for location in pairing.policy.places.keys() - disputed:
        await pairing.cases.settle(
            STOCK_WRITE_REJECTED.code, _dispute(location), record=f"{PLACE}{location}", reason="both sides agree"
        )
    return {"disputed": len(disputed), "unreadable": unread}


def _refused(pairing: RetailPairing, location: Location, text: str) -> Finding:
    subject = f"location {location.code}"
    reason = f"{pairing.retail_name} refused the location: {text}"
    return STOCK_WRITE_REJECTED.about(subject, sku="every item", unit=location.code, reason=reason)


async def read_proposals(pairing: RetailPairing) -> Result:
    """Every transfer that the retail system would have made, whole; those that it no longer lists are gone."""
    source = pairing.of_retail(ProposalSource)
    if source is None:
        return {"skipped": f"{pairing.retail_name} recommends nothing"}
    began = pairing.clock.now()
    found: list[TransferProposal] = []
    unreadable = 0
    async for page in source.read_transfer_proposals(None):
        found += [one.value for one in page if one.value is not None]
        unreadable += sum(1 for one in page if one.value is None)
    fresh = await pairing.sent.see_proposals(found, at=began)
    return {"open": len(found), "new": fresh, "unreadable": unreadable}
