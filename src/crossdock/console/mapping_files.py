"""Mappings out to a CSV file and in again: every mistake at once, a preview of what it would do, all or nothing."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile
from yarl import URL

from crossdock.console.address import Words
from crossdock.console.entrance import Forbidden, Form, Me, NotThere, menu
from crossdock.console.mappings import NOT_THERE, TITLES, map_of, not_there
from crossdock.console.render import page
from crossdock.decide.map_file import BYTES_MAX, COLUMNS, ROWS_MAX
from crossdock.flows.wish import RemedyRefused
from crossdock.model.code_map import MapKind
from crossdock.wiring.installation import Installation
from crossdock.wiring.map_changes import rehearse_changes
from crossdock.wiring.map_files import export_maps, maps_of, plan_maps, save_maps_file
from crossdock.wiring.overview import visible
from crossdock.wiring.people import SignedIn

router = APIRouter()
SHOWN_MAX = 200


@router.get("/mappings/export")
async def export(request: Request, me: Me, pairing: Words, kind: Words = "") -> Response:
    """One map, or all of a pairing."""
    here: Installation = request.app.state.here
    if pairing not in visible(here, me.person):
        return not_there(request)
    kinds = [map_of(kind)] if kind else list(MapKind)
    data = await export_maps(here, pairing, kinds)
    name = f"{pairing}-{kind or 'mappings'}.csv"
    return Response(
        data, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/mappings/import")
async def ask(request: Request, me: Me, pairing: Words) -> Response:
    here: Installation = request.app.state.here
    if pairing not in visible(here, me.person):
        return not_there(request)
    return page(
        request, "mappings_import.html", pairing=pairing, mine=maps_of(me.person, pairing), titles=TITLES,
        columns=COLUMNS, kilobytes=BYTES_MAX // 1024, most=ROWS_MAX, **menu(me, "mappings"),
    )  # fmt: skip


@router.post("/mappings/import")
async def preview(request: Request, me: Me, form: Form) -> Response:
    """What the file would do, or everything that is wrong with it; nothing is changed."""
    here: Installation = request.app.state.here
    data, why = await _uploaded(request), form.get("why", "").strip()
    pairing, kinds = _mine(here, me, form)
    if not why:
        raise RemedyRefused("say why: it is what the next person will read")
    plan = await plan_maps(here, pairing, data, kinds=kinds)
    effect = await rehearse_changes(here, pairing, plan.changes, actor=me.person.name) if plan.planned else None
    text = "" if plan.problems else data.decode("utf-8-sig")
    return page(
        request, "mappings_preview.html", 422 if plan.problems else 200, pairing=pairing, plan=plan, effect=effect,
        text=text, why=why, most=SHOWN_MAX, titles=TITLES, **menu(me, "mappings"),
    )  # fmt: skip


@router.post("/mappings/import/save")
async def save(request: Request, me: Me, form: Form) -> Response:
    here: Installation = request.app.state.here
    pairing, kinds = _mine(here, me, form)
    await save_maps_file(
        here, pairing, form.get("text", "").encode(errors="replace"), kinds=kinds, stamp=form.get("stamp", ""),
        actor=me.person.name, reason=form.get("why", ""),
    )  # fmt: skip
    return RedirectResponse(str(URL("/mappings").with_query(pairing=pairing, sort="newest")), 303)


def _mine(here: Installation, me: SignedIn, form: dict[str, str]) -> tuple[str, list[MapKind]]:
    pairing = form.get("pairing", "")
    if pairing not in visible(here, me.person):
        raise NotThere(NOT_THERE)
    if not (kinds := maps_of(me.person, pairing)):
        raise Forbidden(f"Mappings of {pairing} are changed by operators of the desks that own them.")
    return pairing, kinds


async def _uploaded(request: Request) -> bytes:
    """The file of the form, which was read when the form was; never more of it than is taken."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise RemedyRefused("choose a CSV file first")
    return await file.read(BYTES_MAX + 1)
