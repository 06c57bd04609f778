"""What the flows of a pairing with shops can do without: a profile or an ERP that lacks it says so at start-up."""

from collections.abc import Mapping, Sequence

from crossdock.decide.retail_feed import is_sayable
from crossdock.ports.systems import System
from crossdock.settings.checks import NEEDS
from crossdock.settings.pairing import RETAIL, Flow, RetailPairing
from crossdock.settings.without import Without
from crossdock.settings.words import listed

WITHOUT: Mapping[Flow, Sequence[Without]] = {
    Flow.RETAIL_STOCK_INTAKE: (
        Without(
            "erp", "StockCountSink",
            "it takes no counts: each place of the shops becomes a case, and a person books its figures there",
        ),
        Without("erp", "SiteStockSource", "shelves and its ledger are never compared, so that no drift is found"),
    ),
    Flow.RETAIL_DESPATCH: (
        Without("erp", "DespatchBooker", "what left the shops becomes cases, and a person books it there"),
        Without(
            "erp", "OpenOrderSource",
            "it does not list its open orders: a despatch that nobody told of is found by no sweep",
        ),
    ),
    Flow.RETAIL_FEED: (
        Without("erp", "SiteStockSource", "it tells no stock by place, so that none is told to the shops"),
        Without(
            "erp", "OpenOrderSource",
            "what its open orders have reserved is unknown: where its figures need that, no stock is told, and each "
            "place becomes a case",
        ),
        Without(
            "erp", "ErpOrderSource",
            "what its orders hold is unknown: no sales are told, and with several sites no stock that hangs on orders",
        ),
        Without("retail_stock", "OnHandSink", "it takes no stock, so that it is told none"),
        Without("retail_stock", "CommitmentSink", "it takes no promises: what open orders have reserved is not told"),
        Without("retail_stock", "LocationSink", "it takes no places; enter them there"),
        Without("retail_stock", "LocationSource", "it does not say whose each place is: only the settings do"),
        Without("retail_stock", "RetailSaleSink", "it takes no sales, so that it is told none"),
        Without(
            "retail_stock", "RetailItemSource",
            "it does not say which items lack a body map or else are not ready: what the ERP does not tell of an item "
            "becomes a case, what is missing over there does not",
        ),
        Without("retail_stock", "ProposalSource", "it recommends no transfers"),
    ),
}  # fmt: skip


def notes(pairing: RetailPairing, known: Mapping[str, System]) -> Sequence[str]:
    """known: its systems, able to do what their settings switch on."""
    return [*_not_done(pairing, known), *_untold(pairing, known)]


def _not_done(pairing: RetailPairing, known: Mapping[str, System]) -> list[str]:
    """Flows that its systems cannot do, and so nobody asked for."""
    found = []
    for flow in RETAIL:
        for role in pairing.ROLES:
            system = getattr(pairing, role)
            if flow not in pairing.flows and (lacking := NEEDS[flow].lacking(role, known[system])):
                found.append(f"{flow} is not done: {system} is without {listed(lacking)} with its settings")
    return found


def _untold(pairing: RetailPairing, known: Mapping[str, System]) -> list[str]:
    """What the settings leave unsaid, so that the shops are not told of it."""
    if Flow.RETAIL_FEED not in pairing.flows:
        return []
    can, found = known[pairing.retail_stock].capabilities, []
    if "RetailSaleSink" in can and not pairing.feed.consumer_classes:
        found.append("no sales are told: feed.consumer_classes names no company class whose orders are to consumers")
    places = [place.location for place in pairing.policy().places.values()]
    if "LocationSink" in can and (bare := [one.code for one in places if not is_sayable(one)]):
        found.append(f"{listed(bare)} is not told as a place: a store is told with its street and town only")
    return found
