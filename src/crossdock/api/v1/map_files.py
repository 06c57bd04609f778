"""Mappings out as a CSV file and in again: every mistake at once, what it would do told first, all of it or nothing."""

from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field, StringConstraints

from crossdock.api.v1.entrance import FileDoor, Here, Mapper, Reader, room
from crossdock.api.v1.mappings import NOT_THERE, MapEffect
from crossdock.api.v1.problems import Flaw, Refusal, problems
from crossdock.api.v1.shapes import Given, Told, Words
from crossdock.decide.map_file import BYTES_MAX, FilePlan
from crossdock.decide.scopes import Bearer
from crossdock.model.code_map import MapKind
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import rehearse_changes
from crossdock.wiring.map_files import export_maps, maps_of, plan_maps, save_maps_file
from crossdock.wiring.overview import visible

TAGS: dict[str, str] = {}
router = room("mappings", door=FileDoor)
CSV = "text/csv"
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "CSV in UTF-8; no cell is a formula to a spreadsheet.",
        "content": {CSV: {"schema": {"type": "string"}}},
    }
}


class FileFilter(Given):
    pairing: Words
    kind: MapKind | None = Field(None, description="Only this map; else all of the pairing.")


class FileWish(Given):
    """text: of the file, as `GET /mappings/file` gives it, changed. An entry without a row stays as it is."""

    pairing: Words = Field(examples=["oro-khaos"])
    text: Annotated[str, StringConstraints(max_length=BYTES_MAX)] = Field(
        description=f"At most {BYTES_MAX // 1024} KiB in UTF-8.",
        examples=["map,key,code,percent,units,becomes,reason,retire\r\nsku,GHOST-01,HP-1001,,,,,\r\n"],
    )


class FileSaveWish(FileWish):
    stamp: Words = Field(description="As the rehearsal gave it, so that what is done is what was told.")
    reason: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")] = Field(
        description="Why; the next person reads it.", examples=["the supplier's new codes"]
    )


class PlannedLine(Told):
    """What one line would do: add, change or retire. value: null where the entry is taken away. before: what counts
    now, null where there is none."""

    line: int
    deed: str
    kind: MapKind
    key: str
    value: dict[str, str] | None
    before: dict[str, str] | None


class FilePlanState(Told):
    """stamp: to be sent with the file when it is saved. counts: add, change, retire, unchanged → lines. effect: what
    would come of it, in sentences."""

    stamp: str
    counts: dict[str, int]
    items: list[PlannedLine]
    effect: list[str]


@router.get(
    "/mappings/file", operation_id="exportMappings", summary="Entries as a CSV file", response_class=Response,
    responses={**FILE, **problems(404)},
)  # fmt: skip
async def export(here: Here, bearer: Reader, wanted: Annotated[FileFilter, Query()]) -> Response:
    if wanted.pairing not in visible(here, bearer.person):
        raise Refusal(404, NOT_THERE)
    data = await export_maps(here, wanted.pairing, [wanted.kind] if wanted.kind else list(MapKind))
    name = f"{wanted.pairing}-{wanted.kind or 'mappings'}.csv"
    return Response(
        data, media_type=f"{CSV}; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.post(
    "/mappings/file/rehearse", operation_id="rehearseMappings", summary="What would a CSV file do?",
    description="Nothing is changed. Where something is wrong with the file the answer is 422, and `errors` names "
    "every line with the fix.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def rehearse(here: Here, bearer: Mapper, wish: FileWish) -> FilePlanState:
    plan = await plan_maps(here, wish.pairing, wish.text.encode(), kinds=_mine(here, bearer, wish.pairing))
    if plan.problems:
        flaws = [Flaw(where=f"body.text line {one.line}", problem=f"{one.what}. {one.fix}") for one in plan.problems]
        raise Refusal(422, "The file cannot be taken as it is. Nothing was changed.", errors=flaws)
    effect = (
        await rehearse_changes(here, wish.pairing, plan.changes, actor=bearer.person.name) if plan.planned else None
    )
    return _told(plan, effect.sentences if effect else [])


@router.post(
    "/mappings/file/save", operation_id="saveMappings", summary="Take a CSV file in",
    description="All of it or nothing. 409 when it would do something else by now than `stamp` says, so that a call "
    "repeated writes nothing twice.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def save(here: Here, bearer: Mapper, wish: FileSaveWish) -> MapEffect:
    _, effect = await save_maps_file(
        here, wish.pairing, wish.text.encode(), kinds=_mine(here, bearer, wish.pairing), stamp=wish.stamp,
        actor=bearer.person.name, reason=wish.reason,
    )  # fmt: skip
    return MapEffect(applied=True, effect=list(effect.sentences))


def _mine(here: Installation, bearer: Bearer, pairing: str) -> list[MapKind]:
    """The maps that the token may change. Raises Refusal."""
    if pairing not in visible(here, bearer.person):
        raise Refusal(404, NOT_THERE)
    if not (kinds := maps_of(bearer.person, pairing)):
        raise Refusal(403, f"Mappings of {pairing} are changed by operators of the desks that own them.")
    return kinds


def _told(plan: FilePlan, effect: list[str]) -> FilePlanState:
    items = [
        PlannedLine(
            line=one.line, deed=one.deed, kind=one.change.kind, key=one.change.key,
            value=dict(one.change.value) if one.change.value is not None else None,
            before=dict(one.before) if one.before is not None else None,
        )
        for one in plan.planned
    ]  # fmt: skip
    return FilePlanState(stamp=plan.stamp, counts=dict(plan.counts), items=items, effect=list(effect))
