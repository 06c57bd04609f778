"""Mappings: every code map, and changes of them with the effect told before anything is saved."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import Field, StringConstraints

from crossdock.api.v1.entrance import Here, Mapper, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import (
    PAGE,
    Given,
    Limit,
    Moment,
    Next,
    NumberCursor,
    ParamName,
    ParamValue,
    Told,
    Words,
    next_page,
)
from crossdock.cases.kind import Desk
from crossdock.decide.mappings import MAP_PARAMS, MapChange, desk_of
from crossdock.decide.rights import Person, may_settle
from crossdock.decide.scopes import Bearer
from crossdock.model.code_map import MapKind
from crossdock.store.mappings import MapState
from crossdock.store.sorting import ByNameOrAge
from crossdock.wiring import mappings as wiring
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import Effect, rehearse_changes, save_changes
from crossdock.wiring.overview import visible

TAGS = {"mappings": "Code maps: entries, versions, and changes whose effect is told before they are saved."}
router = room("mappings")
NOT_THERE = "There is no such mapping, or it belongs to a pairing that is not yours."
EntryKey = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]


class MapFilter(Given):
    pairing: Words
    kind: MapKind
    q: Words = ""
    state: MapState = Field(MapState.CURRENT, description="What counts now, or what is no more.")
    sort: ByNameOrAge = Field(ByNameOrAge.A_TO_Z, description="By key, or by the last change.")
    cursor: EntryKey = Field("", description="Where the page before ended: as its `next` says it.")
    limit: Limit = PAGE


class MapLine(Told):
    """value: what the key means, by the names that the map takes. actor, reason, since: of this version."""

    id: int
    kind: MapKind
    key: str
    value: dict[str, str]
    actor: str
    reason: str
    since: Moment


class MapPage(Told):
    """desk: whose operators change this map. params: what an entry of it must be given."""

    desk: Desk
    params: list[str]
    items: list[MapLine]
    next: Next


class EntryFilter(Given):
    pairing: Words
    kind: MapKind
    key: EntryKey
    cursor: NumberCursor = None
    limit: Limit = PAGE


class MapVersion(Told):
    """until: null while it counts. ended_by, ended_because: where it was retired."""

    id: int
    value: dict[str, str]
    actor: str
    reason: str
    since: Moment
    until: Moment | None
    ended_by: str
    ended_because: str


class MapEntry(Told):
    """current: null where the entry is no more. expected: what a change of it must name, so that nobody's change is
    overwritten unseen. by_file: what counts is what the settings file says at `place`."""

    kind: MapKind
    key: str
    current: MapVersion | None
    expected: int
    by_file: bool
    place: str
    items: list[MapVersion]
    next: Next


class MapWish(Given):
    """One entry: added, changed or, with `retire`, taken away. expected: as the entry says it, 0 for a new one."""

    pairing: Words = Field(examples=["oro-khaos"])
    kind: MapKind
    key: EntryKey = Field(min_length=1, examples=["GHOST-01"])
    params: dict[ParamName, ParamValue] = Field(default={}, max_length=10, examples=[{"code": "HP-1001"}])
    retire: bool = False
    expected: int = Field(default=0, ge=0, le=2**63 - 1)
    reason: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Why; the next person reads it. Saving needs one."
    )


class MapEffect(Told):
    """What would come, or came, of it, in sentences."""

    applied: bool
    effect: list[str]


@router.get("/mappings", operation_id="listMappings", summary="Entries of one map", responses=problems(404))
async def entries(request: Request, here: Here, bearer: Reader, wanted: Annotated[MapFilter, Query()]) -> MapPage:
    _check(here, bearer.person, wanted.pairing)
    found = await wiring.list_mappings(
        here, wanted.pairing, wanted.kind, words=wanted.q, state=wanted.state, sort=wanted.sort,
        after=wanted.cursor, limit=wanted.limit,
    )  # fmt: skip
    return MapPage(
        desk=desk_of(wanted.kind), params=list(MAP_PARAMS[wanted.kind]),
        items=[MapLine.model_validate(one) for one in found.rows], next=next_page(request, found.following or None),
    )  # fmt: skip


@router.get("/mappings/entry", operation_id="showMapping", summary="One entry, version by version",
            responses=problems(404))  # fmt: skip
async def entry(request: Request, here: Here, bearer: Reader, wanted: Annotated[EntryFilter, Query()]) -> MapEntry:
    _check(here, bearer.person, wanted.pairing)
    before = int(wanted.cursor) if wanted.cursor else None
    found = await wiring.read_mapping(
        here, wanted.pairing, wanted.kind, wanted.key, before=before, limit=wanted.limit
    )  # fmt: skip
    if not found.versions and before is None:
        raise Refusal(404, NOT_THERE)
    return MapEntry(
        kind=found.kind, key=found.key, expected=found.expected, by_file=found.by_file, place=found.place,
        current=MapVersion.model_validate(found.current) if found.current else None,
        items=[MapVersion.model_validate(one) for one in found.versions], next=next_page(request, found.older),
    )  # fmt: skip


@router.post(
    "/mappings/rehearse", operation_id="rehearseMapping", summary="What would a change of an entry do?",
    description="Nothing is changed.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def rehearse(here: Here, bearer: Mapper, wish: MapWish) -> MapEffect:
    change = _mine(here, bearer, wish)
    effect = await rehearse_changes(here, wish.pairing, [change], actor=bearer.person.name)
    return _told(effect, applied=False)


@router.post(
    "/mappings/save", operation_id="saveMapping", summary="Change an entry",
    description="What waits for it is looked at again. 409 when the entry is not what `expected` names any more, so "
    "that a call repeated writes nothing twice.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def save(here: Here, bearer: Mapper, wish: MapWish) -> MapEffect:
    change = _mine(here, bearer, wish)
    effect = await save_changes(here, wish.pairing, [change], actor=bearer.person.name, reason=wish.reason)
    return _told(effect, applied=True)


def _check(here: Installation, person: Person, pairing: str) -> None:
    if pairing not in visible(here, person):
        raise Refusal(404, NOT_THERE)


def _mine(here: Installation, bearer: Bearer, wish: MapWish) -> MapChange:
    """Raises Refusal, RemedyRefused."""
    _check(here, bearer.person, wish.pairing)
    desk = desk_of(wish.kind)
    if not may_settle(bearer.person, desk=desk, pairing=wish.pairing):
        raise Refusal(403, f"The {wish.kind} map of {wish.pairing} is changed by operators of the {desk} desk.")
    if wish.retire:
        return wiring.retire_entry(here, wish.pairing, wish.kind, wish.key, expected=wish.expected)
    return wiring.change_entry(here, wish.pairing, wish.kind, wish.key, wish.params, expected=wish.expected)


def _told(effect: Effect, *, applied: bool) -> MapEffect:
    return MapEffect(applied=applied, effect=effect.sentences)
