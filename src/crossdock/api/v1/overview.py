"""Is money flowing, and what needs whom."""

from typing import Any

from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import problems
from crossdock.api.v1.shapes import Amount, Moment, Told
from crossdock.store.case_lists import queues as case_queues
from crossdock.wiring.overview import read_overview

TAGS = {"overview": "Is money flowing, and what needs whom."}
router = room("overview")


class Queue(Told):
    """The open cases of one desk. due: when the first of them is."""

    desk: str
    cases: int
    overdue: int
    due: Moment


class Queues(Told):
    items: list[Queue]


class FlowState(Told):
    """failures: how many runs failed in a row. result: what the last run told, by words of the flow's own."""

    pairing: str
    flow: str
    next_at: Moment
    began_at: Moment | None
    ended_at: Moment | None
    failures: int
    result: dict[str, Any]


class PairingState(Told):
    """sells: whether orders are sold here. orders, settled: captured in the last 24 hours, and settled of them.
    waiting, on_the_way: of all there are. worth: of the orders not settled, by currency. oldest: when the oldest of
    those was captured. hours: orders captured in each of the last 24 hours, the oldest first. cases: open ones that the
    bearer sees, those put off aside; oldest_case: since when the longest of them waits."""

    name: str
    sells: bool
    orders: int
    settled: int
    waiting: int
    on_the_way: int
    worth: dict[str, Amount]
    oldest: Moment | None
    hours: list[int]
    cases: int
    oldest_case: Moment | None


class Overview(Told):
    """attention: what somebody should look at now, in sentences."""

    attention: list[str]
    queues: list[Queue]
    pairings: list[PairingState]


class Flows(Told):
    items: list[FlowState]


@router.get("/overview", operation_id="showOverview", summary="Is money flowing?", responses=problems())
async def overview(here: Here, bearer: Reader) -> Overview:
    return Overview.model_validate(await read_overview(here, bearer.person))


@router.get("/queues", operation_id="listQueues", summary="The queue of each desk", responses=problems())
async def queues(here: Here, bearer: Reader) -> Queues:
    rows = await case_queues(here.pool, here.tenant, bearer.person.grants)
    return Queues(items=[Queue.model_validate(row) for row in rows])


@router.get("/flows", operation_id="listFlows", summary="When each flow ran and is due", responses=problems())
async def flows(here: Here, bearer: Reader) -> Flows:
    found = await read_overview(here, bearer.person)
    return Flows(items=[FlowState.model_validate(row) for one in found.pairings for row in one.flows])
