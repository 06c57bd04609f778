"""When each flow runs by the clock, how it went the last time, and one more run because a person asks for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crossdock.store.runs import read_schedules
from crossdock.wiring.installation import Installation
from crossdock.wiring.work import HOUSE, cadences

WORDS: Mapping[str, str] = {
    "accounts": "reads the ERP's accounts",
    "account-status": "shows the storefront how accounts stand",
    "acknowledge": "tells the storefront each order's number in the ERP",
    "alerts": "looks what people are to be told of",
    "audit": "seals the audit trail",
    "changes": "takes the cancellations we are asked for",
    "companies": "matches storefront companies with ERP accounts",
    "compare": "compares the PIM's products with the ERP's items",
    "completeness": "counts which ids are accounted for on both sides",
    "despatches": "looks for what left the warehouse",
    "items": "reads the ERP's stock items",
    "net": "picks up work that got lost",
    "order-states": "shows the storefront how orders stand",
    "orders": "looks for new orders",
    "price-publication": "publishes the price lists",
    "prices": "reads the ERP's price lists",
    "product-introduction": "puts products on sale",
    "products": "reads the PIM's products",
    "prune": "clears the queue's own log",
    "recheck": "looks again at what waits in cases",
    "reconciliation": "compares both sides, once the day is over",
    "retail-despatches": "takes what left the shops",
    "retail-drift": "compares shop figures with the ERP's",
    "retail-items": "tells shops of items",
    "retail-levels": "tells shops of stock levels",
    "retail-missed": "looks for despatches that were missed",
    "retail-places": "tells shops of places",
    "retail-proposals": "reads the transfers that are proposed",
    "retail-sales": "tells shops what was sold",
    "retail-stock": "takes the figures of shops",
    "retention": "lets go of what is kept no longer",
    "returns": "looks for goods that came back",
    "shapes": "reads what shapes the PIM's products",
    "silence": "looks for feeds that went quiet",
    "stock": "publishes stock levels",
    "targets": "reads where the storefront shows stock",
}
"""Flow → what a run of it does."""


class NoSuchFlow(Exception):
    """It does not run here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """every_seconds: from the live settings. next_at, began_at, ended_at: None before a worker knew of it. failures: in
    a row."""

    pairing: str
    flow: str
    does: str
    every_seconds: float
    next_at: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    failures: int
    result: Mapping[str, Any]


async def read_all(here: Installation, pairings: Sequence[str]) -> Sequence[Schedule]:
    """The flows of these pairings, in the order of the settings. HOUSE stands for what belongs to none."""
    rows = await read_schedules(here.pool, here.tenant, pairings)
    wanted = [one for one in cadences(here) if one.pairing in pairings]
    return [
        _schedule(one.pairing, one.flow, one.every_seconds, rows.get((one.pairing, one.flow)))
        for one in sorted(wanted, key=lambda one: pairings.index(one.pairing))
    ]


async def run_soon(here: Installation, pairing: str, flow: str, *, actor: str) -> None:
    """Make a flow due now: the next worker that looks runs it, once, as the clock would have. Raises NoSuchFlow."""
    known = any((one.pairing, one.flow) == (pairing, flow) for one in cadences(here))
    if not known or pairing == HOUSE:
        raise NoSuchFlow(f"{pairing} has no flow {flow!r} that runs by the clock.")
    await here.runs.ensure(pairing, flow)
    await here.runs.hurry_by(pairing, flow, actor=actor)


def _schedule(pairing: str, flow: str, every_seconds: float, row: Mapping[str, Any] | None) -> Schedule:
    known = row or {}
    return Schedule(
        pairing=pairing, flow=flow, does=WORDS[flow], every_seconds=every_seconds, next_at=known.get("next_at"),
        began_at=known.get("began_at"), ended_at=known.get("ended_at"), failures=known.get("failures", 0),
        result=known.get("result", {}),
    )  # fmt: skip
