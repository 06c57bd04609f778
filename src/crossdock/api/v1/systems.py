"""Systems: what each is and can do, and how it answers."""

from crossdock.api.v1.entrance import Here, Reader, room
from crossdock.api.v1.problems import problems
from crossdock.api.v1.shapes import Moment, Told
from crossdock.wiring.overview import read_systems

TAGS = {"systems": "What each system is and can do, and how it answers. No secret is shown."}
router = room("systems")


class System(Told):
    """failures: calls that failed in a row. stopped: until when none is made. told_to_wait: by the system itself."""

    name: str
    title: str
    role: str
    address: str
    pairings: list[str]
    capabilities: list[str]
    failures: int
    calls_left: int | None
    stopped: Moment | None
    told_to_wait: Moment | None


class Watermark(Told):
    """at: up to when the list was read to its end. moved_at: when that was last found."""

    pairing: str
    feed: str
    at: Moment
    moved_at: Moment


class Systems(Told):
    items: list[System]
    watermarks: list[Watermark]


@router.get("/systems", operation_id="listSystems", summary="The systems of your pairings", responses=problems())
async def systems(here: Here, bearer: Reader) -> Systems:
    rows, marks = await read_systems(here, bearer.person)
    return Systems(
        items=[System.model_validate(row) for row in rows], watermarks=[Watermark.model_validate(row) for row in marks]
    )
