"""An initial load: every list and link of a pairing brought into step, in the order in which each needs the others."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crossdock.ports.loading import LoadBook
from crossdock.store.loading import PgLoadBook
from crossdock.store.scope import Scope
from crossdock.wiring.installation import Installation
from crossdock.wiring.work import cadences, run_now

ORDER: Sequence[str] = (
    "items", "accounts", "companies", "targets", "prices", "price-publication", "product-introduction", "stock",
    "account-status", "shapes", "products", "retail-places", "retail-items", "retail-levels", "retail-stock",
)  # fmt: skip
"""What a step needs comes before it: a company is matched to a known account, a price shown for a known unit,
a product sold at a price."""

TROUBLE = ("problem", "skipped", "unsure")
"""What a result says when the step is not done: it could not be, was not, or nobody knows whether."""

BY_THEMSELVES: frozenset[str] = frozenset(
    {
        "orders", "order-states", "despatches", "acknowledge", "changes", "returns",
        "recheck", "net", "completeness", "silence", "reconciliation", "compare", "retail-despatches", "retail-missed",
        "retail-sales", "retail-proposals", "retail-drift",
    }
)  # fmt: skip
"""Flows that belong to the daily work and not to bringing two systems into step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """outcome: done, failed, or before: an earlier load had done it."""

    name: str
    number: int
    of: int
    outcome: str
    result: Mapping[str, Any] = field(default_factory=dict)


def steps_of(here: Installation, pairing: str) -> list[str]:
    """The steps of this pairing, in order: those of its flows that bring the systems into step."""
    due = {one.flow for one in cadences(here) if one.pairing == pairing}
    return [name for name in ORDER if name in due]


def load_book(here: Installation, pairing: str) -> PgLoadBook:
    far, erp = here.project.pairings[pairing].systems()
    scope = Scope(pool=here.pool, tenant=here.tenant, pairing=pairing, storefront=far, erp=erp)
    return PgLoadBook(scope=scope, vault=here.vault)


async def load(here: Installation, pairing: str, book: LoadBook, *, again: bool) -> AsyncIterator[StepDone]:
    """Each step as it ends. A step that fails is the last; the next load begins with it.

    again: also the steps that an earlier load has done.
    """
    names = steps_of(here, pairing)
    before = await book.steps()
    for number, name in enumerate(names, start=1):
        if not again and name in before and before[name].state == "done":
            yield StepDone(name=name, number=number, of=len(names), outcome="before", result=before[name].result)
            continue
        await book.begin(name)
        await here.runs.ensure(pairing, name)
        result = await run_now(here, pairing, name)
        well = not any(result.get(trouble) for trouble in TROUBLE)
        await book.end(name, well=well, result=result)
        yield StepDone(name=name, number=number, of=len(names), outcome="done" if well else "failed", result=result)
        if not well:
            return
