"""Stock: what each place shows and why, by SKU; one SKU explained; what moves."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Request
from pydantic import Field

from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Figure, Given, Limit, Moment, Next, Told, Words, next_page
from crossdock.decide.rights import Person, may_see_case
from crossdock.decide.stock_explained import Shown
from crossdock.store.sorting import ByNameOrTelling, ByQuantity
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.stock_desk import Filter, Line, stock_item, stock_lines, stock_movers

TAGS = {"stock": "What each place shows and why, by SKU. Levels and figures are decimal strings, in the unit named."}
router = room("stock")
NOT_THERE = "No pairing of yours sells this."


StockCursor = Annotated[
    str,
    Field(max_length=300, pattern=r"^[^\x00]*$", description="Where the page before ended: as its `next` says it."),
]


class StockFilter(Given):
    pairing: Words
    q: Words = Field("", description="How the SKU begins.")
    only: Filter = Filter.ALL
    sort: ByNameOrTelling = Field(
        ByNameOrTelling.A_TO_Z,
        description="By SKU, or by when the storefront was last told, those it never was behind. What waits stands by "
        "SKU, the rest in an order of its own.",
    )
    cursor: StockCursor = ""
    limit: Limit = PAGE


class PlaceState(Told):
    """One place of the storefront. level: what should be there, in `unit`; null when that is not known. told: what it
    was last told. figure, in_flight, buffer: of `code`, in stock units. lag_seconds: from the figure's change to its
    telling. why: the arithmetic in words. drift_case: where it shows something else, for a token that sees the desk."""

    ref: str
    unit: str
    code: str
    basis: str
    figure: Figure | None
    unlimited: bool
    in_flight: Figure
    buffer: Figure
    level: Figure | None
    told: Figure | None
    told_at: Moment | None
    as_of: Moment | None
    lag_seconds: float | None
    stands: Shown
    why: str
    drift_case: int | None


class StockLine(Told):
    sku: str
    places: list[PlaceState]


class StockPage(Told):
    """counted_at: when the last read of the figures began. stale: they are too old to raise anything. A page may hold
    fewer than asked for, or none, and have a `next`: what is rare is looked for page by page."""

    counted_at: Moment | None
    stale: bool
    items: list[StockLine]
    next: Next


class ItemFilter(Given):
    pairing: Words
    sku: Words = Field(min_length=1, description="In any case.")


class Position(Told):
    """A figure of the ERP's, in stock units. site: "" for all."""

    code: str
    basis: str
    site: str
    quantity: Figure | None
    unlimited: bool
    as_of: Moment


class Shelf(Told):
    """What a shop tells. booked: what the ERP has of it."""

    location: str
    basis: str
    quantity: Figure
    allocated: Figure | None
    occurred_at: Moment
    booked: Figure | None


class StockCase(Told):
    id: int
    kind: str
    desk: str
    cause: str


class Wanting(Told):
    """An order that the ERP's figure may not hold yet. quantity: in `unit`."""

    id: int
    ref: str
    pairing: str
    state: str
    company_name: str
    quantity: Figure
    unit: str
    captured_at: Moment


class StockItem(StockLine):
    """cases: of desks that the token sees."""

    counted_at: Moment | None
    stale: bool
    positions: list[Position]
    shelves: list[Shelf]
    cases: list[StockCase]
    orders: list[Wanting]


class MoverFilter(Given):
    """sort, cursor: of what sells. moved, moved_cursor: of what changed."""

    pairing: Words
    sort: ByQuantity = ByQuantity.MOST
    cursor: StockCursor = ""
    moved: ByQuantity = ByQuantity.MOST
    moved_cursor: StockCursor = ""


class Fast(Told):
    """lasts: hours that it lasts at this pace; null where that is not known."""

    sku: str
    quantity: Figure
    unit: str
    orders: int
    lasts: int | None


class Moved(Told):
    """A figure that changed since midnight UTC, from `first` to `newest`."""

    code: str
    site: str
    first: Figure
    newest: Figure
    changes: int
    moved_at: Moment


class Movers(Told):
    """next, moved_next: of each list, the first page of the other beside it."""

    fastest: list[Fast]
    next: Next
    moved: list[Moved]
    moved_next: Next


