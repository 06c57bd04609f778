"""Is money flowing, and what needs whom: the page of each morning."""

from fastapi import APIRouter, Request, Response

from crossdock.console.entrance import Me, menu
from crossdock.console.render import page
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import read_overview

router = APIRouter()


@router.get("/")
async def overview(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    found = await read_overview(here, me.person)
    template = "overview_live.html" if request.headers.get("hx-request") else "overview.html"
    return page(
        request, template, pairings=found.pairings, queues=found.queues, attention=found.attention,
        **menu(me, "overview"),
    )  # fmt: skip
