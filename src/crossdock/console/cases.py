"""Cases: the queues of the desks, one case with its evidence, and its remedies, rehearsed before they are applied."""

from dataclasses import asdict
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Remedy, Severity
from crossdock.cases.kinds import KINDS
from crossdock.console.address import Key, Words, link
from crossdock.console.entrance import Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import SETTLES
from crossdock.decide.side_by_side import side_by_side
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.store.case_lists import CaseOrder, CaseQuestion, Standing, list_queue, queues
from crossdock.wiring.case_rights import case_to_settle, seen_file, settles
from crossdock.wiring.handling import views
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.people import SignedIn
from crossdock.wiring.settling import settler_of

router = APIRouter()
PAGE = 50
HELD_MAX = 200
NOT_THERE = "There is no such case, or it is another desk's."


@router.get("/cases")
async def queue(
    request: Request, me: Me, desk: Words = "", pairing: Words = "", kind: Words = "", assignee: Words = "",
    severity: Words = "", state: Standing = Standing.OPEN, sort: CaseOrder = CaseOrder.DUE, after: Words = "",
) -> Response:  # fmt: skip
    here: Installation = request.app.state.here
    grants = me.person.grants
    asked = CaseQuestion(
        desk=desk, pairing=pairing, kind=kind.strip(), assignee=assignee, severity=severity, state=state, sort=sort
    )
    found = await list_queue(here.pool, here.tenant, grants, asked, after=after, limit=PAGE)
    return page(
        request, "cases.html", rows=found.rows, queues=await queues(here.pool, here.tenant, grants), asked=asked,
        pairings=visible(here, me.person), kinds=list(KINDS), severities=list(Severity), following=found.following,
        link=partial(_link, asked), settles=any(one.role in SETTLES for one in grants), place="cases",
        query=request.url.query, views=await views(here.pool, here.tenant, me.person.id, "cases"), **menu(me, "cases"),
    )  # fmt: skip


def _link(asked: CaseQuestion, **changed: str) -> str:
    """The address of this list with something of it changed."""
    plain = CaseQuestion()
    given = {**asdict(asked), **changed}
    return link("/cases", {name: "" if value == getattr(plain, name, "") else value for name, value in given.items()})


@router.get("/cases/{case_id}")
async def case(request: Request, me: Me, case_id: Key) -> Response:
    here: Installation = request.app.state.here
    file = await seen_file(here, me.person, case_id)
    if file is None:
        return not_there(request)
    return page(
        request, "case.html", file=file, may=settles(me.person, file.case), most=HELD_MAX,
        sides=side_by_side(file.case.kind, file.case.facts), **menu(me, "cases"),
    )  # fmt: skip


@router.post("/cases/{case_id}/rehearse")
async def rehearse(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    """What a remedy would do to everything the case holds; nothing is changed."""
    here: Installation = request.app.state.here
    if (found := await case_to_settle(here, me.person, case_id)) is None:
        return not_there(request)
    wish = wish_of(me, form)
    rehearsal = await settler_of(here, found).rehearse(found, wish)
    return page(request, "rehearsed.html", case=found, wish=wish, rehearsal=rehearsal, **menu(me, "cases"))


@router.post("/cases/{case_id}/settle")
async def settle(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    here: Installation = request.app.state.here
    if (found := await case_to_settle(here, me.person, case_id)) is None:
        return not_there(request)
    await settler_of(here, found).apply(found, wish_of(me, form))
    return RedirectResponse(f"/cases/{case_id}", 303)


def wish_of(me: SignedIn, form: dict[str, str]) -> Wish:
    """Raises RemedyRefused."""
    given = dict(form)
    remedy, reason = given.pop("remedy", ""), given.pop("reason", "").strip()
    if remedy not in list(Remedy):
        raise RemedyRefused("Choose one of the remedies that the case offers.")
    params = {name: value.strip() for name, value in given.items()}
    return Wish(remedy=Remedy(remedy), params=params, reason=reason, actor=me.person.name)


def not_there(request: Request, **values: Any) -> Response:
    return page(request, "refused.html", 404, title="Not there", text=NOT_THERE, **values)
