"""Reconciliation: what was compared and found, a new run on a wish, and packs to download."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field

from crossdock.api.v1.entrance import Here, Reader, Reconciler, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import (
    PAGE,
    Amount,
    Given,
    Key,
    Limit,
    Moment,
    Next,
    NumberCursor,
    Told,
    Words,
    next_page,
)
from crossdock.console.files import TYPES, pack_file
from crossdock.decide.reconciling import Stands
from crossdock.decide.rights import Person, may_reconcile, may_see, may_see_case
from crossdock.model.reconciliation import Subject
from crossdock.store import compared
from crossdock.store.compared import DifferenceLine, RunLine
from crossdock.store.sorting import ByAge, BySize
from crossdock.wiring.compare_asked import stands, start
from crossdock.wiring.installation import Installation
from crossdock.wiring.overview import visible
from crossdock.wiring.packing import Form, runs_of_pack

TAGS = {"reconciliation": "What was compared and what was found, a comparison on a wish, and packs."}
router = room("reconciliation")
NOT_THERE = "There is no such run, or it belongs to a pairing that is not yours."
BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
PACK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pack.",
        "content": dict.fromkeys((one.partition(";")[0] for one in TYPES.values()), BINARY),
    }
}


class RunFilter(Given):
    pairing: Words | None = None
    subject: Subject | None = None
    sort: ByAge = ByAge.NEWEST
    cursor: NumberCursor = None
    limit: Limit = PAGE


class RunState(Told):
    """stands: how far it is, or what came of it. period: "" where this moment was compared. ours_at, theirs_at: when
    each side was read. counts: what was looked at and found. unknowns: what could not be read, never counted as
    missing. step, done, whole: what a run under way is at. trouble: what stopped it."""

    id: int
    pairing: str
    subject: Subject
    period: str
    stands: Stands
    actor: str
    began_at: Moment
    ended_at: Moment | None
    ours_at: Moment | None
    theirs_at: Moment | None
    counts: dict[str, int]
    unknowns: list[str]
    step: str
    done: int
    whole: int | None
    trouble: str


class RunPage(Told):
    items: list[RunState]
    next: Next


class Cause(Told):
    """worth: what is at stake in `currency`; null where nobody can say."""

    cause: str
    likely: str
    currency: str
    differences: int
    to_settle: int
    accepted: int
    worth: Amount | None


class RunFile(RunState):
    causes: list[Cause]


class DifferenceFilter(Given):
    cause: Words = Field("", description="Only those of this cause.")
    sort: BySize = BySize.FOUND
    cursor: NumberCursor = None
    limit: Limit = PAGE


class DifferenceState(Told):
    """number: its place in the run. ours, theirs: what each side says. value: at stake, in `currency`. accepted_by: who
    took it as it is. case_id: of the case that stands for it, where the token sees its desk."""

    number: int
    cause: str
    likely: str
    subject: str
    ref: str
    document: str
    what: str
    ours: str
    theirs: str
    day: date | None
    currency: str
    company: str
    account: str
    value: Amount | None
    note: str
    accepted_by: str
    case_id: int | None


class DifferencePage(Told):
    items: list[DifferenceState]
    next: Next


class WishToCompare(Given):
    pairing: Words = Field(examples=["oro-khaos"])
    subject: Subject
    period: Words = Field(
        "", description="Of orders, despatches and money: a day, a month, two days.", examples=["2026-10"]
    )


class Begun(Told):
    """The run, which a worker takes up."""

    id: int


class PackWish(Given):
    form: Form = "xlsx"
    alone: bool = Field(default=False, description="This run and no other of its period.")


@router.get("/reconciliations", operation_id="listRuns", summary="What was compared", responses=problems())
async def runs(request: Request, here: Here, bearer: Reader, wanted: Annotated[RunFilter, Query()]) -> RunPage:
    mine = [name for name in visible(here, bearer.person) if name in here.pairings and wanted.pairing in (None, name)]
    before = int(wanted.cursor) if wanted.cursor else None
    found = await compared.runs(
        here.pool, here.tenant, mine, subject=wanted.subject, sort=wanted.sort, from_key=before, limit=wanted.limit
    )  # fmt: skip
    last = found[-1].run.id if len(found) == wanted.limit else None
    return RunPage(items=[_state(one) for one in found], next=next_page(request, last))


@router.post(
    "/reconciliations", operation_id="startRun", summary="Compare both sides", status_code=202,
    description="For the finance and the operations desk. 409 while another of the subject is under way.",
    responses=problems(404, 409, 413, 415),
)  # fmt: skip
async def begin(here: Here, bearer: Reconciler, wanted: WishToCompare) -> Begun:
    if wanted.pairing not in here.pairings or wanted.pairing not in visible(here, bearer.person):
        raise Refusal(404, "There is no such pairing of yours.")
    if not may_reconcile(bearer.person, pairing=wanted.pairing):
        raise Refusal(403, f"Comparisons in {wanted.pairing} are started by the finance and the operations desk.")
    run_id = await start(here, wanted.pairing, wanted.subject, wanted.period, actor=bearer.person.name)
    return Begun(id=run_id)


@router.get("/reconciliations/{run_id}", operation_id="showRun", summary="One comparison", responses=problems(404))
async def run(here: Here, bearer: Reader, run_id: Key) -> RunFile:
    line = await _mine(here, bearer.person, run_id)
    causes = [Cause.model_validate(one) for one in await compared.causes(here.pool, run_id)]
    return RunFile(**_state(line).model_dump(), causes=causes)


@router.get(
    "/reconciliations/{run_id}/differences", operation_id="listDifferences", summary="What it found",
    responses=problems(404),
)  # fmt: skip
async def differences(
    request: Request, here: Here, bearer: Reader, run_id: Key, wanted: Annotated[DifferenceFilter, Query()]
) -> DifferencePage:
    line = await _mine(here, bearer.person, run_id)
    after = None if wanted.cursor is None else int(wanted.cursor)
    rows = await compared.differences(
        here.pool, run_id, cause=wanted.cause, sort=wanted.sort, after=after, limit=wanted.limit
    )
    last = rows[-1].number if len(rows) == wanted.limit else None
    items = [_difference(one, bearer.person, line.pairing) for one in rows]
    return DifferencePage(items=items, next=next_page(request, last))


@router.get(
    "/reconciliations/{run_id}/pack", operation_id="downloadPack", summary="The pack of an ended run, as a file",
    description="With a period's money what else was compared over it, unless `alone`.", response_class=FileResponse,
    responses={**PACK, **problems(404)},
)  # fmt: skip
async def pack(here: Here, bearer: Reader, run_id: Key, wanted: Annotated[PackWish, Query()]) -> Response:
    line = await _mine(here, bearer.person, run_id)
    if not line.run.ended:
        raise Refusal(404, "The run is not done: there is no pack yet.")
    lines = [line] if wanted.alone else await runs_of_pack(here, line)
    return await pack_file(here, lines, wanted.form)


async def _mine(here: Installation, person: Person, run_id: int) -> RunLine:
    """Raises Refusal."""
    line = await compared.find_run(here.pool, here.tenant, run_id)
    if line is None or not may_see(person, pairing=line.pairing):
        raise Refusal(404, NOT_THERE)
    return line


def _state(line: RunLine) -> RunState:
    run = line.run
    return RunState(
        id=run.id, pairing=line.pairing, subject=run.subject, period=run.period_name, stands=stands(line),
        actor=run.actor, began_at=run.began_at, ended_at=run.ended_at, ours_at=run.ours_at, theirs_at=run.theirs_at,
        counts=run.counts, unknowns=list(run.unknowns), step=line.step, done=line.done, whole=line.whole,
        trouble=line.trouble,
    )  # fmt: skip


def _difference(line: DifferenceLine, person: Person, pairing: str) -> DifferenceState:
    one = line.difference
    seen = bool(line.desk) and may_see_case(person, desk=line.desk, pairing=pairing)
    return DifferenceState(
        number=line.number, accepted_by=one.waiver.actor if one.waiver else "", case_id=one.case_id if seen else None,
        **{name: getattr(one, name) for name in DifferenceState.model_fields if name not in
           ("number", "accepted_by", "case_id")},
    )  # fmt: skip
