"""Settings: the desks and how they are reached, when each flow runs, and the policies that hold."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from crossdock.api.v1.entrance import Admin, Here, Reader, Runner, room
from crossdock.api.v1.problems import Refusal, problems
from crossdock.api.v1.shapes import Given, Moment, Told, Words
from crossdock.cases.kind import Desk
from crossdock.decide.contacts import Contact
from crossdock.decide.rights import may_administer, may_settle
from crossdock.wiring.desks import DeskFile, read_desks, say_contact
from crossdock.wiring.overview import visible
from crossdock.wiring.policies import policies_of
from crossdock.wiring.schedules import read_all, run_soon
from crossdock.wiring.work import HOUSE

TAGS = {"settings": "Desks and how they are reached, when each flow runs, and the policies that hold."}
router = room("settings")
NO_PAIRING = "There is no such pairing, or it is not yours."
NOT_YOURS = "How desks are reached is changed by administrators of everything."


class ContactShape(Given):
    """words: whom to ask. address: where the desk's mail goes. escalation: where it goes when a case is overdue. "" for
    what nobody has said."""

    words: Words = ""
    address: Annotated[str, Field(max_length=254, pattern=r"^[^\x00]*$")] = ""
    escalation: Annotated[str, Field(max_length=254, pattern=r"^[^\x00]*$")] = ""


class DeskState(Told):
    """contact: as it counts now. said_by, said_at: where somebody changed it since the settings. kinds: of cases it
    owns. people: names of those who may settle them."""

    desk: Desk
    team: str
    contact: ContactShape
    said_by: str | None
    said_at: Moment | None
    kinds: list[str]
    people: list[str]


class Desks(Told):
    items: list[DeskState]


class ScheduleState(Told):
    """does: in words. every_seconds: from the live settings. failures: failed runs in a row. result: of the last."""

    pairing: str
    flow: str
    does: str
    every_seconds: float
    next_at: Moment | None
    began_at: Moment | None
    ended_at: Moment | None
    failures: int
    result: dict[str, Any]


class Schedules(Told):
    items: list[ScheduleState]


class RunWish(Given):
    pairing: Words = Field(examples=["oro-khaos"])
    flow: Words = Field(examples=["orders"])


class PolicyFilter(Given):
    pairing: Words


class PolicyState(Told):
    """key: where it stands in crossdock.yaml. stated: it is written there; else it holds where nothing is."""

    key: str
    means: str
    value: str
    stated: bool


class PolicyGroupState(Told):
    key: str
    means: str
    policies: list[PolicyState]


class Policies(Told):
    items: list[PolicyGroupState]


@router.get("/desks", operation_id="listDesks", summary="Each desk, and how it is reached", responses=problems())
async def desks(here: Here, _: Reader) -> Desks:
    return Desks(items=[_desk(one) for one in await read_desks(here)])


@router.put(
    "/desks/{desk}/contact", operation_id="setContact", summary="Say how a desk is reached", status_code=204,
    responses=problems(404, 413, 415),
)  # fmt: skip
async def contact(here: Here, bearer: Admin, desk: Annotated[Desk, Path()], wanted: ContactShape) -> None:
    if not may_administer(bearer.person):
        raise Refusal(403, NOT_YOURS)
    await say_contact(here, desk, Contact(**wanted.model_dump()), actor=bearer.person.name)


@router.get("/schedules", operation_id="listSchedules", summary="When each flow runs", responses=problems())
async def schedules(here: Here, bearer: Reader) -> Schedules:
    mine = [*visible(here, bearer.person), *([HOUSE] if may_administer(bearer.person) else [])]
    return Schedules(items=[ScheduleState.model_validate(one) for one in await read_all(here, mine)])


@router.post(
    "/schedules/run", operation_id="runFlow", summary="Have a flow run now", status_code=202,
    description="The next worker that looks runs it, once, as the clock would have.", responses=problems(404, 413, 415),
)  # fmt: skip
async def run(here: Here, bearer: Runner, wanted: RunWish) -> RunWish:
    if wanted.pairing not in visible(here, bearer.person):
        raise Refusal(404, NO_PAIRING)
    if not may_settle(bearer.person, desk="", pairing=wanted.pairing):
        raise Refusal(403, "A flow is run sooner by those who settle for every desk of its pairing.")
    await run_soon(here, wanted.pairing, wanted.flow, actor=bearer.person.name)
    return wanted


@router.get("/policies", operation_id="listPolicies", summary="The policies of a pairing", responses=problems(404))
async def policies(here: Here, bearer: Reader, wanted: Annotated[PolicyFilter, Query()]) -> Policies:
    if wanted.pairing not in visible(here, bearer.person):
        raise Refusal(404, NO_PAIRING)
    groups = policies_of(wanted.pairing, here.project.pairings[wanted.pairing])
    return Policies(items=[PolicyGroupState.model_validate(one) for one in groups])


def _desk(file: DeskFile) -> DeskState:
    return DeskState(
        desk=file.desk, team=file.team, kinds=[one.code for one in file.kinds],
        contact=ContactShape.model_construct(
            words=file.contact.words, address=file.contact.address, escalation=file.contact.escalation
        ),
        said_by=file.said.changed_by if file.said else None, said_at=file.said.changed_at if file.said else None,
        people=[one.name for one in file.people],
    )  # fmt: skip
