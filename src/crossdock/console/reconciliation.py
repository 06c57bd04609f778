"""Reconciliation: what was compared and found, one run's differences, a new run on a wish, and the month's end."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from crossdock.cases.kind import Desk
from crossdock.console.address import After, Before, Key, Words, link
from crossdock.console.entrance import Forbidden, Form, Me, menu
from crossdock.console.files import pack_file
from crossdock.console.render import page
from crossdock.decide.beside import beside
from crossdock.decide.period import one_day
from crossdock.decide.reconciling import GOING
from crossdock.decide.rights import Person, may_reconcile, may_see, may_see_case
from crossdock.model.faults import InvalidValue
from crossdock.model.reconciliation import PERIODIC, PaperKind, Subject
from crossdock.reports.pack import KNOWN_BY, TITLES
from crossdock.store import compared
from crossdock.store.compared import MonthLine, RunLine
from crossdock.store.sorting import ByAge, BySize
from crossdock.wiring.accounted import accounted_for
from crossdock.wiring.compare_asked import StartRefused, comparable, stands, start
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.packing import Form as PackForm
from crossdock.wiring.packing import runs_of_pack

router = APIRouter()
PAGE = 50
MONTHS = 6
NOT_THERE = "There is no such run, or it belongs to a pairing that is not yours."


@router.get("/reconciliation")
async def runs(
    request: Request, me: Me, pairing: Words = "", subject: Words = "", sort: ByAge = ByAge.NEWEST,
    before: Before = None,
) -> Response:  # fmt: skip
    """before: the last run of the page before."""
    return await _room(request, me, pairing=pairing, subject=subject, sort=sort, before=before)


async def _room(
    request: Request, me: Me, *, pairing: str = "", subject: str = "", sort: ByAge = ByAge.NEWEST,
    before: int | None = None, problem: str = "",
) -> Response:  # fmt: skip
    here: Installation = request.app.state.here
    mine = _sales(here, me.person)
    wanted = [one for one in mine if pairing in ("", one)]
    found = await compared.runs(
        here.pool, here.tenant, wanted, subject=Subject(subject) if subject in list(Subject) else None, sort=sort,
        from_key=before, limit=PAGE,
    )  # fmt: skip
    asked = {"pairing": pairing, "subject": subject, "sort": "" if sort is ByAge.NEWEST else sort}
    may = [one for one in mine if may_reconcile(me.person, pairing=one)]
    subjects = [one for one in Subject if any(one in comparable(here.pairings[name]) for name in may)]
    return page(
        request, "reconciliation.html", 422 if problem else 200, rows=[_shown(one) for one in found], pairing=pairing,
        subject=subject, pairings=mine, may=may, subjects=subjects, every=list(Subject), periodic=PERIODIC,
        problem=problem, following=found[-1].run.id if len(found) == PAGE else None, today=datetime.now(UTC).date(),
        going=any(stands(one) in GOING for one in found), sort=sort, link=partial(link, "/reconciliation", asked),
        begin=before, **menu(me, "reconciliation"),
    )  # fmt: skip


@router.post("/reconciliation/start")
async def begin(request: Request, me: Me, form: Form) -> Response:
    here: Installation = request.app.state.here
    pairing, subject = form.get("pairing", ""), form.get("subject", "")
    if pairing not in _sales(here, me.person):
        return page(request, "refused.html", 404, title="Not there", text="There is no such pairing of yours.")
    if not may_reconcile(me.person, pairing=pairing):
        raise Forbidden(f"Comparisons in {pairing} are started by operators of the finance and the operations desk.")
    try:
        if subject not in list(Subject):
            raise StartRefused("Choose what to compare.")
        run_id = await start(here, pairing, Subject(subject), _period(form), actor=me.person.name)
    except (StartRefused, InvalidValue) as refusal:
        return await _room(request, me, problem=str(refusal))
    return RedirectResponse(f"/reconciliation/{run_id}", 303)


def _period(form: dict[str, str]) -> str:
    """A day, where one is given, else what is written as a period. Raises InvalidValue."""
    written = form.get("day", "").strip()
    if not written:
        return form.get("period", "")
    try:
        day = date.fromisoformat(written)
    except ValueError as error:
        raise InvalidValue(f"{written!r} is no day: write 2026-10-05") from error
    return one_day(day, "UTC").name


@router.get("/reconciliation/{run_id}")
async def run(
    request: Request, me: Me, run_id: Key, cause: Words = "", sort: BySize = BySize.FOUND, after: After | None = None
) -> Response:
    here: Installation = request.app.state.here
    line = await _mine(here, me.person, run_id)
    if line is None:
        return _not_there(request)
    rows = await compared.differences(here.pool, run_id, cause=cause, sort=sort, after=after, limit=PAGE)
    asked = {"cause": cause, "sort": "" if sort is BySize.FOUND else sort}
    shown = [
        {
            "number": one.number,
            "it": one.difference,
            "beside": beside(one.difference.ours, one.difference.theirs),
            "seen": bool(one.desk) and may_see_case(me.person, desk=one.desk, pairing=line.pairing),
        }
        for one in rows
    ]
    return page(
        request, "reconciliation_run.html", one=_shown(line), causes=await compared.causes(here.pool, run_id),
        rows=shown, cause=cause, may=may_reconcile(me.person, pairing=line.pairing),
        following=rows[-1].number if len(rows) == PAGE else None, sort=sort,
        link=partial(_differences, run_id, asked), **menu(me, "reconciliation"),
    )  # fmt: skip


def _differences(run_id: int, asked: Mapping[str, object], **changed: object) -> str:
    return link(f"/reconciliation/{run_id}", asked, **changed) + "#differences"


@router.get("/reconciliation/{run_id}/pack.{form}")
async def pack(request: Request, me: Me, run_id: Key, form: PackForm, alone: Words = "") -> Response:
    """alone: this run and no other of its period."""
    here: Installation = request.app.state.here
    line = await _mine(here, me.person, run_id)
    if line is None or not line.run.ended:
        return _not_there(request)
    lines = [line] if alone else await runs_of_pack(here, line)
    return await pack_file(here, lines, form)


@router.get("/month-end")
async def months(request: Request, me: Me, pairing: Words = "", before: Words = "") -> Response:
    here: Installation = request.app.state.here
    mine = _sales(here, me.person)
    name = pairing if pairing in mine else next(iter(mine), "")
    found = await compared.months(here.pool, here.tenant, name, before=before, limit=MONTHS) if name else []
    return page(
        request, "month_end.html", rows=[_month(one) for one in found], pairing=name, pairings=mine,
        counted=await accounted_for(here, name) if name else None, titles=TITLES,
        seen=[str(one) for one in Desk if may_see_case(me.person, desk=one, pairing=name)],
        following=found[-1].period if len(found) == MONTHS else "", **menu(me, "reconciliation"),
    )  # fmt: skip


def _month(line: MonthLine) -> dict[str, Any]:
    """columns: by currency and company, one row for each kind of paper; None where nobody tells it."""
    where = dict.fromkeys((one.currency, one.company) for one in line.columns)
    held = {(one.currency, one.company, one.kind): one for one in line.columns}
    known = [kind for kind in PaperKind if kind not in KNOWN_BY or line.counts.get(KNOWN_BY[kind])]
    return {
        "line": line,
        "groups": [
            {
                "currency": currency,
                "company": company,
                "rows": [(kind, kind in known, held.get((currency, company, kind))) for kind in PaperKind],
            }
            for currency, company in where
        ],
    }


def _shown(line: RunLine) -> dict[str, Any]:
    standing = stands(line)
    return {"line": line, "run": line.run, "stands": standing, "going": standing in GOING}


def _sales(here: Installation, person: Person) -> list[str]:
    return [name for name in visible(here, person) if name in here.pairings]


async def _mine(here: Installation, person: Person, run_id: int) -> RunLine | None:
    line = await compared.find_run(here.pool, here.tenant, run_id)
    return line if line is not None and may_see(person, pairing=line.pairing) else None


def _not_there(request: Request) -> Response:
    return page(request, "refused.html", 404, title="Not there", text=NOT_THERE)
