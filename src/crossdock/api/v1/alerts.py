"""Alerts: what stands, and who sees to it."""

from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import Field

from crossdock.api.v1.entrance import Admin, Here, Reader, Settler, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import PAGE, Given, Key, Limit, Moment, Next, NumberCursor, Told, next_page
from crossdock.cases.kind import Severity
from crossdock.decide.rights import may_administer, may_audit, may_settle
from crossdock.decide.scopes import Bearer
from crossdock.store.alerts import AlertRow
from crossdock.wiring.alerts import Alerts

TAGS = {"alerts": "What stands that somebody was told of, and who sees to it."}
router = room("alerts")
NOT_THERE = "There is no such alert, or it is another desk's."
NOT_YOURS = "Channels, rules and what was sent are for administrators and auditors of everything."
ChannelName = Annotated[str, Path(max_length=200, pattern=r"^[^\x00]*$", description="Its name in the settings.")]


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


class ChannelState(Told):
    """carrier: what it is, such as e-mail. used_by: what sends there."""

    name: str
    carrier: str
    used_by: list[str]


class Channels(Told):
    items: list[ChannelState]


class Tested(Told):
    """message: its number among those sent. problem: "" when the channel took it."""

    message: int
    channel: str
    problem: str


class RuleState(Told):
    """when, tells, then: in words."""

    name: str
    when: str
    tells: str
    then: list[str]


class Rules(Told):
    items: list[RuleState]


class MessageFilter(Given):
    cursor: NumberCursor = None
    limit: Limit = PAGE


class Message(Told):
    """target: the channel, or the desk. next_at: when it is tried again. ended_at: null while it is on its way."""

    id: int
    target: str
    purpose: str
    title: str
    state: str
    attempts: int
    created_at: Moment
    next_at: Moment | None
    ended_at: Moment | None
    problem: str


class MessagePage(Told):
    items: list[Message]
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


@router.get(
    "/alerts/channels", operation_id="listChannels", summary="Where alerts are sent",
    description="Names and what each is; never where it leads.", responses=problems(),
)  # fmt: skip
async def channels(here: Here, bearer: Reader) -> Channels:
    _check(bearer)
    return Channels(items=[ChannelState.model_validate(one) for one in Alerts(here.pool, here.project).channels()])


@router.post(
    "/alerts/channels/{channel}/test", operation_id="testChannel", summary="Send a test to a channel",
    description="One message now. 409 when it was tested a moment ago.", responses=problems(404, 409),
)  # fmt: skip
async def test(here: Here, bearer: Admin, channel: ChannelName) -> Tested:
    if not may_administer(bearer.person):
        raise Refusal(403, "Channels are tested by administrators of everything.")
    return Tested.model_validate(await Alerts(here.pool, here.project).test(channel, actor=bearer.person.name))


@router.get("/alerts/rules", operation_id="listRules", summary="Of what whom is told, and when", responses=problems())
async def rules(here: Here, bearer: Reader) -> Rules:
    _check(bearer)
    return Rules(items=[RuleState.model_validate(one) for one in Alerts(here.pool, here.project).rules()])


@router.get(
    "/alerts/messages", operation_id="listMessages", summary="What was sent, newest first", responses=problems()
)
async def messages(
    request: Request, here: Here, bearer: Reader, wanted: Annotated[MessageFilter, Query()]
) -> MessagePage:
    _check(bearer)
    before = int(wanted.cursor) if wanted.cursor else None
    rows = await Alerts(here.pool, here.project).deliveries(before=before, limit=wanted.limit)
    last = rows[-1]["id"] if len(rows) == wanted.limit else None
    return MessagePage(items=[Message.model_validate(row) for row in rows], next=next_page(request, last))


def _check(bearer: Bearer) -> None:
    if not may_administer(bearer.person) and not may_audit(bearer.person):
        raise Refusal(403, NOT_YOURS)


def _told(row: AlertRow) -> AlertState:
    names = [name for name in AlertState.model_fields if name != "answered_by"]
    return AlertState(answered_by=row.answered_by, **{name: getattr(row.alert, name) for name in names})
