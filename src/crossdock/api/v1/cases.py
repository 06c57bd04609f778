"""Cases: the queues of the desks, one case with its evidence, and its remedies, rehearsed before they are applied."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic.config import JsonDict

from crossdock.api.v1 import entrance
from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import (
    PAGE,
    Amount,
    DueCursor,
    Given,
    Happened,
    Key,
    Limit,
    Moment,
    Next,
    ParamName,
    ParamValue,
    Told,
    Words,
    next_page,
)
from crossdock.cases.kind import Desk, Remedy, Severity
from crossdock.cases.kinds import KINDS
from crossdock.decide.scopes import Bearer
from crossdock.flows.wish import Rehearsal as Foreseen
from crossdock.flows.wish import Wish
from crossdock.ports.case_book import CaseRow
from crossdock.store.case_lists import CaseOrder, CaseQuestion, Standing, list_queue
from crossdock.wiring.case_file import CaseFile
from crossdock.wiring.case_rights import case_to_settle, seen_case, seen_file, settles
from crossdock.wiring.installation import Installation
from crossdock.wiring.settling import settler_of

TAGS = {"cases": "Work that waits for a person: listed, looked at, rehearsed, settled."}
router = room("cases")
HELD_MAX = 200
EXAMPLE: JsonDict = {"remedy": "map-code", "params": {"code": "HP-1001"}, "reason": ""}
NOT_THERE = "There is no such case, or it is another desk's."


def _known(name: str) -> str:
    if name not in KINDS:
        raise ValueError("there is no such kind of case")
    return name


KindName = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": sorted(KINDS)}, mode="validation")
]


class CaseFilter(Given):
    desk: Desk | None = None
    pairing: Words | None = None
    kind: KindName | None = None
    severity: Severity | None = None
    assignee: Words = Field("", description="Only those that this person has taken.")
    state: Standing = Standing.OPEN
    sort: CaseOrder = CaseOrder.DUE
    cursor: DueCursor = None
    limit: Limit = PAGE


class CaseLine(Told):
    """records: how many it holds. value: what they are worth, by currency. due_at: by when somebody should act.
    assignee: who has taken it; "" for nobody. snoozed_until: it is out of the queue until then."""

    id: int
    pairing: str
    kind: str
    subject: str
    desk: Desk
    severity: Severity
    state: str
    cause: str
    opened_at: Moment
    due_at: Moment
    assignee: str
    snoozed_until: Moment | None
    records: int
    value: dict[str, Amount]


class CasePage(Told):
    items: list[CaseLine]
    next: Next


class HeldRecord(Told):
    """sticky: only a person's remedy lets it go. value: at stake, in `currency`."""

    record: str
    record_id: int
    ref: str
    cause: str
    sticky: bool
    value: Amount | None
    currency: str


class Likely(Told):
    """What the case may mean. score: 0 to 100, for ranking alone."""

    code: str
    name: str
    score: float
    because: list[str]


class Way(Told):
    """A remedy that the case offers. params: the names it must be given. reasoned: it needs a reason."""

    remedy: Remedy
    means: str
    params: list[str]
    reasoned: bool


class Case(CaseLine):
    """advice: what to do, in plain words. held: at most 200 of `records`. remedies: none once it is closed."""

    closed_at: Moment | None
    advice: str
    facts: dict[str, str]
    evidence: str
    held: list[HeldRecord]
    likely: list[Likely]
    remedies: list[Way]
    history: list[Happened]
    may_settle: bool = Field(description="Whether this token's roles reach so far; the scope is another matter.")


