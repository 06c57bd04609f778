"""Cases: the queues of the desks, one case with its evidence, and its remedies, rehearsed before they are applied."""

from dataclasses import asdict
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Remedy, Severity
from crossdock.cases.kinds import KINDS
from crossdock.console.address import Key, Words, link
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import SETTLES, may_see, may_settle
from crossdock.decide.side_by_side import side_by_side
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.store.case_lists import CaseOrder, CaseQuestion, Standing, list_queue, queues
from crossdock.store.cases import list_cases
from crossdock.wiring.case_file import read_case
from crossdock.wiring.handling import views
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.people import SignedIn
from crossdock.wiring.settling import Settler, settler

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
    file = await read_case(here.pool, here.project, case_id)
    if file is None or not may_see(me.person, desk=file.case.desk, pairing=file.case.pairing):
        return not_there(request)
    may = may_settle(me.person, desk=file.case.desk, pairing=file.case.pairing)
    return page(
        request, "case.html", file=file, may=may, most=HELD_MAX, sides=side_by_side(file.case.kind, file.case.facts),
        **menu(me, "cases"),
    )  # fmt: skip


@router.post("/cases/{case_id}/rehearse")
async def rehearse(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    """What a remedy would do to everything the case holds; nothing is changed."""
    if (found := await mine_to_settle(request, me, case_id)) is None:
        return not_there(request)
    wish = wish_of(me, form)
    rehearsal = await _settler(request, found).rehearse(found, wish)
    return page(request, "rehearsed.html", case=found, wish=wish, rehearsal=rehearsal, **menu(me, "cases"))


@router.post("/cases/{case_id}/settle")
async def settle(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    if (found := await mine_to_settle(request, me, case_id)) is None:
        return not_there(request)
    await _settler(request, found).apply(found, wish_of(me, form))
    return RedirectResponse(f"/cases/{case_id}", 303)


def _settler(request: Request, case: CaseRow) -> Settler:
    """Who settles it. Raises RemedyRefused."""
    here: Installation = request.app.state.here
    if (at := settler(here, case.pairing)) is None:
        raise RemedyRefused(f"The settings no longer have the pairing {case.pairing}. Put it back first.")
    return at


async def to_see(request: Request, me: SignedIn, case_id: int) -> CaseRow | None:
    """The case; None for one that this person may not see."""
    here: Installation = request.app.state.here
    rows = await list_cases(here.pool, here.tenant, case_id=case_id)
    seen = rows and may_see(me.person, desk=rows[0].desk, pairing=rows[0].pairing)
    return rows[0] if seen else None


async def mine_to_settle(request: Request, me: SignedIn, case_id: int) -> CaseRow | None:
    """The same. Raises Forbidden for one that he may only see."""
    found = await to_see(request, me, case_id)
    if found is not None and not may_settle(me.person, desk=found.desk, pairing=found.pairing):
        raise Forbidden(f"Cases of the {found.desk} desk in {found.pairing} are settled by its operators.")
    return found


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
