"""Systems: how each does, what it may be given, what failed last, and a probe on a wish; no secret is shown."""

from fastapi import APIRouter, Request, Response

from crossdock.console.address import Name
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.health import Health
from crossdock.decide.probing import advice, passed
from crossdock.decide.rights import may_probe
from crossdock.wiring.installation import Installation
from crossdock.wiring.probing import probe_now
from crossdock.wiring.remotes import read_systems, users_of

router = APIRouter()
AMISS = frozenset({Health.STOPPED, Health.FAILING})


@router.get("/systems")
async def systems(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    rows, marks = await read_systems(here, me.person)
    amiss = [one for one in rows if one.health in AMISS]
    return page(request, "systems.html", rows=rows, amiss=amiss, marks=marks, **menu(me, "systems"))


@router.post("/systems/{name}/probe")
async def probe(request: Request, me: Me, _: Form, name: Name) -> Response:
    here: Installation = request.app.state.here
    pairings = users_of(here, me.person, name)
    if not pairings:
        return page(request, "refused.html", 404, title="Not there", text="There is no such system of yours.")
    if not may_probe(me.person, pairings=pairings):
        raise Forbidden("A system is probed by those who settle for the integration desk in a pairing of it.")
    found = await probe_now(here, name, actor=me.person.name)
    lines = [{"it": one, "passed": passed(one), "advice": advice(one)} for one in found.lines]
    return page(request, "system_probed.html", name=name, found=found, lines=lines, **menu(me, "systems"))
