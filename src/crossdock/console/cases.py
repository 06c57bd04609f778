"""Cases: the queues of the desks, one case with its evidence, and its remedies, rehearsed before they are applied."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Remedy
from crossdock.console.address import KEY_MAX, Key, Words
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.render import page
from crossdock.decide.rights import may_see, may_settle
from crossdock.flows.wish import RemedyRefused, Wish
from crossdock.ports.case_book import CaseRow
from crossdock.store import desk as lists
from crossdock.store.cases import list_cases
from crossdock.wiring.case_file import read_case
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
    request: Request, me: Me, desk: Words = "", pairing: Words = "", kind: Words = "", after: Words = ""
) -> Response:
    here: Installation = request.app.state.here
    grants = me.person.grants
    rows = await lists.cases_due(
        here.pool, here.tenant, grants, desk=desk or None, pairing=pairing or None, kind=kind or None,
        after=_position(after), limit=PAGE,
    )  # fmt: skip
    following = f"{rows[-1].due_at.isoformat()}_{rows[-1].id}" if len(rows) == PAGE else ""
    return page(
        request, "cases.html", rows=rows, queues=await lists.queues(here.pool, here.tenant, grants),
        pairings=visible(here, me.person), desk=desk, pairing=pairing, kind=kind, following=following,
        **menu(me, "cases"),
    )  # fmt: skip


@router.get("/cases/{case_id}")
async def case(request: Request, me: Me, case_id: Key) -> Response:
    here: Installation = request.app.state.here
    file = await read_case(here.pool, here.project, case_id)
    if file is None or not may_see(me.person, desk=file.case.desk, pairing=file.case.pairing):
        return _not_there(request)
    may = may_settle(me.person, desk=file.case.desk, pairing=file.case.pairing)
    return page(request, "case.html", file=file, may=may, most=HELD_MAX, **menu(me, "cases"))


@router.post("/cases/{case_id}/rehearse")
async def rehearse(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    """What a remedy would do to everything the case holds; nothing is changed."""
    found, at = await _mine(request, me, case_id)
    if found is None or at is None:
        return _not_there(request)
    wish = _wish(me, form)
    rehearsal = await at.rehearse(found, wish)
    return page(request, "rehearsed.html", case=found, wish=wish, rehearsal=rehearsal, **menu(me, "cases"))


@router.post("/cases/{case_id}/settle")
async def settle(request: Request, me: Me, form: Form, case_id: Key) -> Response:
    found, at = await _mine(request, me, case_id)
    if found is None or at is None:
        return _not_there(request)
    await at.apply(found, _wish(me, form))
    return RedirectResponse(f"/cases/{case_id}", 303)


async def _mine(request: Request, me: SignedIn, case_id: int) -> tuple[CaseRow | None, Settler | None]:
    """The case, and who settles it; None for one that this person may not see. Raises Forbidden for one that he may
    only see."""
    here: Installation = request.app.state.here
    rows = await list_cases(here.pool, here.tenant, case_id=case_id)
    if not rows or not may_see(me.person, desk=rows[0].desk, pairing=rows[0].pairing):
        return None, None
    if not may_settle(me.person, desk=rows[0].desk, pairing=rows[0].pairing):
        raise Forbidden(f"Cases of the {rows[0].desk} desk in {rows[0].pairing} are settled by its operators.")
    if (at := settler(here, rows[0].pairing)) is None:
        raise RemedyRefused(f"The settings no longer have the pairing {rows[0].pairing}. Put it back first.")
    return rows[0], at


def _wish(me: SignedIn, form: dict[str, str]) -> Wish:
    given = dict(form)
    remedy, reason = given.pop("remedy", ""), given.pop("reason", "").strip()
    if remedy not in list(Remedy):
        raise RemedyRefused("Choose one of the remedies that the case offers.")
    params = {name: value.strip() for name, value in given.items()}
    return Wish(remedy=Remedy(remedy), params=params, reason=reason, actor=me.person.name)


def _position(text: str) -> tuple[datetime, int] | None:
    due, _, last = text.partition("_")
    try:
        at, number = datetime.fromisoformat(due), int(last)
    except ValueError:
        return None
    return (at, number) if at.tzinfo is not None and 0 <= number <= KEY_MAX else None


def _not_there(request: Request, **values: Any) -> Response:
    return page(request, "refused.html", 404, title="Not there", text=NOT_THERE, **values)
