"""Settings: the rooms there are, desks and how they are reached, schedules, and the policies that hold."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Desk
from crossdock.console.address import Words
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.contacts import Contact
from crossdock.decide.rights import may_administer, may_settle
from crossdock.wiring.desks import read_desks, say_contact
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.policies import policies_of
from crossdock.wiring.schedules import NoSuchFlow, read_all, run_soon
from crossdock.wiring.work import HOUSE

router = APIRouter(prefix="/settings")


@router.get("")
async def index(request: Request, me: Me) -> Response:
    return page(request, "settings.html", admin=may_administer(me.person), **menu(me, "settings"))


@router.get("/desks")
async def desks(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    found = await read_desks(here)
    return page(request, "settings_desks.html", desks=found, admin=may_administer(me.person), **menu(me, "settings"))


@router.post("/desks/{desk}")
async def contact(request: Request, me: Me, form: Form, desk: Desk) -> Response:
    if not may_administer(me.person):
        raise Forbidden("How desks are reached is changed by administrators of everything.")
    words, address, escalation = (form.get(name, "").strip() for name in ("words", "address", "escalation"))
    given = Contact(words=words, address=address, escalation=escalation)
    await say_contact(request.app.state.here, desk, given, actor=me.person.name)
    return RedirectResponse(f"/settings/desks#{desk}", 303)


@router.get("/schedules")
async def schedules(request: Request, me: Me) -> Response:
    here: Installation = request.app.state.here
    mine = [*visible(here, me.person), *([HOUSE] if may_administer(me.person) else [])]
    found = await read_all(here, mine)
    may = {name for name in mine if name != HOUSE and may_settle(me.person, desk="", pairing=name)}
    return page(request, "settings_schedules.html", pairings=mine, found=found, may=may, **menu(me, "settings"))


@router.post("/schedules/run")
async def run(request: Request, me: Me, form: Form) -> Response:
    pairing, flow = form.get("pairing", ""), form.get("flow", "")
    if pairing not in visible(request.app.state.here, me.person):
        raise NoSuchFlow(f"There is no pairing {pairing!r} of yours.")
    if not may_settle(me.person, desk="", pairing=pairing):
        raise Forbidden("A flow is run sooner by those who settle for every desk of its pairing.")
    await run_soon(request.app.state.here, pairing, flow, actor=me.person.name)
    return RedirectResponse("/settings/schedules", 303)


@router.get("/policies")
async def policies(request: Request, me: Me, pairing: Words = "") -> Response:
    here: Installation = request.app.state.here
    mine = visible(here, me.person)
    shown = pairing if pairing in mine else next(iter(mine), "")
    groups = policies_of(shown, here.project.pairings[shown]) if shown else ()
    return page(request, "settings_policies.html", pairings=mine, shown=shown, groups=groups, **menu(me, "settings"))
