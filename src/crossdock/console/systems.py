"""Systems: what each is, can do and is used for, and how it answers; no secret is shown."""

from fastapi import APIRouter, Request, Response

from crossdock.console.entrance import Me, menu
from crossdock.console.render import page
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import read_systems

router = APIRouter()


@router.get("/systems")
async def systems(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    rows, marks = await read_systems(here, me.person)
    return page(request, "systems.html", rows=rows, marks=marks, **menu(me, "systems"))
