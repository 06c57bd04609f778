"""Taking a case, putting it off, saying something to it; and keeping a view of a list."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.console.address import Key
from crossdock.console.cases import not_there
from crossdock.console.entrance import Form, Me
from crossdock.flows.wish import RemedyRefused
from crossdock.wiring import handling
from crossdock.wiring.case_rights import case_to_settle, seen_case
from crossdock.wiring.installation import Installation

router = APIRouter()
PLACES = {"cases": "/cases", "orders": "/orders"}


@router.post("/cases/{case_id}/assign")
async def assign(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    here: Installation = request.app.state.here
    if (found := await case_to_settle(here, me.person, case_id)) is None:
        return not_there(request)
    to = me.person.name if "me" in form else form.get("to", "").strip()
    await handling.assign(here.pool, here.tenant, found, to=to, actor=me.person.name)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/snooze")
async def snooze(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    here: Installation = request.app.state.here
    if (found := await case_to_settle(here, me.person, case_id)) is None:
        return not_there(request)
    until = read_hours(form.get("hours", ""))
    await handling.snooze(
        here.pool, here.tenant, found, until=until, reason=form.get("reason", ""), actor=me.person.name
    )
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/wake")
async def wake(request: Request, me: Me, _: Form, case_id: Key) -> Response:
    here: Installation = request.app.state.here
    if (found := await case_to_settle(here, me.person, case_id)) is None:
        return not_there(request)
    await handling.wake(here.pool, here.tenant, found, actor=me.person.name)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/cases/{case_id}/comment")
async def comment(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    """Whoever may see a case may say something to it."""
    here: Installation = request.app.state.here
    if (found := await seen_case(here, me.person, case_id)) is None:
        return not_there(request)
    await handling.comment(here.pool, here.tenant, found, text=form.get("text", ""), actor=me.person.name)
    return RedirectResponse(f"/cases/{case_id}", 303)


@router.post("/views")
async def keep(request: Request, me: Me, form: Form) -> Response:
    """place: one of PLACES. query: what stands after the question mark of the list as it is shown."""
    here: Installation = request.app.state.here
    place, name, query = (form.get(one, "") for one in ("place", "name", "query"))
    kept = await handling.save_view(here.pool, here.tenant, me.person.id, place=place, name=name, query=query)
    return RedirectResponse(f"{PLACES[place]}?{kept}", 303)


@router.post("/views/{view_id}/drop")
async def drop(request: Request, me: Me, form: Form, view_id: Key) -> Response:
    here: Installation = request.app.state.here
    await handling.drop_view(here.pool, here.tenant, me.person.id, view_id)
    return RedirectResponse(PLACES.get(form.get("place", ""), "/"), 303)


def read_hours(text: str) -> datetime:
    """So many hours from now. Raises RemedyRefused."""
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise RemedyRefused("Say for how many hours.")
    return datetime.now(UTC) + timedelta(hours=int(text))