@router.get("/stock", operation_id="listStock", summary="SKUs and what each place shows", responses=problems(404))
async def lines(request: Request, here: Here, bearer: Reader, wanted: Annotated[StockFilter, Query()]) -> StockPage:
    _check(here, bearer.person, wanted.pairing)
    found = await stock_lines(
        here, wanted.pairing, only=wanted.only, prefix=wanted.q.strip(), sort=wanted.sort, after=wanted.cursor,
        limit=wanted.limit,
    )  # fmt: skip
    return StockPage(
        counted_at=found.reading.counted_at, stale=found.stale, next=next_page(request, found.after or None),
        items=[StockLine(sku=one.sku, places=_places(one, bearer.person, wanted.pairing)) for one in found.rows],
    )  # fmt: skip


@router.get("/stock/item", operation_id="showStock", summary="One SKU explained", responses=problems(404))
async def item(here: Here, bearer: Reader, wanted: Annotated[ItemFilter, Query()]) -> StockItem:
    _check(here, bearer.person, wanted.pairing)
    beside = _beside(here, bearer.person, wanted.pairing)
    found = await stock_item(
        here, wanted.pairing, wanted.sku, shops=[name for name in beside if name in here.retail],
        sellers=[name for name in beside if name in here.pairings],
    )  # fmt: skip
    if found is None:
        raise Refusal(404, NOT_THERE)
    return StockItem(
        sku=found.line.sku, places=_places(found.line, bearer.person, wanted.pairing),
        counted_at=found.reading.counted_at, stale=found.stale,
        positions=[Position.model_validate(row) for row in found.positions],
        shelves=[Shelf.model_validate(row) for row in found.shelves],
        cases=[
            StockCase.model_validate(row) for row in found.cases
            if may_see_case(bearer.person, desk=row["desk"], pairing=wanted.pairing)
        ],
        orders=[Wanting.model_validate(row) for row in found.orders],
    )  # fmt: skip


@router.get("/stock/movers", operation_id="listMovers", summary="What moves", responses=problems(404))
async def movers(request: Request, here: Here, bearer: Reader, wanted: Annotated[MoverFilter, Query()]) -> Movers:
    _check(here, bearer.person, wanted.pairing)
    found = await stock_movers(
        here, wanted.pairing, sold_by=wanted.sort, sold_after=wanted.cursor, moved_by=wanted.moved,
        moved_after=wanted.moved_cursor,
    )  # fmt: skip
    return Movers(
        fastest=[Fast.model_validate(row) for row in found.fastest],
        next=next_page(request, found.more_sold or None),
        moved=[Moved.model_validate(row) for row in found.moved],
        moved_next=next_page(request, found.more_moved or None, name="moved_cursor"),
    )


def _check(here: Installation, person: Person, pairing: str) -> None:
    if pairing not in here.pairings or pairing not in visible(here, person):
        raise Refusal(404, NOT_THERE)


def _beside(here: Installation, person: Person, pairing: str) -> Sequence[str]:
    """The pairings of a person that work with the same ERP."""
    known = here.project.pairings
    return [name for name in visible(here, person) if known[name].systems()[1] == known[pairing].systems()[1]]


def _places(line: Line, person: Person, pairing: str) -> list[PlaceState]:
    return [
        PlaceState(
            ref=one.terms.ref, unit=one.terms.terms.unit, code=one.terms.terms.code, basis=one.terms.terms.basis,
            figure=one.terms.terms.figure, unlimited=one.terms.terms.unlimited, in_flight=one.terms.terms.in_flight,
            buffer=one.terms.terms.buffer, level=one.level, told=one.terms.told, told_at=one.terms.told_at,
            as_of=one.terms.as_of, lag_seconds=one.lag.total_seconds() if one.lag else None, stands=one.shown,
            why=one.why, drift_case=one.drift[0] if one.drift and _sees(person, one.drift[1], pairing) else None,
        )
        for one in line.places
    ]  # fmt: skip


def _sees(person: Person, desk: str, pairing: str) -> bool:
    return may_see_case(person, desk=desk, pairing=pairing)
