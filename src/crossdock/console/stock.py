"""Stock: what each place shows and why, by SKU; one SKU explained; what moves."""

from functools import partial

from fastapi import APIRouter, Request, Response

from crossdock.cases.kind import Desk
from crossdock.console.address import Position, Words, link
from crossdock.console.entrance import Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import Person, may_see_case
from crossdock.decide.stock_explained import Shown
from crossdock.store.sorting import ByNameOrTelling, ByQuantity
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.stock_desk import SORTED, Filter, stock_item, stock_lines, stock_movers

router = APIRouter()
PAGE = 50
FILTERS = {
    Filter.ALL: "all",
    Filter.LOW: "below zero, or nothing above the buffer",
    Filter.OVERSOLD: "more promised than there is",
    Filter.WAITING: "waits to be written",
    Filter.STALE: "figures too old",
    Filter.DRIFT: "shows something else (drift)",
}
TAGS = {
    Shown.RIGHT: "",
    Shown.TO_WRITE: "to write",
    Shown.UNSURE: "unsure",
    Shown.HELD: "kept low",
    Shown.UNKNOWN: "unknown",
}
NOT_THERE = "No pairing of yours sells this SKU."


@router.get("/stock")
async def lines(
    request: Request, me: Me, pairing: Words = "", q: Words = "", only: Words = "",
    sort: ByNameOrTelling = ByNameOrTelling.A_TO_Z, after: Position = "",
) -> Response:  # fmt: skip
    here: Installation = request.app.state.here
    mine = sellers(here, me.person)
    name = pairing if pairing in mine else next(iter(mine), "")
    chosen = Filter(only) if only in list(Filter) else Filter.ALL
    found = None
    if name:
        found = await stock_lines(here, name, only=chosen, prefix=q.strip(), sort=sort, after=after, limit=PAGE)
    asked = {"pairing": name, "q": q, "only": chosen, "sort": "" if sort is ByNameOrTelling.A_TO_Z else sort}
    return page(
        request, "stock.html", found=found, pairing=name, pairings=mine, q=q, only=chosen, filters=FILTERS, tags=TAGS,
        seen=_seen(me.person, name), sort=sort, sorts=SORTED.get(chosen, ()), link=partial(link, "/stock", asked),
        **menu(me, "stock"),
    )  # fmt: skip


@router.get("/stock/item")
async def item(request: Request, me: Me, pairing: Words = "", sku: Words = "") -> Response:
    here: Installation = request.app.state.here
    mine = sellers(here, me.person)
    found = None
    if pairing in mine and sku:
        shops = [name for name in visible(here, me.person) if name in here.retail and _same_erp(here, pairing, name)]
        beside = [name for name in mine if _same_erp(here, pairing, name)]
        found = await stock_item(here, pairing, sku, shops=shops, sellers=beside)
    if found is None:
        return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
    return page(
        request, "stock_item.html", one=found, pairing=pairing, tags=TAGS, seen=_seen(me.person, pairing),
        **menu(me, "stock"),
    )  # fmt: skip


@router.get("/stock/movers")
async def movers(
    request: Request, me: Me, pairing: Words = "", sort: ByQuantity = ByQuantity.MOST, after: Position = "",
    moved: ByQuantity = ByQuantity.MOST, moved_after: Position = "",
) -> Response:  # fmt: skip
    """sort, after: of what sells; moved, moved_after: of what changed."""
    here: Installation = request.app.state.here
    mine = sellers(here, me.person)
    name = pairing if pairing in mine else next(iter(mine), "")
    found = None
    if name:
        found = await stock_movers(
            here, name, sold_by=sort, sold_after=after, moved_by=moved, moved_after=moved_after
        )  # fmt: skip
    ways = {"sort": sort, "moved": moved}
    asked = {"pairing": name, **{one: "" if way is ByQuantity.MOST else way for one, way in ways.items()}}
    return page(
        request, "movers.html", found=found, pairing=name, pairings=mine, sort=sort, moved=moved,
        link=partial(link, "/stock/movers", asked), **menu(me, "stock"),
    )  # fmt: skip


def sellers(here: Installation, person: Person) -> list[str]:
    """The pairings of a person that sell stock."""
    return [name for name in visible(here, person) if name in here.pairings]


def _same_erp(here: Installation, one: str, other: str) -> bool:
    systems = here.project.pairings
    return systems[one].systems()[1] == systems[other].systems()[1]


def _seen(person: Person, pairing: str) -> frozenset[str]:
    """Desks whose cases this person may open there."""
    return frozenset(str(one) for one in Desk if may_see_case(person, desk=one, pairing=pairing))
