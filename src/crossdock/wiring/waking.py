"""What an event asks for: looks at the orders it names, and flows that run sooner than the clock would have them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crossdock.ports.runtime import Job
from crossdock.ports.systems import WebhookEvent
from crossdock.settings.pairing import Flow
from crossdock.settings.pairing import RetailPairing as RetailSettings
from crossdock.wiring.installation import Installation

SPEAKS_OF: Mapping[str, tuple[Flow, str]] = {
    "stock-level": (Flow.RETAIL_STOCK_INTAKE, "retail-stock"),
    "stock-movement": (Flow.RETAIL_STOCK_INTAKE, "retail-stock"),
    "retail-despatch": (Flow.RETAIL_DESPATCH, "retail-despatches"),
    "stock-item": (Flow.RETAIL_FEED, "retail-items"),
    "transfer-proposal": (Flow.RETAIL_FEED, "retail-proposals"),
}
"""Kind of record that an event speaks of → what a pairing with shops must do, and the flow that then looks."""

SHAPES: Mapping[str, str] = {
    "product": "products", "product-model": "products", "family": "shapes", "attribute": "shapes", "category": "shapes",
}  # fmt: skip
"""The same for a PIM: its lists of changes, or what shapes products. An editor saves often: once in a while will do."""
SHAPES_GAP_SECONDS = 5.0
UNPROVEN_GAP_SECONDS = 10.0
"""What anybody may have said makes no flow run more often than this."""


@dataclass(frozen=True, slots=True)
class Due:
    """A flow that shall run sooner: but not within `gap_seconds` of its last run, however many events there are."""

    pairing: str
    flow: str
    gap_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """hears: pairings that keep in mind which orders the event spoke of: not when it is unproven, or anybody could fill
    that memory with orders that never come."""

    jobs: Sequence[Job]
    due: Sequence[Due]
    hears: Sequence[str]


def woken(here: Installation, system: str, event: WebhookEvent) -> Woken:
    sales = [
        name for name, one in here.project.sales.items()
        if one.storefront == system and Flow.ORDER_ENTRY in one.flows
    ]  # fmt: skip
    jobs = [
        Job(entrypoint="fetch", subject=f"{pairing}/{ref}", key=_look_key(pairing, ref, event))
        for pairing in sales
        for ref in event.order_refs
    ]
    due = [Due(name, "orders") for name in sales]
    for name, retail in here.project.retail.items():
        if retail.retail_stock == system:
            due += [Due(name, flow, retail.intake.pace_seconds) for flow in _looks(retail, event)]
    for name, catalogue in here.project.catalogues.items():
        if catalogue.pim == system:
            flows = dict.fromkeys(SHAPES[kind] for kind, _ in event.subjects if kind in SHAPES)
            due += [Due(name, flow, SHAPES_GAP_SECONDS) for flow in flows]
    if not event.proven:
        due = [replace(one, gap_seconds=max(one.gap_seconds, UNPROVEN_GAP_SECONDS)) for one in due]
    hears = [name for name in sales if event.proven and Flow.COMPLETENESS in here.project.sales[name].flows]
    return Woken(jobs=jobs, due=due, hears=hears)


def _look_key(pairing: str, ref: str, event: WebhookEvent) -> str:
    """A queued look is not asked for again under its key: of what anybody may have said, there is one look an order."""
    return f"fetch/{pairing}/{ref}/{event.key if event.proven else 'hint'}"


def _looks(settings: RetailSettings, event: WebhookEvent) -> list[str]:
    spoken_of = {kind for kind, _ in event.subjects}
    flows = [look for kind, (flow, look) in SPEAKS_OF.items() if kind in spoken_of and flow in settings.flows]
    return list(dict.fromkeys(flows))
