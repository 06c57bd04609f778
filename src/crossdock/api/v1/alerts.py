"""Alerts: what stands, and who sees to it."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import Field

from crossdock.api.v1.entrance import Here, Reader, Settler, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Given, Key, Limit, Moment, Next, NumberCursor, Told, next_page
from crossdock.cases.kind import Severity
from crossdock.decide.rights import may_settle
from crossdock.store.alerts import AlertRow
from crossdock.wiring.alerts import Alerts

TAGS = {"alerts": "What stands that somebody was told of, and who sees to it."}
router = room("alerts")
NOT_THERE = "There is no such alert, or it is another desk's."


class AlertFilter(Given):
    over: bool = Field(default=False, description="Also those that are over.")
    cursor: NumberCursor = None
    limit: Limit = PAGE


class AlertState(Told):
    """group: what the rule gathers by. count: of how many. step: steps of the escalation taken. over_at: null while it
    stands. answered_by: who sees to it; "" for nobody."""

    id: int
    rule: str
    group: str
    state: str
    severity: Severity
    text: str
    desk: str
    pairing: str
    count: int
    step: int
    opened_at: Moment
    told_at: Moment | None
    answered_at: Moment | None
    answered_by: str
    over_at: Moment | None


class AlertPage(Told):
    items: list[AlertState]
    next: Next


@router.get("/alerts", operation_id="listAlerts", summary="What stands, newest first", responses=problems())
async def alerts(request: Request, here: Here, bearer: Reader, wanted: Annotated[AlertFilter, Query()]) -> AlertPage:
    before = int(wanted.cursor) if wanted.cursor else None
    rows = await Alerts(here.pool, here.project).list(
        bearer.person.grants, only_open=not wanted.over, before=before, limit=wanted.limit
    )
    last = rows[-1].alert.id if len(rows) == wanted.limit else None
    return AlertPage(items=[_told(row) for row in rows], next=next_page(request, last))


@router.post(
    "/alerts/{alert_id}/answer", operation_id="answerAlert", summary="Say that somebody sees to it", status_code=204,
    description="It is no longer repeated nor escalated.", responses=problems(404, 409),
)  # fmt: skip
async def answer(here: Here, bearer: Settler, alert_id: Key) -> None:
    found = Alerts(here.pool, here.project)
    row = await found.find(alert_id, bearer.person.grants)
    if row is None:
        raise Refusal(404, NOT_THERE)
    if not may_settle(bearer.person, desk=row.alert.desk, pairing=row.alert.pairing):
        raise Refusal(403, "Alerts are answered by those who settle the cases they are about.")
    await found.answer(alert_id, actor=bearer.person.name)


def _told(row: AlertRow) -> AlertState:
    names = [name for name in AlertState.model_fields if name != "answered_by"]
    return AlertState(answered_by=row.answered_by, **{name: getattr(row.alert, name) for name in names})