class RemedyWish(Given):
    """A remedy, as `remedies` of the case offers it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    remedy: Remedy
    params: dict[ParamName, ParamValue] = Field(default={}, max_length=10)
    reason: Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")] = Field(
        default="", description="Why; the auditor reads it."
    )


class Rehearsal(Told):
    """What the remedy would do, or did, to what is held, by count. waits: kind of case → how many would wait for it.
    would: what would come of records that are not orders → how many. text: all of that in words."""

    held: int
    would_post: int
    would_leave: int
    waits: dict[str, int]
    would: dict[str, int]
    text: str


class Settled(Told):
    """rehearsal: as it was foreseen the moment before. state, records: of the case now."""

    case: int
    applied: bool
    state: str
    records: int
    rehearsal: Rehearsal


@router.get(
    "/cases", operation_id="listCases", summary="Open cases, the first due first",
    description="Those that are put off or closed are listed when `state` asks for them; what is closed stands newest "
    "first, or oldest. A cursor goes with the `sort` and `state` it was given for.", responses=problems(),
)  # fmt: skip
async def cases(request: Request, here: Here, bearer: Reader, wanted: Annotated[CaseFilter, Query()]) -> CasePage:
    asked = CaseQuestion(
        desk=wanted.desk or "", pairing=wanted.pairing or "", kind=wanted.kind or "", assignee=wanted.assignee,
        severity=wanted.severity or "", state=wanted.state, sort=wanted.sort,
    )  # fmt: skip
    found = await list_queue(
        here.pool, here.tenant, bearer.person.grants, asked, after=wanted.cursor or "", limit=wanted.limit
    )
    items = [CaseLine.model_validate(row) for row in found.rows]
    return CasePage(items=items, next=next_page(request, found.following or None))


@router.get("/cases/{case_id}", operation_id="showCase", summary="One case", responses=problems(404))
async def case(here: Here, bearer: Reader, case_id: Key) -> Case:
    file = await seen_file(here, bearer.person, case_id)
    if file is None:
        raise Refusal(404, NOT_THERE)
    return _told(file, may=settles(bearer.person, file.case))


@router.post(
    "/cases/{case_id}/rehearse", operation_id="rehearseRemedy", summary="What would a remedy do?",
    description="Nothing is changed.", responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def rehearse(here: Here, bearer: entrance.Settler, case_id: Key, wish: RemedyWish) -> Settled:
    found = await mine(here, bearer, case_id)
    rehearsal = await settler_of(here, found).rehearse(found, wish_of(bearer, wish))
    return _settled(found, rehearsal, applied=False)


@router.post(
    "/cases/{case_id}/settle", operation_id="settleCase", summary="Apply a remedy",
    description="It is rehearsed, applied, and written down with the token's name and the reason. A case that is "
    "closed already answers 409, so that a call repeated does nothing twice.",
    responses=problems(404, 409, 413, 415, 502),
)  # fmt: skip
async def settle(here: Here, bearer: entrance.Settler, case_id: Key, wish: RemedyWish) -> Settled:
    found = await mine(here, bearer, case_id)
    at = settler_of(here, found)
    rehearsal = await at.apply(found, wish_of(bearer, wish))
    after = await at.pairing.cases.find_case(case_id)
    return _settled(after or found, rehearsal, applied=True)


async def to_see(here: Installation, bearer: Bearer, case_id: int) -> CaseRow:
    """Raises Refusal."""
    if (found := await seen_case(here, bearer.person, case_id)) is None:
        raise Refusal(404, NOT_THERE)
    return found


async def mine(here: Installation, bearer: Bearer, case_id: int) -> CaseRow:
    """To settle it. Raises Refusal, NotYours."""
    if (found := await case_to_settle(here, bearer.person, case_id)) is None:
        raise Refusal(404, NOT_THERE)
    return found


def wish_of(bearer: Bearer, wish: RemedyWish) -> Wish:
    params = {name: value.strip() for name, value in wish.params.items()}
    return Wish(remedy=wish.remedy, params=params, reason=wish.reason.strip(), actor=bearer.person.name)


def rehearsed(found: Foreseen) -> Rehearsal:
    return Rehearsal(
        held=found.held, would_post=found.would_post, would_leave=found.would_leave, waits=dict(found.waits),
        would=dict(found.would), text=str(found),
    )  # fmt: skip


def _settled(found: CaseRow, rehearsal: Foreseen, *, applied: bool) -> Settled:
    return Settled(
        case=found.id, applied=applied, state=found.state, records=found.records, rehearsal=rehearsed(rehearsal)
    )


def _told(file: CaseFile, *, may: bool) -> Case:
    line = CaseLine.model_validate(file.case)
    return Case(
        **{name: getattr(line, name) for name in CaseLine.model_fields},
        closed_at=file.case.closed_at,
        advice=file.advice,
        facts=dict(file.case.facts),
        evidence=file.case.evidence,
        held=[HeldRecord.model_validate(one) for one in file.held[:HELD_MAX]],
        likely=_likely(file),
        remedies=[Way.model_validate(one) for one in file.ways],
        history=[Happened.model_validate(one) for one in file.history],
        may_settle=may,
    )


def _likely(file: CaseFile) -> list[Likely]:
    items = [
        Likely(code=one.code, name=one.description, score=one.score, because=[one.reason]) for one in file.items
    ]  # fmt: skip
    accounts = [
        Likely(code=one["code"], name=one["name"], score=one["score"], because=list(one["reasons"]))
        for one in file.accounts
    ]
    return items or accounts
