"""The audit trail, for auditors: who did what, and whether the chain is whole."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from crossdock.api.v1.entrance import Auditor, Here, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Given, Limit, Moment, Next, NumberCursor, PeriodWish, Told, Words, next_page
from crossdock.decide.rights import may_audit
from crossdock.decide.scopes import Bearer
from crossdock.decide.span import read_span
from crossdock.store import desk
from crossdock.store.audit import verify
from crossdock.store.sorting import ByAge
from crossdock.wiring.evidence.trail import trail_text

TAGS = {"audit": "Who did what, and whether the trail is whole."}
router = room("audit")
NOT_YOURS = "The audit trail is for auditors and administrators of everything."


class TrailForm(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


TYPES = {TrailForm.CSV: "text/csv", TrailForm.JSONL: "application/jsonl"}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The entries of the period, the oldest first; jsonl is one JSON document a line.",
        "content": {kind: {"schema": {"type": "string"}} for kind in TYPES.values()},
    }
}


class TrailFilter(Given):
    actor: Words = Field("", description="Only what this one did.")
    everything: bool = Field(default=False, description="Also what Crossdock did by itself.")
    sort: ByAge = ByAge.NEWEST
    cursor: NumberCursor = None
    limit: Limit = PAGE


class Entry(Told):
    id: int
    at: Moment
    actor: str
    action: str
    subject: str
    subject_id: int
    detail: dict[str, Any]


class Trail(Told):
    items: list[Entry]
    next: Next


class Verdict(Told):
    """problem: "" when the chain is whole, else the first thing that is wrong."""

    seals: int
    entries: int
    unsealed: int
    problem: str


class TrailWish(PeriodWish):
    form: TrailForm = TrailForm.CSV


@router.get("/audit", operation_id="readAuditTrail", summary="Who did what, and when", responses=problems())
async def trail(request: Request, here: Here, bearer: Auditor, wanted: Annotated[TrailFilter, Query()]) -> Trail:
    _check(bearer)
    before = int(wanted.cursor) if wanted.cursor else None
    rows = await desk.trail(
        here.pool, here.tenant, actor=wanted.actor.strip(), everything=wanted.everything, sort=wanted.sort,
        from_key=before, limit=wanted.limit,
    )  # fmt: skip
    last = rows[-1]["id"] if len(rows) == wanted.limit else None
    return Trail(items=[Entry.model_validate(row) for row in rows], next=next_page(request, last))


@router.get(
    "/audit/verdict", operation_id="verifyAuditTrail", summary="Is the trail whole?",
    description="Walks the whole chain, which takes time as it grows.", responses=problems(),
)  # fmt: skip
async def verdict(here: Here, bearer: Auditor) -> Verdict:
    _check(bearer)
    return Verdict.model_validate(await verify(here.pool, here.tenant))


@router.get(
    "/audit/trail", operation_id="downloadAuditTrail", summary="A period of the trail, as a file",
    description="Handed on as it is read. Who took it stands in the trail.", response_class=StreamingResponse,
    responses={**FILE, **problems()},
)  # fmt: skip
async def taken(here: Here, bearer: Auditor, wanted: Annotated[TrailWish, Query()]) -> Response:
    _check(bearer)
    span = read_span(wanted.since.strip(), wanted.until.strip(), now=datetime.now(UTC))
    lines = trail_text(here.pool, here.tenant, span, lines=wanted.form is TrailForm.JSONL, actor=bearer.person.name)
    return StreamingResponse(
        lines, media_type=f"{TYPES[wanted.form]}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="audit-trail.{wanted.form}"'},
    )  # fmt: skip


def _check(bearer: Bearer) -> None:
    if not may_audit(bearer.person):
        raise Refusal(403, NOT_YOURS)
